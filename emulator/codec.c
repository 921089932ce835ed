#include "emulator/codec.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <string.h>

#include "emulator/text.h"

static const char BASE64[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_add(struct text *t, const void *p, size_t len)
{
    const unsigned char *in = p;
    char quad[4];
    size_t i;

    for (i = 0; i < len; i += 3) {
        unsigned v = (unsigned)in[i] << 16;

        if (i + 1 < len)
            v |= (unsigned)in[i + 1] << 8;
        if (i + 2 < len)
            v |= in[i + 2];
        quad[0] = BASE64[v >> 18];
        quad[1] = BASE64[v >> 12 & 63];
        quad[2] = BASE64[v >> 6 & 63];
        quad[3] = BASE64[v & 63];
        if (i + 1 >= len)
            quad[2] = '=';
        if (i + 2 >= len)
            quad[3] = '=';
        text_add_bytes(t, quad, sizeof quad);
    }
}

static int base64_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '+')
        return 62;
    return c == '/' ? 63 : -1;
}

/* Decode the quad at `s` into `out`; the number of bytes (3, or less in the last quad),
 * -1 when it is none. */
static int base64_quad(const char *s, bool last, unsigned char out[3])
{
    int v[4], i, n = 3;

    if (last && s[3] == '=')
        n = s[2] == '=' ? 1 : 2;
    for (i = 0; i < 4; i++) {
        v[i] = i <= n ? base64_value(s[i]) : 0;
        if (v[i] < 0)
            return -1;
    }
    if ((n == 1 && (v[1] & 15)) || (n == 2 && (v[2] & 3)))
        return -1;
    out[0] = (unsigned char)(v[0] << 2 | v[1] >> 4);
    out[1] = (unsigned char)((v[1] & 15) << 4 | v[2] >> 2);
    out[2] = (unsigned char)((v[2] & 3) << 6 | v[3]);
    return n;
}

int base64_read(const char *s, unsigned char *out, size_t size)
{
    size_t len = strlen(s), used = 0, i;
    unsigned char three[3];
    int n;

    if (len % 4)
        return -1;
    for (i = 0; i < len; i += 4) {
        n = base64_quad(s + i, i + 4 == len, three);
        if (n < 0 || used + (size_t)n > size)
            return -1;
        memcpy(out + used, three, (size_t)n);
        used += (size_t)n;
    }
    return (int)used;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

int percent_decode(const char *s, size_t len, char *out, size_t size)
{
    size_t i, used = 0;

    *out = '\0';
    for (i = 0; i < len; i++) {
        char c = s[i];

        if (c == '%') {
            int high = i + 2 < len ? hex_value(s[i + 1]) : -1;
            int low = i + 2 < len ? hex_value(s[i + 2]) : -1;

            if (high < 0 || low < 0 || (high == 0 && low == 0))
                return PERCENT_BROKEN;
            c = (char)(high << 4 | low);
            i += 2;
        }
        if (used + 1 >= size)
            return PERCENT_LONG;
        out[used++] = c;
        out[used] = '\0';
    }
    return (int)used;
}

bool hmac_sha256(const void *key, size_t key_len, const void *p, size_t len,
                 unsigned char out[DIGEST_SIZE])
{
    return gnutls_hmac_fast(GNUTLS_MAC_SHA256, key, key_len, p, len, out) == 0;
}

bool bytes_equal(const void *a, const void *b, size_t len)
{
    return gnutls_memcmp(a, b, len) == 0;
}

bool random_fill(void *p, size_t len)
{
    return gnutls_rnd(GNUTLS_RND_KEY, p, len) == 0;
}

bool key_generate(char out[KEY_TEXT_SIZE])
{
    unsigned char raw[KEY_MAX];
    struct text t;
    bool ok;

    text_init(&t, KEY_TEXT_SIZE);
    ok = random_fill(raw, sizeof raw);
    base64_add(&t, raw, sizeof raw);
    ok = ok && !text_failed(&t);
    if (ok)
        memcpy(out, text_str(&t), KEY_TEXT_SIZE);
    explicit_bzero(raw, sizeof raw);
    text_wipe(&t);
    return ok;
}

void guid_format(const unsigned char b[16], char out[GUID_SIZE])
{
    static const char HEX[] = "0123456789abcdef";
    size_t i;

    for (i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *out++ = '-';
        *out++ = HEX[b[i] >> 4];
        *out++ = HEX[b[i] & 15];
    }
    *out = '\0';
}
