/* What an earlier run of the same stream has done already, read from its output.
 *
 * Invariant: a line counts as done only when its number and its mark (what it was about)
 * are those of a line that the output shows as ok. Sixteen bytes a line are kept. */
#ifndef BERTH_CLI_RESUME_H
#define BERTH_CLI_RESUME_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "berth_plugin.h"

struct resume_mark {
    uint64_t line;
    uint64_t mark;
};

struct resume {
    struct resume_mark *marks; /* sorted by line */
    size_t count;
    size_t capacity;
    uint64_t unreadable; /* lines of the file that are no results: cut short, mostly */
    bool ends_midway;    /* the file's last line has no end */
};

enum resume_verdict { RESUME_TO_DO, RESUME_DONE, RESUME_CHANGED };

/* Read the results in file `path`. BERTH_E_INVALID when it cannot be read or
 * holds no result at all, BERTH_E_NO_MEMORY. resume_release() is due in each case. */
int resume_read(struct resume *r, const char *path, struct berth_error *err);
void resume_release(struct resume *r);

/* Is `line` done? RESUME_CHANGED: it is, but it was about something else. */
enum resume_verdict resume_look(const struct resume *r, uint64_t line, uint64_t mark);

/* The mark of an input: of its id when it has one, else of all of it (the order of
 * members does not count), which a result line shows as `hash`. */
uint64_t resume_mark_of_id(const char *id);
uint64_t resume_mark_of_input(const json_t *input);

/* A mark as 16 hex digits. */
void resume_mark_text(uint64_t mark, char ret_text[17]);

#endif
