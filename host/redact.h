/* Secrets by schema: what must not be shown, logged or taken from a command line is what
 * the manifest marks with x-secret.
 *
 * Invariant: a member is a secret when any way through the schema ($ref, properties,
 * patternProperties, additionalProperties, items, prefixItems, allOf, anyOf, oneOf, if,
 * then, else, dependentSchemas) that leads to it says so. In doubt it is masked. */
#ifndef BERTH_HOST_REDACT_H
#define BERTH_HOST_REDACT_H

#include <jansson.h>
#include <stdbool.h>

#include "berth_plugin.h"

struct manifest;

/* What stands for a secret in outputs. */
#define REDACT_MASK "***"

/* Put REDACT_MASK in the place of every secret in `value` that is neither null nor an
 * empty text. `document` resolves the schema's references. Null and empty secrets show
 * that nothing is set, so they stay. */
int redact(const json_t *document, const json_t *schema, json_t *value,
           struct berth_error *err);

/* Does `value` hold a secret (a non-empty one)? The JSON Pointer of the first goes into
 * ret_pointer, which belongs to the caller; null when there is none. */
int redact_find_secret(const json_t *document, const json_t *schema, const json_t *value,
                       char **ret_pointer, struct berth_error *err);

/* The same for a secret that is REDACT_MASK, so not one but the mask of one. */
int redact_find_mask(const json_t *document, const json_t *schema, const json_t *value,
                     char **ret_pointer, struct berth_error *err);

/* The name of every member that is a secret anywhere in the manifest, as an object of
 * name to true: what the wire log masks in bodies. The caller owns it. Null: out of
 * memory. */
json_t *manifest_secret_names(const struct manifest *m);

#endif
