/* Working out the places of a schema's secrets: the schemas for a place and all that
 * apply in its place make a spot; the rules lead from it to the spots of members and
 * elements; then what leads to no secret is dropped. */
#include "config.h" /* tdestroy() is an extension */

#include <search.h>
#include <stdlib.h>

#include "host/redact.h"
#include "host/redact/redact_priv.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/json.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A schema that was come across. */
struct known {
    const json_t *schema;
    struct redact_spot *spot;          /* of the places that it is for, or null */
    const struct redact_spot *seen_in; /* the last spot it was found to apply in */
    bool open;                         /* what applies in its place is being looked at */
};

struct planner {
    const json_t *document;
    struct redact_plan *plan;
    void *known; /* tsearch() by the address of the schema */
    struct redact_spot *spot;
    int depth;
    long steps_left;
    struct berth_error *err;
};

static int compare_known(const void *a, const void *b)
{
    const struct known *one = a, *other = b;
    return (one->schema > other->schema) - (one->schema < other->schema);
}

/* Null: out of memory. */
static struct known *know(struct planner *p, const json_t *schema)
{
    struct known *fresh = calloc(1, sizeof(*fresh));
    if (!fresh)
        return NULL;
    fresh->schema = schema;
    struct known **slot = tsearch(fresh, &p->known, compare_known);
    if (!slot || *slot != fresh)
        free(fresh);
    return slot ? *slot : NULL;
}

static int grow(void **items, size_t item_size, size_t count, size_t *capacity,
                struct berth_error *err)
{
    if (count < *capacity)
        return 0;
    size_t wanted = *capacity ? *capacity * 2 : 4;
    void *grown = reallocarray(*items, wanted, item_size);
    if (!grown)
        return fail_no_memory(err);
    *items = grown;
    *capacity = wanted;
    return 0;
}

/* The spot of the places that `schema` is for; its rules are worked out in its turn. */
static int find_spot(struct planner *p, const json_t *schema,
                     struct redact_spot **ret_spot)
{
    struct redact_plan *plan = p->plan;
    struct known *known = know(p, schema);
    if (!known)
        return fail_no_memory(p->err);
    if (!known->spot) {
        void *spots = plan->spots;
        int r = grow(&spots, sizeof(struct redact_spot *), plan->spot_count,
                     &plan->spot_capacity, p->err);
        plan->spots = spots;
        if (r < 0)
            return r;
        known->spot = calloc(1, sizeof(*known->spot));
        if (!known->spot)
            return fail_no_memory(p->err);
        known->spot->schema = schema;
        plan->spots[plan->spot_count++] = known->spot;
    }
    *ret_spot = known->spot;
    return 0;
}

static int add_rule(struct planner *p, const struct redact_rule *rule)
{
    struct redact_spot *spot = p->spot;
    void *rules = spot->rules;
    int r = grow(&rules, sizeof(*rule), spot->rule_count, &spot->rule_capacity, p->err);
    spot->rules = rules;
    if (r < 0)
        return r;
    if (--p->steps_left < 0)
        return fail(p->err, BERTH_E_INVALID,
                    "a schema has too many ways to tell what is secret");
    spot->rules[spot->rule_count++] = *rule;
    return 0;
}

/* Of true and false nothing can be secret. */
static int add_to(struct planner *p, struct redact_rule rule, const json_t *schema)
{
    if (!json_is_object(schema))
        return 0;
    int r = find_spot(p, schema, &rule.spots[0]);
    return r < 0 ? r : add_rule(p, &rule);
}

static int add_members(struct planner *p, const json_t *schema)
{
    static const char *const OTHERS[] = {"additionalProperties", "unevaluatedProperties"};
    const json_t *properties = json_object_get(schema, "properties");
    const char *name;
    json_t *sub;
    int r = 0;
    json_object_foreach(json_mutable(properties), name, sub)
    {
        if (r == 0)
            r = add_to(p, (struct redact_rule){REDACT_MEMBER, .name = name}, sub);
    }
    for (size_t i = 0; r == 0 && i < COUNT(OTHERS); i++)
        r = add_to(p, (struct redact_rule){REDACT_OTHERS, .named = properties},
                   json_object_get(schema, OTHERS[i]));
    /* Whether the pattern fits the name is not asked: in doubt it is masked. */
    json_object_foreach(json_object_get(schema, "patternProperties"), name, sub)
    {
        if (r == 0)
            r = add_to(p, (struct redact_rule){REDACT_OTHERS, .named = NULL}, sub);
    }
    return r;
}

static int add_elements(struct planner *p, const json_t *schema)
{
    static const char *const REST[] = {"items", "unevaluatedItems", "contains"};
    const json_t *prefix = json_object_get(schema, "prefixItems");
    struct redact_rule rest = {REDACT_REST, .index = json_array_size(prefix)};
    size_t spots = 0;
    int r = 0;
    for (size_t i = 0; r == 0 && i < rest.index; i++)
        r = add_to(p, (struct redact_rule){REDACT_ELEMENT, .index = i},
                   json_array_get(prefix, i));
    for (size_t i = 0; r == 0 && i < COUNT(REST); i++) {
        const json_t *sub = json_object_get(schema, REST[i]);
        r = json_is_object(sub) ? find_spot(p, sub, &rest.spots[spots++]) : 0;
    }
    return r < 0 || spots == 0 ? r : add_rule(p, &rest);
}

/* A schema that applies at the spot: first what applies in its place, then it itself. One
 * that applies to its own place without end, and one that is too far, are secret: nobody
 * knows. */
static int add_schema(void *ctx, const json_t *schema)
{
    struct planner *p = ctx;
    struct known *known = know(p, schema);
    if (!known)
        return fail_no_memory(p->err);
    if (known->open || p->depth > REDACT_MAX_DEPTH ||
        redact_is_marked(p->document, schema))
        p->spot->secret = true;
    if (known->seen_in == p->spot || p->spot->secret)
        return 0;
    known->seen_in = p->spot;
    known->open = true;
    p->depth++;
    int r = redact_each_in_place(p->document, schema, add_schema, p);
    p->depth--;
    known->open = false;
    if (r == 0)
        r = add_members(p, schema);
    return r < 0 ? r : add_elements(p, schema);
}

static bool leads(const struct redact_rule *rule)
{
    for (size_t i = 0; i < REDACT_RULE_SPOTS && rule->spots[i]; i++)
        if (rule->spots[i]->leads)
            return true;
    return false;
}

/* True: something was found out. */
static bool find_out(struct redact_spot *spot)
{
    if (spot->leads)
        return false;
    spot->leads = spot->secret;
    for (size_t i = 0; !spot->leads && i < spot->rule_count; i++)
        spot->leads = leads(&spot->rules[i]);
    return spot->leads;
}

/* Spots come after those that lead to them, so the last are asked first. */
static void find_out_all(struct redact_plan *plan)
{
    bool news = true;
    while (news) {
        news = false;
        for (size_t i = plan->spot_count; i > 0; i--)
            if (find_out(plan->spots[i - 1]))
                news = true;
    }
}

static void drop_rules(struct redact_spot *spot)
{
    size_t kept = 0;
    for (size_t i = 0; i < spot->rule_count; i++)
        if (!spot->secret && leads(&spot->rules[i]))
            spot->rules[kept++] = spot->rules[i];
    spot->rule_count = kept;
}

static int make(struct planner *p, const json_t *schema)
{
    int r = find_spot(p, schema, &p->spot);
    for (size_t i = 0; r == 0 && i < p->plan->spot_count; i++) {
        p->spot = p->plan->spots[i];
        r = add_schema(p, p->spot->schema);
    }
    if (r < 0)
        return r;
    find_out_all(p->plan);
    for (size_t i = 0; i < p->plan->spot_count; i++)
        drop_rules(p->plan->spots[i]);
    return 0;
}

int redact_plan_new(const json_t *document, const json_t *schema,
                    struct redact_plan **ret_plan, struct berth_error *err)
{
    cleanup(redact_plan) struct redact_plan *plan = calloc(1, sizeof(*plan));
    if (!plan)
        return fail_no_memory(err);
    struct planner p = {
        .document = document, .plan = plan, .steps_left = REDACT_MAX_STEPS, .err = err};
    int r = make(&p, schema);
    tdestroy(p.known, free);
    if (r < 0)
        return r;
    *ret_plan = plan;
    plan = NULL;
    return 0;
}

void redact_plan_free(struct redact_plan *plan)
{
    if (!plan)
        return;
    for (size_t i = 0; i < plan->spot_count; i++) {
        free(plan->spots[i]->rules);
        free(plan->spots[i]);
    }
    free(plan->spots);
    free(plan);
}

bool redact_plan_is_empty(const struct redact_plan *plan)
{
    return !plan->spots[0]->leads;
}
