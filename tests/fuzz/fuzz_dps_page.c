/* A page of registrations from a stranger, through the whole operation: either the op
 * fails, or what it handed over is what jansson sees on the page. The same bytes as the
 * point to resume from: either it resumes, or it starts over. */
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "berth_plugin.h"
#include "sdk/cleanup.h"
#include "sdk/json.h"
#include "sdk/str.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct page {
    struct berth_call call;
    size_t items;
    size_t completes;
    bool is_over;
};

static void host_log(struct berth_call *call, int level, struct berth_str text)
{
    (void)call;
    (void)level;
    (void)text;
}

static int64_t host_now(struct berth_call *call)
{
    (void)call;
    return INT64_C(1795176000000);
}

static int host_item(struct berth_call *call, const struct berth_item *item)
{
    ((struct page *)call)->items++;
    json_error_t problem;
    cleanup(json) json_t *value =
        json_loadb(item->data.ptr, item->data.len, JSON_ALLOW_NUL, &problem);
    if (!value && json_error_code(&problem) == json_error_invalid_syntax)
        abort();
    if (value && !str_equal(item->key, json_str(value, "registrationId")))
        abort();
    return 0;
}

static int host_cursor(struct berth_call *call, struct berth_str cursor)
{
    (void)call;
    (void)cursor;
    return 0;
}

static int host_complete(struct berth_call *call, struct berth_str scope)
{
    (void)scope;
    ((struct page *)call)->completes++;
    return 0;
}

static int host_result(struct berth_call *call, struct berth_str value)
{
    (void)value;
    ((struct page *)call)->is_over = true;
    return 0;
}

static const struct berth_host HOST = {
    .size = sizeof(HOST),
    .log = host_log,
    .now_ms = host_now,
    .item = host_item,
    .cursor = host_cursor,
    .complete = host_complete,
    .result = host_result,
};

static void check_page(const struct page *page, int r, struct berth_str text)
{
    json_error_t problem;
    cleanup(json) json_t *list =
        json_loadb(text.ptr ? text.ptr : "", text.len, JSON_ALLOW_NUL, &problem);
    bool has_zero = text.len > 0 && memchr(text.ptr, '\0', text.len); /* never JSON */
    if (r == 0 && (has_zero || !page->is_over || page->completes != 2))
        abort();
    if (r < 0 && page->completes > 0)
        abort();
    if (r == 0 && list && page->items != json_array_size(list))
        abort();
    if (r == 0 && !list && json_error_code(&problem) == json_error_invalid_syntax)
        abort();
}

static void play(const struct berth_plugin *plugin, struct berth_conn *conn,
                 struct berth_str text)
{
    struct page page = {.call.host = &HOST};
    struct berth_error err = {.size = sizeof(err)};
    struct berth_request req = {.size = sizeof(req)};
    struct berth_op *op = NULL;
    struct berth_start start = {.size = sizeof(start),
                                .operation = STR("registration.changed"),
                                .input = STR("{\"enrollmentGroupId\":\"g\"}")};
    if (plugin->begin(conn, &page.call, &start, &op, &err) != 0 ||
        plugin->next(op, &req, &err) != BERTH_NEXT_REQUEST)
        abort();
    struct berth_response res = {.size = sizeof(res), .tag = req.tag, .status = 200};
    res.body = text;
    int r = plugin->take(op, &res, &err);
    check_page(&page, r, text);
    plugin->end(op);
}

static void resume(const struct berth_plugin *plugin, struct berth_conn *conn,
                   struct berth_str text)
{
    struct page page = {.call.host = &HOST};
    struct berth_error err = {.size = sizeof(err)};
    struct berth_request req = {.size = sizeof(req)};
    struct berth_op *op = NULL;
    struct berth_start start = {.size = sizeof(start),
                                .operation = STR("registration.changed"),
                                .input = STR("{}"),
                                .cursor = text};
    if (plugin->begin(conn, &page.call, &start, &op, &err) != 0)
        abort();
    int r = plugin->next(op, &req, &err);
    if (r != BERTH_NEXT_REQUEST && (r != BERTH_E_INVALID || !err.message[0]))
        abort();
    plugin->end(op);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct berth_error err = {.size = sizeof(err)};
    struct berth_call call = {&HOST};
    struct berth_conn *conn = NULL;
    const struct berth_plugin *plugin = berth_plugin_v1(&HOST, &err);
    struct berth_str manifest = STR("{\"rest\":{\"base\":\"https://{host}\"}}");
    struct berth_str config =
        STR("{\"kind\":\"sharedAccessKey\",\"host\":\"h\",\"keyName\":"
            "\"n\",\"key\":\"MDEyMzQ1Njc4OWFiY2RlZg==\"}");
    if (plugin->open(&call, manifest, config, &conn, &err) != 0)
        abort();
    play(plugin, conn, (struct berth_str){(const char *)data, size});
    resume(plugin, conn, (struct berth_str){(const char *)data, size});
    plugin->close(conn);
    return 0;
}
