/* A connector for tests of the host: its input says what it asks for and how it
 * misbehaves.
 *
 *   {"requests": [{"method", "path" (or "url"), "headers": {}, "body", "flags", "delay",
 *                  "timer", "timeout", "maxBody", "limit"}],
 *    "repeat": how often the list is gone through,
 *    "ahead": true: one after the other, each from within the take() of the one before,
 *    "mode": see enum mode}
 *
 * It hands over one item for each response (the key is "tag", the data tells what came)
 * and gives the number of responses as its result. */
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "berth_plugin.h"

#ifndef SCRIPTED_ID
#define SCRIPTED_ID "scripted"
#endif

struct berth_conn {
    char host[256];
    bool shared; /* an operation has told the others to go on */
};

struct berth_op {
    struct berth_conn *conn;
    struct berth_call *call;
    json_t *input;
    json_t *requests;
    size_t count; /* of all requests */
    size_t next;
    size_t answered;
    const char *mode;
    char url[512];
    char body[65536];
    struct berth_pair headers[80];
};

static struct berth_str str(const char *text)
{
    return (struct berth_str){text, text ? strlen(text) : 0};
}

static int say(struct berth_error *err, int status, const char *message)
{
    (void)snprintf(err->message, sizeof(err->message), "%s", message);
    return status;
}

static bool is_mode(const struct berth_op *op, const char *mode)
{
    return op->mode && strcmp(op->mode, mode) == 0;
}

static bool is_ahead(const struct berth_op *op)
{
    return json_is_true(json_object_get(op->input, "ahead"));
}

static int scripted_open(struct berth_call *call, struct berth_str manifest,
                         struct berth_str config, struct berth_conn **ret_conn,
                         struct berth_error *err)
{
    (void)manifest;
    json_t *fields = json_loadb(config.ptr, config.len, 0, NULL);
    const char *host = json_string_value(json_object_get(fields, "host"));
    const char *refuse = json_string_value(json_object_get(fields, "refuse"));
    struct berth_request req = {.size = sizeof(req), .method = str("GET")};
    int r = 0;
    if (refuse) {
        r = say(err, BERTH_E_INVALID, refuse);
    } else if (call->host->result(call, str("1")) >= 0) {
        r = say(err, BERTH_E_INTERNAL, "a result was taken from open()");
    } else if (call->host->known(call, str("1"), str("")) > 0) {
        r = say(err, BERTH_E_INTERNAL, "an item is known in open()");
    } else if (call->host->send(call, &req) >= 0) {
        r = say(err, BERTH_E_INTERNAL, "a request was taken from open()");
    } else {
        *ret_conn = calloc(1, sizeof(**ret_conn));
        if (*ret_conn)
            (void)snprintf((*ret_conn)->host, sizeof((*ret_conn)->host), "%s", host);
        else
            r = BERTH_E_NO_MEMORY;
    }
    json_decref(fields);
    return r;
}

static void scripted_close(struct berth_conn *conn)
{
    free(conn);
}

static void scripted_end(struct berth_op *op)
{
    json_decref(op->input);
    free(op);
}

static int begin_misuse(struct berth_op *op)
{
    struct berth_call *call = op->call;
    if (is_mode(op, "result-in-begin"))
        return call->host->result(call, str("\"at once\""));
    if (is_mode(op, "long-log"))
        call->host->log(call, 99, str("two\nlines"));
    return 0;
}

static int scripted_begin(struct berth_conn *conn, struct berth_call *call,
                          const struct berth_start *start, struct berth_op **ret_op,
                          struct berth_error *err)
{
    struct berth_op *op = calloc(1, sizeof(*op));
    if (!op)
        return BERTH_E_NO_MEMORY;
    op->conn = conn;
    op->call = call;
    op->input = json_loadb(start->input.ptr, start->input.len, 0, NULL);
    op->requests = json_object_get(op->input, "requests");
    op->mode = json_string_value(json_object_get(op->input, "mode"));
    json_t *repeat = json_object_get(op->input, "repeat");
    op->count =
        json_array_size(op->requests) * (repeat ? (size_t)json_integer_value(repeat) : 1);
    int r = begin_misuse(op);
    if (is_mode(op, "begin-fails"))
        r = say(err, BERTH_E_INVALID, "the input is not to its taste");
    if (is_mode(op, "begin-nonsense"))
        r = -77;
    if (is_mode(op, "begin-nothing") || r < 0) {
        scripted_end(op);
        return r;
    }
    *ret_op = op;
    return 0;
}

static void fill_headers(struct berth_op *op, const json_t *from,
                         struct berth_request *req)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)from, name, value)
    {
        op->headers[req->header_count++] =
            (struct berth_pair){str(name), str(json_string_value(value))};
    }
    req->headers = op->headers;
}

static uint32_t number(const json_t *from, const char *name)
{
    return (uint32_t)json_integer_value(json_object_get(from, name));
}

static void fill_request(struct berth_op *op, struct berth_request *req)
{
    const json_t *from =
        json_array_get(op->requests, op->next % json_array_size(op->requests));
    const char *method = json_string_value(json_object_get(from, "method"));
    const char *path = json_string_value(json_object_get(from, "path"));
    const char *body = json_string_value(json_object_get(from, "body"));
    req->tag = op->next++;
    req->kind =
        json_is_true(json_object_get(from, "timer")) ? BERTH_TIMER : number(from, "kind");
    req->method = str(method ? method : "GET");
    (void)snprintf(op->url, sizeof(op->url), "https://%s%s", op->conn->host,
                   path ? path : "/");
    req->url = str(json_is_string(json_object_get(from, "url"))
                       ? json_string_value(json_object_get(from, "url"))
                       : op->url);
    if (body) {
        (void)snprintf(op->body, sizeof(op->body), "%s", body);
        req->body = str(op->body);
    }
    fill_headers(op, json_object_get(from, "headers"), req);
    req->flags = number(from, "flags");
    req->delay_ms = number(from, "delay");
    req->timeout_ms = number(from, "timeout");
    req->max_body = number(from, "maxBody");
    req->limit = str(json_string_value(json_object_get(from, "limit")));
}

/* Its result is what it was told; after that it asks once more. */
static void ask(struct berth_call *call)
{
    const struct berth_str nowhere = {NULL, 5};
    struct berth_request req = {.size = sizeof(req), .method = str("GET")};
    char told[64];
    (void)snprintf(told, sizeof(told), "[%zu,%zu,%zu,%d]",
                   call->host->known(call, str("known"), str("")),
                   call->host->known(call, nowhere, str("")),
                   call->host->known(call, str("known"), nowhere),
                   call->host->send(call, &req));
    (void)call->host->result(call, str(told));
    (void)call->host->known(call, str("known"), str(""));
}

static int next_misuse(struct berth_op *op, struct berth_error *err)
{
    struct berth_call *call = op->call;
    struct berth_item item = {.size = sizeof(item)};
    if (is_mode(op, "next-nonsense"))
        return 7;
    if (is_mode(op, "fails-silently"))
        return BERTH_E_CONFLICT;
    if (is_mode(op, "fails"))
        return say(err, BERTH_E_CONFLICT, "somebody was here before");
    if (is_mode(op, "broken-item"))
        item.data.len = 5;
    if (is_mode(op, "broken-item") || is_mode(op, "item-without-key")) {
        (void)call->host->item(call, &item); /* its answer is passed over: a bug */
        return BERTH_NEXT_NONE;
    }
    if (is_mode(op, "asks"))
        ask(call);
    if (is_mode(op, "result-twice")) {
        (void)call->host->result(call, str("1"));
        (void)call->host->result(call, str("2"));
    }
    if (is_mode(op, "error-after-result")) {
        (void)call->host->result(call, str("\"first\""));
        return say(err, BERTH_E_INTERNAL, "and yet it failed");
    }
    if (is_mode(op, "sends-after-result")) {
        struct berth_request req = {.size = sizeof(req)};
        (void)call->host->result(call, str("1"));
        (void)call->host->send(call, &req);
    }
    if (is_mode(op, "item-after-result")) {
        (void)call->host->result(call, str("1"));
        item.key = str("late");
        (void)call->host->item(call, &item);
    }
    return BERTH_NEXT_NONE;
}

static int scripted_next(struct berth_op *op, struct berth_request *req,
                         struct berth_error *err)
{
    if (is_mode(op, "shares") && !op->conn->shared && op->answered > 0)
        op->conn->shared = true;
    if (is_mode(op, "waits-for-other")) {
        if (!op->conn->shared)
            return BERTH_NEXT_NONE;
        return op->call->host->result(op->call, str("\"shared\""));
    }
    if (is_ahead(op) && op->next > op->answered)
        return BERTH_NEXT_NONE;
    if (op->next == op->count)
        return op->count == 0 || op->answered == op->count ? next_misuse(op, err)
                                                           : BERTH_NEXT_NONE;
    fill_request(op, req);
    return BERTH_NEXT_REQUEST;
}

static int report(struct berth_op *op, const struct berth_response *res)
{
    char key[32];
    (void)snprintf(key, sizeof(key), "%llu", (unsigned long long)res->tag);
    size_t shown = res->body.len < 2000 ? res->body.len : 2000;
    json_t *told = json_pack(
        "{s:i,s:i,s:i,s:i,s:I,s:s%,s:I,s:s%}", "status", (int)res->status, "flags",
        (int)res->flags, "failure", (int)res->failure, "attempts", (int)res->attempts,
        "retryAfter", (json_int_t)res->retry_after_ms, "body",
        res->body.ptr ? res->body.ptr : "", shown, "bytes", (json_int_t)res->body.len,
        "text", res->failure_text.ptr, res->failure_text.len);
    for (size_t i = 0; i < res->header_count; i++) {
        char name[64];
        (void)snprintf(name, sizeof(name), "%.*s", (int)res->headers[i].name.len,
                       res->headers[i].name.ptr);
        (void)json_object_set_new(
            told, name,
            json_stringn(res->headers[i].value.ptr, res->headers[i].value.len));
    }
    char *text = json_dumps(told, JSON_COMPACT);
    json_decref(told);
    struct berth_item item = {.size = sizeof(item), .key = str(key), .data = str(text)};
    int r = op->call->host->item(op->call, &item);
    free(text);
    return r;
}

/* What the host does not take is left to next(). */
static int send_ahead(struct berth_op *op)
{
    struct berth_request req = {.size = sizeof(req)};
    if (is_mode(op, "sends-nothing"))
        return op->call->host->send(op->call, NULL);
    if (!is_ahead(op) || op->next == op->count)
        return 0;
    fill_request(op, &req);
    int r = op->call->host->send(op->call, &req);
    if (r > 0)
        op->next--;
    return r < 0 ? r : 0;
}

static int scripted_take(struct berth_op *op, const struct berth_response *res,
                         struct berth_error *err)
{
    op->answered++;
    if (is_mode(op, "quotes-answer")) {
        (void)snprintf(err->request_id, sizeof(err->request_id), "%.*s",
                       (int)res->body.len, res->body.ptr);
        (void)snprintf(err->message, sizeof(err->message), "it says: %.*s",
                       (int)res->body.len, res->body.ptr);
        return BERTH_E_INVALID;
    }
    int r = send_ahead(op);
    if (r == 0)
        r = report(op, res);
    if (is_mode(op, "ignores-no"))
        r = 0;
    if (r < 0 || op->answered < op->count || is_mode(op, "never-result"))
        return r;
    if (op->mode && !is_mode(op, "ignores-no") && !is_mode(op, "shares"))
        return 0; /* next() goes wrong */
    char count[32];
    (void)snprintf(count, sizeof(count), "%zu", op->answered);
    op->conn->shared = op->conn->shared || is_mode(op, "shares");
    return op->call->host->result(op->call, str(count));
}

static const struct berth_plugin PLUGIN = {
    .size = sizeof(PLUGIN),
    .id = SCRIPTED_ID,
    .version = "1.0.0",
    .open = scripted_open,
    .close = scripted_close,
    .begin = scripted_begin,
    .next = scripted_next,
    .take = scripted_take,
    .end = scripted_end,
};

const struct berth_plugin *berth_plugin_v1(const struct berth_host *host,
                                           struct berth_error *err)
{
    (void)host;
    (void)err;
    return &PLUGIN;
}
