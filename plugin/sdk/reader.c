#include "sdk/reader.h"

#include <string.h>

#include "sdk/plain.h"

static inline bool is_space(char c)
{
    return c <= ' ' && (c == ' ' || c == '\n' || c == '\r' || c == '\t');
}

static inline void skip_space(struct reader *r)
{
    while (r->at < r->end && is_space(*r->at))
        r->at++;
}

void reader_skip_space(struct reader *r)
{
    skip_space(r);
}

static bool is_continuation(const struct reader *r, int offset, unsigned low,
                            unsigned high)
{
    unsigned char c = (unsigned char)r->at[offset];
    return c >= low && c <= high;
}

/* One UTF-8 character beyond ASCII: shortest form, no surrogates, up to U+10FFFF. */
static bool skip_utf8(struct reader *r)
{
    unsigned char lead = (unsigned char)*r->at;
    int more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
    if (lead < 0xc2 || lead > 0xf4 || r->end - r->at <= more)
        return false;
    unsigned low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    unsigned high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    if (!is_continuation(r, 1, low, high))
        return false;
    for (int i = 2; i <= more; i++)
        if (!is_continuation(r, i, 0x80, 0xbf))
            return false;
    r->at += more + 1;
    return true;
}

/* The four digits after \u at `at`, or -1. */
static int32_t read_hex4(const struct reader *r)
{
    if (r->end - r->at < 6)
        return -1;
    int32_t value = 0;
    for (int i = 2; i < 6; i++) {
        int digit = str_hex_value(r->at[i]);
        if (digit < 0)
            return -1;
        value = value << 4 | digit;
    }
    return value;
}

/* A \u escape, with its second half where it is a surrogate pair. */
static bool read_unicode(struct reader *r, uint32_t *ret_code)
{
    int32_t code = read_hex4(r);
    if (code < 0 || (code >= 0xdc00 && code <= 0xdfff))
        return false;
    struct reader second = {.at = r->at + 6, .end = r->end};
    if (code >= 0xd800 && code <= 0xdbff) {
        bool follows =
            second.end - second.at >= 2 && second.at[0] == '\\' && second.at[1] == 'u';
        int32_t low = follows ? read_hex4(&second) : -1;
        if (low < 0xdc00 || low > 0xdfff)
            return false;
        second.at += 6;
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    }
    *ret_code = (uint32_t)code;
    r->at = second.at;
    return true;
}

static bool skip_escape(struct reader *r)
{
    uint32_t code;
    if (r->end - r->at < 2)
        return false;
    if (r->at[1] == 'u')
        return read_unicode(r, &code);
    if (!r->at[1] || !strchr("\"\\/bfnrt", r->at[1]))
        return false;
    r->at += 2;
    return true;
}

static bool skip_special(struct reader *r)
{
    if (r->at >= r->end)
        return false;
    if (*r->at != '\\')
        return (unsigned char)*r->at >= 0x80 && skip_utf8(r);
    r->escaped = true;
    return skip_escape(r);
}

/* The rest of a string, from something special on. */
static bool skip_rest(struct reader *r)
{
    while (r->at >= r->end || *r->at != '"') {
        if (!skip_special(r))
            return false;
        r->at = plain_end(r->at, r->end);
    }
    r->at++;
    return true;
}

/* Most strings are plain from end to end. */
static inline bool skip_string(struct reader *r)
{
    const char *at = plain_end(r->at + 1, r->end);
    bool plain = at < r->end && *at == '"';
    r->at = plain ? at + 1 : at;
    r->escaped = false;
    return plain || skip_rest(r);
}

bool reader_skip_string(struct reader *r)
{
    return skip_string(r);
}

static bool skip_digits(struct reader *r)
{
    const char *start = r->at;
    while (r->at < r->end && *r->at >= '0' && *r->at <= '9')
        r->at++;
    return r->at > start;
}

bool reader_skip_number(struct reader *r)
{
    if (*r->at == '-')
        r->at++;
    const char *start = r->at;
    if (!skip_digits(r) || (*start == '0' && r->at - start > 1))
        return false;
    if (r->at < r->end && *r->at == '.') {
        r->at++;
        if (!skip_digits(r))
            return false;
    }
    if (r->at < r->end && (*r->at == 'e' || *r->at == 'E')) {
        r->at++;
        if (r->at < r->end && (*r->at == '+' || *r->at == '-'))
            r->at++;
        return skip_digits(r);
    }
    return true;
}

static bool skip_literal(struct reader *r, struct berth_str word)
{
    struct berth_str rest = {r->at, (size_t)(r->end - r->at)};
    if (!str_starts_with(rest, word))
        return false;
    r->at += word.len;
    return true;
}

static inline bool skip_separator(struct reader *r, char close, bool *ret_over)
{
    skip_space(r);
    if (r->at >= r->end || (*r->at != ',' && *r->at != close))
        return false;
    *ret_over = *r->at == close;
    r->at++;
    if (!*ret_over)
        skip_space(r);
    return true;
}

bool reader_skip_separator(struct reader *r, char close, bool *ret_over)
{
    return skip_separator(r, close, ret_over);
}

bool reader_skip_empty(struct reader *r, char close)
{
    r->at++;
    skip_space(r);
    if (r->at >= r->end || *r->at != close)
        return false;
    r->at++;
    return true;
}

static inline bool skip_name(struct reader *r, struct berth_str *ret_raw)
{
    const char *start = r->at;
    if (r->at >= r->end || *r->at != '"' || !skip_string(r))
        return false;
    *ret_raw = (struct berth_str){start, (size_t)(r->at - start)};
    skip_space(r);
    if (r->at >= r->end || *r->at != ':')
        return false;
    r->at++;
    skip_space(r);
    return true;
}

bool reader_skip_name(struct reader *r, struct berth_str *ret_raw)
{
    return skip_name(r, ret_raw);
}

static bool skip_any(struct reader *r, int depth);

/* Most values are strings. */
static inline bool skip_value(struct reader *r, int depth)
{
    bool string = r->at < r->end && *r->at == '"' && depth < READER_MAX_DEPTH;
    return string ? skip_string(r) : skip_any(r, depth);
}

static bool skip_list(struct reader *r, int depth)
{
    bool over = reader_skip_empty(r, ']');
    while (!over)
        if (!skip_value(r, depth) || !skip_separator(r, ']', &over))
            return false;
    return true;
}

static bool skip_object(struct reader *r, int depth)
{
    struct berth_str name;
    bool over = reader_skip_empty(r, '}');
    while (!over)
        if (!skip_name(r, &name) || !skip_value(r, depth) ||
            !skip_separator(r, '}', &over))
            return false;
    return true;
}

bool reader_skip_member(struct reader *r, int depth, struct reader_member *ret_member,
                        bool *ret_over)
{
    if (!skip_name(r, &ret_member->name))
        return false;
    ret_member->escaped = r->escaped;
    const char *start = r->at;
    if (!skip_value(r, depth))
        return false;
    ret_member->value = (struct berth_str){start, (size_t)(r->at - start)};
    return skip_separator(r, '}', ret_over);
}

static bool skip_any(struct reader *r, int depth)
{
    if (r->at >= r->end || depth >= READER_MAX_DEPTH)
        return false;
    switch (*r->at) {
    case '{':
        return skip_object(r, depth + 1);
    case '[':
        return skip_list(r, depth + 1);
    case 't':
        return skip_literal(r, STR("true"));
    case 'f':
        return skip_literal(r, STR("false"));
    case 'n':
        return skip_literal(r, STR("null"));
    default:
        return reader_skip_number(r);
    }
}

bool reader_skip_value(struct reader *r, int depth)
{
    return skip_value(r, depth);
}

static size_t encode_utf8(uint32_t code, char out[4])
{
    static const unsigned char LEAD[] = {0, 0x00, 0xc0, 0xe0, 0xf0};
    size_t len = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = len - 1; i > 0; i--, code >>= 6)
        out[i] = (char)(0x80u | (code & 0x3fu));
    out[0] = (char)(LEAD[len] | code);
    return len;
}

/* What one escape says, as UTF-8. */
bool reader_read_escape(struct reader *r, char out[4], size_t *ret_len)
{
    static const char LETTERS[] = "\"\\/bfnrt";
    static const char MEANING[] = "\"\\/\b\f\n\r\t";
    uint32_t code;
    if (r->end - r->at < 2)
        return false;
    if (r->at[1] == 'u') {
        if (!read_unicode(r, &code))
            return false;
        *ret_len = encode_utf8(code, out);
        return true;
    }
    const char *found = r->at[1] ? strchr(LETTERS, r->at[1]) : NULL;
    if (!found)
        return false;
    out[0] = MEANING[found - LETTERS];
    *ret_len = 1;
    r->at += 2;
    return true;
}
