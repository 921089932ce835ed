/* Run a command and write what it cost as one line of JSON. Its own cost is not in it. */
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TIMEOUT_S = 300, EXIT_USAGE = 2 };

extern char **environ;

static double now_s(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t); /* this clock is always there */
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double seconds(struct timeval t)
{
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

/* Start it with no signal blocked. */
static int start(char **argv, pid_t *ret_pid)
{
    posix_spawnattr_t attr;
    sigset_t none;
    int r;

    (void)sigemptyset(&none);
    r = posix_spawnattr_init(&attr);
    if (r != 0)
        return r;
    (void)posix_spawnattr_setsigmask(&attr, &none);
    (void)posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
    r = posix_spawnp(ret_pid, argv[0], NULL, &attr, argv, environ);
    (void)posix_spawnattr_destroy(&attr);
    return r;
}

/* Wait for the end of it, which is hastened after TIMEOUT_S. The exit status, or 128 and
 * the signal, as a shell says it. */
static int finish(pid_t pid, struct rusage *ret_usage)
{
    struct timespec limit = {.tv_sec = TIMEOUT_S};
    sigset_t child;
    int status;

    (void)sigemptyset(&child);
    (void)sigaddset(&child, SIGCHLD);
    while (sigtimedwait(&child, NULL, &limit) < 0) {
        if (errno == EAGAIN)
            (void)kill(pid, SIGKILL);
        else if (errno != EINTR)
            break;
    }
    if (wait4(pid, &status, 0, ret_usage) < 0)
        return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int report(const char *path, double wall_s, const struct rusage *usage, int status)
{
    FILE *out = fopen(path, "we");

    if (!out) {
        (void)fprintf(stderr, "measure: %s: %s\n", path, strerror(errno));
        return -1;
    }
    (void)fprintf(
        out, "{\"wall_s\": %.6f, \"cpu_s\": %.6f, \"rss_kb\": %ld, \"status\": %d}\n",
        wall_s, seconds(usage->ru_utime) + seconds(usage->ru_stime), usage->ru_maxrss,
        status);
    return fclose(out);
}

int main(int argc, char **argv)
{
    struct rusage usage;
    sigset_t child;
    double begin_s;
    pid_t pid;
    int r;

    if (argc < 3) {
        (void)fprintf(stderr, "usage: measure FILE COMMAND [ARGUMENT]...\n");
        return EXIT_USAGE;
    }
    (void)sigemptyset(&child);
    (void)sigaddset(&child, SIGCHLD);
    (void)sigprocmask(SIG_BLOCK, &child, NULL); /* so that none is missed */
    begin_s = now_s();
    r = start(argv + 2, &pid);
    if (r != 0) {
        (void)fprintf(stderr, "measure: %s: %s\n", argv[2], strerror(r));
        return EXIT_FAILURE;
    }
    r = finish(pid, &usage);
    if (r < 0 || report(argv[1], now_s() - begin_s, &usage, r) != 0)
        return EXIT_FAILURE;
    return r;
}
