/* The case files of azure-dps and its manifest say the same: run_case plays the cases
 * with the connector itself, so what they take and give is what the code takes and gives.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/manifest.h"
#include "host/schema/schema.h"
#include "sdk/error.h"
#include "sdk/text.h"
#include "tests/support/cmocka.h"
#include "tests/unit/fixture_manifest.h"

#define CASES "tests/cases/azure-dps"

/* Looks at a case of an operation; answers how many problems it found. */
typedef int case_fn(const struct operation *op, const char *name, const json_t *body);

/* The number of cases; the problems that each() found are added. */
static size_t each_case(const struct operation *op, case_fn *each, int *problems)
{
    struct text path;
    text_init(&path, 4096);
    text_add_format(&path, CASES "/%s", op->id);
    char *folder = fixture_path(path.data);
    text_release(&path);
    DIR *dir = opendir(folder);
    size_t count = 0;
    for (const struct dirent *e = dir ? readdir(dir) : NULL; e; e = readdir(dir)) {
        char file[4096];
        if (e->d_name[0] == '.')
            continue;
        (void)snprintf(file, sizeof(file), "%s/%s", folder, e->d_name);
        json_t *body = json_load_file(file, 0, NULL);
        assert_non_null(body);
        if (each)
            *problems += each(op, e->d_name, body);
        json_decref(body);
        count++;
    }
    if (dir)
        assert_int_equal(closedir(dir), 0);
    free(folder);
    return count;
}

static int each_operation(case_fn *each)
{
    int problems = 0;
    struct manifest *m = fixture_manifest(AZURE_DPS);
    for (size_t i = 0; i < manifest_operation_count(m); i++)
        (void)each_case(manifest_operation(m, i), each, &problems);
    manifest_free(m);
    return problems;
}

static void every_operation_has_two_cases_or_more(void **state)
{
    struct manifest *m = fixture_manifest(AZURE_DPS);

    (void)state;
    for (size_t i = 0; i < manifest_operation_count(m); i++) {
        const struct operation *op = manifest_operation(m, i);
        size_t count = each_case(op, NULL, NULL);
        if (count < 2)
            print_error("# %s has %zu cases\n", op->id, count);
        assert_true(count >= 2);
    }
    manifest_free(m);
}

static bool expects(const json_t *body, const char *class)
{
    const json_t *expect = json_object_get(body, "expect");
    const json_t *error = json_object_get(expect, "error");
    const char *got = json_string_value(json_object_get(error, "class"));
    return got && strcmp(got, class) == 0;
}

/* A case may be about an input that the host never lets through. */
static int check_input(const struct operation *op, const char *name, const json_t *body)
{
    struct berth_error err = BERTH_ERROR_INIT;
    json_t *none = json_object();
    const json_t *input = json_object_get(body, "input");
    int r = operation_check_input(op, input ? input : none, NULL, &err);
    bool bad = r < 0 && !expects(body, "invalid");
    if (bad)
        print_error("# %s/%s: input: %s\n", op->id, name, err.message);
    json_decref(none);
    return bad;
}

static void inputs_of_cases_obey_the_manifest(void **state)
{
    (void)state;
    assert_int_equal(each_operation(check_input), 0);
}

static bool has_wildcard(const json_t *value)
{
    char *text = json_dumps(value, JSON_ENCODE_ANY);
    bool found = text && strstr(text, "\"$") != NULL;
    free(text);
    return found;
}

static int check_value(const struct operation *op, const char *name, const char *what,
                       const json_t *value)
{
    struct berth_error err = BERTH_ERROR_INIT;
    if (!value || json_is_null(value) || has_wildcard(value))
        return 0;
    const struct schema *schema = NULL;
    int r = operation_output_schema(op, &schema, &err);
    if (r == 0)
        r = schema_check(schema, value, NULL, &err);
    if (r < 0)
        print_error("# %s/%s: %s: %s\n", op->id, name, what, err.message);
    return r < 0;
}

static int check_output(const struct operation *op, const char *name, const json_t *body)
{
    const json_t *expect = json_object_get(body, "expect");
    const json_t *items = json_object_get(expect, "items");
    int bad = check_value(op, name, "result", json_object_get(expect, "result"));
    for (size_t i = 0; i < json_array_size(items); i++)
        bad += check_value(op, name, "item",
                           json_object_get(json_array_get(items, i), "data"));
    return bad;
}

static void outputs_of_cases_obey_the_manifest(void **state)
{
    (void)state;
    assert_int_equal(each_operation(check_output), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_operation_has_two_cases_or_more),
        cmocka_unit_test(inputs_of_cases_obey_the_manifest),
        cmocka_unit_test(outputs_of_cases_obey_the_manifest),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
