/* What a consumer of the events knows in the end is what is there, whatever happened in
 * between: listings that break off, processes that die at any change of a file, disks
 * that are full. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/poll/crawl.h"
#include "tests/state/consumer.h"
#include "tests/state/fault_vfs.h"
#include "tests/state/poller.h"
#include "tests/state/world.h"

static bool full_length(void)
{
    const char *text = getenv("BERTH_TEST_FULL");
    return text && *text && strcmp(text, "0") != 0;
}

static struct session session_on(const struct world *w)
{
    struct session s = fake_session(w->items, w->count);
    s.page = 7;
    return s;
}

static void poll_to_the_end(struct poller *p, struct consumer *c, const struct world *w)
{
    struct session s = session_on(w);
    if (poller_run(p, &s) < 0)
        give_up(p->err.message);
    consumer_read(c, text_str(&p->lines));
    text_reset(&p->lines);
}

/* --- listings that break off --- */

static void one_history(const char *home, uint64_t seed, int rounds)
{
    cleanup(poller) struct poller p;
    poller_init(&p, home);
    cleanup(consumer) struct consumer c;
    consumer_init(&c);
    struct world w;
    world_init(&w, seed, 60);
    p.options.start = POLL_START_ALL;
    for (int i = 0; i < rounds; i++) {
        world_change(&w, 12);
        struct session s = session_on(&w);
        if (world_random(&w, 2)) {
            s.break_at = (long)world_random(&w, (uint32_t)w.count + 1);
            s.break_status = BERTH_E_UNAVAILABLE;
        }
        if (world_random(&w, 4) == 0)
            s.page = 0;
        p.options.commit_changes = world_random(&w, 2) ? 5 : 0;
        p.options.commit_ms = world_random(&w, 2) ? -1 : 0;
        if (world_random(&w, 8) == 0)
            s.rejects_cursors = true;
        s.asks = world_random(&w, 8) > 0;
        if (world_random(&w, 8) == 0)
            s.verify_status = BERTH_E_THROTTLED;
        (void)poller_run(&p, &s);
        consumer_read(&c, text_str(&p.lines));
        text_reset(&p.lines);
    }
    /* The first may go on from a cursor; the third deletes what the second missed. */
    for (int i = 0; i < 3; i++)
        poll_to_the_end(&p, &c, &w);
    consumer_expect(&c, w.items, w.count);
    assert_int_equal(connection_remove(p.store, "prod", NULL), 0);
}

static void consumer_knows_what_is_there(void **state)
{
    int histories = full_length() ? 200 : 10;
    for (int i = 0; i < histories; i++)
        one_history(*state, 1000u + (uint64_t)i, 20);
}

/* --- a process that dies --- */

struct file_sink {
    FILE *file;
};

static int write_line(void *ctx, struct berth_str event)
{
    struct file_sink *f = ctx;
    return fprintf(f->file, "%.*s\n", (int)event.len, event.ptr) > 0 ? 0 : -1;
}

static int flush_lines(void *ctx)
{
    return fflush(((struct file_sink *)ctx)->file) == 0 ? 0 : -1;
}

/* In a child: poll, and die at the n-th change. Returns whether it died. */
static bool poll_in_child(const char *home, const char *out, struct world *w, long n)
{
    pid_t pid = fork();
    if (pid == 0) {
        struct file_sink f = {fopen(out, "a")};
        struct poller p;
        fault_vfs_set(n > 0 ? FAULT_DIE : FAULT_NONE, n);
        poller_init(&p, home);
        p.sink = (struct event_sink){write_line, flush_lines, &f};
        p.options.start = POLL_START_ALL;
        p.options.commit_changes = 9;
        p.options.commit_ms = -1;
        struct session s = session_on(w);
        s.page = 25;
        int r = poller_run(&p, &s);
        if (r < 0)
            (void)fprintf(stderr, "%s\n", p.err.message);
        _exit(r == 0 ? 0 : 1);
    }
    int status = -1;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) != 0)
        assert_int_equal(WEXITSTATUS(status), FAULT_EXIT);
    return WEXITSTATUS(status) == FAULT_EXIT;
}

static void read_file(struct consumer *c, const char *path)
{
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    cleanup(text) struct text lines;
    text_init(&lines, 1 << 28);
    char buffer[4096];
    size_t n;
    while ((n = fread(buffer, 1, sizeof(buffer), f)) > 0)
        text_add_str(&lines, (struct berth_str){buffer, n});
    assert_int_equal(fclose(f), 0);
    consumer_read(c, text_str(&lines));
}

static void death_loses_no_event_and_makes_no_second_id(void **state)
{
    int kills = full_length() ? 100 : 8;
    cleanup(free) char *out = NULL;
    {
        cleanup(store) struct store *s = open_store(*state);
        add_and_forget(s, "prod", "secret");
        out = path_in(*state, "events");
    }
    struct world w;
    world_init(&w, 4711, 200);
    int died = 0;
    for (long n = 1; died < kills; n++) {
        world_change(&w, 30);
        /* At the n-th change of the file, over and over, until a poll gets through. */
        died += poll_in_child(*state, out, &w, n % 61 + 1);
        if (n % 9 == 0)
            (void)poll_in_child(*state, out, &w, 0);
    }
    for (int i = 0; i < 3; i++)
        assert_false(poll_in_child(*state, out, &w, 0));
    cleanup(consumer) struct consumer c;
    consumer_init(&c);
    read_file(&c, out);
    consumer_expect(&c, w.items, w.count);
}

/* --- a disk that is full, or broken --- */

static void faults_of_the_disk(const char *home, enum fault fault, long step)
{
    cleanup(consumer) struct consumer c;
    consumer_init(&c);
    struct world w;
    world_init(&w, 99, 120);
    cleanup(poller) struct poller p;
    poller_init(&p, home);
    p.options.start = POLL_START_ALL;
    int failed = 0;
    for (long n = 1; n < 40; n += step) {
        world_change(&w, 20);
        struct session s = session_on(&w);
        p.options.commit_changes = n % 2 ? 6 : 0;
        fault_vfs_set(fault, n);
        int r = poller_run(&p, &s);
        fault_vfs_set(FAULT_NONE, 0);
        if (r < 0) {
            assert_int_equal(r, BERTH_E_UNAVAILABLE);
            failed++;
        }
        consumer_read(&c, text_str(&p.lines));
        text_reset(&p.lines);
    }
    assert_true(failed > 3);
    for (int i = 0; i < 3; i++)
        poll_to_the_end(&p, &c, &w);
    consumer_expect(&c, w.items, w.count);
}

static void full_disk_loses_nothing(void **state)
{
    faults_of_the_disk(*state, FAULT_FULL, full_length() ? 1 : 3);
}

static void broken_disk_loses_nothing(void **state)
{
    faults_of_the_disk(*state, FAULT_BROKEN, full_length() ? 1 : 3);
}

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    fault_vfs_register();
    const struct CMUnitTest tests[] = {
        TEST(consumer_knows_what_is_there),
        TEST(death_loses_no_event_and_makes_no_second_id),
        TEST(full_disk_loses_nothing),
        TEST(broken_disk_loses_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
