/* Help on an action or a trigger, from its manifest. */
#include <stdlib.h>
#include <string.h>

#include "host/cli/help.h"
#include "host/cli/members.h"
#include "host/manifest.h"
#include "host/redact.h"
#include "host/schema/schema.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/json.h"
#include "sdk/str.h"

#define MAX_DEPTH 3u
#define MAX_PATH 200u

static void add_dump(struct text *page, const json_t *value)
{
    cleanup(free) char *dump = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
    text_add(page, dump ? dump : "");
}

static void add_choices(struct text *page, const json_t *choices)
{
    size_t i = 0;
    json_t *choice = NULL;
    json_array_foreach(json_mutable(choices), i, choice)
    {
        text_add(page, i > 0 ? " | " : "");
        if (json_is_string(choice))
            text_add(page, json_string_value(choice));
        else
            add_dump(page, choice);
    }
}

static void add_facts(struct text *page, const struct members *m,
                      const struct member *member)
{
    const json_t *choices = schema_annotation(m->document, member->schema, "enum");
    const json_t *fallback = schema_annotation(m->document, member->schema, "default");
    text_add(page, "  (");
    if (choices)
        add_choices(page, choices);
    else
        text_add(page, members_type(m->document, member->schema));
    if (member->required)
        text_add(page, ", required");
    if (fallback) {
        text_add(page, ", default ");
        add_dump(page, fallback);
    }
    if (redact_is_secret(m->document, member->schema))
        text_add(page, ", secret");
    if (json_is_true(schema_annotation(m->document, member->schema, "readOnly")))
        text_add(page, ", set by the service");
    text_add(page, ")\n");
}

/* The schema of what is below a member, with what stands between their names. */
static const json_t *below(const json_t *document, const json_t *schema,
                           const char **ret_joint)
{
    const json_t *items = schema_annotation(document, schema, "items");
    *ret_joint = items ? "[]." : ".";
    return items ? items : schema;
}

static void add_members(struct text *page, const json_t *document, const json_t *schema,
                        const char *prefix, unsigned depth)
{
    const char *joint = NULL;
    cleanup(members) struct members members;
    if (members_init(&members, document, schema, NULL) < 0)
        return;
    for (size_t i = 0; i < members.count; i++) {
        const struct member *member = &members.list[i];
        cleanup(text) struct text path;
        text_init(&path, MAX_PATH);
        text_add(&path, prefix);
        text_add(&path, member->name);
        text_add_format(page, "  %s", path.data ? path.data : member->name);
        add_facts(page, &members, member);
        const json_t *said = schema_annotation(document, member->schema, "description");
        if (!said)
            said = schema_annotation(document, member->schema, "title");
        if (json_is_string(said))
            help_wrap(page, json_value_str(said), 6);
        const json_t *inner = below(document, member->schema, &joint);
        text_add(&path, joint);
        if (depth < MAX_DEPTH && !text_failed(&path))
            add_members(page, document, inner, path.data, depth + 1);
    }
}

static void add_names(struct text *page, const struct name_list *list, const char *none)
{
    for (size_t i = 0; i < list->count; i++)
        text_add_format(page, "%s%s", i > 0 ? ", " : "", list->names[i]);
    text_add(page, list->count == 0 ? none : "");
    text_add(page, "\n");
}

/* A value that shows what goes there. */
static json_t *sample_new(const json_t *document, const struct member *member)
{
    const json_t *ui = schema_annotation(document, member->schema, "x-ui");
    const json_t *shown = schema_annotation(document, member->schema, "default");
    if (!shown)
        shown =
            json_array_get(schema_annotation(document, member->schema, "examples"), 0);
    if (!shown)
        shown = json_array_get(schema_annotation(document, member->schema, "enum"), 0);
    if (!shown)
        shown = json_object_get(ui, "placeholder");
    const char *type = members_type(document, member->schema);
    bool any = strcmp(type, "any") == 0;
    if (shown && (any || json_is_string(shown) == (strcmp(type, "string") == 0)))
        return json_deep_copy(shown);
    if (strcmp(type, "object") == 0 || any || strcmp(type, "array") == 0)
        return NULL;
    if (strcmp(type, "boolean") == 0)
        return json_true();
    return strcmp(type, "string") == 0 ? json_string("...") : json_integer(1);
}

static json_t *example_new(const json_t *document, const json_t *schema, unsigned depth);

/* An object, or an array with one. */
static json_t *inner_example_new(const json_t *document, const json_t *schema,
                                 unsigned depth)
{
    const char *joint = NULL;
    const json_t *inner = below(document, schema, &joint);
    json_t *example = example_new(document, inner, depth);
    return inner == schema ? example : json_pack("[o]", example);
}

/* An object with what is required. */
static json_t *example_new(const json_t *document, const json_t *schema, unsigned depth)
{
    const json_t *given =
        json_array_get(schema_annotation(document, schema, "examples"), 0);
    cleanup(members) struct members members = {0};
    if (given)
        return json_deep_copy(given);
    json_t *example = json_object();
    if (members_init(&members, document, schema, NULL) < 0)
        return example;
    for (size_t i = 0; i < members.count; i++) {
        const struct member *member = &members.list[i];
        if (!member->required)
            continue;
        json_t *value = sample_new(document, member);
        if (!value && depth < MAX_DEPTH)
            value = inner_example_new(document, member->schema, depth + 1);
        if (value)
            (void)json_object_set_new(example, member->name, value); /* only help */
    }
    return example;
}

/* Secrets must not stand on a command line. */
static bool holds_secret(const struct operation *op, const json_t *example)
{
    struct berth_error ignored = BERTH_ERROR_INIT;
    cleanup(free) char *pointer = NULL;
    int r = operation_find_secret(op, example, &pointer, &ignored);
    return r < 0 || pointer;
}

static void add_example(struct text *page, const struct operation *op, const char *usage)
{
    json_auto_t *example = example_new(manifest_json(op->manifest), op->input_schema, 0);
    cleanup(free) char *dump = json_dumps(example, JSON_COMPACT);
    text_add_format(page, "\nExample:\n  %s", usage);
    if (!dump || strcmp(dump, "{}") == 0)
        text_add(page, "\n");
    else if (holds_secret(op, example))
        text_add_format(page, " -i @input.json\n  with this in input.json: %s\n", dump);
    else
        text_add_format(page, " -i '%s'\n", dump);
}

static void add_confirm(struct text *page, const json_t *confirm)
{
    if (json_is_true(confirm)) {
        text_add(page, ", asks first (--yes)");
    } else if (json_is_object(confirm)) {
        text_add_format(page, ", asks first (--yes) when %s is ",
                        json_string_value(json_object_get(confirm, "member")));
        add_choices(page, json_object_get(confirm, "in"));
    }
}

static void add_effects(struct text *page, const struct operation *op)
{
    text_add(page, "Effects: ");
    text_add(page, op->read_only ? "reads only" : "changes things at the service");
    if (op->destructive)
        text_add(page, ", may destroy what is there");
    if (!op->read_only)
        text_add(page, op->idempotent ? ", may be repeated" : ", not to be repeated");
    add_confirm(page, json_object_get(op->json, "confirm"));
    text_add(page, "\n");
}

static void add_trigger(struct text *page, const struct trigger_info *trigger)
{
    text_add_format(page, "Events:  %s%s%s of %s\n",
                    trigger->types & EVENT_CREATED ? "created " : "",
                    trigger->types & EVENT_UPDATED ? "updated " : "",
                    trigger->types & EVENT_DELETED ? "deleted" : "", trigger->subject);
    text_add_format(page, "Polled:  every %lld seconds with --follow, %lld at least\n",
                    (long long)trigger->poll_default_s, (long long)trigger->poll_min_s);
}

void help_operation(struct text *page, const struct operation *op, const char *usage)
{
    text_add_format(page, "Usage: %s [-i INPUT] [OPTIONS]\n\n%s: %s.\n\n", usage, op->id,
                    op->title);
    help_wrap(page, str_from(op->description), 0);
    if (op->deprecated)
        text_add_format(page, "Deprecated: %s\n", op->deprecated);
    text_add(page, "\nRights:  ");
    add_names(page, &op->permissions, "none");
    if (op->kind == OPERATION_ACTION)
        add_effects(page, op);
    else
        add_trigger(page, &op->trigger);
    for (size_t i = 0; i < op->steps.count; i++)
        text_add_format(page, "%s%zu. %s\n", i == 0 ? "Steps:   " : "         ", i + 1,
                        op->steps.names[i]);
    text_add(page, "\nInput:\n");
    size_t before = page->len;
    add_members(page, manifest_json(op->manifest), op->input_schema, "", 0);
    if (page->len == before)
        text_add(page, "  none\n");
    add_example(page, op, usage);
}
