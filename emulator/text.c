#include "emulator/text.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void text_init(struct text *t, size_t max)
{
    memset(t, 0, sizeof *t);
    t->max = max;
}

void text_release(struct text *t)
{
    size_t max = t->max;

    free(t->data);
    text_init(t, max);
}

void text_wipe(struct text *t)
{
    if (t->data)
        explicit_bzero(t->data, t->size);
    text_release(t);
}

/* Make room for `more` bytes and a NUL. */
static bool text_reserve(struct text *t, size_t more)
{
    size_t size = t->size ? t->size : 256;
    char *data;

    if (t->failed || t->len >= t->max || more > t->max - t->len) {
        t->failed = t->failed || more > 0;
        return !t->failed;
    }
    if (t->len + more + 1 <= t->size)
        return true;
    while (size < t->len + more + 1)
        size *= 2;
    data = realloc(t->data, size);
    if (!data) {
        t->failed = true;
        return false;
    }
    t->data = data;
    t->size = size;
    return true;
}

void text_add_bytes(struct text *t, const void *p, size_t len)
{
    if (!len || !text_reserve(t, len))
        return;
    memcpy(t->data + t->len, p, len);
    t->len += len;
    t->data[t->len] = '\0';
}

void text_add(struct text *t, const char *s)
{
    text_add_bytes(t, s, strlen(s));
}

void text_addf(struct text *t, const char *format, ...)
{
    char small[512];
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(small, sizeof small, format, args);
    va_end(args);
    if (n < 0 || (size_t)n >= sizeof small) {
        t->failed = true;
        return;
    }
    text_add_bytes(t, small, (size_t)n);
}

/* The length of the well-formed UTF-8 sequence in the `left` bytes at `s`, 0 when there
 * is none. */
static size_t utf8_length(const unsigned char *s, size_t left)
{
    size_t len, i;

    if (s[0] < 0x80)
        return 1;
    if (s[0] < 0xc2 || s[0] > 0xf4)
        return 0;
    len = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
    if (len > left)
        return 0;
    for (i = 1; i < len; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f))
        return 0;
    if ((s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
        return 0;
    return len;
}

/* The length of the run of characters that JSON takes as they are. */
static size_t plain_length(const unsigned char *s, size_t left)
{
    size_t len = 0;

    while (len < left && s[len] >= 0x20 && s[len] < 0x7f && s[len] != '"' &&
           s[len] != '\\')
        len++;
    return len;
}

/* Append one character that is not plain; the number of bytes it takes. */
static size_t add_special(struct text *t, const unsigned char *s, size_t left)
{
    size_t len = utf8_length(s, left);

    if (!len)
        text_add(t, "?");
    else if (*s == '"' || *s == '\\')
        text_addf(t, "\\%c", *s);
    else if (*s < 0x20 || *s == 0x7f)
        text_addf(t, "\\u%04x", *s);
    else
        text_add_bytes(t, s, len);
    return len ? len : 1;
}

void text_add_json_bytes(struct text *t, const char *s, size_t len)
{
    const unsigned char *p = (const unsigned char *)s;
    size_t at = 0, run;

    text_add(t, "\"");
    while (at < len) {
        run = plain_length(p + at, len - at);
        text_add_bytes(t, p + at, run);
        at += run;
        if (at < len)
            at += add_special(t, p + at, len - at);
    }
    text_add(t, "\"");
}

void text_add_json(struct text *t, const char *s)
{
    text_add_json_bytes(t, s, strlen(s));
}

void text_cut(struct text *t, size_t len)
{
    if (len >= t->len)
        return;
    t->len = len;
    t->data[len] = '\0';
}

bool text_failed(const struct text *t)
{
    return t->failed;
}

const char *text_str(const struct text *t)
{
    return t->data ? t->data : "";
}

char *text_take(struct text *t)
{
    char *data = NULL;

    if (!t->failed)
        data = t->data ? t->data : strdup("");
    else
        free(t->data);
    text_init(t, t->max);
    return data;
}
