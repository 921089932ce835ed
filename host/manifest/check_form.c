/* Do the annotations in all schemas of a manifest (x-ui, x-secret) name what there is? */
#include "host/manifest/manifest_priv.h"

#include <string.h>

#include "host/redact.h"
#include "host/schema/json_mutable.h"
#include "sdk/error.h"

struct forms {
    const struct manifest *m;
    struct berth_error *err;
    json_t *secret_names; /* when these are collected */
};

static int check_ui(struct forms *f, const char *name, const json_t *siblings,
                    const json_t *ui)
{
    const char *options = json_string_value(json_object_get(ui, "options"));
    if (options && !manifest_find_option(f->m, options))
        return fail(f->err, BERTH_E_INVALID,
                    "x-ui of '%s': there are no options '%s' in /options", name, options);
    const json_t *when = json_object_get(ui, "visibleWhen");
    const char *field = json_string_value(json_object_get(when, "field"));
    if (field && !json_object_get(siblings, field))
        return fail(f->err, BERTH_E_INVALID,
                    "x-ui of '%s': visibleWhen names '%s', which is no field beside it",
                    name, field);
    return 0;
}

static int check_property(struct forms *f, const char *name, const json_t *siblings,
                          const json_t *schema)
{
    const json_t *items = json_object_get(schema, "items");
    bool secret = redact_is_secret(f->m->root, schema) ||
                  (items && redact_is_secret(f->m->root, items));
    if (f->secret_names && secret &&
        json_object_set_new(f->secret_names, name, json_true()) < 0)
        return fail_no_memory(f->err);
    return check_ui(f, name, siblings, json_object_get(schema, "x-ui"));
}

/* Every object with `properties` is taken for a schema: that a sample might look like one
 * does no harm. */
static int walk_json(struct forms *f, const json_t *value)
{
    const json_t *properties = json_object_get(value, "properties");
    const char *name;
    json_t *sub;
    size_t i;
    int r = 0;
    json_object_foreach(json_mutable(properties), name, sub)
    {
        r = json_is_object(sub) ? check_property(f, name, properties, sub) : 0;
        if (r < 0)
            return r;
    }
    json_object_foreach(json_mutable(value), name, sub)
    {
        r = walk_json(f, sub);
        if (r < 0)
            return r;
    }
    json_array_foreach(value, i, sub)
    {
        r = walk_json(f, sub);
        if (r < 0)
            return r;
    }
    return r;
}

int manifest_check_forms(const struct manifest *m, struct berth_error *err)
{
    struct forms f = {m, err, NULL};
    return walk_json(&f, m->root);
}

json_t *manifest_secret_names(const struct manifest *m)
{
    struct forms f = {m, NULL, json_object()};
    if (!f.secret_names || walk_json(&f, m->root) < 0) {
        json_decref(f.secret_names);
        return NULL;
    }
    return f.secret_names;
}
