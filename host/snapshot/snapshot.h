/* What a subscription saw last: an index in memory over a log of pages in the store.
 *
 * Invariant: each item is in the index once, and its entry points at the record that
 * tells of it. Whether an item has changed is decided by hashes only when they say "no";
 * a "yes" is decided by the texts, so two keys of one hash are two items. An unchanged
 * item costs a look into the index and nothing else: no allocation, no file; and one
 * whose text is the same, in the same place, only a hash of that text (roster.h). */
#ifndef BERTH_SNAPSHOT_SNAPSHOT_H
#define BERTH_SNAPSHOT_SNAPSHOT_H

#include "host/snapshot/index.h"
#include "host/snapshot/log.h"
#include "host/snapshot/roster.h"

struct snapshot {
    struct index index;
    struct log log;
    struct roster roster;
    bool fold;         /* keys that differ only in the case of ASCII letters are one */
    uint64_t key_mask; /* which bits of a key's hash count: all but in tests */
    uint64_t records;  /* in the log */
    uint64_t seen;     /* entries seen in this crawl */
    uint64_t seen_unsaved; /* of these, unchanged ones that the store does not know of */
    struct position crawl; /* what is written from here on was seen in this crawl */
};

struct snapshot_config {
    struct log_config log;
    bool fold;
    uint64_t key_mask;
    uint64_t expected;     /* items */
    uint64_t maker;        /* hash of who makes items of texts: the connector's version */
    struct position crawl; /* of a crawl that goes on; nowhere: a new one */
};

int snapshot_open(struct snapshot *s, const struct snapshot_config *config,
                  struct berth_error *err);
void snapshot_release(struct snapshot *s);

static inline void cleanup_snapshot(struct snapshot *s)
{
    snapshot_release(s);
}

enum snapshot_change {
    SNAPSHOT_SAME = 0, /* not new, or nothing that matters */
    SNAPSHOT_CREATED,
    SNAPSHOT_UPDATED
};

struct snapshot_item {
    struct berth_str key, version, scope; /* each of ITEM_TEXT_MAX at most */
    struct berth_str text; /* what it was made of; looked at when snapshot_known() was
                            * asked about just that */
    bool quiet;
    struct item_hash hash; /* snapshot_hash() */
};

struct item_hash snapshot_hash(const struct snapshot *s,
                               const struct snapshot_item *item);

/* How many bytes at the start of `rest` are the text of an item that stood in this place
 * of the last listing, made of that text and in that scope: it is noted as seen,
 * unchanged. 0: that is not so, or not known; find the item's end and offer it. */
size_t snapshot_known(struct snapshot *s, struct berth_str rest, struct berth_str scope);

/* True, and it is noted as seen: nothing about it has changed. */
bool snapshot_unchanged(struct snapshot *s, const struct snapshot_item *item);

/* Record what snapshot_unchanged() denied: enum snapshot_change, or a negative status. */
int snapshot_change(struct snapshot *s, const struct snapshot_item *item,
                    struct berth_error *err);

/* Hashes of keys that this crawl has seen and that are not yet saved: calls each() for
 * all, which are then taken as saved. */
typedef int snapshot_hash_fn(void *ctx, uint64_t hash);
int snapshot_save_seen(struct snapshot *s, snapshot_hash_fn *each, void *ctx);

/* The opposite, after a crawl was interrupted. */
void snapshot_restore_seen(struct snapshot *s, uint64_t hash);

/* Begin a new crawl: nothing is seen. */
void snapshot_begin_crawl(struct snapshot *s);

/* At the end of a complete crawl, in the caller's transaction and after log_flush(): the
 * next snapshot_open() then need not read the log. */
int snapshot_save_roster(struct snapshot *s, struct berth_error *err);

/* The records of items that this crawl has not seen, in the order of the log. The caller
 * frees the positions. */
int snapshot_unseen(struct snapshot *s, struct position **ret_positions,
                    size_t *ret_count, struct berth_error *err);

/* enum record_flag as they are now: what was read may be older. */
unsigned snapshot_flags(struct snapshot *s, struct position at,
                        const struct record *record);

/* For one of them: it is gone, or a complete listing lacked it. `record` is what log_read
 * gave; its texts are not valid afterwards. */
int snapshot_drop(struct snapshot *s, struct position at, const struct record *record,
                  struct berth_error *err);
int snapshot_mark_missing(struct snapshot *s, struct position at,
                          const struct record *record, struct berth_error *err);

/* Is so much of the log superseded that shortening it pays? */
bool snapshot_wants_compaction(const struct snapshot *s);

/* Move what counts from the oldest pages to the end, in transactions of bounded size,
 * until nothing is superseded. Only between crawls. Killed in between, nothing is lost.
 */
int snapshot_compact(struct snapshot *s, struct berth_error *err);

#endif
