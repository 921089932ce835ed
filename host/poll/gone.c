#include "host/poll/gone.h"

#include <stdlib.h>

#include "host/poll/mark.h"
#include "host/poll/verify.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/str.h"

struct gone {
    struct crawl *crawl;
    struct position *positions;
    size_t count;
    struct verification verification;
};

static void cleanup_gone(struct gone *g)
{
    free(g->positions);
    verification_release(&g->verification);
}

static int delete_item(struct crawl *c, struct position at, const struct record *record,
                       struct berth_error *err)
{
    char time[EVENT_TIME_SIZE];
    event_now(time);
    struct event event = {.change = EVENT_DELETED,
                          .key = record->key,
                          .version = record->version,
                          .time = time};
    int r = 0;
    if (!(snapshot_flags(&c->snapshot, at, record) & RECORD_QUIET))
        r = crawl_report(c, &event, err);
    if (r < 0)
        return r;
    r = snapshot_drop(&c->snapshot, at, record, err);
    if (r < 0)
        return r;
    c->changes++;
    return crawl_commit_if_large(c, err);
}

/* First those that an earlier listing lacked already; of the rest, note as many as may be
 * asked about. */
static int delete_missing(struct gone *g, struct berth_error *err)
{
    struct crawl *c = g->crawl;
    bool ask = c->sub->trigger->trigger.verify_action;
    for (size_t i = 0; i < g->count; i++) {
        struct position at = g->positions[i];
        struct record record;
        int r = log_read(&c->snapshot.log, at, &record, err);
        if (r < 0)
            return r;
        if (!crawl_has_scope(c, record.scope))
            g->positions[i].page = 0;
        else if (snapshot_flags(&c->snapshot, at, &record) & RECORD_MISSING) {
            g->positions[i].page = 0;
            r = delete_item(c, at, &record, err);
        } else if (ask && g->verification.count < VERIFY_MAX)
            r = verification_add(&g->verification, i, record.key, err);
        if (r < 0)
            return r;
    }
    return 0;
}

/* Those that were asked about and are not there. One that is there stays as it is. */
static int delete_verified(struct gone *g, struct berth_error *err)
{
    for (size_t i = 0; i < g->verification.count; i++) {
        const struct verify_item *item = &g->verification.items[i];
        struct position at = g->positions[item->index];
        if (item->status == 0 || item->status == BERTH_E_NOT_FOUND)
            g->positions[item->index].page = 0;
        if (item->status != BERTH_E_NOT_FOUND)
            continue;
        struct record record;
        int r = log_read(&g->crawl->snapshot.log, at, &record, err);
        if (r < 0)
            return r;
        r = delete_item(g->crawl, at, &record, err);
        if (r < 0)
            return r;
    }
    return 0;
}

static int mark_rest(struct gone *g, struct berth_error *err)
{
    struct snapshot *s = &g->crawl->snapshot;
    for (size_t i = 0; i < g->count; i++) {
        struct record record;
        if (!g->positions[i].page)
            continue;
        int r = log_read(&s->log, g->positions[i], &record, err);
        if (r < 0)
            return r;
        r = snapshot_mark_missing(s, g->positions[i], &record, err);
        if (r < 0)
            return r;
    }
    return 0;
}

int gone_resolve(struct crawl *c, struct session *session, struct berth_error *err)
{
    if (!c->scopes.whole && c->scopes.count == 0)
        return 0;
    cleanup(gone) struct gone g = {.crawl = c};
    int r = snapshot_unseen(&c->snapshot, &g.positions, &g.count, err);
    if (r < 0)
        return r;
    scope_set_sort(&c->scopes);
    r = delete_missing(&g, err);
    if (r < 0)
        return r;
    r = verification_run(&g.verification, &c->sub->trigger->trigger, session,
                         c->options->wake_fd);
    if (r < 0)
        return fail_no_memory(err);
    r = delete_verified(&g, err);
    return r < 0 ? r : mark_rest(&g, err);
}
