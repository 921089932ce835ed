/* Do the templates of a `request` block name only what the input has? */
#include "host/manifest/manifest_priv.h"

#include <stdio.h>

#include "host/manifest/template.h"
#include "host/redact.h"
#include "host/schema/schema.h"
#include "sdk/error.h"

/* Where a template goes: what else must hold for its members. */
struct slot {
    const struct operation *op;
    const char *name;   /* "path", "query/api-version", ... */
    bool must_be_given; /* the member must be required */
    bool shown;         /* it lands in logs: no secrets */
};

static const char *section(const struct operation *op)
{
    return manifest_section(op->kind);
}

static int check_member(const struct slot *slot, const char *member,
                        struct berth_error *err)
{
    const struct operation *op = slot->op;
    const struct manifest *m = op->manifest;
    const json_t *schema = schema_property(m->root, op->input_schema, member);
    if (!schema)
        return fail(err, BERTH_E_INVALID,
                    "/%s/%s/request/%s: the input has no member '%s'", section(op),
                    op->id, slot->name, member);
    if (slot->must_be_given && !manifest_requires(m, op->input_schema, member))
        return fail(err, BERTH_E_INVALID,
                    "/%s/%s/request/%s: the input member '%s' is not required",
                    section(op), op->id, slot->name, member);
    if (slot->shown && redact_is_secret(m->root, schema))
        return fail(err, BERTH_E_INVALID,
                    "/%s/%s/request/%s: '%s' is a secret and cannot be part of an "
                    "address",
                    section(op), op->id, slot->name, member);
    return 0;
}

struct member_check {
    const struct slot *slot;
    struct berth_error *err;
};

static int check_each(void *ctx, const char *member)
{
    const struct member_check *c = ctx;
    return check_member(c->slot, member, c->err);
}

static int check_template(const struct slot *slot, const char *text,
                          struct berth_error *err)
{
    struct member_check c = {slot, err};
    int r = template_each_member(text, check_each, &c);
    return r <= 0 ? r
                  : fail(err, BERTH_E_INVALID,
                         "/%s/%s/request/%s: a brace has no other, or a name is too long",
                         section(slot->op), slot->op->id, slot->name);
}

static int check_templates(const struct operation *op, const json_t *request,
                           const char *map, bool shown, struct berth_error *err)
{
    struct slot slot = {op, map, false, shown};
    const char *name;
    json_t *text;
    json_object_foreach(json_object_get(request, map), name, text)
    {
        int r = check_template(&slot, json_string_value(text), err);
        if (r < 0)
            return r;
    }
    return 0;
}

/* Members that the request names by themselves, not in a template. */
static int check_names(const struct operation *op, const json_t *request,
                       struct berth_error *err)
{
    const json_t *body = json_object_get(request, "body");
    const char *if_match = json_string_value(json_object_get(request, "ifMatch"));
    const char *member = json_string_value(json_object_get(body, "member"));
    struct slot slot = {op, "ifMatch", false, true};
    int r = if_match ? check_member(&slot, if_match, err) : 0;
    slot = (struct slot){op, "body/member", true, false};
    if (r == 0 && member)
        r = check_member(&slot, member, err);
    const json_t *omit = json_object_get(request, "omit");
    slot = (struct slot){op, "omit", false, false};
    for (size_t i = 0; r == 0 && i < json_array_size(omit); i++)
        r = check_member(&slot, json_string_value(json_array_get(omit, i)), err);
    return r;
}

static int check_base(const struct operation *op, const json_t *request,
                      struct berth_error *err)
{
    const json_t *rest = json_object_get(op->manifest->root, "rest");
    const char *base = json_string_value(json_object_get(request, "base"));
    if (!base && !rest)
        return fail(err, BERTH_E_INVALID,
                    "/%s/%s/request: needs a base, here or in 'rest'", section(op),
                    op->id);
    char where[200];
    (void)snprintf(where, sizeof(where), "/%s/%s/request", section(op), op->id);
    return manifest_check_base(op->manifest, where, base, err);
}

/* One result is one answer: who pages wants all of them. */
static int check_paging(const struct operation *op, const json_t *request,
                        struct berth_error *err)
{
    bool items = op->kind == OPERATION_TRIGGER || op->yields_items;
    if (items || !json_object_get(request, "paging"))
        return 0;
    return fail(
        err, BERTH_E_INVALID,
        "/actions/%s/request/paging: needs \"yields\": \"items\" in the action, or "
        "only the first page would be read",
        op->id);
}

int manifest_check_request(const struct operation *op, struct berth_error *err)
{
    const json_t *request = json_object_get(op->json, "request");
    if (!request)
        return 0;
    struct slot path = {op, "path", true, true};
    int r = check_base(op, request, err);
    if (r == 0)
        r = check_template(&path, json_string_value(json_object_get(request, "path")),
                           err);
    if (r == 0)
        r = check_templates(op, request, "query", true, err);
    if (r == 0)
        r = check_templates(op, request, "headers", false, err);
    if (r == 0)
        r = check_paging(op, request, err);
    return r < 0 ? r : check_names(op, request, err);
}
