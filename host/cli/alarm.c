#include "host/cli/alarm.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "host/cli/interrupt.h"
#include "sdk/error.h"

static int watch(const struct alarm *a, int fd)
{
    struct epoll_event event = {.events = EPOLLIN};
    return epoll_ctl(a->fd, EPOLL_CTL_ADD, fd, &event);
}

int alarm_init(struct alarm *a, int64_t ms, struct berth_error *err)
{
    *a = (struct alarm){.fd = interrupt_fd(), .timer_fd = -1};
    if (ms <= 0)
        return 0;
    struct itimerspec when = {
        .it_value = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}};
    a->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
    a->fd = a->timer_fd < 0 ? -1 : epoll_create1(EPOLL_CLOEXEC);
    if (a->fd < 0 || timerfd_settime(a->timer_fd, 0, &when, NULL) < 0 ||
        watch(a, a->timer_fd) < 0 || watch(a, interrupt_fd()) < 0)
        return fail(err, BERTH_E_INTERNAL, "cannot watch the time: %s", strerror(errno));
    return 0;
}

void alarm_release(struct alarm *a)
{
    if (a->timer_fd >= 0) {
        (void)close(a->timer_fd); /* nothing is written to either */
        (void)close(a->fd);
    }
    *a = (struct alarm){-1, -1};
}

bool alarm_rang(const struct alarm *a)
{
    struct pollfd p = {.fd = a->timer_fd, .events = POLLIN};
    return a->timer_fd >= 0 && poll(&p, 1, 0) > 0;
}
