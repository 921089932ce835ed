/* Walking over a value along its schema, to its secrets. Invariant: depth and work are
 * bounded, because schemas may refer to one another in ways whose number doubles with
 * each level; real walks stay far below. */
#ifndef BERTH_HOST_REDACT_PRIV_H
#define BERTH_HOST_REDACT_PRIV_H

#include <jansson.h>
#include <stdbool.h>

#include "berth_plugin.h"

#define REDACT_MAX_DEPTH 400
#define REDACT_MAX_STEPS 2000000L

/* A value and where in its container it is. */
struct place {
    const struct place *parent; /* null: the whole value */
    json_t *container;
    const char *name; /* member; null: an element */
    size_t index;
    json_t *value;
};

struct walk {
    const json_t *document;
    long steps_left;
    /* Told of each secret; an answer other than 0 ends the walk. */
    int (*found)(struct walk *w, const struct place *place);
    char *pointer; /* to what was found */
    struct berth_error *err;
};

/* Is what `schema` describes a secret? True, too, when nobody knows: the steps that are
 * left were too few. */
bool redact_asks_secret(const json_t *document, const json_t *schema, long *steps_left);

/* Call each() for the schemas that apply to the same place as `schema`, until it answers
 * other than 0, which is returned. */
typedef int in_place_fn(void *ctx, const json_t *schema);
int redact_each_in_place(const json_t *document, const json_t *schema, in_place_fn *each,
                         void *ctx);

/* Walk over all of `value`. 0; what found() answered when it ended the walk; or
 * BERTH_E_INVALID when it is nested too deep. */
int redact_walk(struct walk *w, const json_t *schema, json_t *value);

#endif
