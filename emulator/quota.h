#ifndef EMULATOR_QUOTA_H
#define EMULATOR_QUOTA_H
/* At most N of something in any 60 seconds. Invariant: the ring holds the moments of the
 * last N that were let through, the oldest at `at`. The functions lock by themselves. */
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

struct quota {
    pthread_mutex_t lock;
    int64_t *ring;
    size_t limit; /* 0: no limit */
    size_t at;
};

/* -1 when there is no memory. */
int quota_init(struct quota *q, size_t limit);
void quota_release(struct quota *q);
/* Let one through: 0; or the seconds (1..60) after which it may be tried again. */
int quota_take(struct quota *q, int64_t now_us);

#endif
