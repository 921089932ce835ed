#include "host/snapshot/log.h"

#include <stdlib.h>
#include <string.h>

#include "sdk/cleanup.h"
#include "sdk/error.h"

int log_init(struct log *log, const struct log_config *config, struct berth_error *err)
{
    *log = (struct log){.store = config->store,
                        .subscription = config->subscription,
                        .key = config->key,
                        .peek = config->peek,
                        .first = 1};
    if (!log->peek)
        return 0;
    return sql_run(log->store,
                   "DROP TABLE IF EXISTS temp.peek_page;"
                   "CREATE TEMP TABLE peek_page(page INTEGER PRIMARY KEY, data BLOB)",
                   err);
}

void log_release(struct log *log)
{
    for (size_t i = 0; i < log->pending_count; i++)
        page_release(&log->pending[i]);
    free(log->pending);
    for (size_t i = 0; i < LOG_CACHE; i++)
        page_release(&log->cache[i]);
    if (log->peek)
        (void)sql_run(log->store, "DROP TABLE IF EXISTS temp.peek_page", NULL);
    *log = (struct log){0};
}

static int fail_damaged(struct log *log, uint32_t page, struct berth_error *err)
{
    return fail(
        err, BERTH_E_INVALID,
        "%s: page %u of a snapshot is damaged; restore the file from a backup, or "
        "remove the connection and add it anew",
        log->store->file, page);
}

static int visit_page(struct log *log, uint32_t number, struct berth_str data,
                      const struct log_visitor *visitor)
{
    for (size_t at = PAGE_HEADER; at < data.len;) {
        struct position start = {number, (uint16_t)at};
        struct record record;
        if (!page_read(data, &at, &record))
            return BERTH_E_INVALID;
        int r = visitor->each(visitor->ctx, start, &record);
        if (r < 0)
            return r;
    }
    log->end = (struct position){number, (uint16_t)data.len};
    return 0;
}

int log_read_all(struct log *log, const struct log_visitor *visitor,
                 struct berth_error *err)
{
    cleanup(query) struct query q = {0};
    int r = query_init(&q, log->store,
                       "SELECT page, data FROM snapshot_page WHERE subscription = ?1 "
                       "ORDER BY page",
                       err);
    if (r < 0)
        return r;
    query_int(&q, 1, log->subscription);
    bool first = true;
    while ((r = query_step(&q, err)) > 0) {
        uint32_t number = (uint32_t)query_column_int(&q, 0);
        struct berth_str data = query_column(&q, 1);
        if (!page_is_sound(data, number, &log->key))
            return fail_damaged(log, number, err);
        if (first)
            log->first = number;
        first = false;
        r = visit_page(log, number, data, visitor);
        if (r == BERTH_E_NO_MEMORY)
            return fail_no_memory(err);
        if (r < 0)
            return fail_damaged(log, number, err);
    }
    return r;
}

int log_find_end(struct log *log, struct berth_error *err)
{
    cleanup(query) struct query q = {0};
    int r = query_init(&q, log->store,
                       "SELECT (SELECT min(page) FROM snapshot_page WHERE subscription ="
                       " ?1), page, length(data) FROM snapshot_page WHERE subscription ="
                       " ?1 ORDER BY page DESC LIMIT 1",
                       err);
    if (r < 0)
        return r;
    query_int(&q, 1, log->subscription);
    r = query_step(&q, err);
    if (r <= 0)
        return r;
    log->first = (uint32_t)query_column_int(&q, 0);
    log->end = (struct position){(uint32_t)query_column_int(&q, 1),
                                 (uint16_t)query_column_int(&q, 2)};
    return 0;
}

void log_forget_end(struct log *log)
{
    log->first = 1;
    log->end = (struct position){0};
}

/* Copy one page from the store into `ret_page`, which has its number. */
static int fetch_page(struct log *log, struct page *ret_page, struct berth_error *err)
{
    cleanup(query) struct query q = {0};
    int r = query_init(&q, log->store,
                       log->peek
                           ? "SELECT data FROM temp.peek_page WHERE page = ?1 UNION ALL "
                             "SELECT data FROM snapshot_page WHERE page = ?1 AND "
                             "subscription = ?2 LIMIT 1"
                           : "SELECT data FROM snapshot_page WHERE page = ?1 AND "
                             "subscription = ?2",
                       err);
    if (r < 0)
        return r;
    query_int(&q, 1, ret_page->number);
    query_int(&q, 2, log->subscription);
    r = query_step(&q, err);
    if (r < 0)
        return r;
    struct berth_str data = query_column(&q, 0);
    if (r == 0 || !page_is_sound(data, ret_page->number, &log->key))
        return fail_damaged(log, ret_page->number, err);
    memcpy(ret_page->data, data.ptr, data.len);
    ret_page->len = (uint32_t)data.len;
    return 0;
}

static struct page *find_pending(struct log *log, uint32_t number)
{
    for (size_t i = log->pending_count; i-- > 0;)
        if (log->pending[i].number == number)
            return &log->pending[i];
    return NULL;
}

static int find_cached(struct log *log, uint32_t number, struct page **ret_page,
                       struct berth_error *err)
{
    struct page *p = &log->cache[number % LOG_CACHE];
    *ret_page = p;
    if (p->data && p->number == number)
        return 0;
    int r = p->data ? 0 : page_init(p, number, err);
    if (r < 0)
        return r;
    p->number = number;
    p->len = 0;
    r = fetch_page(log, p, err);
    if (r < 0)
        page_release(p);
    return r;
}

int log_read(struct log *log, struct position at, struct record *ret_record,
             struct berth_error *err)
{
    struct page *p = find_pending(log, at.page);
    if (!p) {
        int r = find_cached(log, at.page, &p, err);
        if (r < 0)
            return r;
    }
    size_t offset = at.offset;
    struct berth_str data = {(const char *)p->data, p->len};
    if (!page_read(data, &offset, ret_record))
        return fail_damaged(log, at.page, err);
    return 0;
}

static int add_pending(struct log *log, uint32_t number, struct berth_error *err)
{
    if (log->pending_count == log->pending_capacity) {
        size_t capacity = log->pending_capacity * 2 + 4;
        struct page *pages = realloc(log->pending, capacity * sizeof(*pages));
        if (!pages)
            return fail_no_memory(err);
        log->pending = pages;
        log->pending_capacity = capacity;
    }
    int r = page_init(&log->pending[log->pending_count], number, err);
    if (r < 0)
        return r;
    log->pending_count++;
    return 0;
}

/* The page that is written at: the last one of the store goes on if it has room. */
static int open_tail(struct log *log, struct berth_error *err)
{
    if (log->pending_count > 0)
        return 0;
    bool go_on = log->end.page > 0 && log->end.offset < PAGE_FULL / 2;
    int r = add_pending(log, log->end.page + (go_on ? 0 : 1), err);
    if (r < 0 || !go_on)
        return r;
    return fetch_page(log, &log->pending[0], err);
}

int log_append(struct log *log, const struct record *record, struct position *ret_at,
               struct berth_error *err)
{
    int r = open_tail(log, err);
    if (r < 0)
        return r;
    struct page *tail = &log->pending[log->pending_count - 1];
    uint16_t offset = page_add(tail, record);
    if (offset == 0) {
        r = add_pending(log, tail->number + 1, err);
        if (r < 0)
            return r;
        tail = &log->pending[log->pending_count - 1];
        offset = page_add(tail, record);
    }
    if (offset == 0)
        return fail(err, BERTH_E_INTERNAL, "a record does not fit an empty page");
    *ret_at = (struct position){tail->number, offset};
    log->end = (struct position){tail->number, (uint16_t)tail->len};
    return 0;
}

/* A page that was written to its end is kept as one that was read. */
static void move_to_cache(struct log *log, struct page *p)
{
    struct page *slot = &log->cache[p->number % LOG_CACHE];
    page_release(slot);
    *slot = *p;
    *p = (struct page){0};
}

/* Only the tail is needed any longer. */
static void forget_written(struct log *log)
{
    for (size_t i = 0; i + 1 < log->pending_count; i++)
        move_to_cache(log, &log->pending[i]);
    if (log->pending_count > 1) {
        log->pending[0] = log->pending[log->pending_count - 1];
        log->pending_count = 1;
    }
}

int log_copy_page(struct log *log, uint32_t number, struct page *ret_page,
                  struct berth_error *err)
{
    int r = page_init(ret_page, number, err);
    if (r < 0)
        return r;
    r = fetch_page(log, ret_page, err);
    if (r < 0)
        page_release(ret_page);
    return r;
}

int log_begin_page(struct log *log, struct berth_error *err)
{
    forget_written(log);
    if (log->pending_count > 0)
        move_to_cache(log, &log->pending[--log->pending_count]);
    return add_pending(log, log->end.page + 1, err);
}

int log_flush(struct log *log, struct berth_error *err)
{
    cleanup(query) struct query q = {0};
    int r = query_init(&q, log->store,
                       log->peek ? "INSERT OR REPLACE INTO temp.peek_page(page, data) "
                                   "VALUES(?2, ?3)"
                                 : "INSERT INTO snapshot_page VALUES(?1, ?2, ?3) "
                                   "ON CONFLICT DO UPDATE SET data = excluded.data",
                       err);
    if (r < 0)
        return r;
    for (size_t i = 0; i < log->pending_count; i++) {
        struct page *p = &log->pending[i];
        if (!p->dirty)
            continue;
        page_seal(p, &log->key);
        if (!log->peek)
            query_int(&q, 1, log->subscription);
        query_int(&q, 2, p->number);
        query_blob(&q, 3, p->data, p->len);
        r = query_run(&q, err);
        if (r < 0)
            return r;
        p->dirty = false;
    }
    forget_written(log);
    return 0;
}

int log_drop_before(struct log *log, uint32_t page, struct berth_error *err)
{
    cleanup(query) struct query q = {0};
    int r = query_init(&q, log->store,
                       "DELETE FROM snapshot_page WHERE subscription = ?1 AND page < ?2",
                       err);
    if (r < 0)
        return r;
    query_int(&q, 1, log->subscription);
    query_int(&q, 2, page);
    r = query_run(&q, err);
    if (r < 0)
        return r;
    log->first = page;
    return 0;
}
