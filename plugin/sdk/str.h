/* Small helpers for borrowed text (struct berth_str). Invariant: nothing here allocates
 * or keeps a pointer. */
#ifndef BERTH_SDK_STR_H
#define BERTH_SDK_STR_H

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "berth_plugin.h"

/* A view of a string literal. */
#define STR(literal) ((struct berth_str){"" literal, sizeof(literal) - 1})

/* A view of terminated text; null gives the empty view. */
static inline struct berth_str str_from(const char *text)
{
    return (struct berth_str){text, text ? strlen(text) : 0};
}

/* Space, tab, CR or LF: what JSON has between values. */
static inline bool str_is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Without the spaces around it. */
static inline struct berth_str str_trim(struct berth_str s)
{
    while (s.len > 0 && str_is_space(s.ptr[0]))
        s = (struct berth_str){s.ptr + 1, s.len - 1};
    while (s.len > 0 && str_is_space(s.ptr[s.len - 1]))
        s.len--;
    return s;
}

/* The value of a hex digit in either case; -1 when it is none. */
static inline int str_hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Two hex digits a byte, in lower case, without an end. */
static inline void str_hex(const void *bytes, size_t count, char *ret_digits)
{
    const unsigned char *at = bytes;
    for (size_t i = 0; i < count; i++) {
        ret_digits[2 * i] = "0123456789abcdef"[at[i] >> 4];
        ret_digits[2 * i + 1] = "0123456789abcdef"[at[i] & 15];
    }
}

static inline bool str_is_empty(struct berth_str s)
{
    return s.len == 0;
}

/* Behind its last byte; null for the empty view of null, to which nothing may be added.
 */
static inline const char *str_end(struct berth_str s)
{
    return s.ptr ? s.ptr + s.len : NULL;
}

/* Has it nothing but spaces? */
static inline bool str_is_blank(struct berth_str s)
{
    return str_is_empty(str_trim(s));
}

static inline bool str_equal(struct berth_str a, struct berth_str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* Equal when ASCII letters are folded. */
static inline bool str_equal_fold(struct berth_str a, struct berth_str b)
{
    return a.len == b.len && (a.len == 0 || strncasecmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool str_starts_with(struct berth_str s, struct berth_str prefix)
{
    return s.len >= prefix.len &&
           str_equal((struct berth_str){s.ptr, prefix.len}, prefix);
}

/* `part` is not empty. */
static inline bool str_contains(struct berth_str s, struct berth_str part)
{
    const char *at = s.ptr;
    const char *end = str_end(s);
    while (at < end && (at = memchr(at, part.ptr[0], (size_t)(end - at))) != NULL) {
        if (str_starts_with((struct berth_str){at, (size_t)(end - at)}, part))
            return true;
        at++;
    }
    return false;
}

static inline bool str_ends_with_fold(struct berth_str s, struct berth_str suffix)
{
    return s.len >= suffix.len &&
           (suffix.len == 0 ||
            str_equal_fold((struct berth_str){s.ptr + s.len - suffix.len, suffix.len},
                           suffix));
}

#endif
