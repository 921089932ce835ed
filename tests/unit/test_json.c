#include "sdk/json.h"

#include <stdlib.h>
#include <string.h>

#include "sdk/cleanup.h"
#include "sdk/pointer.h"
#include "sdk/str.h"
#include "tests/support/cmocka.h"

static json_t *parse(const char *text, enum json_origin origin)
{
    json_t *value = NULL;
    return json_parse(str_from(text), origin, &value, NULL) < 0 ? NULL : value;
}

static void it_reads_what_jansson_reads(void **state)
{
    (void)state;
    static const char *const TEXTS[] = {
        "{}",
        "[]",
        "null",
        " [1, -2.5e3 ,true,false,null,\"\"] ",
        "\"\\u00e9\\ud83d\\ude00\"",
        "{\"a\":{\"b\":[{\"c\":\"\\n\\/\"}]}}",
        "0",
        "-0",
        "9223372036854775807",
        "0.1",
        "\"\xc3\xa9\"",
        "[[[[]]]]",
    };
    for (size_t i = 0; i < sizeof(TEXTS) / sizeof(TEXTS[0]); i++) {
        cleanup(json) json_t *ours = parse(TEXTS[i], JSON_OURS);
        cleanup(json) json_t *theirs = json_loads(TEXTS[i], JSON_DECODE_ANY, NULL);
        assert_non_null(ours);
        assert_true(json_equal(ours, theirs));
    }
}

static bool is_noise(const struct berth_str *path, int depth)
{
    return str_equal(path[depth - 1], STR("noise")) ||
           (depth == 3 && str_equal(path[0], STR("a")) && str_equal(path[1], STR("b")) &&
            str_equal(path[2], STR("c")));
}

static void what_is_not_wanted_is_looked_over(void **state)
{
    (void)state;
    static const struct {
        const char *text, *left; /* null: it is refused */
    } CASES[] = {
        {"{\"noise\":[1,{\"x\":2}],\"b\":1}", "{\"b\":1}"},
        {"{\"b\":[{\"noise\":null},{\"n\\u006fise\":{}}]}", "{\"b\":[{},{}]}"},
        {"{\"a\":{\"b\":{\"c\":1,\"d\":2}},\"b\":{\"b\":{\"c\":1}}}",
         "{\"a\":{\"b\":{\"d\":2}},\"b\":{\"b\":{\"c\":1}}}"},
        {"{\"a\":[{\"c\":1}],\"b\":{\"a\":{\"c\":2}}}",
         "{\"a\":[{\"c\":1}],\"b\":{\"a\":{\"c\":2}}}"},
        {"{\"noise\":[1,}", NULL},
        {"{\"noise\":\"\xff\"}", NULL},
        {"{\"noise\"}", NULL},
    };
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        cleanup(json) json_t *value = NULL;
        cleanup(json) json_t *left =
            CASES[i].left ? json_loads(CASES[i].left, 0, NULL) : NULL;
        int r =
            json_parse_wanted(str_from(CASES[i].text), JSON_OURS, is_noise, &value, NULL);
        assert_int_equal(r, left ? 0 : BERTH_E_INVALID);
        assert_true(!left || json_equal(value, left));
    }
}

static void what_is_not_json_is_refused(void **state)
{
    (void)state;
    static const char *const TEXTS[] = {
        "",
        " ",
        "{",
        "}",
        "[1,]",
        "[1 2]",
        "{\"a\"}",
        "{\"a\":}",
        "{a:1}",
        "{\"a\":1,}",
        "01",
        "1.",
        ".5",
        "+1",
        "1e",
        "tru",
        "nulll",
        "\"",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\ud800\"",
        "\"\\udc00\"",
        "\"\xc3\"",
        "\"\xc0\x80\"",
        "\"\xed\xa0\x80\"",
        "\"\xff\"",
        "\"a\nb\"",
        "[1]]",
        "{}{}",
        "\"\\u0000\"",
        "99999999999999999999",
        "1e999",
        "'a'",
        "[,1]",
    };
    for (size_t i = 0; i < sizeof(TEXTS) / sizeof(TEXTS[0]); i++)
        assert_null(parse(TEXTS[i], JSON_THEIRS));
}

static void depth_is_bounded(void **state)
{
    (void)state;
    char text[2 * JSON_MAX_DEPTH + 3];
    memset(text, '[', JSON_MAX_DEPTH);
    memset(text + JSON_MAX_DEPTH, ']', JSON_MAX_DEPTH);
    text[2 * JSON_MAX_DEPTH] = '\0';
    cleanup(json) json_t *deep = parse(text, JSON_OURS);
    assert_non_null(deep);
    memset(text, '[', JSON_MAX_DEPTH + 1);
    memset(text + JSON_MAX_DEPTH + 1, ']', JSON_MAX_DEPTH + 1);
    text[2 * JSON_MAX_DEPTH + 2] = '\0';
    assert_null(parse(text, JSON_OURS));
}

static void a_name_given_twice_is_our_mistake_only(void **state)
{
    (void)state;
    struct berth_error err = BERTH_ERROR_INIT;
    json_t *value = NULL;
    assert_int_equal(json_parse(STR("{\"a\":1,\n\"a\":2}"), JSON_OURS, &value, &err),
                     BERTH_E_INVALID);
    assert_non_null(strstr(err.message, "line 2"));
    assert_non_null(strstr(err.message, "twice"));
    cleanup(json) json_t *theirs = parse("{\"a\":1,\"a\":2}", JSON_THEIRS);
    assert_int_equal(json_integer_value(json_object_get(theirs, "a")), 2);
}

static void assert_reason(struct berth_str text, const char *wanted)
{
    struct berth_error err = BERTH_ERROR_INIT;
    json_t *value = NULL;
    assert_int_equal(json_parse(text, JSON_OURS, &value, &err), BERTH_E_INVALID);
    assert_string_equal(err.message, wanted);
}

static void what_is_wrong_is_said(void **state)
{
    (void)state;
    assert_reason(STR("{\"a\":x}"), "not JSON: byte 6");
    assert_reason(STR("[\n1,x]"), "not JSON: line 2, byte 5");
    assert_reason(STR("[\"\\ud800\"]"),
                  "not JSON: byte 3: a text with half a surrogate pair");
    assert_reason(STR("[\"\\ud800\\u0041\"]"),
                  "not JSON: byte 3: a text with half a surrogate pair");
    assert_reason(STR("{\"\\udc00\":1}"),
                  "not JSON: byte 3: a text with half a surrogate pair");
    assert_reason(STR("[\"\\u00g0\"]"),
                  "not JSON: byte 3: a text with an escape that JSON does not have");
    assert_reason(STR("[\"\xff\"]"), "not JSON: byte 3: a text that is not UTF-8");
    assert_reason(STR("[\"\t\"]"), "not JSON: byte 3: a text with a control character "
                                   "(a line end is written \\n)");
    assert_reason(STR("[\"\\u00"), "not JSON: byte 3: a text with an escape that JSON "
                                   "does not have");
    assert_reason(STR("[\"\\"), "not JSON: byte 3");
    assert_reason(STR("[\"abc"), "not JSON: byte 6");
    assert_reason(STR("[1e999]"), "not JSON: byte 7: a number too large");
}

static void getters_name_what_is_wrong(void **state)
{
    (void)state;
    struct berth_error err = BERTH_ERROR_INIT;
    struct berth_str text = STR("before");
    int64_t number;
    json_t *part;
    cleanup(json) json_t *object =
        parse("{\"t\":\"x\",\"i\":7,\"o\":{},\"a\":[],\"n\":null}", JSON_OURS);
    assert_int_equal(json_get_string(object, "t", JSON_REQUIRED, &text, &err), 1);
    assert_true(str_equal(text, STR("x")));
    assert_int_equal(json_get_int(object, "i", JSON_REQUIRED, &number, &err), 1);
    assert_int_equal(json_get_array(object, "a", JSON_REQUIRED, &part, &err), 1);
    assert_int_equal(json_get_string(object, "n", JSON_OPTIONAL, &text, &err), 0);
    assert_true(str_equal(text, STR("x")));
    assert_int_equal(json_get_string(object, "gone", JSON_REQUIRED, &text, &err),
                     BERTH_E_INVALID);
    assert_string_equal(err.message, "gone: missing");
    assert_int_equal(json_get_string(object, "i", JSON_OPTIONAL, &text, &err),
                     BERTH_E_INVALID);
    assert_string_equal(err.message, "i: must be text");
    assert_int_equal(json_get_int(object, "t", JSON_OPTIONAL, &number, &err),
                     BERTH_E_INVALID);
    assert_int_equal(json_get_array(object, "o", JSON_OPTIONAL, &part, &err),
                     BERTH_E_INVALID);
}

static void a_pointer_finds_its_value(void **state)
{
    (void)state;
    cleanup(json) json_t *value =
        parse("{\"a\":{\"b/c\":[10,{\"~\":11}]},\"\":12}", JSON_OURS);
    assert_ptr_equal(pointer_at(value, STR("")), value);
    assert_int_equal(json_integer_value(pointer_at(value, STR("/a/b~1c/0"))), 10);
    assert_int_equal(json_integer_value(pointer_at(value, STR("/a/b~1c/1/~0"))), 11);
    assert_int_equal(json_integer_value(pointer_at(value, STR("/"))), 12);
    assert_null(pointer_at(value, STR("/a/b~1c/2")));
    assert_null(pointer_at(value, STR("/a/b~1c/x")));
    assert_null(pointer_at(value, STR("/a/none/0")));
    assert_null(pointer_at(value, STR("a")));
}

static void a_bad_pointer_leads_nowhere(void **state)
{
    (void)state;
    cleanup(json) json_t *document = parse("{\"a\":[1,2],\"\":3,\"~\":4}", JSON_OURS);
    static const char *const BAD[] = {"a",   "/a/2", "/a/01", "/a/-", "/b",
                                      "/~2", "/~",   "/a/",   "/a/x"};
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++)
        assert_null(pointer_at(document, str_from(BAD[i])));
    assert_ptr_equal(pointer_at(document, str_from("")), document);
    assert_int_equal(json_integer_value(pointer_at(document, str_from("/"))), 3);
    assert_int_equal(json_integer_value(pointer_at(document, str_from("/a/1"))), 2);
    assert_int_equal(json_integer_value(pointer_at(document, str_from("/~0"))), 4);
}

/* The examples of RFC 7396, appendix A. */
static void patches_are_merged_as_the_rfc_says(void **state)
{
    (void)state;
    static const char *const EXAMPLES[][3] = {
        {"{\"a\":\"b\"}", "{\"a\":\"c\"}", "{\"a\":\"c\"}"},
        {"{\"a\":\"b\"}", "{\"b\":\"c\"}", "{\"a\":\"b\",\"b\":\"c\"}"},
        {"{\"a\":\"b\"}", "{\"a\":null}", "{}"},
        {"{\"a\":\"b\",\"b\":\"c\"}", "{\"a\":null}", "{\"b\":\"c\"}"},
        {"{\"a\":[\"b\"]}", "{\"a\":\"c\"}", "{\"a\":\"c\"}"},
        {"{\"a\":\"c\"}", "{\"a\":[\"b\"]}", "{\"a\":[\"b\"]}"},
        {"{\"a\":{\"b\":\"c\"}}", "{\"a\":{\"b\":\"d\",\"c\":null}}",
         "{\"a\":{\"b\":\"d\"}}"},
        {"{\"a\":[{\"b\":\"c\"}]}", "{\"a\":[1]}", "{\"a\":[1]}"},
        {"[\"a\",\"b\"]", "[\"c\",\"d\"]", "[\"c\",\"d\"]"},
        {"{\"a\":\"b\"}", "[\"c\"]", "[\"c\"]"},
        {"{\"a\":\"foo\"}", "null", "null"},
        {"{\"a\":\"foo\"}", "\"bar\"", "\"bar\""},
        {"{\"e\":null}", "{\"a\":1}", "{\"e\":null,\"a\":1}"},
        {"[1,2]", "{\"a\":\"b\",\"c\":null}", "{\"a\":\"b\"}"},
        {"{}", "{\"a\":{\"bb\":{\"ccc\":null}}}", "{\"a\":{\"bb\":{}}}"},
    };
    for (size_t i = 0; i < sizeof(EXAMPLES) / sizeof(EXAMPLES[0]); i++) {
        cleanup(json) json_t *target = parse(EXAMPLES[i][0], JSON_OURS);
        cleanup(json) json_t *patch = parse(EXAMPLES[i][1], JSON_OURS);
        cleanup(json) json_t *wanted = parse(EXAMPLES[i][2], JSON_OURS);
        cleanup(json) json_t *merged = json_merge_patch_new(target, patch);
        assert_true(json_equal(merged, wanted));
    }
}

static bool contains(const char *whole, const char *part)
{
    cleanup(json) json_t *a = parse(whole, JSON_OURS);
    cleanup(json) json_t *b = parse(part, JSON_OURS);
    return json_contains(a, b);
}

static void what_is_told_must_be_there(void **state)
{
    (void)state;
    assert_true(contains("{\"a\":1,\"b\":{\"c\":[1,{\"d\":2,\"e\":3}]}}",
                         "{\"a\":1.0,\"b\":{\"c\":[1,{\"d\":2}]}}"));
    assert_true(contains("{\"a\":1}", "{\"b\":null}"));
    assert_false(contains("{\"a\":1}", "{\"a\":null}"));
    assert_false(contains("{\"a\":[1,2]}", "{\"a\":[1]}"));
    assert_false(contains("{\"a\":[2,1]}", "{\"a\":[1,2]}"));
    assert_false(contains("{\"a\":\"1\"}", "{\"a\":1}"));
    assert_false(contains("{}", "{\"a\":{}}"));
}

static void a_clone_is_equal_and_its_own(void **state)
{
    (void)state;
    cleanup(json) json_t *value = parse("{\"a\":[1,{\"b\":\"c\"}],\"d\":2.5}", JSON_OURS);
    cleanup(json) json_t *clone = json_clone_new(value);
    assert_true(json_equal(value, clone));
    assert_ptr_not_equal(pointer_at(value, STR("/a/1")), pointer_at(clone, STR("/a/1")));
}

static void a_dump_is_compact_and_in_order(void **state)
{
    (void)state;
    cleanup(text) struct text t;
    cleanup(json) json_t *value =
        parse("{ \"z\" : [ 1 , \"\xc3\xa9\" ] , \"a\" : { } }", JSON_OURS);
    text_init_secret(&t, 100);
    text_add_value(&t, value);
    assert_string_equal(t.data, "{\"z\":[1,\"\xc3\xa9\"],\"a\":{}}");
    text_add_value(&t, NULL);
    assert_true(text_failed(&t));
}

static void a_dump_may_have_a_line_for_each_member(void **state)
{
    (void)state;
    cleanup(text) struct text t;
    cleanup(json) json_t *value =
        parse("{\"z\":[1.5,{}],\"a\":{\"b\":[],\"c\":null}}", JSON_OURS);
    text_init(&t, 200);
    text_add_value_indented(&t, value);
    assert_string_equal(t.data, "{\n  \"z\": [\n    1.5,\n    {}\n  ],\n"
                                "  \"a\": {\n    \"b\": [],\n    \"c\": null\n  }\n}");
}

static void numbers_keep_their_digits(void **state)
{
    (void)state;
    static const char TEXT[] =
        "[0.1,21.3,1.0,-2.5e-300,1e+100,0.30000000000000004,9007199254740993,-0.0]";
    cleanup(text) struct text t;
    cleanup(json) json_t *value = parse(TEXT, JSON_OURS);
    text_init(&t, 200);
    text_add_value(&t, value);
    assert_string_equal(t.data, TEXT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_reads_what_jansson_reads),
        cmocka_unit_test(what_is_not_wanted_is_looked_over),
        cmocka_unit_test(what_is_not_json_is_refused),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(a_name_given_twice_is_our_mistake_only),
        cmocka_unit_test(what_is_wrong_is_said),
        cmocka_unit_test(getters_name_what_is_wrong),
        cmocka_unit_test(a_pointer_finds_its_value),
        cmocka_unit_test(a_bad_pointer_leads_nowhere),
        cmocka_unit_test(patches_are_merged_as_the_rfc_says),
        cmocka_unit_test(what_is_told_must_be_there),
        cmocka_unit_test(a_clone_is_equal_and_its_own),
        cmocka_unit_test(a_dump_is_compact_and_in_order),
        cmocka_unit_test(a_dump_may_have_a_line_for_each_member),
        cmocka_unit_test(numbers_keep_their_digits),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
