#include "host/manifest/made.h"

#include "host/manifest/manifest_priv.h"
#include "host/redact.h"
#include "host/schema/schema.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/text.h"

void made_init(struct made *made, const struct made *source)
{
    *made = *source;
    made->schema = NULL;
    made->plan = NULL;
    (void)pthread_mutex_init(&made->lock, NULL); /* cannot fail without attributes */
}

void made_release(struct made *made)
{
    schema_free(made->schema);
    redact_plan_free(made->plan);
    (void)pthread_mutex_destroy(&made->lock);
}

static int compile(struct made *made, struct berth_error *err)
{
    cleanup(text) struct text pointer;
    text_init(&pointer, 512); /* ids are short and hold neither / nor ~ */
    text_add_format(&pointer, "/%s/%s/%s", made->section, made->id, made->member);
    if (text_failed(&pointer))
        return fail_no_memory(err);
    int r = schema_new(made->document, pointer.data, 0, &made->schema, err);
    return r < 0 ? manifest_fail_in(made->name, r, err) : 0;
}

int made_schema(struct made *made, const struct schema **ret_schema,
                struct berth_error *err)
{
    (void)pthread_mutex_lock(&made->lock); /* it is held for this call alone */
    int r = made->schema ? 0 : compile(made, err);
    const struct schema *schema = made->schema;
    (void)pthread_mutex_unlock(&made->lock);
    if (r == 0)
        *ret_schema = schema;
    return r;
}

static int made_plan(struct made *made, const struct redact_plan **ret_plan,
                     struct berth_error *err)
{
    (void)pthread_mutex_lock(&made->lock);
    int r =
        made->plan ? 0 : redact_plan_new(made->document, made->json, &made->plan, err);
    const struct redact_plan *plan = made->plan;
    (void)pthread_mutex_unlock(&made->lock);
    if (r == 0)
        *ret_plan = plan;
    return r;
}

int operation_input_schema(const struct operation *op, const struct schema **ret_schema,
                           struct berth_error *err)
{
    return made_schema(op->input, ret_schema, err);
}

int operation_output_schema(const struct operation *op, const struct schema **ret_schema,
                            struct berth_error *err)
{
    return made_schema(op->output, ret_schema, err);
}

int credential_schema(const struct credential *c, const struct schema **ret_schema,
                      struct berth_error *err)
{
    return made_schema(c->made, ret_schema, err);
}

int operation_redact_output(const struct operation *op, json_t *output,
                            struct berth_error *err)
{
    const struct redact_plan *plan = NULL;
    int r = made_plan(op->output, &plan, err);
    return r < 0 ? r : redact_by_plan(plan, output, err);
}

bool operation_redact_text(const struct operation *op, struct berth_str output,
                           struct text *out)
{
    const struct redact_plan *plan = NULL;
    struct berth_error unsaid = BERTH_ERROR_INIT; /* the tree says it */
    return made_plan(op->output, &plan, &unsaid) == 0 &&
           redact_text_by_plan(plan, output, out);
}

int operation_find_secret(const struct operation *op, const json_t *input,
                          char **ret_pointer, struct berth_error *err)
{
    const struct redact_plan *plan = NULL;
    *ret_pointer = NULL;
    int r = made_plan(op->input, &plan, err);
    return r < 0 ? r : redact_plan_find_secret(plan, input, ret_pointer, err);
}

int operation_find_mask(const struct operation *op, const json_t *input,
                        char **ret_pointer, struct berth_error *err)
{
    const struct redact_plan *plan = NULL;
    *ret_pointer = NULL;
    int r = made_plan(op->input, &plan, err);
    return r < 0 ? r : redact_plan_find_mask(plan, input, ret_pointer, err);
}
