/* Looking for references without an end: a schema that is applied, by way of itself, to
 * the very same value again would be checked for ever. */

#include "host/schema/compile.h"

enum colour { WHITE = 0, GREY = 1, BLACK = 2 };

struct search {
    struct compiler *c;
    unsigned depth;
};

static struct node *own_node(const struct search *s, const struct node *node)
{
    return node->source ? compile_lookup(s->c, node->source) : NULL;
}

static int visit(const struct node *seen, void *context)
{
    struct search *s = context;
    struct node *node = own_node(s, seen);
    if (!node || node->colour == BLACK)
        return 0;
    if (node->colour == GREY)
        return compile_fail(s->c, node->source, NULL, BERTH_E_INVALID,
                            "this schema refers to itself for the same value, without "
                            "end");
    if (s->depth >= SCHEMA_DEPTH_MAX)
        return compile_fail(s->c, node->source, NULL, BERTH_E_INVALID,
                            "the chain of references is longer than %d",
                            SCHEMA_DEPTH_MAX);
    node->colour = GREY;
    s->depth++;
    int r = node_each_in_place(node, visit, s);
    s->depth--;
    node->colour = BLACK;
    return r;
}

int cycle_check(struct compiler *c)
{
    struct search s = {.c = c};
    for (size_t i = 0; i < c->schema->node_count; i++) {
        int r = visit(c->schema->nodes[i], &s);
        if (r < 0)
            return r;
    }
    return 0;
}
