/* What a manifest declares, run by a connector that adds nothing of its own. */
#include "sdk/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/cmocka.h"
#include "tests/support/fake_host.h"

static const char MANIFEST[] =
    "{\"rest\":{\"base\":\"https://h\"},"
    "\"triggers\":{\"thing.changed\":{\"title\":\"A thing changed\","
    "\"change\":{\"key\":\"id\",\"version\":[\"rev\"]},"
    "\"request\":{\"method\":\"GET\",\"path\":\"/things\",\"success\":[200]}},"
    "\"page.changed\":{\"title\":\"A thing on a page changed\","
    "\"change\":{\"key\":\"id\",\"version\":[\"rev\"]},"
    "\"request\":{\"method\":\"GET\",\"path\":\"/pages\",\"success\":[200],"
    "\"paging\":{\"style\":\"link\",\"items\":\"/value\",\"next\":\"/next\"}}}},"
    "\"actions\":{\"thing.get\":{\"title\":\"Get\",\"effects\":{\"readOnly\":true},"
    "\"request\":{\"method\":\"GET\",\"path\":\"/things/{id}\",\"success\":[200]}}}}";

static const struct connector NOTHING;

struct run {
    struct heard heard;
    struct berth_conn *conn;
    struct berth_op *op;
};

static char versions[64];

static int note_version(const struct berth_item *item)
{
    size_t len = strlen(versions);
    (void)snprintf(versions + len, sizeof(versions) - len, "%.*s ",
                   (int)item->version.len, item->version.ptr ? item->version.ptr : "");
    return 0;
}

static int set_up(void **state)
{
    struct run *run = calloc(1, sizeof(*run));
    struct conn_source source = {str_from(MANIFEST), STR("{}")};
    run->heard = (struct heard){.call = {&FAKE_HOST}, .item = note_version};
    versions[0] = '\0';
    *state = run;
    return conn_open(&NOTHING, &source, &run->conn, NULL);
}

static int tear_down(void **state)
{
    struct run *run = *state;
    if (run->op)
        op_end(run->op);
    conn_close(run->conn);
    free(run);
    return 0;
}

/* Begin, send the one request, and answer it so. */
static int play(struct run *run, const char *operation, int status, const char *body,
                struct berth_error *err)
{
    struct berth_start begin_at = {.size = sizeof(begin_at),
                                   .operation = str_from(operation),
                                   .input = STR("{\"id\":\"a\"}")};
    struct berth_request req = {.size = sizeof(req)};
    assert_int_equal(op_begin(run->conn, &run->heard.call, &begin_at, &run->op, err), 0);
    assert_int_equal(op_next(run->op, &req, err), BERTH_NEXT_REQUEST);
    struct berth_response res = {
        .size = sizeof(res), .tag = req.tag, .status = status, .body = str_from(body)};
    return op_take(run->op, &res, err);
}

static void a_connector_may_add_nothing(void **state)
{
    struct run *run = *state;
    assert_int_equal(play(run, "thing.get", 200, "{\"id\":\"a\"}", NULL), 0);
    assert_string_equal(run->heard.words, "result({\"id\":\"a\"}) ");
}

static void without_credentials_a_401_is_final(void **state)
{
    struct run *run = *state;
    assert_int_equal(play(run, "thing.get", 401, "", NULL), BERTH_E_AUTH);
}

static void a_success_that_is_not_its_own_is_told_once(void **state)
{
    struct run *run = *state;
    struct berth_error err = BERTH_ERROR_INIT;
    assert_int_equal(play(run, "thing.get", 204, "", &err), BERTH_E_PROTOCOL);
    const char *said = strstr(err.message, "HTTP 204");
    assert_non_null(said);
    assert_null(strstr(said + 1, "HTTP 204"));
}

static void what_is_not_declared_is_unsupported(void **state)
{
    struct run *run = *state;
    struct berth_start begin_at = {
        .size = sizeof(begin_at), .operation = STR("thing.fly"), .input = STR("{}")};
    assert_int_equal(op_begin(run->conn, &run->heard.call, &begin_at, &run->op, NULL),
                     BERTH_E_UNSUPPORTED);
}

static const char PAGE[] = "{\"value\":[{\"id\":\"a\"}],\"next\":\"https://h/2\"}";

#define CURSOR                                                                           \
    "cursor({\"v\":1,\"marks\":0,\"units\":[[\"page\",\"\",\"https://h/2\"]]}) "

static void the_next_page_is_asked_for_before_this_one_is_read(void **state)
{
    struct run *run = *state;
    struct berth_request req = {.size = sizeof(req)};
    run->heard.sends = true;
    assert_int_equal(play(run, "page.changed", 200, PAGE, NULL), 0);
    assert_string_equal(run->heard.words, "send(https://h/2) item(a) " CURSOR);
    assert_int_equal(op_next(run->op, &req, NULL), BERTH_NEXT_NONE);
    struct berth_response res = {.size = sizeof(res),
                                 .tag = run->heard.sent_tag,
                                 .status = 200,
                                 .body = STR("{\"value\":[]}")};
    assert_int_equal(op_take(run->op, &res, NULL), 0);
    assert_true(run->heard.is_over);
}

static void what_the_host_does_not_take_ahead_follows(void **state)
{
    struct run *run = *state;
    struct berth_request req = {.size = sizeof(req)};
    assert_int_equal(play(run, "page.changed", 200, PAGE, NULL), 0);
    assert_string_equal(run->heard.words, "item(a) " CURSOR);
    assert_int_equal(op_next(run->op, &req, NULL), BERTH_NEXT_REQUEST);
    assert_true(str_equal(req.url, STR("https://h/2")));
    assert_int_equal(op_next(run->op, &req, NULL), BERTH_NEXT_NONE);
}

static int start(struct berth_op *op, struct berth_error *err)
{
    return CALL_OPERATION.start(op, err);
}

/* The host reports it as a bug that nothing follows. */
static void without_finish_an_operation_without_a_result_stands_still(void **state)
{
    static const struct operation PLAIN = {.id = "thing.changed", .start = start};
    static const struct operation *const OPERATIONS[] = {&PLAIN, NULL};
    static const struct connector CONNECTOR = {.operations = OPERATIONS};
    struct run *run = *state;
    struct berth_request req = {.size = sizeof(req)};
    run->conn->connector = &CONNECTOR;
    assert_int_equal(play(run, "thing.changed", 200, "[{\"id\":\"a\"}]", NULL), 0);
    assert_int_equal(op_next(run->op, &req, NULL), BERTH_NEXT_NONE);
    assert_string_equal(run->heard.words, "item(a) ");
}

static void keys_and_versions_may_be_numbers(void **state)
{
    struct run *run = *state;
    assert_int_equal(play(run, "thing.changed", 200,
                          "[{\"id\":17,\"rev\":3},{\"id\":\"b\",\"rev\":\"x\"},"
                          "{\"id\":-2,\"rev\":null}]",
                          NULL),
                     0);
    assert_string_equal(run->heard.words,
                        "item(17) item(b) item(-2) complete() result() ");
    assert_string_equal(versions, "3 x  ");
}

static void a_key_is_nothing_else(void **state)
{
    static const char *const BAD[] = {"[{\"id\":null}]", "[{\"id\":true}]",
                                      "[{\"id\":{}}]", "[{\"rev\":1}]"};
    struct run *run = *state;
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++) {
        struct berth_error err = BERTH_ERROR_INIT;
        assert_int_equal(play(run, "thing.changed", 200, BAD[i], &err), BERTH_E_PROTOCOL);
        assert_non_null(strstr(err.message, "has no id that is a text or a number"));
        op_end(run->op);
        run->op = NULL;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_connector_may_add_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_credentials_a_401_is_final, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_success_that_is_not_its_own_is_told_once,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_not_declared_is_unsupported, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(
            without_finish_an_operation_without_a_result_stands_still, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keys_and_versions_may_be_numbers, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(
            the_next_page_is_asked_for_before_this_one_is_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_the_host_does_not_take_ahead_follows, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_key_is_nothing_else, set_up, tear_down),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
