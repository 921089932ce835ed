/* Actions and triggers of a manifest, from their JSON. */
#include "host/manifest/manifest_priv.h"

#include <stdlib.h>
#include <string.h>

#include "sdk/error.h"
#include "sdk/str.h"

static const char *text_of(const json_t *object, const char *member)
{
    return json_string_value(json_object_get(object, member));
}

static bool is_true(const json_t *object, const char *member)
{
    return json_is_true(json_object_get(object, member));
}

struct word {
    const char *name;
    unsigned value;
};

static const struct word MODES[] = {{"poll", TRIGGER_POLL},
                                    {"webhook", TRIGGER_WEBHOOK},
                                    {"stream", TRIGGER_STREAM},
                                    {NULL, 0}};
static const struct word STARTS[] = {{"now", START_NOW}, {"all", START_ALL}, {NULL, 0}};
static const struct word EVENTS[] = {{"created", EVENT_CREATED},
                                     {"updated", EVENT_UPDATED},
                                     {"deleted", EVENT_DELETED},
                                     {NULL, 0}};

/* The vocabulary allows no other words than those of the table. */
static unsigned word_value(const struct word *table, const json_t *name)
{
    const char *text = json_string_value(name);
    for (; text && table->name; table++)
        if (strcmp(table->name, text) == 0)
            return table->value;
    return 0;
}

static unsigned word_bits(const struct word *table, const json_t *array)
{
    unsigned bits = 0;
    for (size_t i = 0; i < json_array_size(array); i++)
        bits |= word_value(table, json_array_get(array, i));
    return bits;
}

const char *manifest_section(enum operation_kind kind)
{
    return kind == OPERATION_ACTION ? "actions" : "triggers";
}

/* What actions and triggers have in common. */
static int build_common(struct manifest *m, struct operation *op, struct berth_error *err)
{
    const char *section = manifest_section(op->kind);
    const char *limit = text_of(op->json, "limit");
    op->manifest = m;
    op->title = text_of(op->json, "title");
    op->description = text_of(op->json, "description");
    op->deprecated = text_of(op->json, "deprecated");
    op->declared = json_object_get(op->json, "request") != NULL;
    op->input_schema = json_object_get(op->json, "inputSchema");
    op->output_schema = json_object_get(op->json, "outputSchema");
    op->limit = limit ? manifest_find_limit(m, str_from(limit)) : &m->limits[0];
    if (!op->limit)
        return fail(err, BERTH_E_INVALID, "/%s/%s/limit: there is no limit '%s'", section,
                    op->id, limit);
    op->input = manifest_add_compiled(m, section, op->id, op->json, "inputSchema");
    op->output = manifest_add_compiled(m, section, op->id, op->json, "outputSchema");
    return manifest_names(m, json_object_get(op->json, "permissions"), &op->permissions,
                          err);
}

static int build_action(struct manifest *m, struct operation *op, struct berth_error *err)
{
    const json_t *effects = json_object_get(op->json, "effects");
    const json_t *batch = json_object_get(op->json, "batch");
    const char *yields = text_of(op->json, "yields");
    op->read_only = is_true(effects, "readOnly");
    op->destructive = is_true(effects, "destructive");
    op->idempotent = is_true(effects, "idempotent");
    op->yields_items = yields && strcmp(yields, "items") == 0;
    op->subject = text_of(op->json, "subject");
    op->batch_items = text_of(batch, "items");
    op->batch_max = json_integer_value(json_object_get(batch, "max"));
    return manifest_names(m, json_object_get(op->json, "steps"), &op->steps, err);
}

static int build_trigger(struct manifest *m, struct operation *op,
                         struct berth_error *err)
{
    const json_t *poll = json_object_get(op->json, "poll");
    const json_t *start = json_object_get(op->json, "start");
    const json_t *change = json_object_get(op->json, "change");
    const json_t *verify = json_object_get(change, "verify");
    const json_t *event = json_object_get(op->json, "event");
    const char *detect = text_of(change, "detect");
    op->read_only = true;
    op->idempotent = true;
    op->yields_items = true;
    op->trigger = (struct trigger_info){
        .mode = (enum trigger_mode)word_value(MODES, json_object_get(op->json, "mode")),
        .poll_default_s = json_integer_value(json_object_get(poll, "default")),
        .poll_min_s = json_integer_value(json_object_get(poll, "min")),
        .starts = word_bits(STARTS, start),
        .start_default = word_value(STARTS, json_array_get(start, 0)),
        .detect = strcmp(detect, "cursor") == 0 ? CHANGE_CURSOR : CHANGE_SNAPSHOT,
        .key = text_of(change, "key"),
        .fold_case = is_true(change, "foldCase"),
        .verify_action = text_of(verify, "action"),
        .verify_member = text_of(verify, "member"),
        .types = word_bits(EVENTS, json_object_get(event, "types")),
        .subject = text_of(event, "subject"),
        .time_member = text_of(event, "time"),
        .samples = json_object_get(op->json, "samples"),
    };
    return manifest_names(m, json_object_get(change, "version"), &op->trigger.version,
                          err);
}

static int build_section(struct manifest *m, enum operation_kind kind, json_t *map,
                         struct berth_error *err)
{
    const char *id;
    json_t *entry;
    json_object_foreach(map, id, entry)
    {
        if (manifest_find(m, id))
            return fail(err, BERTH_E_INVALID,
                        "/actions/%s: is the name of a trigger, too", id);
        struct operation *op = &m->operations[m->operation_count++];
        *op = (struct operation){.kind = kind, .id = id, .json = entry};
        int r = build_common(m, op, err);
        if (r == 0)
            r = kind == OPERATION_ACTION ? build_action(m, op, err)
                                         : build_trigger(m, op, err);
        if (r < 0)
            return r;
    }
    return 0;
}

int manifest_build_operations(struct manifest *m, struct berth_error *err)
{
    json_t *actions = json_object_get(m->root, "actions");
    json_t *triggers = json_object_get(m->root, "triggers");
    size_t count = json_object_size(actions) + json_object_size(triggers);
    m->operations = calloc(count + 1, sizeof(m->operations[0]));
    if (!m->operations)
        return fail_no_memory(err);
    int r = build_section(m, OPERATION_ACTION, actions, err);
    return r < 0 ? r : build_section(m, OPERATION_TRIGGER, triggers, err);
}
