/* A poll: one run of a trigger for a subscription, from the listing to events that wait
 * in the store.
 *
 * A subscription is a connection, a trigger and its canonical input. Invariant: events,
 * and the snapshot and cursor that produced them, are committed in one transaction; an
 * event is handed out only after its commit and stays pending until it is confirmed.
 * Killed at any moment, no event is lost and none gets two ids. */
#ifndef BERTH_HOST_POLL_H
#define BERTH_HOST_POLL_H

#include <stdbool.h>
#include <stdint.h>

#include "berth_plugin.h"

struct connection;
struct operation; /* manifest.h: the trigger */
struct session;
struct store;
struct subscription;

/* Opens the subscription and locks it: BERTH_E_CONFLICT when another process has it open.
 * Nothing is written before the first poll. Store, connection and trigger are borrowed
 * until it is closed. `input` is the trigger's input, valid and with its defaults filled
 * in; it is made canonical here (sorted keys, no spaces), so that equal inputs mean the
 * same subscription. */
int subscription_open(struct store *s, const struct connection *c,
                      const struct operation *trigger, struct berth_str input,
                      struct subscription **ret_subscription, struct berth_error *err);
void subscription_close(struct subscription *sub);

static inline void cleanup_subscription(struct subscription **sub)
{
    subscription_close(*sub);
}

/* Hand out pending events, oldest first: each as one line of JSON (a CloudEvent, without
 * the newline). After deliver() answered 0 for a batch and flush() (the caller's own:
 * everything reached its destination) answered 0, they are removed. With `keep`, nothing
 * is removed. */
struct event_sink {
    int (*deliver)(void *ctx, struct berth_str event);
    int (*flush)(void *ctx);
    void *ctx;
};
int subscription_deliver(struct subscription *sub, const struct event_sink *sink,
                         bool keep, uint64_t *ret_count, struct berth_error *err);

enum poll_start {
    POLL_START_DEFAULT, /* the first that the manifest's `start` names */
    POLL_START_NOW,     /* a first poll sets the baseline silently */
    POLL_START_ALL      /* a first poll reports everything as created */
};

struct poll_options {
    enum poll_start start;
    bool peek; /* nothing changes in the store: what would be reported only goes out */

    /* Gets events as soon as they are committed; may be null. */
    const struct event_sink *sink;
    int wake_fd; /* readable: stop in good order (BERTH_E_CANCELED); -1: none */
    uint32_t commit_changes; /* in one transaction; 0: 10,000 */
    int64_t commit_ms;       /* at a cursor when the last commit is so long ago; 0: 10 s;
                              * negative: at each */
};

struct poll_result {
    uint64_t items;
    uint64_t created, updated, deleted;
    bool baseline; /* this was a first poll */
    bool complete; /* false: it broke off, and the next poll goes on from there */
    uint64_t requests;
    const char *note; /* why a new baseline was begun, a constant sentence; or null */
};

/* Poll once. Delivers what was pending before anything is asked of the service. A broken
 * listing commits what it saw, reports no deletes, and returns the listing's status.
 *
 * An event's id is a hash of the subscription, the number of its finished polls, change,
 * subject and version: it is the same however often the event is handed out, and another
 * one when an item comes back to a version that it had before. Its source is
 * /connections/NAME. */
int subscription_poll(struct subscription *sub, struct session *session,
                      const struct poll_options *options, struct poll_result *ret_result,
                      struct berth_error *err);

#endif
