/* Looking into the schemas of a manifest. */
#include "host/manifest/manifest_priv.h"

#include <string.h>

#include "host/schema/schema.h"
#include "sdk/json.h"
#include "sdk/pointer.h"
#include "sdk/str.h"

const json_t *manifest_walk_schema(const json_t *document, const json_t *schema,
                                   const char *pointer)
{
    struct berth_str rest = str_from(pointer);
    struct berth_str token;
    while (schema && pointer_next(&rest, &token)) {
        char name[POINTER_TOKEN_MAX];
        if (!pointer_unescape(token, name))
            return NULL;
        schema = strcmp(name, "*") == 0 ? schema_annotation(document, schema, "items")
                                        : schema_property(document, schema, name);
    }
    return str_is_empty(rest) ? schema : NULL;
}

bool manifest_has_member(const struct manifest *m, const json_t *schema, const char *name)
{
    return schema_property(m->root, schema, name) != NULL;
}

static bool lists_name(const json_t *array, const char *name)
{
    for (size_t i = 0; i < json_array_size(array); i++)
        if (str_equal(json_value_str(json_array_get(array, i)), str_from(name)))
            return true;
    return false;
}

/* `required` adds up along $ref, so the first one found is not the whole answer. */
bool manifest_requires(const struct manifest *m, const json_t *schema, const char *name)
{
    for (int depth = 0; json_is_object(schema) && depth < 16; depth++) {
        if (lists_name(json_object_get(schema, "required"), name))
            return true;
        bool dangling = false;
        schema = schema_follow(m->root, schema, &dangling);
    }
    return false;
}
