#include "host/snapshot/snapshot.h"

#include <stdlib.h>

#include "sdk/error.h"
#include "sdk/str.h"

struct item_hash snapshot_hash(const struct snapshot *s, const struct snapshot_item *item)
{
    struct siphash state = siphash_begin(&s->log.key);
    siphash_add_folded(&state, item->key, s->fold);
    uint64_t key = siphash_end(state) & s->key_mask;
    siphash_add(&state, item->version);
    if (item->scope.len > 0)
        siphash_add(&state, item->scope);
    return (struct item_hash){key, siphash_end(state)};
}

static bool same_key(const struct snapshot *s, struct berth_str a, struct berth_str b)
{
    return s->fold ? str_equal_fold(a, b) : str_equal(a, b);
}

/* The entry of the item with that key and its record, or null. */
static int find_record(struct snapshot *s, const struct snapshot_item *item,
                       struct index_entry **ret_entry, struct record *ret_record,
                       struct berth_error *err)
{
    struct index_entry *e = index_same_key(&s->index, item->hash.key, NULL);
    for (; e; e = index_same_key(&s->index, item->hash.key, e)) {
        int r = log_read(&s->log, index_position(e), ret_record, err);
        if (r < 0)
            return r;
        if (same_key(s, ret_record->key, item->key))
            break;
    }
    *ret_entry = e;
    return 0;
}

static int append(struct snapshot *s, const struct record *record,
                  struct position *ret_at, struct berth_error *err)
{
    int r = log_append(&s->log, record, ret_at, err);
    s->records += r == 0;
    return r;
}

/* A record for the item; `old` is nowhere for a new one. */
static int append_item(struct snapshot *s, const struct snapshot_item *item,
                       struct position old, struct index_entry *ret_entry,
                       struct berth_error *err)
{
    struct record record = {.kind = RECORD_PUT,
                            .flags = item->quiet ? RECORD_QUIET : 0,
                            .old = old,
                            .key = item->key,
                            .version = item->version,
                            .scope = item->scope};
    struct position at;
    int r = append(s, &record, &at, err);
    if (r < 0)
        return r;
    *ret_entry = (struct index_entry){.hash = item->hash,
                                      .page = at.page,
                                      .offset = at.offset,
                                      .flags = INDEX_SEEN | INDEX_SAVED | INDEX_CHANGED |
                                               (item->quiet ? INDEX_QUIET : 0u)};
    return 0;
}

static int append_short(struct snapshot *s, enum record_kind kind,
                        const struct index_entry *e, unsigned flags,
                        struct berth_error *err)
{
    struct record record = {
        .kind = kind, .flags = flags, .old = index_position(e), .key_hash = e->hash.key};
    struct position at;
    return append(s, &record, &at, err);
}

static int create(struct snapshot *s, const struct snapshot_item *item,
                  struct berth_error *err)
{
    struct index_entry entry;
    int r = append_item(s, item, (struct position){0}, &entry, err);
    if (r < 0)
        return r;
    r = index_add(&s->index, &entry, err);
    if (r == 0)
        r = roster_reserve(s, err);
    if (r < 0)
        return r;
    s->seen++;
    roster_note(s, &s->index.entries[s->index.used - 1], item, true);
    return SNAPSHOT_CREATED;
}

static void note_seen(struct snapshot *s, struct index_entry *e)
{
    if (!(e->flags & INDEX_SEEN))
        s->seen++;
    else if (!(e->flags & INDEX_SAVED))
        s->seen_unsaved--;
    e->flags |= INDEX_SEEN | INDEX_SAVED;
}

/* Quiet is what never was anything else: the end of what was once told of is told, too.
 */
static bool stays_quiet(const struct snapshot_item *item, const struct index_entry *e)
{
    return item->quiet && (e->flags & INDEX_QUIET);
}

static int replace(struct snapshot *s, const struct snapshot_item *item,
                   struct index_entry *e, struct berth_error *err)
{
    struct index_entry entry;
    struct snapshot_item put = *item;
    put.quiet = stays_quiet(item, e);
    int r = append_item(s, &put, index_position(e), &entry, err);
    if (r < 0)
        return r;
    note_seen(s, e);
    entry.flags |= e->flags & INDEX_LISTED;
    *e = entry;
    roster_note(s, e, item, false);
    return 0;
}

static void set_state(struct index_entry *e, unsigned flags)
{
    e->flags &= ~(unsigned)(INDEX_MISSING | INDEX_QUIET);
    e->flags |= flags | INDEX_CHANGED;
}

/* Only the flags are others than before. */
static int mark(struct snapshot *s, const struct snapshot_item *item,
                struct index_entry *e, struct berth_error *err)
{
    unsigned flags = stays_quiet(item, e) ? INDEX_QUIET : 0u;
    int r = append_short(s, RECORD_MARK, e, flags, err);
    if (r < 0)
        return r;
    note_seen(s, e);
    set_state(e, flags);
    roster_note(s, e, item, false);
    return SNAPSHOT_SAME;
}

static int drop_entry(struct snapshot *s, struct index_entry *e, struct berth_error *err)
{
    int r = append_short(s, RECORD_DROP, e, 0, err);
    if (r < 0)
        return r;
    if (e->flags & INDEX_SEEN) {
        s->seen--;
        s->seen_unsaved -= !(e->flags & INDEX_SAVED);
    }
    index_remove(&s->index, e);
    return 0;
}

bool snapshot_unchanged(struct snapshot *s, const struct snapshot_item *item)
{
    struct index_entry *e = index_find(&s->index, item->hash);
    if (!e || (e->flags & INDEX_MISSING) || ((e->flags & INDEX_QUIET) && !item->quiet))
        return false;
    if (!(e->flags & INDEX_SEEN)) {
        e->flags |= INDEX_SEEN;
        s->seen++;
        s->seen_unsaved++;
    }
    roster_note(s, e, item, false);
    return true;
}

int snapshot_change(struct snapshot *s, const struct snapshot_item *item,
                    struct berth_error *err)
{
    struct index_entry *e = index_find(&s->index, item->hash);
    if (e)
        return mark(s, item, e, err);
    struct record record;
    int r = find_record(s, item, &e, &record, err);
    if (r < 0)
        return r;
    if (!e)
        return create(s, item, err);
    bool same_version = str_equal(record.version, item->version);
    r = replace(s, item, e, err);
    if (r < 0)
        return r;
    return same_version ? SNAPSHOT_SAME : SNAPSHOT_UPDATED;
}

int snapshot_save_seen(struct snapshot *s, snapshot_hash_fn *each, void *ctx)
{
    if (s->seen_unsaved == 0)
        return 0;
    for (size_t i = 0; i < s->index.used; i++) {
        struct index_entry *e = &s->index.entries[i];
        if (!e->page || (e->flags & (INDEX_SEEN | INDEX_SAVED)) != INDEX_SEEN)
            continue;
        int r = each(ctx, e->hash.key);
        if (r < 0)
            return r;
        e->flags |= INDEX_SAVED;
    }
    s->seen_unsaved = 0;
    return 0;
}

void snapshot_restore_seen(struct snapshot *s, uint64_t hash)
{
    struct index_entry *e = index_same_key(&s->index, hash, NULL);
    for (; e; e = index_same_key(&s->index, hash, e))
        note_seen(s, e);
}

void snapshot_begin_crawl(struct snapshot *s)
{
    for (size_t i = 0; i < s->index.used; i++)
        s->index.entries[i].flags &= ~(unsigned)(INDEX_SEEN | INDEX_SAVED | INDEX_LISTED);
    s->seen = 0;
    s->seen_unsaved = 0;
    roster_begin_crawl(&s->roster);
    s->crawl = s->log.end.page ? s->log.end : (struct position){1, 0};
}

/* The entry whose record is there, or null. */
static struct index_entry *entry_at(struct snapshot *s, struct position at,
                                    const struct record *record)
{
    struct snapshot_item item = {.key = record->key};
    return index_at(&s->index, snapshot_hash(s, &item).key, at);
}

unsigned snapshot_flags(struct snapshot *s, struct position at,
                        const struct record *record)
{
    const struct index_entry *e = entry_at(s, at, record);
    return e ? e->flags & (INDEX_MISSING | INDEX_QUIET) : 0u;
}

int snapshot_drop(struct snapshot *s, struct position at, const struct record *record,
                  struct berth_error *err)
{
    struct index_entry *e = entry_at(s, at, record);
    return e ? drop_entry(s, e, err) : 0;
}

int snapshot_mark_missing(struct snapshot *s, struct position at,
                          const struct record *record, struct berth_error *err)
{
    struct index_entry *e = entry_at(s, at, record);
    if (!e || (e->flags & INDEX_MISSING))
        return 0;
    unsigned flags = (e->flags & INDEX_QUIET) | INDEX_MISSING;
    int r = append_short(s, RECORD_MARK, e, flags, err);
    if (r < 0)
        return r;
    set_state(e, flags);
    return 0;
}
