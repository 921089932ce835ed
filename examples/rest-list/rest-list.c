/* A connector on the kit, for a REST API with items: the manifest declares all requests,
 * this file adds the credentials and one action that needs C, item.count. */
#include <stdio.h>

#include "sdk/cleanup.h"
#include "sdk/json.h"
#include "sdk/unit.h"

struct api {
    char authorization[300];
};

/* The host has validated config against the manifest's form. */
static int configure(struct berth_conn *conn, const json_t *config,
                     struct berth_error *err)
{
    struct api *api = conn->state;
    struct berth_str token;
    int r = json_get_string(config, "token", JSON_REQUIRED, &token, err);
    if (r < 0)
        return r;
    (void)snprintf(api->authorization, sizeof(api->authorization), "Bearer %.*s",
                   (int)token.len, token.ptr);
    return 0;
}

static void release(struct berth_conn *conn)
{
    struct api *api = conn->state;
    explicit_bzero(api->authorization, sizeof(api->authorization));
}

/* Headers of such a name are masked wherever they are shown. */
static int sign(struct berth_conn *conn, int credential, int64_t now_ms,
                struct outgoing *out, struct berth_error *err)
{
    struct api *api = conn->state;
    (void)credential; /* there is one */
    (void)now_ms;     /* and it does not expire */
    return outgoing_header(out, "Authorization", str_from(api->authorization), err);
}

/* --- item.count: a unit for each page, and a result when none is open -----------------
 */

struct count {
    long long items;
};

/* The same request as item.list sends; without a continuation its first. */
static int page_build(struct berth_op *op, const struct unit *unit, struct outgoing *out,
                      struct berth_error *err)
{
    const struct rest *rest = &op->conn->rest;
    struct rest_input in = {.input = op->input, .continuation = unit->continuation};
    return rest_build(rest, rest_find(rest, STR("item.list")), &in, out, err);
}

static int count_items(struct count *count, struct berth_str body,
                       struct berth_error *err)
{
    struct scan scan;
    struct scan_item item;
    int r = scan_begin(&scan, body, "/items", err);
    while (r >= 0 && (r = scan_next(&scan, &item, err)) > 0)
        count->items++;
    return r;
}

static const struct unit_kind PAGE;

static int page_read(struct berth_op *op, const struct unit *unit,
                     const struct berth_response *res, struct berth_error *err)
{
    struct berth_str raw, next;
    cleanup(text) struct text room;
    text_init(&room, 8192);
    if (res->status != 200)
        return unit_fail(op, unit, res, err);
    int r = count_items(op->state, res->body, err);
    if (r == 0)
        r = scan_find(res->body, "/next", &raw, err);
    if (r <= 0 || str_equal(raw, STR("null")))
        return r < 0 ? r : 0; /* that was the last page */
    if (!scan_string(raw, &room, &next))
        return text_failed(&room)
                   ? fail_no_memory(err)
                   : fail(err, BERTH_E_PROTOCOL, "the next page's url is no text");
    r = unit_add_next(op, unit, next, err);
    return r < 0 ? r : 0;
}

static const struct unit_kind PAGE = {
    .name = "page", .is_page = true, .build = page_build, .read = page_read};

static int count_start(struct berth_op *op, struct berth_error *err)
{
    return unit_add(op, &PAGE, STR(""), STR(""), err);
}

static int count_finish(struct berth_op *op, struct berth_error *err)
{
    const struct count *count = op->state;
    char value[64];
    (void)err;
    (void)snprintf(value, sizeof(value), "{\"items\":%lld}", count->items);
    return op_result(op, str_from(value));
}

static const struct operation COUNT = {
    .id = "item.count",
    .state_size = sizeof(struct count),
    .start = count_start,
    .finish = count_finish,
};

/* --- the border ------------------------------------------------------------------------
 */

static const struct operation *const OPERATIONS[] = {&COUNT, NULL};

static const struct connector CONNECTOR = {
    .operations = OPERATIONS,
    .state_size = sizeof(struct api),
    .configure = configure,
    .release = release,
    .sign = sign,
};

static int rest_list_open(struct berth_call *call, struct berth_str manifest,
                          struct berth_str config, struct berth_conn **ret_conn,
                          struct berth_error *err)
{
    struct conn_source source = {manifest, config};
    (void)call;
    return conn_open(&CONNECTOR, &source, ret_conn, err);
}

static const struct berth_plugin PLUGIN = {
    .size = sizeof(PLUGIN),
    .id = "rest-list",
    .version = "1.0.0",
    .open = rest_list_open,
    .close = conn_close,
    .begin = op_begin,
    .next = op_next,
    .take = op_take,
    .end = op_end,
};

const struct berth_plugin *berth_plugin_v1(const struct berth_host *host,
                                           struct berth_error *err)
{
    (void)host;
    (void)err;
    return &PLUGIN;
}
