#include "host/cli/dry_run.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "host/redact.h"
#include "host/session.h"
#include "sdk/json.h"
#include "sdk/str.h"

enum dry_run_mode dry_run_mode(const char *value)
{
    if (!value)
        return DRY_RUN_OFF;
    return strcmp(value, "read") == 0 ? DRY_RUN_READ : DRY_RUN_ALL;
}

int dry_run_verdict(enum dry_run_mode mode, const struct berth_request *req)
{
    if (req->kind == BERTH_TIMER)
        return REQUEST_SEND; /* waits, and sends nothing */
    bool reads = (req->flags & BERTH_READ_ONLY) != 0;
    return mode == DRY_RUN_READ && reads ? REQUEST_SEND : REQUEST_HOLD;
}

static void begin(struct text *out, uint64_t line, const char *name)
{
    text_add(out, "{");
    if (line > 0)
        text_add_format(out, "\"line\":%" PRIu64 ",", line);
    text_add_format(out, "\"%s\":", name);
}

static bool is_empty(const json_t *value)
{
    return json_is_null(value) ||
           (json_is_string(value) && json_string_length(value) == 0);
}

static void mask(json_t *value, const json_t *secret_names, bool secret);

/* The value that belongs where `value` is: itself, or the mask. */
static json_t *masked_new(json_t *value, const json_t *secret_names, bool secret)
{
    bool nests = json_is_object(value) || json_is_array(value);
    if (nests)
        mask(value, secret_names, secret);
    if (nests || !secret || is_empty(value))
        return json_incref(value);
    return json_string(REDACT_MASK);
}

/* Mask every member that has the name of a secret, at any depth, and all that is in one.
 */
static void mask(json_t *value, const json_t *secret_names, bool secret)
{
    const char *name = NULL;
    void *next = NULL;
    json_t *member = NULL;
    size_t i = 0;
    json_object_foreach_safe(value, next, name, member)
    {
        bool hidden = secret || json_object_get(secret_names, name);
        json_t *shown = masked_new(member, secret_names, hidden);
        if (json_object_set_new(value, name, shown) < 0)
            (void)json_object_del(value, name); /* rather nothing than a secret */
    }
    json_array_foreach(value, i, member)
    {
        if (json_array_set_new(value, i, masked_new(member, secret_names, secret)) < 0)
            (void)json_array_set_new(value, i, json_null()); /* likewise */
    }
}

/* JSON as it is but for secrets; other text as a string, unless it is private. */
static void add_body(struct text *out, const struct berth_request *req,
                     const json_t *secret_names)
{
    json_t *body = json_loadb(req->body.ptr, req->body.len, JSON_DECODE_ANY, NULL);
    if (!body && req->flags & BERTH_PRIVATE) {
        text_add(out, "\"" REDACT_MASK "\"");
        return;
    }
    if (!body) {
        text_add_json(out, req->body);
        return;
    }
    mask(body, secret_names, false);
    text_add_value(out, body);
    json_decref(body);
}

static void add_headers(struct text *out, const struct berth_request *req)
{
    text_add(out, "{");
    for (size_t i = 0; i < req->header_count; i++) {
        const struct berth_pair *header = &req->headers[i];
        bool masked = str_equal_fold(header->name, STR("authorization"));
        text_add(out, i > 0 ? "," : "");
        text_add_json(out, header->name);
        text_add(out, ":");
        text_add_json(out, masked ? STR(REDACT_MASK) : header->value);
    }
    text_add(out, "}");
}

void dry_run_add_request(struct text *out, uint64_t line, const struct berth_request *req,
                         const json_t *secret_names)
{
    begin(out, line, "request");
    text_add(out, "{\"method\":");
    text_add_json(out, req->method);
    text_add(out, ",\"url\":");
    text_add_json(out, req->url);
    text_add(out, ",\"headers\":");
    add_headers(out, req);
    if (req->body.len > 0) {
        text_add(out, ",\"body\":");
        add_body(out, req, secret_names);
    }
    text_add(out, "}}");
}

void dry_run_add_steps(struct text *out, uint64_t line, const struct operation *op)
{
    begin(out, line, "steps");
    text_add(out, "[");
    for (size_t i = 0; i < op->steps.count; i++) {
        text_add(out, i > 0 ? "," : "");
        text_add_json(out, str_from(op->steps.names[i]));
    }
    text_add(out, "]}");
}
