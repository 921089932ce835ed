/* Schemas and values from strangers: {"schema": ..., "value": ..., "at": pointer}. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "host/schema/schema.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/pointer.h"
#include "sdk/str.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* With and without a report the verdict must be the same, and each problem complete. */
static void check(const struct schema *schema, const json_t *value)
{
    struct berth_error err = BERTH_ERROR_INIT;
    cleanup(schema_report) struct schema_report report;
    schema_report_init(&report, 5);
    int r = schema_check(schema, value, NULL, &err);
    if (r < 0 && !*err.message)
        abort();
    if (schema_check(schema, value, &report, NULL) != r || (r == 0 && report.count > 0))
        abort();
    for (size_t i = 0; i < report.count; i++)
        if (!report.problems[i].pointer || !*report.problems[i].sentence)
            abort();
}

static void look_up(const json_t *document, const json_t *schema)
{
    json_auto_t *object = json_object();
    (void)schema_find(document, schema); /* the results do not matter here */
    (void)schema_annotation(document, schema, "title");
    (void)schema_property(document, schema, "a");
    bool dangling = false;
    (void)schema_follow(document, schema, &dangling);
    if (object)
        (void)schema_fill_defaults(document, schema, object, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    json_error_t error;
    json_auto_t *input = json_loadb((const char *)data, size, JSON_ALLOW_NUL, &error);
    json_t *document = json_object_get(input, "schema");
    const json_t *value = json_object_get(input, "value");
    const char *pointer = json_string_value(json_object_get(input, "at"));
    struct berth_error err = BERTH_ERROR_INIT;
    cleanup(schema) struct schema *schema = NULL;
    if (!document || !value)
        return 0;
    unsigned flags =
        json_is_true(json_object_get(input, "lax")) ? SCHEMA_ALLOW_UNKNOWN : 0;
    int r = schema_new(document, pointer ? pointer : "", flags, &schema, &err);
    if (r < 0 && !*err.message)
        abort();
    if (r < 0)
        return 0;
    check(schema, value);
    look_up(document, pointer_at(document, str_from(pointer)));
    return 0;
}
