/* The host's services, which write down what the connector does with them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cases/memory.h"
#include "cases/play.h"
#include "sdk/error.h"
#include "sdk/json.h"
#include "sdk/str.h"

static struct play *play_of(struct berth_call *call)
{
    return (struct play *)call;
}

static json_t *text_json(struct berth_str text)
{
    json_t *value = json_stringn(text.ptr ? text.ptr : "", text.len);
    return value ? value : json_string("(not UTF-8)");
}

static json_t *value_json(struct berth_str text)
{
    json_t *value = NULL;
    if (text.len == 0)
        return json_null();
    if (json_parse(text, JSON_THEIRS, &value, NULL) < 0)
        return json_string("(not JSON)");
    return value;
}

json_t *error_to_json(int status, const struct berth_error *err)
{
    json_t *error = json_object();
    json_object_set_new(error, "class", json_string(status_name(status)));
    json_object_set_new(error, "code", json_string(err->code));
    json_object_set_new(error, "httpStatus", json_integer(err->http_status));
    json_object_set_new(error, "serviceCode", json_string(err->service_code));
    json_object_set_new(error, "requestId", json_string(err->request_id));
    json_object_set_new(error, "retryAfterMs", json_integer(err->retry_after_ms));
    json_object_set_new(error, "message", json_string(err->message));
    return error;
}

static void host_log(struct berth_call *call, int level, struct berth_str text)
{
    static const char *const NAMES[] = {"debug", "info", "warn", "error"};
    memory_leave();
    json_t *line = json_object();
    json_object_set_new(line, "level", json_string(NAMES[level & 3]));
    json_object_set_new(line, "text", text_json(text));
    json_array_append_new(play_of(call)->logs, line);
    memory_enter();
}

static int64_t host_now_ms(struct berth_call *call)
{
    return play_of(call)->now_ms;
}

static json_t *item_flags(uint32_t flags)
{
    json_t *list = json_array();
    if (flags & BERTH_ITEM_DELETED)
        json_array_append_new(list, json_string("deleted"));
    if (flags & BERTH_ITEM_QUIET)
        json_array_append_new(list, json_string("quiet"));
    return list;
}

static int host_item(struct berth_call *call, const struct berth_item *item)
{
    memory_leave();
    json_t *record = json_object();
    json_object_set_new(record, "key", text_json(item->key));
    json_object_set_new(record, "version", text_json(item->version));
    json_object_set_new(record, "scope", text_json(item->scope));
    json_object_set_new(record, "data", value_json(item->data));
    json_object_set_new(record, "flags", item_flags(item->flags));
    json_array_append_new(play_of(call)->items, record);
    memory_enter();
    return 0;
}

static bool is_known(const json_t *known, struct berth_str rest, struct berth_str scope,
                     size_t *ret_len)
{
    char *text = json_dumps(json_object_get(known, "data"), JSON_COMPACT);
    bool same = text && str_starts_with(rest, str_from(text)) &&
                str_equal(json_str(known, "scope"), scope);
    *ret_len = text ? strlen(text) : 0;
    free(text);
    return same;
}

/* What the case says that an earlier run handed over. */
static size_t host_known(struct berth_call *call, struct berth_str rest,
                         struct berth_str scope)
{
    const json_t *all = json_object_get(play_of(call)->file->body, "known");
    size_t i, len, found = 0;
    json_t *known;
    memory_leave();
    json_array_foreach((json_t *)(uintptr_t)all, i, known)
    {
        if (is_known(known, rest, scope, &len))
            found = len;
    }
    memory_enter();
    return found;
}

static int host_cursor(struct berth_call *call, struct berth_str cursor)
{
    memory_leave();
    json_array_append_new(play_of(call)->cursors, text_json(cursor));
    memory_enter();
    return 0;
}

static int host_complete(struct berth_call *call, struct berth_str scope)
{
    memory_leave();
    json_array_append_new(play_of(call)->completes, text_json(scope));
    memory_enter();
    return 0;
}

static int host_part(struct berth_call *call, uint32_t index, int status,
                     struct berth_str value, const struct berth_error *err)
{
    memory_leave();
    json_t *part = json_object();
    json_object_set_new(part, "index", json_integer(index));
    json_object_set_new(part, "status", json_string(status_name(status)));
    if (value.len > 0)
        json_object_set_new(part, "value", value_json(value));
    if (status < 0)
        json_object_set_new(part, "error", error_to_json(status, err));
    json_array_append_new(play_of(call)->parts, part);
    memory_enter();
    return 0;
}

static int host_result(struct berth_call *call, struct berth_str value)
{
    struct play *play = play_of(call);
    memory_leave();
    if (play->result)
        (void)snprintf(play->problem, sizeof(play->problem), "result() came twice");
    json_decref(play->result);
    play->result = value_json(value);
    play->is_over = true;
    memory_enter();
    return 0;
}

static int host_send(struct berth_call *call, const struct berth_request *req)
{
    struct play *play = play_of(call);
    if (play->way.none_ahead || play->flight_count >= play->file->slots)
        return 1;
    memory_leave();
    bool sent = play_send(play, req);
    memory_enter();
    return sent ? 0 : BERTH_E_INTERNAL;
}

static const void *host_extension(const char *id)
{
    (void)id;
    return NULL;
}

static const struct berth_host HOST = {
    .size = sizeof(struct berth_host),
    .abi_minor = BERTH_ABI_MINOR,
    .log = host_log,
    .now_ms = host_now_ms,
    .item = host_item,
    .cursor = host_cursor,
    .complete = host_complete,
    .part = host_part,
    .result = host_result,
    .extension = host_extension,
    .known = host_known,
    .send = host_send,
};

void play_host_init(struct play *play)
{
    play->call.host = &HOST;
    play->items = json_array();
    play->cursors = json_array();
    play->completes = json_array();
    play->parts = json_array();
    play->logs = json_array();
}
