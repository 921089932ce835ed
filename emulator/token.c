#include "emulator/token.h"

#include <string.h>

#include "emulator/codec.h"
#include "emulator/text.h"

enum { SEAL_SIZE = 16 };

/* The seal over the scope and the key. False when it cannot be made. */
static bool seal(const char *seal_key, const char *scope, const char *last,
                 unsigned char out[DIGEST_SIZE])
{
    unsigned char key[KEY_MAX];
    int key_len = base64_read(seal_key, key, sizeof key);
    struct text t;
    bool ok;

    text_init(&t, 2 * 1024 * 1024);
    text_add(&t, scope);
    text_add_bytes(&t, "", 1); /* a NUL parts the two */
    text_add(&t, last);
    ok = key_len > 0 && !text_failed(&t) &&
         hmac_sha256(key, (size_t)key_len, text_str(&t), t.len, out);
    text_release(&t);
    explicit_bzero(key, sizeof key);
    return ok;
}

void token_add(struct text *t, const char *seal_key, const char *scope, const char *last)
{
    unsigned char raw[DIGEST_SIZE + TOKEN_KEY_MAX];
    size_t len = strlen(last);

    if (len > TOKEN_KEY_MAX || !seal(seal_key, scope, last, raw)) {
        t->failed = true;
        return;
    }
    memcpy(raw + SEAL_SIZE, last, len);
    base64_add(t, raw, SEAL_SIZE + len);
}

bool token_open(const char *token, const char *seal_key, const char *scope,
                char last[TOKEN_KEY_MAX + 1])
{
    unsigned char raw[SEAL_SIZE + TOKEN_KEY_MAX], wanted[DIGEST_SIZE];
    int len = base64_read(token, raw, sizeof raw);

    if (len <= SEAL_SIZE)
        return false;
    memcpy(last, raw + SEAL_SIZE, (size_t)len - SEAL_SIZE);
    last[len - SEAL_SIZE] = '\0';
    return strlen(last) == (size_t)len - SEAL_SIZE &&
           seal(seal_key, scope, last, wanted) && bytes_equal(wanted, raw, SEAL_SIZE);
}
