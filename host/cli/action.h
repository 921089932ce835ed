/* The command `berth action run`: what its two ways, one literal input and a stream of
 * them, have in common. Invariant: what both check is checked before either begins. */
#ifndef BERTH_CLI_ACTION_H
#define BERTH_CLI_ACTION_H

#include "host/cli/link.h"
#include "host/cli/task.h"

struct action_run {
    struct app *app;
    struct link *link;
    const struct operation *op;
    struct task_setup setup;
    uint32_t parallel;
};

/* Carry it out for the one literal input `spec` (null: {}). An exit code, or a negative
 * status. (action_single.c) */
int action_run_single(struct action_run *run, const char *spec, struct berth_error *err);

/* Carry it out for each element of the stream `spec`. (action_stream.c) */
int action_run_stream(struct action_run *run, const char *spec, struct berth_error *err);

#endif
