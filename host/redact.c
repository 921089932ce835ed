#include "host/redact.h"

#include <openssl/crypto.h>
#include <string.h>

#include "host/schema/json_mutable.h"
#include "host/schema/schema.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/text.h"

/* Schemas may refer to one another in ways whose number doubles with each level, so depth
 * and work have bounds; real walks stay far below. */
#define MAX_DEPTH 400
#define MAX_STEPS 2000000L
#define MAX_POINTER 8192

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A value and where in its container it is. */
struct place {
    const struct place *parent; /* null: the whole value */
    json_t *container;
    const char *name; /* member; null: an element */
    size_t index;
    json_t *value;
};

struct walk {
    const json_t *document;
    long steps_left;
    /* Told of each secret; an answer other than 0 ends the walk. */
    int (*found)(struct walk *w, const struct place *place);
    char *pointer; /* to what was found */
    struct berth_error *err;
};

/* A schema that applies to the same place as another. */
typedef int in_place_fn(void *ctx, const json_t *schema);

static int each_element(const json_t *list, in_place_fn *each, void *ctx)
{
    int r = 0;
    size_t i;
    json_t *sub;
    json_array_foreach(list, i, sub)
    {
        r = each(ctx, sub);
        if (r != 0)
            return r;
    }
    return r;
}

static int each_member(const json_t *map, in_place_fn *each, void *ctx)
{
    int r = 0;
    const char *name;
    json_t *sub;
    json_object_foreach(json_mutable(map), name, sub)
    {
        r = each(ctx, sub);
        if (r != 0)
            return r;
    }
    return r;
}

/* Call each() for the schemas that apply to the same place as `schema`. `not` is none of
 * them: it says what a value is not. */
static int each_in_place(const json_t *document, const json_t *schema, in_place_fn *each,
                         void *ctx)
{
    static const char *const LISTS[] = {"allOf", "anyOf", "oneOf"};
    static const char *const ONE[] = {"if", "then", "else"};
    const char *ref = json_string_value(json_object_get(schema, "$ref"));
    const json_t *target = ref && ref[0] == '#' ? schema_at(document, ref + 1) : NULL;
    int r = target ? each(ctx, target) : 0;
    for (size_t i = 0; r == 0 && i < COUNT(LISTS); i++)
        r = each_element(json_object_get(schema, LISTS[i]), each, ctx);
    for (size_t i = 0; r == 0 && i < COUNT(ONE); i++) {
        const json_t *sub = json_object_get(schema, ONE[i]);
        r = sub ? each(ctx, sub) : 0;
    }
    return r != 0 ? r
                  : each_member(json_object_get(schema, "dependentSchemas"), each, ctx);
}

struct secret_question {
    const json_t *document;
    long *steps_left;
    int depth;
};

/* 1: a secret, or nobody knows. */
static int is_secret_step(void *ctx, const json_t *schema)
{
    const struct secret_question *q = ctx;
    if (json_is_true(json_object_get(schema, "x-secret")))
        return 1;
    if (--*q->steps_left < 0 || q->depth > MAX_DEPTH)
        return 1;
    struct secret_question deeper = {q->document, q->steps_left, q->depth + 1};
    return each_in_place(q->document, schema, is_secret_step, &deeper);
}

static bool is_secret(struct walk *w, const json_t *schema)
{
    struct secret_question q = {w->document, &w->steps_left, 0};
    return is_secret_step(&q, schema) != 0;
}

bool redact_is_secret(const json_t *document, const json_t *schema)
{
    struct walk w = {.document = document, .steps_left = MAX_STEPS};
    return is_secret(&w, schema);
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
    if (--s->walk->steps_left < 0 || s->depth > MAX_DEPTH)
        return fail(s->walk->err, BERTH_E_INVALID,
                    "nested too deep to tell what is secret in it");
    struct step deeper = {s->walk, s->place, s->depth + 1};
    int r = each_in_place(s->walk->document, schema, walk_schema, &deeper);
    if (r == 0 && json_is_object(s->place->value))
        r = walk_members(s, schema);
    if (r == 0 && json_is_array(s->place->value))
        r = walk_elements(s, schema);
    return r;
}

static int walk_value(struct walk *w, const json_t *schema, json_t *value)
{
    struct place whole = {.value = value};
    if (is_set(value) && is_secret(w, schema))
        return w->found(w, &whole);
    struct step s = {w, &whole, 0};
    return walk_schema(&s, schema);
}

static int mask(struct walk *w, const struct place *place)
{
    if (!place->container)
        return fail(w->err, BERTH_E_INVALID, "the whole value is a secret");
    redact_wipe(place->value);
    json_t *text = json_string(REDACT_MASK);
    int r = place->name ? json_object_set_new(place->container, place->name, text)
                        : json_array_set_new(place->container, place->index, text);
    return r < 0 ? fail_no_memory(w->err) : 0;
}

int redact(const json_t *document, const json_t *schema, json_t *value,
           struct berth_error *err)
{
    struct walk w = {
        .document = document, .steps_left = MAX_STEPS, .found = mask, .err = err};
    return walk_value(&w, schema, value);
}

static void add_escaped_name(struct text *t, const char *name)
{
    for (; *name; name++) {
        if (*name == '~')
            text_add(t, "~0");
        else if (*name == '/')
            text_add(t, "~1");
        else
            text_add_str(t, (struct berth_str){name, 1});
    }
}

static void add_pointer(struct text *t, const struct place *place)
{
    if (!place->parent)
        return;
    add_pointer(t, place->parent);
    text_add(t, "/");
    if (place->name)
        add_escaped_name(t, place->name);
    else
        text_add_int(t, (int64_t)place->index);
}

/* 1: found. */
static int remember(struct walk *w, const struct place *place)
{
    cleanup(text) struct text t;
    text_init(&t, MAX_POINTER);
    add_pointer(&t, place);
    w->pointer = text_take(&t);
    return w->pointer ? 1 : fail_no_memory(w->err);
}

static int remember_mask(struct walk *w, const struct place *place)
{
    const char *text = json_string_value(place->value);
    return text && strcmp(text, REDACT_MASK) == 0 ? remember(w, place) : 0;
}

static int find(struct walk *w, const json_t *schema, const json_t *value,
                char **ret_pointer)
{
    int r = walk_value(w, schema, json_mutable(value)); /* remember() changes nothing */
    if (r >= 0)
        *ret_pointer = w->pointer;
    return r < 0 ? r : 0;
}

int redact_find_secret(const json_t *document, const json_t *schema, const json_t *value,
                       char **ret_pointer, struct berth_error *err)
{
    struct walk w = {
        .document = document, .steps_left = MAX_STEPS, .found = remember, .err = err};
    return find(&w, schema, value, ret_pointer);
}

int redact_find_mask(const json_t *document, const json_t *schema, const json_t *value,
                     char **ret_pointer, struct berth_error *err)
{
    struct walk w = {.document = document,
                     .steps_left = MAX_STEPS,
                     .found = remember_mask,
                     .err = err};
    return find(&w, schema, value, ret_pointer);
}

void redact_wipe(json_t *value)
{
    const char *name;
    size_t i;
    json_t *sub;
    if (json_is_string(value)) {
        union {
            const char *in;
            char *out;
        } same = {.in = json_string_value(value)};
        OPENSSL_cleanse(same.out, json_string_length(value));
    }
    json_object_foreach(value, name, sub) redact_wipe(sub);
    json_array_foreach(value, i, sub) redact_wipe(sub);
}
