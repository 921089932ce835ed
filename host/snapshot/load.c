#include "host/snapshot/snapshot.h"

#include <stdlib.h>

#include "sdk/error.h"

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
    e->flags &= ~(unsigned)(INDEX_MISSING | INDEX_QUIET);
    e->flags |= record->flags;
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
    struct index_entry entry = {.hash = snapshot_hash(s, &item),
                                .page = at.page,
                                .offset = at.offset,
                                .flags = record->flags};
    struct index_entry *old =
        record->old.page ? index_at(&s->index, entry.hash.key, record->old) : NULL;
    if (record->old.page && is_lost(s, record, old))
        return BERTH_E_INVALID;
    if (is_of_this_crawl(s, at))
        set_seen(s, &entry);
    if (!old)
        return index_add(&s->index, &entry, NULL);
    s->seen -= (old->flags & INDEX_SEEN) != 0;
    *old = entry; /* the key is the same, and so is its slot */
    return 0;
}

static int load_record(void *ctx, struct position at, const struct record *record)
{
    struct snapshot *s = ctx;
    s->records++;
    if (record->kind == RECORD_PUT)
        return load_put(s, at, record);
    struct index_entry *e = index_at(&s->index, record->key_hash, record->old);
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

/* What an unfinished crawl has seen is told by the log alone. */
static int load(struct snapshot *s, struct berth_error *err)
{
    s->roster.partial = s->crawl.page > 0;
    int r = s->roster.partial ? 0 : roster_load(s, err);
    if (r != 0)
        return r < 0 ? r : 0;
    return log_read_all(&s->log, &(struct log_visitor){load_record, s}, err);
}

int snapshot_open(struct snapshot *s, const struct snapshot_config *config,
                  struct berth_error *err)
{
    *s = (struct snapshot){
        .fold = config->fold, .key_mask = config->key_mask, .crawl = config->crawl};
    s->roster.maker = config->maker;
    text_hash_init(&s->roster.hash, &config->log.key);
    int r = log_init(&s->log, &config->log, err);
    if (r < 0)
        return r;
    r = index_init(&s->index, (size_t)config->expected, err);
    if (r == 0)
        r = load(s, err);
    if (r == 0)
        r = roster_reserve(s, err);
    if (r == 0 && !s->crawl.page)
        snapshot_begin_crawl(s);
    return r;
}

void snapshot_release(struct snapshot *s)
{
    index_release(&s->index);
    roster_release(&s->roster);
    log_release(&s->log);
}
