#include "host/cli/csv_columns.h"

#include <stdlib.h>
#include <string.h>

#include "host/cli/members.h"
#include "host/redact.h"
#include "host/schema/schema.h"
#include "host/suggest.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/str.h"

static enum column_type type_by_name(const char *name)
{
    if (strcmp(name, "integer") == 0)
        return COLUMN_INTEGER;
    if (strcmp(name, "number") == 0)
        return COLUMN_NUMBER;
    if (strcmp(name, "boolean") == 0)
        return COLUMN_BOOLEAN;
    if (strcmp(name, "object") == 0 || strcmp(name, "array") == 0)
        return COLUMN_JSON;
    return COLUMN_STRING;
}

static bool is_closed(const json_t *document, const json_t *schema)
{
    return json_is_false(schema_annotation(document, schema, "additionalProperties")) ||
           json_is_false(schema_annotation(document, schema, "unevaluatedProperties"));
}

static int fail_unknown(const char *name, const char *part, const json_t *document,
                        const json_t *schema, struct berth_error *err)
{
    struct suggest near;
    cleanup(members) struct members members;
    int r = members_init(&members, document, schema, err);
    if (r < 0)
        return r;
    suggest_init(&near, part);
    for (size_t i = 0; i < members.count; i++)
        suggest_offer(&near, members.list[i].name);
    if (near.best)
        return fail(err, BERTH_E_INVALID,
                    "column '%.80s': the input has no member '%.80s': did you mean '%s'?",
                    name, part, near.best);
    return fail(err, BERTH_E_INVALID,
                "column '%.80s': the input has no member '%.80s': see --help", name,
                part);
}

/* Has `schema` a place for a secret, itself or inside? */
static int note_secret(struct csv_column *column, const json_t *document,
                       const json_t *schema, struct berth_error *err)
{
    cleanup(redact_plan) struct redact_plan *plan = NULL;
    int r = redact_plan_new(document, schema, &plan, err);
    if (r == 0 && !redact_plan_is_empty(plan))
        column->secret = true;
    return r;
}

/* Follow the dots of `name` through the schema. */
static int describe(struct csv_column *column, const json_t *document,
                    const json_t *schema, struct berth_error *err)
{
    cleanup(free) char *parts = strdup(column->name);
    if (!parts)
        return fail_no_memory(err);
    for (char *part = parts; part;) {
        char *dot = strchr(part, '.');
        if (dot)
            *dot = '\0';
        if (*part == '\0')
            return fail(err, BERTH_E_INVALID,
                        "column '%.80s': a part of the name is empty", column->name);
        const json_t *member = schema ? schema_property(document, schema, part) : NULL;
        if (!member && schema && is_closed(document, schema))
            return fail_unknown(column->name, part, document, schema, err);
        column->secret |= member && redact_is_secret(document, member);
        schema = member;
        part = dot ? dot + 1 : NULL;
    }
    if (!schema)
        return 0;
    column->type = type_by_name(members_type(document, schema));
    return note_secret(column, document, schema, err);
}

/* "a" and "a", or "a" and "a.b", cannot stand side by side. */
static int check_pairs(const struct csv_columns *columns, struct berth_error *err)
{
    for (size_t i = 0; i < columns->count; i++) {
        for (size_t k = 0; k < columns->count; k++) {
            const char *a = columns->columns[i].name;
            const char *b = columns->columns[k].name;
            size_t len = strlen(a);
            if (i == k || strncmp(a, b, len) != 0 || (b[len] != '\0' && b[len] != '.'))
                continue;
            return fail(err, BERTH_E_INVALID,
                        "columns '%.80s' and '%.80s' name the same member: keep one", a,
                        b);
        }
    }
    return 0;
}

/* JSON texts of the program have none; mostly the file is UTF-16. */
static bool has_zero(struct berth_str cell)
{
    return cell.len > 0 && memchr(cell.ptr, '\0', cell.len);
}

int csv_columns_init(struct csv_columns *columns, const struct csv *csv,
                     const json_t *document, const json_t *schema,
                     struct berth_error *err)
{
    *columns = (struct csv_columns){0};
    columns->columns = calloc(csv->count, sizeof(*columns->columns));
    if (!columns->columns)
        return fail_no_memory(err);
    for (size_t i = 0; i < csv->count; i++) {
        struct csv_column *column = &columns->columns[columns->count++];
        struct berth_str name = str_trim(csv_cell(csv, i));
        column->name = strndup(name.ptr, name.len);
        if (!column->name)
            return fail_no_memory(err);
        if (has_zero(csv_cell(csv, i)))
            return fail(err, BERTH_E_INVALID,
                        "column %zu: a zero byte is in its name: save the file as UTF-8",
                        i + 1);
        if (column->name[0] == '\0')
            return fail(err, BERTH_E_INVALID,
                        "column %zu has no name: the first row names the fields", i + 1);
        int r = describe(column, document, schema, err);
        if (r < 0)
            return r;
    }
    return check_pairs(columns, err);
}

void csv_columns_release(struct csv_columns *columns)
{
    for (size_t i = 0; i < columns->count; i++)
        free(columns->columns[i].name);
    free(columns->columns);
    *columns = (struct csv_columns){0};
}

/* Null: the cell is not of that type. */
static json_t *value_new(enum column_type type, struct berth_str cell)
{
    if (type == COLUMN_STRING)
        return json_stringn(cell.ptr, cell.len);
    if (type == COLUMN_BOOLEAN && str_equal_fold(cell, STR("true")))
        return json_true();
    if (type == COLUMN_BOOLEAN && str_equal_fold(cell, STR("false")))
        return json_false();
    json_t *value =
        json_loadb(cell.ptr, cell.len, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
    bool fits = type == COLUMN_INTEGER  ? json_is_integer(value)
                : type == COLUMN_NUMBER ? json_is_number(value)
                : type == COLUMN_JSON   ? json_is_object(value) || json_is_array(value)
                                        : false;
    if (fits)
        return value;
    json_decref(value);
    return NULL;
}

static int fail_type(const struct csv_column *column, struct berth_str cell,
                     struct berth_error *problem)
{
    static const char *const WANTED[] = {
        [COLUMN_STRING] = "text in UTF-8",
        [COLUMN_INTEGER] = "a whole number",
        [COLUMN_NUMBER] = "a number",
        [COLUMN_BOOLEAN] = "true or false",
        [COLUMN_JSON] = "a JSON object or array",
    };
    if (column->secret || column->type == COLUMN_STRING)
        return fail(problem, BERTH_E_INVALID, "column '%.80s': not %s", column->name,
                    WANTED[column->type]);
    return fail(problem, BERTH_E_INVALID, "column '%.80s': '%.*s' is not %s",
                column->name, (int)(cell.len < 60 ? cell.len : 60), cell.ptr,
                WANTED[column->type]);
}

/* Put `value`, which this takes, at "a.b.c" of `object`. */
static int put(json_t *object, const char *name, json_t *value)
{
    const char *dot = strchr(name, '.');
    if (!dot)
        return json_object_set_new(object, name, value);
    size_t len = (size_t)(dot - name);
    json_t *inner = json_object_getn(object, name, len);
    if (!inner) {
        inner = json_object();
        if (json_object_setn_new(object, name, len, inner) < 0) {
            json_decref(value);
            return -1;
        }
    }
    return put(inner, dot + 1, value);
}

static int fill(const struct csv_columns *columns, const struct csv *csv,
                struct record *record, struct berth_error *err)
{
    for (size_t i = 0; i < columns->count; i++) {
        const struct csv_column *column = &columns->columns[i];
        struct berth_str cell = csv_cell(csv, i);
        if (cell.len == 0)
            continue;
        if (has_zero(cell))
            return fail(&record->problem, BERTH_E_INVALID,
                        "column '%.80s': a zero byte is in it", column->name);
        json_t *value = value_new(column->type, cell);
        if (!value)
            return fail_type(column, cell, &record->problem);
        if (put(record->value, column->name, value) < 0)
            return fail_no_memory(err);
    }
    return 0;
}

int csv_columns_record(const struct csv_columns *columns, const struct csv *csv,
                       const struct csv_row *row, struct record *ret_record,
                       struct berth_error *err)
{
    *ret_record = (struct record){.number = row->number, .problem = row->problem};
    if (row->problem.message[0] != '\0')
        return 0;
    if (row->count != columns->count) {
        (void)fail(&ret_record->problem, BERTH_E_INVALID,
                   "the row has %zu cells and the first row %zu", row->count,
                   columns->count);
        return 0;
    }
    ret_record->value = json_object();
    if (!ret_record->value)
        return fail_no_memory(err);
    int r = fill(columns, csv, ret_record, err);
    if (r == 0)
        return 0;
    json_decref(ret_record->value);
    ret_record->value = NULL;
    return ret_record->problem.message[0] != '\0' ? 0 : r;
}
