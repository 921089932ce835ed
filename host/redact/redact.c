#include "host/redact.h"

#include <openssl/crypto.h>
#include <string.h>

#include "host/redact/redact_priv.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/json.h"
#include "sdk/pointer.h"
#include "sdk/text.h"

#define MAX_POINTER 8192

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

int redact_by_plan(const struct redact_plan *plan, json_t *value, struct berth_error *err)
{
    struct walk w = {.steps_left = REDACT_MAX_STEPS, .found = mask, .err = err};
    return redact_walk(&w, plan, value);
}

static void add_pointer(struct text *t, const struct place *place)
{
    if (!place->parent)
        return;
    add_pointer(t, place->parent);
    if (place->name)
        pointer_add(t, place->name);
    else
        pointer_add_index(t, place->index);
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

static int find(struct walk *w, const struct redact_plan *plan, const json_t *value,
                char **ret_pointer)
{
    w->steps_left = REDACT_MAX_STEPS;
    int r = redact_walk(w, plan, json_mutable(value)); /* remember() changes nothing */
    if (r >= 0)
        *ret_pointer = w->pointer;
    return r < 0 ? r : 0;
}

int redact_plan_find_secret(const struct redact_plan *plan, const json_t *value,
                            char **ret_pointer, struct berth_error *err)
{
    struct walk w = {.found = remember, .err = err};
    return find(&w, plan, value, ret_pointer);
}

int redact_plan_find_mask(const struct redact_plan *plan, const json_t *value,
                          char **ret_pointer, struct berth_error *err)
{
    struct walk w = {.found = remember_mask, .err = err};
    return find(&w, plan, value, ret_pointer);
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
