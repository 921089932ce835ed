#include "host/http/hide.h"

#include <string.h>
#include <strings.h>

#include "host/http/exchange.h"
#include "sdk/cleanup.h"
#include "sdk/json.h"
#include "sdk/str.h"
#include "sdk/text.h"

#define MIN_SECRET 6u /* what is shorter would star out half of a text */
#define MIN_BEGINNING 10u

struct texts {
    const struct hide_text *list;
    size_t count;
};

static bool contains_fold(struct berth_str s, const char *word)
{
    size_t len = strlen(word);
    for (size_t i = 0; i + len <= s.len; i++)
        if (strncasecmp(s.ptr + i, word, len) == 0)
            return true;
    return false;
}

bool hide_is_secret_name(struct berth_str name)
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

void hide_add_query(struct text *out, struct berth_str query)
{
    while (query.len > 0) {
        const char *amp = memchr(query.ptr, '&', query.len);
        size_t len = amp ? (size_t)(amp - query.ptr) : query.len;
        const char *equals = memchr(query.ptr, '=', len);
        size_t name = equals ? (size_t)(equals - query.ptr) : len;
        bool secret = hide_is_secret_name((struct berth_str){query.ptr, name});
        text_add_str(out, (struct berth_str){query.ptr, secret ? name : len});
        text_add(out, secret ? "=***" : "");
        text_add(out, amp ? "&" : "");
        size_t step = amp ? len + 1 : len;
        query.ptr += step;
        query.len -= step;
    }
}

/* How much of the secret the text has at its beginning. */
static size_t common_length(const char *text, size_t len, struct berth_str secret)
{
    size_t n = 0;
    while (n < len && n < secret.len && text[n] == secret.ptr[n])
        n++;
    return n;
}

/* Every occurrence, and beginnings of it, as where a text was cut. */
static void hide(const struct texts *texts, struct berth_str secret)
{
    if (secret.len < MIN_SECRET)
        return;
    size_t enough = secret.len < MIN_BEGINNING ? secret.len : MIN_BEGINNING;
    for (size_t i = 0; i < texts->count; i++) {
        const struct hide_text *text = &texts->list[i];
        for (size_t at = 0; at + enough <= text->len; at++) {
            size_t n = common_length(text->data + at, text->len - at, secret);
            if (n >= enough)
                memset(text->data + at, '*', n);
        }
    }
}

/* Signatures, in whatever surroundings. */
static void hide_signatures(const struct hide_text *text)
{
    static const char ALPHABET[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                   "0123456789%+/=_-.~";
    for (size_t at = 0; at + 4 < text->len; at++) {
        const char *word = text->data + at;
        bool plain = strncasecmp(word, "sig=", 4) == 0;
        if (!plain && (at + 6 > text->len || strncasecmp(word, "sig%3d", 6) != 0))
            continue;
        at += plain ? 4 : 6;
        for (; at < text->len && text->data[at] && strchr(ALPHABET, text->data[at]); at++)
            text->data[at] = '*';
    }
}

/* What is to be hidden of a header: without the name of its scheme. */
static struct berth_str credential_of(struct berth_str value)
{
    const char *space = memchr(value.ptr, ' ', value.len);
    if (!space)
        return value;
    size_t scheme = (size_t)(space + 1 - value.ptr);
    return (struct berth_str){space + 1, value.len - scheme};
}

static void hide_headers(const struct texts *texts, const struct exchange *x)
{
    for (const struct curl_slist *h = x->headers; h && h->data; h = h->next) {
        const char *colon = strchr(h->data, ':');
        struct berth_str name = {h->data, colon ? (size_t)(colon - h->data) : 0};
        if (colon && colon[1] == ' ' && hide_is_secret_name(name))
            hide(texts, credential_of(str_from(colon + 2)));
    }
}

/* The texts in `value`: all when it is a secret, else those of members with such names.
 * The parser bounds the depth. */
static void hide_members(const struct texts *texts, const json_t *value,
                         const json_t *names, bool secret)
{
    const char *name = NULL;
    json_t *member = NULL;
    size_t i = 0;
    if (secret && json_is_string(value))
        hide(texts, json_value_str(value));
    json_object_foreach(json_mutable(value), name, member)
    {
        hide_members(texts, member, names, secret || json_object_get(names, name));
    }
    json_array_foreach(value, i, member)
    {
        hide_members(texts, member, names, secret);
    }
}

void hide_sent(const struct hide_text *list, size_t count, const struct exchange *x,
               const json_t *secret_names)
{
    struct texts texts = {list, count};
    hide_headers(&texts, x);
    if (secret_names && x->body.len > 0 && x->flags & BERTH_PRIVATE) {
        json_auto_t *body = json_loadb(x->body.ptr, x->body.len, 0, NULL);
        hide_members(&texts, body, secret_names, false);
    }
    for (size_t i = 0; i < count; i++)
        hide_signatures(&list[i]);
}

void hide_sent_in_error(struct berth_error *err, const struct exchange *x,
                        const json_t *secret_names)
{
    const struct hide_text texts[] = {
        {err->message, strlen(err->message)},
        {err->service_code, strlen(err->service_code)},
        {err->request_id, strlen(err->request_id)},
    };
    hide_sent(texts, sizeof(texts) / sizeof(texts[0]), x, secret_names);
}
