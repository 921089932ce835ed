#include "sdk/calendar.h"

#include <stdbool.h>
#include <time.h>

int calendar_days_of_month(int year, int month)
{
    static const int DAYS[] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    if (month < 1 || month > 12)
        return 0;
    return DAYS[month] + (month == 2 && leap ? 1 : 0);
}

/* Counts years from March, so that February, which may be longer, comes last. */
int64_t calendar_days_since_1970(int year, int month, int day)
{
    int64_t years = year - (month < 3 ? 1 : 0) + 400; /* so that none is negative */
    int64_t months = (month + 9) % 12;
    return years * 365 + years / 4 - years / 100 + years / 400 + (months * 306 + 5) / 10 +
           day - 1 - 719468 - 146097;
}

struct berth_str calendar_time(int64_t seconds, char room[CALENDAR_TIME_SIZE])
{
    struct tm tm;
    time_t t = (time_t)seconds;
    size_t len = 0;
    if (gmtime_r(&t, &tm))
        len = strftime(room, CALENDAR_TIME_SIZE, "%Y-%m-%dT%H:%M:%SZ", &tm);
    return (struct berth_str){room, len};
}
