/* The order of a stream of operations: which line may start now, and which result is next
 * to be written.
 *
 * Invariant: lines that name the same id run one after the other in the order of the
 * input; results are taken in the order of the input; at most `window` lines are held,
 * whatever the length of the input. Nothing here does I/O. */
#ifndef BERTH_CLI_BATCH_H
#define BERTH_CLI_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "berth_plugin.h"
#include "sdk/text.h"

struct batch;
struct batch_id;

enum batch_state { BATCH_WAITING, BATCH_READY, BATCH_RUNNING, BATCH_DONE };

struct batch_line {
    uint64_t number;
    int status;         /* the caller's: the outcome once done */
    struct text input;  /* the caller's: what to send; may hold secrets */
    struct text output; /* the caller's: what to write */
    char *name;         /* the caller's: the id to show, or null; freed with the line */
    uint64_t mark;      /* the caller's: stands for what the line is about */
    bool skipped;       /* the caller's: there is nothing to write */
    void *owner;        /* the caller's: what carries it out */

    /* The batch's own. */
    enum batch_state state;
    struct batch_line *next;       /* in the order of the input */
    struct batch_line *next_ready; /* in the queue of those that may start */
    struct batch_id *ids;
    size_t blockers; /* ids that earlier lines hold */
};

int batch_new(size_t window, struct batch **ret_batch, struct berth_error *err);
void batch_free(struct batch *b); /* null: nothing */

static inline void cleanup_batch(struct batch **b)
{
    batch_free(*b);
}

/* Is there room for another line? */
bool batch_has_room(const struct batch *b);

/* Lines that run. */
size_t batch_running(const struct batch *b);

/* A new line at the end. It belongs to the batch; it waits until batch_admit(). */
int batch_add(struct batch *b, uint64_t number, struct batch_line **ret_line,
              struct berth_error *err);

/* The line names this id (letter case does not count). Before batch_admit(). */
int batch_add_id(struct batch *b, struct batch_line *line, const char *id,
                 struct berth_error *err);

/* All its ids are named: it may run when no earlier line holds one of them. */
void batch_admit(struct batch *b, struct batch_line *line);

/* The next line that may run now, which from then on is running; null: none. */
struct batch_line *batch_start(struct batch *b);

/* The line has ended, or never needed to run. */
void batch_finish(struct batch *b, struct batch_line *line);

/* The first line of the input that is held; null: none. */
struct batch_line *batch_first(const struct batch *b);

/* Free the first line, which must be done. */
void batch_drop_first(struct batch *b);

/* Give up the first line, which waits or is ready. From then on nothing may be started:
 * what waits for its ids would wait for ever. */
void batch_drop_waiting(struct batch *b);

#endif
