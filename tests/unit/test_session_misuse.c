/* Connectors that break the rules: one clear error each, and never a crash. */
#include <string.h>

#include "tests/support/cmocka.h"
#include "tests/support/session_rig.h"

static const struct step HELLO[] = {{.body = "hello"}};

struct misuse {
    const char *input;
    int status;
    const char *words; /* in the sentence, or in the log when the status is 0 */
};

static const struct misuse MISUSES[] = {
    {"{\"requests\":[{}],\"mode\":\"never-result\"}", BERTH_E_INTERNAL, "has stalled"},
    {"{\"mode\":\"none\"}", BERTH_E_INTERNAL, "has stalled"},
    {"{\"mode\":\"next-nonsense\"}", BERTH_E_INTERNAL, "status 7, which there is not"},
    {"{\"mode\":\"fails-silently\"}", BERTH_E_CONFLICT, "gave no reason (conflict)"},
    {"{\"mode\":\"fails\"}", BERTH_E_CONFLICT, "somebody was here before"},
    {"{\"mode\":\"broken-item\"}", BERTH_E_INTERNAL, "a broken item"},
    {"{\"mode\":\"result-twice\"}", BERTH_E_INTERNAL, "a second result"},
    {"{\"mode\":\"item-after-result\"}", BERTH_E_INTERNAL, "an item after its result"},
    {"{\"mode\":\"sends-after-result\"}", BERTH_E_INTERNAL,
     "sent a request after its result"},
    {"{\"requests\":[{}],\"mode\":\"sends-nothing\"}", BERTH_E_INTERNAL,
     "a broken request"},
    {"{\"requests\":[{},{\"url\":\"https://example.org/\"}],\"ahead\":true}",
     BERTH_E_INTERNAL, "https://example.org:443, which is not one of"},
    {"{\"requests\":[{},{\"method\":\"get\"}],\"ahead\":true}", BERTH_E_INTERNAL,
     "not upper-case"},
    {"{\"mode\":\"error-after-result\"}", 0, "answered internal after its result"},
    {"{\"requests\":[{\"method\":\"get\"}]}", BERTH_E_INTERNAL, "not upper-case"},
    {"{\"requests\":[{\"method\":\"GET /x HTTP/1.1\"}]}", BERTH_E_INTERNAL,
     "not upper-case"},
    {"{\"requests\":[{\"method\":\"CONNECT\"}]}", BERTH_E_INTERNAL, "not upper-case"},
    {"{\"requests\":[{\"headers\":{\"A\":\"1\\r\\nB: 2\"}}]}", BERTH_E_INTERNAL,
     "control character"},
    {"{\"requests\":[{\"headers\":{\"A B\":\"1\"}}]}", BERTH_E_INTERNAL,
     "name that cannot be one"},
    {"{\"requests\":[{\"headers\":{\"A:B\":\"1\"}}]}", BERTH_E_INTERNAL,
     "name that cannot be one"},
    {"{\"requests\":[{\"headers\":{\"hOST\":\"evil\"}}]}", BERTH_E_INTERNAL,
     "which the host sets"},
    {"{\"requests\":[{\"headers\":{\"Transfer-Encoding\":\"chunked\"}}]}",
     BERTH_E_INTERNAL, "which the host sets"},
    {"{\"requests\":[{\"path\":\"/a b\"}]}", BERTH_E_INTERNAL, "plain ASCII"},
    {"{\"requests\":[{\"path\":\"/a\\r\\nX: y\"}]}", BERTH_E_INTERNAL, "plain ASCII"},
    {"{\"requests\":[{\"url\":\"http://localhost/\"}]}", BERTH_E_INTERNAL,
     "not https://"},
    {"{\"requests\":[{\"url\":\"https://example.org/\"}]}", BERTH_E_INTERNAL,
     "https://example.org:443, which is not one of"},
    {"{\"requests\":[{\"url\":\"https://localhost:1@example.org/\"}]}", BERTH_E_INTERNAL,
     "not https://"},
    {"{\"requests\":[{\"limit\":\"unheard\"}]}", BERTH_E_INTERNAL, "limit 'unheard'"},
    {"{\"requests\":[{\"kind\":9}]}", BERTH_E_UNSUPPORTED, "kind 9"},
};

static void each_misuse_gives_one_clear_error(void **state)
{
    struct rig *rig = *state;
    for (size_t i = 0; i < sizeof(MISUSES) / sizeof(MISUSES[0]); i++) {
        struct outcome o = {0};
        rig->log_len = 0;
        rig_run(rig, MISUSES[i].input, &o);
        if (o.status != MISUSES[i].status)
            print_message("%s: %s\n", MISUSES[i].input, o.err.message);
        assert_int_equal(o.status, MISUSES[i].status);
        const char *said = o.status < 0 ? o.err.message : rig->log;
        if (!strstr(said, MISUSES[i].words))
            print_message("%s: %s\n", MISUSES[i].input, said);
        assert_non_null(strstr(said, MISUSES[i].words));
        assert_int_equal(o.dones, 1);
    }
}

static void items_of_a_trigger_must_have_keys(void **state)
{
    struct outcome o = {.operation = "test.changed"};
    rig_run(*state, "{\"mode\":\"item-without-key\"}", &o);
    assert_int_equal(o.status, BERTH_E_INTERNAL);
    assert_non_null(strstr(o.err.message, "an item without a key"));
}

static void begin_that_fails_gives_no_call(void **state)
{
    static const struct misuse BEGINS[] = {
        {"{\"mode\":\"begin-fails\"}", BERTH_E_INVALID, "not to its taste"},
        {"{\"mode\":\"begin-nonsense\"}", BERTH_E_INTERNAL, "status -77"},
        {"{\"mode\":\"begin-nothing\"}", BERTH_E_INTERNAL, "without an operation"},
    };
    for (size_t i = 0; i < 3; i++) {
        struct outcome o = {0};
        assert_int_equal(rig_call(*state, BEGINS[i].input, &o, 0), BEGINS[i].status);
        assert_non_null(strstr(o.err.message, BEGINS[i].words));
        assert_int_equal(o.dones, 0);
    }
}

static void a_refusal_of_an_item_stops_the_operation_with_it(void **state)
{
    struct outcome o = {.answer_to_item = BERTH_E_CANCELED};
    rig_run(*state, "{\"requests\":[{}]}", &o);
    assert_int_equal(o.status, BERTH_E_CANCELED);
}

static void a_refusal_that_is_passed_over_is_remembered(void **state)
{
    struct outcome o = {.answer_to_item = BERTH_E_NO_MEMORY};
    rig_run(*state, "{\"requests\":[{},{}],\"mode\":\"ignores-no\"}", &o);
    assert_int_equal(o.status, BERTH_E_NO_MEMORY);
    assert_int_equal(o.item_count, 1);
}

static void what_is_known_is_told_while_an_operation_runs(void **state)
{
    for (int knows = 0; knows < 2; knows++) {
        struct outcome o = {.knows = knows};
        rig_run(*state, "{\"mode\":\"asks\"}", &o);
        assert_int_equal(o.status, 0);
        assert_string_equal(o.value, knows ? "[5,0,0,1]" : "[0,0,0,1]");
        assert_int_equal(o.asked, knows);
    }
}

static void a_log_line_cannot_forge_another(void **state)
{
    struct rig *rig = *state;
    struct outcome o = {0};
    rig->log_len = 0;
    rig_run(rig, "{\"mode\":\"long-log\",\"requests\":[{}]}", &o);
    assert_non_null(strstr(rig->log, "two lines\n"));
}

static int setup(void **state)
{
    static struct rig rig;
    rig_start(&rig, HELLO, 1, NULL);
    *state = &rig;
    return 0;
}

static int teardown(void **state)
{
    rig_stop(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_misuse_gives_one_clear_error),
        cmocka_unit_test(items_of_a_trigger_must_have_keys),
        cmocka_unit_test(begin_that_fails_gives_no_call),
        cmocka_unit_test(a_refusal_of_an_item_stops_the_operation_with_it),
        cmocka_unit_test(a_refusal_that_is_passed_over_is_remembered),
        cmocka_unit_test(what_is_known_is_told_while_an_operation_runs),
        cmocka_unit_test(a_log_line_cannot_forge_another),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("session misuse", tests, setup, teardown);
}
