/* Somebody who only reads the events, and from them knows what there is. Invariant:
 * whatever comes must make sense: what is created was not there, what is updated or
 * deleted was; no event comes under two ids, and one that comes twice is the same. */
#ifndef TESTS_STATE_CONSUMER_H
#define TESTS_STATE_CONSUMER_H

#include <jansson.h>

#include "sdk/text.h"
#include "tests/state/fake_session.h"

struct consumer {
    json_t *known; /* key -> version */
    json_t *lines; /* id -> the event's line */
    json_t *facts; /* what an event tells -> id */
};

void consumer_init(struct consumer *c);
void consumer_release(struct consumer *c);

static inline void cleanup_consumer(struct consumer *c)
{
    consumer_release(c);
}

/* Read lines of events; the test fails when they make no sense. */
void consumer_read(struct consumer *c, struct berth_str lines);

/* The test fails unless this is exactly what the consumer knows. */
void consumer_expect(const struct consumer *c, const struct fake_item *items,
                     size_t count);

#endif
