#include "host/http/wire_log.h"

#include <string.h>

#include "host/http/exchange.h"
#include "host/http/hide.h"
#include "host/http/mask.h"
#include "sdk/cleanup.h"
#include "sdk/str.h"

#define MAX_LINE 4096
#define MAX_BODY 2048

/* A service may repeat in its answer what it was sent. */
static void hide_from(struct text *line, const struct exchange *x)
{
    const struct hide_text text = {line->data, line->len};
    if (line->len > 0)
        hide_sent(&text, 1, x, NULL);
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

static void add_query(struct text *line, struct berth_str query)
{
    cleanup(text) struct text shown;
    text_init(&shown, 2 * EXCHANGE_MAX_URL); /* a mask is longer than what it hides */
    hide_add_query(&shown, query);
    add_bounded(line, text_str(&shown));
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

static void add_header(struct text *line, const char *mark, struct berth_str name,
                       struct berth_str value)
{
    text_add(line, mark);
    add_bounded(line, name);
    add_bounded(line, STR(": "));
    add_bounded(line, hide_is_secret_name(name) ? STR("***") : value);
}

/* `answered`: when it is an answer's body, what was asked, else null. */
static void log_body(const struct wire_log *w, const char *mark, struct berth_str body,
                     const struct exchange *answered)
{
    struct text line;
    text_init_secret(&line, MAX_LINE);
    text_add(&line, mark);
    size_t before = line.len;
    bool whole = mask_json(&line, body, w->secret_names, MAX_BODY);
    if (answered)
        hide_from(&line, answered);
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
    struct text line;
    text_init(&line, MAX_LINE);
    add_header(&line, "> ", (struct berth_str){header, (size_t)(colon - header)},
               str_from(colon + 2));
    if (!text_failed(&line))
        emit(w, &line);
    text_release(&line);
}

static void log_answer_header(const struct wire_log *w, const struct exchange *x,
                              const struct berth_pair *header)
{
    struct text line;
    text_init_secret(&line, MAX_LINE);
    add_header(&line, "< ", header->name, header->value);
    hide_from(&line, x);
    if (!text_failed(&line))
        emit(w, &line);
    text_release(&line);
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
        log_body(w, "> ", x->body, NULL);
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
        log_answer_header(w, x, &x->pairs[i]);
    if (x->status >= 0 && x->answer.len > 0 && !(x->flags & BERTH_PRIVATE))
        log_body(w, "< ", (struct berth_str){x->answer.data, x->answer.len}, x);
}
