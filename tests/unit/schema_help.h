/* What the tests of the schema validator share. Schemas and values are written in JSON
 * with single quotes for double ones. */
#ifndef BERTH_TESTS_SCHEMA_HELP_H
#define BERTH_TESTS_SCHEMA_HELP_H

#include "host/schema/schema.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "tests/support/cmocka.h"

#include <string.h>

#include <jansson.h>

/* A new reference. */
static inline json_t *parse(const char *text)
{
    json_error_t error;
    cleanup(free) char *json = strdup(text);
    assert_non_null(json);
    for (char *p = json; *p; p++)
        *p = *p == '\'' ? '"' : *p;
    json_t *value = json_loads(json, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
    if (!value)
        fail_msg("%s: %s", error.text, text);
    return value;
}

static inline struct schema *compiled(const char *text)
{
    struct berth_error err = BERTH_ERROR_INIT;
    struct schema *schema = NULL;
    json_auto_t *document = parse(text);
    if (schema_new(document, "", 0, &schema, &err) != 0)
        fail_msg("%s", err.message);
    return schema;
}

/* The verdict on a value; the message is "" for a valid one. */
static inline int verdict(const char *schema_text, const char *value_text,
                          struct berth_error *err)
{
    cleanup(schema) struct schema *schema = compiled(schema_text);
    json_auto_t *value = parse(value_text);
    *err = (struct berth_error)BERTH_ERROR_INIT;
    return schema_check(schema, value, NULL, err);
}

static inline void assert_valid(const char *schema, const char *value)
{
    struct berth_error err;
    if (verdict(schema, value, &err) != 0)
        fail_msg("%s: %s", value, err.message);
}

static inline void assert_problem(const char *schema, const char *value,
                                  const char *message)
{
    struct berth_error err;
    assert_int_equal(verdict(schema, value, &err), BERTH_E_INVALID);
    assert_string_equal(err.message, message);
}

static inline void assert_refused(const char *schema, int status, const char *message)
{
    struct berth_error err = BERTH_ERROR_INIT;
    struct schema *made = NULL;
    json_auto_t *document = parse(schema);
    assert_int_equal(schema_new(document, "", 0, &made, &err), status);
    assert_null(made);
    assert_string_equal(err.message, message);
}

#endif
