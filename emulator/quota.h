#ifndef EMULATOR_QUOTA_H
#define EMULATOR_QUOTA_H
/* At most N of something in any 60 seconds, and how often a device may ask after its
 * operation. Invariant: the ring holds the moments of the last N that were let through,
 * the oldest at `at`. The functions lock by themselves; `now_us` may jump in either
 * direction. */
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

struct quota {
    pthread_mutex_t lock;
    int64_t *ring;
    size_t limit; /* 0: no limit */
    size_t at;
};

enum { POLLS_SLOTS = 16384, POLLS_MAX = 1000 };

/* Whose polls a slot counts. */
struct poll_slot {
    uint64_t device; /* a hash of its id; 0: nobody's */
    unsigned next;
};

/* Devices that share a slot push each other out: then one may poll too often, and none is
 * refused for another. */
struct polls {
    pthread_mutex_t lock;
    struct poll_slot *slots;
    int64_t *at_us; /* the last `limit` polls of each slot */
    size_t limit;   /* 0: none */
};

/* -1 when there is no memory. */
int polls_init(struct polls *p, size_t limit);
void polls_release(struct polls *p);
/* Let a poll of the device through, `limit` in any 10 s: 0; or the seconds (1..10) to
 * wait. */
int polls_take(struct polls *p, const char *id, int64_t now_us);

/* -1 when there is no memory. */
int quota_init(struct quota *q, size_t limit);
void quota_release(struct quota *q);
/* Let one through: 0; or the seconds (1..60) after which it may be tried again. */
int quota_take(struct quota *q, int64_t now_us);

#endif
