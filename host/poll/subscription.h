/* A subscription from the inside: what it is (constant while it is open) and how far it
 * has come (a row in the store).
 *
 * Invariant: while it is open, this process holds its lock, so its row, its snapshot and
 * its marks are changed by nobody else; only removing the connection takes them away. */
#ifndef BERTH_POLL_SUBSCRIPTION_H
#define BERTH_POLL_SUBSCRIPTION_H

#include <stdbool.h>
#include <stdint.h>

#include "berth_plugin.h"
#include "host/manifest.h"
#include "host/poll.h"
#include "host/snapshot/page.h"
#include "host/snapshot/siphash.h"
#include "sdk/text.h"

struct subscription {
    struct store *store;
    const struct operation *trigger;
    char *id; /* a hash of connection, trigger and input */
    char *connection_id;
    char *connection_name;
    char *input;  /* canonical */
    char *origin; /* of the service: a new baseline when it changes */
    char *shape;  /* how items are told apart: likewise */
    int lock_fd;
};

enum subscription_phase {
    PHASE_NEW,      /* never polled */
    PHASE_BASELINE, /* in a first poll that reports nothing */
    PHASE_ALL,      /* in a first poll that reports everything */
    PHASE_NORMAL
};

/* The row. */
struct progress {
    int64_t no; /* 0: there is no row yet */
    enum subscription_phase phase;
    int64_t polls; /* finished, but for those that found nothing */
    struct siphash_key hash_key;
    int64_t items;         /* in the snapshot */
    struct position crawl; /* where an unfinished crawl began to write; or nowhere */
    struct text cursor;    /* where it goes on; empty: it cannot */
    const char *note;      /* why it is as if never polled, or null */
};

void progress_release(struct progress *p);

static inline void cleanup_progress(struct progress *p)
{
    progress_release(p);
}

/* Read the row. One that was made for another origin or shape is forgotten, with its
 * snapshot (with `peek`: only seems forgotten). Without `peek`, it is made when there is
 * none. */
int progress_load(struct subscription *sub, bool peek, struct progress *ret_progress,
                  struct berth_error *err);

/* Write the row, in the caller's transaction. BERTH_E_NOT_FOUND: the connection was
 * removed. */
int progress_save(struct subscription *sub, const struct progress *p,
                  struct berth_error *err);

/* The number of its row; 0 when there is none. */
int subscription_find(struct subscription *sub, int64_t *ret_no, struct berth_error *err);

/* The lock: a descriptor, which lets go when it is closed, also by kill -9. */
int subscription_lock(const char *home, const char *id, struct berth_error *err);

#endif
