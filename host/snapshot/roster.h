/* The order in which the items were listed, with a hash of each one's text: what stands
 * in the same place with the same text needs neither to be scanned nor looked up. In
 * memory it is the index's row; the store has a copy of that, in blocks.
 *
 * Invariant: the copy counts only if it tells the end of the log as it is, the
 * connector's version and the checksum of each block; else the log is read, which alone
 * is the truth. It is written in the transaction that ends a crawl: the blocks that have
 * changed, or all when the order is another one now; but not with each crawl when the
 * order is another one each time. */
#ifndef BERTH_SNAPSHOT_ROSTER_H
#define BERTH_SNAPSHOT_ROSTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "berth_plugin.h"
#include "host/snapshot/text_hash.h"

struct index_entry;
struct snapshot;
struct snapshot_item;

struct roster {
    struct text_hash hash;
    uint64_t maker;    /* as snapshot_config's */
    size_t next;       /* place of the entry that should be listed next */
    const char *asked; /* the text that was not known when asked about; or null */
    uint32_t *order;   /* places of the entries, as this crawl lists them */
    size_t listed;
    size_t capacity;
    size_t strayed; /* old entries that were listed where others should have been */
    size_t usual; /* so many strayed when the order was learnt, too; 0: few have since */
    bool loaded;  /* the row is the store's copy, and what was added since */
    bool partial; /* the crawl began in another process: `order` is not all of it */
};

/* Room in `order` for all that the index has room for. */
int roster_reserve(struct snapshot *s, struct berth_error *err);

void roster_release(struct roster *r);

void roster_begin_crawl(struct roster *r);

/* The entry is that of the item that was just offered. */
void roster_note(struct snapshot *s, struct index_entry *e,
                 const struct snapshot_item *item, bool is_new);

/* Fill the index, which is empty, and the log's end. 1; 0: there is no copy that counts,
 * and both are as they were. */
int roster_load(struct snapshot *s, struct berth_error *err);

/* Remove the copy, in the caller's transaction: the log is about to be another one. */
int roster_remove(struct snapshot *s, struct berth_error *err);

#endif
