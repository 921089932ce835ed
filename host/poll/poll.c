#include "host/poll.h"

#include "host/poll/crawl.h"
#include "host/poll/gone.h"
#include "host/poll/verify.h"
#include "host/session.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/str.h"

/* The listing: one call of the trigger. */
struct listing {
    struct crawl *crawl;
    struct call *call; /* null: it has ended */
    int status;
    struct berth_error err;
};

static int on_item(void *ctx, const struct berth_item *item)
{
    return crawl_item(((struct listing *)ctx)->crawl, item);
}

static size_t on_known(void *ctx, struct berth_str rest, struct berth_str scope)
{
    return crawl_known(((struct listing *)ctx)->crawl, rest, scope);
}

static int on_cursor(void *ctx, struct berth_str cursor)
{
    return crawl_cursor(((struct listing *)ctx)->crawl, cursor);
}

static int on_complete(void *ctx, struct berth_str scope)
{
    return crawl_complete(((struct listing *)ctx)->crawl, scope);
}

static void on_done(void *ctx, int status, struct berth_str value,
                    const struct berth_error *err)
{
    struct listing *l = ctx;
    (void)value;
    l->call = NULL;
    l->status = status;
    if (status < 0 && err)
        l->err = *err;
}

static int listing_start(struct listing *l, struct session *session)
{
    struct crawl *c = l->crawl;
    l->err = (struct berth_error)BERTH_ERROR_INIT;
    struct call_spec spec = {
        .operation = str_from(c->sub->trigger->id),
        .input = str_from(c->sub->input),
        .cursor = text_str(&c->progress.cursor),
        .events = {.item = on_item,
                   .known = on_known,
                   .cursor = on_cursor,
                   .complete = on_complete,
                   .done = on_done,
                   .ctx = l},
    };
    return session_call(session, &spec, &l->call, &l->err);
}

/* Until the listing has ended: its status. */
static int listing_run(struct listing *l, struct session *session)
{
    int wake_fd = l->crawl->options->wake_fd;
    l->call = NULL;
    int r = listing_start(l, session);
    if (r < 0)
        return r;
    while (l->call) {
        r = session_wait(session, -1, wake_fd, &l->err);
        if (!l->call || (r > 0 && !wake_is_readable(wake_fd)))
            continue;
        call_cancel(l->call);
        if (r == 0)
            return fail(&l->err, BERTH_E_INTERNAL, "a call was lost");
        if (r < 0)
            return r;
    }
    return l->status;
}

/* Would the service, or the connector, rather begin anew than go on from there? */
static bool is_stale(const struct crawl *c, int status)
{
    return c->resumed && c->result->items == 0 && !c->failure &&
           (status == BERTH_E_INVALID || status == BERTH_E_NOT_FOUND ||
            status == BERTH_E_CONFLICT || status == BERTH_E_PROTOCOL ||
            status == BERTH_E_UNSUPPORTED);
}

static int list(struct crawl *c, struct session *session, struct berth_error *err)
{
    struct listing l = {.crawl = c};
    int r = listing_run(&l, session);
    if (is_stale(c, r)) {
        r = crawl_restart(c, err);
        if (r < 0)
            return r;
        r = listing_run(&l, session);
    }
    if (c->failure)
        return c->failure;
    if (r < 0 && err)
        *err = l.err;
    return r;
}

/* The listing broke off: keep what it saw. Its own error is the one to tell of. */
static int keep_what_was_seen(struct crawl *c, int status, struct berth_error *err)
{
    struct berth_error second = BERTH_ERROR_INIT;
    int r = crawl_commit(c, &second);
    if (r < 0 && status == BERTH_E_CANCELED) {
        (void)fail(err, r, "%s", second.message);
        return r;
    }
    return status;
}

static int poll_with(struct crawl *c, struct session *session, struct berth_error *err)
{
    int r = crawl_open(c, err);
    if (r < 0)
        return r;
    r = list(c, session, err);
    if (r < 0)
        return c->torn ? r : keep_what_was_seen(c, r, err);
    r = gone_resolve(c, session, err);
    if (r < 0)
        return r;
    r = crawl_finish(c, err);
    if (r < 0)
        return r;
    if (!c->options->peek && snapshot_wants_compaction(&c->snapshot))
        return snapshot_compact(&c->snapshot, err);
    return 0;
}

int subscription_poll(struct subscription *sub, struct session *session,
                      const struct poll_options *options, struct poll_result *ret_result,
                      struct berth_error *err)
{
    *ret_result = (struct poll_result){0};
    if (options->sink) {
        int r = subscription_deliver(sub, options->sink, options->peek, NULL, err);
        if (r < 0)
            return r;
    }
    uint64_t before = session_counts(session).requests;
    cleanup(crawl) struct crawl c = {
        .sub = sub, .options = options, .result = ret_result, .err = err};
    int r = poll_with(&c, session, err);
    ret_result->requests = session_counts(session).requests - before;
    return r;
}
