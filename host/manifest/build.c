/* Limits, options and credentials of a manifest, from its JSON. */
#include "host/manifest/manifest_priv.h"

#include <stdlib.h>

#include "sdk/error.h"

struct name_block {
    struct name_block *next;
    const char *names[];
};

int manifest_names(struct manifest *m, const json_t *array, struct name_list *ret_list,
                   struct berth_error *err)
{
    size_t count = json_array_size(array);
    *ret_list = (struct name_list){NULL, 0};
    if (count == 0)
        return 0;
    struct name_block *block = malloc(sizeof(*block) + count * sizeof(block->names[0]));
    if (!block)
        return fail_no_memory(err);
    for (size_t i = 0; i < count; i++)
        block->names[i] = json_string_value(json_array_get(array, i));
    block->next = m->names;
    m->names = block;
    *ret_list = (struct name_list){block->names, count};
    return 0;
}

void manifest_names_free(struct manifest *m)
{
    while (m->names) {
        struct name_block *block = m->names;
        m->names = block->next;
        free(block);
    }
}

static const char *text_of(const json_t *object, const char *member)
{
    return json_string_value(json_object_get(object, member));
}

static int64_t number_of(const json_t *object, const char *member)
{
    return json_integer_value(json_object_get(object, member));
}

int manifest_build_limits(struct manifest *m, struct berth_error *err)
{
    const json_t *list = json_object_get(m->root, "limits");
    m->limits = calloc(json_array_size(list), sizeof(m->limits[0]));
    if (!m->limits)
        return fail_no_memory(err);
    size_t i;
    json_t *entry;
    json_array_foreach(list, i, entry)
    {
        if (manifest_find_limit(
                m, (struct berth_str){text_of(entry, "id"),
                                      json_string_length(json_object_get(entry, "id"))}))
            return fail(err, BERTH_E_INVALID, "/limits/%zu/id: '%s' is there already", i,
                        text_of(entry, "id"));
        m->limits[m->limit_count++] = (struct limit){
            .id = text_of(entry, "id"),
            .title = text_of(entry, "title"),
            .requests = number_of(entry, "requests"),
            .seconds = number_of(entry, "seconds"),
            .per = text_of(entry, "per"),
        };
    }
    return 0;
}

int manifest_build_options(struct manifest *m, struct berth_error *err)
{
    json_t *map = json_object_get(m->root, "options");
    m->options = calloc(json_object_size(map) + 1, sizeof(m->options[0]));
    if (!m->options)
        return fail_no_memory(err);
    const char *id;
    json_t *entry;
    json_object_foreach(map, id, entry)
    {
        m->options[m->option_count++] = (struct option_source){
            .id = id,
            .title = text_of(entry, "title"),
            .action = text_of(entry, "action"),
            .value = text_of(entry, "value"),
            .label = text_of(entry, "label"),
        };
    }
    return 0;
}

int manifest_build_compiled(struct manifest *m, struct berth_error *err)
{
    size_t count = 2 * json_object_size(json_object_get(m->root, "actions")) +
                   2 * json_object_size(json_object_get(m->root, "triggers")) +
                   json_object_size(json_object_get(m->root, "credentials"));
    m->compiled = calloc(count + 1, sizeof(m->compiled[0]));
    return m->compiled ? 0 : fail_no_memory(err);
}

struct compiled_schema *manifest_add_compiled(struct manifest *m, const char *section,
                                              const char *id, const json_t *entry,
                                              const char *member)
{
    struct compiled_schema *compiled = &m->compiled[m->compiled_count++];
    compiled_schema_init(compiled, &(struct compiled_schema){
                                       .document = m->root,
                                       .name = m->name,
                                       .section = section,
                                       .id = id,
                                       .member = member,
                                       .json = json_object_get(entry, member),
                                   });
    return compiled;
}

int manifest_build_credentials(struct manifest *m, struct berth_error *err)
{
    json_t *map = json_object_get(m->root, "credentials");
    m->credentials = calloc(json_object_size(map), sizeof(m->credentials[0]));
    if (!m->credentials)
        return fail_no_memory(err);
    const char *kind;
    json_t *entry;
    json_object_foreach(map, kind, entry)
    {
        struct credential *c = &m->credentials[m->credential_count++];
        *c = (struct credential){
            .kind = kind,
            .title = text_of(entry, "title"),
            .description = text_of(entry, "description"),
            .test_action = text_of(json_object_get(entry, "test"), "action"),
            .schema_json = json_object_get(entry, "schema"),
            .permissions = json_object_get(entry, "permissions"),
            .compiled = manifest_add_compiled(m, "credentials", kind, entry, "schema"),
            .json = entry,
            .manifest = m,
        };
    }
    return manifest_names(
        m, json_object_get(json_object_get(m->root, "network"), "hosts"), &m->hosts, err);
}
