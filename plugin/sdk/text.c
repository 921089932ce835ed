#include "sdk/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sdk/plain.h"
#include "sdk/str.h"

void text_init(struct text *t, size_t max_len)
{
    *t = (struct text){.max_len = max_len};
}

void text_init_secret(struct text *t, size_t max_len)
{
    *t = (struct text){.max_len = max_len, .secret = true};
}

/* What is behind `len` was never written, or was wiped when it was cut off. */
static void text_wipe(struct text *t)
{
    if (t->secret && t->data)
        explicit_bzero(t->data, t->len);
}

static void text_give_back(struct text *t)
{
    text_wipe(t);
    free(t->data);
}

void text_release(struct text *t)
{
    text_give_back(t);
    *t = (struct text){.max_len = t->max_len, .secret = t->secret};
}

void text_reset(struct text *t)
{
    text_wipe(t);
    t->len = 0;
    t->failed = false;
    if (t->data)
        t->data[0] = '\0';
}

/* Not realloc(): it would leave a copy of a secret behind. */
static bool text_grow(struct text *t, size_t capacity)
{
    char *data = malloc(capacity);
    if (!data)
        return false;
    if (t->len > 0)
        memcpy(data, t->data, t->len);
    text_give_back(t);
    t->data = data;
    t->capacity = capacity;
    return true;
}

/* What is more than a few words soon is more than a few lines. */
static size_t room_after(size_t capacity)
{
    if (capacity < 128)
        return 128;
    return capacity < 2048 ? capacity * 4 : capacity * 2;
}

/* Room for `more` bytes and the terminator, or null. */
static char *text_reserve(struct text *t, size_t more)
{
    if (t->failed)
        return NULL;
    if (more > t->max_len - t->len) {
        t->failed = true;
        return NULL;
    }
    size_t need = t->len + more + 1;
    if (need > t->capacity) {
        size_t more_room = room_after(t->capacity);
        if (!text_grow(t, need > more_room ? need : more_room)) {
            t->failed = true;
            return NULL;
        }
    }
    return t->data + t->len;
}

void text_add_str(struct text *t, struct berth_str s)
{
    char *end = text_reserve(t, s.len);
    if (!end)
        return;
    if (s.len > 0)
        memcpy(end, s.ptr, s.len);
    t->len += s.len;
    t->data[t->len] = '\0';
}

void text_add(struct text *t, const char *text)
{
    text_add_str(t, str_from(text));
}

/* By hand: the C library takes ten times as long. */
void text_add_int(struct text *t, int64_t value)
{
    char digits[24];
    char *at = digits + sizeof(digits);
    uint64_t left = value < 0 ? -(uint64_t)value : (uint64_t)value;
    do
        *--at = (char)('0' + left % 10);
    while ((left /= 10) > 0);
    if (value < 0)
        *--at = '-';
    text_add_str(t, (struct berth_str){at, (size_t)(digits + sizeof(digits) - at)});
}

void text_add_format(struct text *t, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *end = n < 0 ? NULL : text_reserve(t, (size_t)n);
    if (!end) {
        t->failed = true;
        return;
    }
    va_start(args, format);
    (void)vsnprintf(end, (size_t)n + 1, format, args); /* measured above */
    va_end(args);
    t->len += (size_t)n;
}

static bool is_unreserved(unsigned char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           c == '-' || c == '.' || c == '_' || c == '~';
}

void text_add_escaped(struct text *t, struct berth_str s)
{
    static const char HEX[] = "0123456789ABCDEF";
    size_t start = 0;
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        char coded[3] = {'%', HEX[c >> 4], HEX[c & 15u]};
        if (is_unreserved(c))
            continue;
        text_add_str(t, (struct berth_str){s.ptr + start, i - start});
        text_add_str(t, (struct berth_str){coded, 3});
        start = i + 1;
    }
    if (start < s.len)
        text_add_str(t, (struct berth_str){s.ptr + start, s.len - start});
}

static void text_add_json_char(struct text *t, char c)
{
    static const char SHORT[] = "\"\\\b\f\n\r\t";
    static const char LETTER[] = "\"\\bfnrt";
    const char *found = c ? strchr(SHORT, c) : NULL;
    if (found)
        text_add_str(t, (struct berth_str){(char[]){'\\', LETTER[found - SHORT]}, 2});
    else
        text_add_format(t, "\\u%04x", (unsigned)(unsigned char)c);
}

/* The end of what stands for itself. */
static const char *json_plain_end(const char *at, const char *end)
{
    at = plain_end(at, end);
    while (at < end && (unsigned char)*at >= 0x80)
        at = plain_end(at + 1, end);
    return at;
}

void text_add_json(struct text *t, struct berth_str s)
{
    const char *at = s.ptr;
    const char *end = str_end(s);
    text_add_str(t, STR("\""));
    while (at < end) {
        const char *plain = json_plain_end(at, end);
        text_add_str(t, (struct berth_str){at, (size_t)(plain - at)});
        if (plain < end)
            text_add_json_char(t, *plain++);
        at = plain;
    }
    text_add_str(t, STR("\""));
}

void text_cut(struct text *t, size_t len)
{
    if (len >= t->len)
        return;
    if (t->secret)
        explicit_bzero(t->data + len, t->len - len);
    t->data[len] = '\0';
    t->len = len;
}

char *text_take(struct text *t)
{
    if (t->failed || !text_reserve(t, 0))
        return NULL;
    char *data = t->data;
    data[t->len] = '\0';
    t->data = NULL;
    t->len = 0;
    t->capacity = 0;
    return data;
}
