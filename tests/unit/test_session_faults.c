/* What the network and the service can do to a request. */
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "host/clock.h"
#include "tests/support/cmocka.h"
#include "tests/support/session_rig.h"

#define REPEATABLE "{\"requests\":[{\"method\":\"PUT\",\"body\":\"{}\",\"flags\":1}]}"
#define ONCE "{\"requests\":[{\"method\":\"POST\",\"body\":\"{}\"}]}"

static const struct step HELLO[] = {{.body = "hello"}};

/* One request against a script, and what its operation is told. */
struct fault_case {
    const char *name;
    struct step steps[3];
    const char *input;
    int status;
    uint32_t failure;
    bool again; /* it was sent twice */
    bool uncertain;
    const char *words; /* in the failure's text, or null */
};

static const struct fault_case CASES[] = {
    {.name = "429 is tried again even for what is not repeatable",
     .steps = {{.status = 429, .headers = "Retry-After: 0\r\n"}, {.body = "ok"}},
     .input = ONCE,
     .status = 200,
     .again = true},
    {.name = "429 with a date in the past is tried again at once",
     .steps = {{.status = 429,
                .headers = "Retry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\n"},
               {.body = "ok"}},
     .input = ONCE,
     .status = 200,
     .again = true},
    {.name = "429 for longer than retries may last goes to the operation",
     .steps = {{.status = 429, .headers = "Retry-After: 3600\r\n"}},
     .input = ONCE,
     .status = 429},
    {.name = "503 is tried again when repeatable",
     .steps = {{.status = 503, .headers = "Retry-After: 0\r\n"}, {.body = "ok"}},
     .input = REPEATABLE,
     .status = 200,
     .again = true,
     .uncertain = true},
    {.name = "503 is not tried again otherwise",
     .steps = {{.status = 503, .headers = "Retry-After: 0\r\n"}, {.body = "ok"}},
     .input = ONCE,
     .status = 503},
    {.name = "401 goes to the operation",
     .steps = {{.status = 401}},
     .input = REPEATABLE,
     .status = 401},
    {.name = "501 will not change",
     .steps = {{.status = 501}},
     .input = REPEATABLE,
     .status = 501},
    {.name = "a redirect is not followed",
     .steps = {{.status = 302, .headers = "Location: https://localhost:1/\r\n"}},
     .input = REPEATABLE,
     .status = 302},
    {.name = "a cut body is tried again when repeatable",
     .steps = {{.body = "part of", .fault = FAULT_CUT}, {.body = "ok"}},
     .input = REPEATABLE,
     .status = 200,
     .again = true,
     .uncertain = true},
    {.name = "a cut body is a failure otherwise",
     .steps = {{.body = "part of", .fault = FAULT_CUT}, {.body = "ok"}},
     .input = ONCE,
     .status = BERTH_E_UNAVAILABLE,
     .failure = BERTH_FAILURE_CUT,
     .words = "ended before the answer did"},
    {.name = "a reset is tried again when repeatable",
     .steps = {{.fault = FAULT_RESET}, {.body = "ok"}},
     .input = REPEATABLE,
     .status = 200,
     .again = true,
     .uncertain = true},
    {.name = "a reset is a failure otherwise",
     .steps = {{.fault = FAULT_RESET}, {.body = "ok"}},
     .input = ONCE,
     .status = BERTH_E_UNAVAILABLE,
     .failure = BERTH_FAILURE_CUT},
    {.name = "no answer is a failure when not repeatable",
     .steps = {{.fault = FAULT_NO_ANSWER}, {.body = "ok"}},
     .input = ONCE,
     .status = BERTH_E_UNAVAILABLE,
     .failure = BERTH_FAILURE_CUT},
    {.name = "a slow answer is a timeout",
     .steps = {{.fault = FAULT_SILENCE}},
     .input = "{\"requests\":[{\"timeout\":60}]}",
     .status = BERTH_E_TIMEOUT,
     .failure = BERTH_FAILURE_TIMEOUT,
     .words = "did not come in time"},
    {.name = "garbage is not HTTP",
     .steps = {{.fault = FAULT_GARBAGE}},
     .input = REPEATABLE,
     .status = BERTH_E_PROTOCOL,
     .failure = BERTH_FAILURE_OTHER,
     .words = "not HTTP"},
    {.name = "a body larger than agreed is refused",
     .steps = {{.body = "0123456789", .body_repeat = 1000}},
     .input = "{\"requests\":[{\"maxBody\":9999}]}",
     .status = BERTH_E_PROTOCOL,
     .failure = BERTH_FAILURE_TOO_LARGE,
     .words = "larger"},
    {.name = "a body as large as agreed is taken",
     .steps = {{.body = "0123456789", .body_repeat = 1000}},
     .input = "{\"requests\":[{\"maxBody\":10000}]}",
     .status = 200},
    {.name = "a huge header is refused",
     .steps = {{.body = "x", .header_repeat = 90000}},
     .input = REPEATABLE,
     .status = BERTH_E_PROTOCOL,
     .failure = BERTH_FAILURE_TOO_LARGE},
    {.name = "an empty answer is complete",
     .steps = {{.status = 204}},
     .input = REPEATABLE,
     .status = 204},
};

static void check_case(const struct fault_case *c)
{
    cleanup(rig) struct rig rig;
    struct outcome o = {0};
    size_t steps = c->steps[1].body || c->steps[1].status ? 2 : 1;
    rig_start(&rig, c->steps, steps, &(struct rig_options){.retry_for_ms = 3000});
    rig_run(&rig, c->input, &o);
    print_message("# %s: %s\n", c->name, outcome_text(&o, "0", "text"));
    assert_int_equal(o.status, 0);
    assert_int_equal(outcome_int(&o, "0", "status"), c->status);
    assert_int_equal(outcome_int(&o, "0", "failure"), c->failure);
    assert_int_equal(outcome_int(&o, "0", "flags"), c->uncertain ? BERTH_UNCERTAIN : 0);
    assert_int_equal(outcome_int(&o, "0", "attempts"), c->again ? 2 : 1);
    assert_int_equal(https_server_count(rig.server), c->again ? 2 : 1);
    if (c->words)
        assert_non_null(strstr(outcome_text(&o, "0", "text"), c->words));
}

static void each_fault_is_told_or_mended(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++)
        check_case(&CASES[i]);
}

/* A session whose server cannot be trusted: nothing is sent, nothing is tried again. */
static void check_untrusted(const struct rig_options *options, const char *words)
{
    cleanup(rig) struct rig rig;
    struct outcome o = {0};
    rig_start(&rig, HELLO, 1, options);
    rig_run(&rig, REPEATABLE, &o);
    assert_int_equal(outcome_int(&o, "0", "status"), BERTH_E_UNAVAILABLE);
    assert_int_equal(outcome_int(&o, "0", "failure"), BERTH_FAILURE_UNTRUSTED);
    assert_int_equal(outcome_int(&o, "0", "attempts"), 0);
    assert_non_null(strstr(outcome_text(&o, "0", "text"), words));
    assert_int_equal(session_counts(rig.session).requests, 1);
    assert_int_equal(https_server_count(rig.server), 0);
}

static void a_certificate_of_another_ca_is_not_accepted(void **state)
{
    (void)state;
    check_untrusted(&(struct rig_options){.other_ca = "Other CA"}, "not accepted");
    check_untrusted(&(struct rig_options){.other_ca = "Test CA"}, "not accepted");
}

static void an_expired_certificate_is_not_accepted(void **state)
{
    (void)state;
    check_untrusted(&(struct rig_options){.certificate_lifetime_s = 60}, "expired");
}

static void a_certificate_of_another_name_is_not_accepted(void **state)
{
    (void)state;
    check_untrusted(&(struct rig_options){.certificate_name = "elsewhere.example"},
                    "not accepted");
}

static void nobody_there_is_tried_again_and_then_told(void **state)
{
    (void)state;
    cleanup(rig) struct rig rig;
    struct outcome o = {0};
    rig_start(&rig, HELLO, 1, &(struct rig_options){.retry_for_ms = 300});
    https_server_stop(rig.server);
    rig.server = NULL;
    rig_run(&rig, ONCE, &o);
    assert_int_equal(outcome_int(&o, "0", "status"), BERTH_E_UNAVAILABLE);
    assert_int_equal(outcome_int(&o, "0", "failure"), BERTH_FAILURE_CONNECT);
    assert_int_equal(outcome_int(&o, "0", "attempts"), 0);
}

static void who_never_answered_is_not_waited_for_by_each(void **state)
{
    (void)state;
    cleanup(rig) struct rig rig;
    rig_start(&rig, HELLO, 1, &(struct rig_options){.reach_for_ms = 300});
    https_server_stop(rig.server);
    rig.server = NULL;
    int64_t began = clock_mono_ms();
    for (int i = 0; i < 20; i++) {
        struct outcome o = {0};
        rig_run(&rig, REPEATABLE, &o);
        assert_int_equal(outcome_int(&o, "0", "failure"), BERTH_FAILURE_CONNECT);
    }
    assert_true(clock_mono_ms() - began < 3000);
    assert_true(session_counts(rig.session).retries > 0);
}

/* Twice, and the connection dies under the second one. */
static void run_twice(struct rig *rig, const char *input, struct outcome *second)
{
    static const struct step STEPS[] = {
        {.body = "first"}, {.fault = FAULT_NO_ANSWER}, {.body = "again"}};
    struct outcome first = {0};
    rig_start(rig, STEPS, 3, NULL);
    rig_run(rig, input, &first);
    rig_run(rig, input, second);
}

static void a_kept_connection_that_died_does_not_repeat_what_may_not_be(void **state)
{
    (void)state;
    cleanup(rig) struct rig rig;
    struct outcome second = {0};
    run_twice(&rig, ONCE, &second);
    assert_int_equal(outcome_int(&second, "0", "failure"), BERTH_FAILURE_CUT);
    assert_int_equal(https_server_count(rig.server), 2);
}

static void a_kept_connection_that_died_repeats_what_may_be(void **state)
{
    (void)state;
    cleanup(rig) struct rig rig;
    struct outcome second = {0};
    run_twice(&rig, REPEATABLE, &second);
    assert_string_equal(outcome_text(&second, "0", "body"), "again");
    assert_int_equal(outcome_int(&second, "0", "flags"), BERTH_UNCERTAIN);
    assert_int_equal(outcome_int(&second, "0", "attempts"), 2);
}

static void a_kept_connection_closed_in_between_is_no_loss(void **state)
{
    (void)state;
    static const struct step STEPS[] = {{.body = "ok", .fault = FAULT_CLOSE_AFTER}};
    cleanup(rig) struct rig rig;
    rig_start(&rig, STEPS, 1, NULL);
    for (int i = 0; i < 5; i++) {
        struct outcome o = {0};
        rig_run(&rig, REPEATABLE, &o);
        assert_int_equal(outcome_int(&o, "0", "status"), 200);
    }
}

static void a_429_slows_the_whole_connection(void **state)
{
    (void)state;
    static const struct step STEPS[] = {{.status = 429, .headers = "Retry-After: 1\r\n"},
                                        {.body = "ok"}};
    cleanup(rig) struct rig rig;
    struct outcome a = {0}, b = {0};
    rig_start(&rig, STEPS, 2, &(struct rig_options){.limit = -1});
    assert_int_equal(rig_call(&rig, REPEATABLE, &a, 0), 0);
    (void)rig_turn(&rig, 200);
    assert_int_equal(session_counts(rig.session).throttled, 1);
    assert_int_equal(rig_call(&rig, REPEATABLE, &b, 0), 0);
    (void)rig_turn(&rig, 200);
    assert_int_equal(https_server_count(rig.server), 1);
    rig_wait(&rig, &a);
    rig_wait(&rig, &b);
    assert_int_equal(outcome_int(&b, "0", "status"), 200);
}

static void the_environment_does_not_choose_a_proxy(void **state)
{
    (void)state;
    cleanup(rig) struct rig rig;
    struct outcome o = {0};
    (void)setenv("https_proxy", "http://127.0.0.1:9", 1);
    (void)setenv("ALL_PROXY", "http://127.0.0.1:9", 1);
    rig_start(&rig, HELLO, 1, NULL);
    rig_run(&rig, REPEATABLE, &o);
    assert_int_equal(outcome_int(&o, "0", "status"), 200);
    (void)unsetenv("https_proxy");
    (void)unsetenv("ALL_PROXY");
}

/* Nothing secret, and all of these. */
static void check_log(const struct rig *rig, size_t count, const char *const lines[])
{
    assert_null(strstr(rig->log, "SECRET"));
    assert_null(strstr(rig->log, "hush"));
    for (size_t i = 0; i < count; i++)
        if (!strstr(rig->log, lines[i]))
            fail_msg("the log lacks: %s", lines[i]);
}

static void the_wire_log_masks_secrets(void **state)
{
    (void)state;
    static const struct step STEPS[] = {
        {.body = "{\"primaryKey\":\"SECRET1\",\"id\":\"a\"}",
         .headers = "Set-Cookie: SECRET2\r\nX-Id: 7\r\n"}};
    static const char *const LINES[] = {"/p?a=b&sig=***\n",
                                        "> Authorization: ***\n",
                                        "> {\"primaryKey\":\"***\",\"n\":1}\n",
                                        "< 200, 33 bytes after ",
                                        "< set-cookie: ***\n",
                                        "< x-id: 7\n",
                                        "< {\"primaryKey\":\"***\",\"id\":\"a\"}\n",
                                        "/*** (private)\n"};
    cleanup(rig) struct rig rig;
    struct outcome o = {0};
    rig_start(&rig, STEPS, 1, &(struct rig_options){.wire_log = true});
    rig_run(
        &rig,
        "{\"requests\":[{\"method\":\"PUT\",\"path\":\"/p?a=b&sig=SECRET3\","
        "\"headers\":{\"Authorization\":\"SECRET4\"},"
        "\"body\":\"{\\\"primaryKey\\\":\\\"SECRET5\\\",\\\"n\\\":1}\"},"
        "{\"method\":\"POST\",\"path\":\"/SECRET6\",\"body\":\"SECRET7\",\"flags\":2}]}",
        &o);
    check_log(&rig, sizeof(LINES) / sizeof(LINES[0]), LINES);
}

static void the_wire_log_masks_what_a_service_repeats(void **state)
{
    (void)state;
    static const struct step STEPS[] = {
        {.status = 400,
         .headers = "X-Id: SharedAccessSignature SECRET1&sig=SECRET2%3D&se=1\r\n"
                    "X-More: https://x/?Sig=SECRET3&a=b\r\n",
         .body = "{\"message\":\"'SharedAccessSignature SECRET1&sig=SECRET2%3D&se=1' and "
                 "sr\\u0026SIG=SECRET4\\u0026 of /p%3Fsig%3DSECRET5%26b\"}"}};
    static const char *const LINES[] = {"< x-id: SharedAccessSignature **",
                                        "< x-more: https://x/?Sig=*******&a=b\n",
                                        "*' and sr\\u0026SIG=*******\\u0026 of "};
    cleanup(rig) struct rig rig;
    struct outcome o = {0};
    rig_start(&rig, STEPS, 1, &(struct rig_options){.wire_log = true});
    rig_run(
        &rig,
        "{\"requests\":[{\"method\":\"GET\",\"path\":\"/p\",\"headers\":"
        "{\"Authorization\":\"SharedAccessSignature SECRET1&sig=SECRET2%3D&se=1\"}}]}",
        &o);
    check_log(&rig, sizeof(LINES) / sizeof(LINES[0]), LINES);
}

static void an_error_keeps_the_secrets_that_a_service_repeats(void **state)
{
    (void)state;
    static const struct step STEPS[] = {
        {.status = 400, .body = "bad SECRET1&a=b or SECRET2SECRET in 'x&sig=SECRET3'"}};
    cleanup(rig) struct rig rig;
    struct outcome o = {0};
    rig_start(&rig, STEPS, 1, &(struct rig_options){0});
    rig_run(&rig,
            "{\"mode\":\"quotes-answer\",\"requests\":[{\"method\":\"PUT\","
            "\"path\":\"/p\",\"flags\":2,\"headers\":"
            "{\"Authorization\":\"Bearer SECRET1&a=b\",\"X-Id\":\"'x&sig\"},"
            "\"body\":\"{\\\"a\\\":[{\\\"primaryKey\\\":\\\"SECRET2SECRET-and-the-"
            "rest\\\"}],\\\"n\\\":1}\"}]}",
            &o);
    assert_int_equal(o.status, BERTH_E_INVALID);
    assert_string_equal(o.err.message, "it says: bad *********** or ************* in "
                                       "'x&sig=*******'");
    assert_null(strstr(o.err.request_id, "SECRET"));
}

/* The first item takes 1,400 ms, and a request 600 at the most. */
struct absence {
    struct step steps[3];
    const char *input;
    int64_t retry_for_ms;
    json_int_t status; /* of the second answer */
    json_int_t attempts;
};

static const struct absence ABSENCES[] = {
    {{{.body = "a"}, {.body = "b", .delay_ms = 100}},
     "{\"requests\":[{},{}]}",
     -1,
     200,
     1},
    {{{.body = "a"}, {.body = "b", .delay_ms = 100}},
     "{\"requests\":[{},{}],\"ahead\":true}",
     -1,
     200,
     1},
    {{{.body = "a"}, {.status = 503, .headers = "Retry-After: 0\r\n"}, {.body = "b"}},
     "{\"requests\":[{},{\"flags\":1}],\"ahead\":true}",
     500,
     200,
     2},
    {{{.body = "a"}, {.fault = FAULT_SILENCE}},
     "{\"requests\":[{},{}],\"ahead\":true}",
     -1,
     BERTH_E_TIMEOUT,
     1},
};

static void a_slow_reader_is_not_the_fault_of_the_service(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(ABSENCES) / sizeof(ABSENCES[0]); i++) {
        const struct absence *a = &ABSENCES[i];
        cleanup(rig) struct rig rig;
        struct outcome o = {.naps_ms = 1400, .nap = 1};
        rig_start(&rig, a->steps, a->steps[2].body ? 3 : 2,
                  &(struct rig_options){.request_timeout_ms = 600,
                                        .retry_for_ms = a->retry_for_ms});
        assert_int_equal(rig_call(&rig, a->input, &o, 0), 0);
        (void)rig_turn(&rig, 8000);
        assert_true(o.done);
        const char *second = strcmp(outcome_text(&o, "0", "body"), "a") == 0 ? "1" : "0";
        assert_int_equal(outcome_int(&o, second, "status"), a->status);
        assert_int_equal(outcome_int(&o, second, "attempts"), a->attempts);
    }
}

/* libcurl's own allocations, of which one fails. */
static _Thread_local long until_failure = -1;

static bool fails_now(void)
{
    return until_failure >= 0 && until_failure-- == 0;
}

static void *curl_malloc(size_t size)
{
    return fails_now() ? NULL : malloc(size);
}

static void *curl_calloc(size_t count, size_t size)
{
    return fails_now() ? NULL : calloc(count, size);
}

static void *curl_realloc(void *old, size_t size)
{
    return fails_now() ? NULL : realloc(old, size);
}

static char *curl_strdup(const char *text)
{
    return fails_now() ? NULL : strdup(text);
}

/* A request that libcurl has no memory for leaves its handle to the next. */
static void the_request_after_it_goes_where_it_should(void **state)
{
    (void)state;
    bool failed = false;
    for (long nth = 0; nth < 40; nth++) {
        cleanup(rig) struct rig rig;
        struct outcome o = {0}, next = {0};
        rig_start(&rig, HELLO, 1,
                  &(struct rig_options){.parallel = 1, .retry_for_ms = -1});
        until_failure = nth;
        (void)rig_call(&rig, "{\"requests\":[{\"path\":\"/a\"}]}", &o, 0);
        rig_wait(&rig, &o);
        failed = failed || until_failure < 0;
        until_failure = -1;
        rig_run(&rig, "{\"requests\":[{\"path\":\"/b\"}]}", &next);
        assert_int_equal(outcome_int(&next, "0", "status"), 200);
    }
    assert_true(failed);
}

/* Before anybody else uses libcurl. */
static int setup(void **state)
{
    (void)state;
    return (int)curl_global_init_mem(CURL_GLOBAL_DEFAULT, curl_malloc, free, curl_realloc,
                                     curl_strdup, curl_calloc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_fault_is_told_or_mended),
        cmocka_unit_test(a_certificate_of_another_ca_is_not_accepted),
        cmocka_unit_test(an_expired_certificate_is_not_accepted),
        cmocka_unit_test(a_certificate_of_another_name_is_not_accepted),
        cmocka_unit_test(nobody_there_is_tried_again_and_then_told),
        cmocka_unit_test(who_never_answered_is_not_waited_for_by_each),
        cmocka_unit_test(a_kept_connection_that_died_does_not_repeat_what_may_not_be),
        cmocka_unit_test(a_kept_connection_that_died_repeats_what_may_be),
        cmocka_unit_test(a_kept_connection_closed_in_between_is_no_loss),
        cmocka_unit_test(a_429_slows_the_whole_connection),
        cmocka_unit_test(the_environment_does_not_choose_a_proxy),
        cmocka_unit_test(the_wire_log_masks_secrets),
        cmocka_unit_test(the_wire_log_masks_what_a_service_repeats),
        cmocka_unit_test(an_error_keeps_the_secrets_that_a_service_repeats),
        cmocka_unit_test(the_request_after_it_goes_where_it_should),
        cmocka_unit_test(a_slow_reader_is_not_the_fault_of_the_service),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("session faults", tests, setup, NULL);
}
