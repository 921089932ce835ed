/* The names of all members that are secrets somewhere in a manifest, for what is shown
 * without its schema, such as requests. */
#include "host/manifest/manifest_priv.h"

#include "host/redact.h"
#include "sdk/error.h"

/* None yet: manifest_build_forms() comes past them all. */
int manifest_build_secret_names(struct manifest *m, struct berth_error *err)
{
    m->secret_names = json_object();
    return m->secret_names ? 0 : fail_no_memory(err);
}

int manifest_add_secret_name(struct manifest *m, const char *name, const json_t *schema,
                             struct berth_error *err)
{
    const json_t *items = json_object_get(schema, "items");
    if (!redact_is_secret(m->root, schema) &&
        !(items && redact_is_secret(m->root, items)))
        return 0;
    return json_object_set_new(m->secret_names, name, json_true()) < 0
               ? fail_no_memory(err)
               : 0;
}

const json_t *manifest_secret_names(const struct manifest *m)
{
    return m->secret_names;
}
