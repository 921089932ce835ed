#include <string.h>

#include "host/poll/subscription.h"
#include "host/secret/seal.h"
#include "host/store/sql.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/str.h"

enum { CURSOR_MAX = 64 * 1024 * 1024 };

static const char NOTE_ORIGIN[] =
    "the connection points to another host now: a new baseline was begun";
static const char NOTE_SHAPE[] =
    "the trigger tells items apart in another way now: a new baseline was begun";

void progress_release(struct progress *p)
{
    text_release(&p->cursor);
}

static int read_row(struct subscription *sub, struct query *q, struct progress *p,
                    struct berth_error *err)
{
    struct berth_str key = query_column(q, 5);
    if (key.len != sizeof(p->hash_key))
        return fail(err, BERTH_E_INVALID, "%s: a subscription is damaged",
                    sub->store->file);
    memcpy(&p->hash_key, key.ptr, sizeof(p->hash_key));
    p->no = query_column_int(q, 0);
    p->phase = (enum subscription_phase)query_column_int(q, 3);
    p->polls = query_column_int(q, 4);
    p->items = query_column_int(q, 6);
    p->crawl.page = (uint32_t)query_column_int(q, 7);
    p->crawl.offset = (uint16_t)query_column_int(q, 8);
    text_add_str(&p->cursor, query_column(q, 9));
    if (text_failed(&p->cursor))
        return fail_no_memory(err);
    if (!str_equal(query_column(q, 1), str_from(sub->origin)))
        p->note = NOTE_ORIGIN;
    else if (!str_equal(query_column(q, 2), str_from(sub->shape)))
        p->note = NOTE_SHAPE;
    return 0;
}

static int read_if_there(struct subscription *sub, struct progress *p,
                         struct berth_error *err)
{
    cleanup(query) struct query q = {0};
    int r = query_init(&q, sub->store,
                       "SELECT no, origin, shape, phase, polls, hash_key, items,"
                       " crawl_page, crawl_offset, cursor FROM subscription "
                       "WHERE id = ?1",
                       err);
    if (r < 0)
        return r;
    query_text(&q, 1, sub->id);
    r = query_step(&q, err);
    return r > 0 ? read_row(sub, &q, p, err) : r;
}

static int insert_row(struct subscription *sub, struct progress *p,
                      struct berth_error *err)
{
    cleanup(query) struct query q = {0};
    int r =
        query_init(&q, sub->store,
                   "INSERT INTO subscription(id, connection, operation, input, origin,"
                   " shape, phase, polls, hash_key, items, crawl_page, crawl_offset,"
                   " cursor) VALUES(?1, ?2, ?3, ?4, ?5, ?6, 0, 0, ?7, 0, 0, 0, '')",
                   err);
    if (r < 0)
        return r;
    query_text(&q, 1, sub->id);
    query_text(&q, 2, sub->connection_id);
    query_text(&q, 3, sub->trigger->id);
    query_text(&q, 4, sub->input);
    query_text(&q, 5, sub->origin);
    query_text(&q, 6, sub->shape);
    query_blob(&q, 7, &p->hash_key, sizeof(p->hash_key));
    r = query_run(&q, err);
    if (r == BERTH_E_CONFLICT)
        return fail(err, BERTH_E_NOT_FOUND, "connection '%s' was removed meanwhile",
                    sub->connection_name);
    if (r < 0)
        return r;
    p->no = sqlite3_last_insert_rowid(sub->store->db);
    return 0;
}

static int run_for(struct subscription *sub, const char *statement, int64_t no,
                   struct berth_error *err)
{
    cleanup(query) struct query q = {0};
    int r = query_init(&q, sub->store, statement, err);
    if (r < 0)
        return r;
    query_int(&q, 1, no);
    return query_run(&q, err);
}

/* As if never polled: but events that were found stay, and so does the count of polls. */
static int forget(struct subscription *sub, struct progress *p, struct berth_error *err)
{
    p->phase = PHASE_NEW;
    p->items = 0;
    p->crawl = (struct position){0};
    text_reset(&p->cursor);
    if (p->no == 0)
        return 0;
    cleanup(transaction) struct transaction t = {0};
    int r = transaction_begin(&t, sub->store, err);
    if (r < 0)
        return r;
    r = run_for(sub, "DELETE FROM snapshot_page WHERE subscription = ?1", p->no, err);
    if (r < 0)
        return r;
    r = run_for(sub, "DELETE FROM roster WHERE subscription = ?1", p->no, err);
    if (r < 0)
        return r;
    r = run_for(sub, "DELETE FROM crawl_mark WHERE subscription = ?1", p->no, err);
    if (r < 0)
        return r;
    r = progress_save(sub, p, err);
    if (r < 0)
        return r;
    return transaction_commit(&t, err);
}

int progress_load(struct subscription *sub, bool peek, struct progress *ret_progress,
                  struct berth_error *err)
{
    cleanup(progress) struct progress p = {0};
    text_init(&p.cursor, CURSOR_MAX);
    int r = read_if_there(sub, &p, err);
    if (r < 0)
        return r;
    if (p.no == 0) {
        r = seal_random(&p.hash_key, sizeof(p.hash_key), err);
        if (r == 0 && !peek)
            r = insert_row(sub, &p, err);
        if (r < 0)
            return r;
    }
    if (p.note) {
        if (peek)
            p.no = 0;
        r = forget(sub, &p, err);
        if (r < 0)
            return r;
    }
    *ret_progress = p;
    p = (struct progress){0};
    return 0;
}

int progress_save(struct subscription *sub, const struct progress *p,
                  struct berth_error *err)
{
    cleanup(query) struct query q = {0};
    int r = query_init(&q, sub->store,
                       "UPDATE subscription SET origin = ?2, shape = ?3, phase = ?4,"
                       " polls = ?5, items = ?6, crawl_page = ?7, crawl_offset = ?8,"
                       " cursor = ?9 WHERE no = ?1",
                       err);
    if (r < 0)
        return r;
    query_int(&q, 1, p->no);
    query_text(&q, 2, sub->origin);
    query_text(&q, 3, sub->shape);
    query_int(&q, 4, (int64_t)p->phase);
    query_int(&q, 5, p->polls);
    query_int(&q, 6, p->items);
    query_int(&q, 7, p->crawl.page);
    query_int(&q, 8, p->crawl.offset);
    query_str(&q, 9, text_str(&p->cursor));
    r = query_run(&q, err);
    if (r < 0)
        return r;
    if (sqlite3_changes(sub->store->db) == 0)
        return fail(err, BERTH_E_NOT_FOUND,
                    "connection '%s' was removed while it was polled",
                    sub->connection_name);
    return 0;
}
