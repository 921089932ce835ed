/* Small readers for the formats. Invariant: each moves past what it took, and does not
 * move when it says false. ASCII only, whatever the locale is. */
#ifndef BERTH_SCHEMA_SCAN_H
#define BERTH_SCHEMA_SCAN_H

#include <stdbool.h>
#include <string.h>

#include "berth_plugin.h"

static inline bool scan_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool scan_is_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool scan_is_hex(char c)
{
    return scan_is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* One of the characters in `set`, which zero is never. */
static inline bool scan_is_of(char c, const char *set)
{
    return c && strchr(set, c);
}

static inline void scan_skip(struct berth_str *s, size_t n)
{
    *s = (struct berth_str){s->ptr + n, s->len - n};
}

static inline bool scan_char(struct berth_str *s, char c)
{
    if (s->len == 0 || s->ptr[0] != c)
        return false;
    scan_skip(s, 1);
    return true;
}

/* Exactly `count` digits. */
static inline bool scan_digits(struct berth_str *s, size_t count, int *ret_value)
{
    int value = 0;
    if (s->len < count)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!scan_is_digit(s->ptr[i]))
            return false;
        value = value * 10 + (s->ptr[i] - '0');
    }
    scan_skip(s, count);
    *ret_value = value;
    return true;
}

/* All digits that are there. */
static inline size_t scan_number(struct berth_str *s)
{
    size_t n = 0;
    while (n < s->len && scan_is_digit(s->ptr[n]))
        n++;
    if (n > 0)
        scan_skip(s, n);
    return n;
}

/* One character beyond ASCII, as its code point (the text is UTF-8). */
static inline bool scan_wide(struct berth_str *s, unsigned *ret_code)
{
    unsigned char c = s->len > 0 ? (unsigned char)s->ptr[0] : 0;
    size_t more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : c >= 0xc0 ? 1 : 0;
    if (more == 0 || s->len <= more)
        return false;
    unsigned code = c & (0x3fu >> more);
    for (size_t i = 1; i <= more; i++)
        code = code << 6 | ((unsigned char)s->ptr[i] & 0x3fu);
    scan_skip(s, more + 1);
    *ret_code = code;
    return true;
}

#endif
