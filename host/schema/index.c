/* Which schemas a document has, and under which URI and anchor each is known. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "host/schema/compile.h"
#include "host/schema/uri.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/json.h"
#include "sdk/str.h"

enum { URI_MAX = 8192 };

static size_t slot_of(const struct compiler *c, const json_t *source)
{
    uint64_t mixed = (uint64_t)(uintptr_t)source * 0x9e3779b97f4a7c15u;
    size_t slot = (size_t)(mixed >> 20) & (c->table_size - 1);
    while (c->table[slot] && c->table[slot]->source != source)
        slot = (slot + 1) & (c->table_size - 1);
    return slot;
}

struct node *compile_lookup(const struct compiler *c, const json_t *source)
{
    if (json_is_boolean(source))
        return json_is_true(source) ? &c->schema->anything : &c->schema->nothing;
    return c->table_size > 0 ? c->table[slot_of(c, source)] : NULL;
}

/* The table stays at most half full. */
static int table_grow(struct compiler *c)
{
    struct schema *schema = c->schema;
    if ((schema->node_count + 1) * 2 <= c->table_size)
        return 0;
    size_t size = c->table_size ? c->table_size * 2 : 64;
    struct node **table = calloc(size, sizeof(struct node *));
    if (!table)
        return fail_no_memory(c->err);
    free(c->table);
    c->table = table;
    c->table_size = size;
    for (size_t i = 0; i < schema->node_count; i++)
        table[slot_of(c, schema->nodes[i]->source)] = schema->nodes[i];
    return 0;
}

static int add_node(struct compiler *c, json_t *source, struct node **ret_node)
{
    struct schema *schema = c->schema;
    int r = table_grow(c);
    if (r == 0)
        r = array_reserve(&schema->nodes, sizeof(*schema->nodes), schema->node_count,
                          &schema->node_capacity, c->err);
    if (r < 0)
        return r;
    struct node *node = calloc(1, sizeof(*node));
    if (!node)
        return fail_no_memory(c->err);
    node->source = source;
    schema->nodes[schema->node_count++] = node;
    c->table[slot_of(c, source)] = node;
    *ret_node = node;
    return 0;
}

static int add_resource(struct compiler *c, json_t *source, char *uri,
                        const struct resource **ret_resource)
{
    struct schema *schema = c->schema;
    for (size_t i = 0; i < schema->resource_count; i++)
        if (strcmp(schema->resources[i]->uri, uri) == 0)
            return compile_fail(c, source, "$id", BERTH_E_INVALID,
                                "'%s' is the $id of another schema, too", uri);
    int r = array_reserve(&schema->resources, sizeof(*schema->resources),
                          schema->resource_count, &schema->resource_capacity, c->err);
    if (r < 0)
        return r;
    struct resource *resource = calloc(1, sizeof(*resource));
    if (!resource)
        return fail_no_memory(c->err);
    *resource = (struct resource){.uri = uri, .root = source};
    schema->resources[schema->resource_count++] = resource;
    *ret_resource = resource;
    return 0;
}

/* A schema with an "$id" is a resource of its own. */
static int index_id(struct compiler *c, json_t *source, const struct resource **resource)
{
    const json_t *id = json_object_get(source, "$id");
    if (!json_is_string(id))
        return 0; /* of another type: said when it is compiled */
    struct uri parts = uri_split(json_value_str(id));
    if (parts.has_fragment && parts.fragment.len > 0)
        return compile_fail(c, source, "$id", BERTH_E_INVALID,
                            "'%s' has a fragment; use $anchor for that",
                            json_string_value(id));
    cleanup(text) struct text uri;
    text_init(&uri, URI_MAX);
    uri_resolve(&uri, str_from((*resource)->uri), json_value_str(id));
    if (uri.len == 0 && !text_failed(&uri))
        return 0; /* it names the resource that it is in already */
    char *text = text_take(&uri);
    if (!text)
        return fail_no_memory(c->err);
    int r = add_resource(c, source, text, resource);
    if (r < 0)
        free(text);
    return r;
}

static int index_anchor(struct compiler *c, struct node *node)
{
    struct schema *schema = c->schema;
    const char *name = json_string_value(json_object_get(node->source, "$anchor"));
    if (!name)
        return 0;
    for (size_t i = 0; i < schema->anchor_count; i++)
        if (schema->anchors[i].resource == node->resource &&
            strcmp(schema->anchors[i].name, name) == 0)
            return compile_fail(c, node->source, "$anchor", BERTH_E_INVALID,
                                "'%s' is the $anchor of another schema, too", name);
    int r = array_reserve(&schema->anchors, sizeof(*schema->anchors),
                          schema->anchor_count, &schema->anchor_capacity, c->err);
    if (r < 0)
        return r;
    schema->anchors[schema->anchor_count++] =
        (struct anchor){.resource = node->resource, .name = name, .node = node};
    return 0;
}

static int index_operand(struct compiler *c, const struct keyword *keyword, json_t *value,
                         const struct resource *resource, unsigned depth)
{
    int r = 0;
    const char *name;
    json_t *child;
    switch (keyword->operand) {
    case OPERAND_SCHEMA:
        return index_schema(c, value, resource, depth + 1);
    case OPERAND_SCHEMAS:
        for (size_t i = 0; r == 0 && i < json_array_size(value); i++)
            r = index_schema(c, json_array_get(value, i), resource, depth + 1);
        return r;
    case OPERAND_SCHEMAS_BY_NAME:
    case OPERAND_SCHEMAS_BY_PATTERN:
        json_object_foreach(value, name, child)
        {
            r = index_schema(c, child, resource, depth + 1);
            if (r < 0)
                return r;
        }
        return 0;
    default:
        return 0;
    }
}

static int index_keywords(struct compiler *c, const struct node *node, unsigned depth)
{
    const char *name;
    json_t *value;
    json_object_foreach(node->source, name, value)
    {
        const struct keyword *keyword = keyword_table_find(&c->keywords, name);
        int r = keyword ? index_operand(c, keyword, value, node->resource, depth) : 0;
        if (r < 0)
            return r;
    }
    return 0;
}

int index_schema(struct compiler *c, json_t *source, const struct resource *resource,
                 unsigned depth)
{
    if (json_is_boolean(source))
        return 0;
    if (!json_is_object(source))
        return compile_fail(c, source, NULL, BERTH_E_INVALID,
                            "a schema must be an object, true or false");
    if (depth >= SCHEMA_DEPTH_MAX)
        return compile_fail(c, source, NULL, BERTH_E_INVALID,
                            "schemas are nested more than %d deep", SCHEMA_DEPTH_MAX);
    if (compile_lookup(c, source))
        return 0;
    struct node *node = NULL;
    int r = add_node(c, source, &node);
    if (r == 0)
        r = index_id(c, source, &resource);
    if (r < 0)
        return r;
    node->resource = resource;
    r = index_anchor(c, node);
    return r < 0 ? r : index_keywords(c, node, depth);
}
