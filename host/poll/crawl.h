/* What one poll knows while it runs, and how it is committed.
 *
 * Invariant: events, records, marks and cursor that belong together are written in one
 * transaction; between two commits at most CRAWL_CHANGES_MAX changes are in memory. */
#ifndef BERTH_POLL_CRAWL_H
#define BERTH_POLL_CRAWL_H

#include "host/poll/event.h"
#include "host/poll/outbox.h"
#include "host/poll/scope_set.h"
#include "host/poll/subscription.h"
#include "host/snapshot/snapshot.h"

enum {
    CRAWL_CHANGES_MAX = 10000,  /* unless the options say otherwise; likewise the time */
    CRAWL_EVENTS_MAX = 5 << 20, /* bytes */
    CRAWL_COMMIT_MS = 10000     /* at a cursor, when the last commit is so long ago */
};

struct crawl {
    struct subscription *sub;
    const struct poll_options *options;
    struct progress progress;
    struct snapshot snapshot;
    struct scope_set scopes;
    struct text events;     /* lines, not yet committed */
    uint64_t changes;       /* records written since the last commit */
    int64_t last_commit_ms; /* on the monotonic clock */
    bool resumed;           /* it goes on from a cursor */
    bool idle;              /* so far there is nothing that the next poll must know of */
    struct poll_result *result;
    int failure;             /* 0, or why the host stopped the listing */
    bool torn;               /* what is in memory must not be committed any more */
    struct berth_error *err; /* the caller's; for `failure` */
};

/* Read progress and snapshot. `c` was zeroed; released by crawl_release() in any case. */
int crawl_open(struct crawl *c, struct berth_error *err);
void crawl_release(struct crawl *c);

static inline void cleanup_crawl(struct crawl *c)
{
    crawl_release(c);
}

/* Forget cursor, marks and what was seen: the listing begins from its start. */
int crawl_restart(struct crawl *c, struct berth_error *err);

/* What the listing says: items, cursors, complete scopes. 0 or a negative status. */
int crawl_item(struct crawl *c, const struct berth_item *item);

/* The length of the item at the start of `rest`, when it is known as it stands there and
 * needs no crawl_item(); or 0. */
size_t crawl_known(struct crawl *c, struct berth_str rest, struct berth_str scope);
int crawl_cursor(struct crawl *c, struct berth_str cursor);
int crawl_complete(struct crawl *c, struct berth_str scope);

/* Write an event, unless it is of a kind that is not reported. Fills in what the crawl
 * knows. */
int crawl_report(struct crawl *c, struct event *event, struct berth_error *err);

/* Was this scope listed to its end, by itself or as a part of the whole? */
bool crawl_has_scope(const struct crawl *c, struct berth_str scope);

/* The same, by itself. */
bool crawl_lists_scope(const struct crawl *c, struct berth_str scope);

/* What a scope_set keeps of it. */
uint64_t crawl_hash_scope(const struct crawl *c, struct berth_str scope);

/* Commit what there is and hand the events out. */
int crawl_commit(struct crawl *c, struct berth_error *err);

/* The same when enough has gathered. */
int crawl_commit_if_large(struct crawl *c, struct berth_error *err);

/* The same at the end of a listing that is complete. */
int crawl_finish(struct crawl *c, struct berth_error *err);

#endif
