#include "host/manifest/compiled_schema.h"

#include "host/manifest/manifest_priv.h"
#include "host/redact.h"
#include "host/schema/schema.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/text.h"

void compiled_schema_init(struct compiled_schema *compiled,
                          const struct compiled_schema *source)
{
    *compiled = *source;
    compiled->schema = NULL;
    compiled->plan = NULL;
    (void)pthread_mutex_init(&compiled->lock, NULL); /* cannot fail without attributes */
}

void compiled_schema_release(struct compiled_schema *compiled)
{
    schema_free(compiled->schema);
    redact_plan_free(compiled->plan);
    (void)pthread_mutex_destroy(&compiled->lock);
}

static int compile(struct compiled_schema *compiled, struct berth_error *err)
{
    cleanup(text) struct text pointer;
    text_init(&pointer, 512); /* ids are short and hold neither / nor ~ */
    text_add_format(&pointer, "/%s/%s/%s", compiled->section, compiled->id,
                    compiled->member);
    if (text_failed(&pointer))
        return fail_no_memory(err);
    int r = schema_new(compiled->document, pointer.data, 0, &compiled->schema, err);
    return r < 0 ? manifest_fail_in(compiled->name, r, err) : 0;
}

int compiled_schema_get(struct compiled_schema *compiled,
                        const struct schema **ret_schema, struct berth_error *err)
{
    (void)pthread_mutex_lock(&compiled->lock); /* it is held for this call alone */
    int r = compiled->schema ? 0 : compile(compiled, err);
    const struct schema *schema = compiled->schema;
    (void)pthread_mutex_unlock(&compiled->lock);
    if (r == 0)
        *ret_schema = schema;
    return r;
}

static int compiled_schema_plan(struct compiled_schema *compiled,
                                const struct redact_plan **ret_plan,
                                struct berth_error *err)
{
    (void)pthread_mutex_lock(&compiled->lock);
    int r = compiled->plan ? 0
                           : redact_plan_new(compiled->document, compiled->json,
                                             &compiled->plan, err);
    const struct redact_plan *plan = compiled->plan;
    (void)pthread_mutex_unlock(&compiled->lock);
    if (r == 0)
        *ret_plan = plan;
    return r;
}

int operation_input_schema(const struct operation *op, const struct schema **ret_schema,
                           struct berth_error *err)
{
    return compiled_schema_get(op->input, ret_schema, err);
}

int operation_output_schema(const struct operation *op, const struct schema **ret_schema,
                            struct berth_error *err)
{
    return compiled_schema_get(op->output, ret_schema, err);
}

int credential_schema(const struct credential *c, const struct schema **ret_schema,
                      struct berth_error *err)
{
    return compiled_schema_get(c->compiled, ret_schema, err);
}

int operation_redact_output(const struct operation *op, json_t *output,
                            struct berth_error *err)
{
    const struct redact_plan *plan = NULL;
    int r = compiled_schema_plan(op->output, &plan, err);
    return r < 0 ? r : redact_by_plan(plan, output, err);
}

bool operation_redact_text(const struct operation *op, struct berth_str output,
                           struct text *out)
{
    const struct redact_plan *plan = NULL;
    struct berth_error unsaid = BERTH_ERROR_INIT; /* the tree says it */
    return compiled_schema_plan(op->output, &plan, &unsaid) == 0 &&
           redact_text_by_plan(plan, output, out);
}

int operation_find_secret(const struct operation *op, const json_t *input,
                          char **ret_pointer, struct berth_error *err)
{
    const struct redact_plan *plan = NULL;
    *ret_pointer = NULL;
    int r = compiled_schema_plan(op->input, &plan, err);
    return r < 0 ? r : redact_plan_find_secret(plan, input, ret_pointer, err);
}

int operation_find_mask(const struct operation *op, const json_t *input,
                        char **ret_pointer, struct berth_error *err)
{
    const struct redact_plan *plan = NULL;
    *ret_pointer = NULL;
    int r = compiled_schema_plan(op->input, &plan, err);
    return r < 0 ? r : redact_plan_find_mask(plan, input, ret_pointer, err);
}
