#include "host/cli/dry_run.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "host/http/exchange.h"
#include "host/http/hide.h"
#include "host/http/mask.h"
#include "host/redact.h"
#include "host/session.h"
#include "sdk/cleanup.h"
#include "sdk/scan.h"
#include "sdk/str.h"

enum dry_run_mode dry_run_mode(const char *value)
{
    return value && strcmp(value, "read") == 0 ? DRY_RUN_READ : DRY_RUN_ALL;
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

/* JSON as it is but for secrets; other text as a string, unless it is private. */
static void add_body(struct text *out, const struct berth_request *req,
                     const json_t *secret_names)
{
    size_t start = out->len;
    if (scan_check(req->body, NULL) == 0) {
        if (mask_json(out, req->body, secret_names, SIZE_MAX))
            return;
        text_cut(out, start); /* JSON that is nested too deeply to be masked */
    } else if (!(req->flags & BERTH_PRIVATE)) {
        text_add_json(out, req->body);
        return;
    }
    text_add(out, "\"" REDACT_MASK "\"");
}

static void add_url(struct text *out, struct berth_str url)
{
    cleanup(text) struct text shown;
    const char *mark = memchr(url.ptr, '?', url.len);
    size_t len = mark ? (size_t)(mark + 1 - url.ptr) : url.len;
    text_init(&shown, 2 * EXCHANGE_MAX_URL); /* a mask is longer than what it hides */
    text_add_str(&shown, (struct berth_str){url.ptr, len});
    hide_add_query(&shown, (struct berth_str){url.ptr + len, url.len - len});
    if (text_failed(&shown))
        out->failed = true;
    text_add_json(out, text_str(&shown));
}

static void add_headers(struct text *out, const struct berth_request *req)
{
    text_add(out, "{");
    for (size_t i = 0; i < req->header_count; i++) {
        const struct berth_pair *header = &req->headers[i];
        bool masked = hide_is_secret_name(header->name);
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
    add_url(out, req->url);
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
