/* What must agree between the parts of a manifest. */
#include "host/manifest/manifest_priv.h"

#include <string.h>

#include "host/manifest/template.h"
#include "host/redact.h"
#include "host/schema/schema.h"
#include "sdk/error.h"

static const struct operation *find_action(const struct manifest *m, const char *id)
{
    const struct operation *op = manifest_find(m, id);
    return op && op->kind == OPERATION_ACTION ? op : NULL;
}

struct host {
    const struct manifest *m;
    size_t index;
    struct berth_error *err;
};

/* Every field that a host's template names is in every kind of credentials, and none is a
 * secret: an origin is shown. */
static int check_host_field(void *ctx, const char *field)
{
    const struct host *h = ctx;
    for (size_t i = 0; i < h->m->credential_count; i++) {
        const struct credential *c = &h->m->credentials[i];
        const json_t *schema = schema_property(h->m->root, c->schema_json, field);
        if (!schema)
            return fail(h->err, BERTH_E_INVALID,
                        "/network/hosts/%zu: the credentials '%s' have no field '%s'",
                        h->index, c->kind, field);
        if (redact_is_secret(h->m->root, schema))
            return fail(h->err, BERTH_E_INVALID,
                        "/network/hosts/%zu: '%s' is a secret and cannot be part of an "
                        "address",
                        h->index, field);
    }
    return 0;
}

static int check_host(const struct manifest *m, size_t index, struct berth_error *err)
{
    struct host h = {m, index, err};
    int r = template_each_member(m->hosts.names[index], check_host_field, &h);
    return r <= 0 ? r
                  : fail(err, BERTH_E_INVALID,
                         "/network/hosts/%zu: a brace has no other, or a name is too "
                         "long",
                         index);
}

int manifest_check_base(const struct manifest *m, const char *where, const char *base,
                        struct berth_error *err)
{
    if (!base)
        return 0;
    for (size_t i = 0; i < m->hosts.count; i++)
        if (strcmp(base, m->hosts.names[i]) == 0)
            return 0;
    return fail(err, BERTH_E_INVALID, "%s/base: '%s' is not one of network.hosts", where,
                base);
}

static int check_base(const struct manifest *m, struct berth_error *err)
{
    const json_t *rest = json_object_get(m->root, "rest");
    return manifest_check_base(m, "/rest",
                               json_string_value(json_object_get(rest, "base")), err);
}

struct common {
    const struct manifest *m;
    const char *map;
    const char *name;
    struct berth_error *err;
};

/* What all requests have in common may name a member that only some inputs have. */
static int check_common_member(void *ctx, const char *member)
{
    const struct common *c = ctx;
    for (size_t i = 0; i < c->m->operation_count; i++)
        if (manifest_has_member(c->m, c->m->operations[i].input_schema, member))
            return 0;
    return fail(c->err, BERTH_E_INVALID, "/rest/%s/%s: no input has a member '%s'",
                c->map, c->name, member);
}

static int check_rest(const struct manifest *m, const char *map, struct berth_error *err)
{
    const json_t *rest = json_object_get(m->root, "rest");
    const char *name;
    json_t *text;
    json_object_foreach(json_object_get(rest, map), name, text)
    {
        struct common c = {m, map, name, err};
        int r = template_each_member(json_string_value(text), check_common_member, &c);
        if (r != 0)
            return r < 0 ? r
                         : fail(err, BERTH_E_INVALID, "/rest/%s/%s: a brace has no other",
                                map, name);
    }
    return 0;
}

static int check_paste(const struct credential *c, struct berth_error *err)
{
    const json_t *paste = json_object_get(c->json, "paste");
    const char *part;
    json_t *field;
    json_object_foreach(json_object_get(paste, "fields"), part, field)
    {
        if (!manifest_has_member(c->manifest, c->schema_json, json_string_value(field)))
            return fail(err, BERTH_E_INVALID,
                        "/credentials/%s/paste/fields/%s: there is no field '%s'",
                        c->kind, part, json_string_value(field));
    }
    return 0;
}

static int check_credential(const struct credential *c, struct berth_error *err)
{
    const json_t *required = json_object_get(c->schema_json, "required");
    for (size_t i = 0; i < json_array_size(required); i++) {
        const char *field = json_string_value(json_array_get(required, i));
        if (!field || !manifest_has_member(c->manifest, c->schema_json, field))
            return fail(err, BERTH_E_INVALID,
                        "/credentials/%s/schema/required/%zu: there is no field '%s'",
                        c->kind, i, field ? field : "");
    }
    const struct operation *test = find_action(c->manifest, c->test_action);
    if (!test)
        return fail(err, BERTH_E_INVALID,
                    "/credentials/%s/test/action: there is no action '%s'", c->kind,
                    c->test_action);
    if (!test->read_only)
        return fail(err, BERTH_E_INVALID,
                    "/credentials/%s/test/action: '%s' is not read-only", c->kind,
                    c->test_action);
    return check_paste(c, err);
}

static int check_option_pointer(const struct option_source *o, const char *member,
                                const char *pointer, const struct operation *action,
                                struct berth_error *err)
{
    if (!pointer ||
        manifest_walk_schema(action->manifest->root, action->output_schema, pointer))
        return 0;
    return fail(err, BERTH_E_INVALID, "/options/%s/%s: the items of '%s' have no '%s'",
                o->id, member, o->action, pointer);
}

static int check_option(const struct manifest *m, const struct option_source *o,
                        struct berth_error *err)
{
    const struct operation *action = find_action(m, o->action);
    if (!action || !action->yields_items)
        return fail(err, BERTH_E_INVALID,
                    "/options/%s/action: there is no action '%s' that yields items",
                    o->id, o->action);
    int r = check_option_pointer(o, "value", o->value, action, err);
    return r < 0 ? r : check_option_pointer(o, "label", o->label, action, err);
}

/* Rights are those of some kind of credentials. */
static int check_permissions(const struct operation *op, struct berth_error *err)
{
    const struct manifest *m = op->manifest;
    for (size_t i = 0; i < op->permissions.count; i++) {
        bool known = false;
        for (size_t k = 0; k < m->credential_count; k++)
            known = known || json_object_get(m->credentials[k].permissions,
                                             op->permissions.names[i]);
        if (!known)
            return fail(err, BERTH_E_INVALID,
                        "/%s/%s/permissions/%zu: no credentials have a right '%s'",
                        manifest_section(op->kind), op->id, i, op->permissions.names[i]);
    }
    return 0;
}

static int check_operation(const struct operation *op, struct berth_error *err)
{
    int r = check_permissions(op, err);
    if (r == 0)
        r = manifest_check_request(op, err);
    if (r < 0)
        return r;
    return op->kind == OPERATION_ACTION ? manifest_check_action(op, err)
                                        : manifest_check_trigger(op, err);
}

int manifest_check_all(const struct manifest *m, struct berth_error *err)
{
    const struct schema *unused = NULL;
    int r = 0;
    for (size_t i = 0; r == 0 && i < m->compiled_count; i++)
        r = compiled_schema_get(&m->compiled[i], &unused, err);
    for (size_t i = 0; r == 0 && i < m->operation_count; i++)
        r = manifest_check_samples(&m->operations[i], err);
    return r;
}

int manifest_check(const struct manifest *m, struct berth_error *err)
{
    int r = check_base(m, err);
    if (r == 0)
        r = check_rest(m, "query", err);
    if (r == 0)
        r = check_rest(m, "headers", err);
    for (size_t i = 0; r == 0 && i < m->hosts.count; i++)
        r = check_host(m, i, err);
    for (size_t i = 0; r == 0 && i < m->credential_count; i++)
        r = check_credential(&m->credentials[i], err);
    for (size_t i = 0; r == 0 && i < m->operation_count; i++)
        r = check_operation(&m->operations[i], err);
    for (size_t i = 0; r == 0 && i < m->option_count; i++)
        r = check_option(m, &m->options[i], err);
    return r;
}
