/* From a value and its schema to the secrets in it. */
#include "host/redact/redact_priv.h"

#include "host/schema/json_mutable.h"
#include "sdk/error.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool is_secret(struct walk *w, const json_t *schema)
{
    return redact_asks_secret(w->document, schema, &w->steps_left);
}

static bool is_set(const json_t *value)
{
    return !json_is_null(value) &&
           !(json_is_string(value) && json_string_length(value) == 0);
}

struct step {
    struct walk *walk;
    const struct place *place;
    int depth;
};

static int walk_schema(void *ctx, const json_t *schema);

static int visit(const struct step *s, const json_t *schema, const struct place *child)
{
    if (!is_set(child->value))
        return 0;
    if (is_secret(s->walk, schema))
        return s->walk->found(s->walk, child);
    struct step deeper = {s->walk, child, s->depth + 1};
    return walk_schema(&deeper, schema);
}

static int visit_member(const struct step *s, const json_t *schema, const char *name,
                        json_t *value)
{
    struct place child = {s->place, s->place->value, name, 0, value};
    return visit(s, schema, &child);
}

static int walk_properties(const struct step *s, const json_t *properties)
{
    const char *name;
    json_t *sub;
    json_object_foreach(json_mutable(properties), name, sub)
    {
        json_t *value = json_object_get(s->place->value, name);
        int r = value ? visit_member(s, sub, name, value) : 0;
        if (r != 0)
            return r;
    }
    return 0;
}

/* Members that `properties` does not name. */
static int walk_others(const struct step *s, const json_t *properties, const json_t *sub)
{
    if (!json_is_object(sub))
        return 0;
    const char *name;
    json_t *value;
    json_object_foreach(s->place->value, name, value)
    {
        if (json_object_get(properties, name))
            continue;
        int r = visit_member(s, sub, name, value);
        if (r != 0)
            return r;
    }
    return 0;
}

static int walk_members(const struct step *s, const json_t *schema)
{
    static const char *const OTHERS[] = {"additionalProperties", "unevaluatedProperties"};
    const json_t *properties = json_object_get(schema, "properties");
    int r = walk_properties(s, properties);
    for (size_t i = 0; r == 0 && i < COUNT(OTHERS); i++)
        r = walk_others(s, properties, json_object_get(schema, OTHERS[i]));
    /* Whether the pattern fits the name is not asked: in doubt it is masked. */
    const char *pattern;
    json_t *sub;
    json_object_foreach(json_object_get(schema, "patternProperties"), pattern, sub)
    {
        if (r == 0)
            r = walk_others(s, NULL, sub);
    }
    return r;
}

static int walk_elements(const struct step *s, const json_t *schema)
{
    static const char *const REST[] = {"items", "unevaluatedItems", "contains"};
    const json_t *prefix = json_object_get(schema, "prefixItems");
    size_t i;
    json_t *value;
    json_array_foreach(s->place->value, i, value)
    {
        struct place child = {s->place, s->place->value, NULL, i, value};
        const json_t *own = json_array_get(prefix, i);
        int r = own ? visit(s, own, &child) : 0;
        for (size_t k = 0; r == 0 && !own && k < COUNT(REST); k++) {
            const json_t *sub = json_object_get(schema, REST[k]);
            r = json_is_object(sub) ? visit(s, sub, &child) : 0;
        }
        if (r != 0)
            return r;
    }
    return 0;
}

static int walk_schema(void *ctx, const json_t *schema)
{
    const struct step *s = ctx;
    if (--s->walk->steps_left < 0 || s->depth > REDACT_MAX_DEPTH)
        return fail(s->walk->err, BERTH_E_INVALID,
                    "nested too deep to tell what is secret in it");
    struct step deeper = {s->walk, s->place, s->depth + 1};
    int r = redact_each_in_place(s->walk->document, schema, walk_schema, &deeper);
    if (r == 0 && json_is_object(s->place->value))
        r = walk_members(s, schema);
    if (r == 0 && json_is_array(s->place->value))
        r = walk_elements(s, schema);
    return r;
}

int redact_walk(struct walk *w, const json_t *schema, json_t *value)
{
    struct place whole = {.value = value};
    if (is_set(value) && is_secret(w, schema))
        return w->found(w, &whole);
    struct step s = {w, &whole, 0};
    return walk_schema(&s, schema);
}
