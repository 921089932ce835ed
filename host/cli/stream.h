/* A stream of inputs of one action at work: from elements of the input to result lines.
 *
 * Invariant: every element gives one result line (or is skipped, or was never begun
 * because of an interrupt), in the order of the input; lines with the same id never
 * overlap. */
#ifndef BERTH_CLI_STREAM_H
#define BERTH_CLI_STREAM_H

#include <stdbool.h>
#include <stdint.h>

#include "host/cli/action.h"
#include "host/cli/batch.h"
#include "host/cli/exit_code.h"
#include "host/cli/input.h"
#include "host/cli/progress.h"
#include "host/cli/resume.h"
#include "host/cli/writer.h"

struct stream {
    struct action_run *run;
    struct input input;
    struct batch *batch;
    struct running *running; /* the lines that run */
    struct writer writer;
    struct resume resume;
    struct progress progress;
    struct exit_tally tally;
    uint32_t parallel;
    uint64_t elements; /* of the input so far */
    bool input_ended;
    bool starved;  /* nothing to read right now */
    bool agreed;   /* a person said yes, or --yes did */
    bool stopping; /* nothing new begins */
    bool interrupted;
    int64_t stop_at_ms; /* then what still runs is canceled */
    int outcome;        /* why reading stopped, told at the end */
    int wake_fd;        /* an epoll of signals, and of stdin while starved */
    bool watching;
};

/* Take an element of the input into the batch, or pass over it. 0; an exit code when
 * nothing more is to be begun; or a negative status. Takes record->value. */
int stream_take(struct stream *s, struct record *record, struct berth_error *err);

/* Start what may start. */
int stream_start(struct stream *s, struct berth_error *err);

/* Write the results that are next in order. */
int stream_write(struct stream *s, struct berth_error *err);

/* End what runs. */
void stream_cancel_all(struct stream *s);

#endif
