/* Looking things up in a schema in its JSON form: what forms and help need. */
#include <string.h>

#include "host/schema/schema.h"
#include "host/schema/uri.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/json.h"
#include "sdk/pointer.h"
#include "sdk/str.h"

/* How far references and allOf are followed. */
enum { HOPS_MAX = 32, REFERENCE_MAX = 4096 };

/* The schema at the fragment of a reference into this document. */
static const json_t *at_fragment(const json_t *document, const char *fragment)
{
    if (!strchr(fragment, '%'))
        return pointer_at(document, str_from(fragment));
    cleanup(text) struct text pointer;
    text_init(&pointer, REFERENCE_MAX);
    if (!uri_decode(&pointer, str_from(fragment)) || text_failed(&pointer))
        return NULL;
    return pointer_at(document, text_str(&pointer));
}

const json_t *schema_follow(const json_t *document, const json_t *schema,
                            bool *ret_dangling)
{
    const char *reference = json_string_value(json_object_get(schema, "$ref"));
    const json_t *target =
        reference && reference[0] == '#' ? at_fragment(document, reference + 1) : NULL;
    *ret_dangling = reference && !target;
    return target;
}

const json_t *schema_find(const json_t *document, const json_t *schema)
{
    for (unsigned i = 0; i < HOPS_MAX; i++) {
        bool dangling = false;
        const json_t *next = schema_follow(document, schema, &dangling);
        if (!next)
            return dangling ? NULL : schema;
        schema = next;
    }
    return NULL;
}

typedef const json_t *look_fn(const json_t *schema, const char *name);

/* The first that `look` gives for the schema itself, what it refers to, its allOf. */
static const json_t *search(const json_t *document, const json_t *schema, look_fn *look,
                            const char *name, unsigned hops)
{
    bool dangling = false;
    if (!schema || hops == 0)
        return NULL;
    const json_t *found = look(schema, name);
    if (!found)
        found = search(document, schema_follow(document, schema, &dangling), look, name,
                       hops - 1);
    const json_t *all = json_object_get(schema, "allOf");
    for (size_t i = 0; !found && i < json_array_size(all); i++)
        found = search(document, json_array_get(all, i), look, name, hops / 2);
    return found;
}

static const json_t *look_keyword(const json_t *schema, const char *name)
{
    return json_object_get(schema, name);
}

const json_t *schema_annotation(const json_t *document, const json_t *schema,
                                const char *keyword)
{
    return search(document, schema, look_keyword, keyword, HOPS_MAX);
}

static const json_t *look_property(const json_t *schema, const char *name)
{
    return json_object_get(json_object_get(schema, "properties"), name);
}

const json_t *schema_property(const json_t *document, const json_t *schema,
                              const char *name)
{
    return search(document, schema, look_property, name, HOPS_MAX);
}

static int fill_own(const json_t *document, const json_t *schema, json_t *object)
{
    const char *name;
    json_t *property;
    json_object_foreach(json_mutable(json_object_get(schema, "properties")), name,
                        property)
    {
        const json_t *value = schema_annotation(document, property, "default");
        if (!value || json_object_get(object, name))
            continue;
        json_t *copy = json_deep_copy(value);
        if (!copy || json_object_set_new(object, name, copy) != 0)
            return BERTH_E_NO_MEMORY;
    }
    return 0;
}

static int fill(const json_t *document, const json_t *schema, json_t *object,
                unsigned hops)
{
    bool dangling = false;
    if (!schema || hops == 0)
        return 0;
    int r = fill_own(document, schema, object);
    if (r == 0)
        r = fill(document, schema_follow(document, schema, &dangling), object, hops - 1);
    const json_t *all = json_object_get(schema, "allOf");
    for (size_t i = 0; r == 0 && i < json_array_size(all); i++)
        r = fill(document, json_array_get(all, i), object, hops / 2);
    return r;
}

int schema_fill_defaults(const json_t *document, const json_t *schema, json_t *object,
                         struct berth_error *err)
{
    int r = fill(document, schema, object, HOPS_MAX);
    return r < 0 ? fail_no_memory(err) : 0;
}
