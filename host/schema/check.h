/* Checking a value against a compiled schema. Invariant: a check function returns VALID,
 * INVALID (then the problem was counted or reported as the mode asks), or a negative
 * status that ends the whole check. */
#ifndef BERTH_SCHEMA_CHECK_H
#define BERTH_SCHEMA_CHECK_H

#include "host/schema/node.h"
#include "host/schema/pattern.h"
#include "host/schema/schema.h"
#include "host/schema/seen.h"

enum { VALID = 0, INVALID = 1 };

/* What to do about problems. */
enum check_mode {
    CHECK_FAST,   /* stop at the first, say nothing */
    CHECK_COUNT,  /* go on, count them (struct tally) */
    CHECK_REPORT, /* go on, report them until the report is full */
};

/* How far a value is from what a schema wants. */
struct tally {
    size_t problems;
    size_t deepest;  /* the depth of the deepest place with a problem */
    bool wrong_type; /* of the value itself */
};

/* A value and the way to it. */
struct place {
    const struct place *up; /* null: the value as a whole */
    const char *key;        /* of a member; null for an item */
    size_t index;           /* among the members or items */
    size_t depth;
    const json_t *value;
};

/* One schema applied to one value. */
struct frame {
    const struct node *node;
    const struct place *at;
    struct seen *seen;     /* marked by this schema and those in its place */
    struct seen *adjacent; /* marked by this schema's own keywords */
};

struct check {
    const struct schema *schema;
    struct schema_report *report;
    struct berth_error *err;
    enum check_mode mode;
    struct tally tally;
    struct matcher matcher;
    size_t steps; /* left */
    unsigned depth;
};

/* Add what one part says. Is that enough: a status that ends the check, or a problem
 * where the first will do? */
static inline bool check_settles(const struct check *x, int r, int *result)
{
    *result = r < 0 ? r : *result | r;
    return *result < 0 || (*result == INVALID && x->mode == CHECK_FAST);
}

/* Apply a schema to a value; what it evaluates is marked in `outer` (may be null). */
int check_node(struct check *x, const struct node *node, const struct place *at,
               struct seen *outer);

/* The same without a word about problems. */
int check_quietly(struct check *x, const struct node *node, const struct place *at,
                  struct seen *outer);

/* The work allowed is used up: BERTH_E_INVALID. */
int check_too_much(struct check *x);

/* Take `n` steps of it. VALID or BERTH_E_INVALID. */
static inline int check_work(struct check *x, size_t n)
{
    if (n > x->steps)
        return check_too_much(x);
    x->steps -= n;
    return VALID;
}

void frame_mark(const struct frame *f, size_t index);

/* The place of a member or an item. */
struct place place_of_member(const struct place *up, const char *key, size_t index,
                             const json_t *value);
struct place place_of_item(const struct place *up, size_t index);

/* Of several schemas none of which the value obeys: count or report what is wrong by the
 * closest. */
int check_closest(struct check *x, const struct frame *f, const struct nodes *branches);

/* PATTERN_YES or PATTERN_NO for the work that is left; BERTH_E_INVALID when it is too
 * hard. */
int check_match(struct check *x, const struct pattern *pattern, struct berth_str text);

rule_check check_type, check_const, check_enum;
rule_check check_minimum, check_exclusive_minimum, check_maximum, check_exclusive_maximum,
    check_multiple_of;
rule_check check_min_length, check_max_length, check_pattern, check_format;
rule_check check_properties, check_pattern_properties, check_additional_properties,
    check_property_names, check_required, check_dependent_required, check_min_properties,
    check_max_properties, check_unevaluated_properties;
rule_check check_min_items, check_max_items, check_prefix_items, check_items,
    check_contains, check_unique_items, check_unevaluated_items;
rule_check check_reference, check_all_of, check_any_of, check_one_of, check_not, check_if,
    check_dependent_schemas;

#endif
