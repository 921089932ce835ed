/* Asking the service about items that a listing lacked, each by a call of the trigger's
 * verify action. Invariant: an item's status is what the service answered about it, or
 * some other failure; never a guess. */
#ifndef BERTH_POLL_VERIFY_H
#define BERTH_POLL_VERIFY_H

#include <stdbool.h>
#include <stddef.h>

#include "berth_plugin.h"
#include "host/manifest.h"

enum { VERIFY_MAX = 100 };

struct call;
struct session;
struct verification;

struct verify_item {
    struct verification *verification;
    size_t index; /* the caller's */
    char *key;
    size_t key_len;
    struct call *call; /* while it runs */
    int status;        /* 0: it is there; BERTH_E_NOT_FOUND: it is not; else not known */
};

struct verification {
    struct verify_item items[VERIFY_MAX];
    size_t count;
    size_t running;
};

int verification_add(struct verification *v, size_t index, struct berth_str key,
                     struct berth_error *err);
void verification_release(struct verification *v);

/* Ask about all. Returns when each has its status; those that were not answered when
 * wake_fd became readable have BERTH_E_CANCELED. Negative: out of memory. */
int verification_run(struct verification *v, const struct trigger_info *trigger,
                     struct session *session, int wake_fd);

/* Is there something to read? */
bool wake_is_readable(int wake_fd);

#endif
