#include "emulator/moment.h"

#include <string.h>
#include <time.h>

int64_t moment_now(void)
{
    struct timespec now;

    if (clock_gettime(CLOCK_REALTIME, &now) < 0)
        return 0;
    return now.tv_sec * MOMENT_SECOND + now.tv_nsec / 1000;
}

/* Write `count` decimal digits of `n`. */
static char *put_digits(char *out, unsigned n, int count)
{
    int i;

    for (i = count - 1; i >= 0; i--) {
        out[i] = (char)('0' + n % 10);
        n /= 10;
    }
    return out + count;
}

/* Write the date of a day counted from 1970. The year is taken to begin in March, so that
 * the leap day is its last, and eras of 400 years have 146097 days. */
static char *put_date(char *out, int64_t days)
{
    uint32_t z = (uint32_t)(days + 719468), era = z / 146097, in_era = z % 146097;
    uint32_t year = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
    uint32_t day = in_era - (365 * year + year / 4 - year / 100);
    uint32_t month = (5 * day + 2) / 153;

    day -= (153 * month + 2) / 5;
    month = month < 10 ? month + 3 : month - 9;
    out = put_digits(out, year + era * 400 + (month <= 2), 4);
    *out++ = '-';
    out = put_digits(out, month, 2);
    *out++ = '-';
    return put_digits(out, day + 1, 2);
}

void moment_format(int64_t us, char out[MOMENT_SIZE])
{
    const int64_t end_us = INT64_C(253402300800) * MOMENT_SECOND; /* the year 10000 */
    int64_t seconds;
    unsigned in_day;

    if (us < 0 || us >= end_us)
        us = 0;
    seconds = us / MOMENT_SECOND;
    in_day = (unsigned)(seconds % 86400);
    out = put_date(out, seconds / 86400);
    *out++ = 'T';
    out = put_digits(out, in_day / 3600, 2);
    *out++ = ':';
    out = put_digits(out, in_day / 60 % 60, 2);
    *out++ = ':';
    out = put_digits(out, in_day % 60, 2);
    *out++ = '.';
    out = put_digits(out, (unsigned)(us % MOMENT_SECOND), 6);
    memcpy(out, "0Z", 3);
}

void moment_format_http(int64_t us, char out[MOMENT_HTTP_SIZE])
{
    time_t seconds = (time_t)(us / MOMENT_SECOND);
    struct tm tm;

    if (!gmtime_r(&seconds, &tm) ||
        !strftime(out, MOMENT_HTTP_SIZE, "%a, %d %b %Y %H:%M:%S GMT", &tm))
        *out = '\0';
}
