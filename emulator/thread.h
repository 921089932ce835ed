#ifndef EMULATOR_THREAD_H
#define EMULATOR_THREAD_H
/* Locks, and waiting by a clock that nobody sets. Invariant: what fails only when the
 * program uses it wrongly ends the program, so callers have nothing to check. */
#include <pthread.h>
#include <stdint.h>

/* End the program when `r`, the result of a pthread function, is an error. */
void must(int r);
void lock_take(pthread_mutex_t *lock);
void lock_give(pthread_mutex_t *lock);

/* Nanoseconds since some point in time; never set back. */
int64_t steady_ns(void);
/* A condition to wait for with cond_wait_until(). */
void cond_init(pthread_cond_t *cond);
/* Wait for a signal until steady_ns() is `due_ns`, or for less; `lock` is held. */
void cond_wait_until(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t due_ns);

#endif
