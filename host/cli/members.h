/* The members that a schema's objects may have, for help, completion and columns.
 * Invariant: each name comes once, in the order of a form (x-ui.order), then of the
 * schema. */
#ifndef BERTH_CLI_MEMBERS_H
#define BERTH_CLI_MEMBERS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "berth_plugin.h"

struct member {
    const char *name;     /* borrowed from the document */
    const json_t *schema; /* its own, references not followed */
    bool required;
    long long order;
};

struct members {
    const json_t *document;
    struct member *list;
    size_t count;
};

/* Look behind $ref and into allOf, anyOf, oneOf, then and else. members_release() is due
 * in each case. */
int members_init(struct members *members, const json_t *document, const json_t *schema,
                 struct berth_error *err);
void members_release(struct members *members);

static inline void cleanup_members(struct members *members)
{
    members_release(members);
}

/* The name of the type that a member has, nulls aside: "string", "object" ...; "any" when
 * the schema does not say. */
const char *members_type(const json_t *document, const json_t *schema);

#endif
