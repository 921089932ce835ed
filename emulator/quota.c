#include "emulator/quota.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "emulator/moment.h"
#include "emulator/thread.h"

static const int64_t WINDOW_US = 60 * MOMENT_SECOND, POLLS_WINDOW_US = 10 * MOMENT_SECOND;

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

/* Let one through if the last but N, at `*at_us`, is out of the window: 0, and it has its
 * place; or the seconds to wait. One that is yet to come, by more than threads can be
 * apart, was noted before the clock was set back, and counts no more. */
static int place_take(int64_t *at_us, int64_t window_us, int64_t now_us)
{
    int64_t wait_us = *at_us + window_us - now_us;

    if (wait_us <= 0 || *at_us > now_us + MOMENT_SECOND) {
        *at_us = now_us;
        return 0;
    }
    if (wait_us > window_us)
        wait_us = window_us;
    return (int)((wait_us + MOMENT_SECOND - 1) / MOMENT_SECOND);
}

int quota_take(struct quota *q, int64_t now_us)
{
    int wait_s;

    if (!q->limit)
        return 0;
    lock_take(&q->lock);
    wait_s = place_take(&q->ring[q->at], WINDOW_US, now_us);
    if (!wait_s)
        q->at = (q->at + 1) % q->limit;
    lock_give(&q->lock);
    return wait_s;
}

int polls_init(struct polls *p, size_t limit)
{
    memset(p, 0, sizeof *p);
    p->limit = limit;
    if (limit) {
        p->slots = calloc(POLLS_SLOTS, sizeof *p->slots);
        p->at_us = calloc(POLLS_SLOTS * limit, sizeof *p->at_us);
        if (!p->slots || !p->at_us) {
            free(p->slots);
            free(p->at_us);
            return -1;
        }
    }
    return pthread_mutex_init(&p->lock, NULL) == 0 ? 0 : -1;
}

void polls_release(struct polls *p)
{
    free(p->slots);
    free(p->at_us);
    (void)pthread_mutex_destroy(&p->lock); /* nobody holds it any more */
}

/* FNV-1a over the folded id; never 0. */
static uint64_t device_hash(const char *id)
{
    uint64_t h = UINT64_C(14695981039346656037);

    for (; *id; id++)
        h = (h ^ (uint64_t)tolower((unsigned char)*id)) * UINT64_C(1099511628211);
    return h ? h : 1;
}

static int slot_take(struct polls *p, uint64_t device, int64_t now_us)
{
    struct poll_slot *slot = &p->slots[device % POLLS_SLOTS];
    int64_t *at_us = p->at_us + device % POLLS_SLOTS * p->limit;
    size_t i;
    int wait_s;

    if (slot->device != device) {
        slot->device = device;
        slot->next = 0;
        for (i = 0; i < p->limit; i++)
            at_us[i] = INT64_MIN / 2;
    }
    wait_s = place_take(&at_us[slot->next], POLLS_WINDOW_US, now_us);
    if (!wait_s)
        slot->next = (slot->next + 1) % (unsigned)p->limit;
    return wait_s;
}

int polls_take(struct polls *p, const char *id, int64_t now_us)
{
    int wait_s;

    if (!p->limit)
        return 0;
    lock_take(&p->lock);
    wait_s = slot_take(p, device_hash(id), now_us);
    lock_give(&p->lock);
    return wait_s;
}
