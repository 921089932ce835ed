/* What the operations of azure-dps take and what they refuse, from
 * tests/data/manifests/azure-dps-inputs.json: {"operation", "input", "problem"?}. */
#include <stdlib.h>
#include <string.h>

#include "host/manifest.h"
#include "host/schema/schema.h"
#include "sdk/error.h"
#include "sdk/text.h"
#include "tests/support/cmocka.h"
#include "tests/unit/fixture_manifest.h"
#include "tests/unit/redact_once.h"

static void check_one(const struct manifest *m, const json_t *c, size_t index)
{
    const char *id = json_string_value(json_object_get(c, "operation"));
    const char *problem = json_string_value(json_object_get(c, "problem"));
    const struct operation *op = manifest_find(m, id);
    struct berth_error err = BERTH_ERROR_INIT;
    assert_non_null(op);
    int r = operation_check_input(op, json_object_get(c, "input"), NULL, &err);
    if ((r < 0) != (problem != NULL) || (problem && !strstr(err.message, problem)))
        print_error("# case %zu: %s: %d '%s'\n", index, id, r, err.message);
    assert_int_equal(r, problem ? BERTH_E_INVALID : 0);
    if (problem)
        assert_non_null(strstr(err.message, problem));
}

static void inputs_are_taken_or_refused_with_a_reason(void **state)
{
    struct manifest *m = fixture_manifest(AZURE_DPS);
    char *path = fixture_path("tests/data/manifests/azure-dps-inputs.json");
    json_t *cases = json_load_file(path, 0, NULL);
    size_t i;
    json_t *c;

    (void)state;
    assert_true(json_array_size(cases) > 50);
    json_array_foreach(cases, i, c) check_one(m, c, i);
    json_decref(cases);
    free(path);
    manifest_free(m);
}

/* A listing can be written back as it is. */
static void samples_are_good_upserts(void **state)
{
    static const char *const PAIRS[][2] = {
        {"enrollment.changed", "enrollment.upsert"},
        {"enrollmentGroup.changed", "enrollmentGroup.upsert"},
    };
    struct manifest *m = fixture_manifest(AZURE_DPS);

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        const json_t *samples = manifest_find(m, PAIRS[i][0])->trigger.samples;
        const struct operation *upsert = manifest_find(m, PAIRS[i][1]);
        size_t k;
        json_t *sample;
        json_array_foreach(samples, k, sample)
        {
            struct berth_error err = BERTH_ERROR_INIT;
            assert_int_equal(operation_check_input(upsert, sample, NULL, &err), 0);
        }
    }
    manifest_free(m);
}

/* A default in a merge patch would change what nobody asked to change. */
static void update_fills_in_nothing(void **state)
{
    static const char *const UPDATES[] = {"enrollment.update", "enrollmentGroup.update",
                                          "enrollment.upsert", "enrollmentGroup.upsert",
                                          "enrollment.disable"};
    struct manifest *m = fixture_manifest(AZURE_DPS);

    (void)state;
    for (size_t i = 0; i < sizeof(UPDATES) / sizeof(UPDATES[0]); i++) {
        struct berth_error err = BERTH_ERROR_INIT;
        json_t *input = json_object();
        const struct operation *op = manifest_find(m, UPDATES[i]);
        assert_int_equal(
            schema_fill_defaults(manifest_json(m), op->input_schema, input, &err), 0);
        assert_int_equal(json_object_size(input), 0);
        json_decref(input);
    }
    manifest_free(m);
}

static void check_confirm(const struct manifest *m, const char *id, const char *input,
                          bool expect)
{
    json_t *value = fixture_json(input);
    assert_int_equal(operation_needs_confirm(manifest_find(m, id), value), expect);
    json_decref(value);
}

static void only_what_destroys_asks(void **state)
{
    struct manifest *m = fixture_manifest(AZURE_DPS);

    (void)state;
    check_confirm(m, "enrollment.delete", "{}", true);
    check_confirm(m, "enrollmentGroup.rotateKeys", "{}", true);
    check_confirm(m, "registration.delete", "{}", true);
    check_confirm(m, "enrollment.bulk", "{'mode': 'delete'}", true);
    check_confirm(m, "enrollment.bulk", "{'mode': 'create'}", false);
    check_confirm(m, "enrollment.bulk", "{}", false);
    check_confirm(m, "enrollment.upsert", "{}", false);
    check_confirm(m, "enrollment.get", "{}", false);
    manifest_free(m);
}

static int add_subject(void *ctx, const char *id)
{
    struct text *all = ctx;
    text_add_format(all, "%s ", id);
    return strcmp(id, "stop") == 0 ? 7 : 0;
}

static void check_subjects(const struct manifest *m, const char *id, const char *input,
                           int status, const char *expect)
{
    json_t *value = fixture_json(input);
    struct text all;
    text_init(&all, 100);
    assert_int_equal(
        operation_each_subject(manifest_find(m, id), value, add_subject, &all), status);
    assert_string_equal(all.data ? all.data : "", expect);
    text_release(&all);
    json_decref(value);
}

static void subjects_are_found(void **state)
{
    struct manifest *m = fixture_manifest(AZURE_DPS);

    (void)state;
    check_subjects(m, "enrollment.get", "{'registrationId': 'a'}", 0, "a ");
    check_subjects(m, "enrollment.get", "{}", 0, "");
    check_subjects(m, "enrollment.bulk",
                   "{'enrollments': [{'registrationId': 'a'}, {}, {'registrationId': "
                   "'b'}]}",
                   0, "a b ");
    check_subjects(m, "enrollmentGroup.bulk",
                   "{'enrollmentGroups': [{'enrollmentGroupId': 'stop'}, "
                   "{'enrollmentGroupId': 'b'}]}",
                   7, "stop ");
    check_subjects(m, "enrollment.list", "{'registrationId': 'a'}", 0, "");
    manifest_free(m);
}

/* Every member that might hold a key says that it is a secret. */
static void keys_in_outputs_are_masked(void **state)
{
    struct manifest *m = fixture_manifest(AZURE_DPS);
    json_t *value =
        fixture_json("{'type': 'symmetricKey', 'symmetricKey': {'primaryKey': "
                     "'x', 'secondaryKey': 'y'}}");
    struct berth_error err = BERTH_ERROR_INIT;

    (void)state;
    assert_int_equal(redact(manifest_json(m),
                            manifest_find(m, "enrollmentGroup.secrets")->output_schema,
                            value, &err),
                     0);
    char *text = json_dumps(value, JSON_COMPACT);
    assert_string_equal(text, "{\"type\":\"symmetricKey\",\"symmetricKey\":{"
                              "\"primaryKey\":\"***\",\"secondaryKey\":\"***\"}}");
    free(text);
    json_decref(value);
    manifest_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inputs_are_taken_or_refused_with_a_reason),
        cmocka_unit_test(samples_are_good_upserts),
        cmocka_unit_test(update_fills_in_nothing),
        cmocka_unit_test(only_what_destroys_asks),
        cmocka_unit_test(subjects_are_found),
        cmocka_unit_test(keys_in_outputs_are_masked),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
