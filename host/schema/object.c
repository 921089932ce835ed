#include "host/schema/locate.h"
#include "host/schema/pattern.h"
#include "host/schema/report.h"
#include "host/suggest.h"
#include "sdk/error.h"
#include "sdk/json.h"
#include "sdk/str.h"

/* One member of the object that a frame is about. */
struct member {
    const char *key;
    const json_t *value;
    size_t index;
};

typedef int member_check(struct check *x, const struct frame *f, const struct rule *rule,
                         const struct member *m);

static int each_member(struct check *x, const struct frame *f, const struct rule *rule,
                       member_check *check)
{
    int result = VALID;
    struct member m = {.index = 0};
    json_t *object = json_mutable(f->at->value);
    for (void *at = json_object_iter(object); at; /* null for what is no object */
         at = json_object_iter_next(object, at)) {
        m.key = json_object_iter_key(at);
        m.value = json_object_iter_value(at);
        int r = check_work(x, 1);
        if (r == VALID)
            r = check(x, f, rule, &m);
        if (check_settles(x, r, &result))
            return result;
        m.index++;
    }
    return result;
}

static int apply(struct check *x, const struct frame *f, const struct node *node,
                 const struct member *m)
{
    struct place at = place_of_member(f->at, m->key, m->index, m->value);
    frame_mark(f, m->index);
    return check_node(x, node, &at, NULL);
}

static int check_property(struct check *x, const struct frame *f, const struct rule *rule,
                          const struct member *m)
{
    const struct node *node = named_find(&rule->to.named, m->key);
    return node ? apply(x, f, node, m) : VALID;
}

int check_properties(struct check *x, const struct frame *f, const struct rule *rule)
{
    return each_member(x, f, rule, check_property);
}

static int check_matching(struct check *x, const struct frame *f, const struct rule *rule,
                          const struct member *m)
{
    int result = VALID;
    for (size_t i = 0; i < rule->to.named.count; i++) {
        const struct named_node *named = &rule->to.named.items[i];
        int r = check_match(x, named->pattern, str_from(m->key));
        if (r == PATTERN_YES)
            r = apply(x, f, named->node, m);
        if (r < 0)
            return r;
        result |= r;
    }
    return result;
}

int check_pattern_properties(struct check *x, const struct frame *f,
                             const struct rule *rule)
{
    return each_member(x, f, rule, check_matching);
}

/* A member that no schema allows: say what was meant, or what there is. */
static int unknown_member(struct check *x, const struct frame *f, const struct member *m)
{
    struct place at = place_of_member(f->at, m->key, m->index, m->value);
    struct frame member = {.node = f->node, .at = &at};
    json_auto_t *names = NULL;
    struct suggest s;
    const char *name;
    json_t *unused;
    int r = x->mode == CHECK_REPORT ? place_names(x, f->at, &names) : 0;
    if (r < 0)
        return r;
    suggest_init(&s, m->key);
    json_object_foreach(names, name, unused) suggest_offer(&s, name);
    if (s.best)
        return problem(x, &member, "unknown member %q; did you mean %q?", m->key, s.best);
    if (json_object_size(names) > 0)
        return problem(x, &member, "unknown member %q; others that may be given are %m",
                       m->key, (const json_t *)names);
    return problem(x, &member, "unknown member %q; leave it out", m->key);
}

/* `done` is what was evaluated before. */
static int check_rest(struct check *x, const struct frame *f, const struct rule *rule,
                      const struct member *m, const struct seen *done)
{
    if (seen_has(done, m->index))
        return VALID;
    return rule->to.node->never ? unknown_member(x, f, m) : apply(x, f, rule->to.node, m);
}

static int check_additional(struct check *x, const struct frame *f,
                            const struct rule *rule, const struct member *m)
{
    return check_rest(x, f, rule, m, f->adjacent);
}

int check_additional_properties(struct check *x, const struct frame *f,
                                const struct rule *rule)
{
    return each_member(x, f, rule, check_additional);
}

static int check_unevaluated(struct check *x, const struct frame *f,
                             const struct rule *rule, const struct member *m)
{
    return check_rest(x, f, rule, m, f->seen);
}

int check_unevaluated_properties(struct check *x, const struct frame *f,
                                 const struct rule *rule)
{
    return each_member(x, f, rule, check_unevaluated);
}

static int check_name(struct check *x, const struct frame *f, const struct rule *rule,
                      const struct member *m)
{
    json_auto_t *name = json_string_nocheck(m->key);
    if (!name)
        return fail_no_memory(x->err);
    struct place at = place_of_member(f->at, m->key, m->index, name);
    return check_node(x, rule->to.node, &at, NULL);
}

int check_property_names(struct check *x, const struct frame *f, const struct rule *rule)
{
    return each_member(x, f, rule, check_name);
}

/* A member is missing; perhaps one that nobody knows is it, misspelt. */
static int missing_member(struct check *x, const struct frame *f, const char *name)
{
    struct suggest s;
    suggest_init(&s, name);
    int r = x->mode == CHECK_REPORT ? place_offer_unknown(x, f->at, &s) : 0;
    if (r < 0)
        return r;
    if (s.best)
        return problem(x, f, "the member %q is missing; is %q meant to be it?", name,
                       s.best);
    return problem(x, f, "the member %q is missing", name);
}

int check_required(struct check *x, const struct frame *f, const struct rule *rule)
{
    int result = VALID;
    if (!json_is_object(f->at->value))
        return VALID;
    for (size_t i = 0; i < json_array_size(rule->value); i++) {
        const char *name = json_string_value(json_array_get(rule->value, i));
        int r = check_work(x, 1);
        if (r == VALID && !json_object_get(f->at->value, name))
            r = missing_member(x, f, name);
        if (r < 0)
            return r;
        result |= r;
    }
    return result;
}

static int check_dependent(struct check *x, const struct frame *f,
                           const struct rule *rule, const struct member *m)
{
    int result = VALID;
    const json_t *names = json_object_get(rule->value, m->key);
    for (size_t i = 0; i < json_array_size(names); i++) {
        const char *name = json_string_value(json_array_get(names, i));
        int r = check_work(x, 1);
        if (r == VALID && !json_object_get(f->at->value, name))
            r = problem(x, f, "the member %q is missing, which %q needs", name, m->key);
        if (r < 0)
            return r;
        result |= r;
    }
    return result;
}

int check_dependent_required(struct check *x, const struct frame *f,
                             const struct rule *rule)
{
    return each_member(x, f, rule, check_dependent);
}

int check_min_properties(struct check *x, const struct frame *f, const struct rule *rule)
{
    size_t count = json_object_size(f->at->value);
    if (!json_is_object(f->at->value) || count >= rule->to.limit)
        return VALID;
    return problem(x, f, "too few members (%n); at least %n are needed", count,
                   rule->to.limit);
}

int check_max_properties(struct check *x, const struct frame *f, const struct rule *rule)
{
    size_t count = json_object_size(f->at->value);
    if (!json_is_object(f->at->value) || count <= rule->to.limit)
        return VALID;
    return problem(x, f, "too many members (%n); at most %n are allowed", count,
                   rule->to.limit);
}
