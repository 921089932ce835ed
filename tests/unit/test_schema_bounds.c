/* Whatever schema and value are, a check ends soon and without a crash. */
#include "tests/unit/schema_help.h"

#include <pthread.h>

#include "sdk/text.h"

/* `left` n times, `middle`, `right` n times, as JSON. */
static json_t *nested(size_t n, const char *left, const char *middle, const char *right)
{
    cleanup(text) struct text text;
    text_init(&text, 1 << 20);
    for (size_t i = 0; i < n; i++)
        text_add(&text, left);
    text_add(&text, middle);
    for (size_t i = 0; i < n; i++)
        text_add(&text, right);
    assert_false(text_failed(&text));
    return parse(text.data);
}

static void assert_no_schema(json_t *document, const char *part)
{
    struct schema *schema = NULL;
    struct berth_error err = BERTH_ERROR_INIT;
    assert_int_equal(schema_new(document, "", 0, &schema, &err), BERTH_E_INVALID);
    assert_non_null(strstr(err.message, part));
}

static void a_value_that_is_nested_too_deep_is_refused(void **state)
{
    (void)state;
    struct berth_error err = BERTH_ERROR_INIT;
    cleanup(schema) struct schema *schema = compiled("{'items':{'$ref':'#'}}");
    json_auto_t *deep = nested(1500, "[", "1", "]");
    json_auto_t *fair = nested(200, "[", "1", "]");
    assert_int_equal(schema_check(schema, deep, NULL, &err), BERTH_E_INVALID);
    assert_non_null(strstr(err.message, "nested too deep"));
    assert_int_equal(schema_check(schema, fair, NULL, &err), 0);
}

static void a_schema_that_is_nested_too_deep_is_refused(void **state)
{
    (void)state;
    json_auto_t *document = nested(1000, "{'not':", "true", "}");
    assert_no_schema(document, "nested more than 512 deep");
}

static void a_chain_of_references_that_is_too_long_is_refused(void **state)
{
    (void)state;
    json_auto_t *document = parse("{'$ref':'#/$defs/0','$defs':{}}");
    json_t *defs = json_object_get(document, "$defs");
    for (int i = 0; i < 1000; i++) {
        char name[16], next[32];
        (void)snprintf(name, sizeof(name), "%d", i);
        (void)snprintf(next, sizeof(next), "#/$defs/%d", i + 1);
        json_object_set_new(defs, name, json_pack("{s:s}", "$ref", next));
    }
    json_object_set_new(defs, "1000", json_true());
    assert_no_schema(document, "chain of references is longer than 512");
}

/* Each level applies the one below twice: 2^40 schemas in place. */
static void work_that_multiplies_is_cut(void **state)
{
    (void)state;
    struct berth_error err = BERTH_ERROR_INIT;
    struct schema *schema = NULL;
    json_auto_t *document = parse("{'$ref':'#/$defs/0','$defs':{}}");
    json_t *defs = json_object_get(document, "$defs");
    for (int i = 0; i < 40; i++) {
        char name[16], next[32];
        (void)snprintf(name, sizeof(name), "%d", i);
        (void)snprintf(next, sizeof(next), "#/$defs/%d", i + 1);
        json_object_set_new(
            defs, name,
            json_pack("{s:[{s:s},{s:s}]}", "allOf", "$ref", next, "$ref", next));
    }
    json_object_set_new(defs, "40", json_true());
    assert_int_equal(schema_new(document, "", 0, &schema, &err), 0);
    json_auto_t *value = parse("1");
    assert_int_equal(schema_check(schema, value, NULL, &err), BERTH_E_INVALID);
    assert_non_null(strstr(err.message, "more work to check than is allowed"));
    schema_free(schema);
}

static void a_hostile_pattern_ends_with_an_error(void **state)
{
    (void)state;
    assert_problem("{'pattern':'^(a+)+$'}",
                   "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab'",
                   "a pattern of the schema takes too long to match; make the value "
                   "shorter or the pattern simpler");
}

static void many_hostile_matches_end_too(void **state)
{
    (void)state;
    struct berth_error err = BERTH_ERROR_INIT;
    cleanup(schema) struct schema *schema =
        compiled("{'items':{'not':{'pattern':'^(a+)+$'}}}");
    json_auto_t *value = json_array();
    for (int i = 0; i < 20000; i++)
        json_array_append_new(value, json_string("aaaaaaaaaaaaaab"));
    assert_int_equal(schema_check(schema, value, NULL, &err), BERTH_E_INVALID);
}

static void failing_alternatives_do_not_multiply(void **state)
{
    (void)state;
    struct berth_error err = BERTH_ERROR_INIT;
    struct schema *schema = NULL;
    json_auto_t *document =
        nested(100, "{'anyOf':[{'type':'null'},", "{'minimum':9}", "]}");
    json_auto_t *value = parse("1");
    assert_int_equal(schema_new(document, "", 0, &schema, &err), 0);
    assert_int_equal(schema_check(schema, value, NULL, &err), BERTH_E_INVALID);
    assert_string_equal(err.message, "1 is too small; the least is 9");
    schema_free(schema);
}

static void a_large_list_of_distinct_items_is_quick(void **state)
{
    (void)state;
    cleanup(schema) struct schema *schema = compiled("{'uniqueItems':true}");
    json_auto_t *value = json_array();
    for (int i = 0; i < 200000; i++)
        json_array_append_new(value, json_pack("{s:i}", "n", i));
    assert_int_equal(schema_check(schema, value, NULL, NULL), 0);
}

static void an_object_with_many_members_is_tracked(void **state)
{
    (void)state;
    struct berth_error err = BERTH_ERROR_INIT;
    cleanup(schema) struct schema *schema = compiled(
        "{'allOf':[{'patternProperties':{'^a':true}}],'unevaluatedProperties':false}");
    json_auto_t *value = json_object();
    for (int i = 0; i < 1000; i++) {
        char name[16];
        (void)snprintf(name, sizeof(name), "a%d", i);
        json_object_set_new(value, name, json_null());
    }
    assert_int_equal(schema_check(schema, value, NULL, &err), 0);
    json_object_set_new(value, "zzzzzz", json_null());
    assert_int_equal(schema_check(schema, value, NULL, &err), BERTH_E_INVALID);
    assert_string_equal(err.message, "/zzzzzz: unknown member 'zzzzzz'; leave it out");
}

static void of_too_many_schemas_for_a_place_one_may_say_secret(void **state)
{
    (void)state;
    struct berth_error err = BERTH_ERROR_INIT;
    struct schema *schema = NULL;
    json_auto_t *document = parse("{'allOf':[]}");
    for (int i = 0; i < 600; i++)
        json_array_append_new(json_object_get(document, "allOf"),
                              json_pack("{s:i}", "maxLength", 3));
    json_auto_t *value = parse("'geheim'");
    assert_int_equal(schema_new(document, "", 0, &schema, &err), 0);
    assert_int_equal(schema_check(schema, value, NULL, &err), BERTH_E_INVALID);
    assert_string_equal(err.message,
                        "(secret) is too long; at most 3 characters are allowed");
    schema_free(schema);
}

struct job {
    const struct schema *schema;
    int wrong;
};

static void *check_many(void *argument)
{
    struct job *job = argument;
    json_auto_t *good = parse("{'a':'abc'}");
    json_auto_t *bad = parse("{'a':'ABC'}");
    for (int i = 0; i < 2000; i++) {
        job->wrong += schema_check(job->schema, good, NULL, NULL) != 0;
        job->wrong += schema_check(job->schema, bad, NULL, NULL) != BERTH_E_INVALID;
    }
    return NULL;
}

static void several_threads_check_against_one_schema(void **state)
{
    (void)state;
    enum { THREADS = 3 };
    pthread_t threads[THREADS];
    struct job jobs[THREADS];
    cleanup(schema) struct schema *schema =
        compiled("{'properties':{'a':{'pattern':'^[a-z]+$','x-secret':true}},"
                 "'additionalProperties':false}");
    for (int i = 0; i < THREADS; i++) {
        jobs[i] = (struct job){schema, 0};
        assert_int_equal(pthread_create(&threads[i], NULL, check_many, &jobs[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(jobs[i].wrong, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_that_is_nested_too_deep_is_refused),
        cmocka_unit_test(a_schema_that_is_nested_too_deep_is_refused),
        cmocka_unit_test(a_chain_of_references_that_is_too_long_is_refused),
        cmocka_unit_test(work_that_multiplies_is_cut),
        cmocka_unit_test(a_hostile_pattern_ends_with_an_error),
        cmocka_unit_test(many_hostile_matches_end_too),
        cmocka_unit_test(failing_alternatives_do_not_multiply),
        cmocka_unit_test(a_large_list_of_distinct_items_is_quick),
        cmocka_unit_test(an_object_with_many_members_is_tracked),
        cmocka_unit_test(of_too_many_schemas_for_a_place_one_may_say_secret),
        cmocka_unit_test(several_threads_check_against_one_schema),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
