/* Masking and finding secrets by a schema that is asked once: the plan is made and
 * dropped. */
#ifndef BERTH_TESTS_REDACT_ONCE_H
#define BERTH_TESTS_REDACT_ONCE_H

#include "host/redact.h"
#include "sdk/cleanup.h"

static inline int redact(const json_t *document, const json_t *schema, json_t *value,
                         struct berth_error *err)
{
    cleanup(redact_plan) struct redact_plan *plan = NULL;
    int r = redact_plan_new(document, schema, &plan, err);
    return r < 0 ? r : redact_by_plan(plan, value, err);
}

static inline int redact_find_secret(const json_t *document, const json_t *schema,
                                     const json_t *value, char **ret_pointer,
                                     struct berth_error *err)
{
    cleanup(redact_plan) struct redact_plan *plan = NULL;
    int r = redact_plan_new(document, schema, &plan, err);
    return r < 0 ? r : redact_plan_find_secret(plan, value, ret_pointer, err);
}

static inline int redact_find_mask(const json_t *document, const json_t *schema,
                                   const json_t *value, char **ret_pointer,
                                   struct berth_error *err)
{
    cleanup(redact_plan) struct redact_plan *plan = NULL;
    int r = redact_plan_new(document, schema, &plan, err);
    return r < 0 ? r : redact_plan_find_mask(plan, value, ret_pointer, err);
}

#endif
