#include <string.h>

#include "sdk/base64.h"
#include "sdk/cleanup.h"
#include "sdk/json.h"
#include "sdk/rest.h"
#include "sdk/template.h"

#define VALUE_MAX 8192

static int add_query(struct text *url, const json_t *templates, const json_t *input,
                     struct berth_error *err)
{
    const char *name;
    json_t *value;
    json_object_foreach(json_mutable(templates), name, value)
    {
        cleanup(text) struct text filled;
        text_init_secret(&filled, VALUE_MAX);
        int r =
            template_add(&filled, json_string_value(value), input, TEMPLATE_QUERY, err);
        if (r < 0)
            return r;
        if (r == 0)
            continue;
        text_add(url, url->data && strchr(url->data, '?') ? "&" : "?");
        text_add_escaped(url, str_from(name));
        text_add(url, "=");
        text_add_str(url, text_str(&filled));
        if (text_failed(&filled))
            url->failed = true;
    }
    return 0;
}

static int add_headers(struct outgoing *out, const json_t *templates, const json_t *input,
                       struct berth_error *err)
{
    const char *name;
    json_t *value;
    json_object_foreach(json_mutable(templates), name, value)
    {
        cleanup(text) struct text filled;
        text_init_secret(&filled, VALUE_MAX);
        int r = template_add(&filled, json_string_value(value), input, TEMPLATE_RAW, err);
        if (r > 0 && text_failed(&filled))
            r = fail_no_memory(err);
        if (r > 0)
            r = outgoing_header(out, name, text_str(&filled), err);
        if (r < 0)
            return r;
    }
    return 0;
}

/* Without a query of its own in the template, the common one follows. */
static int add_url(const char *base, const char *path, const json_t *input,
                   struct outgoing *out, struct berth_error *err)
{
    if (!base)
        return fail(err, BERTH_E_INVALID,
                    "the connection does not say which host to ask; set it there");
    text_add(&out->url, base);
    int r = template_add(&out->url, path, input, TEMPLATE_PATH, err);
    return r < 0 ? r : 0;
}

int rest_add_url(const struct rest *rest, const char *path, const json_t *input,
                 struct outgoing *out, struct berth_error *err)
{
    int r = add_url(rest->base, path, input, out, err);
    return r < 0 ? r : add_query(&out->url, rest->query, input, err);
}

int rest_add_headers(const struct rest *rest, struct outgoing *out,
                     struct berth_error *err)
{
    return add_headers(out, rest->headers, NULL, err);
}

static bool is_quoted_in_base64(struct berth_str etag)
{
    unsigned char bytes[256];
    size_t len;
    return base64_decode(etag, bytes, sizeof(bytes), &len) && len > 1 && bytes[0] == '"';
}

int rest_add_if_match(struct outgoing *out, struct berth_str etag,
                      struct berth_error *err)
{
    if (str_is_empty(etag))
        return 0;
    if (str_equal(etag, STR("*")) || etag.ptr[0] == '"' ||
        str_starts_with(etag, STR("W/")) || is_quoted_in_base64(etag))
        return outgoing_header(out, "If-Match", etag, err);
    cleanup(text) struct text quoted;
    text_init(&quoted, VALUE_MAX);
    text_add(&quoted, "\"");
    text_add_str(&quoted, etag);
    text_add(&quoted, "\"");
    if (text_failed(&quoted))
        return etag.len > VALUE_MAX - 2
                   ? fail(err, BERTH_E_INVALID, "etag: longer than %d bytes", VALUE_MAX)
                   : fail_no_memory(err);
    return outgoing_header(out, "If-Match", text_str(&quoted), err);
}

int rest_add_body(struct outgoing *out, const json_t *value, struct berth_error *err)
{
    text_add_value(&out->body, value);
    return rest_add_body_type(out, err);
}

int rest_add_body_type(struct outgoing *out, struct berth_error *err)
{
    return outgoing_header(out, "Content-Type", STR("application/json; charset=utf-8"),
                           err);
}

/* The input without the members that go elsewhere. */
static int add_input_body(const struct rest_call *call, const json_t *input,
                          struct outgoing *out, struct berth_error *err)
{
    size_t i;
    json_t *name;
    cleanup(json_secret) json_t *body = json_clone_new(input);
    if (!body)
        return fail_no_memory(err);
    json_array_foreach(json_mutable(call->omit), i, name)
    {
        (void)json_object_del(body, json_string_value(name)); /* may not be there */
    }
    return rest_add_body(out, body, err);
}

static int add_body(const struct rest_call *call, const json_t *input,
                    struct outgoing *out, struct berth_error *err)
{
    const json_t *member;
    switch (call->body) {
    case REST_BODY_INPUT:
        return add_input_body(call, input, out, err);
    case REST_BODY_FIXED:
        return rest_add_body(out, call->body_fixed, err);
    case REST_BODY_MEMBER:
        member = json_object_get(input, call->body_member);
        return member ? rest_add_body(out, member, err) : 0;
    case REST_BODY_NONE:
    default:
        return 0;
    }
}

static bool is_printable(struct berth_str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] <= ' ' || text.ptr[i] > '~')
            return false;
    return true;
}

/* A link leads to the same origin, or it is not followed: the request is signed. */
static int add_link(const char *base, struct berth_str link, struct outgoing *out,
                    struct berth_error *err)
{
    size_t len = strlen(base);
    bool same = str_starts_with(link, str_from(base)) && link.len > len &&
                (link.ptr[len] == '/' || link.ptr[len] == '?');
    if (!same && !(link.len > 1 && link.ptr[0] == '/' && link.ptr[1] != '/'))
        return fail(err, BERTH_E_PROTOCOL,
                    "the next page is at another host than %s; it was not asked for",
                    base);
    if (!is_printable(link))
        return fail(err, BERTH_E_PROTOCOL, "the next page's url is no url");
    if (!same)
        text_add(&out->url, base);
    text_add_str(&out->url, link);
    return 0;
}

static int add_page_headers(const struct rest_call *call, const struct rest_input *in,
                            struct outgoing *out, struct berth_error *err)
{
    int64_t size = in->page_size > 0 ? in->page_size : call->page_size;
    if (call->page_size_header && size > 0) {
        char digits[24];
        (void)snprintf(digits, sizeof(digits), "%lld", (long long)size);
        int r = outgoing_header(out, call->page_size_header, str_from(digits), err);
        if (r < 0)
            return r;
    }
    if (call->paging != REST_PAGES_BY_HEADER || str_is_empty(in->continuation))
        return 0;
    return outgoing_header(out, call->page_token, in->continuation, err);
}

int rest_build(const struct rest *rest, const struct rest_call *call,
               const struct rest_input *in, struct outgoing *out, struct berth_error *err)
{
    const char *base = call->base ? call->base : rest->base;
    out->method = call->method;
    out->flags = call->flags;
    out->limit = call->limit;
    bool follows = call->paging == REST_PAGES_BY_LINK && !str_is_empty(in->continuation);
    int r = follows && base ? add_link(base, in->continuation, out, err)
                            : add_url(base, call->path, in->input, out, err);
    if (r == 0 && !follows)
        r = add_query(&out->url, rest->query, in->input, err);
    if (r == 0 && !follows)
        r = add_query(&out->url, call->query, in->input, err);
    if (r == 0)
        r = add_headers(out, rest->headers, in->input, err);
    if (r == 0)
        r = add_headers(out, call->headers, in->input, err);
    if (r == 0)
        r = add_page_headers(call, in, out, err);
    if (r == 0 && call->if_match)
        r = rest_add_if_match(out, json_str(in->input, call->if_match), err);
    return r == 0 ? add_body(call, in->input, out, err) : r;
}

bool rest_is_success(const struct rest_call *call, int http_status)
{
    size_t i;
    json_t *code;
    json_array_foreach(json_mutable(call->success), i, code)
    {
        if (json_integer_value(code) == http_status)
            return true;
    }
    return false;
}

int rest_fail(const struct rest *rest, const struct rest_call *call,
              const struct answer_subject *subject, const struct berth_response *res,
              struct berth_error *err)
{
    struct answer_rules rules = rest->rules;
    rules.own = call ? call->errors : NULL;
    rules.rights = call ? call->rights : NULL;
    return answer_fail(&rules, subject, res, err);
}
