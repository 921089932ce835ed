/* What a poll looks items up in: the entries in a row, 40 bytes each, and a table of
 * their places by the hash of the key (open addressing).
 *
 * Invariant: there is at most one entry for an item, and at least one free slot. An entry
 * keeps its place in the row until index_release(), one that is removed leaves a hole
 * (page 0); an entry pointer is valid until the next add. Entries that came as a row get
 * their slots when one is first looked for: a poll in which nothing changes looks for
 * none. */
#ifndef BERTH_SNAPSHOT_INDEX_H
#define BERTH_SNAPSHOT_INDEX_H

#include <stddef.h>
#include <stdint.h>

#include "berth_plugin.h"
#include "host/snapshot/page.h"

enum index_flag {
    INDEX_SEEN = 1u << 0,    /* in this crawl */
    INDEX_SAVED = 1u << 1,   /* and that is in the store */
    INDEX_CHANGED = 1u << 2, /* it is not what the roster in the store says */
    INDEX_MISSING = 1u << 3, /* as enum record_flag */
    INDEX_QUIET = 1u << 4,
    INDEX_LISTED = 1u << 5 /* it has its place in roster.order */
};

/* The hash of an item's key, and of key, version and scope together. */
struct item_hash {
    uint64_t key;
    uint64_t whole;
};

struct index_entry {
    struct item_hash hash;
    uint64_t text;     /* hash of the item's text as it was listed last, with its scope */
    uint32_t text_len; /* 0: not known */
    uint32_t page;     /* 0: a hole */
    uint32_t offset;
    uint32_t flags; /* enum index_flag */
};

struct index {
    struct index_entry *entries;
    size_t used; /* entries and holes */
    size_t capacity;
    size_t count;    /* entries */
    uint32_t *slots; /* an entry's place in the row, from 1; 0: free */
    size_t slot_count;
    size_t slotted; /* so many of the row have their slots */
};

/* Made for `expected` items; grows. */
int index_init(struct index *x, size_t expected, struct berth_error *err);
void index_release(struct index *x);

__extension__ typedef unsigned __int128 index_product;

/* The slot where an entry would like to be: the hash, scaled to their number. */
static inline size_t index_home(const struct index *x, uint64_t key)
{
    return (size_t)((index_product)key * x->slot_count >> 64);
}

static inline size_t index_following(const struct index *x, size_t slot)
{
    return slot + 1 == x->slot_count ? 0 : slot + 1;
}

static inline size_t index_place(const struct index *x, const struct index_entry *e)
{
    return (size_t)(e - x->entries);
}

/* Where its record is. */
static inline struct position index_position(const struct index_entry *e)
{
    return (struct position){e->page, (uint16_t)e->offset};
}

/* Give slots to those that have none yet. */
void index_fill_slots(struct index *x);

/* The entry of which nothing has changed, or null. */
static inline struct index_entry *index_find(struct index *x, struct item_hash hash)
{
    if (x->slotted < x->used)
        index_fill_slots(x);
    size_t slot = index_home(x, hash.key);
    for (; x->slots[slot]; slot = index_following(x, slot)) {
        struct index_entry *e = &x->entries[x->slots[slot] - 1];
        if (e->hash.key == hash.key && e->hash.whole == hash.whole)
            return e;
    }
    return NULL;
}

/* The first (after == null) or next entry whose key has that hash, or null. */
struct index_entry *index_same_key(struct index *x, uint64_t key,
                                   const struct index_entry *after);

/* The one of these whose record is there, or null. */
struct index_entry *index_at(struct index *x, uint64_t key, struct position at);

/* Add at the end of the row: one entry, or `count` packed ones and holes as they were in
 * a row before. */
int index_add(struct index *x, const struct index_entry *entry, struct berth_error *err);
int index_add_row(struct index *x, const void *packed, size_t count,
                  struct berth_error *err);
void index_remove(struct index *x, struct index_entry *entry);

#endif
