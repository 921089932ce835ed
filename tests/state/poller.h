/* A subscription under test with a fake session, and a sink that remembers what it got.
 */
#ifndef TESTS_STATE_POLLER_H
#define TESTS_STATE_POLLER_H

#include "host/poll.h"
#include "tests/state/fake_session.h"
#include "tests/state/fixture.h"

struct poller {
    struct store *store;
    struct connection connection;
    struct text lines; /* what the sink got */
    size_t delivered;
    long sink_fails_at; /* event at which the sink fails, or FAKE_NEVER */
    struct poll_options options;
    struct event_sink sink;
    struct poll_result result;
    struct berth_error err;
};

/* Adds connection "prod" when it is not there. Used in place, never copied. */
void poller_init(struct poller *p, const char *home);
void poller_release(struct poller *p);

static inline void cleanup_poller(struct poller *p)
{
    poller_release(p);
}

/* enrollment.changed of azure-dps. Read once in a process. */
const struct operation *poller_trigger(void);

/* One poll by a new subscription. */
int poller_run(struct poller *p, struct session *session);

/* What came since the last call, as "created a v1|deleted b v2|", in order. */
const char *poller_take(struct poller *p);

/* Poll these items and expect these events. */
void poller_expect(struct poller *p, struct session *session, const char *events);

#endif
