/* From a schema to the places of its secrets, and from these to the secrets of a value.
 * Invariant: depth and work are bounded, because schemas may refer to one another in ways
 * whose number doubles with each level; real ones stay far below. */
#ifndef BERTH_HOST_REDACT_PRIV_H
#define BERTH_HOST_REDACT_PRIV_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "berth_plugin.h"

#define REDACT_MAX_DEPTH 400
#define REDACT_MAX_STEPS 2000000L

/* What a rule is about. */
enum redact_scope {
    REDACT_MEMBER,  /* the member `name` */
    REDACT_OTHERS,  /* all members that `named` does not have */
    REDACT_ELEMENT, /* the element `index` */
    REDACT_REST,    /* all elements from `index` on */
};

/* How many schemas may speak of the rest of an array. */
#define REDACT_RULE_SPOTS 3

/* The way from a place to places inside it. */
struct redact_rule {
    enum redact_scope scope;
    const char *name;
    const json_t *named; /* or null */
    size_t index;
    struct redact_spot *spots[REDACT_RULE_SPOTS]; /* null: no more of them */
};

/* All places that one schema is for, with all that apply in its place. */
struct redact_spot {
    const json_t *schema;
    bool secret;               /* what is there is a secret */
    bool leads;                /* it is, or holds, a place for one */
    struct redact_rule *rules; /* those that lead to secrets; in the order of a walk */
    size_t rule_count, rule_capacity;
};

struct redact_plan {
    struct redact_spot **spots; /* the first is for the value as a whole */
    size_t spot_count, spot_capacity;
};

/* A value and where in its container it is. */
struct place {
    const struct place *parent; /* null: the whole value */
    json_t *container;
    const char *name; /* member; null: an element */
    size_t index;
    json_t *value;
};

struct walk {
    long steps_left;
    /* Told of each secret; an answer other than 0 ends the walk. */
    int (*found)(struct walk *w, const struct place *place);
    char *pointer; /* to what was found */
    struct berth_error *err;
};

/* Does it say x-secret itself, or refer to what nobody here can find? */
bool redact_is_marked(const json_t *document, const json_t *schema);

/* Call each() for the schemas that apply to the same place as `schema`, until it answers
 * other than 0, which is returned. */
typedef int in_place_fn(void *ctx, const json_t *schema);
int redact_each_in_place(const json_t *document, const json_t *schema, in_place_fn *each,
                         void *ctx);

/* Walk to all secrets in `value`. 0; what found() answered when it ended the walk; or
 * BERTH_E_INVALID when it is nested too deep. */
int redact_walk(struct walk *w, const struct redact_plan *plan, json_t *value);

#endif
