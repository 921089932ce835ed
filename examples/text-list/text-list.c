/* A complete connector in one file, on the bare ABI: it watches a text file on a web
 * server. Each line is a thing ("dev-0001 shipped to Oslo"), its first word the key.
 * Trigger line.changed tells which lines came, changed and went; action line.get reads
 * one, list.count counts them.
 *
 * Nothing here does I/O: next() says what to ask, take() reads the answer, the host does
 * the rest. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <berth_plugin.h>

struct berth_conn {
    char url[512];
};

enum kind { LINE_CHANGED, LINE_GET, LIST_COUNT };

struct berth_op {
    struct berth_conn *conn;
    struct berth_call *call;
    enum kind kind;
    int asked;
    char wanted[128]; /* the key that line.get looks for */
    long lines;
};

static struct berth_str str(const char *text)
{
    return (struct berth_str){text, strlen(text)};
}

static int problem(struct berth_error *err, int status, const char *message)
{
    snprintf(err->message, sizeof(err->message), "%s", message);
    return status;
}

/* The host has validated config against the manifest's form, so both members are there.
 */
static int text_list_open(struct berth_call *call, struct berth_str manifest,
                          struct berth_str config, struct berth_conn **ret_conn,
                          struct berth_error *err)
{
    (void)call;
    (void)manifest;
    const char *host, *path;
    json_t *form = json_loadb(config.ptr, config.len, 0, NULL);
    struct berth_conn *conn = calloc(1, sizeof(*conn));
    int r = BERTH_OK;
    if (!form || !conn)
        r = problem(err, BERTH_E_NO_MEMORY, "out of memory");
    else if (json_unpack(form, "{s:s, s:s}", "host", &host, "path", &path) != 0)
        r = problem(err, BERTH_E_INVALID, "host and path are needed");
    else
        snprintf(conn->url, sizeof(conn->url), "https://%s%s", host, path);
    json_decref(form);
    if (r < 0)
        free(conn);
    else
        *ret_conn = conn;
    return r;
}

static void text_list_close(struct berth_conn *conn)
{
    free(conn);
}

static int is(struct berth_str s, const char *text)
{
    return s.len == strlen(text) && memcmp(s.ptr, text, s.len) == 0;
}

static enum kind kind_of(struct berth_str operation)
{
    if (is(operation, "line.get"))
        return LINE_GET;
    return is(operation, "list.count") ? LIST_COUNT : LINE_CHANGED;
}

/* The host has validated the input, so "key" is there when the operation needs it. */
static int text_list_begin(struct berth_conn *conn, struct berth_call *call,
                           const struct berth_start *start, struct berth_op **ret_op,
                           struct berth_error *err)
{
    struct berth_op *op = calloc(1, sizeof(*op));
    json_t *input = json_loadb(start->input.ptr, start->input.len, 0, NULL);
    if (!op || !input) {
        json_decref(input);
        free(op);
        return problem(err, BERTH_E_NO_MEMORY, "out of memory");
    }
    const char *key = json_string_value(json_object_get(input, "key"));
    snprintf(op->wanted, sizeof(op->wanted), "%s", key ? key : "");
    json_decref(input);
    op->conn = conn;
    op->call = call;
    op->kind = kind_of(start->operation);
    *ret_op = op;
    return BERTH_OK;
}

static int text_list_next(struct berth_op *op, struct berth_request *req,
                          struct berth_error *err)
{
    (void)err;
    if (op->asked)
        return BERTH_NEXT_NONE;
    op->asked = 1;
    req->method = str("GET");
    req->url = str(op->conn->url);
    req->flags = BERTH_REPEATABLE | BERTH_READ_ONLY;
    return BERTH_NEXT_REQUEST;
}

/* Hand {"key", "line"} to the host: as an item for the trigger, as the result for
 * line.get. */
static int give_line(struct berth_op *op, struct berth_str key, struct berth_str line)
{
    json_t *value =
        json_pack("{s:s%, s:s%}", "key", key.ptr, key.len, "line", line.ptr, line.len);
    char *text = value ? json_dumps(value, JSON_COMPACT) : NULL;
    json_decref(value);
    if (!text)
        return BERTH_E_PROTOCOL; /* not UTF-8 */
    struct berth_item item = {.size = sizeof(item), .key = key, .data = str(text)};
    int r = op->kind == LINE_GET ? op->call->host->result(op->call, str(text))
                                 : op->call->host->item(op->call, &item);
    free(text);
    return r;
}

/* 1: this was the line that line.get wanted. */
static int read_line(struct berth_op *op, struct berth_str line)
{
    const char *space = memchr(line.ptr, ' ', line.len);
    struct berth_str key = {line.ptr, space ? (size_t)(space - line.ptr) : line.len};
    if (key.len == 0)
        return BERTH_OK;
    op->lines++;
    if (op->kind == LIST_COUNT)
        return BERTH_OK;
    if (op->kind == LINE_CHANGED)
        return give_line(op, key, line);
    if (!is(key, op->wanted))
        return BERTH_OK;
    int r = give_line(op, key, line);
    return r < 0 ? r : 1;
}

/* All lines were read. Only complete() lets the host conclude that what it did not see is
 * gone; result() ends the operation. */
static int finish(struct berth_op *op, struct berth_error *err)
{
    const struct berth_host *host = op->call->host;
    char count[64];
    snprintf(count, sizeof(count), "{\"lines\":%ld}", op->lines);
    if (op->kind == LINE_GET)
        return problem(err, BERTH_E_NOT_FOUND, "no line begins with that key");
    if (op->kind == LIST_COUNT)
        return host->result(op->call, str(count));
    int r = host->complete(op->call, str(""));
    return r < 0 ? r : host->result(op->call, str(""));
}

static int text_list_take(struct berth_op *op, const struct berth_response *res,
                          struct berth_error *err)
{
    if (res->status < 0)
        return problem(err, res->status, "the list could not be read");
    err->http_status = res->status;
    if (res->status != 200)
        return problem(err, res->status == 404 ? BERTH_E_NOT_FOUND : BERTH_E_UNAVAILABLE,
                       "the server did not give the list; look at host and path");
    const char *p = res->body.ptr, *end = p + res->body.len;
    while (p < end) {
        const char *newline = memchr(p, '\n', (size_t)(end - p));
        const char *stop = newline ? newline : end;
        int r = read_line(op, (struct berth_str){p, (size_t)(stop - p)});
        if (r < 0)
            return problem(err, r, "a line could not be handed over");
        if (r > 0)
            return BERTH_OK;
        p = newline ? newline + 1 : end;
    }
    return finish(op, err);
}

static void text_list_end(struct berth_op *op)
{
    free(op);
}

static const struct berth_plugin TEXT_LIST = {
    .size = sizeof(TEXT_LIST),
    .id = "text-list",
    .version = "1.0.0",
    .open = text_list_open,
    .close = text_list_close,
    .begin = text_list_begin,
    .next = text_list_next,
    .take = text_list_take,
    .end = text_list_end,
};

const struct berth_plugin *berth_plugin_v1(const struct berth_host *host,
                                           struct berth_error *err)
{
    (void)host;
    (void)err;
    return &TEXT_LIST;
}
