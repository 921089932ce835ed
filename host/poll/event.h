/* Events as CloudEvents 1.0, one line of JSON each. Invariant: what
 * event_time() let pass makes a valid event. */
#ifndef BERTH_POLL_EVENT_H
#define BERTH_POLL_EVENT_H

#include "host/poll/subscription.h"

struct event {
    const struct subscription *sub;
    unsigned change; /* enum event_bit */
    int64_t polls;   /* as in struct progress: finished before this one */
    struct berth_str key, version;
    struct berth_str data; /* the item as JSON; not looked at when it was deleted */
    const char *time;      /* event_time() or event_now() */
};

enum { EVENT_TIME_SIZE = 40 };

/* The time of an event that the host alone knows of. */
void event_now(char ret_time[EVENT_TIME_SIZE]);

/* Look at an item: is it JSON (else BERTH_E_PROTOCOL), and when does the service say that
 * it changed? The present time when it does not say. */
int event_time(const struct operation *trigger, struct berth_str key,
               struct berth_str data, char ret_time[EVENT_TIME_SIZE],
               struct berth_error *err);

/* Appends the event and a newline to `out`. */
int event_write(struct text *out, const struct event *event, struct berth_error *err);

/* Is it UTF-8 (RFC 3629)? */
bool text_is_utf8(struct berth_str text);

#endif
