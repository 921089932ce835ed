/* Events that wait to be handed out. Invariant: an event leaves the store only after the
 * sink said that it reached its destination. */
#ifndef BERTH_POLL_OUTBOX_H
#define BERTH_POLL_OUTBOX_H

#include "host/poll/subscription.h"

/* Store events (a line each) in the caller's transaction. */
int outbox_add(struct store *s, int64_t subscription, struct berth_str lines,
               struct berth_error *err);

/* Hand lines to a sink and flush it. A status that the sink gives is returned. */
int sink_deliver(const struct event_sink *sink, struct berth_str lines,
                 uint64_t *ret_count, struct berth_error *err);

#endif
