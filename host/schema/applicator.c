/* Schemas that apply to the same value: references, logic, conditions. */
#include "host/schema/report.h"

int check_reference(struct check *x, const struct frame *f, const struct rule *rule)
{
    return check_node(x, rule->to.node, f->at, f->seen);
}

int check_all_of(struct check *x, const struct frame *f, const struct rule *rule)
{
    int result = VALID;
    for (size_t i = 0; i < rule->to.nodes.count; i++) {
        int r = check_node(x, rule->to.nodes.items[i], f->at, f->seen);
        if (check_settles(x, r, &result))
            return result;
    }
    return result;
}

int check_any_of(struct check *x, const struct frame *f, const struct rule *rule)
{
    int result = INVALID;
    for (size_t i = 0; i < rule->to.nodes.count; i++) {
        int r = check_quietly(x, rule->to.nodes.items[i], f->at, f->seen);
        if (r < 0)
            return r;
        if (r == VALID)
            result = VALID;
        if (result == VALID && !f->seen)
            return VALID;
    }
    return result == VALID ? VALID : check_closest(x, f, &rule->to.nodes);
}

int check_one_of(struct check *x, const struct frame *f, const struct rule *rule)
{
    size_t obeyed = 0, first = 0;
    for (size_t i = 0; i < rule->to.nodes.count; i++) {
        int r = check_quietly(x, rule->to.nodes.items[i], f->at, f->seen);
        if (r < 0)
            return r;
        if (r == INVALID)
            continue;
        if (++obeyed == 1)
            first = i;
        else
            return problem(x, f,
                           "%v fits more than one of the forms that exclude each other "
                           "(%n and %n of %n); use one",
                           first + 1, i + 1, rule->to.nodes.count);
    }
    return obeyed == 1 ? VALID : check_closest(x, f, &rule->to.nodes);
}

/* `not: {required: [...]}` is how a schema says that members exclude each other. */
static int refuse_members(struct check *x, const struct frame *f, const json_t *names)
{
    if (json_array_size(names) == 1)
        return problem(x, f, "the member %j is not allowed here",
                       (const json_t *)json_array_get(names, 0));
    return problem(x, f, "the members %l must not be given together", names);
}

int check_not(struct check *x, const struct frame *f, const struct rule *rule)
{
    int r = check_quietly(x, rule->to.node, f->at, NULL);
    if (r < 0 || r == INVALID)
        return r < 0 ? r : VALID;
    const struct node *node = rule->to.node;
    if (node->rule_count == 1 && node->rules[0].keyword->check == check_required)
        return refuse_members(x, f, node->rules[0].value);
    return problem(x, f, "%v has a form that is not allowed here%h");
}

int check_if(struct check *x, const struct frame *f, const struct rule *rule)
{
    int r = check_quietly(x, rule->to.node, f->at, f->seen);
    if (r < 0)
        return r;
    const struct rule *next = node_rule(f->node, r == VALID ? "then" : "else");
    return next ? check_node(x, next->to.node, f->at, f->seen) : VALID;
}

int check_dependent_schemas(struct check *x, const struct frame *f,
                            const struct rule *rule)
{
    int result = VALID;
    for (size_t i = 0; i < rule->to.named.count; i++) {
        const struct named_node *named = &rule->to.named.items[i];
        if (!json_object_get(f->at->value, named->name))
            continue;
        int r = check_node(x, named->node, f->at, f->seen);
        if (r < 0)
            return r;
        result |= r;
    }
    return result;
}
