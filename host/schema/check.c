#include "host/schema/check.h"

#include "host/schema/pattern.h"
#include "host/schema/report.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"

/* A step is a keyword, a member or an item looked at: some ten nanoseconds. */
enum { STEPS_MAX = 20000000 };

/* A match may take this many steps at first, and this many when they did not do. */
enum { MATCH_STEPS = 2000, MATCH_STEPS_MAX = 1000000 };

int check_too_much(struct check *x)
{
    return fail(x->err, BERTH_E_INVALID,
                "the value takes more work to check than is allowed (%d steps); make it "
                "smaller",
                STEPS_MAX);
}

void frame_mark(const struct frame *f, size_t index)
{
    if (f->seen)
        seen_mark(f->seen, index);
    if (f->adjacent)
        seen_mark(f->adjacent, index);
}

struct place place_of_member(const struct place *up, const char *key, size_t index,
                             const json_t *value)
{
    return (struct place){
        .up = up, .key = key, .index = index, .depth = up->depth + 1, .value = value};
}

struct place place_of_item(const struct place *up, size_t index)
{
    return (struct place){.up = up,
                          .index = index,
                          .depth = up->depth + 1,
                          .value = json_array_get(up->value, index)};
}

static int check_rules(struct check *x, const struct frame *f)
{
    int result = VALID;
    for (size_t i = 0; i < f->node->rule_count; i++) {
        const struct rule *rule = &f->node->rules[i];
        if (!rule->keyword->check)
            continue;
        int r = check_work(x, 1);
        if (r == VALID)
            r = rule->keyword->check(x, f, rule);
        if (check_settles(x, r, &result))
            return result;
    }
    return result;
}

static size_t size_of(const json_t *value)
{
    return json_is_object(value) ? json_object_size(value) : json_array_size(value);
}

static int check_object_node(struct check *x, const struct node *node,
                             const struct place *at, struct seen *outer)
{
    cleanup(seen) struct seen seen = {.words = 0};
    cleanup(seen) struct seen adjacent = {.words = 0};
    bool track = outer || node->tracks;
    if ((track && !seen_init(&seen, size_of(at->value))) ||
        (node->adjoins && !seen_init(&adjacent, size_of(at->value))))
        return fail_no_memory(x->err);
    struct frame f = {
        .node = node,
        .at = at,
        .seen = track ? &seen : NULL,
        .adjacent = node->adjoins ? &adjacent : NULL,
    };
    int r = check_rules(x, &f);
    /* While problems are reported the verdict is clear; a member then counts as known
     * wherever it is named, so that it is not called unknown besides. */
    if (outer && (r == VALID || (r == INVALID && x->mode == CHECK_REPORT)))
        seen_merge(outer, &seen);
    return r;
}

int check_node(struct check *x, const struct node *node, const struct place *at,
               struct seen *outer)
{
    if (node->never) {
        struct frame f = {.node = node, .at = at};
        return problem(x, &f, "%v is not allowed here");
    }
    if (x->depth >= SCHEMA_DEPTH_MAX)
        return fail(x->err, BERTH_E_INVALID,
                    "the value is nested too deep to be checked (%d levels)",
                    SCHEMA_DEPTH_MAX);
    x->depth++;
    int r = check_object_node(x, node, at, outer);
    x->depth--;
    return r;
}

int check_quietly(struct check *x, const struct node *node, const struct place *at,
                  struct seen *outer)
{
    enum check_mode mode = x->mode;
    x->mode = CHECK_FAST;
    int r = check_node(x, node, at, outer);
    x->mode = mode;
    return r;
}

int check_match(struct check *x, const struct pattern *pattern, struct berth_str text)
{
    static const unsigned LIMITS[] = {MATCH_STEPS, MATCH_STEPS_MAX};
    for (size_t i = 0; i < sizeof(LIMITS) / sizeof(LIMITS[0]); i++) {
        int r = check_work(x, i == 0 ? 10 + text.len / 16 : LIMITS[i]);
        if (r < 0)
            return r;
        r = pattern_match(pattern, text, LIMITS[i], &x->matcher);
        if (r < 0)
            return fail_no_memory(x->err);
        if (r != PATTERN_TOO_HARD)
            return r;
    }
    return fail(x->err, BERTH_E_INVALID,
                "a pattern of the schema takes too long to match; make the value shorter "
                "or the pattern simpler");
}

static void name_first_problem(const struct schema_report *report,
                               struct berth_error *err)
{
    const struct schema_problem *first = &report->problems[0];
    (void)fail(err, BERTH_E_INVALID, "%s%s%s", first->pointer,
               *first->pointer ? ": " : "", first->sentence);
}

int schema_check(const struct schema *schema, const json_t *value,
                 struct schema_report *report, struct berth_error *err)
{
    struct schema_report own;
    schema_report_init(&own, report && report->max > 0 ? report->max : 1);
    struct check x = {
        .schema = schema,
        .report = &own,
        .err = err,
        .mode = CHECK_REPORT,
        .steps = STEPS_MAX,
    };
    struct place whole = {.value = value};
    int r = check_node(&x, schema->root, &whole, NULL);
    matcher_release(&x.matcher);
    if (r == INVALID)
        name_first_problem(&own, err);
    else
        schema_report_release(&own);
    if (report && report->max > 0) {
        schema_report_release(report);
        *report = own;
    } else {
        schema_report_release(&own);
    }
    return r == INVALID ? BERTH_E_INVALID : r;
}
