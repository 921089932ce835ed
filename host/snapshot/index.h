/* What a poll looks items up in: a table in memory, 24 bytes an entry, open addressing.
 *
 * Invariant: there is at most one entry for an item, and at least one free slot. An entry
 * pointer is valid until the next add or remove. */
#ifndef BERTH_SNAPSHOT_INDEX_H
#define BERTH_SNAPSHOT_INDEX_H

#include <stddef.h>
#include <stdint.h>

#include "berth_plugin.h"

enum index_flag {
    INDEX_SEEN = 1u << 0,    /* in this crawl */
    INDEX_SAVED = 1u << 1,   /* and that is in the store */
    INDEX_MISSING = 1u << 3, /* as enum record_flag */
    INDEX_QUIET = 1u << 4
};

/* The hash of an item's key, and of key, version and scope together. */
struct item_hash {
    uint64_t key;
    uint64_t whole;
};

struct index_entry {
    struct item_hash hash;
    uint32_t page; /* 0: a free slot */
    uint16_t offset;
    uint16_t flags; /* enum index_flag */
};

struct index {
    struct index_entry *slots;
    size_t capacity;
    size_t count;
};

/* Made for `expected` items; grows. */
int index_init(struct index *x, size_t expected, struct berth_error *err);
void index_release(struct index *x);

__extension__ typedef unsigned __int128 index_product;

/* The slot where an entry would like to be: the hash, scaled to the capacity. */
static inline size_t index_home(const struct index *x, uint64_t key)
{
    return (size_t)((index_product)key * x->capacity >> 64);
}

static inline struct index_entry *index_following(const struct index *x,
                                                  struct index_entry *e)
{
    return e + 1 == x->slots + x->capacity ? x->slots : e + 1;
}

/* The entry of which nothing has changed, or null. */
static inline struct index_entry *index_find(const struct index *x, struct item_hash hash)
{
    struct index_entry *e = x->slots + index_home(x, hash.key);
    for (; e->page; e = index_following(x, e))
        if (e->hash.key == hash.key && e->hash.whole == hash.whole)
            return e;
    return NULL;
}

/* The first (after == null) or next entry whose key has that hash, or null. */
struct index_entry *index_same_key(const struct index *x, uint64_t key,
                                   struct index_entry *after);

int index_add(struct index *x, const struct index_entry *entry, struct berth_error *err);
void index_remove(struct index *x, struct index_entry *entry);

#endif
