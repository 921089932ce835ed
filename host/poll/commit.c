#include "host/clock.h"
#include "host/poll/crawl.h"
#include "host/poll/mark.h"
#include "host/store/sql.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"

/* An unfinished crawl: what it needs to go on, if it can. */
static int save_unfinished(struct crawl *c, struct berth_error *err)
{
    c->progress.items = (int64_t)c->snapshot.index.count;
    c->progress.crawl = c->snapshot.crawl;
    c->idle = false;
    int r = c->progress.cursor.len > 0 ? marks_save(c, err) : marks_remove(c, err);
    return r < 0 ? r : progress_save(c->sub, &c->progress, err);
}

/* A poll that found nothing leaves the row as it is, so that it writes nothing and waits
 * for no disk. */
static int save_finished(struct crawl *c, struct berth_error *err)
{
    if (c->idle)
        return snapshot_save_roster(&c->snapshot, err);
    c->progress.items = (int64_t)c->snapshot.index.count;
    c->progress.crawl = (struct position){0};
    c->progress.phase = PHASE_NORMAL;
    c->progress.polls++;
    text_reset(&c->progress.cursor);
    int r = marks_remove(c, err);
    if (r == 0)
        r = snapshot_save_roster(&c->snapshot, err);
    return r < 0 ? r : progress_save(c->sub, &c->progress, err);
}

/* What is written next to a subscription that is not there would only be called a
 * constraint that failed. */
static int check_row(struct crawl *c, struct berth_error *err)
{
    int64_t no = 0;
    int r = subscription_find(c->sub, &no, err);
    if (r < 0 || no == c->progress.no)
        return r;
    return fail(err, BERTH_E_NOT_FOUND, "connection '%s' was removed while it was polled",
                c->sub->connection_name);
}

typedef int save_fn(struct crawl *c, struct berth_error *err);

static int write_all(struct crawl *c, save_fn *save, struct berth_error *err)
{
    cleanup(transaction) struct transaction t = {0};
    int r = transaction_begin(&t, c->sub->store, err);
    if (r < 0)
        return r;
    r = check_row(c, err);
    if (r < 0)
        return r;
    r = outbox_add(c->sub->store, c->progress.no, text_str(&c->events), err);
    if (r < 0)
        return r;
    r = log_flush(&c->snapshot.log, err);
    if (r < 0)
        return r;
    r = save(c, err);
    if (r < 0)
        return r;
    return transaction_commit(&t, err);
}

/* Nothing reaches the store: what would be committed only goes to the sink. */
static int show(struct crawl *c, struct berth_error *err)
{
    uint64_t count = 0;
    int r = log_flush(&c->snapshot.log, err);
    if (r == 0 && c->options->sink)
        r = sink_deliver(c->options->sink, text_str(&c->events), &count, err);
    text_reset(&c->events);
    c->changes = 0;
    c->last_commit_ms = clock_mono_ms();
    return r;
}

static int commit(struct crawl *c, save_fn *save, struct berth_error *err)
{
    if (c->options->peek)
        return show(c, err);
    int r = write_all(c, save, err);
    c->torn = c->torn || r < 0;
    if (r < 0)
        return r;
    c->last_commit_ms = clock_mono_ms();
    c->result->complete = save == save_finished;
    bool found = c->events.len > 0;
    text_reset(&c->events);
    c->changes = 0;
    return found && c->options->sink
               ? subscription_deliver(c->sub, c->options->sink, false, NULL, err)
               : 0;
}

int crawl_commit(struct crawl *c, struct berth_error *err)
{
    return commit(c, save_unfinished, err);
}

int crawl_finish(struct crawl *c, struct berth_error *err)
{
    c->result->complete = c->options->peek;
    return commit(c, save_finished, err);
}
