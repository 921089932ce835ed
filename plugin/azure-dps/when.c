#include "azure-dps/when.h"

#include "sdk/calendar.h"

struct cursor {
    const char *at;
    const char *end;
};

static bool read_digits(struct cursor *c, int count, int *ret)
{
    *ret = 0;
    if (c->end - c->at < count)
        return false;
    for (int i = 0; i < count; i++, c->at++) {
        if (*c->at < '0' || *c->at > '9')
            return false;
        *ret = *ret * 10 + (*c->at - '0');
    }
    return true;
}

static bool read_char(struct cursor *c, const char *any_of)
{
    if (c->at == c->end || !*c->at || !strchr(any_of, *c->at))
        return false;
    c->at++;
    return true;
}

struct parts {
    int year, month, day, hour, minute, second;
};

static bool from_parts(const struct parts *p, struct when *ret)
{
    if (p->day < 1 || p->day > calendar_days_of_month(p->year, p->month) ||
        p->hour > 23 || p->minute > 59 || p->second > 60)
        return false;
    ret->seconds = calendar_days_since_1970(p->year, p->month, p->day) * 86400 +
                   p->hour * 3600 + p->minute * 60 + p->second;
    return true;
}

static bool read_clock(struct cursor *c, struct parts *p)
{
    return read_digits(c, 2, &p->hour) && read_char(c, ":") &&
           read_digits(c, 2, &p->minute) && read_char(c, ":") &&
           read_digits(c, 2, &p->second);
}

static bool read_fraction(struct cursor *c, int32_t *ret_nanoseconds)
{
    int32_t unit = 100000000;
    *ret_nanoseconds = 0;
    if (!read_char(c, "."))
        return true;
    const char *start = c->at;
    for (; c->at < c->end && *c->at >= '0' && *c->at <= '9'; c->at++, unit /= 10)
        *ret_nanoseconds += unit * (*c->at - '0');
    return c->at > start;
}

static bool read_offset(struct cursor *c, int64_t *ret_seconds)
{
    int hours;
    int minutes;
    *ret_seconds = 0;
    if (read_char(c, "Zz"))
        return true;
    bool west = c->at < c->end && *c->at == '-';
    if (!read_char(c, "+-") || !read_digits(c, 2, &hours) || !read_char(c, ":") ||
        !read_digits(c, 2, &minutes))
        return false;
    *ret_seconds = (hours * 60 + minutes) * (west ? -60 : 60);
    return true;
}

bool when_parse(struct berth_str text, struct when *ret)
{
    struct cursor c = {text.ptr, str_end(text)};
    struct parts p;
    int64_t offset;
    bool good = read_digits(&c, 4, &p.year) && read_char(&c, "-") &&
                read_digits(&c, 2, &p.month) && read_char(&c, "-") &&
                read_digits(&c, 2, &p.day) && read_char(&c, "Tt ") &&
                read_clock(&c, &p) && read_fraction(&c, &ret->nanoseconds) &&
                read_offset(&c, &offset) && c.at == c.end && from_parts(&p, ret);
    if (good)
        ret->seconds -= offset;
    return good;
}

int when_compare(struct when a, struct when b)
{
    if (a.seconds != b.seconds)
        return a.seconds < b.seconds ? -1 : 1;
    return a.nanoseconds - b.nanoseconds;
}
