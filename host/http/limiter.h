/* One quota of a service: at most `max` requests in any `window_ms`.
 *
 * Invariant: for every window of that length, wherever it begins, the service has
 * received at most `max` requests. The service counts arrivals, which lie anywhere
 * between the send and its answer; so a request counts from its send until `window_ms`
 * after its answer (or failure). A burst of `max` is allowed, after which places free up
 * as they were taken. The price is one round trip a window: 0.1 % at 50 ms and a minute.
 *
 * What other processes send to the same service is not known here; a 429 then slows this
 * one down. Times are milliseconds of the monotonic clock. */
#ifndef BERTH_HTTP_LIMITER_H
#define BERTH_HTTP_LIMITER_H

#include <stdbool.h>
#include <stdint.h>

#include "berth_plugin.h"

#define LIMITER_MAX_REQUESTS 10000000

struct limiter {
    uint32_t max; /* 0: no quota, only pauses */
    int64_t window_ms;
    int64_t *answered_at; /* a circle of `max`, oldest at `head` */
    uint32_t head;
    uint32_t count;
    uint32_t in_flight;
    int64_t paused_until;
    bool apart;   /* counts apart for values that only the connector knows: no quota and
                   * no pauses here */
    bool probing; /* after a pause, one at a time until one is let through */
};

/* max 0 means no quota. BERTH_E_INVALID when it is above LIMITER_MAX_REQUESTS. */
int limiter_init(struct limiter *l, int64_t max, int64_t window_ms,
                 struct berth_error *err);
void limiter_release(struct limiter *l);

/* How long to wait before the next send: 0 means send now, INT64_MAX until an answer has
 * come. */
int64_t limiter_wait_ms(struct limiter *l, int64_t now);

/* A request goes out; limiter_wait_ms() answered 0. */
void limiter_sent(struct limiter *l);

/* Its answer has come, or it failed or was given up. */
void limiter_answered(struct limiter *l, int64_t now);

/* The service refused one for its rate: send none for `for_ms`, then one at a time until
 * limiter_passed(). */
void limiter_pause(struct limiter *l, int64_t now, int64_t for_ms);

/* The service let one through. */
void limiter_passed(struct limiter *l);

#endif
