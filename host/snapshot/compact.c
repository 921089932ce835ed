#include "host/snapshot/snapshot.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"

/* Pages moved in one transaction: bounds memory and how long others wait. */
enum { COMPACT_PAGES = 256 };

bool snapshot_wants_compaction(const struct snapshot *s)
{
    uint64_t superseded = s->records - s->index.count;
    return superseded > s->index.count + 4096;
}

/* A record that an entry still points at goes to the end of the log. */
static int move_record(struct snapshot *s, struct position at,
                       const struct record *record, struct berth_error *err)
{
    struct snapshot_item item = {
        .key = record->key, .version = record->version, .scope = record->scope};
    struct index_entry *e = index_at(&s->index, snapshot_hash(s, &item).key, at);
    if (!e)
        return 0;
    struct record copy = *record;
    copy.flags = e->flags & (INDEX_MISSING | INDEX_QUIET);
    copy.old = (struct position){0};
    struct position moved;
    int r = log_append(&s->log, &copy, &moved, err);
    if (r < 0)
        return r;
    e->page = moved.page;
    e->offset = moved.offset;
    s->records++;
    return 0;
}

static int move_page(struct snapshot *s, uint32_t number, struct berth_error *err)
{
    struct page page;
    int r = log_copy_page(&s->log, number, &page, err);
    if (r < 0)
        return r;
    struct berth_str data = {(const char *)page.data, page.len};
    size_t at = PAGE_HEADER;
    while (r == 0 && at < data.len) {
        struct position start = {number, (uint16_t)at};
        struct record record;
        if (!page_read(data, &at, &record)) {
            r = fail(err, BERTH_E_INTERNAL, "page %u of a snapshot changed", number);
            break;
        }
        s->records--;
        if (record.kind == RECORD_PUT)
            r = move_record(s, start, &record, err);
    }
    page_release(&page);
    return r;
}

/* The pages from `first` to before `end`, in one transaction. With the last of them the
 * log may have become empty, and then begins anew at its first page: no roster must be
 * left that could tell its end one day. */
static int move_pages(struct snapshot *s, uint32_t first, uint32_t end,
                      struct berth_error *err)
{
    cleanup(transaction) struct transaction t = {0};
    int r = transaction_begin(&t, s->log.store, err);
    if (r < 0)
        return r;
    r = roster_remove(s, err);
    for (uint32_t page = first; r == 0 && page < end; page++)
        r = move_page(s, page, err);
    if (r < 0)
        return r;
    r = log_flush(&s->log, err);
    if (r < 0)
        return r;
    r = log_drop_before(&s->log, end, err);
    if (r < 0)
        return r;
    return transaction_commit(&t, err);
}

static int write_roster(struct snapshot *s, struct berth_error *err)
{
    cleanup(transaction) struct transaction t = {0};
    int r = transaction_begin(&t, s->log.store, err);
    if (r == 0)
        r = snapshot_save_roster(s, err);
    return r < 0 ? r : transaction_commit(&t, err);
}

int snapshot_compact(struct snapshot *s, struct berth_error *err)
{
    uint32_t end = s->log.end.page + 1;
    int r = log_begin_page(&s->log, err);
    while (r == 0 && s->log.first < end) {
        uint32_t stop =
            s->log.first + COMPACT_PAGES < end ? s->log.first + COMPACT_PAGES : end;
        r = move_pages(s, s->log.first, stop, err);
    }
    return r < 0 ? r : write_roster(s, err);
}
