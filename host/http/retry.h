/* When a request is sent again. Invariant: one that is not repeatable is sent again only
 * when the service refused it (429) or never got it; pure functions, so that the whole
 * policy can be tested as a table. */
#ifndef BERTH_HTTP_RETRY_H
#define BERTH_HTTP_RETRY_H

#include <stdbool.h>
#include <stdint.h>

#include "berth_plugin.h"

/* A signature made when the request was built may have expired after so long, so the
 * request goes back to its operation, which can build it anew. */
#define RETRY_SIGNATURE_MS (5 * 60 * 1000)

/* An attempt gets at least so long before the operation's deadline, or is not made: the
 * last answer says more than that time ran out. */
#define RETRY_ROOM_MS 100

/* What became of one attempt. */
struct attempt {
    int32_t status;         /* HTTP, or a negative berth_status */
    uint32_t failure;       /* enum berth_failure, when status is negative */
    bool sent;              /* some of it may have reached the service */
    int64_t retry_after_ms; /* -1: the service did not say */
};

/* Where a request stands; times are of the monotonic clock. */
struct retry {
    uint32_t flags;       /* enum berth_request_flag */
    uint32_t attempts;    /* made so far, the last included */
    int64_t built_at;     /* when the operation gave the request */
    int64_t first_at;     /* the first attempt */
    int64_t retry_for_ms; /* from first_at; negative: never */
    int64_t give_up_at;   /* the operation's deadline; 0: none */
};

/* Would sending it again be allowed and make sense? */
bool retry_is_allowed(uint32_t flags, const struct attempt *a);

/* May the attempt have taken effect, although its answer does not say so? */
bool attempt_is_uncertain(uint32_t flags, const struct attempt *a);

/* The pause before attempt number `attempts` + 1: what the service said, else at random
 * (`random` is evenly spread over all values) up to 250 ms, doubled each time, 30 s at
 * most. */
int64_t retry_pause_ms(uint32_t attempts, const struct attempt *a, uint64_t random);

/* Is there time left for another attempt after `pause_ms`? */
bool retry_has_time(const struct retry *r, int64_t now, int64_t pause_ms);

#endif
