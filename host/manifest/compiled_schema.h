/* A schema of a manifest with what is made from it when it is first asked for, and then
 * kept: its compiled form and the places of its secrets. Invariant: what was given to one
 * caller is never changed or freed before the manifest is. Any number of threads may ask.
 */
#ifndef BERTH_HOST_MANIFEST_COMPILED_SCHEMA_H
#define BERTH_HOST_MANIFEST_COMPILED_SCHEMA_H

#include <jansson.h>
#include <pthread.h>

#include "berth_plugin.h"

struct redact_plan;
struct schema;

struct compiled_schema {
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
void compiled_schema_init(struct compiled_schema *compiled,
                          const struct compiled_schema *source);
void compiled_schema_release(struct compiled_schema *compiled);

/* BERTH_E_INVALID or BERTH_E_UNSUPPORTED, naming the manifest and the place in it, when
 * it is no good schema. */
int compiled_schema_get(struct compiled_schema *compiled,
                        const struct schema **ret_schema, struct berth_error *err);

#endif
