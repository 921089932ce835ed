#include "host/http/wire_log.h"

#include <string.h>
#include <strings.h>

#include "host/http/exchange.h"
#include "host/http/mask.h"
#include "sdk/str.h"

#define MAX_LINE 4096
#define MAX_BODY 2048

static bool contains_fold(struct berth_str s, const char *word)
{
    size_t len = strlen(word);
    for (size_t i = 0; i + len <= s.len; i++)
        if (strncasecmp(s.ptr + i, word, len) == 0)
            return true;
    return false;
}

/* Headers and query parameters that carry credentials, known or likely. */
static bool is_secret_name(struct berth_str name)
{
    static const char *const WORDS[] = {"auth",     "cookie",    "secret",
                                        "password", "passwd",    "key",
                                        "token",    "signature", "credential"};
    if (str_equal_fold(name, STR("sig")) || str_equal_fold(name, STR("code")))
        return true;
    for (size_t i = 0; i < sizeof(WORDS) / sizeof(WORDS[0]); i++)
        if (contains_fold(name, WORDS[i]))
            return true;
    return false;
}

static void emit(const struct wire_log *w, struct text *line)
{
    for (size_t i = 0; i < line->len; i++)
        if ((unsigned char)line->data[i] < ' ' || (unsigned char)line->data[i] >= 0x7F)
            line->data[i] = '.';
    w->log(w->ctx, BERTH_LOG_DEBUG, text_str(line));
}

static void add_bounded(struct text *line, struct berth_str s)
{
    size_t room = line->max_len - line->len;
    text_add_str(line, (struct berth_str){s.ptr, s.len < room ? s.len : room});
}

/* name=value pairs; the values of some are masked. */
static void add_query(struct text *line, struct berth_str query)
{
    while (query.len > 0) {
        const char *amp = memchr(query.ptr, '&', query.len);
        size_t len = amp ? (size_t)(amp - query.ptr) : query.len;
        const char *equals = memchr(query.ptr, '=', len);
        size_t name = equals ? (size_t)(equals - query.ptr) : len;
        bool secret = is_secret_name((struct berth_str){query.ptr, name});
        add_bounded(line, (struct berth_str){query.ptr, secret ? name : len});
        if (secret)
            add_bounded(line, STR("=***"));
        size_t step = amp ? len + 1 : len;
        if (amp)
            add_bounded(line, STR("&"));
        query.ptr += step;
        query.len -= step;
    }
}

static void add_url(struct text *line, const struct exchange *x)
{
    const char *path = x->url + strlen("https://");
    path += strcspn(path, "/?");
    add_bounded(line, (struct berth_str){x->url, (size_t)(path - x->url)});
    if (x->flags & BERTH_PRIVATE) {
        add_bounded(line, STR("/*** (private)"));
        return;
    }
    size_t len = strcspn(path, "?");
    add_bounded(line, (struct berth_str){path, len});
    if (path[len] == '\0')
        return;
    add_bounded(line, STR("?"));
    add_query(line, str_from(path + len + 1));
}

static void log_header(const struct wire_log *w, const char *mark, struct berth_str name,
                       struct berth_str value)
{
    struct text line;
    text_init(&line, MAX_LINE);
    text_add(&line, mark);
    add_bounded(&line, name);
    add_bounded(&line, STR(": "));
    add_bounded(&line, is_secret_name(name) ? STR("***") : value);
    if (!text_failed(&line))
        emit(w, &line);
    text_release(&line);
}

static void log_body(const struct wire_log *w, const char *mark, struct berth_str body)
{
    struct text line;
    text_init(&line, MAX_LINE);
    text_add(&line, mark);
    size_t before = line.len;
    bool whole = mask_json(&line, body, w->secret_names, MAX_BODY);
    if (!whole && line.len == before)
        text_add_format(&line, "(%zu bytes that are not JSON)", body.len);
    else if (!whole)
        text_add_format(&line, " ... (%zu bytes in all)", body.len);
    if (!text_failed(&line))
        emit(w, &line);
    text_release(&line);
}

/* "Name: value", as libcurl takes it. */
static void log_sent_header(const struct wire_log *w, const char *header)
{
    const char *colon = strchr(header, ':');
    if (!colon || colon[1] == '\0')
        return; /* without a value, or one of those that are taken away */
    log_header(w, "> ", (struct berth_str){header, (size_t)(colon - header)},
               str_from(colon + 2));
}

void wire_log_request(const struct wire_log *w, const struct exchange *x,
                      uint32_t attempt)
{
    if (!w->log)
        return;
    struct text line;
    text_init(&line, MAX_LINE);
    text_add_format(&line, "> %s ", x->method);
    add_url(&line, x);
    if (attempt > 1 && line.max_len - line.len > 40)
        text_add_format(&line, " (attempt %u)", attempt);
    if (!text_failed(&line))
        emit(w, &line);
    text_release(&line);
    for (const struct curl_slist *h = x->headers; h; h = h->next)
        log_sent_header(w, h->data);
    if (x->body.len > 0 && !(x->flags & BERTH_PRIVATE))
        log_body(w, "> ", x->body);
}

void wire_log_answer(const struct wire_log *w, const struct exchange *x)
{
    if (!w->log)
        return;
    struct text line;
    text_init(&line, MAX_LINE);
    if (x->status < 0)
        text_add_format(&line, "< no answer after %lld ms: %s",
                        (long long)(x->took_us / 1000), x->failure_text);
    else
        text_add_format(&line, "< %d, %zu bytes after %lld ms", x->status, x->answer.len,
                        (long long)(x->took_us / 1000));
    if (!text_failed(&line))
        emit(w, &line);
    text_release(&line);
    for (size_t i = 0; i < x->header_count; i++)
        log_header(w, "< ", x->pairs[i].name, x->pairs[i].value);
    if (x->status >= 0 && x->answer.len > 0 && !(x->flags & BERTH_PRIVATE))
        log_body(w, "< ", (struct berth_str){x->answer.data, x->answer.len});
}
