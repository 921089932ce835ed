#include "host/http/retry_after.h"

#include "sdk/http_date.h"
#include "sdk/str.h"

static int64_t capped(int64_t seconds)
{
    if (seconds < 0)
        return 0;
    return seconds > RETRY_AFTER_MAX_MS / 1000 ? RETRY_AFTER_MAX_MS : seconds * 1000;
}

/* -1 when there is anything but digits. */
static int64_t parse_seconds(struct berth_str s)
{
    int64_t seconds = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9')
            return -1;
        if (seconds <= RETRY_AFTER_MAX_MS)
            seconds = seconds * 10 + (s.ptr[i] - '0');
    }
    return s.len > 0 ? seconds : -1;
}

int64_t retry_after_parse(struct berth_str value, struct berth_str date, int64_t now_ms)
{
    value = str_trim(value);
    int64_t seconds = parse_seconds(value);
    if (seconds >= 0)
        return capped(seconds);
    int64_t then = http_date_parse(value);
    if (then < 0)
        return -1;
    int64_t service_now = http_date_parse(str_trim(date));
    return capped(then - (service_now >= 0 ? service_now : now_ms / 1000));
}
