/* Each allocation of the host failing in turn: loading, opening and running either work
 * or say that there is no memory, and nothing leaks (the sanitizer sees to that). */
#include <stdlib.h>
#include <string.h>

#include "host/loader.h"
#include "tests/support/cmocka.h"
#include "tests/support/session_rig.h"
#include "tests/unit/lack.h"

static const struct step HELLO[] = {{.body = "hello", .headers = "A: 1\r\nB: 2\r\n"}};

/* What a program does, from the path to the result. 0 or what went wrong. */
struct attempt_state {
    struct connector_path path;
    struct connector *connector;
    struct session *session;
    bool done;
    int status;
};

static void on_done(void *ctx, int status, struct berth_str value,
                    const struct berth_error *err)
{
    struct attempt_state *a = ctx;
    (void)value;
    (void)err;
    a->done = true;
    a->status = status;
}

static int run_call(struct attempt_state *a, struct berth_error *err)
{
    static const char INPUT[] = "{\"requests\":[{\"method\":\"PUT\",\"body\":\"{}\"}]}";
    struct call_spec spec = {.operation = {"test.run", 8},
                             .input = {INPUT, strlen(INPUT)},
                             .events = {.done = on_done, .ctx = a}};
    int r = session_call(a->session, &spec, NULL, err);
    while (r >= 0 && !a->done)
        r = session_wait(a->session, 5000, -1, err);
    return r < 0 ? r : a->status;
}

static int run_all(const struct rig *rig, struct attempt_state *a,
                   struct berth_error *err)
{
    char credentials[128];
    int n = snprintf(credentials, sizeof(credentials), "{\"host\":\"%s\"}", rig->host);
    struct session_config config = {
        .credentials = {credentials, (size_t)n},
        .ca_file = connector_dir_file(&rig->dir, "ca.pem"),
        .retry_for_ms = -1,
    };
    int r = connector_path_init(&a->path, rig->dir.path, err);
    if (r == 0)
        r = connector_load(&a->path, "scripted", &HOST_SERVICES, &a->connector, err);
    config.connector = a->connector;
    if (r == 0)
        r = session_new(&config, &a->session, err);
    return r == 0 ? run_call(a, err) : r;
}

/* True when the attempt met no failed allocation any more. */
static bool attempt(const struct rig *rig, long nth)
{
    struct attempt_state a = {0};
    struct berth_error err = {.size = sizeof(err)};
    lack_begin(nth);
    int r = run_all(rig, &a, &err);
    bool failed = lack_end();
    session_free(a.session);
    connector_free(a.connector);
    connector_path_release(&a.path);
    if (r < 0 && r != BERTH_E_NO_MEMORY)
        print_message("# allocation %ld: %d: %s\n", nth, r, err.message);
    assert_true(r == 0 || failed);
    assert_true(r == 0 || r == BERTH_E_NO_MEMORY);
    return !failed;
}

static void no_memory_is_an_error_like_any_other(void **state)
{
    (void)state;
    cleanup(rig) struct rig rig;
    rig_start(&rig, HELLO, 1, NULL);
    bool through = false;
    long nth = 0;
    for (; nth < 100000 && !through; nth++)
        through = attempt(&rig, nth);
    assert_true(through);
    print_message("# %ld allocations\n", nth);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_memory_is_an_error_like_any_other),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("session memory", tests, NULL, NULL);
}
