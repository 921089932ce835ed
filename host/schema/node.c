#include "host/schema/node.h"

#include <stdlib.h>
#include <string.h>

#include "host/schema/pattern.h"
#include "host/schema/schema.h"

const struct rule *node_rule(const struct node *node, const char *keyword)
{
    for (size_t i = 0; i < node->rule_count; i++)
        if (strcmp(node->rules[i].keyword->name, keyword) == 0)
            return &node->rules[i];
    return NULL;
}

/* Mostly the first letter decides. */
static int compare_name(const void *name, const void *item)
{
    const struct named_node *named = item;
    const unsigned char *a = name;
    const unsigned char *b = (const unsigned char *)named->name;
    return *a != *b ? *a - *b : strcmp(name, named->name);
}

const struct node *named_find(const struct named_nodes *named, const char *name)
{
    if (named->count == 0)
        return NULL;
    const struct named_node *found =
        bsearch(name, named->items, named->count, sizeof(*named->items), compare_name);
    return found ? found->node : NULL;
}

static int each_in_rule(const struct rule *rule,
                        int (*visit)(const struct node *, void *), void *context)
{
    int r = 0;
    switch (rule->keyword->operand) {
    case OPERAND_SCHEMAS:
        for (size_t i = 0; r == 0 && i < rule->to.nodes.count; i++)
            r = visit(rule->to.nodes.items[i], context);
        return r;
    case OPERAND_SCHEMAS_BY_NAME:
        for (size_t i = 0; r == 0 && i < rule->to.named.count; i++)
            r = visit(rule->to.named.items[i].node, context);
        return r;
    default: /* one schema, or a reference to one */
        return visit(rule->to.node, context);
    }
}

int node_each_in_place(const struct node *node,
                       int (*visit)(const struct node *child, void *context),
                       void *context)
{
    for (size_t i = 0; i < node->rule_count; i++) {
        const struct rule *rule = &node->rules[i];
        int r = rule->keyword->in_place ? each_in_rule(rule, visit, context) : 0;
        if (r != 0)
            return r;
    }
    return 0;
}

int node_each_inside(const struct node *node,
                     int (*visit)(const struct node *child, void *context), void *context)
{
    for (size_t i = 0; i < node->rule_count; i++) {
        const struct rule *rule = &node->rules[i];
        bool inside =
            !rule->keyword->in_place && rule->keyword->operand >= OPERAND_SCHEMA;
        int r = inside ? each_in_rule(rule, visit, context) : 0;
        if (r != 0)
            return r;
    }
    return 0;
}

static void rule_release(struct rule *rule)
{
    switch (rule->keyword->operand) {
    case OPERAND_PATTERN:
        pattern_free(rule->to.pattern);
        return;
    case OPERAND_SCHEMAS:
        free(rule->to.nodes.items);
        return;
    case OPERAND_SCHEMAS_BY_NAME:
    case OPERAND_SCHEMAS_BY_PATTERN:
        for (size_t i = 0; i < rule->to.named.count; i++)
            pattern_free(rule->to.named.items[i].pattern);
        free(rule->to.named.items);
        return;
    default:
        return;
    }
}

static void node_free(struct node *node)
{
    for (size_t i = 0; i < node->rule_count; i++)
        rule_release(&node->rules[i]);
    free(node->rules);
    free(node);
}

void schema_free(struct schema *schema)
{
    if (!schema)
        return;
    for (size_t i = 0; i < schema->node_count; i++)
        node_free(schema->nodes[i]);
    free(schema->nodes);
    for (size_t i = 0; i < schema->resource_count; i++) {
        free(schema->resources[i]->uri);
        free(schema->resources[i]);
    }
    free(schema->resources);
    free(schema->anchors);
    json_decref(schema->document);
    free(schema);
}
