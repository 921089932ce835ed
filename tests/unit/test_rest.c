#include "sdk/rest.h"

#include <stdlib.h>
#include <string.h>

#include "sdk/cleanup.h"
#include "sdk/json.h"
#include "sdk/template.h"
#include "tests/support/cmocka.h"

static const char MANIFEST[] =
    "{\"rest\":{\"base\":\"https://{host}\",\"query\":{\"api-version\":\"1\"},"
    "\"headers\":{\"Accept\":\"application/json\"},"
    "\"error\":{\"code\":\"/error/code\",\"message\":\"/error/message\"},"
    "\"errors\":[{\"status\":404,\"class\":\"not_found\",\"code\":\"notFound\"},"
    "{\"status\":418,\"class\":\"conflict\",\"code\":\"teapot\",\"remedy\":\"make "
    "coffee\"}]},"
    "\"triggers\":{\"thing.changed\":{\"title\":\"A thing "
    "changed\",\"change\":{\"key\":\"id\","
    "\"version\":[\"etag\"]},\"request\":{\"method\":\"GET\",\"path\":\"/things\","
    "\"success\":[200],\"paging\":{\"style\":\"nextLink\",\"next\":\"/nextLink\","
    "\"items\":\"/value\"}}}},"
    "\"actions\":{\"thing.put\":{\"title\":\"Write a "
    "thing\",\"effects\":{\"readOnly\":false},"
    "\"limit\":\"writes\",\"errors\":[{\"status\":404,\"class\":\"conflict\",\"code\":"
    "\"gone\"},{\"status\":410,\"class\":\"conflict\",\"remedy\":\"Make another.\"}],"
    "\"request\":{\"method\":\"PUT\",\"path\":\"/things/{id}/parts/{number}\","
    "\"query\":{\"expand\":\"{expand}\",\"deep\":\"{deep}\"},\"headers\":{\"x-who\":\"by "
    "{who}\"},"
    "\"ifMatch\":\"etag\",\"body\":\"input\",\"omit\":[\"etag\",\"expand\"],\"private\":"
    "true,"
    "\"success\":[200,201]}},"
    "\"thing.ask\":{\"title\":\"Ask\",\"effects\":{\"readOnly\":true},\"request\":{"
    "\"method\":"
    "\"POST\",\"path\":\"/ask\",\"base\":\"https://"
    "{other}\",\"body\":{\"fixed\":{\"q\":\"*\"}},"
    "\"success\":[200],\"paging\":{\"style\":\"header\",\"token\":\"x-next\","
    "\"sizeHeader\":\"x-size\","
    "\"size\":50}}},"
    "\"thing.send\":{\"title\":\"Send\",\"permissions\":[\"Send\",\"Read\"],\"effects\":{"
    "\"readOnly\":false},\"request\":{"
    "\"method\":"
    "\"POST\",\"path\":\"/send\",\"body\":{\"member\":\"payload\"},\"success\":[204]}},"
    "\"thing.coded\":{\"title\":\"In C\",\"effects\":{\"readOnly\":false}}}}";

static struct rest rest;
static struct outgoing out;

static int set_up(void **state)
{
    (void)state;
    cleanup(json) json_t *config =
        json_pack("{s:s, s:s}", "host", "h.example:8443", "other", "o.example");
    outgoing_init(&out);
    return rest_open(&rest, str_from(MANIFEST), config, NULL);
}

static int tear_down(void **state)
{
    (void)state;
    outgoing_release(&out);
    rest_close(&rest);
    return 0;
}

static int build(const char *id, const char *input, const char *continuation,
                 struct berth_error *err)
{
    cleanup(json) json_t *value = NULL;
    assert_int_equal(json_parse(str_from(input), JSON_OURS, &value, NULL), 0);
    struct rest_input in = {value, str_from(continuation), 0};
    outgoing_reset(&out);
    return rest_build(&rest, rest_find(&rest, str_from(id)), &in, &out, err);
}

static struct berth_request filled(void)
{
    struct berth_request req = {.size = sizeof(req)};
    assert_int_equal(outgoing_fill(&out, &req, NULL), 0);
    return req;
}

static struct berth_str header(const char *name)
{
    struct berth_request req = filled();
    for (size_t i = 0; i < req.header_count; i++)
        if (str_equal(req.headers[i].name, str_from(name)))
            return req.headers[i].value;
    return (struct berth_str){0};
}

static void a_request_is_built_from_its_block(void **state)
{
    (void)state;
    assert_int_equal(
        build("thing.put",
              "{\"id\":\"a/b c\",\"number\":7,\"expand\":\"x&y\",\"etag\":\"e1\","
              "\"who\":\"me\",\"v\":1}",
              "", NULL),
        0);
    struct berth_request req = filled();
    assert_true(str_equal(req.method, STR("PUT")));
    assert_string_equal(out.url.data, "https://h.example:8443/things/a%2Fb%20c/parts/7"
                                      "?api-version=1&expand=x%26y");
    assert_string_equal(out.body.data,
                        "{\"id\":\"a/b c\",\"number\":7,\"who\":\"me\",\"v\":1}");
    assert_true(str_equal(header("If-Match"), STR("\"e1\"")));
    assert_true(str_equal(header("x-who"), STR("by me")));
    assert_true(str_equal(header("Accept"), STR("application/json")));
    assert_int_equal(req.flags, BERTH_REPEATABLE | BERTH_PRIVATE);
    assert_true(str_equal(req.limit, STR("writes")));
}

static void what_the_input_does_not_give_is_left_out(void **state)
{
    (void)state;
    assert_int_equal(build("thing.put",
                           "{\"id\":\"a\",\"number\":1,\"deep\":true,\"who\":null}", "",
                           NULL),
                     0);
    assert_string_equal(
        out.url.data, "https://h.example:8443/things/a/parts/1?api-version=1&deep=true");
    assert_null(header("x-who").ptr);
    assert_null(header("If-Match").ptr);
}

static void an_id_must_be_one(void **state)
{
    (void)state;
    static const char *const INPUTS[] = {
        "{\"number\":1}", "{\"id\":\"\",\"number\":1}", "{\"id\":\"..\",\"number\":1}",
        "{\"id\":\".\",\"number\":1}", "{\"id\":[],\"number\":1}"};
    for (size_t i = 0; i < sizeof(INPUTS) / sizeof(INPUTS[0]); i++) {
        struct berth_error err = BERTH_ERROR_INIT;
        assert_int_equal(build("thing.put", INPUTS[i], "", &err), BERTH_E_INVALID);
        assert_int_equal(strncmp(err.message, "id: ", 4), 0);
    }
}

static void a_header_cannot_be_smuggled_in(void **state)
{
    (void)state;
    struct berth_error err = BERTH_ERROR_INIT;
    assert_int_equal(build("thing.put",
                           "{\"id\":\"a\",\"number\":1,\"who\":\"x\\r\\nEvil: 1\"}", "",
                           &err),
                     BERTH_E_INVALID);
    assert_int_equal(
        build("thing.put", "{\"id\":\"a\",\"number\":1,\"etag\":\"\\n\"}", "", &err),
        BERTH_E_INVALID);
}

static void etags_are_quoted_unless_they_are(void **state)
{
    (void)state;
    static const char *const ETAGS[][2] = {
        {"abc", "\"abc\""},
        {"\"abc\"", "\"abc\""},
        {"*", "*"},
        {"W/\"a\"", "W/\"a\""},
        {"AAAAAAAAAAE=", "\"AAAAAAAAAAE=\""},
        {"IjY5MDAzNTUyLTAwMDAtMDMwMC0wMDAwLTYzMGZkYThhMDAwMCI=",
         "IjY5MDAzNTUyLTAwMDAtMDMwMC0wMDAwLTYzMGZkYThhMDAwMCI="},
    };
    for (size_t i = 0; i < sizeof(ETAGS) / sizeof(ETAGS[0]); i++) {
        outgoing_reset(&out);
        assert_int_equal(rest_add_if_match(&out, str_from(ETAGS[i][0]), NULL), 0);
        text_add(&out.url, "https://x");
        assert_true(str_equal(header("If-Match"), str_from(ETAGS[i][1])));
    }
}

static void pages_go_on_by_header(void **state)
{
    (void)state;
    assert_int_equal(build("thing.ask", "{}", "t0k=", NULL), 0);
    assert_string_equal(out.url.data, "https://o.example/ask?api-version=1");
    assert_string_equal(out.body.data, "{\"q\":\"*\"}");
    assert_true(str_equal(header("x-next"), STR("t0k=")));
    assert_true(str_equal(header("x-size"), STR("50")));
    assert_int_equal(filled().flags, BERTH_READ_ONLY | BERTH_REPEATABLE);
}

static void pages_go_on_by_link_to_the_same_origin_only(void **state)
{
    (void)state;
    static const char *const BAD[] = {"https://evil.example/things",
                                      "https://h.example:8443.evil.example/",
                                      "http://h.example:8443/",
                                      "//evil.example/",
                                      "things",
                                      "https://h.example:8443",
                                      "https://h.example:8443/a\r\nb"};
    assert_int_equal(
        build("thing.changed", "{}", "https://h.example:8443/things?skip=2", NULL), 0);
    assert_string_equal(out.url.data, "https://h.example:8443/things?skip=2");
    assert_int_equal(build("thing.changed", "{}", "/things?skip=3", NULL), 0);
    assert_string_equal(out.url.data, "https://h.example:8443/things?skip=3");
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++)
        assert_int_equal(build("thing.changed", "{}", BAD[i], NULL), BERTH_E_PROTOCOL);
}

static void one_member_can_be_the_body(void **state)
{
    (void)state;
    assert_int_equal(build("thing.send", "{\"payload\":[1,2]}", "", NULL), 0);
    assert_string_equal(out.body.data, "[1,2]");
    assert_int_equal(filled().flags, 0);
    assert_int_equal(build("thing.send", "{}", "", NULL), 0);
    assert_int_equal(out.body.len, 0);
    assert_null(header("Content-Type").ptr);
}

static void operations_are_found_by_id(void **state)
{
    (void)state;
    assert_false(rest_find(&rest, STR("thing.coded"))->is_declared);
    assert_true(rest_find(&rest, STR("thing.changed"))->is_trigger);
    assert_null(rest_find(&rest, STR("thing.none")));
    assert_true(rest_is_success(rest_find(&rest, STR("thing.put")), 201));
    assert_false(rest_is_success(rest_find(&rest, STR("thing.put")), 204));
}

static int fail_with(const char *id, int http_status, const char *body,
                     struct berth_error *err)
{
    struct berth_response res = {.size = sizeof(res),
                                 .status = http_status,
                                 .body = str_from(body),
                                 .retry_after_ms = 7};
    const struct rest_call *call = rest_find(&rest, str_from(id));
    struct answer_subject subject = {
        call->title, "PUT", STR("https://h.example:8443/things/a?api-version=1"), true};
    return rest_fail(&rest, call, &subject, &res, err);
}

static void an_error_body_is_read_where_the_manifest_says(void **state)
{
    (void)state;
    struct berth_error err = BERTH_ERROR_INIT;
    assert_int_equal(fail_with("thing.ask", 404,
                               "{\"error\":{\"code\":12,\"message\":\"no\\nthing\"}}",
                               &err),
                     BERTH_E_NOT_FOUND);
    assert_string_equal(err.message, "Ask: PUT /things/a: HTTP 404: no thing");
    assert_string_equal(err.code, "notFound");
    assert_string_equal(err.service_code, "12");
    assert_int_equal(err.http_status, 404);
    assert_int_equal(err.retry_after_ms, 7);
}

static void a_refusal_names_the_rights_that_are_needed(void **state)
{
    (void)state;
    struct berth_error err = BERTH_ERROR_INIT;
    assert_int_equal(fail_with("thing.send", 401, "", &err), BERTH_E_AUTH);
    assert_string_equal(err.message,
                        "Send: PUT /things/a: HTTP 401 (it needs Send and Read)");
    assert_int_equal(fail_with("thing.send", 500, "", &err), BERTH_E_UNAVAILABLE);
    assert_null(strstr(err.message, "needs"));
}

/* Nothing was sent, so that a write can be helped as well as a read. */
static void an_untrusted_certificate_has_a_remedy(void **state)
{
    (void)state;
    struct berth_error err = BERTH_ERROR_INIT;
    struct berth_response res = {.size = sizeof(res),
                                 .status = BERTH_E_UNAVAILABLE,
                                 .failure = BERTH_FAILURE_UNTRUSTED,
                                 .failure_text = STR("h: not accepted")};
    struct answer_subject subject = {STR("Write"), "PUT", STR("https://h/a"), true};
    assert_int_equal(rest_fail(&rest, NULL, &subject, &res, &err), BERTH_E_UNAVAILABLE);
    assert_non_null(
        strstr(err.message, "h: not accepted; give the connection the CA file"));
    res.failure = BERTH_FAILURE_CUT;
    (void)rest_fail(&rest, NULL, &subject, &res, &err);
    assert_string_equal(err.message, "Write: PUT /a: h: not accepted");
}

static void an_operations_own_rule_comes_first(void **state)
{
    (void)state;
    struct berth_error err = BERTH_ERROR_INIT;
    assert_int_equal(fail_with("thing.put", 404, "", &err), BERTH_E_CONFLICT);
    assert_string_equal(err.code, "gone");
    assert_int_equal(fail_with("thing.put", 418, "", &err), BERTH_E_CONFLICT);
    assert_non_null(strstr(err.message, "; make coffee"));
    assert_int_equal(fail_with("thing.put", 410, "", &err), BERTH_E_CONFLICT);
    assert_non_null(strstr(err.message, "HTTP 410. Make another."));
    static const char SENTENCE[] = "{\"error\":{\"message\":\"It went.\"}}";
    assert_int_equal(fail_with("thing.put", 410, SENTENCE, &err), BERTH_E_CONFLICT);
    assert_non_null(strstr(err.message, "HTTP 410: It went. Make another."));
}

static void without_a_rule_the_status_says_it(void **state)
{
    (void)state;
    static const int CLASSES[][2] = {
        {400, BERTH_E_INVALID},     {401, BERTH_E_AUTH},
        {403, BERTH_E_AUTH},        {405, BERTH_E_INVALID},
        {408, BERTH_E_UNAVAILABLE}, {409, BERTH_E_CONFLICT},
        {412, BERTH_E_CONFLICT},    {429, BERTH_E_THROTTLED},
        {500, BERTH_E_UNAVAILABLE}, {503, BERTH_E_UNAVAILABLE},
        {302, BERTH_E_PROTOCOL},    {200, BERTH_E_PROTOCOL},
    };
    for (size_t i = 0; i < sizeof(CLASSES) / sizeof(CLASSES[0]); i++) {
        struct berth_error err = BERTH_ERROR_INIT;
        assert_int_equal(fail_with("thing.coded", CLASSES[i][0], "<html>", &err),
                         CLASSES[i][1]);
        assert_string_not_equal(err.message, "");
    }
}

static void signatures_that_come_back_are_not_shown(void **state)
{
    (void)state;
    struct berth_error err = BERTH_ERROR_INIT;
    (void)fail_with(
        "thing.ask", 401,
        "{\"error\":{\"message\":\"bad SharedAccessSignature sr=x&sig=abc\"}}", &err);
    assert_null(strstr(err.message, "abc"));
}

static void only_what_it_goes_by_is_kept(void **state)
{
    (void)state;
    struct rest other;
    cleanup(json) json_t *config = json_object();
    const char manifest[] = "{\"$defs\":{\"x\":{}},\"rest\":{\"base\":\"https://"
                            "h\",\"query\":{\"samples\":\"1\"}},"
                            "\"actions\":{\"a.b\":{\"inputSchema\":{},\"request\":{"
                            "\"method\":\"GET\",\"path\":"
                            "\"/\",\"headers\":{\"description\":\"{x}\"}}}}}";
    assert_int_equal(rest_open(&other, str_from(manifest), config, NULL), 0);
    const struct rest_call *call = rest_find(&other, STR("a.b"));
    assert_non_null(json_object_get(call->headers, "description"));
    assert_non_null(json_object_get(other.query, "samples"));
    assert_null(json_object_get(other.manifest, "$defs"));
    json_t *actions = json_object_get(other.manifest, "actions");
    assert_int_equal(json_object_size(json_object_get(actions, "a.b")), 1);
    rest_close(&other);
}

static void a_broken_manifest_does_not_open(void **state)
{
    (void)state;
    static const char *const BAD[] = {
        "",
        "{\"rest\":{\"base\":\"https://{host\"}}",
        "{\"rest\":{\"base\":\"https://h\",\"query\":{\"a\":\"{\"}}}",
        "{\"actions\":{\"a.b\":{\"request\":{\"method\":\"GET\"}}}}",
        "{\"actions\":{\"a.b\":{\"request\":{\"method\":\"GET\",\"path\":\"/}\"}}}}",
        "{\"actions\":{\"a.b\":{\"request\":{\"method\":\"GET\",\"path\":\"/"
        "\",\"body\":{}}}}}",
        "{\"actions\":{\"a.b\":{\"request\":{\"method\":\"GET\",\"path\":\"/"
        "\",\"paging\":{}}}}}",
    };
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++) {
        struct rest other;
        struct berth_error err = BERTH_ERROR_INIT;
        cleanup(json) json_t *config = json_object();
        assert_int_equal(rest_open(&other, str_from(BAD[i]), config, &err),
                         BERTH_E_INVALID);
        assert_string_not_equal(err.message, "");
    }
}

static void templates_need_whole_braces(void **state)
{
    (void)state;
    assert_true(template_is_valid("/a/{b}/{c}"));
    assert_true(template_is_valid(""));
    assert_false(template_is_valid("{"));
    assert_false(template_is_valid("}"));
    assert_false(template_is_valid("{}"));
    assert_false(template_is_valid("{a{b}}"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_is_built_from_its_block),
        cmocka_unit_test(what_the_input_does_not_give_is_left_out),
        cmocka_unit_test(an_id_must_be_one),
        cmocka_unit_test(a_header_cannot_be_smuggled_in),
        cmocka_unit_test(etags_are_quoted_unless_they_are),
        cmocka_unit_test(pages_go_on_by_header),
        cmocka_unit_test(pages_go_on_by_link_to_the_same_origin_only),
        cmocka_unit_test(one_member_can_be_the_body),
        cmocka_unit_test(operations_are_found_by_id),
        cmocka_unit_test(an_error_body_is_read_where_the_manifest_says),
        cmocka_unit_test(a_refusal_names_the_rights_that_are_needed),
        cmocka_unit_test(an_untrusted_certificate_has_a_remedy),
        cmocka_unit_test(an_operations_own_rule_comes_first),
        cmocka_unit_test(without_a_rule_the_status_says_it),
        cmocka_unit_test(signatures_that_come_back_are_not_shown),
        cmocka_unit_test(only_what_it_goes_by_is_kept),
        cmocka_unit_test(a_broken_manifest_does_not_open),
        cmocka_unit_test(templates_need_whole_braces),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
