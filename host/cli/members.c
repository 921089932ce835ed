#include "host/cli/members.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "host/schema/schema.h"
#include "sdk/error.h"
#include "sdk/json.h"

#define MAX_DEPTH 12u

static struct member *find(struct members *m, const char *name)
{
    for (size_t i = 0; i < m->count; i++)
        if (strcmp(m->list[i].name, name) == 0)
            return &m->list[i];
    return NULL;
}

static long long order_of(const json_t *document, const json_t *schema)
{
    const json_t *ui = schema_annotation(document, schema, "x-ui");
    const json_t *order = json_object_get(ui, "order");
    return json_is_integer(order) ? json_integer_value(order) : LLONG_MAX;
}

static int add(struct members *m, const char *name, const json_t *schema)
{
    if (find(m, name))
        return 0;
    struct member *grown = reallocarray(m->list, m->count + 1, sizeof(*m->list));
    if (!grown)
        return -1;
    m->list = grown;
    m->list[m->count++] =
        (struct member){name, schema, false, order_of(m->document, schema)};
    return 0;
}

static int collect(struct members *m, const json_t *schema, unsigned depth);

static int collect_all(struct members *m, const json_t *schemas, unsigned depth)
{
    size_t i = 0;
    json_t *schema = NULL;
    json_array_foreach(schemas, i, schema)
    {
        if (collect(m, schema, depth) < 0)
            return -1;
    }
    return 0;
}

static int collect_properties(struct members *m, const json_t *properties)
{
    const char *name = NULL;
    json_t *member = NULL;
    json_object_foreach(json_mutable(properties), name, member)
    {
        if (add(m, name, member) < 0)
            return -1;
    }
    return 0;
}

static int collect(struct members *m, const json_t *schema, unsigned depth)
{
    static const char *const BRANCHES[] = {"allOf", "anyOf", "oneOf"};
    static const char *const PARTS[] = {"then", "else"};
    if (!json_is_object(schema) || depth > MAX_DEPTH)
        return 0;
    int r = collect_properties(m, json_object_get(schema, "properties"));
    if (r == 0 && json_object_get(schema, "$ref"))
        r = collect(m, schema_find(m->document, schema), depth + 1);
    for (size_t b = 0; b < sizeof(BRANCHES) / sizeof(BRANCHES[0]) && r == 0; b++)
        r = collect_all(m, json_object_get(schema, BRANCHES[b]), depth + 1);
    for (size_t b = 0; b < sizeof(PARTS) / sizeof(PARTS[0]) && r == 0; b++)
        r = collect(m, json_object_get(schema, PARTS[b]), depth + 1);
    return r;
}

/* What `required` says in the schema, behind its $ref and in its allOf. */
static void mark_required(struct members *m, const json_t *schema, unsigned depth)
{
    size_t i = 0;
    json_t *entry = NULL;
    if (!json_is_object(schema) || depth > MAX_DEPTH)
        return;
    json_array_foreach(json_object_get(schema, "required"), i, entry)
    {
        const char *name = json_string_value(entry);
        struct member *member = name ? find(m, name) : NULL;
        if (member)
            member->required = true;
    }
    if (json_object_get(schema, "$ref"))
        mark_required(m, schema_find(m->document, schema), depth + 1);
    json_array_foreach(json_object_get(schema, "allOf"), i, entry)
        mark_required(m, entry, depth + 1);
}

/* By insertion, which keeps what is equal in order; there are few. */
static void sort(struct members *m)
{
    for (size_t i = 1; i < m->count; i++) {
        struct member moving = m->list[i];
        size_t k = i;
        for (; k > 0 && m->list[k - 1].order > moving.order; k--)
            m->list[k] = m->list[k - 1];
        m->list[k] = moving;
    }
}

int members_init(struct members *members, const json_t *document, const json_t *schema,
                 struct berth_error *err)
{
    *members = (struct members){.document = document};
    if (collect(members, schema, 0) < 0)
        return fail_no_memory(err);
    mark_required(members, schema, 0);
    sort(members);
    return 0;
}

void members_release(struct members *members)
{
    free(members->list);
    *members = (struct members){0};
}

static const char *type_name(const json_t *type)
{
    size_t i = 0;
    json_t *entry = NULL;
    if (json_is_string(type))
        return json_string_value(type);
    json_array_foreach(type, i, entry)
    {
        if (json_is_string(entry) && strcmp(json_string_value(entry), "null") != 0)
            return json_string_value(entry);
    }
    return NULL;
}

static const char *type_of_value(const json_t *value)
{
    switch (value ? json_typeof(value) : JSON_NULL) {
    case JSON_STRING:
        return "string";
    case JSON_INTEGER:
        return "integer";
    case JSON_REAL:
        return "number";
    case JSON_TRUE:
    case JSON_FALSE:
        return "boolean";
    default:
        return NULL;
    }
}

const char *members_type(const json_t *document, const json_t *schema)
{
    static const char *const BRANCHES[] = {"anyOf", "oneOf"};
    const char *name = type_name(schema_annotation(document, schema, "type"));
    if (!name)
        name =
            type_of_value(json_array_get(schema_annotation(document, schema, "enum"), 0));
    if (!name)
        name = type_of_value(schema_annotation(document, schema, "const"));
    if (!name && schema_annotation(document, schema, "properties"))
        name = "object";
    for (size_t b = 0; b < sizeof(BRANCHES) / sizeof(BRANCHES[0]) && !name; b++) {
        size_t i = 0;
        json_t *branch = NULL;
        const json_t *list = schema_annotation(document, schema, BRANCHES[b]);
        json_array_foreach(json_mutable(list), i, branch)
        {
            const char *type = members_type(document, branch);
            if (!name && strcmp(type, "null") != 0 && strcmp(type, "any") != 0)
                name = type;
        }
    }
    return name ? name : "any";
}
