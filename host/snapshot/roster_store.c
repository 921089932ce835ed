/* The roster's copy in the store: block 0 is a head, the others hold BLOCK_ENTRIES of the
 * index's row each (the last one fewer), as they are in memory. */
#include <stdlib.h>
#include <string.h>

#include "host/snapshot/snapshot.h"
#include "host/store/sql.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"

/* So many fit one page of the database. */
enum { BLOCK_ENTRIES = 100 };

/* Another byte order, another layout: the copy is not for us. */
enum { FORMAT = 0x03000000 + sizeof(struct index_entry) };

/* Of an order in which so many stray, the next crawl would not gain enough. */
enum { STRAYED_PART = 64, HOLES_PART = 4 };

/* With each crawl that strays, the number of those that did so earlier counts less. */
enum { FADING_PART = 16 };

struct head {
    uint64_t checksum;
    uint32_t format;
    uint32_t log_first;
    uint64_t log_end; /* position_order() */
    uint64_t records; /* in the log */
    uint64_t places;  /* entries and holes */
    uint64_t usual;   /* as in struct roster */
    uint64_t maker;
};

struct block {
    uint64_t checksum;
    struct index_entry entries[BLOCK_ENTRIES];
};

static uint64_t checksum_of(const struct snapshot *s, size_t number,
                            struct berth_str data)
{
    struct berth_str place = {(const char *)&number, sizeof(number)};
    struct berth_str rest = {data.ptr + 8, data.len - 8};
    return text_hash_of(&s->roster.hash, place, rest);
}

static bool is_sound(const struct snapshot *s, size_t number, struct berth_str data)
{
    uint64_t sum;
    if (data.len < sizeof(sum))
        return false;
    memcpy(&sum, data.ptr, sizeof(sum));
    return sum == checksum_of(s, number, data);
}

static struct head head_of(const struct snapshot *s, size_t places)
{
    return (struct head){.format = FORMAT,
                         .log_first = s->log.first,
                         .log_end = position_order(s->log.end),
                         .records = s->records,
                         .places = places,
                         .usual = s->roster.usual,
                         .maker = s->roster.maker};
}

/* --- reading ----------------------------------------------------------------------- */

/* Is it of this log, as it ends now, and of this connector? */
static bool take_head(struct snapshot *s, struct berth_str data, struct head *ret_head)
{
    if (data.len != sizeof(*ret_head) || !is_sound(s, 0, data))
        return false;
    memcpy(ret_head, data.ptr, sizeof(*ret_head));
    s->records = ret_head->records;
    s->roster.usual = (size_t)ret_head->usual;
    struct head wanted = head_of(s, (size_t)ret_head->places);
    wanted.checksum = ret_head->checksum;
    return memcmp(&wanted, ret_head, sizeof(wanted)) == 0 &&
           ret_head->places < UINT32_MAX;
}

/* 1, or 0 when the block is not what it should be. */
static int take_block(struct snapshot *s, const struct head *head, size_t number,
                      struct berth_str data, struct berth_error *err)
{
    size_t left = (size_t)head->places - s->index.used;
    size_t count = left < BLOCK_ENTRIES ? left : BLOCK_ENTRIES;
    if (count == 0 || number != s->index.used / BLOCK_ENTRIES + 1 ||
        data.len !=
            offsetof(struct block, entries) + count * sizeof(struct index_entry) ||
        !is_sound(s, number, data))
        return 0;
    int r =
        index_add_row(&s->index, data.ptr + offsetof(struct block, entries), count, err);
    return r < 0 ? r : 1;
}

static int read_blocks(struct snapshot *s, struct berth_error *err)
{
    struct head head = {0};
    cleanup(query) struct query q = {0};
    int r = query_init(
        &q, s->log.store,
        "SELECT block, data FROM roster WHERE subscription = ?1 ORDER BY block", err);
    if (r < 0)
        return r;
    query_int(&q, 1, s->log.subscription);
    r = query_step(&q, err);
    if (r <= 0 || query_column_int(&q, 0) != 0 ||
        !take_head(s, query_column(&q, 1), &head))
        return r < 0 ? r : 0;
    while ((r = query_step(&q, err)) > 0) {
        r = take_block(s, &head, (size_t)query_column_int(&q, 0), query_column(&q, 1),
                       err);
        if (r <= 0)
            return r;
    }
    return r < 0 ? r : s->index.used == head.places;
}

int roster_load(struct snapshot *s, struct berth_error *err)
{
    int r = log_find_end(&s->log, err);
    if (r == 0)
        r = read_blocks(s, err);
    s->roster.loaded = r > 0;
    if (r > 0)
        return r;
    size_t capacity = s->index.capacity;
    index_release(&s->index);
    log_forget_end(&s->log);
    s->records = 0;
    s->roster.usual = 0;
    return r < 0 ? r : index_init(&s->index, capacity, err);
}

/* --- writing ----------------------------------------------------------------------- */

struct writer {
    struct snapshot *snapshot;
    struct query query;
    struct block block;
    size_t count;  /* entries in the block */
    size_t number; /* of the block */
    size_t places; /* written, all blocks */
};

static void cleanup_writer(struct writer *w)
{
    cleanup_query(&w->query);
}

/* The first eight bytes of `data` become its checksum. */
static int write_row(struct writer *w, size_t number, void *data, size_t len,
                     struct berth_error *err)
{
    uint64_t sum = checksum_of(w->snapshot, number, (struct berth_str){data, len});
    memcpy(data, &sum, sizeof(sum));
    query_int(&w->query, 1, w->snapshot->log.subscription);
    query_int(&w->query, 2, (int64_t)number);
    query_blob(&w->query, 3, data, len);
    return query_run(&w->query, err);
}

static int write_block(struct writer *w, struct berth_error *err)
{
    size_t len = offsetof(struct block, entries) + w->count * sizeof(w->block.entries[0]);
    int r = w->count > 0 ? write_row(w, w->number, &w->block, len, err) : 0;
    w->places += w->count;
    w->count = 0;
    w->number++;
    return r;
}

/* Without what is only true of this crawl. */
static int write_entry(struct writer *w, const struct index_entry *e,
                       struct berth_error *err)
{
    struct index_entry *copy = &w->block.entries[w->count++];
    *copy = *e;
    copy->flags &= INDEX_MISSING | INDEX_QUIET;
    return w->count == BLOCK_ENTRIES ? write_block(w, err) : 0;
}

/* The items in the order of this crawl, then those that it did not list. */
static int write_all(struct writer *w, struct berth_error *err)
{
    const struct index *x = &w->snapshot->index;
    const struct roster *roster = &w->snapshot->roster;
    int r = 0;
    for (size_t i = 0; r == 0 && i < roster->listed; i++)
        if (x->entries[roster->order[i]].page)
            r = write_entry(w, &x->entries[roster->order[i]], err);
    for (size_t i = 0; r == 0 && i < x->used; i++)
        if (x->entries[i].page && !(x->entries[i].flags & INDEX_LISTED))
            r = write_entry(w, &x->entries[i], err);
    return r < 0 ? r : write_block(w, err);
}

static bool has_change(const struct index *x, size_t from, size_t to)
{
    unsigned flags = 0;
    for (size_t i = from; i < to; i++)
        flags |= x->entries[i].flags;
    return flags & INDEX_CHANGED;
}

/* Only the blocks that are not what they were. */
static int write_changed(struct writer *w, struct berth_error *err)
{
    const struct index *x = &w->snapshot->index;
    int r = 0;
    for (size_t from = 0; r == 0 && from < x->used; from += BLOCK_ENTRIES) {
        size_t to = from + BLOCK_ENTRIES < x->used ? from + BLOCK_ENTRIES : x->used;
        if (!has_change(x, from, to))
            continue;
        w->number = from / BLOCK_ENTRIES + 1;
        for (size_t i = from; r == 0 && i < to; i++)
            r = write_entry(w, &x->entries[i], err);
        if (r == 0)
            r = write_block(w, err);
    }
    return r;
}

int roster_remove(struct snapshot *s, struct berth_error *err)
{
    s->roster.loaded = false;
    cleanup(query) struct query q = {0};
    int r =
        query_init(&q, s->log.store, "DELETE FROM roster WHERE subscription = ?1", err);
    if (r < 0)
        return r;
    query_int(&q, 1, s->log.subscription);
    return query_run(&q, err);
}

static bool many_strayed(const struct snapshot *s)
{
    return s->roster.strayed > s->index.used / STRAYED_PART + BLOCK_ENTRIES;
}

/* An order that was learnt, and was of no use, is learnt again only now and then. */
static bool wants_new_order(const struct snapshot *s)
{
    size_t used = s->index.used;
    return !s->roster.loaded ||
           (many_strayed(s) && s->roster.strayed / 2 > s->roster.usual) ||
           used - s->index.count > used / HOLES_PART + BLOCK_ENTRIES;
}

/* Is it another number than before? */
static bool set_usual(struct snapshot *s, bool anew)
{
    size_t before = s->roster.usual;
    size_t usual = anew ? s->roster.strayed : before - before / FADING_PART;
    s->roster.usual = many_strayed(s) ? usual : 0;
    return s->roster.usual != before;
}

static int write_head(struct writer *w, size_t places, struct berth_error *err)
{
    struct head head = head_of(w->snapshot, places);
    return write_row(w, 0, &head, sizeof(head), err);
}

int snapshot_save_roster(struct snapshot *s, struct berth_error *err)
{
    if (s->log.peek || s->roster.partial)
        return 0;
    bool anew = wants_new_order(s);
    bool is_head_new = set_usual(s, anew);
    if (!anew && !is_head_new && !has_change(&s->index, 0, s->index.used))
        return 0;
    int r = anew ? roster_remove(s, err) : 0;
    if (r < 0)
        return r;
    cleanup(writer) struct writer w = {.snapshot = s, .number = 1};
    r = query_init(&w.query, s->log.store,
                   "INSERT INTO roster VALUES(?1, ?2, ?3) "
                   "ON CONFLICT DO UPDATE SET data = excluded.data",
                   err);
    if (r == 0)
        r = anew ? write_all(&w, err) : write_changed(&w, err);
    if (r == 0)
        r = write_head(&w, anew ? w.places : s->index.used, err);
    return r;
}
