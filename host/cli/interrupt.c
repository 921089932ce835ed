#include "config.h"

#include "host/cli/interrupt.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "sdk/error.h"

/* The one piece of state that a signal handler can reach. */
static volatile sig_atomic_t came;
static int pipe_fds[2] = {-1, -1};

static void on_signal(int number)
{
    int saved = errno;
    if (came)
        _exit(128 + number);
    came = 1;
    ssize_t n = write(pipe_fds[1], "x", 1);
    (void)n; /* the pipe is empty, so it fits */
    errno = saved;
}

int interrupt_init(struct berth_error *err)
{
    struct sigaction action = {.sa_handler = on_signal};
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    struct sigaction before = {0};
    if (pipe2(pipe_fds, O_CLOEXEC | O_NONBLOCK) < 0)
        return fail(err, BERTH_E_INTERNAL, "cannot make a pipe: %s", strerror(errno));
    (void)sigaction(SIGPIPE, &ignore, NULL); /* cannot fail with these arguments */
    (void)sigaction(SIGTERM, &action, NULL);
    (void)sigaction(SIGINT, NULL, &before);
    if (before.sa_handler != SIG_IGN) /* a shell's background job keeps it so */
        (void)sigaction(SIGINT, &action, NULL);
    return 0;
}

int interrupt_fd(void)
{
    return pipe_fds[0];
}

bool interrupt_came(void)
{
    return came != 0;
}

static int wait_for(int fd, int timeout_ms, struct berth_error *err)
{
    struct pollfd fds[2] = {{.fd = pipe_fds[0], .events = POLLIN},
                            {.fd = fd, .events = POLLIN}};
    int n = 0;
    do
        n = poll(fds, fd >= 0 ? 2 : 1, timeout_ms);
    while (n < 0 && errno == EINTR && !came);
    if (came || fds[0].revents != 0)
        return fail(err, BERTH_E_CANCELED, "interrupted");
    return 0;
}

int interrupt_wait_readable(int fd, struct berth_error *err)
{
    return wait_for(fd, -1, err);
}

int interrupt_sleep_ms(int64_t ms, struct berth_error *err)
{
    static const int LONGEST = 3600 * 1000;
    for (; ms > 0; ms -= LONGEST) {
        int r = wait_for(-1, ms < LONGEST ? (int)ms : LONGEST, err);
        if (r < 0)
            return r;
    }
    return 0;
}
