#include <stdlib.h>

#include "host/schema/equal.h"
#include "host/schema/report.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"

static int apply(struct check *x, const struct frame *f, const struct node *node,
                 size_t i)
{
    struct place at = place_of_item(f->at, i);
    frame_mark(f, i);
    int r = check_work(x, 1);
    return r < 0 ? r : check_node(x, node, &at, NULL);
}

static size_t prefix_size(const struct node *node)
{
    const struct rule *prefix = node_rule(node, "prefixItems");
    return prefix ? prefix->to.nodes.count : 0;
}

int check_prefix_items(struct check *x, const struct frame *f, const struct rule *rule)
{
    int result = VALID;
    for (size_t i = 0; i < rule->to.nodes.count && i < json_array_size(f->at->value);
         i++) {
        int r = apply(x, f, rule->to.nodes.items[i], i);
        if (r < 0)
            return r;
        result |= r;
    }
    return result;
}

/* One sentence for all items that are too many. */
static int too_many(struct check *x, const struct frame *f, size_t allowed)
{
    return problem(x, f, "too many items (%n); at most %n are allowed",
                   json_array_size(f->at->value), allowed);
}

int check_items(struct check *x, const struct frame *f, const struct rule *rule)
{
    int result = VALID;
    size_t count = json_array_size(f->at->value);
    size_t first = prefix_size(f->node);
    if (rule->to.node->never && first < count) {
        for (size_t i = first; i < count; i++)
            frame_mark(f, i);
        return too_many(x, f, first);
    }
    for (size_t i = first; i < count; i++) {
        int r = apply(x, f, rule->to.node, i);
        if (check_settles(x, r, &result))
            return result;
    }
    return result;
}

int check_unevaluated_items(struct check *x, const struct frame *f,
                            const struct rule *rule)
{
    int result = VALID;
    for (size_t i = 0; i < json_array_size(f->at->value); i++) {
        int r = seen_has(f->seen, i) ? VALID : apply(x, f, rule->to.node, i);
        if (check_settles(x, r, &result))
            return result;
    }
    return result;
}

/* How many items obey the schema; they are marked. Negative: a status. */
static int count_matches(struct check *x, const struct frame *f, const struct node *node,
                         size_t *ret_count)
{
    for (size_t i = 0; i < json_array_size(f->at->value); i++) {
        struct place at = place_of_item(f->at, i);
        int r = check_work(x, 1);
        if (r == VALID)
            r = check_quietly(x, node, &at, NULL);
        if (r < 0)
            return r;
        if (r == INVALID)
            continue;
        ++*ret_count;
        if (f->seen)
            seen_mark(f->seen, i);
    }
    return 0;
}

int check_contains(struct check *x, const struct frame *f, const struct rule *rule)
{
    const struct rule *least = node_rule(f->node, "minContains");
    const struct rule *most = node_rule(f->node, "maxContains");
    size_t count = 0;
    size_t min = least ? least->to.limit : 1;
    if (!json_is_array(f->at->value))
        return VALID;
    int r = count_matches(x, f, rule->to.node, &count);
    if (r < 0)
        return r;
    if (count < min)
        return problem(x, f,
                       "of the items that must be in it there are %n; at least %n are "
                       "needed",
                       count, min);
    if (most && count > most->to.limit)
        return problem(x, f,
                       "of the items that may be in it there are %n; at most %n are "
                       "allowed",
                       count, most->to.limit);
    return VALID;
}

int check_min_items(struct check *x, const struct frame *f, const struct rule *rule)
{
    size_t count = json_array_size(f->at->value);
    if (!json_is_array(f->at->value) || count >= rule->to.limit)
        return VALID;
    return problem(x, f, "too few items (%n); at least %n are needed", count,
                   rule->to.limit);
}

int check_max_items(struct check *x, const struct frame *f, const struct rule *rule)
{
    bool good =
        !json_is_array(f->at->value) || json_array_size(f->at->value) <= rule->to.limit;
    return good ? VALID : too_many(x, f, rule->to.limit);
}

struct hashed {
    uint64_t hash;
    size_t index;
};

static int compare_hashed(const void *a, const void *b)
{
    const struct hashed *one = a, *other = b;
    if (one->hash != other->hash)
        return one->hash < other->hash ? -1 : 1;
    return (one->index > other->index) - (one->index < other->index);
}

/* Among items sorted by hash: is the i-th the same as an earlier one? */
static int find_twin(struct check *x, const struct frame *f, const struct hashed *items,
                     size_t i, size_t *ret_twin)
{
    const json_t *item = json_array_get(f->at->value, items[i].index);
    for (size_t j = i; j-- > 0 && items[j].hash == items[i].hash;) {
        int r = value_equal(x, item, json_array_get(f->at->value, items[j].index));
        *ret_twin = items[j].index;
        if (r != 0)
            return r;
    }
    return 0;
}

static int check_twins(struct check *x, const struct frame *f, const struct hashed *items)
{
    for (size_t i = 0; i < json_array_size(f->at->value); i++) {
        size_t twin = 0;
        int r = find_twin(x, f, items, i, &twin);
        if (r < 0)
            return r;
        if (r == 0)
            continue;
        struct place at = place_of_item(f->at, items[i].index);
        struct frame item = {.node = f->node, .at = &at};
        return problem(x, &item, "%v is in the list twice; it is item %n, too", twin);
    }
    return VALID;
}

int check_unique_items(struct check *x, const struct frame *f, const struct rule *rule)
{
    size_t count = json_array_size(f->at->value);
    if (!json_is_true(rule->value) || count < 2)
        return VALID;
    cleanup(free) struct hashed *items = calloc(count, sizeof(*items));
    if (!items)
        return fail_no_memory(x->err);
    int r = check_work(x, count);
    if (r < 0)
        return r;
    for (size_t i = 0; i < count; i++)
        items[i] = (struct hashed){value_hash(json_array_get(f->at->value, i)), i};
    qsort(items, count, sizeof(*items), compare_hashed);
    return check_twins(x, f, items);
}
