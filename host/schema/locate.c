#include "host/schema/locate.h"

#include <stdlib.h>

#include "host/schema/compile.h"
#include "host/schema/pattern.h"
#include "sdk/error.h"
#include "sdk/json.h"
#include "sdk/str.h"

/* More schemas for one place than this are not looked through. */
enum { SET_MAX = 512 };

struct node_set {
    struct check *x;
    const struct node **items;
    size_t count, capacity;
    bool full;
    bool secret; /* one of them, or of those for a place above */
};

static int set_add(const struct node *node, void *context)
{
    struct node_set *set = context;
    for (size_t i = 0; i < set->count; i++)
        if (set->items[i] == node)
            return 0;
    if (set->count == SET_MAX) {
        set->full = true;
        return 0;
    }
    int r = array_reserve(&set->items, sizeof(*set->items), set->count, &set->capacity,
                          set->x->err);
    if (r < 0)
        return r;
    set->items[set->count++] = node;
    set->secret = set->secret || node->secret;
    return 0;
}

/* Add what applies in place of what is there. */
static int set_close(struct node_set *set)
{
    int r = 0;
    for (size_t i = 0; r == 0 && i < set->count; i++)
        r = node_each_in_place(set->items[i], set_add, set);
    return r;
}

static int add_rule_node(struct node_set *set, const struct node *node,
                         const char *keyword)
{
    const struct rule *rule = node_rule(node, keyword);
    return rule ? set_add(rule->to.node, set) : 0;
}

static int add_named(struct node_set *set, const struct node *node, const char *key,
                     bool *found)
{
    const struct rule *rule = node_rule(node, "properties");
    const struct node *child = rule ? named_find(&rule->to.named, key) : NULL;
    if (!child)
        return 0;
    *found = true;
    return set_add(child, set);
}

static int add_matching(struct node_set *set, const struct node *node, const char *key,
                        bool *found)
{
    const struct rule *rule = node_rule(node, "patternProperties");
    for (size_t i = 0; rule && i < rule->to.named.count; i++) {
        const struct named_node *named = &rule->to.named.items[i];
        int r = pattern_match(named->pattern, str_from(key), 10000, &set->x->matcher);
        if (r < 0)
            return fail_no_memory(set->x->err);
        if (r == PATTERN_NO)
            continue;
        *found = true;
        r = set_add(named->node, set);
        if (r < 0)
            return r;
    }
    return 0;
}

static int add_member(struct node_set *set, const struct node *node, const char *key)
{
    bool found = false;
    int r = add_named(set, node, key, &found);
    if (r == 0)
        r = add_matching(set, node, key, &found);
    if (r < 0 || found)
        return r;
    r = add_rule_node(set, node, "additionalProperties");
    return r < 0 ? r : add_rule_node(set, node, "unevaluatedProperties");
}

static int add_item(struct node_set *set, const struct node *node, size_t index)
{
    const struct rule *prefix = node_rule(node, "prefixItems");
    int r = 0;
    if (prefix && index < prefix->to.nodes.count)
        r = set_add(prefix->to.nodes.items[index], set);
    else
        r = add_rule_node(set, node, "items");
    if (r == 0)
        r = add_rule_node(set, node, "contains");
    return r < 0 ? r : add_rule_node(set, node, "unevaluatedItems");
}

/* From the schemas for at->up to those for `at`. */
static int set_descend(struct node_set *set, const struct place *at)
{
    struct node_set below = {.x = set->x, .secret = set->secret, .full = set->full};
    int r = 0;
    for (size_t i = 0; r == 0 && i < set->count; i++)
        r = at->key ? add_member(&below, set->items[i], at->key)
                    : add_item(&below, set->items[i], at->index);
    free(set->items);
    *set = below;
    return r < 0 ? r : set_close(set);
}

/* The schemas for a place; the caller frees set->items, whatever is returned. */
static int set_fill(struct node_set *set, const struct place *at)
{
    if (at->up) {
        int r = set_fill(set, at->up);
        return r < 0 ? r : set_descend(set, at);
    }
    int r = set_add(set->x->schema->root, set);
    return r < 0 ? r : set_close(set);
}

/* Add all that applies inside of what is there. */
static int set_deepen(struct node_set *set)
{
    int r = 0;
    for (size_t i = 0; r == 0 && !set->secret && i < set->count; i++) {
        r = node_each_in_place(set->items[i], set_add, set);
        if (r == 0)
            r = node_each_inside(set->items[i], set_add, set);
    }
    return r;
}

/* A text where an object with a secret belongs is likely that secret. */
int place_is_secret(struct check *x, const struct place *at, bool *ret_secret)
{
    struct node_set set = {.x = x};
    int r = set_fill(&set, at);
    if (r == 0 && json_is_string(at->value))
        r = set_deepen(&set);
    *ret_secret = set.secret || set.full;
    free(set.items);
    return r;
}

static bool knows(const struct node_set *set, const char *name)
{
    for (size_t i = 0; i < set->count; i++) {
        const struct rule *rule = node_rule(set->items[i], "properties");
        if (rule && named_find(&rule->to.named, name))
            return true;
    }
    return false;
}

static int add_absent_names(const struct node *node, const json_t *object, json_t *names)
{
    const struct rule *rule = node_rule(node, "properties");
    for (size_t i = 0; rule && i < rule->to.named.count; i++) {
        const struct named_node *named = &rule->to.named.items[i];
        if (json_object_get(object, named->name) || named->node->never)
            continue;
        if (json_object_set_new(names, named->name, json_null()) != 0)
            return BERTH_E_NO_MEMORY;
    }
    return 0;
}

int place_names(struct check *x, const struct place *at, json_t **ret_names)
{
    struct node_set set = {.x = x};
    json_auto_t *names = json_object();
    int r = names ? set_fill(&set, at) : fail_no_memory(x->err);
    for (size_t i = 0; r == 0 && i < set.count; i++)
        if (add_absent_names(set.items[i], at->value, names) < 0)
            r = fail_no_memory(x->err);
    free(set.items);
    if (r == 0)
        *ret_names = json_incref(names);
    return r;
}

int place_offer_unknown(struct check *x, const struct place *at, struct suggest *s)
{
    struct node_set set = {.x = x};
    int r = set_fill(&set, at);
    const char *key;
    json_t *value;
    if (r == 0) {
        json_object_foreach(json_mutable(at->value), key, value)
        {
            if (!knows(&set, key))
                suggest_offer(s, key);
        }
    }
    free(set.items);
    return r;
}
