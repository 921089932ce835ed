/* A stream of inputs, several in flight. Reading, running and writing take turns: read
 * while there is room, start what may start, write what is next, then wait. */
#include "host/cli/stream.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/cli/interrupt.h"
#include "host/clock.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/str.h"

#define GRACE_MS 5000
#define WINDOW_MIN 256u

static bool readable_now(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    return poll(&p, 1, 0) > 0;
}

/* Read until the window is full, the input ends, or nothing more is there now. */
static int read_lines(struct stream *s, struct berth_error *err)
{
    s->starved = false;
    while (!s->input_ended && !interrupt_came() && batch_has_room(s->batch)) {
        struct record record;
        int r = input_next(&s->input, &record, err);
        if (r == RECORD_END) {
            s->input_ended = true;
        } else if (r == RECORD_READY) {
            s->elements++;
            r = stream_take(s, &record, err);
        } else if (r == RECORD_MORE) {
            s->starved = !readable_now(s->input.fd);
            if (s->starved)
                return 0;
            r = input_fill(&s->input, err);
        }
        if (r != 0)
            return r;
    }
    return 0;
}

/* Wait for stdin only while there is nothing else to read. */
static void watch_input(struct stream *s, bool wanted)
{
    struct epoll_event event = {.events = EPOLLIN};
    if (s->watching == wanted)
        return;
    int op = wanted ? EPOLL_CTL_ADD : EPOLL_CTL_DEL;
    /* A regular file cannot be watched; it always has something to read. */
    if (epoll_ctl(s->wake_fd, op, s->input.fd, &event) == 0)
        s->watching = wanted;
}

static int wait_for_more(struct stream *s, struct berth_error *err)
{
    watch_input(s, s->starved && !s->input_ended && !s->stopping);
    int64_t now = clock_mono_ms();
    int64_t timeout = s->run->app->talk.terminal ? PROGRESS_EVERY_MS : -1;
    if (s->stopping)
        timeout = s->stop_at_ms > now ? s->stop_at_ms - now : 0;
    int wake = s->stopping ? -1 : s->wake_fd;
    if (batch_running(s->batch) > 0) {
        int r = session_wait(s->run->setup.session, timeout, wake, err);
        return r < 0 ? r : 0;
    }
    if (!s->starved || s->input_ended || s->stopping)
        return 0;
    struct pollfd p = {.fd = s->wake_fd, .events = POLLIN};
    if (poll(&p, 1, (int)timeout) < 0 && errno != EINTR)
        return fail(err, BERTH_E_INTERNAL, "cannot wait: %s", strerror(errno));
    return 0;
}

static void show_progress(struct stream *s)
{
    struct talk *talk = &s->run->app->talk;
    int64_t now = clock_mono_ms();
    if (!talk->terminal || talk->quiet || !progress_due(&s->progress, now))
        return;
    cleanup(text) struct text line;
    text_init(&line, 200);
    s->progress.passed_bytes = s->input.source.taken;
    progress_text(&s->progress, now, &line);
    talk_passing(talk, line.data ? line.data : "");
}

/* A signal came: nothing new begins; what runs gets a moment to end by itself. */
static void look_for_interrupt(struct stream *s)
{
    if (!s->stopping && interrupt_came()) {
        s->stopping = true;
        s->interrupted = true;
        s->stop_at_ms = clock_mono_ms() + GRACE_MS;
    }
    if (s->stopping && clock_mono_ms() >= s->stop_at_ms)
        stream_cancel_all(s);
}

/* Nothing more is read or begun, for a reason that is told at the end. */
static void stop(struct stream *s, int outcome)
{
    s->outcome = outcome;
    s->input_ended = true;
}

static int pump(struct stream *s, struct berth_error *err)
{
    for (;;) {
        look_for_interrupt(s);
        if (!s->stopping && !s->input_ended) {
            int r = read_lines(s, err);
            if (r != 0)
                stop(s, r);
        }
        int r = stream_start(s, err);
        if (r == 0)
            r = stream_write(s, err);
        if (r < 0)
            return r;
        bool over = s->stopping ? batch_running(s->batch) == 0
                                : s->input_ended && !batch_first(s->batch);
        if (over)
            return 0;
        show_progress(s);
        if (output_flush(&s->run->app->out, false) < 0)
            return BERTH_E_CANCELED;
        r = wait_for_more(s, err);
        if (r < 0)
            return r;
    }
}

static int open_wake(struct stream *s, struct berth_error *err)
{
    struct epoll_event event = {.events = EPOLLIN};
    s->wake_fd = epoll_create1(EPOLL_CLOEXEC);
    if (s->wake_fd < 0 ||
        epoll_ctl(s->wake_fd, EPOLL_CTL_ADD, interrupt_fd(), &event) < 0)
        return fail(err, BERTH_E_INTERNAL, "cannot wait for signals: %s",
                    strerror(errno));
    return 0;
}

/* The results of both runs must make a whole: a line that was cut short is ended when
 * this run appends to the same file. */
static int open_resume(struct stream *s, struct berth_error *err)
{
    struct app *app = s->run->app;
    const char *path = app_value(app, OPT_RESUME);
    struct stat results;
    struct stat out;
    if (!path)
        return 0;
    int r = resume_read(&s->resume, path, err);
    if (r < 0)
        return r;
    if (s->resume.unreadable > 0)
        talk_warn(&app->talk,
                  "--resume %s: %llu lines are no results (cut short?) and count as not "
                  "done",
                  path, (unsigned long long)s->resume.unreadable);
    bool same = stat(path, &results) == 0 && fstat(STDOUT_FILENO, &out) == 0 &&
                results.st_dev == out.st_dev && results.st_ino == out.st_ino;
    if (same && s->resume.ends_midway)
        r = output_write(&app->out, STR("\n"));
    return r;
}

static int prepare(struct stream *s, const char *spec, struct berth_error *err)
{
    struct action_run *run = s->run;
    size_t window = run->parallel * 4 > WINDOW_MIN ? run->parallel * 4 : WINDOW_MIN;
    s->progress.started_ms = clock_mono_ms();
    s->parallel = run->op->yields_items ? 1 : run->parallel;
    int r = input_open(&s->input, spec, app_has(run->app, OPT_CSV), run->op, err);
    s->progress.size_bytes = s->input.size_bytes;
    if (r == 0 && !s->input.is_csv && str_ends_with_fold(str_from(spec), STR(".csv")))
        talk_warn(&run->app->talk, "-i %s is read as JSON: give --csv if it is CSV",
                  spec);
    if (r == 0)
        r = open_resume(s, err);
    if (r == 0)
        r = open_wake(s, err);
    if (r == 0)
        r = batch_new(window, &s->batch, err);
    if (r == 0)
        r = writer_init(&s->writer, &run->app->out, NULL, err);
    if (r == 0)
        r = link_connect(run->link, run->parallel, err);
    run->setup.session = run->link->session;
    return r;
}

static int conclude(struct stream *s, struct berth_error *err)
{
    struct talk *talk = &s->run->app->talk;
    talk_passing(talk, "");
    if (s->outcome == BERTH_E_INVALID) { /* what could not be read counts as one more */
        exit_tally_add(&s->tally, s->outcome);
        return exit_tally_code(&s->tally);
    }
    if (s->outcome != 0)
        return s->outcome;
    if (s->interrupted)
        return fail(err, BERTH_E_CANCELED,
                    "interrupted after %llu results: --resume with them goes on from "
                    "there",
                    (unsigned long long)s->progress.done);
    if (s->elements == 0)
        talk_say(talk, "The input is empty: nothing to do.");
    if (s->progress.skipped > 0)
        talk_say(talk, "%llu skipped: the earlier run did them.",
                 (unsigned long long)s->progress.skipped);
    if (s->progress.failed > 0)
        talk_say(talk, "%llu of %llu failed.", (unsigned long long)s->progress.failed,
                 (unsigned long long)s->progress.done);
    return exit_tally_code(&s->tally);
}

int action_run_stream(struct action_run *run, const char *spec, struct berth_error *err)
{
    struct stream s = {.run = run, .wake_fd = -1, .input = {.fd = -1}};
    int r = prepare(&s, spec, err);
    if (r == 0)
        r = pump(&s, err);
    if (s.batch)
        stream_cancel_all(&s);
    if (r == 0)
        r = stream_write(&s, err);
    if (r == 0 && (s.outcome == 0 || s.writer.count > 0))
        r = writer_end(&s.writer);
    if (r == 0)
        r = conclude(&s, err);
    writer_release(&s.writer);
    batch_free(s.batch);
    resume_release(&s.resume);
    input_release(&s.input);
    if (s.wake_fd >= 0)
        (void)close(s.wake_fd); /* nothing is written to it */
    return r;
}
