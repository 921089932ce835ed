#include "host/poll/mark.h"

#include <stdlib.h>
#include <string.h>

#include "host/store/sql.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"

enum mark_kind { MARK_SEEN = 0, MARK_SCOPES = 1, MARK_WHOLE = 2 };

/* Hashes in one row. */
enum { MARK_HASHES = 8192 };

static int take_hash(struct crawl *c, int64_t kind, uint64_t hash,
                     struct berth_error *err)
{
    if (kind == MARK_SCOPES)
        return scope_set_add(&c->scopes, hash, err);
    snapshot_restore_seen(&c->snapshot, hash);
    return 0;
}

static int take_row(struct crawl *c, struct query *q, struct berth_error *err)
{
    int64_t kind = query_column_int(q, 0);
    struct berth_str hashes = query_column(q, 1);
    if (kind == MARK_WHOLE) {
        c->scopes.whole = c->scopes.whole_saved = true;
        return 0;
    }
    for (size_t at = 0; at + sizeof(uint64_t) <= hashes.len; at += sizeof(uint64_t)) {
        uint64_t hash;
        memcpy(&hash, hashes.ptr + at, sizeof(hash));
        int r = take_hash(c, kind, hash, err);
        if (r < 0)
            return r;
    }
    return 0;
}

int marks_load(struct crawl *c, struct berth_error *err)
{
    cleanup(query) struct query q = {0};
    int r =
        query_init(&q, c->sub->store,
                   "SELECT kind, hashes FROM crawl_mark WHERE subscription = ?1", err);
    if (r < 0)
        return r;
    query_int(&q, 1, c->progress.no);
    while ((r = query_step(&q, err)) > 0) {
        r = take_row(c, &q, err);
        if (r < 0)
            return r;
    }
    c->scopes.saved = c->scopes.count;
    return r;
}

/* Gathers hashes into rows. */
struct mark_writer {
    struct query q;
    int64_t subscription;
    size_t count;
    struct berth_error *err;
    uint64_t hashes[MARK_HASHES];
};

static int write_row(struct mark_writer *w, enum mark_kind kind)
{
    query_int(&w->q, 1, w->subscription);
    query_int(&w->q, 2, kind);
    query_blob(&w->q, 3, w->hashes, w->count * sizeof(w->hashes[0]));
    w->count = 0;
    return query_run(&w->q, w->err);
}

static int add_seen(void *ctx, uint64_t hash)
{
    struct mark_writer *w = ctx;
    w->hashes[w->count++] = hash;
    return w->count == MARK_HASHES ? write_row(w, MARK_SEEN) : 0;
}

static int save_seen(struct crawl *c, struct mark_writer *w)
{
    int r = snapshot_save_seen(&c->snapshot, add_seen, w);
    return r == 0 && w->count > 0 ? write_row(w, MARK_SEEN) : r;
}

static int save_scopes(struct crawl *c, struct mark_writer *w)
{
    struct scope_set *set = &c->scopes;
    int r = 0;
    while (r == 0 && set->saved < set->count) {
        size_t left = set->count - set->saved;
        w->count = left < MARK_HASHES ? left : MARK_HASHES;
        memcpy(w->hashes, set->hashes + set->saved, w->count * sizeof(w->hashes[0]));
        set->saved += w->count;
        r = write_row(w, MARK_SCOPES);
    }
    if (r == 0 && set->whole && !set->whole_saved) {
        set->whole_saved = true;
        r = write_row(w, MARK_WHOLE);
    }
    return r;
}

int marks_save(struct crawl *c, struct berth_error *err)
{
    struct mark_writer *w = calloc(1, sizeof(*w));
    if (!w)
        return fail_no_memory(err);
    w->subscription = c->progress.no;
    w->err = err;
    int r = query_init(&w->q, c->sub->store,
                       "INSERT INTO crawl_mark(subscription, kind, hashes) "
                       "VALUES(?1, ?2, ?3)",
                       err);
    if (r == 0)
        r = save_seen(c, w);
    if (r == 0)
        r = save_scopes(c, w);
    query_release(&w->q);
    free(w);
    return r;
}

int marks_remove(struct crawl *c, struct berth_error *err)
{
    cleanup(query) struct query q = {0};
    int r = query_init(&q, c->sub->store,
                       "DELETE FROM crawl_mark WHERE subscription = ?1", err);
    if (r < 0)
        return r;
    query_int(&q, 1, c->progress.no);
    return query_run(&q, err);
}
