#include "host/http/mask.h"

#include <string.h>
#include <strings.h>

#include "sdk/json.h"
#include "sdk/str.h"

#define MAX_DEPTH 256
#define MAX_NAME 256
#define MASK "\"***\""

/* A walk over the text. Nothing is shown while `hidden`. */
struct masker {
    const char *at;
    const char *end;
    struct text *out;
    size_t max_len; /* of the output */
    const json_t *names;
    int hidden;
    bool cut;
};

static bool mask_value(struct masker *m, int depth);

static void skip_space(struct masker *m)
{
    while (m->at < m->end && str_is_space(*m->at))
        m->at++;
}

static bool show(struct masker *m, const char *text, size_t len)
{
    if (m->hidden > 0)
        return true;
    size_t room = m->out->len < m->max_len ? m->max_len - m->out->len : 0;
    m->cut = m->cut || len > room;
    text_add_str(m->out, (struct berth_str){text, len < room ? len : room});
    return !m->cut;
}

/* \uXXXX; -1 when it is none. */
static int unicode_escape(const char *at, const char *end)
{
    int value = 0;
    if (end - at < 6)
        return -1;
    for (int i = 2; i < 6; i++) {
        int digit = str_hex_value(at[i]);
        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

/* The end of the string that begins at m->at, past its quote; null when it has none. */
static const char *string_end(const struct masker *m)
{
    if (m->at == m->end || *m->at != '"')
        return NULL;
    for (const char *p = m->at + 1; p < m->end; p++) {
        if (*p == '"')
            return p + 1;
        if ((unsigned char)*p < ' ')
            return NULL;
        if (*p != '\\')
            continue;
        if (p + 1 == m->end || !strchr("\"\\/bfnrtu", p[1]) || !p[1])
            return NULL;
        if (p[1] == 'u' && unicode_escape(p, m->end) < 0)
            return NULL;
        p++;
    }
    return NULL;
}

/* The name between the quotes, without escapes of ASCII; names that are longer or have
 * other characters cannot be one of the manifest's, which are plain. */
static bool read_name(const char *from, const char *to, char ret_name[MAX_NAME])
{
    size_t n = 0;
    for (const char *p = from + 1; p < to - 1; p++) {
        int c = (unsigned char)*p;
        if (c == '\\' && p[1] == 'u') {
            c = unicode_escape(p, to);
            p += 5;
        } else if (c == '\\') {
            c = (unsigned char)*++p;
        }
        if (n == MAX_NAME - 1 || c <= 0 || c > 0x7F)
            return false;
        ret_name[n++] = (char)c;
    }
    ret_name[n] = '\0';
    return true;
}

static bool is_secret(const struct masker *m, const char *from, const char *to)
{
    char name[MAX_NAME];
    if (!read_name(from, to, name))
        return false;
    json_t *names = json_mutable(m->names);
    for (void *i = json_object_iter(names); i; i = json_object_iter_next(names, i))
        if (strcasecmp(json_object_iter_key(i), name) == 0)
            return true;
    return false;
}

static bool mask_string(struct masker *m)
{
    const char *end = string_end(m);
    if (!end)
        return false;
    const char *from = m->at;
    m->at = end;
    return show(m, from, (size_t)(end - from));
}

/* A number, true, false or null: anything made of their characters. */
static bool mask_word(struct masker *m)
{
    const char *from = m->at;
    while (m->at < m->end &&
           (strchr("+-.", *m->at) || (*m->at >= '0' && *m->at <= '9') ||
            (*m->at >= 'a' && *m->at <= 'z') || *m->at == 'E') &&
           *m->at)
        m->at++;
    return m->at > from && show(m, from, (size_t)(m->at - from));
}

static bool take_char(struct masker *m, char c)
{
    skip_space(m);
    if (m->at == m->end || *m->at != c)
        return false;
    m->at++;
    return show(m, &c, 1);
}

/* Is there no value to hide: null, or an empty string? */
static bool is_unset(struct masker *m)
{
    static const struct berth_str UNSET[] = {{"null", 4}, {"\"\"", 2}};
    skip_space(m);
    size_t left = (size_t)(m->end - m->at);
    for (size_t i = 0; i < 2; i++) {
        size_t len = UNSET[i].len;
        if (left < len || memcmp(m->at, UNSET[i].ptr, len) != 0)
            continue;
        if (left == len || strchr(",} \t\r\n", m->at[len]))
            return true;
    }
    return false;
}

static bool mask_member(struct masker *m, int depth)
{
    skip_space(m);
    const char *from = m->at;
    if (!mask_string(m))
        return false;
    bool secret = is_secret(m, from, m->at);
    if (!take_char(m, ':'))
        return false;
    if (!secret || is_unset(m))
        return mask_value(m, depth);
    if (!show(m, MASK, strlen(MASK)))
        return false;
    m->hidden++;
    bool ok = mask_value(m, depth);
    m->hidden--;
    return ok;
}

/* The elements or members up to the closing bracket. */
static bool mask_list(struct masker *m, char close, int depth)
{
    bool first = true;
    for (;;) {
        skip_space(m);
        if (m->at < m->end && *m->at == close)
            return take_char(m, close);
        if (!first && !take_char(m, ','))
            return false;
        if (!(close == '}' ? mask_member(m, depth) : mask_value(m, depth)))
            return false;
        first = false;
    }
}

static bool mask_value(struct masker *m, int depth)
{
    skip_space(m);
    if (m->at == m->end || depth == MAX_DEPTH)
        return false;
    if (*m->at == '"')
        return mask_string(m);
    if (*m->at == '{')
        return take_char(m, '{') && mask_list(m, '}', depth + 1);
    if (*m->at == '[')
        return take_char(m, '[') && mask_list(m, ']', depth + 1);
    return mask_word(m);
}

bool mask_json(struct text *out, struct berth_str json, const json_t *secret_names,
               size_t max)
{
    struct masker m = {.at = json.ptr,
                       .end = json.ptr + json.len,
                       .out = out,
                       .max_len = max,
                       .names = secret_names};
    if (json.len == 0)
        return true;
    if (!mask_value(&m, 0))
        return false;
    skip_space(&m);
    return m.at == m.end;
}
