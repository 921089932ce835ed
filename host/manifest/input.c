/* An operation's input at run time. */
#include "host/manifest/manifest_priv.h"

#include <stdlib.h>

#include "host/redact.h"
#include "host/schema/schema.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/json.h"
#include "sdk/pointer.h"
#include "sdk/str.h"

static int check_masks(const struct operation *op, const json_t *input,
                       struct berth_error *err)
{
    cleanup(free) char *pointer = NULL;
    int r = operation_find_mask(op, input, &pointer, err);
    if (r < 0 || !pointer)
        return r;
    return fail(err, BERTH_E_INVALID,
                "%s: '" REDACT_MASK "' is the mask of a secret, not the secret: give the "
                "real one (outputs show it with --show-secrets), or leave it out",
                pointer[0] == '/' ? pointer + 1 : pointer);
}

int operation_check_input(const struct operation *op, const json_t *input,
                          struct schema_report *report, struct berth_error *err)
{
    const struct schema *schema = NULL;
    int r = operation_input_schema(op, &schema, err);
    if (r == 0)
        r = check_masks(op, input, err);
    if (r < 0)
        return r;
    struct berth_error why = BERTH_ERROR_INIT;
    r = schema_check(schema, input, report, &why);
    if (r < 0)
        return fail(err, r, "%s", why.message + (why.message[0] == '/' ? 1 : 0));
    return 0;
}

bool operation_needs_confirm(const struct operation *op, const json_t *input)
{
    const json_t *confirm = json_object_get(op->json, "confirm");
    const char *member = json_string_value(json_object_get(confirm, "member"));
    if (!member)
        return json_is_true(confirm);
    const json_t *value = json_object_get(input, member);
    const json_t *values = json_object_get(confirm, "in");
    for (size_t i = 0; i < json_array_size(values); i++)
        if (json_equal(json_mutable(value), json_array_get(values, i)))
            return true;
    return false;
}

struct subjects {
    int (*each)(void *ctx, const char *id);
    void *ctx;
};

static int walk_subject(const struct subjects *s, const json_t *value,
                        struct berth_str pointer);

static int walk_subject_elements(const struct subjects *s, const json_t *array,
                                 struct berth_str pointer)
{
    size_t i;
    json_t *element;
    json_array_foreach(array, i, element)
    {
        int r = walk_subject(s, element, pointer);
        if (r != 0)
            return r;
    }
    return 0;
}

static int walk_subject(const struct subjects *s, const json_t *value,
                        struct berth_str pointer)
{
    struct berth_str token;
    if (!pointer_next(&pointer, &token))
        return json_is_string(value) ? s->each(s->ctx, json_string_value(value)) : 0;
    if (str_equal(token, STR("*")))
        return walk_subject_elements(s, value, pointer);
    const json_t *member = pointer_child(value, token);
    return member ? walk_subject(s, member, pointer) : 0;
}

int operation_each_subject(const struct operation *op, const json_t *input,
                           int (*each)(void *ctx, const char *id), void *ctx)
{
    struct subjects s = {each, ctx};
    return op->subject ? walk_subject(&s, input, str_from(op->subject)) : 0;
}
