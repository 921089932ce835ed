/* The two clocks. Invariant: durations, deadlines and quotas are measured on the
 * monotonic clock; only what other machines see (signatures, dates) uses the wall's. */
#ifndef BERTH_HOST_CLOCK_H
#define BERTH_HOST_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline int64_t clock_ms(clockid_t id)
{
    struct timespec t;
    (void)clock_gettime(id, &t); /* cannot fail for the two ids below */
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Milliseconds since some moment in the past; never goes back. */
static inline int64_t clock_mono_ms(void)
{
    return clock_ms(CLOCK_MONOTONIC);
}

/* Milliseconds since 1970. */
static inline int64_t clock_real_ms(void)
{
    return clock_ms(CLOCK_REALTIME);
}

#endif
