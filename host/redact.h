/* Secrets by schema: what must not be shown, logged or taken from a command line is what
 * the manifest marks with x-secret.
 *
 * Invariant: a member is a secret when any way through the schema that leads to it says
 * so ($ref, properties, patternProperties, additionalProperties, items, prefixItems,
 * allOf, anyOf, oneOf, if, then, else, dependentSchemas and so on). In doubt (as behind a
 * $ref that is no pointer into the document) it is masked. */
#ifndef BERTH_HOST_REDACT_H
#define BERTH_HOST_REDACT_H

#include <jansson.h>
#include <stdbool.h>

#include "berth_plugin.h"

struct redact_plan;
struct text;

/* What stands for a secret in outputs. */
#define REDACT_MASK "***"

/* The places that a schema gives to secrets, worked out once: where there are none the
 * functions below cost nothing, else they look at the members that lead to secrets and at
 * no others. `document` and `schema` are borrowed until redact_plan_free().
 * BERTH_E_INVALID when the schema has too many ways to count. A plan never changes: any
 * number of threads may use it. */
int redact_plan_new(const json_t *document, const json_t *schema,
                    struct redact_plan **ret_plan, struct berth_error *err);

/* Null: nothing. */
void redact_plan_free(struct redact_plan *plan);

static inline void cleanup_redact_plan(struct redact_plan *const *plan)
{
    redact_plan_free(*plan);
}

/* Is there no place for a secret? */
bool redact_plan_is_empty(const struct redact_plan *plan);

/* Put REDACT_MASK in the place of every secret in `value` that is neither null nor an
 * empty text. Null and empty secrets show that nothing is set, so they stay. What it
 * takes out is wiped. A value that is a secret as a whole cannot be replaced here:
 * BERTH_E_INVALID, as for one that is nested too deep; then do not show it. */
int redact_by_plan(const struct redact_plan *plan, json_t *value,
                   struct berth_error *err);

/* The same for a text: append `json` with every secret masked, all else as it stands.
 * False, and nothing is appended, when that cannot be told from the text alone (a name
 * with escapes on the way, a value that is a secret as a whole, no JSON): then make a
 * tree of it. */
bool redact_text_by_plan(const struct redact_plan *plan, struct berth_str json,
                         struct text *out);

/* Does `value` hold a secret (neither null nor empty)? The JSON Pointer of the first goes
 * to ret_pointer and belongs to the caller; null when there is none. */
int redact_plan_find_secret(const struct redact_plan *plan, const json_t *value,
                            char **ret_pointer, struct berth_error *err);
/* The same for a secret that is REDACT_MASK: not one, but what somebody was shown in the
 * place of one. */
int redact_plan_find_mask(const struct redact_plan *plan, const json_t *value,
                          char **ret_pointer, struct berth_error *err);

/* Is what this schema describes a secret, by itself or by anything that applies to the
 * same place? */
bool redact_is_secret(const json_t *document, const json_t *schema);

/* Overwrite every text in `value`, which is then of no use but to be dropped. Null:
 * nothing. */
void redact_wipe(json_t *value);

#endif
