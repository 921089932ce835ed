/* Does an action or a trigger name only what there is? */
#include "host/manifest/manifest_priv.h"

#include "host/schema/schema.h"
#include "sdk/error.h"

static int fail_no_member(const struct operation *op, const char *where, const char *name,
                          struct berth_error *err)
{
    return fail(err, BERTH_E_INVALID, "/%s/%s/%s: there is no member '%s'",
                manifest_section(op->kind), op->id, where, name);
}

static int check_confirm(const struct operation *op, struct berth_error *err)
{
    const json_t *confirm = json_object_get(op->json, "confirm");
    const char *member = json_string_value(json_object_get(confirm, "member"));
    if (member && !manifest_has_member(op->manifest, op->input_schema, member))
        return fail_no_member(op, "confirm/member", member, err);
    return 0;
}

static int check_steps(const struct operation *op, struct berth_error *err)
{
    if (!op->declared && op->steps.count == 0)
        return fail(err, BERTH_E_INVALID,
                    "/actions/%s: has neither 'request' nor 'steps'; say what it sends",
                    op->id);
    if (op->declared && op->steps.count > 0)
        return fail(err, BERTH_E_INVALID,
                    "/actions/%s/steps: an action with 'request' has no steps", op->id);
    return 0;
}

int manifest_check_action(const struct operation *op, struct berth_error *err)
{
    const struct manifest *m = op->manifest;
    int r = check_steps(op, err);
    if (r == 0)
        r = check_confirm(op, err);
    if (r < 0)
        return r;
    if (op->read_only && op->destructive)
        return fail(err, BERTH_E_INVALID,
                    "/actions/%s/effects: what is read-only cannot be destructive",
                    op->id);
    if (op->subject && !manifest_walk_schema(m->root, op->input_schema, op->subject))
        return fail_no_member(op, "subject", op->subject, err);
    if (op->batch_items && !manifest_has_member(m, op->input_schema, op->batch_items))
        return fail_no_member(op, "batch/items", op->batch_items, err);
    return 0;
}

int manifest_check_samples(const struct operation *op, struct berth_error *err)
{
    const struct schema *schema = NULL;
    int r = operation_output_schema(op, &schema, err);
    if (r < 0)
        return r;
    size_t i;
    json_t *sample;
    json_array_foreach(op->trigger.samples, i, sample)
    {
        struct berth_error why = BERTH_ERROR_INIT;
        r = schema_check(schema, sample, NULL, &why);
        if (r < 0) {
            (void)fail(err, r, "/triggers/%s/samples/%zu%s%s", op->id, i,
                       why.message[0] == '/' ? "" : ": ", why.message);
            return manifest_fail_in(op->manifest->name, r, err);
        }
    }
    return 0;
}

static int check_verify(const struct operation *op, struct berth_error *err)
{
    const struct trigger_info *t = &op->trigger;
    if (!t->verify_action)
        return 0;
    const struct operation *action = manifest_find(op->manifest, t->verify_action);
    if (!action || action->kind != OPERATION_ACTION || !action->read_only)
        return fail(
            err, BERTH_E_INVALID,
            "/triggers/%s/change/verify/action: there is no read-only action '%s'",
            op->id, t->verify_action);
    if (!manifest_has_member(op->manifest, action->input_schema, t->verify_member))
        return fail_no_member(op, "change/verify/member", t->verify_member, err);
    return 0;
}

static int check_item_members(const struct operation *op, struct berth_error *err)
{
    const struct manifest *m = op->manifest;
    const struct trigger_info *t = &op->trigger;
    if (!manifest_has_member(m, op->output_schema, t->key))
        return fail_no_member(op, "change/key", t->key, err);
    for (size_t i = 0; i < t->version.count; i++)
        if (!manifest_has_member(m, op->output_schema, t->version.names[i]))
            return fail_no_member(op, "change/version", t->version.names[i], err);
    if (t->time_member && !manifest_has_member(m, op->output_schema, t->time_member))
        return fail_no_member(op, "event/time", t->time_member, err);
    return 0;
}

int manifest_check_trigger(const struct operation *op, struct berth_error *err)
{
    const struct trigger_info *t = &op->trigger;
    if (t->mode == TRIGGER_POLL && t->poll_default_s == 0)
        return fail(err, BERTH_E_INVALID,
                    "/triggers/%s/poll: is missing; say how often it is polled", op->id);
    if (t->poll_min_s > t->poll_default_s)
        return fail(err, BERTH_E_INVALID,
                    "/triggers/%s/poll/min: is more than the default of %lld s", op->id,
                    (long long)t->poll_default_s);
    int r = check_item_members(op, err);
    return r < 0 ? r : check_verify(op, err);
}
