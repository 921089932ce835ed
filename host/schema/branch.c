/* Which of several alternatives was meant, when a value obeys none of them. */
#include "host/schema/equal.h"
#include "host/schema/locate.h"
#include "host/schema/report.h"
#include "host/schema/type.h"
#include "sdk/error.h"

/* What a branch says about itself stands at most so many references away. */
enum { HOPS_MAX = 8 };

static const struct node *behind_references(const struct node *node)
{
    for (unsigned i = 0; i < HOPS_MAX; i++) {
        const struct rule *reference = node_rule(node, "$ref");
        if (!reference || node_rule(node, "properties"))
            break;
        node = reference->to.node;
    }
    return node;
}

/* The const or enum rule of a member of the objects that a branch describes. */
static const struct rule *constant_of(const struct node *branch, const char *name)
{
    const struct rule *properties = node_rule(behind_references(branch), "properties");
    const struct node *member =
        properties ? named_find(&properties->to.named, name) : NULL;
    if (!member)
        return NULL;
    const struct rule *rule = node_rule(member, "const");
    return rule ? rule : node_rule(member, "enum");
}

static bool tells_apart(const struct nodes *branches, const char *name)
{
    for (size_t i = 0; i < branches->count; i++)
        if (!constant_of(branches->items[i], name))
            return false;
    return true;
}

/* The name of a member that tells the branches apart and that the value has. */
static const char *find_discriminator(const struct frame *f, const struct nodes *branches)
{
    const struct rule *properties =
        node_rule(behind_references(branches->items[0]), "properties");
    for (size_t i = 0; properties && i < properties->to.named.count; i++) {
        const char *name = properties->to.named.items[i].name;
        if (json_object_get(f->at->value, name) && tells_apart(branches, name))
            return name;
    }
    return NULL;
}

static bool is_const(const struct rule *rule)
{
    return rule->keyword->check == check_const;
}

static int constant_allows(struct check *x, const struct rule *rule, const json_t *value)
{
    if (is_const(rule))
        return value_equal(x, value, rule->value);
    int r = 0;
    for (size_t i = 0; r == 0 && i < json_array_size(rule->value); i++)
        r = value_equal(x, value, json_array_get(rule->value, i));
    return r;
}

/* All the values of the discriminator, as a list. */
static int collect_constants(struct check *x, const struct nodes *branches,
                             const char *name, json_t **ret_list)
{
    json_auto_t *list = json_array();
    int failed = list ? 0 : -1;
    for (size_t i = 0; failed == 0 && i < branches->count; i++) {
        const struct rule *rule = constant_of(branches->items[i], name);
        failed = is_const(rule) ? json_array_append(list, rule->value)
                                : json_array_extend(list, rule->value);
    }
    if (failed != 0)
        return fail_no_memory(x->err);
    *ret_list = json_incref(list);
    return 0;
}

static int nearest(struct check *x, const struct place *at, const json_t *list,
                   const char **ret_nearest)
{
    bool secret = false;
    int r = place_is_secret(x, at, &secret);
    if (r < 0 || secret || !json_is_string(at->value))
        return r;
    struct suggest s;
    suggest_init(&s, json_string_value(at->value));
    for (size_t i = 0; i < json_array_size(list); i++)
        if (json_is_string(json_array_get(list, i)))
            suggest_offer(&s, json_string_value(json_array_get(list, i)));
    *ret_nearest = s.best;
    return 0;
}

static int unknown_constant(struct check *x, const struct frame *f,
                            const struct nodes *branches, const char *name)
{
    json_auto_t *list = NULL;
    const char *meant = NULL;
    struct place at =
        place_of_member(f->at, name, 0, json_object_get(f->at->value, name));
    struct frame member = {.node = f->node, .at = &at};
    if (x->mode != CHECK_REPORT)
        return problem(x, &member, "");
    int r = collect_constants(x, branches, name, &list);
    if (r == 0)
        r = nearest(x, &at, list, &meant);
    if (r < 0)
        return r;
    if (meant)
        return problem(x, &member, "%v is not one of %l; did you mean %q?",
                       (const json_t *)list, meant);
    return problem(x, &member, "%v is not one of %l", (const json_t *)list);
}

/* Does a member tell the branches apart? */
enum discriminator {
    DISCRIMINATOR_NONE = 0,    /* no, or the value lacks it */
    DISCRIMINATOR_FOUND = 1,   /* it names the branch *ret_branch */
    DISCRIMINATOR_UNKNOWN = 2, /* it names none of them */
};

static int discriminate(struct check *x, const struct frame *f,
                        const struct nodes *branches, const char *name,
                        size_t *ret_branch)
{
    const json_t *value = json_object_get(f->at->value, name);
    size_t allowing = 0;
    for (size_t i = 0; i < branches->count; i++) {
        int r = constant_allows(x, constant_of(branches->items[i], name), value);
        if (r < 0)
            return r;
        if (r == 1) {
            *ret_branch = i;
            allowing++;
        }
    }
    if (allowing == 0)
        return DISCRIMINATOR_UNKNOWN;
    return allowing == 1 ? DISCRIMINATOR_FOUND : DISCRIMINATOR_NONE;
}

static int measure(struct check *x, const struct frame *f, const struct node *branch,
                   struct tally *ret_tally)
{
    struct tally kept = x->tally;
    enum check_mode mode = x->mode;
    const struct rule *type = node_rule(behind_references(branch), "type");
    x->tally = (struct tally){
        .wrong_type = type && !(type_of(f->at->value) & type->to.types),
    };
    x->mode = CHECK_COUNT;
    int r = check_node(x, branch, f->at, NULL);
    *ret_tally = x->tally;
    x->tally = kept;
    x->mode = mode;
    return r < 0 ? r : 0;
}

static bool is_closer(const struct tally *a, const struct tally *b)
{
    if (a->wrong_type != b->wrong_type)
        return b->wrong_type;
    if (a->deepest != b->deepest)
        return a->deepest > b->deepest;
    return a->problems < b->problems;
}

struct closest {
    size_t index;
    struct tally tally;
    unsigned types; /* of the branches that want another type */
    bool all_wrong; /* each of them does */
};

static int find_closest(struct check *x, const struct frame *f,
                        const struct nodes *branches, struct closest *c)
{
    *c = (struct closest){.all_wrong = true};
    for (size_t i = 0; i < branches->count; i++) {
        struct tally tally = {.problems = 0};
        int r = measure(x, f, branches->items[i], &tally);
        if (r < 0)
            return r;
        if (tally.wrong_type)
            c->types |=
                node_rule(behind_references(branches->items[i]), "type")->to.types;
        c->all_wrong = c->all_wrong && tally.wrong_type;
        if (i > 0 && !is_closer(&tally, &c->tally))
            continue;
        c->index = i;
        c->tally = tally;
    }
    return 0;
}

/* Branches that ask for one member each and for nothing else: their names as a list, or
 * null. */
static int collect_required(struct check *x, const struct nodes *branches,
                            json_t **ret_list)
{
    json_auto_t *list = json_array();
    int failed = list ? 0 : -1;
    for (size_t i = 0; failed == 0 && i < branches->count; i++) {
        const struct node *branch = branches->items[i];
        if (branch->rule_count != 1 ||
            branch->rules[0].keyword->check != check_required ||
            json_array_size(branch->rules[0].value) != 1)
            return 0;
        failed = json_array_append(list, json_array_get(branch->rules[0].value, 0));
    }
    if (failed != 0)
        return fail_no_memory(x->err);
    *ret_list = json_incref(list);
    return 0;
}

static void add_tally(struct tally *sum, const struct tally *tally)
{
    sum->problems += tally->problems;
    if (tally->deepest > sum->deepest)
        sum->deepest = tally->deepest;
}

/* In counting, what was measured is the count: checking the closest again would double
 * the work with each level of alternatives. */
static int report_closest(struct check *x, const struct frame *f,
                          const struct nodes *branches)
{
    struct closest c;
    json_auto_t *required = NULL;
    int r = find_closest(x, f, branches, &c);
    if (r == 0 && x->mode == CHECK_REPORT)
        r = collect_required(x, branches, &required);
    if (r < 0)
        return r;
    if (x->mode == CHECK_COUNT) {
        add_tally(&x->tally, &c.tally);
        return INVALID;
    }
    if (c.all_wrong && branches->count > 1)
        return problem(x, f, "%t is expected here, not %v", c.types);
    if (required)
        return problem(x, f, "one of the members %l is needed", (const json_t *)required);
    r = check_node(x, branches->items[c.index], f->at, f->seen);
    return r < 0 ? r : INVALID;
}

int check_closest(struct check *x, const struct frame *f, const struct nodes *branches)
{
    if (x->mode == CHECK_FAST)
        return INVALID;
    size_t branch = 0;
    const char *name = find_discriminator(f, branches);
    int r = name ? discriminate(x, f, branches, name, &branch) : DISCRIMINATOR_NONE;
    if (r < 0)
        return r;
    if (r == DISCRIMINATOR_UNKNOWN)
        return unknown_constant(x, f, branches, name);
    if (r == DISCRIMINATOR_NONE)
        return report_closest(x, f, branches);
    r = check_node(x, branches->items[branch], f->at, f->seen);
    return r < 0 ? r : INVALID;
}
