/* The snapshot of a subscription on disk: a log of pages in the store, appended to, and
 * shortened at its front.
 *
 * Invariant: what was appended is in memory until log_flush() has written it, which the
 * caller does in the transaction that commits it; at most the last page is written again.
 * With `peek` everything goes to a temporary table of this process instead. */
#ifndef BERTH_SNAPSHOT_LOG_H
#define BERTH_SNAPSHOT_LOG_H

#include <stddef.h>

#include "host/snapshot/page.h"
#include "host/store/sql.h"

enum { LOG_CACHE = 8 };

struct log {
    struct store *store;
    int64_t subscription;
    struct siphash_key key;
    bool peek;
    uint32_t first;      /* oldest page there is */
    struct position end; /* behind the last record */
    struct page
        *pending; /* pages that are not written or not full; the last is the tail */
    size_t pending_count, pending_capacity;
    struct page cache[LOG_CACHE]; /* pages read, by number modulo LOG_CACHE */
};

struct log_config {
    struct store *store;
    int64_t subscription; /* subscription.no; 0: none yet */
    struct siphash_key key;
    bool peek;
};

int log_init(struct log *log, const struct log_config *config, struct berth_error *err);
void log_release(struct log *log);

/* Read every record that is in the store, in order. `log->end` is set. Each() answers 0
 * or a negative status. BERTH_E_INVALID when a page is damaged. */
struct log_visitor {
    int (*each)(void *ctx, struct position at, const struct record *record);
    void *ctx;
};
int log_read_all(struct log *log, const struct log_visitor *visitor,
                 struct berth_error *err);

/* Find where it begins and ends without reading it, instead of log_read_all(); take that
 * back. */
int log_find_end(struct log *log, struct berth_error *err);
void log_forget_end(struct log *log);

int log_append(struct log *log, const struct record *record, struct position *ret_at,
               struct berth_error *err);

/* One record; its texts are valid until the next call with this log. */
int log_read(struct log *log, struct position at, struct record *ret_record,
             struct berth_error *err);

/* A copy of a page; the caller releases it. */
int log_copy_page(struct log *log, uint32_t number, struct page *ret_page,
                  struct berth_error *err);

/* What is appended next begins a page. Everything was flushed before. */
int log_begin_page(struct log *log, struct berth_error *err);

/* Write what is pending. */
int log_flush(struct log *log, struct berth_error *err);

/* Remove the pages before `page`, in the caller's transaction. */
int log_drop_before(struct log *log, uint32_t page, struct berth_error *err);

static inline void cleanup_log(struct log *log)
{
    log_release(log);
}

#endif
