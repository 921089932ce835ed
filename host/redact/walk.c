/* From a value and the places of its secrets to the secrets in it. */
#include "host/redact/redact_priv.h"

#include "sdk/error.h"

static bool is_set(const json_t *value)
{
    return !json_is_null(value) &&
           !(json_is_string(value) && json_string_length(value) == 0);
}

/* At a place that is no secret itself. */
struct step {
    struct walk *walk;
    const struct place *place;
    int depth;
};

static int walk_spot(const struct step *s, const struct redact_spot *spot);

static int visit(const struct step *s, const struct redact_spot *spot,
                 const struct place *child)
{
    if (!is_set(child->value))
        return 0;
    if (spot->secret)
        return s->walk->found(s->walk, child);
    struct step deeper = {s->walk, child, s->depth + 1};
    return walk_spot(&deeper, spot);
}

static int visit_member(const struct step *s, const struct redact_rule *rule,
                        const char *name, json_t *value)
{
    struct place child = {s->place, s->place->value, name, 0, value};
    return visit(s, rule->spots[0], &child);
}

static int visit_others(const struct step *s, const struct redact_rule *rule)
{
    const char *name;
    json_t *value;
    json_object_foreach(s->place->value, name, value)
    {
        if (json_object_get(rule->named, name))
            continue;
        int r = visit_member(s, rule, name, value);
        if (r != 0)
            return r;
    }
    return 0;
}

static int visit_element(const struct step *s, const struct redact_rule *rule, size_t i)
{
    int r = 0;
    struct place child = {s->place, s->place->value, NULL, i, NULL};
    for (size_t k = 0; r == 0 && k < REDACT_RULE_SPOTS && rule->spots[k]; k++) {
        child.value = json_array_get(s->place->value, i);
        r = visit(s, rule->spots[k], &child);
    }
    return r;
}

static int walk_elements(const struct step *s, const struct redact_rule *rule)
{
    size_t count = json_array_size(s->place->value);
    size_t end = rule->scope == REDACT_REST ? count : rule->index + 1;
    for (size_t i = rule->index; i < end && i < count; i++) {
        int r = visit_element(s, rule, i);
        if (r != 0)
            return r;
    }
    return 0;
}

static int walk_rule(const struct step *s, const struct redact_rule *rule)
{
    json_t *member = NULL;
    switch (rule->scope) {
    case REDACT_MEMBER:
        member = json_object_get(s->place->value, rule->name);
        return member ? visit_member(s, rule, rule->name, member) : 0;
    case REDACT_OTHERS:
        return visit_others(s, rule);
    default:
        return walk_elements(s, rule);
    }
}

static int walk_spot(const struct step *s, const struct redact_spot *spot)
{
    if (--s->walk->steps_left < 0 || s->depth > REDACT_MAX_DEPTH)
        return fail(s->walk->err, BERTH_E_INVALID,
                    "nested too deep to tell what is secret in it");
    int r = 0;
    for (size_t i = 0; r == 0 && i < spot->rule_count; i++)
        r = walk_rule(s, &spot->rules[i]);
    return r;
}

int redact_walk(struct walk *w, const struct redact_plan *plan, json_t *value)
{
    struct place whole = {.value = value};
    struct step outside = {.walk = w, .depth = -1};
    return visit(&outside, plan->spots[0], &whole);
}
