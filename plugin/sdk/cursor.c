#include "sdk/cleanup.h"
#include "sdk/json.h"
#include "sdk/unit.h"

#define CURSOR_MAX ((size_t)1 << 20)
#define CURSOR_VERSION 1

static void add_unit(struct text *t, const struct unit *unit, bool *first)
{
    text_add(t, *first ? "[" : ",[");
    text_add_json(t, str_from(unit->kind->name));
    text_add(t, ",");
    text_add_json(t, unit->id);
    text_add(t, ",");
    text_add_json(t, unit->continuation);
    text_add(t, "]");
    *first = false;
}

int cursor_give(struct berth_op *op, struct berth_error *err)
{
    cleanup(text) struct text t;
    bool first = true;
    text_init(&t, CURSOR_MAX);
    text_add_format(&t, "{\"v\":%d,\"marks\":%u,\"units\":[", CURSOR_VERSION, op->marks);
    for (const struct unit *unit = op->in_flight; unit; unit = unit->next)
        add_unit(&t, unit, &first);
    for (unsigned rank = 0; rank < UNIT_RANKS; rank++)
        for (const struct unit *unit = op->pending[rank].first; unit; unit = unit->next)
            add_unit(&t, unit, &first);
    text_add(&t, "]}");
    if (text_failed(&t))
        return fail_no_memory(err);
    return op->call->host->cursor(op->call, text_str(&t));
}

static const struct unit_kind *find_kind(const struct berth_op *op, struct berth_str name)
{
    const struct unit_kind *const *kind = op->operation->kinds;
    while (*kind && !str_equal(str_from((*kind)->name), name))
        kind++;
    return *kind;
}

/* Is it a list of units that this connector knows, at least one? */
static bool is_known(const struct berth_op *op, const json_t *cursor)
{
    size_t i;
    json_t *unit;
    json_t *units = json_object_get(cursor, "units");
    if (json_integer_value(json_object_get(cursor, "v")) != CURSOR_VERSION)
        return false;
    json_array_foreach(units, i, unit)
    {
        if (json_array_size(unit) != 3 || !json_is_string(json_array_get(unit, 1)) ||
            !json_is_string(json_array_get(unit, 2)) ||
            !find_kind(op, json_value_str(json_array_get(unit, 0))))
            return false;
    }
    return json_array_size(units) > 0;
}

/* 1: the units are open again; 0: not readable, start over. */
int cursor_resume(struct berth_op *op, struct berth_str cursor, struct berth_error *err)
{
    cleanup(json) json_t *value = NULL;
    int r = json_parse(cursor, JSON_OURS, &value, err);
    if (r == BERTH_E_NO_MEMORY)
        return r;
    if (r < 0 || !is_known(op, value)) {
        op_log(op, BERTH_LOG_WARN,
               "the point to resume from cannot be read; listing from the start");
        return 0;
    }
    size_t i;
    json_t *unit;
    op->marks = (uint32_t)json_integer_value(json_object_get(value, "marks"));
    json_array_foreach(json_object_get(value, "units"), i, unit)
    {
        r = unit_add(op, find_kind(op, json_value_str(json_array_get(unit, 0))),
                     json_value_str(json_array_get(unit, 1)),
                     json_value_str(json_array_get(unit, 2)), err);
        if (r < 0)
            return r;
    }
    for (unsigned rank = 0; rank < UNIT_RANKS; rank++)
        for (struct unit *open = op->pending[rank].first; open; open = open->next)
            open->is_resumed = true;
    return 1;
}
