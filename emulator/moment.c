#include "emulator/moment.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

int64_t moment_now(void)
{
    struct timespec now;

    if (clock_gettime(CLOCK_REALTIME, &now) < 0)
        return 0;
    return now.tv_sec * MOMENT_SECOND + now.tv_nsec / 1000;
}

void moment_format(int64_t us, char out[MOMENT_SIZE])
{
    time_t seconds = (time_t)(us / MOMENT_SECOND);
    struct tm tm;
    char date[24];

    memset(&tm, 0, sizeof tm);
    if (!gmtime_r(&seconds, &tm) ||
        !strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &tm))
        memcpy(date, "1970-01-01T00:00:00", sizeof "1970-01-01T00:00:00");
    (void)snprintf(out, MOMENT_SIZE, "%s.%06d0Z", date, (int)(us % MOMENT_SECOND));
}
