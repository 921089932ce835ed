#include "host/http/exchange.h"

#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "sdk/control.h"
#include "sdk/error.h"
#include "sdk/str.h"

/* A body up to this length libcurl sends without asking first (it was 1,024 bytes in old
 * releases and is 1 MB now). */
#define EXPECT_FREE_BYTES 1024u

/* More than this is given back after each request. */
#define KEEP_BYTES (1024u * 1024)

/* Room for `capacity` bytes; what was there is wiped, so that no copy stays behind. */
static bool buffer_reserve(struct buffer *b, size_t capacity)
{
    if (capacity <= b->capacity)
        return true;
    char *data = malloc(capacity);
    if (!data)
        return false;
    if (b->len > 0) {
        memcpy(data, b->data, b->len);
        explicit_bzero(b->data, b->len);
    }
    free(b->data);
    b->data = data;
    b->capacity = capacity;
    return true;
}

static bool buffer_add(struct buffer *b, const char *data, size_t len)
{
    if (len > b->capacity - b->len) {
        size_t twice = b->capacity < 2048 ? 4096 : b->capacity * 2;
        size_t need = b->len + len;
        if (!buffer_reserve(b, need > twice ? need : twice))
            return false;
    }
    memcpy(b->data + b->len, data, len);
    b->len += len;
    return true;
}

static void buffer_clear(struct buffer *b, bool secret)
{
    if (secret && b->len > 0)
        explicit_bzero(b->data, b->len);
    b->len = 0;
    if (b->capacity <= KEEP_BYTES)
        return;
    free(b->data);
    *b = (struct buffer){0};
}

static bool is_token_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '-' || (c && strchr("!#$%&'*+.^_`|~", c));
}

static bool is_header_name(struct berth_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!is_token_char(s.ptr[i]))
            return false;
    return s.len > 0 && s.len <= 256;
}

static bool is_method(struct berth_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] < 'A' || s.ptr[i] > 'Z')
            return false;
    return s.len > 0 && s.len <= 16 && !str_equal(s, STR("CONNECT")) &&
           !str_equal(s, STR("TRACE"));
}

/* They frame the message, or are about the connection rather than the request. */
static bool is_hosts_header(struct berth_str name)
{
    static const struct berth_str NAMES[] = {
        {"host", 4},
        {"content-length", 14},
        {"transfer-encoding", 17},
        {"connection", 10},
        {"keep-alive", 10},
        {"te", 2},
        {"trailer", 7},
        {"upgrade", 7},
        {"expect", 6},
        {"user-agent", 10},
        {"accept-encoding", 15},
        {"proxy-authorization", 19},
        {"proxy-connection", 16},
    };
    for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++)
        if (str_equal_fold(name, NAMES[i]))
            return true;
    return false;
}

static int check_headers(const struct berth_request *req, struct berth_error *err)
{
    if (req->header_count > EXCHANGE_MAX_HEADERS)
        return fail(err, BERTH_E_INTERNAL,
                    "the connector asked for a request with %zu headers; %d is the most",
                    req->header_count, EXCHANGE_MAX_HEADERS);
    if (req->header_count > 0 && !req->headers)
        return fail(err, BERTH_E_INTERNAL,
                    "the connector asked for a request whose headers are nowhere");
    for (size_t i = 0; i < req->header_count; i++) {
        struct berth_str name = req->headers[i].name;
        if (!is_header_name(name))
            return fail(err, BERTH_E_INTERNAL,
                        "the connector asked for a request with a header name that "
                        "cannot be one");
        if (str_has_control(req->headers[i].value))
            return fail(err, BERTH_E_INTERNAL,
                        "the connector asked for header %.*s with a control character",
                        (int)name.len, name.ptr);
        if (is_hosts_header(name))
            return fail(err, BERTH_E_INTERNAL,
                        "the connector asked for header %.*s, which the host sets",
                        (int)name.len, name.ptr);
    }
    return 0;
}

static int check_request(const struct berth_request *req, struct berth_error *err)
{
    if (!is_method(req->method))
        return fail(err, BERTH_E_INTERNAL,
                    "the connector asked for a method that is not upper-case letters");
    if (req->url.len > EXCHANGE_MAX_URL)
        return fail(err, BERTH_E_INTERNAL,
                    "the connector asked for a url of %zu bytes; %u is the most",
                    req->url.len, EXCHANGE_MAX_URL);
    if (req->body.len > EXCHANGE_MAX_BODY || (req->body.len > 0 && !req->body.ptr))
        return fail(err, BERTH_E_INTERNAL,
                    "the connector asked for a request with a body of %zu bytes; %u is "
                    "the most",
                    req->body.len, EXCHANGE_MAX_BODY);
    return check_headers(req, err);
}

static size_t text_size(const struct berth_request *req)
{
    size_t size = req->method.len + 1 + req->url.len + 1 + req->body.len;
    for (size_t i = 0; i < req->header_count; i++)
        size += req->headers[i].name.len + req->headers[i].value.len + 3;
    return size;
}

static char *put(struct buffer *b, struct berth_str s)
{
    char *at = b->data + b->len;
    if (s.len > 0)
        memcpy(at, s.ptr, s.len);
    b->len += s.len;
    return at;
}

/* "Name: value"; libcurl sends a header without a value when it is written "Name;". */
static char *put_header(struct buffer *b, const struct berth_pair *h)
{
    char *at = put(b, h->name);
    if (h->value.len > 0) {
        (void)put(b, STR(": "));
        (void)put(b, h->value);
    } else {
        (void)put(b, STR(";"));
    }
    (void)put(b, (struct berth_str){"", 1});
    return at;
}

/* libcurl adds these by itself; an empty one takes them away. They are named only where
 * libcurl would: it compares each line with a dozen names. */
static char NO_EXPECT[] = "Expect:";
static char NO_TYPE[] = "Content-Type:";

/* As its own option libcurl formats it twice. */
static char AGENT[] = "User-Agent: berth/" PACKAGE_VERSION;

static void link_header(struct exchange *x, size_t i, char *line)
{
    x->headers[i] = (struct curl_slist){.data = line};
    if (i > 0)
        x->headers[i - 1].next = &x->headers[i];
}

static void put_headers(struct exchange *x, const struct berth_request *req)
{
    bool has_type = false;
    size_t n = 0;
    link_header(x, n++, AGENT);
    if (req->body.len > EXPECT_FREE_BYTES)
        link_header(x, n++, NO_EXPECT);
    for (size_t i = 0; i < req->header_count; i++) {
        has_type = has_type || str_equal_fold(req->headers[i].name, STR("content-type"));
        link_header(x, n++, put_header(&x->text, &req->headers[i]));
    }
    if (!has_type)
        link_header(x, n, NO_TYPE);
}

int exchange_set(struct exchange *x, const struct berth_request *req,
                 struct berth_error *err)
{
    int r = check_request(req, err);
    if (r < 0)
        return r;
    if (!buffer_reserve(&x->text, text_size(req)))
        return fail_no_memory(err);
    x->tag = req->tag;
    x->flags = req->flags;
    x->timeout_ms = req->timeout_ms;
    x->max_body = req->max_body ? req->max_body : EXCHANGE_MAX_BODY;
    x->method = put(&x->text, req->method);
    (void)put(&x->text, (struct berth_str){"", 1});
    x->url = put(&x->text, req->url);
    (void)put(&x->text, (struct berth_str){"", 1});
    put_headers(x, req);
    x->body = (struct berth_str){put(&x->text, req->body), req->body.len};
    return 0;
}

void exchange_reset_answer(struct exchange *x)
{
    x->status = 0;
    x->failure = BERTH_FAILURE_NONE;
    x->sends = 0;
    x->took_us = 0;
    x->failure_text[0] = '\0';
    x->header_count = 0;
    x->too_large = false;
    x->no_memory = false;
    buffer_clear(&x->head, false);
    buffer_clear(&x->answer, x->flags & BERTH_PRIVATE);
}

void exchange_clear(struct exchange *x)
{
    exchange_reset_answer(x);
    buffer_clear(&x->text, true); /* Authorization is in it */
    x->method = NULL;
    x->url = NULL;
    x->body = (struct berth_str){0};
}

void exchange_release(struct exchange *x)
{
    exchange_clear(x);
    free(x->text.data);
    free(x->head.data);
    free(x->answer.data);
    x->text = x->head = x->answer = (struct buffer){0};
}

static bool add_header(struct exchange *x, struct berth_str name, struct berth_str value)
{
    if (x->header_count == EXCHANGE_MAX_ANSWER_HEADERS ||
        x->head.len + name.len + value.len > EXCHANGE_MAX_ANSWER_HEAD) {
        x->too_large = true;
        return false;
    }
    struct header_place *p = &x->places[x->header_count];
    *p = (struct header_place){(uint32_t)x->head.len, (uint32_t)name.len,
                               (uint32_t)(x->head.len + name.len), (uint32_t)value.len};
    if (!buffer_add(&x->head, name.ptr, name.len) ||
        !buffer_add(&x->head, value.ptr, value.len)) {
        x->no_memory = true;
        return false;
    }
    for (char *c = x->head.data + p->name; c < x->head.data + p->value; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    x->header_count++;
    return true;
}

bool exchange_take_head(struct exchange *x, const char *line, size_t len)
{
    if (x->answer.len > 0)
        return true; /* trailers say nothing that a connector may rely on */
    if (len >= 5 && memcmp(line, "HTTP/", 5) == 0) {
        x->header_count = 0; /* what came before was an interim answer */
        x->head.len = 0;
        return true;
    }
    const char *colon = memchr(line, ':', len);
    if (!colon)
        return true;
    struct berth_str value = {colon + 1, (size_t)(line + len - colon) - 1};
    return add_header(x, (struct berth_str){line, (size_t)(colon - line)},
                      str_trim(value));
}

bool exchange_take_body(struct exchange *x, const char *data, size_t len)
{
    if (len > x->max_body - x->answer.len) {
        x->too_large = true;
        return false;
    }
    x->no_memory = !buffer_add(&x->answer, data, len);
    return !x->no_memory;
}

void exchange_finish_head(struct exchange *x)
{
    for (size_t i = 0; i < x->header_count; i++) {
        const struct header_place *p = &x->places[i];
        x->pairs[i].name = (struct berth_str){x->head.data + p->name, p->name_len};
        x->pairs[i].value = (struct berth_str){x->head.data + p->value, p->value_len};
    }
}

struct berth_str exchange_header(const struct exchange *x, struct berth_str name)
{
    for (size_t i = 0; i < x->header_count; i++)
        if (str_equal(x->pairs[i].name, name))
            return x->pairs[i].value;
    return (struct berth_str){0};
}
