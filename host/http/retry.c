#include "host/http/retry.h"

#define FIRST_PAUSE_MS 250
#define LONGEST_PAUSE_MS 30000

static bool is_repeatable(uint32_t flags)
{
    return (flags & (BERTH_REPEATABLE | BERTH_READ_ONLY)) != 0;
}

/* 501 and 505 say that it will never work. */
static bool status_is_transient(int32_t status)
{
    return status == 408 || status == 500 || (status >= 502 && status <= 504) ||
           status > 505;
}

static bool failure_is_transient(uint32_t failure)
{
    return failure == BERTH_FAILURE_RESOLVE || failure == BERTH_FAILURE_CONNECT ||
           failure == BERTH_FAILURE_TLS || failure == BERTH_FAILURE_CUT ||
           failure == BERTH_FAILURE_TIMEOUT;
}

bool retry_is_allowed(uint32_t flags, const struct attempt *a)
{
    if (a->status == 429)
        return true;
    if (a->status >= 0)
        return is_repeatable(flags) && status_is_transient(a->status);
    return failure_is_transient(a->failure) && (!a->sent || is_repeatable(flags));
}

bool attempt_is_uncertain(uint32_t flags, const struct attempt *a)
{
    if (!a->sent || (flags & BERTH_READ_ONLY))
        return false;
    return a->status < 0 || status_is_transient(a->status);
}

int64_t retry_pause_ms(uint32_t attempts, const struct attempt *a, uint64_t random)
{
    if (a->retry_after_ms >= 0)
        return a->retry_after_ms;
    unsigned doublings = attempts > 8 ? 7 : attempts - 1;
    int64_t most = (int64_t)FIRST_PAUSE_MS << doublings;
    if (most > LONGEST_PAUSE_MS)
        most = LONGEST_PAUSE_MS;
    return (int64_t)(random % (uint64_t)(most + 1));
}

bool retry_has_time(const struct retry *r, int64_t now, int64_t pause_ms)
{
    if (r->retry_for_ms < 0 || pause_ms > r->retry_for_ms)
        return false;
    int64_t then = now + pause_ms;
    return then - r->first_at <= r->retry_for_ms &&
           then - r->built_at < RETRY_SIGNATURE_MS &&
           (r->give_up_at == 0 || then + RETRY_ROOM_MS < r->give_up_at);
}
