#include "host/poll/subscription.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "host/connection.h"
#include "host/poll/digest.h"
#include "host/store/sql.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/str.h"

enum { SHAPE_MAX = 65536 };

static int make_canonical(struct berth_str input, char **ret_text,
                          struct berth_error *err)
{
    json_error_t problem;
    json_auto_t *value = json_loadb(input.ptr, input.len, 0, &problem);
    if (!value && !*problem.text)
        return fail_no_memory(err);
    if (!json_is_object(value))
        return fail(err, BERTH_E_INVALID, "the trigger's input is no JSON object%s%s",
                    value ? "" : ": ", value ? "" : problem.text);
    *ret_text = json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS);
    return *ret_text ? 0 : fail_no_memory(err);
}

/* Where the service is: the first of the manifest's hosts. The others are doors to the
 * same things. */
static int find_origin(struct subscription *sub, const struct connection *c,
                       struct berth_error *err)
{
    struct name_list hosts = manifest_hosts(sub->trigger->manifest);
    if (hosts.count > 0) {
        int r = manifest_origin_new(hosts.names[0], c->fields, &sub->origin, err);
        if (r < 0)
            return r;
    }
    if (!sub->origin)
        sub->origin = strdup("");
    return sub->origin ? 0 : fail_no_memory(err);
}

static int describe_shape(struct subscription *sub, struct berth_error *err)
{
    const struct trigger_info *t = &sub->trigger->trigger;
    cleanup(text) struct text shape;
    text_init(&shape, SHAPE_MAX);
    text_add(&shape, t->key);
    for (size_t i = 0; i < t->version.count; i++) {
        text_add(&shape, " ");
        text_add(&shape, t->version.names[i]);
    }
    text_add(&shape, t->fold_case ? " folded" : "");
    sub->shape = text_take(&shape);
    return sub->shape ? 0 : fail_no_memory(err);
}

static int make_id(struct subscription *sub, struct berth_error *err)
{
    const struct berth_str parts[] = {str_from(sub->connection_id),
                                      str_from(sub->trigger->id), str_from(sub->input)};
    char id[DIGEST_HEX];
    int r = digest_parts(parts, 3, id, err);
    if (r < 0)
        return r;
    sub->id = strdup(id);
    return sub->id ? 0 : fail_no_memory(err);
}

static int check_trigger(const struct operation *trigger, struct berth_error *err)
{
    if (trigger->kind != OPERATION_TRIGGER || trigger->trigger.mode != TRIGGER_POLL)
        return fail(err, BERTH_E_INVALID, "%s cannot be polled", trigger->id);
    if (trigger->trigger.detect != CHANGE_SNAPSHOT)
        return fail(err, BERTH_E_UNSUPPORTED,
                    "%s: this Berth finds changes only by comparing snapshots; use a "
                    "newer one",
                    trigger->id);
    return 0;
}

static int fill(struct subscription *sub, const struct connection *c,
                struct berth_str input, struct berth_error *err)
{
    int r = make_canonical(input, &sub->input, err);
    if (r < 0)
        return r;
    sub->connection_id = strdup(c->id);
    sub->connection_name = strdup(c->name);
    if (!sub->connection_id || !sub->connection_name)
        return fail_no_memory(err);
    r = find_origin(sub, c, err);
    if (r < 0)
        return r;
    r = describe_shape(sub, err);
    if (r < 0)
        return r;
    r = make_id(sub, err);
    if (r < 0)
        return r;
    sub->lock_fd = subscription_lock(sub->store->home, sub->id, err);
    return sub->lock_fd < 0 ? sub->lock_fd : 0;
}

int subscription_open(struct store *s, const struct connection *c,
                      const struct operation *trigger, struct berth_str input,
                      struct subscription **ret_subscription, struct berth_error *err)
{
    int r = check_trigger(trigger, err);
    if (r < 0)
        return r;
    cleanup(subscription) struct subscription *sub = calloc(1, sizeof(*sub));
    if (!sub)
        return fail_no_memory(err);
    sub->store = s;
    sub->trigger = trigger;
    sub->lock_fd = -1;
    r = fill(sub, c, input, err);
    if (r < 0)
        return r;
    *ret_subscription = sub;
    sub = NULL;
    return 0;
}

void subscription_close(struct subscription *sub)
{
    if (!sub)
        return;
    cleanup_close(&sub->lock_fd);
    free(sub->id);
    free(sub->connection_id);
    free(sub->connection_name);
    free(sub->input);
    free(sub->origin);
    free(sub->shape);
    free(sub);
}

int subscription_find(struct subscription *sub, int64_t *ret_no, struct berth_error *err)
{
    cleanup(query) struct query q = {0};
    int r = query_init(&q, sub->store, "SELECT no FROM subscription WHERE id = ?1", err);
    if (r < 0)
        return r;
    query_text(&q, 1, sub->id);
    r = query_step(&q, err);
    if (r < 0)
        return r;
    *ret_no = r > 0 ? query_column_int(&q, 0) : 0;
    return 0;
}
