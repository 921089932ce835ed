/* Which places of a schema are secret. */
#include "host/redact.h"

#include "host/redact/redact_priv.h"
#include "host/schema/schema.h"
#include "sdk/json.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

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

/* `not` is none of them: it says what a value is not. */
int redact_each_in_place(const json_t *document, const json_t *schema, in_place_fn *each,
                         void *ctx)
{
    static const char *const LISTS[] = {"allOf", "anyOf", "oneOf"};
    static const char *const ONE[] = {"if", "then", "else"};
    bool dangling = false;
    const json_t *target = schema_follow(document, schema, &dangling);
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

bool redact_is_marked(const json_t *document, const json_t *schema)
{
    bool dangling = false;
    if (json_is_true(json_object_get(schema, "x-secret")))
        return true;
    (void)schema_follow(document, schema, &dangling); /* where to does not matter */
    return dangling;
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
    if (redact_is_marked(q->document, schema) || --*q->steps_left < 0 ||
        q->depth > REDACT_MAX_DEPTH)
        return 1;
    struct secret_question deeper = {q->document, q->steps_left, q->depth + 1};
    return redact_each_in_place(q->document, schema, is_secret_step, &deeper);
}

bool redact_is_secret(const json_t *document, const json_t *schema)
{
    long steps_left = REDACT_MAX_STEPS;
    struct secret_question q = {document, &steps_left, 0};
    return is_secret_step(&q, schema) != 0;
}
