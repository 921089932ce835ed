/* One action being carried out for one input: what its call says becomes text.
 *
 * Invariant: between task_begin() and the call of `ended` the task must stay where it is;
 * `ended` is called exactly once. */
#ifndef BERTH_CLI_TASK_H
#define BERTH_CLI_TASK_H

#include <stdbool.h>
#include <stdint.h>

#include "host/cli/dry_run.h"
#include "host/cli/exit_code.h"
#include "host/cli/result.h"
#include "host/session.h"

/* What all tasks of one command have in common. */
struct task_setup {
    const struct operation *op;
    struct session *session;
    struct result_mask mask;
    enum dry_run_mode dry_run;
    int64_t deadline_ms; /* 0: none */
};

struct task {
    const struct task_setup *setup;
    struct call *call;
    uint64_t line; /* 0: of no stream */

    /* Takes an item (of actions that yield items) or what a dry run shows, as one line of
     * JSON. Negative: stop. */
    int (*emit)(struct task *task, bool is_item, struct berth_str text);
    void (*ended)(struct task *task);
    void *owner;

    /* Filled when it has ended. */
    int status;
    struct berth_error error;
    struct text value; /* JSON; empty: none */
    bool held;         /* a dry run held requests: there is no outcome */

    /* Elements of a batch, when the action told of them. */
    struct text parts; /* "[{...},..." so far */
    struct exit_tally part_tally;
    int part_status; /* of the first element that failed */
};

/* Start it with `input` as JSON. A negative status: it did not start, and `ended` is not
 * called. task_release() is due in each case. */
int task_begin(struct task *task, struct berth_str input, struct berth_error *err);
void task_release(struct task *task);

/* The outcome: 0, a negative status, or, of a batch with elements that failed, a positive
 * exit code; then task->error says how many. */
int task_outcome(struct task *task);

#endif
