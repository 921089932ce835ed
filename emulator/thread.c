#include "emulator/thread.h"

#include <stdlib.h>
#include <time.h>

enum { SECOND_NS = 1000000000 };

void must(int r)
{
    if (r != 0)
        abort();
}

void lock_take(pthread_mutex_t *lock)
{
    must(pthread_mutex_lock(lock));
}

void lock_give(pthread_mutex_t *lock)
{
    must(pthread_mutex_unlock(lock));
}

int64_t steady_ns(void)
{
    struct timespec now;

    must(clock_gettime(CLOCK_MONOTONIC, &now)); /* Linux always has this clock */
    return (int64_t)now.tv_sec * SECOND_NS + now.tv_nsec;
}

void cond_init(pthread_cond_t *cond)
{
    pthread_condattr_t monotonic;

    must(pthread_condattr_init(&monotonic));
    must(pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC));
    must(pthread_cond_init(cond, &monotonic));
    must(pthread_condattr_destroy(&monotonic));
}

void cond_wait_until(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t due_ns)
{
    struct timespec due = {.tv_sec = due_ns / SECOND_NS, .tv_nsec = due_ns % SECOND_NS};

    (void)pthread_cond_timedwait(cond, lock, &due); /* whoever waits looks again */
}
