/* Each allocation of a scenario fails in turn, our own and SQLite's: the answer is a
 * status, and once there is memory again, nothing was lost. Not jansson's: the scanner of
 * 2.14 runs past a token whose buffer could not grow. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/state/consumer.h"
#include "tests/state/poller.h"
#include "tests/unit/lack.h"

static sqlite3_mem_methods usual;

/* SQLite's memory lacks where ours does. */
static bool fails(void)
{
    void *probe = malloc(1);
    free(probe);
    return !probe;
}

static void *sqlite_malloc(int size)
{
    return fails() ? NULL : usual.xMalloc(size);
}

static void *sqlite_realloc(void *data, int size)
{
    return fails() ? NULL : usual.xRealloc(data, size);
}

static void take_over(void)
{
    assert_int_equal(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &usual), SQLITE_OK);
    sqlite3_mem_methods failing = usual;
    failing.xMalloc = sqlite_malloc;
    failing.xRealloc = sqlite_realloc;
    assert_int_equal(sqlite3_config(SQLITE_CONFIG_MALLOC, &failing), SQLITE_OK);
    /* No memory set aside that would hide a failure. */
    assert_int_equal(sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0), SQLITE_OK);
}

/* --- scenarios: 0 or a negative status --- */

static const struct fake_item FIRST[] = {{.key = "a", .version = "1", .scope = "g"},
                                         {.key = "b", .version = "1", .scope = "h"},
                                         {.key = "c", .version = "1", .scope = "g"},
                                         {.key = "d", .version = "1", .scope = "g"},
                                         {.key = "e", .version = "1", .scope = "h"}};
static const struct fake_item SECOND[] = {{.key = "b", .version = "2", .scope = "g"},
                                          {.key = "c", .version = "1", .scope = "g"},
                                          {.key = "e", .version = "2", .scope = "h"}};

static int insert_connection(struct store *s, struct berth_error *err)
{
    struct connection c = {.name = strdup("prod"),
                           .connector = strdup("azure-dps"),
                           .kind = strdup("sharedAccessKey")};
    c.fields = json_pack("{s:s}", "host", "dps.example");
    json_t *secrets = json_pack("{s:s}", "key", "hunter2");
    bool made = c.name && c.connector && c.kind && c.fields && secrets;
    int r = made ? connection_insert(s, &c, secrets, err) : BERTH_E_NO_MEMORY;
    json_decref(secrets);
    connection_release(&c);
    return r;
}

static int use_connection(struct poller *p)
{
    int r = connection_find(p->store, "prod", &p->connection, &p->err);
    if (r == BERTH_E_NOT_FOUND) {
        r = insert_connection(p->store, &p->err);
        if (r == 0)
            r = connection_find(p->store, "prod", &p->connection, &p->err);
    }
    if (r < 0)
        return r;
    cleanup(text) struct text json;
    text_init_secret(&json, 10000);
    r = connection_credentials(p->store, &p->connection, &json, &p->err);
    return r < 0 ? r : secret_rotate_data_key(p->store, &p->err);
}

static int poll_both(struct poller *p, bool first_too)
{
    p->options.start = POLL_START_ALL;
    p->options.commit_changes = 2;
    p->options.commit_ms = -1;
    struct session one = fake_session(FIRST, sizeof(FIRST) / sizeof(FIRST[0]));
    struct session two = fake_session(SECOND, sizeof(SECOND) / sizeof(SECOND[0]));
    int r = first_too ? poller_run(p, &one) : 0;
    for (int i = 0; r == 0 && i < 3; i++)
        r = poller_run(p, &two);
    return r;
}

/* `p` is zeroed but for its lines and its sink. */
static int run(struct poller *p, const char *home, bool first_too)
{
    p->err = (struct berth_error)BERTH_ERROR_INIT;
    int r = store_open(home, &p->store, &p->err);
    if (r == 0)
        r = use_connection(p);
    if (r == 0)
        r = poll_both(p, first_too);
    connection_release(&p->connection);
    store_close(p->store);
    p->store = NULL;
    return r;
}

/* Was there a n-th allocation? */
static bool memory_fails_once(void **state, long n)
{
    cleanup(consumer) struct consumer c;
    consumer_init(&c);
    struct poller p, model;
    cleanup(free) char *other = path_in(*state, "model");
    poller_init(&model, other); /* for its sink only */
    p = (struct poller){.sink = model.sink, .options = model.options};
    p.sink.ctx = &p;
    p.options.sink = &p.sink;
    p.sink_fails_at = FAKE_NEVER;
    text_init(&p.lines, 1 << 20);
    for (int i = 0; i < 4000; i++)
        text_add(&p.lines, "room for everything ");
    text_reset(&p.lines);

    cleanup(free) char *home = path_in(*state, "home");
    lack_begin(n);
    int r = run(&p, home, true);
    bool lacked = lack_end();
    if ((r < 0 && !lacked) || r == BERTH_E_INVALID)
        give_up(p.err.message);
    if (run(&p, home, false) < 0)
        give_up(p.err.message);
    consumer_read(&c, text_str(&p.lines));
    consumer_expect(&c, SECOND, sizeof(SECOND) / sizeof(SECOND[0]));
    text_release(&p.lines);
    poller_release(&model);
    return lacked;
}

static void every_allocation_may_fail(void **state)
{
    const char *full = getenv("BERTH_TEST_FULL");
    long step = full && *full == '1' ? 1 : 41;
    bool lacked = true;
    for (long n = 0; lacked; n += step) {
        void *home = NULL;
        assert_int_equal(home_setup(&home), 0);
        lacked = memory_fails_once(&home, n);
        assert_int_equal(home_teardown(&home), 0);
    }
    (void)state;
}

/* The store keeps its secret whatever step of a rotation was the last. */
static bool rotation_lacks(struct store *s, const struct connection *c, long n)
{
    struct berth_error err = BERTH_ERROR_INIT;
    lack_begin(n);
    int r = secret_rotate_key(s, NULL, &err);
    if (r == 0)
        r = secret_rotate_data_key(s, &err);
    bool lacked = lack_end();
    if (r < 0 && !lacked)
        give_up(err.message);
    assert_opens(s, c, "hunter2");
    return lacked;
}

static void rotating_without_memory_loses_no_secret(void **state)
{
    void *home = NULL;
    (void)state;
    assert_int_equal(home_setup(&home), 0);
    struct store *s = open_store(home);
    struct connection c = add_connection(s, "prod", "hunter2");
    for (long n = 0; rotation_lacks(s, &c, n); n++)
        ;
    connection_release(&c);
    store_close(s);
    assert_int_equal(home_teardown(&home), 0);
}

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    take_over();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(rotating_without_memory_loses_no_secret),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
