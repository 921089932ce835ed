/* Looking into the schemas of a manifest. */
#include "host/manifest/manifest_priv.h"

#include <string.h>

#include "host/schema/schema.h"
#include "sdk/json.h"

#define MAX_NAME 256

/* The next segment of a pointer, unescaped, into `name`; moves past it. */
static bool next_segment(const char **at, char name[MAX_NAME])
{
    size_t len = 0;
    for ((*at)++; **at && **at != '/'; (*at)++) {
        char c = **at;
        if (c == '~') {
            (*at)++;
            if (**at != '0' && **at != '1')
                return false;
            c = **at == '0' ? '~' : '/';
        }
        if (len + 1 >= MAX_NAME)
            return false;
        name[len++] = c;
    }
    name[len] = '\0';
    return true;
}

const json_t *manifest_walk_schema(const json_t *document, const json_t *schema,
                                   const char *pointer)
{
    char name[MAX_NAME];
    while (schema && *pointer) {
        if (*pointer != '/' || !next_segment(&pointer, name))
            return NULL;
        schema = strcmp(name, "*") == 0 ? schema_annotation(document, schema, "items")
                                        : schema_property(document, schema, name);
    }
    return schema;
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
