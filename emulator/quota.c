#include "emulator/quota.h"

#include <stdlib.h>
#include <string.h>

#include "emulator/moment.h"

static const int64_t WINDOW_US = 60 * MOMENT_SECOND;

int quota_init(struct quota *q, size_t limit)
{
    size_t i;

    memset(q, 0, sizeof *q);
    q->limit = limit;
    if (limit) {
        q->ring = calloc(limit, sizeof *q->ring);
        if (!q->ring)
            return -1;
    }
    for (i = 0; i < limit; i++)
        q->ring[i] = INT64_MIN / 2;
    return pthread_mutex_init(&q->lock, NULL) == 0 ? 0 : -1;
}

void quota_release(struct quota *q)
{
    free(q->ring);
    (void)pthread_mutex_destroy(&q->lock); /* nobody holds it any more */
}

int quota_take(struct quota *q, int64_t now_us)
{
    int64_t wait_us;

    if (!q->limit || pthread_mutex_lock(&q->lock) != 0)
        return 0;
    wait_us = q->ring[q->at] + WINDOW_US - now_us;
    if (wait_us <= 0) {
        q->ring[q->at] = now_us;
        q->at = (q->at + 1) % q->limit;
    }
    (void)pthread_mutex_unlock(&q->lock); /* it is held */
    if (wait_us <= 0)
        return 0;
    return (int)((wait_us + MOMENT_SECOND - 1) / MOMENT_SECOND);
}
