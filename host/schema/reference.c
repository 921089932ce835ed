/* Where a "$ref" leads. */
#include <string.h>

#include "host/schema/compile.h"
#include "host/schema/uri.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/pointer.h"
#include "sdk/str.h"

enum { REFERENCE_MAX = 16384 };

/* One lookup: its place for messages, and what is looked for. */
struct lookup {
    const struct node *node;
    const char *reference;
};

static int dangling(struct compiler *c, const struct lookup *l)
{
    return compile_fail(c, l->node->source, "$ref", BERTH_E_INVALID,
                        "'%s' leads nowhere in this document", l->reference);
}

static const struct resource *find_resource(struct compiler *c, struct berth_str uri)
{
    for (size_t i = 0; i < c->schema->resource_count; i++)
        if (str_equal(str_from(c->schema->resources[i]->uri), uri))
            return c->schema->resources[i];
    return NULL;
}

/* The resource of a schema that the walk to a place came past. */
static const struct resource *resource_at(struct compiler *c, const json_t *place,
                                          const struct resource *so_far)
{
    const struct node *node = json_is_object(place) ? compile_lookup(c, place) : NULL;
    return node ? node->resource : so_far;
}

static int find_by_pointer(struct compiler *c, const struct lookup *l,
                           const struct resource *resource, struct berth_str pointer,
                           struct node **ret_node)
{
    json_t *place = resource->root;
    struct berth_str token;
    while (place && pointer_next(&pointer, &token)) {
        place = pointer_child(place, token);
        resource = resource_at(c, place, resource);
    }
    if (!place || pointer.len > 0)
        return dangling(c, l);
    int r = index_schema(c, place, resource, 0);
    if (r == 0)
        *ret_node = compile_lookup(c, place);
    return r;
}

static int find_by_anchor(struct compiler *c, const struct lookup *l,
                          const struct resource *resource, const char *name,
                          struct node **ret_node)
{
    for (size_t i = 0; i < c->schema->anchor_count; i++) {
        const struct anchor *anchor = &c->schema->anchors[i];
        if (anchor->resource == resource && strcmp(anchor->name, name) == 0) {
            *ret_node = anchor->node;
            return 0;
        }
    }
    return dangling(c, l);
}

static int find_fragment(struct compiler *c, const struct lookup *l,
                         const struct resource *resource, struct berth_str fragment,
                         struct node **ret_node)
{
    cleanup(text) struct text decoded;
    text_init(&decoded, REFERENCE_MAX);
    text_add(&decoded, "");
    bool good = uri_decode(&decoded, fragment);
    if (text_failed(&decoded))
        return fail_no_memory(c->err);
    if (!good)
        return compile_fail(c, l->node->source, "$ref", BERTH_E_INVALID,
                            "'%s' has a '%%' that no two hex digits follow",
                            l->reference);
    if (decoded.len == 0 || decoded.data[0] == '/')
        return find_by_pointer(c, l, resource, text_str(&decoded), ret_node);
    return find_by_anchor(c, l, resource, decoded.data, ret_node);
}

int reference_find(struct compiler *c, const struct node *node, const char *reference,
                   struct node **ret_node)
{
    struct lookup l = {node, reference};
    struct uri parts = uri_split(str_from(reference));
    cleanup(text) struct text uri;
    text_init(&uri, REFERENCE_MAX);
    uri_resolve(&uri, str_from(node->resource->uri), str_from(reference));
    if (text_failed(&uri))
        return fail_no_memory(c->err);
    const struct resource *resource = find_resource(c, text_str(&uri));
    if (!resource)
        return compile_fail(c, node->source, "$ref", BERTH_E_UNSUPPORTED,
                            "'%s' leads to another document, which is not supported",
                            reference);
    int r = find_fragment(c, &l, resource, parts.fragment, ret_node);
    return r < 0 ? r : compile_want(c, *ret_node);
}
