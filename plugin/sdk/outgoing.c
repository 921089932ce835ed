#include "sdk/outgoing.h"

#include "sdk/control.h"
#include "sdk/str.h"

#define URL_MAX 8192
#define BODY_MAX (16u << 20)
#define HEADERS_MAX 32768

void outgoing_init(struct outgoing *out)
{
    *out = (struct outgoing){.method = "GET"};
    text_init_secret(&out->url, URL_MAX);
    text_init_secret(&out->body, BODY_MAX);
    text_init_secret(&out->header_text, HEADERS_MAX);
}

void outgoing_release(struct outgoing *out)
{
    text_release(&out->url);
    text_release(&out->body);
    text_release(&out->header_text);
}

void outgoing_reset(struct outgoing *out)
{
    text_reset(&out->url);
    text_reset(&out->body);
    text_reset(&out->header_text);
    out->kind = BERTH_HTTP;
    out->method = "GET";
    out->flags = 0;
    out->delay_ms = 0;
    out->limit = (struct berth_str){0};
    out->is_signed = false;
    out->header_count = 0;
}

int outgoing_header(struct outgoing *out, const char *name, struct berth_str value,
                    struct berth_error *err)
{
    if (str_has_control(value))
        return fail(err, BERTH_E_INVALID,
                    "header %s: the value has a control character; remove it", name);
    if (out->header_count == OUTGOING_MAX_HEADERS)
        return fail(err, BERTH_E_INTERNAL, "header %s: one header too many", name);
    size_t *lengths = out->header_lengths + 2 * out->header_count++;
    lengths[0] = strlen(name);
    lengths[1] = value.len;
    text_add(&out->header_text, name);
    text_add_str(&out->header_text, value);
    return 0;
}

static void resolve_headers(struct outgoing *out)
{
    const char *at = out->header_text.data;
    for (size_t i = 0; i < out->header_count; i++) {
        const size_t *lengths = out->header_lengths + 2 * i;
        out->headers[i].name = (struct berth_str){at, lengths[0]};
        out->headers[i].value = (struct berth_str){at + lengths[0], lengths[1]};
        at += lengths[0] + lengths[1];
    }
}

int outgoing_fill(struct outgoing *out, struct berth_request *req,
                  struct berth_error *err)
{
    if (text_failed(&out->url) && out->url.len + 1024 > URL_MAX)
        return fail(err, BERTH_E_INVALID, "the url is longer than %d bytes", URL_MAX);
    if (text_failed(&out->url) || text_failed(&out->body) ||
        text_failed(&out->header_text))
        return fail_no_memory(err);
    resolve_headers(out);
    req->kind = out->kind;
    req->method = str_from(out->method);
    req->url = text_str(&out->url);
    req->headers = out->headers;
    req->header_count = out->header_count;
    req->body = text_str(&out->body);
    req->flags = out->flags;
    req->delay_ms = out->delay_ms;
    req->limit = out->limit;
    return 0;
}
