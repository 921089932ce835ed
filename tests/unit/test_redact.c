/* What is a secret is masked, found and named, whatever way through the schema leads to
 * it. */
#include <stdlib.h>

#include "sdk/error.h"
#include "tests/support/cmocka.h"
#include "tests/unit/fixture_manifest.h"
#include "tests/unit/redact_once.h"

/* `value` masked by the depot's part schema is `expect`. */
static void check_masked(const char *value, const char *expect)
{
    struct manifest *m = fixture_manifest(DEPOT);
    struct berth_error err = BERTH_ERROR_INIT;
    json_t *got = fixture_json(value);
    json_t *want = fixture_json(expect);
    const json_t *schema = manifest_find(m, "part.get")->output_schema;
    assert_int_equal(redact(manifest_json(m), schema, got, &err), 0);
    char *text = json_dumps(got, 0);
    char *wanted = json_dumps(want, 0);
    assert_string_equal(text, wanted);
    free(text);
    free(wanted);
    json_decref(got);
    json_decref(want);
    manifest_free(m);
}

static void secret_behind_a_reference_is_masked(void **state)
{
    (void)state;
    check_masked("{'partId': 'a', 'pin': '1234'}", "{'partId': 'a', 'pin': '***'}");
}

static void what_is_no_secret_stays(void **state)
{
    (void)state;
    check_masked("{'partId': 'a', 'rev': 1, 'other': ['x', {'y': true}]}",
                 "{'partId': 'a', 'rev': 1, 'other': ['x', {'y': true}]}");
}

static void secret_in_one_of_several_schemas_is_masked(void **state)
{
    (void)state;
    check_masked("{'lock': {'code': 'abc', 'kind': 'num'}}",
                 "{'lock': {'code': '***', 'kind': 'num'}}");
}

static void secret_elements_are_masked(void **state)
{
    (void)state;
    check_masked("{'lock': {'codes': ['1', null, '', '2']}}",
                 "{'lock': {'codes': ['***', null, '', '***']}}");
}

static void members_without_a_name_in_the_schema_are_masked(void **state)
{
    (void)state;
    check_masked("{'keys': {'a': 'x', 'b': 'y', 'count': 2}}",
                 "{'keys': {'a': '***', 'b': '***', 'count': 2}}");
}

static void empty_secrets_stay_to_show_that_nothing_is_set(void **state)
{
    (void)state;
    check_masked("{'pin': ''}", "{'pin': ''}");
    check_masked("{'pin': null}", "{'pin': null}");
}

static void secret_of_another_type_is_masked(void **state)
{
    (void)state;
    check_masked("{'pin': {'a': 1}}", "{'pin': '***'}");
    check_masked("{'pin': 0}", "{'pin': '***'}");
}

static void check_schema(const char *schema, const char *value, int status,
                         const char *expect)
{
    struct berth_error err = BERTH_ERROR_INIT;
    json_t *s = fixture_json(schema);
    json_t *got = fixture_json(value);
    assert_int_equal(redact(s, s, got, &err), status);
    json_t *want = fixture_json(expect);
    if (status == 0)
        assert_true(json_equal(got, want));
    else
        assert_true(err.message[0] != '\0');
    json_decref(want);
    json_decref(got);
    json_decref(s);
}

static void every_way_through_a_schema_counts(void **state)
{
    static const char *const SCHEMAS[] = {
        "{'properties': {'a': {'x-secret': true}}}",
        "{'allOf': [{}, {'properties': {'a': {'x-secret': true}}}]}",
        "{'anyOf': [{'properties': {'a': {'x-secret': true}}}, true]}",
        "{'oneOf': [{'properties': {'a': {'x-secret': true}}}]}",
        "{'if': {'properties': {'a': {'x-secret': true}}}}",
        "{'if': {}, 'then': {'properties': {'a': {'x-secret': true}}}}",
        "{'if': {}, 'else': {'properties': {'a': {'x-secret': true}}}}",
        "{'dependentSchemas': {'b': {'properties': {'a': {'x-secret': true}}}}}",
        "{'patternProperties': {'^z': {'x-secret': true}}}",
        "{'unevaluatedProperties': {'x-secret': true}}",
        ("{'$ref': '#/$defs/x', '$defs': {'x': {'properties': {'a': {'$ref': "
         "'#/$defs/y'}}}, 'y': {'allOf': [{'x-secret': true}]}}}"),
        "{'properties': {'a': {'anyOf': [{'type': 'null'}, {'x-secret': true}]}}}",
        ("{'properties': {'a': {'$ref': '#/$defs/x%20y'}}, '$defs': {'x y': "
         "{'x-secret': true}}}"),
        "{'properties': {'a': {'$ref': '#pin'}}, '$defs': {'x': {'$anchor': 'pin'}}}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(SCHEMAS) / sizeof(SCHEMAS[0]); i++)
        check_schema(SCHEMAS[i], "{'a': 'v'}", 0, "{'a': '***'}");
}

static void every_way_to_an_element_counts(void **state)
{
    (void)state;
    check_schema("{'items': {'x-secret': true}}", "['v']", 0, "['***']");
    check_schema("{'prefixItems': [{}, {'x-secret': true}]}", "['u', 'v', 'w']", 0,
                 "['u', '***', 'w']");
    check_schema("{'prefixItems': [{}], 'items': {'x-secret': true}}", "['u', 'v']", 0,
                 "['u', '***']");
    check_schema("{'contains': {'x-secret': true}}", "['v']", 0, "['***']");
    check_schema("{'unevaluatedItems': {'x-secret': true}}", "['v']", 0, "['***']");
}

static void what_a_value_is_not_does_not_count(void **state)
{
    (void)state;
    check_schema("{'not': {'properties': {'a': {'x-secret': true}}}}", "{'a': 'v'}", 0,
                 "{'a': 'v'}");
}

static void whole_secret_cannot_be_masked_in_place(void **state)
{
    (void)state;
    check_schema("{'x-secret': true}", "'v'", BERTH_E_INVALID, "null");
    check_schema("{'x-secret': true}", "null", 0, "null");
}

static void endless_schema_ends(void **state)
{
    (void)state;
    check_schema("{'$ref': '#'}", "{'a': 'v'}", BERTH_E_INVALID, "null");
    check_schema("{'properties': {'a': {'$ref': '#'}}}", "{'a': {'a': {'a': 1}}}", 0,
                 "{'a': {'a': {'a': 1}}}");
    check_schema("{'allOf': [{'$ref': '#'}, {'$ref': '#'}]}", "{'a': 'v'}",
                 BERTH_E_INVALID, "null");
}

static void check_found(const char *operation, const char *value, const char *secret,
                        const char *mask)
{
    struct manifest *m = fixture_manifest(AZURE_DPS);
    struct berth_error err = BERTH_ERROR_INIT;
    json_t *input = fixture_json(value);
    const json_t *schema = manifest_find(m, operation)->input_schema;
    char *found = NULL;
    assert_int_equal(redact_find_secret(manifest_json(m), schema, input, &found, &err),
                     0);
    assert_string_equal(found ? found : "none", secret);
    free(found);
    found = NULL;
    assert_int_equal(redact_find_mask(manifest_json(m), schema, input, &found, &err), 0);
    assert_string_equal(found ? found : "none", mask);
    free(found);
    json_decref(input);
    manifest_free(m);
}

static void secret_in_an_input_is_found(void **state)
{
    (void)state;
    check_found("enrollment.upsert",
                "{'registrationId': 'a', 'attestation': {'type': 'symmetricKey', "
                "'symmetricKey': {'primaryKey': '', 'secondaryKey': 'x'}}}",
                "/attestation/symmetricKey/secondaryKey", "none");
    check_found("enrollment.bulk",
                "{'enrollments': [{}, {'attestation': {'symmetricKey': {'primaryKey': "
                "'***'}}}]}",
                "/enrollments/1/attestation/symmetricKey/primaryKey",
                "/enrollments/1/attestation/symmetricKey/primaryKey");
    check_found("device.register", "{'registrationId': 'a', 'groupKey': 'x'}",
                "/groupKey", "none");
    check_found("enrollment.get", "{'registrationId': '***'}", "none", "none");
}

static void found_pointer_is_escaped(void **state)
{
    json_t *schema = fixture_json("{'additionalProperties': {'x-secret': true}}");
    json_t *value = fixture_json("{'a/b~c': 'v'}");
    struct berth_error err = BERTH_ERROR_INIT;
    char *found = NULL;

    (void)state;
    assert_int_equal(redact_find_secret(schema, schema, value, &found, &err), 0);
    assert_string_equal(found, "/a~1b~0c");
    free(found);
    json_decref(value);
    json_decref(schema);
}

static void check_names(const char *file, const char *expect)
{
    struct manifest *m = fixture_manifest(file);
    json_t *want = fixture_json(expect);
    assert_true(json_equal(manifest_secret_names(m), want));
    json_decref(want);
    manifest_free(m);
}

static void secret_names_are_collected(void **state)
{
    (void)state;
    check_names(DEPOT, "{'token': true, 'pin': true, 'code': true, 'codes': true}");
    check_names(AZURE_DPS, "{'key': true, 'altKey': true, 'primaryKey': true, "
                           "'secondaryKey': true, 'symmetricKey': true, 'groupKey': "
                           "true, 'authorization': true}");
    check_names("examples/text-list/text-list.json", "{}");
    check_names("examples/rest-list/rest-list.json", "{'token': true}");
}

static void wiped_texts_are_gone(void **state)
{
    json_t *value = fixture_json("{'a': 'abc', 'b': ['de', {'c': 'f'}], 'd': 1}");

    (void)state;
    redact_wipe(value);
    assert_memory_equal(json_string_value(json_object_get(value, "a")), "\0\0\0", 3);
    const json_t *list = json_object_get(value, "b");
    assert_memory_equal(json_string_value(json_array_get(list, 0)), "\0\0", 2);
    json_decref(value);
    redact_wipe(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(secret_behind_a_reference_is_masked),
        cmocka_unit_test(what_is_no_secret_stays),
        cmocka_unit_test(secret_in_one_of_several_schemas_is_masked),
        cmocka_unit_test(secret_elements_are_masked),
        cmocka_unit_test(members_without_a_name_in_the_schema_are_masked),
        cmocka_unit_test(empty_secrets_stay_to_show_that_nothing_is_set),
        cmocka_unit_test(secret_of_another_type_is_masked),
        cmocka_unit_test(every_way_through_a_schema_counts),
        cmocka_unit_test(every_way_to_an_element_counts),
        cmocka_unit_test(what_a_value_is_not_does_not_count),
        cmocka_unit_test(whole_secret_cannot_be_masked_in_place),
        cmocka_unit_test(endless_schema_ends),
        cmocka_unit_test(secret_in_an_input_is_found),
        cmocka_unit_test(found_pointer_is_escaped),
        cmocka_unit_test(secret_names_are_collected),
        cmocka_unit_test(wiped_texts_are_gone),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
