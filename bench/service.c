#include "bench/service.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <jansson.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

enum { TOKEN_LIFE_S = 3600, KEY_BYTES = 96, DIGEST_BYTES = 32 };

/* The value of a field of the connection string, up to the next semicolon. */
static int field(const char *text, const char *name, char *out, size_t size)
{
    const char *at = strstr(text, name);
    size_t len;

    if (!at)
        return -1;
    at += strlen(name);
    len = strcspn(at, ";");
    if (len >= size)
        return -1;
    memcpy(out, at, len);
    out[len] = '\0';
    return 0;
}

static int hmac(const char *key, const char *text, unsigned char out[DIGEST_BYTES])
{
    unsigned char raw[KEY_BYTES + 3];
    size_t len = strlen(key), padding = len - strcspn(key, "=");
    int n = len <= KEY_BYTES / 3 * 4
                ? EVP_DecodeBlock(raw, (const unsigned char *)key, (int)len)
                : -1;
    unsigned digest_len = 0;
    const unsigned char *made = NULL;

    if (n > (int)padding)
        made = HMAC(EVP_sha256(), raw, n - (int)padding, (const unsigned char *)text,
                    strlen(text), out, &digest_len);
    OPENSSL_cleanse(raw, sizeof raw);
    return made && digest_len == DIGEST_BYTES ? 0 : -1;
}

/* Base64 of the digest, with its three special characters percent-encoded. */
static void encode(const unsigned char digest[DIGEST_BYTES], char out[160])
{
    unsigned char base64[64];
    char *to = out;
    int i, n = EVP_EncodeBlock(base64, digest, DIGEST_BYTES);

    for (i = 0; i < n; i++) {
        if (strchr("+/=", base64[i]))
            to += snprintf(to, 4, "%%%02X", base64[i]);
        else
            *to++ = (char)base64[i];
    }
    *to = '\0';
}

static int sign(const char *connection_string, struct service *s)
{
    char host[128], policy[80], key[KEY_BYTES / 3 * 4 + 1], text[256], signature[160];
    unsigned char digest[DIGEST_BYTES];
    long long expires_at = (long long)time(NULL) + TOKEN_LIFE_S;
    int r;

    if (field(connection_string, "HostName=", host, sizeof host) < 0 ||
        field(connection_string, "SharedAccessKeyName=", policy, sizeof policy) < 0 ||
        field(connection_string, "SharedAccessKey=", key, sizeof key) < 0)
        return -1;
    (void)snprintf(s->base, sizeof s->base, "https://%s", host);
    host[strcspn(host, ":")] = '\0';
    (void)snprintf(text, sizeof text, "%s\n%lld", host, expires_at);
    r = hmac(key, text, digest);
    OPENSSL_cleanse(key, sizeof key);
    if (r < 0)
        return -1;
    encode(digest, signature);
    (void)snprintf(s->authorization, sizeof s->authorization,
                   "Authorization: SharedAccessSignature sr=%s&sig=%s&se=%lld&skn=%s",
                   host, signature, expires_at, policy);
    return 0;
}

int service_read(const char *dir, struct service *ret)
{
    char path[SERVICE_TEXT];
    const char *string = NULL, *ca_file = NULL;
    json_auto_t *json = NULL;

    (void)snprintf(path, sizeof path, "%s/emulator.json", dir);
    json = json_load_file(path, 0, NULL);
    if (json_unpack(json, "{s:s, s:s}", "connectionString", &string, "caFile", &ca_file) <
            0 ||
        strlen(ca_file) >= sizeof ret->ca_file || sign(string, ret) < 0) {
        (void)fprintf(stderr, "floor: '%s' is not what an emulator writes\n", path);
        return -1;
    }
    memcpy(ret->ca_file, ca_file, strlen(ca_file) + 1);
    return 0;
}
