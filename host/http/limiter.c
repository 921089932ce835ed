#include "host/http/limiter.h"

#include <stdlib.h>

#include "sdk/error.h"

/* Clocks tick at different rates and services round to what suits them. */
#define GUARD_PER_MILLE 1

int limiter_init(struct limiter *l, int64_t max, int64_t window_ms,
                 struct berth_error *err)
{
    *l = (struct limiter){.window_ms = window_ms + window_ms * GUARD_PER_MILLE / 1000};
    if (max <= 0)
        return 0;
    if (max > LIMITER_MAX_REQUESTS)
        return fail(err, BERTH_E_INVALID,
                    "limit: %lld requests are more than the %d that can be kept count of;"
                    " say off for no limit",
                    (long long)max, LIMITER_MAX_REQUESTS);
    l->max = (uint32_t)max;
    l->answered_at = calloc(l->max, sizeof(*l->answered_at));
    return l->answered_at ? 0 : fail_no_memory(err);
}

void limiter_release(struct limiter *l)
{
    free(l->answered_at);
    *l = (struct limiter){0};
}

static void forget_old(struct limiter *l, int64_t now)
{
    while (l->count > 0 && l->answered_at[l->head] + l->window_ms <= now) {
        l->head = (l->head + 1) % l->max;
        l->count--;
    }
}

int64_t limiter_wait_ms(struct limiter *l, int64_t now)
{
    if (l->paused_until > now)
        return l->paused_until - now;
    if (l->probing && l->in_flight > 0)
        return INT64_MAX;
    if (l->max == 0)
        return 0;
    forget_old(l, now);
    if (l->in_flight + l->count < l->max)
        return 0;
    if (l->count == 0)
        return INT64_MAX;
    return l->answered_at[l->head] + l->window_ms - now;
}

void limiter_sent(struct limiter *l)
{
    l->in_flight++;
}

void limiter_answered(struct limiter *l, int64_t now)
{
    l->in_flight--;
    if (l->max == 0)
        return;
    l->answered_at[(l->head + l->count) % l->max] = now;
    l->count++; /* in_flight + count never exceeds max */
}

void limiter_pause(struct limiter *l, int64_t now, int64_t for_ms)
{
    if (now + for_ms > l->paused_until)
        l->paused_until = now + for_ms;
    l->probing = true;
}

void limiter_passed(struct limiter *l)
{
    l->probing = false;
}
