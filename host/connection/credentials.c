#include "host/connection.h"

#include "host/secret.h"
#include "sdk/error.h"
#include "sdk/json.h"
#include "sdk/str.h"

/* What comes before the secrets. */
static void add_fields(struct text *t, const struct connection *c)
{
    text_add(t, "{\"kind\":");
    text_add_json(t, str_from(c->kind));
    for (void *i = json_object_iter(c->fields); i;
         i = json_object_iter_next(c->fields, i)) {
        text_add(t, ",");
        text_add_json(t, str_from(json_object_iter_key(i)));
        text_add(t, ":");
        text_add_value(t, json_object_iter_value(i));
    }
}

static int add_secret(void *ctx, const char *field, struct berth_str value)
{
    struct text *t = ctx;
    text_add(t, ",");
    text_add_json(t, str_from(field));
    text_add(t, ":");
    text_add_str(t, value);
    return 0;
}

static int fill(struct store *s, const struct connection *c, struct text *t,
                struct berth_error *err)
{
    text_reset(t);
    add_fields(t, c);
    int r = secret_each(s, c->id, add_secret, t, err);
    if (r < 0)
        return r;
    text_add(t, "}");
    return text_failed(t) ? fail(err, BERTH_E_NO_MEMORY,
                                 "connection '%s': no memory for its credentials, or "
                                 "they are too long",
                                 c->name)
                          : 0;
}

int connection_credentials(struct store *s, const struct connection *c,
                           struct text *ret_json, struct berth_error *err)
{
    struct berth_error problem = BERTH_ERROR_INIT;
    int r = fill(s, c, ret_json, &problem);
    /* Once more: another process may just have changed the key. */
    if (r == BERTH_E_AUTH)
        r = fill(s, c, ret_json, &problem);
    if (r == 0)
        return 0;
    text_reset(ret_json);
    if (r == BERTH_E_AUTH)
        return fail(err, r, "connection '%s' is locked: %s", c->name, problem.message);
    return fail(err, r, "%s", problem.message);
}
