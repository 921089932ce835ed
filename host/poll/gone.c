#include "host/poll/gone.h"

#include <stdlib.h>

#include "host/poll/verify.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"

struct gone {
    struct crawl *crawl;
    struct position *positions; /* of complete scopes; page 0: decided */
    size_t count;
    struct scope_set doubtful; /* scopes of items that are there although not listed */
    struct verification verification;
};

static void cleanup_gone(struct gone *g)
{
    free(g->positions);
    scope_set_release(&g->doubtful);
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

static int read_record(struct gone *g, size_t i, struct record *ret_record,
                       struct berth_error *err)
{
    return log_read(&g->crawl->snapshot.log, g->positions[i], ret_record, err);
}

/* Of those that were not seen, keep the ones whose scope was listed to its end. */
static int keep_listed(struct gone *g, struct berth_error *err)
{
    size_t kept = 0;
    for (size_t i = 0; i < g->count; i++) {
        struct record record;
        int r = read_record(g, i, &record, err);
        if (r < 0)
            return r;
        if (crawl_has_scope(g->crawl, record.scope))
            g->positions[kept++] = g->positions[i];
    }
    g->count = kept;
    return 0;
}

/* As many as may be asked about, evenly spread, and others with each poll, so that every
 * scope and in the end every item has its turn. */
static int choose_asked(struct gone *g, struct berth_error *err)
{
    size_t asked = g->count < VERIFY_MAX ? g->count : VERIFY_MAX;
    size_t step = asked ? (g->count + asked - 1) / asked : 1;
    size_t shift = (uint64_t)g->crawl->progress.polls % step;
    for (size_t k = 0; k < asked; k++) {
        struct record record;
        size_t i = k * g->count / asked + shift;
        int r = read_record(g, i, &record, err);
        if (r == 0)
            r = verification_add(&g->verification, i, record.key, err);
        if (r < 0)
            return r;
    }
    return 0;
}

/* It is there, so it stays as it is, and a listing of its scope proves nothing about the
 * others that it lacks. */
static int keep_found(struct gone *g, const struct record *record,
                      struct berth_error *err)
{
    return scope_set_add(&g->doubtful, crawl_hash_scope(g->crawl, record->scope), err);
}

static int take_answers(struct gone *g, struct berth_error *err)
{
    for (size_t k = 0; k < g->verification.count; k++) {
        const struct verify_item *item = &g->verification.items[k];
        struct position at = g->positions[item->index];
        struct record record;
        if (item->status != 0 && item->status != BERTH_E_NOT_FOUND)
            continue;
        int r = read_record(g, item->index, &record, err);
        if (r == 0)
            r = item->status == 0 ? keep_found(g, &record, err)
                                  : delete_item(g->crawl, at, &record, err);
        if (r < 0)
            return r;
        g->positions[item->index].page = 0;
    }
    scope_set_sort(&g->doubtful);
    return 0;
}

/* Does a second listing without it say that it is gone? Not when its scope itself was
 * not listed any more (the group is gone, what is in it may not be), and not when the
 * listing lacks what is there. */
static bool listing_decides(const struct gone *g, struct berth_str scope)
{
    return !scope_set_has(&g->doubtful, crawl_hash_scope(g->crawl, scope)) &&
           crawl_lists_scope(g->crawl, scope);
}

static int delete_missing(struct gone *g, struct berth_error *err)
{
    struct crawl *c = g->crawl;
    for (size_t i = 0; i < g->count; i++) {
        struct position at = g->positions[i];
        struct record record;
        if (!at.page)
            continue;
        int r = read_record(g, i, &record, err);
        if (r < 0)
            return r;
        if (!(snapshot_flags(&c->snapshot, at, &record) & RECORD_MISSING) ||
            !listing_decides(g, record.scope))
            continue;
        g->positions[i].page = 0;
        r = delete_item(c, at, &record, err);
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
        int r = read_record(g, i, &record, err);
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
    r = keep_listed(&g, err);
    c->idle = c->idle && g.count == 0;
    if (r == 0 && c->sub->trigger->trigger.verify_action)
        r = choose_asked(&g, err);
    if (r < 0)
        return r;
    r = verification_run(&g.verification, &c->sub->trigger->trigger, session,
                         c->options->wake_fd);
    if (r < 0)
        return fail_no_memory(err);
    r = take_answers(&g, err);
    if (r == 0)
        r = delete_missing(&g, err);
    return r < 0 ? r : mark_rest(&g, err);
}
