/* Dates, times and durations. */
#include "host/schema/format.h"
#include "host/schema/scan.h"
#include "sdk/calendar.h"

static bool scan_date(struct berth_str *s)
{
    int year = 0, month = 0, day = 0;
    if (!scan_digits(s, 4, &year) || !scan_char(s, '-') || !scan_digits(s, 2, &month) ||
        !scan_char(s, '-') || !scan_digits(s, 2, &day))
        return false;
    return day >= 1 && day <= calendar_days_of_month(year, month);
}

/* In minutes. */
static bool scan_offset(struct berth_str *s, int *ret_offset)
{
    int hour = 0, minute = 0;
    if (scan_char(s, 'Z') || scan_char(s, 'z')) {
        *ret_offset = 0;
        return true;
    }
    bool west = scan_char(s, '-');
    if (!west && !scan_char(s, '+'))
        return false;
    if (!scan_digits(s, 2, &hour) || !scan_char(s, ':') || !scan_digits(s, 2, &minute) ||
        hour > 23 || minute > 59)
        return false;
    *ret_offset = (hour * 60 + minute) * (west ? -1 : 1);
    return true;
}

static bool scan_time(struct berth_str *s)
{
    enum { DAY = 24 * 60 };
    int hour = 0, minute = 0, second = 0, offset = 0;
    if (!scan_digits(s, 2, &hour) || !scan_char(s, ':') || !scan_digits(s, 2, &minute) ||
        !scan_char(s, ':') || !scan_digits(s, 2, &second))
        return false;
    if (scan_char(s, '.') && scan_number(s) == 0)
        return false;
    if (!scan_offset(s, &offset) || hour > 23 || minute > 59 || second > 60)
        return false;
    /* A leap second is the last one of a day, in UTC. */
    return second < 60 || (hour * 60 + minute - offset + DAY) % DAY == DAY - 1;
}

int format_date(struct berth_str text)
{
    return scan_date(&text) && text.len == 0;
}

int format_time(struct berth_str text)
{
    return scan_time(&text) && text.len == 0;
}

int format_date_time(struct berth_str text)
{
    return scan_date(&text) && (scan_char(&text, 'T') || scan_char(&text, 't')) &&
           scan_time(&text) && text.len == 0;
}

/* Numbers with units in the order of `units`, from any of them on, none left out in
 * between. False: something else follows a number, or a unit was skipped. */
static bool scan_units(struct berth_str *s, const char *units, unsigned *ret_count)
{
    const char *next = NULL;
    while (s->len > 0 && scan_is_digit(s->ptr[0])) {
        (void)scan_number(s); /* there is one, as was seen */
        const char *unit = s->len > 0 && s->ptr[0] ? strchr(units, s->ptr[0]) : NULL;
        if (!unit || (next && unit != next))
            return false;
        next = unit + 1;
        scan_skip(s, 1);
        ++*ret_count;
    }
    return true;
}

int format_duration(struct berth_str text)
{
    unsigned days = 0, times = 0;
    if (!scan_char(&text, 'P'))
        return false;
    struct berth_str weeks = text;
    if (scan_number(&weeks) > 0 && scan_char(&weeks, 'W'))
        return weeks.len == 0;
    if (!scan_units(&text, "YMD", &days))
        return false;
    if (scan_char(&text, 'T') && (!scan_units(&text, "HMS", &times) || times == 0))
        return false;
    return text.len == 0 && days + times > 0;
}
