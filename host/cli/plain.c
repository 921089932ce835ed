#include "host/cli/plain.h"

#include <stdbool.h>

#define REPLACEMENT "\xef\xbf\xbd"

/* The length of the UTF-8 character at `p` and its code point; 0 when it is broken. */
static size_t decode(const unsigned char *p, size_t len, uint32_t *ret_code)
{
    static const uint32_t SMALLEST[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t n = p[0] < 0x80                   ? 1
               : p[0] >= 0xc2 && p[0] < 0xe0 ? 2
               : p[0] >= 0xe0 && p[0] < 0xf0 ? 3
               : p[0] >= 0xf0 && p[0] < 0xf5 ? 4
                                             : 0;
    if (n == 0 || n > len)
        return 0;
    uint32_t code = n == 1 ? p[0] : p[0] & (0xffu >> (n + 1));
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xc0u) != 0x80u)
            return 0;
        code = code << 6 | (p[i] & 0x3fu);
    }
    if (code < SMALLEST[n] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
        return 0;
    *ret_code = code;
    return n;
}

/* C0, DEL and C1, and what turns the direction of other text (UAX #9), so that it reads
 * as something else. */
static bool is_control(uint32_t code)
{
    return (code < 0x20 && code != '\t') || (code >= 0x7f && code < 0xa0) ||
           (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

void plain_add(struct text *out, struct berth_str s)
{
    size_t from = 0; /* start of what can be taken as it is */
    for (size_t at = 0; at < s.len;) {
        uint32_t code = 0;
        size_t n = decode((const unsigned char *)s.ptr + at, s.len - at, &code);
        if (n > 0 && !is_control(code)) {
            at += n;
            continue;
        }
        text_add_str(out, (struct berth_str){s.ptr + from, at - from});
        text_add(out, n == 1 && (code == '\n' || code == '\r') ? " " : REPLACEMENT);
        at += n > 0 ? n : 1;
        from = at;
    }
    text_add_str(out, (struct berth_str){s.ptr + from, s.len - from});
}

void plain_add_json(struct text *out, struct berth_str json)
{
    size_t from = 0;
    for (size_t at = 0; at < json.len;) {
        uint32_t code = 0;
        size_t n = decode((const unsigned char *)json.ptr + at, json.len - at, &code);
        if (n > 0 && (code < 0x7f || !is_control(code))) {
            at += n;
            continue;
        }
        text_add_str(out, (struct berth_str){json.ptr + from, at - from});
        if (n > 0)
            text_add_format(out, "\\u%04x", (unsigned)code);
        else
            text_add(out, REPLACEMENT);
        at += n > 0 ? n : 1;
        from = at;
    }
    text_add_str(out, (struct berth_str){json.ptr + from, json.len - from});
}

size_t plain_width(struct berth_str s)
{
    size_t width = 0;
    for (size_t i = 0; i < s.len; i++)
        width += ((unsigned char)s.ptr[i] & 0xc0u) != 0x80u;
    return width;
}

size_t plain_cut(struct berth_str s, size_t columns)
{
    size_t i = 0;
    for (; i < s.len; i++) {
        bool begins = ((unsigned char)s.ptr[i] & 0xc0u) != 0x80u;
        if (begins && columns-- == 0)
            break;
    }
    return i;
}
