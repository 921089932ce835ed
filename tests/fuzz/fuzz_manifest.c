/* Manifests from strangers: one that is taken can be asked for everything; one that is
 * not is told why. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "host/form.h"
#include "host/manifest.h"
#include "host/redact.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int any_subject(void *ctx, const char *id)
{
    size_t *len = ctx;
    *len += strlen(id);
    return 0;
}

static void use_operation(const struct manifest *m, const struct operation *op)
{
    struct berth_error err = BERTH_ERROR_INIT;
    const struct operation *same = NULL;
    if (manifest_operation_by_id(m, op->kind, op->id, &same, &err) < 0 || same != op)
        abort();
    json_auto_t *input = json_object();
    size_t len = 0;
    if (operation_check_input(op, input, NULL, &err) < 0 && !err.message[0])
        abort();
    (void)operation_needs_confirm(op, input);
    (void)operation_each_subject(op, input, any_subject, &len);
    for (size_t i = 0; i < json_array_size(op->trigger.samples); i++) {
        json_auto_t *sample = json_deep_copy(json_array_get(op->trigger.samples, i));
        (void)operation_redact_output(op, sample, &err);
    }
}

static void use_credential(const struct manifest *m, const struct credential *c)
{
    struct berth_error err = BERTH_ERROR_INIT;
    cleanup(form) struct form *form = NULL;
    const struct schema *schema = NULL;
    bool good = credential_schema(c, &schema, &err) == 0;
    if ((form_new(c, &form, &err) == 0) != good || (!good && !err.message[0]))
        abort();
    if (!good)
        return;
    for (size_t i = 0; i < form_field_count(form); i++)
        (void)form_set(form, form_field(form, i)->name, (struct berth_str){"a", 1}, &err);
    (void)form_finish(form, &err); /* whether it is right does not matter here */
    json_auto_t *fields = NULL;
    json_auto_t *secrets = NULL;
    if (form_values(form, &fields, &secrets, &err) < 0)
        abort();
    for (size_t i = 0; i < manifest_hosts(m).count; i++) {
        cleanup(free) char *origin = NULL;
        (void)manifest_origin_new(manifest_hosts(m).names[i], fields, &origin, &err);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct berth_error err = BERTH_ERROR_INIT;
    cleanup(manifest) struct manifest *m = NULL;
    struct berth_str text = {(const char *)data, size};
    int r = manifest_parse("m", text, &m, &err);
    if (r < 0 && (!err.message[0] || m))
        abort();
    if (r < 0)
        return 0;
    if (manifest_check_all(m, &err) < 0 && !err.message[0])
        abort();
    for (size_t i = 0; i < manifest_operation_count(m); i++)
        use_operation(m, manifest_operation(m, i));
    for (size_t i = 0; i < manifest_credential_count(m); i++)
        use_credential(m, manifest_credential(m, i));
    return manifest_secret_names(m) ? 0 : -1;
}
