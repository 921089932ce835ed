/* berth-emulator: a local stand-in for the Azure Device Provisioning Service. */
#include <errno.h>
#include <malloc.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "config.h"
#include "emulator/authority.h"
#include "emulator/file.h"
#include "emulator/fleet.h"
#include "emulator/generate.h"
#include "emulator/moment.h"
#include "emulator/options.h"
#include "emulator/ready.h"
#include "emulator/state.h"
#include "emulator/thread.h"

enum { EXIT_OK = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

/* Keep the memory of large pages for the next ones: mapping and unmapping it would cost
 * more than filling it. */
static void memory_keep(void)
{
    enum { LARGE = 16 * 1024 * 1024 };

    (void)mallopt(M_MMAP_THRESHOLD, LARGE); /* without it pages are only slower */
    (void)mallopt(M_TRIM_THRESHOLD, 4 * LARGE);
}

/* Route SIGINT and SIGTERM into a descriptor, before any thread is started. */
static int signals_take(struct failure *f)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigset_t set;
    int fd;

    if (sigemptyset(&set) < 0 || sigaddset(&set, SIGINT) < 0 ||
        sigaddset(&set, SIGTERM) < 0 || pthread_sigmask(SIG_BLOCK, &set, NULL) != 0 ||
        sigaction(SIGPIPE, &ignore, NULL) < 0)
        return failure_set(f, "signals cannot be set up");
    fd = signalfd(-1, &set, SFD_CLOEXEC);
    if (fd < 0)
        return failure_set(f, "signals cannot be read: %s", strerror(errno));
    return fd;
}

/* Have the kernel send SIGTERM when the parent ends. */
static int follow_parent(const struct options *options, struct failure *f)
{
    pid_t parent = getppid();

    if (!options->exit_with_parent)
        return 0;
    if (prctl(PR_SET_PDEATHSIG, SIGTERM) < 0)
        return failure_set(f, "--exit-with-parent: %s", strerror(errno));
    if (getppid() != parent)
        return failure_set(f, "--exit-with-parent: the parent has ended already");
    return 0;
}

static void wait_for_end(int signals, int exit_after_s)
{
    int64_t end_ns = steady_ns() + exit_after_s * INT64_C(1000000000);
    struct pollfd fd = {.fd = signals, .events = POLLIN};
    int n;

    do {
        int64_t left_ns = end_ns - steady_ns();

        if (exit_after_s && left_ns <= 0)
            return;
        n = poll(&fd, 1, exit_after_s ? (int)(left_ns / 1000000) + 1 : -1);
    } while (n == 0 || (n < 0 && errno == EINTR));
}

/* Say it when others than this machine can reach it. */
static void warn_of_guests(const char *listen)
{
    static const char *const LOOPBACK[] = {"127.", "localhost:", "[::1]:"};
    size_t i;

    for (i = 0; i < sizeof LOOPBACK / sizeof *LOOPBACK; i++)
        if (!strncmp(listen, LOOPBACK[i], strlen(LOOPBACK[i])))
            return;
    (void)fprintf(stderr,
                  "berth-emulator: WARNING: it listens on %s, which other machines may "
                  "reach. It is a tool for tests and protects nothing.\n",
                  listen);
}

static void introduce(const struct options *options, const struct emu *emu, uint16_t port)
{
    const char *dir = options->dir, *host = emu->options.host_name;

    (void)printf(
        "berth-emulator %s: a stand-in for the Azure Device Provisioning Service.\n"
        "It is no real service; anybody who can read %s/emulator.json may use it.\n"
        "  service endpoint  https://%s:%u\n"
        "  device endpoint   https://%s:%u/%s\n"
        "  CA certificate    %s/ca.pem\n"
        "  connection string and keys: %s/emulator.json\n"
        "  its own API       https://%s:%u/_emulator/ (token: %s/admin-token)\n",
        PACKAGE_VERSION, dir, host, port, host, port, emu->keys.id_scope, dir, dir, host,
        port, dir);
    (void)printf("Try:\n"
                 "  curl --cacert %s/ca.pem "
                 "'https://%s:%u/enrollments/dev-1?api-version=2021-10-01'\n"
                 "  sed -n 's/.*\"connectionString\": \"\\(.*\\)\",/\\1/p' "
                 "%s/emulator.json |\n"
                 "    berth connection add emulator --connector azure-dps "
                 "--ca-file %s/ca.pem --paste -\n",
                 dir, host, port, dir, dir);
    (void)fflush(stdout); /* a closed stdout is no reason to stop */
}

/* Serve until it is told to end. */
static int stay(const struct options *options, struct emu *emu, const struct http *http,
                int signals, struct failure *f)
{
    struct fleet *fleet = NULL;
    int r = 0;

    if (options->devices)
        r = fleet_start(emu, options->devices, options->register_rate, &fleet, f);
    if (r == 0)
        r = ready_write(options->dir, emu, http_port(http), f);
    if (r == 0) {
        warn_of_guests(options->http.listen);
        introduce(options, emu, http_port(http));
        wait_for_end(signals, options->exit_after_s);
    }
    fleet_stop(fleet);
    return r;
}

static int serve(const struct options *options, struct emu *emu,
                 const struct authority *authority, struct failure *f)
{
    struct http *http;
    int r, signals = signals_take(f);

    if (signals < 0)
        return signals;
    r = http_start(emu, authority, &options->http, &http, f);
    if (r == 0) {
        r = stay(options, emu, http, signals, f);
        http_stop(http);
    }
    (void)close(signals); /* nothing more is read from it */
    return r;
}

/* Go on with the state of an earlier run, when there is one. */
static int state_begin(struct emu *emu, struct failure *f)
{
    const char *path = emu->options.state;

    if (!path)
        return 0;
    if (state_check(path, f) < 0)
        return -1;
    if (access(path, F_OK) < 0 && errno == ENOENT)
        return 0;
    return state_load(emu, path, f);
}

static int run_with_keys(const struct options *options, const struct keys *keys,
                         struct failure *f)
{
    struct authority authority;
    struct emu emu;
    size_t i;
    int r;

    if (emu_init(&emu, &options->emu, keys) < 0)
        return failure_set(f, "out of memory");
    for (i = 0; i < options->fault_count; i++)
        (void)faults_add(&emu.faults, &options->faults[i]); /* counted when it was read */
    if (options->clock_at)
        emu.clock_offset_us = (int64_t)options->clock_at * MOMENT_SECOND - moment_now();
    r = authority_load(&authority, options->dir, options->emu.host_name, f);
    if (r == 0)
        r = state_begin(&emu, f);
    if (r == 0 &&
        (generate_enrollments(&emu, options->enrollments) < 0 ||
         generate_groups(&emu, options->groups, options->devices_per_group) < 0))
        r = failure_set(f, "out of memory for so many enrollments and devices");
    if (r == 0)
        r = serve(options, &emu, &authority, f);
    if (r == 0 && emu.options.state)
        r = state_save(&emu, emu.options.state, f);
    authority_release(&authority);
    emu_release(&emu);
    return r;
}

static int run(const struct options *options, struct failure *f)
{
    struct keys keys;
    size_t i;
    int r;

    r = follow_parent(options, f);
    if (r < 0 || (r = file_folder(options->dir, f)) < 0 ||
        (r = ready_clear(options->dir, f)) < 0)
        return r;
    r = keys_load(&keys, options->dir, f);
    if (r == 0 && options->id_scope)
        (void)snprintf(keys.id_scope, sizeof keys.id_scope, "%s", options->id_scope);
    for (i = 0; i < options->policy_count; i++)
        (void)keys_add_policy(&keys, &options->policies[i]); /* there is room */
    if (r == 0)
        r = run_with_keys(options, &keys, f);
    keys_release(&keys);
    return r;
}

int main(int argc, char **argv)
{
    struct options options;
    struct failure f = {""};
    enum options_result wanted = options_read(&options, argc, argv);
    int r = 0;

    memory_keep();
    if (wanted == OPTIONS_RUN)
        r = run(&options, &f);
    options_release(&options);
    if (r < 0)
        (void)fprintf(stderr, "berth-emulator: %s\n", f.text);
    if (wanted == OPTIONS_WRONG)
        return EXIT_USAGE;
    return r < 0 ? EXIT_FAILED : EXIT_OK;
}
