/* A signal or the end of a time as one thing to wait for. Invariant: without a time it is
 * interrupt_fd() itself, and costs nothing. */
#ifndef BERTH_CLI_ALARM_H
#define BERTH_CLI_ALARM_H

#include <stdbool.h>
#include <stdint.h>

#include "berth_plugin.h"

struct alarm {
    int fd;       /* readable as soon as a signal has come or the time is up; stays so */
    int timer_fd; /* -1: no time */
};

/* `ms` from now; 0: never. alarm_release() is due in each case. */
int alarm_init(struct alarm *a, int64_t ms, struct berth_error *err);
void alarm_release(struct alarm *a);

/* Is the time up? */
bool alarm_rang(const struct alarm *a);

static inline void cleanup_alarm(struct alarm *a)
{
    alarm_release(a);
}

#endif
