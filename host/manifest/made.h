/* What is made from a schema of a manifest when it is first asked for, and then kept: its
 * compiled form and the places of its secrets. Invariant: what was given to one caller is
 * never changed or freed before the manifest is. Any number of threads may ask. */
#ifndef BERTH_HOST_MANIFEST_MADE_H
#define BERTH_HOST_MANIFEST_MADE_H

#include <jansson.h>
#include <pthread.h>

#include "berth_plugin.h"

struct redact_plan;
struct schema;

/* One schema of the manifest. */
struct made {
    pthread_mutex_t lock; /* held to make and to look */
    json_t *document;     /* borrowed from the manifest, like all but what is made */
    const char *name;     /* of the manifest, for sentences */
    const char *section;  /* with `id` and `member` the way to it */
    const char *id;
    const char *member;
    const json_t *json;
    struct schema *schema;
    struct redact_plan *plan;
};

/* Begin with where the schema is: all of `source` but what is made. */
void made_init(struct made *made, const struct made *source);
void made_release(struct made *made);

/* BERTH_E_INVALID or BERTH_E_UNSUPPORTED, naming the manifest and the place in it, when
 * it is no good schema. */
int made_schema(struct made *made, const struct schema **ret_schema,
                struct berth_error *err);

#endif
