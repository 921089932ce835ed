/* The engine, with a connector made for it: units of three kinds that note what happens.
 */
#include "sdk/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sdk/cleanup.h"
#include "sdk/json.h"
#include "tests/support/cmocka.h"
#include "tests/support/fake_host.h"

static const struct unit_kind LEAF;
static const struct unit_kind PAGE;

static int take_item(const struct berth_item *item)
{
    return str_equal(item->key, STR("stop")) ? BERTH_E_CANCELED : 0;
}

static int build(struct berth_op *op, const struct unit *unit, struct outgoing *out,
                 struct berth_error *err)
{
    (void)op;
    (void)err;
    text_add(&out->url, "https://h/");
    text_add_str(&out->url, unit->id);
    text_add(&out->url, "?");
    text_add_str(&out->url, unit->continuation);
    return 0;
}

/* The body of a page says what comes: "leaf,leaf>next". */
static int page_read(struct berth_op *op, const struct unit *unit,
                     const struct berth_response *res, struct berth_error *err)
{
    if (res->status != 200)
        return unit_fail(op, unit, res, err);
    const char *at = res->body.ptr;
    const char *end = at + res->body.len;
    int r = 0;
    while (r == 0 && at < end && *at != '>') {
        const char *stop = at;
        while (stop < end && *stop != ',' && *stop != '>')
            stop++;
        r = unit_add(op, &LEAF, (struct berth_str){at, (size_t)(stop - at)},
                     (struct berth_str){0}, err);
        at = stop < end && *stop == ',' ? stop + 1 : stop;
    }
    if (r == 0 && at < end)
        r = unit_add_next(op, unit, (struct berth_str){at + 1, (size_t)(end - at - 1)},
                          err);
    return r < 0 ? r : 0;
}

static int leaf_read(struct berth_op *op, const struct unit *unit,
                     const struct berth_response *res, struct berth_error *err)
{
    struct berth_item item = {.size = sizeof(item), .key = unit->id};
    return res->status == 200 ? op_item(op, &item) : unit_fail(op, unit, res, err);
}

static const struct unit_kind LEAF = {.name = "leaf", .build = build, .read = leaf_read};
static const struct unit_kind PAGE = {
    .name = "page", .rank = 1, .is_page = true, .build = build, .read = page_read};
static const struct unit_kind *const KINDS[] = {&LEAF, &PAGE, NULL};

static int start(struct berth_op *op, struct berth_error *err)
{
    return unit_add(op, &PAGE, STR("p"), (struct berth_str){0}, err);
}

static int finish(struct berth_op *op, struct berth_error *err)
{
    (void)err;
    return op_result(op, STR("1"));
}

static const struct operation CRAWL = {
    .id = "thing.crawl", .kinds = KINDS, .start = start, .finish = finish};
static const struct operation *const OPERATIONS[] = {&CRAWL, NULL};

static int configure(struct berth_conn *conn, const json_t *config,
                     struct berth_error *err)
{
    (void)conn;
    (void)config;
    (void)err;
    return 0;
}

static void release(struct berth_conn *conn)
{
    (void)conn;
}

static int two(const struct berth_conn *conn)
{
    (void)conn;
    return 2;
}

static int sign(struct berth_conn *conn, int credential, int64_t now_ms,
                struct outgoing *out, struct berth_error *err)
{
    (void)conn;
    (void)now_ms;
    return outgoing_header(out, "Authorization",
                           credential ? STR("second") : STR("first"), err);
}

static const struct connector CONNECTOR = {
    .operations = OPERATIONS,
    .state_size = 1,
    .configure = configure,
    .release = release,
    .credential_count = two,
    .sign = sign,
};

struct run {
    struct heard heard;
    struct berth_conn *conn;
    struct berth_op *op;
    struct berth_request req;
};

static int begin(struct run *run, const char *cursor)
{
    struct berth_start begin_at = {.size = sizeof(begin_at),
                                   .operation = STR("thing.crawl"),
                                   .input = STR("{}"),
                                   .cursor = str_from(cursor)};
    return op_begin(run->conn, &run->heard.call, &begin_at, &run->op, NULL);
}

static int set_up(void **state)
{
    struct run *run = calloc(1, sizeof(*run));
    struct conn_source source = {
        STR("{\"actions\":{\"thing.crawl\":{\"title\":\"Crawl\"}}}"), STR("{}")};
    run->heard = (struct heard){.call = {&FAKE_HOST}, .item = take_item};
    *state = run;
    return conn_open(&CONNECTOR, &source, &run->conn, NULL);
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

/* The url of the next request, or "" when there is none. */
static const char *next(struct run *run)
{
    static char url[256];
    run->req = (struct berth_request){.size = sizeof(run->req)};
    int r = op_next(run->op, &run->req, NULL);
    (void)snprintf(url, sizeof(url), "%.*s", r == 1 ? (int)run->req.url.len : 0,
                   r == 1 ? run->req.url.ptr : "");
    return url;
}

static int take(struct run *run, uint64_t tag, int status, const char *body)
{
    struct berth_response res = {
        .size = sizeof(res), .tag = tag, .status = status, .body = str_from(body)};
    struct berth_error err = BERTH_ERROR_INIT;
    return op_take(run->op, &res, &err);
}

static void leaves_go_before_the_next_page(void **state)
{
    struct run *run = *state;
    assert_int_equal(begin(run, ""), 0);
    assert_string_equal(next(run), "https://h/p?");
    assert_string_equal(next(run), "");
    assert_int_equal(take(run, run->req.tag ? run->req.tag : 1, 200, "a,b>2"), 0);
    assert_string_equal(next(run), "https://h/a?");
    assert_string_equal(next(run), "https://h/b?");
    assert_string_equal(next(run), "https://h/p?2");
    assert_string_equal(next(run), "");
    assert_int_equal(take(run, 4, 200, "c"), 0);
    assert_int_equal(take(run, 3, 200, ""), 0);
    assert_int_equal(take(run, 2, 200, ""), 0);
    assert_string_equal(next(run), "https://h/c?");
    assert_int_equal(take(run, 5, 200, ""), 0);
    assert_non_null(strstr(run->heard.words, "item(b) item(a) item(c) result(1) "));
    assert_string_equal(next(run), "");
}

/* Pages 0 to `tail` - 1, then `circle` more again and again; 0: to page 50, the last. */
static void list_in_circles(struct run *run, unsigned tail, unsigned circle)
{
    unsigned page = 0, taken = 0;
    int r = begin(run, "");
    while (r == 0 && !run->heard.is_over) {
        char body[16] = "";
        (void)next(run);
        page = circle > 0 && page + 1 == tail + circle ? tail : page + 1;
        if (circle > 0 || page <= 50)
            (void)snprintf(body, sizeof(body), ">%u", page);
        r = take(run, run->req.tag, 200, body);
        assert_true(++taken <= 3 * (tail + circle) + 55);
    }
    assert_int_equal(r, circle > 0 ? BERTH_E_PROTOCOL : 0);
    op_end(run->op);
    run->op = NULL;
}

static void a_listing_that_goes_in_circles_ends(void **state)
{
    for (unsigned tail = 1; tail < 20; tail++)
        for (unsigned circle = 1; circle < 20; circle++)
            list_in_circles(*state, tail, circle);
    list_in_circles(*state, 0, 0);
}

static void what_is_open_is_in_the_cursor(void **state)
{
    struct run *run = *state;
    assert_int_equal(begin(run, ""), 0);
    (void)next(run);
    assert_int_equal(take(run, 1, 200, "a\"x>2"), 0);
    assert_string_equal(
        run->heard.words,
        "cursor({\"v\":1,\"marks\":0,\"units\":[[\"leaf\",\"a\\\"x\",\"\"],"
        "[\"page\",\"p\",\"2\"]]}) ");
    run->heard.words[0] = '\0';
    (void)next(run);
    (void)next(run);
    assert_int_equal(take(run, 2, 200, ""), 0); /* the page behind it is in flight */
    assert_string_equal(
        run->heard.words,
        "item(a\"x) cursor({\"v\":1,\"marks\":0,\"units\":[[\"page\",\"p\",\"2\"]]}) ");
}

static void it_resumes_what_was_open(void **state)
{
    struct run *run = *state;
    assert_int_equal(begin(run, "{\"v\":1,\"marks\":5,\"units\":[[\"leaf\",\"a\",\"\"],["
                                "\"page\",\"p\",\"9\"]]}"),
                     0);
    assert_int_equal(run->op->marks, 5);
    assert_string_equal(next(run), "https://h/a?");
    assert_string_equal(next(run), "https://h/p?9");
}

static void a_cursor_that_cannot_be_read_starts_over(void **state)
{
    struct run *run = *state;
    static const char *const BAD[] = {"x",
                                      "[]",
                                      "{\"v\":2,\"units\":[[\"leaf\",\"a\",\"\"]]}",
                                      "{\"v\":1,\"units\":[]}",
                                      "{\"v\":1,\"units\":[[\"tree\",\"a\",\"\"]]}",
                                      "{\"v\":1,\"units\":[[\"leaf\",1,\"\"]]}",
                                      "{\"v\":1,\"units\":[[\"leaf\",\"a\"]]}"};
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++) {
        run->heard.words[0] = '\0';
        assert_int_equal(begin(run, BAD[i]), 0);
        assert_string_equal(next(run), "https://h/p?");
        assert_int_equal(strncmp(run->heard.words, "log(", 4), 0);
        op_end(run->op);
        run->op = NULL;
    }
}

static void a_page_that_is_no_longer_known_begins_anew(void **state)
{
    struct run *run = *state;
    assert_int_equal(
        begin(run, "{\"v\":1,\"marks\":0,\"units\":[[\"page\",\"p\",\"9\"]]}"), 0);
    assert_string_equal(next(run), "https://h/p?9");
    assert_int_equal(take(run, 1, 400, ""), 0);
    assert_string_equal(next(run), "https://h/p?");
    assert_int_equal(take(run, 2, 400, ""), BERTH_E_INVALID); /* once is enough */
}

static struct berth_str authorization(const struct run *run)
{
    return run->req.headers[0].value;
}

static void after_a_401_the_other_credential_is_tried_once(void **state)
{
    struct run *run = *state;
    assert_int_equal(begin(run, ""), 0);
    (void)next(run);
    assert_true(str_equal(authorization(run), STR("first")));
    assert_int_equal(take(run, 1, 401, ""), 0);
    assert_string_equal(next(run), "https://h/p?");
    assert_true(str_equal(authorization(run), STR("second")));
    assert_int_equal(take(run, 2, 401, ""), BERTH_E_AUTH);
}

static void the_credential_that_works_is_remembered(void **state)
{
    struct run *run = *state;
    assert_int_equal(begin(run, ""), 0);
    (void)next(run);
    assert_int_equal(take(run, 1, 401, ""), 0);
    (void)next(run);
    assert_int_equal(take(run, 2, 200, "a"), 0);
    (void)next(run);
    assert_true(str_equal(authorization(run), STR("second")));
}

static void an_answer_to_nothing_is_a_bug(void **state)
{
    struct run *run = *state;
    assert_int_equal(begin(run, ""), 0);
    (void)next(run);
    assert_int_equal(take(run, 77, 200, ""), BERTH_E_INTERNAL);
}

static void what_the_host_refuses_ends_it(void **state)
{
    struct run *run = *state;
    assert_int_equal(begin(run, ""), 0);
    (void)next(run);
    assert_int_equal(take(run, 1, 200, "stop"), 0);
    (void)next(run);
    assert_int_equal(take(run, 2, 200, ""), BERTH_E_CANCELED);
}

static void an_unknown_operation_is_told(void **state)
{
    struct run *run = *state;
    struct berth_error err = BERTH_ERROR_INIT;
    struct berth_start begin_at = {
        .size = sizeof(begin_at), .operation = STR("thing.fly"), .input = STR("{}")};
    assert_int_equal(op_begin(run->conn, &run->heard.call, &begin_at, &run->op, &err),
                     BERTH_E_UNSUPPORTED);
    assert_non_null(strstr(err.message, "thing.fly"));
}

static void an_input_is_an_object(void **state)
{
    struct run *run = *state;
    struct berth_start begin_at = {
        .size = sizeof(begin_at), .operation = STR("thing.crawl"), .input = STR("[]")};
    assert_int_equal(op_begin(run->conn, &run->heard.call, &begin_at, &run->op, NULL),
                     BERTH_E_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(leaves_go_before_the_next_page, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_listing_that_goes_in_circles_ends, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_is_open_is_in_the_cursor, set_up, tear_down),
        cmocka_unit_test_setup_teardown(it_resumes_what_was_open, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_cursor_that_cannot_be_read_starts_over, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_page_that_is_no_longer_known_begins_anew,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(after_a_401_the_other_credential_is_tried_once,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_credential_that_works_is_remembered, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(an_answer_to_nothing_is_a_bug, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_the_host_refuses_ends_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_unknown_operation_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_input_is_an_object, set_up, tear_down),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
