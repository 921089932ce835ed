/* Writes the operations of a manifest as Markdown: docs/operations.md is made of it, and
 * make check compares. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/manifest.h"
#include "host/redact.h"
#include "host/schema/schema.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/json.h"
#include "sdk/pointer.h"
#include "sdk/str.h"

enum { MAX_MEMBERS = 64, MAX_DEPTH = 16 };

struct member {
    const char *name;
    const json_t *schema;
    json_int_t order;
};

struct members {
    const json_t *document;
    struct member list[MAX_MEMBERS];
    size_t count;
};

static const char *annotation(const json_t *document, const json_t *schema,
                              const char *keyword)
{
    const char *text = json_string_value(schema_annotation(document, schema, keyword));
    return text ? text : "";
}

static bool has_member(const struct members *m, const char *name)
{
    for (size_t i = 0; i < m->count; i++)
        if (strcmp(m->list[i].name, name) == 0)
            return true;
    return false;
}

/* By x-ui.order; those of the same order stay as they came. */
static void insert_member(struct members *m, const char *name, const json_t *schema)
{
    const json_t *ui = schema_annotation(m->document, schema, "x-ui");
    const json_t *order = json_object_get(ui, "order");
    struct member new = {name, schema, order ? json_integer_value(order) : 1000};
    if (m->count == MAX_MEMBERS || has_member(m, name))
        return;
    size_t at = m->count++;
    for (; at > 0 && m->list[at - 1].order > new.order; at--)
        m->list[at] = m->list[at - 1];
    m->list[at] = new;
}

/* What stands in the schema itself goes before what it refers to. */
static void collect(struct members *m, const json_t *schema, int depth)
{
    const char *name;
    json_t *sub;
    size_t i;
    if (depth > MAX_DEPTH)
        return;
    const char *ref = json_string_value(json_object_get(schema, "$ref"));
    json_object_foreach(json_object_get(schema, "properties"), name, sub)
    {
        insert_member(m, name, sub);
    }
    if (ref)
        collect(m, pointer_at(m->document, str_from(ref + 1)), depth + 1);
    json_array_foreach(json_object_get(schema, "allOf"), i, sub)
    {
        collect(m, sub, depth + 1);
    }
}

static bool lists(const json_t *array, const char *name)
{
    for (size_t i = 0; i < json_array_size(array); i++)
        if (strcmp(json_string_value(json_array_get(array, i)), name) == 0)
            return true;
    return false;
}

static bool is_required(const json_t *document, const json_t *schema, const char *name)
{
    for (int i = 0; schema && i < MAX_DEPTH; i++) {
        if (lists(json_object_get(schema, "required"), name))
            return true;
        const char *ref = json_string_value(json_object_get(schema, "$ref"));
        schema = ref ? pointer_at(document, str_from(ref + 1)) : NULL;
    }
    return false;
}

static void print_rights(const struct operation *op)
{
    for (size_t i = 0; i < op->permissions.count; i++)
        (void)printf("%s%s", i == 0 ? "" : ", ", op->permissions.names[i]);
    if (op->permissions.count == 0)
        (void)printf("none");
}

static const char *effects(const struct operation *op)
{
    if (op->read_only)
        return "reads";
    return op->destructive ? "overwrites or deletes" : "writes";
}

static const char *asks(const struct operation *op)
{
    const json_t *confirm = json_object_get(op->json, "confirm");
    if (json_is_object(confirm))
        return "when it deletes";
    return json_is_true(confirm) ? "yes" : "";
}

static void print_members(const struct operation *op)
{
    const json_t *document = manifest_json(op->manifest);
    struct members m = {.document = document};
    collect(&m, op->input_schema, 0);
    if (m.count == 0) {
        (void)printf("\nNo input.\n");
        return;
    }
    (void)printf("\n| input | | |\n|---|---|---|\n");
    for (size_t i = 0; i < m.count; i++) {
        const struct member *x = &m.list[i];
        const json_t *only = schema_annotation(document, x->schema, "readOnly");
        const char *need = is_required(document, op->input_schema, x->name) ? "required"
                           : json_is_true(only) ? "accepted and ignored"
                           : redact_is_secret(document, x->schema) ? "secret"
                                                                   : "";
        (void)printf("| `%s` | %s | %s |\n", x->name, need,
                     annotation(document, x->schema, "description"));
    }
}

static void print_how(const struct operation *op)
{
    const json_t *request = json_object_get(op->json, "request");
    if (request)
        (void)printf("\nOne request%s: `%s %s`\n",
                     json_object_get(request, "paging") ? " a page" : "",
                     json_string_value(json_object_get(request, "method")),
                     json_string_value(json_object_get(request, "path")));
    for (size_t i = 0; i < op->steps.count; i++)
        (void)printf("%s%zu. %s\n", i == 0 ? "\n" : "", i + 1, op->steps.names[i]);
}

static void print_operation(const struct operation *op)
{
    (void)printf("\n### %s\n\n%s\n", op->id, op->description);
    if (op->kind == OPERATION_TRIGGER)
        (void)printf("\nPolled every %lld s, at most every %lld s. Events have the "
                     "subject `%s`.\n",
                     (long long)op->trigger.poll_default_s,
                     (long long)op->trigger.poll_min_s, op->trigger.subject);
    print_how(op);
    print_members(op);
}

/* A link to the section below: web sites name it in lower case, without the dot. */
static void print_link(const char *id)
{
    (void)printf("| [%s](#", id);
    for (; *id; id++)
        if (*id != '.')
            (void)putchar(*id >= 'A' && *id <= 'Z' ? *id - 'A' + 'a' : *id);
    (void)printf(") ");
}

static void print_tables(const struct manifest *m)
{
    (void)printf("\n| trigger | what it tells | rights |\n|---|---|---|\n");
    for (size_t i = 0; i < manifest_operation_count(m); i++) {
        const struct operation *op = manifest_operation(m, i);
        if (op->kind != OPERATION_TRIGGER)
            continue;
        print_link(op->id);
        (void)printf("| %s | ", op->title);
        print_rights(op);
        (void)printf(" |\n");
    }
    (void)printf("\n| action | what it does | | rights | asks first "
                 "|\n|---|---|---|---|---|\n");
    for (size_t i = 0; i < manifest_operation_count(m); i++) {
        const struct operation *op = manifest_operation(m, i);
        if (op->kind != OPERATION_ACTION)
            continue;
        print_link(op->id);
        (void)printf("| %s | %s | ", op->title, effects(op));
        print_rights(op);
        (void)printf(" | %s |\n", asks(op));
    }
}

static void print_manifest(const struct manifest *m)
{
    (void)printf("# Operations of %s\n\n%s\n", manifest_id(m), manifest_summary(m));
    print_tables(m);
    (void)printf("\n## Rights\n\n| right | what it allows |\n|---|---|\n");
    const char *right;
    json_t *sentence;
    json_object_foreach(json_mutable(manifest_credential(m, 0)->permissions), right,
                        sentence)
    {
        (void)printf("| %s | %s |\n", right, json_string_value(sentence));
    }
    (void)printf("\n## Each of them\n");
    for (size_t i = 0; i < manifest_operation_count(m); i++)
        print_operation(manifest_operation(m, i));
}

int main(int argc, char **argv)
{
    struct berth_error err = BERTH_ERROR_INIT;
    cleanup(manifest) struct manifest *m = NULL;
    if (argc != 2) {
        (void)fprintf(stderr, "usage: operations_table MANIFEST\n");
        return 2;
    }
    if (manifest_read(argv[1], &m, &err) < 0) {
        (void)fprintf(stderr, "%s\n", err.message);
        return 3;
    }
    print_manifest(m);
    return fflush(stdout) == 0 ? 0 : 1;
}
