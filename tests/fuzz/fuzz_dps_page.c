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
#include "tests/support/fake_host.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int check_item(const struct berth_item *item)
{
    json_error_t problem;
    cleanup(json) json_t *value =
        json_loadb(item->data.ptr, item->data.len, JSON_ALLOW_NUL, &problem);
    if (!value && json_error_code(&problem) == json_error_invalid_syntax)
        abort();
    if (value && !str_equal(item->key, json_str(value, "registrationId")))
        abort();
    return 0;
}

static void check_page(const struct heard *page, int r, struct berth_str text)
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

struct run {
    const struct berth_plugin *plugin;
    struct berth_conn *conn;
    struct heard heard;
    struct berth_op *op;
    struct berth_request req;
    struct berth_error err;
};

/* Begin to list; what the first next() says. */
static int begin(struct run *run, struct berth_str input, struct berth_str cursor)
{
    struct berth_start start = {.size = sizeof(start),
                                .operation = STR("registration.changed"),
                                .input = input,
                                .cursor = cursor};
    run->heard = (struct heard){.call = {&FAKE_HOST}, .item = check_item};
    run->req = (struct berth_request){.size = sizeof(run->req)};
    if (run->plugin->begin(run->conn, &run->heard.call, &start, &run->op, &run->err) != 0)
        abort();
    return run->plugin->next(run->op, &run->req, &run->err);
}

static int answer(struct run *run, int status, struct berth_str body)
{
    struct berth_response res = {
        .size = sizeof(res), .tag = run->req.tag, .status = status, .body = body};
    return run->plugin->take(run->op, &res, &run->err);
}

/* The listing was empty: the operation looks whether there is such a group. */
static int answer_about_group(struct run *run)
{
    if (run->heard.items > 0 ||
        run->plugin->next(run->op, &run->req, &run->err) != BERTH_NEXT_REQUEST)
        abort();
    return answer(run, 404, (struct berth_str){0});
}

static void play(struct run *run, struct berth_str text)
{
    if (begin(run, STR("{\"enrollmentGroupId\":\"g\"}"), (struct berth_str){0}) !=
        BERTH_NEXT_REQUEST)
        abort();
    int r = answer(run, 200, text);
    if (r == 0 && !run->heard.is_over)
        r = answer_about_group(run);
    check_page(&run->heard, r, text);
    run->plugin->end(run->op);
}

static void resume(struct run *run, struct berth_str text)
{
    run->err = (struct berth_error){.size = sizeof(run->err)};
    int r = begin(run, STR("{}"), text);
    if (r != BERTH_NEXT_REQUEST && (r != BERTH_E_INVALID || !run->err.message[0]))
        abort();
    run->plugin->end(run->op);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct run run = {.heard.call = {&FAKE_HOST}, .err.size = sizeof(run.err)};
    struct berth_str text = {(const char *)data, size};
    struct berth_str manifest = STR("{\"rest\":{\"base\":\"https://{host}\"}}");
    struct berth_str config =
        STR("{\"kind\":\"sharedAccessKey\",\"host\":\"h\",\"keyName\":"
            "\"n\",\"key\":\"MDEyMzQ1Njc4OWFiY2RlZg==\"}");
    run.plugin = berth_plugin_v1(&FAKE_HOST, &run.err);
    if (run.plugin->open(&run.heard.call, manifest, config, &run.conn, &run.err) != 0)
        abort();
    play(&run, text);
    resume(&run, text);
    run.plugin->close(run.conn);
    return 0;
}
