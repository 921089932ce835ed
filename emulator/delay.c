#include "emulator/delay.h"

#include <microhttpd.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

#include "emulator/thread.h"

struct wait {
    struct MHD_Connection *connection;
    int64_t due_ns;
    struct wait *next; /* in the order of due_ns */
};

struct delay {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    pthread_t thread;
    struct wait *first;
    bool stopping;
};

/* Resume the first one. */
static void resume_first(struct delay *d)
{
    struct wait *wait = d->first;

    d->first = wait->next;
    MHD_resume_connection(wait->connection);
    free(wait);
}

static void *delay_run(void *cls)
{
    struct delay *d = cls;

    lock_take(&d->lock);
    while (!d->stopping) {
        if (!d->first) {
            must(pthread_cond_wait(&d->changed, &d->lock));
        } else if (d->first->due_ns <= steady_ns()) {
            resume_first(d);
        } else {
            cond_wait_until(&d->changed, &d->lock, d->first->due_ns);
        }
    }
    while (d->first)
        resume_first(d);
    lock_give(&d->lock);
    return NULL;
}

struct delay *delay_new(void)
{
    struct delay *d = calloc(1, sizeof *d);

    if (!d)
        return NULL;
    must(pthread_mutex_init(&d->lock, NULL));
    cond_init(&d->changed);
    if (pthread_create(&d->thread, NULL, delay_run, d) == 0)
        return d;
    delay_free(d);
    return NULL;
}

/* Put the wait in its place by time. */
static void insert(struct delay *d, struct wait *wait)
{
    struct wait **at = &d->first;

    while (*at && (*at)->due_ns <= wait->due_ns)
        at = &(*at)->next;
    wait->next = *at;
    *at = wait;
}

bool delay_add(struct delay *d, struct MHD_Connection *connection, int ms)
{
    struct wait *wait = malloc(sizeof *wait);
    bool waits = false;

    if (!wait)
        return false;
    lock_take(&d->lock);
    if (!d->stopping) {
        MHD_suspend_connection(connection);
        wait->connection = connection;
        wait->due_ns = steady_ns() + (int64_t)ms * 1000000;
        insert(d, wait);
        must(pthread_cond_signal(&d->changed));
        waits = true;
    }
    lock_give(&d->lock);
    if (!waits)
        free(wait);
    return waits;
}

void delay_stop(struct delay *d)
{
    lock_take(&d->lock);
    d->stopping = true;
    must(pthread_cond_signal(&d->changed));
    lock_give(&d->lock);
    must(pthread_join(d->thread, NULL));
}

void delay_free(struct delay *d)
{
    if (!d)
        return;
    must(pthread_cond_destroy(&d->changed));
    must(pthread_mutex_destroy(&d->lock));
    free(d);
}
