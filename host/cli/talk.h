/* What the program says to a person, on stderr: talk, warnings, errors, one passing line
 * of progress.
 *
 * Invariant: control characters in what services and files say never reach the terminal;
 * a line of progress is gone before anything else is said. */
#ifndef BERTH_CLI_TALK_H
#define BERTH_CLI_TALK_H

#include <stdbool.h>
#include <stdio.h>

#include "berth_plugin.h"

struct talk {
    FILE *file;
    bool terminal;
    bool color;
    bool quiet;
    bool dumb;    /* a terminal that cannot erase a line: no line of progress */
    bool passing; /* a line of progress stands there now */
};

/* A sentence that --quiet leaves out. */
void talk_say(struct talk *t, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* "berth: warning: ..." and "berth: ...": always said. */
void talk_warn(struct talk *t, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void talk_error(struct talk *t, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* A line as it is (the wire log). */
void talk_line(struct talk *t, struct berth_str line);

/* Put `text` in place of the line of progress; empty takes it away. Only on a terminal.
 */
void talk_passing(struct talk *t, const char *text);

#endif
