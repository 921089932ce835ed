#include "sdk/http_date.h"

#include <stdbool.h>
#include <string.h>

#include "sdk/calendar.h"

struct date {
    int year, month, day, hour, minute, second;
};

/* A cursor over the text; once something did not match it is lost. */
struct reader {
    const char *at;
    const char *end;
    bool lost;
};

static void read_char(struct reader *r, char c)
{
    r->lost = r->lost || r->at == r->end || *r->at != c;
    if (!r->lost)
        r->at++;
}

static int read_digits(struct reader *r, size_t count)
{
    int value = 0;
    for (size_t i = 0; i < count; i++) {
        if (r->lost || r->at == r->end || *r->at < '0' || *r->at > '9') {
            r->lost = true;
            return 0;
        }
        value = value * 10 + (*r->at++ - '0');
    }
    return value;
}

/* Which of the names (each `width` long, in one text) comes next? */
static int read_name(struct reader *r, const char *names, size_t width)
{
    size_t count = strlen(names) / width;
    for (size_t i = 0; !r->lost && i < count && (size_t)(r->end - r->at) >= width; i++) {
        if (memcmp(r->at, names + i * width, width) == 0) {
            r->at += width;
            return (int)i;
        }
    }
    r->lost = true;
    return 0;
}

static int read_month(struct reader *r)
{
    return read_name(r, "JanFebMarAprMayJunJulAugSepOctNovDec", 3) + 1;
}

static void read_time(struct reader *r, struct date *d)
{
    d->hour = read_digits(r, 2);
    read_char(r, ':');
    d->minute = read_digits(r, 2);
    read_char(r, ':');
    d->second = read_digits(r, 2);
}

static void read_gmt(struct reader *r)
{
    (void)read_name(r, " GMT", 4);
}

/* Sun, 06 Nov 1994 08:49:37 GMT */
static void read_fixdate(struct reader *r, struct date *d)
{
    read_char(r, ' ');
    d->day = read_digits(r, 2);
    read_char(r, ' ');
    d->month = read_month(r);
    read_char(r, ' ');
    d->year = read_digits(r, 4);
    read_char(r, ' ');
    read_time(r, d);
    read_gmt(r);
}

/* Sunday, 06-Nov-94 08:49:37 GMT; the years 70 to 99 are of the last century. */
static void read_rfc850(struct reader *r, struct date *d)
{
    while (r->at < r->end && *r->at >= 'a' && *r->at <= 'z')
        r->at++;
    read_char(r, ',');
    read_char(r, ' ');
    d->day = read_digits(r, 2);
    read_char(r, '-');
    d->month = read_month(r);
    read_char(r, '-');
    int year = read_digits(r, 2);
    d->year = year + (year < 70 ? 2000 : 1900);
    read_char(r, ' ');
    read_time(r, d);
    read_gmt(r);
}

/* Sun Nov  6 08:49:37 1994 */
static void read_asctime(struct reader *r, struct date *d)
{
    read_char(r, ' ');
    d->month = read_month(r);
    read_char(r, ' ');
    bool short_day = r->at < r->end && *r->at == ' ';
    if (short_day)
        r->at++;
    d->day = read_digits(r, short_day ? 1 : 2);
    read_char(r, ' ');
    read_time(r, d);
    read_char(r, ' ');
    d->year = read_digits(r, 4);
}

static bool date_is_real(const struct date *d)
{
    return d->year >= 1970 && d->day >= 1 &&
           d->day <= calendar_days_of_month(d->year, d->month) && d->hour < 24 &&
           d->minute < 60 && d->second <= 60;
}

static int64_t date_seconds(const struct date *d)
{
    int64_t days = calendar_days_since_1970(d->year, d->month, d->day);
    return ((days * 24 + d->hour) * 60 + d->minute) * 60 + d->second;
}

int64_t http_date_parse(struct berth_str text)
{
    if (text.len == 0)
        return -1;
    struct reader r = {.at = text.ptr, .end = text.ptr + text.len};
    struct date d = {0};
    (void)read_name(&r, "MonTueWedThuFriSatSun", 3);
    if (r.lost || r.at == r.end)
        return -1;
    if (*r.at == ',') {
        r.at++;
        read_fixdate(&r, &d);
    } else if (*r.at == ' ') {
        read_asctime(&r, &d);
    } else {
        read_rfc850(&r, &d);
    }
    if (r.lost || r.at != r.end || !date_is_real(&d))
        return -1;
    return date_seconds(&d);
}
