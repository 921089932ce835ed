#include "host/snapshot/snapshot.h"

#include <stdlib.h>

#include "sdk/error.h"

/* The entry that points at `old`, or null when that was left out in a compaction. */
static struct index_entry *find_old(struct snapshot *s, struct position old,
                                    uint64_t hash)
{
    struct index_entry *e = index_same_key(&s->index, hash, NULL);
    while (e && (e->page != old.page || e->offset != old.offset))
        e = index_same_key(&s->index, hash, e);
    return e;
}

/* A record that speaks of one that never was. */
static bool is_lost(const struct snapshot *s, const struct record *record,
                    const struct index_entry *e)
{
    return !e && record->old.page >= s->log.first;
}

static bool is_of_this_crawl(const struct snapshot *s, struct position at)
{
    return s->crawl.page && position_order(at) >= position_order(s->crawl);
}

static void set_seen(struct snapshot *s, struct index_entry *e)
{
    s->seen += !(e->flags & INDEX_SEEN);
    e->flags |= INDEX_SEEN | INDEX_SAVED;
}

static void load_mark(struct snapshot *s, struct position at, const struct record *record,
                      struct index_entry *e)
{
    e->flags &= (uint16_t) ~(INDEX_MISSING | INDEX_QUIET);
    e->flags |= (uint16_t)record->flags;
    if (is_of_this_crawl(s, at) && !(record->flags & RECORD_MISSING))
        set_seen(s, e);
}

static void forget(struct snapshot *s, struct index_entry *e)
{
    s->seen -= (e->flags & INDEX_SEEN) != 0;
    index_remove(&s->index, e);
}

static int load_put(struct snapshot *s, struct position at, const struct record *record)
{
    struct snapshot_item item = {
        .key = record->key, .version = record->version, .scope = record->scope};
    struct index_entry entry = {snapshot_hash(s, &item), at.page, at.offset,
                                (uint16_t)record->flags};
    if (record->old.page) {
        struct index_entry *old = find_old(s, record->old, entry.hash.key);
        if (is_lost(s, record, old))
            return BERTH_E_INVALID;
        if (old)
            forget(s, old);
    }
    if (is_of_this_crawl(s, at))
        set_seen(s, &entry);
    return index_add(&s->index, &entry, NULL);
}

static int load_record(void *ctx, struct position at, const struct record *record)
{
    struct snapshot *s = ctx;
    s->records++;
    if (record->kind == RECORD_PUT)
        return load_put(s, at, record);
    struct index_entry *e = find_old(s, record->old, record->key_hash);
    if (is_lost(s, record, e))
        return BERTH_E_INVALID;
    if (!e)
        return 0;
    if (record->kind == RECORD_DROP)
        forget(s, e);
    else
        load_mark(s, at, record, e);
    return 0;
}

int snapshot_open(struct snapshot *s, const struct snapshot_config *config,
                  struct berth_error *err)
{
    *s = (struct snapshot){
        .fold = config->fold, .key_mask = config->key_mask, .crawl = config->crawl};
    int r = log_init(&s->log, &config->log, err);
    if (r < 0)
        return r;
    r = index_init(&s->index, (size_t)config->expected, err);
    if (r < 0)
        return r;
    r = log_read_all(&s->log, &(struct log_visitor){load_record, s}, err);
    if (r < 0)
        return r;
    if (!s->crawl.page)
        snapshot_begin_crawl(s);
    return 0;
}

void snapshot_release(struct snapshot *s)
{
    index_release(&s->index);
    log_release(&s->log);
}
