/* Does x-ui name what there is, in all schemas of a manifest? The walk is a long one, so
 * it also finds the names of secrets for secret_names.c. */
#include "host/manifest/manifest_priv.h"

#include <string.h>

#include "sdk/error.h"
#include "sdk/json.h"

struct forms {
    struct manifest *m;
    struct berth_error *err;
};

/* A schema, if it is one, and where it is. */
struct spot {
    const char *name;       /* of the member that it is; "" at the top */
    const json_t *siblings; /* the `properties` that it is a member of, or null */
    const json_t *schema;
};

static int check_ui(struct forms *f, const struct spot *spot)
{
    const json_t *ui = json_object_get(spot->schema, "x-ui");
    const char *options = json_string_value(json_object_get(ui, "options"));
    if (options && !manifest_find_option(f->m, options))
        return fail(f->err, BERTH_E_INVALID,
                    "x-ui of '%s': there are no options '%s' in /options", spot->name,
                    options);
    const json_t *when = json_object_get(ui, "visibleWhen");
    const char *field = json_string_value(json_object_get(when, "field"));
    if (field && !json_object_get(spot->siblings, field))
        return fail(f->err, BERTH_E_INVALID,
                    "x-ui of '%s': visibleWhen names '%s', which is no field beside it",
                    spot->name, field);
    return 0;
}

static int walk_json(struct forms *f, const struct spot *spot);

static int walk_members(struct forms *f, const json_t *object, bool are_properties)
{
    const char *name;
    json_t *sub;
    json_object_foreach(json_mutable(object), name, sub)
    {
        struct spot inner = {name, are_properties ? object : NULL, sub};
        int r = walk_json(f, &inner);
        if (r < 0)
            return r;
    }
    return 0;
}

/* Every object is taken for a schema, and every one called `properties` for what it would
 * be in a schema: that a sample might look like one does no harm. */
static int walk_json(struct forms *f, const struct spot *spot)
{
    bool are_properties = !spot->siblings && strcmp(spot->name, "properties") == 0;
    int r = are_properties ? 0 : check_ui(f, spot);
    if (r == 0 && spot->siblings)
        r = manifest_add_secret_name(f->m, spot->name, spot->schema, f->err);
    if (r == 0)
        r = walk_members(f, spot->schema, are_properties);
    size_t i;
    json_t *element;
    json_array_foreach(spot->schema, i, element)
    {
        struct spot inner = {spot->name, NULL, element};
        if (r == 0)
            r = walk_json(f, &inner);
    }
    return r;
}

int manifest_build_forms(struct manifest *m, struct berth_error *err)
{
    struct forms f = {m, err};
    struct spot top = {"", NULL, m->root};
    return walk_json(&f, &top);
}
