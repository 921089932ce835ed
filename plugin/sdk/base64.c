#include "sdk/base64.h"

static const char ALPHABET[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static int digit_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static size_t padding_length(struct berth_str text)
{
    if (text.len > 0 && text.ptr[text.len - 1] != '=')
        return 0;
    return text.len > 1 && text.ptr[text.len - 2] == '=' ? 2 : 1;
}

bool base64_decode(struct berth_str text, unsigned char *bytes, size_t size,
                   size_t *ret_len)
{
    *ret_len = 0;
    if (text.len == 0)
        return true;
    if (text.len % 4 != 0)
        return false;
    size_t digits = text.len - padding_length(text);
    if (digits / 4 * 3 + (digits % 4 ? digits % 4 - 1 : 0) > size)
        return false;
    unsigned bits = 0;
    size_t len = 0;
    for (size_t i = 0; i < digits; i++) {
        int value = digit_value(text.ptr[i]);
        if (value < 0)
            return false;
        bits = (bits << 6 | (unsigned)value) & 0xffffu;
        if (i % 4 != 0)
            bytes[len++] = (unsigned char)(bits >> (6 - 2 * (i % 4)));
    }
    /* The last digit's unused bits must be zero: QQ== yes, QR== no. */
    if (digits % 4 != 0 && (bits & (digits % 4 == 2 ? 15u : 3u)) != 0)
        return false;
    *ret_len = len;
    return true;
}

void text_add_base64(struct text *t, const unsigned char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i += 3) {
        unsigned group = (unsigned)bytes[i] << 16;
        group |= i + 1 < len ? (unsigned)bytes[i + 1] << 8 : 0;
        group |= i + 2 < len ? (unsigned)bytes[i + 2] : 0;
        char coded[4] = {ALPHABET[group >> 18], ALPHABET[group >> 12 & 63],
                         i + 1 < len ? ALPHABET[group >> 6 & 63] : '=',
                         i + 2 < len ? ALPHABET[group & 63] : '='};
        text_add_str(t, (struct berth_str){coded, 4});
    }
}
