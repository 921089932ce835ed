#include "sdk/sas.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "sdk/base64.h"
#include "sdk/cleanup.h"
#include "sdk/str.h"

#define DIGEST_SIZE 32

int sas_key_parse(struct sas_key *key, const char *field, struct berth_str base64,
                  struct berth_error *err)
{
    if (!base64_decode(base64, key->bytes, sizeof(key->bytes), &key->len) ||
        key->len < SAS_KEY_MIN) {
        sas_key_wipe(key);
        return fail(err, BERTH_E_INVALID,
                    "%s: must be base64 of %d to %d bytes; copy the whole key, with the "
                    "'=' at its end",
                    field, SAS_KEY_MIN, SAS_KEY_MAX);
    }
    return 0;
}

void sas_key_wipe(struct sas_key *key)
{
    OPENSSL_cleanse(key, sizeof(*key));
}

static int digest(const struct sas_key *key, struct berth_str text,
                  unsigned char result[DIGEST_SIZE], struct berth_error *err)
{
    unsigned len = DIGEST_SIZE;
    if (!HMAC(EVP_sha256(), key->bytes, (int)key->len, (const unsigned char *)text.ptr,
              text.len, result, &len))
        return fail_no_memory(err);
    return 0;
}

/* base64 of the signature over `resource`, a newline and the expiry. */
static int signature_add(struct text *t, const struct sas_key *key,
                         struct berth_str resource, int64_t expires_at,
                         struct berth_error *err)
{
    cleanup(text) struct text signed_text;
    text_init(&signed_text, SAS_TOKEN_MAX);
    text_add_str(&signed_text, resource);
    text_add(&signed_text, "\n");
    text_add_int(&signed_text, expires_at);
    if (text_failed(&signed_text))
        return fail_no_memory(err);
    unsigned char result[DIGEST_SIZE];
    int r = digest(key, text_str(&signed_text), result, err);
    if (r == 0)
        text_add_base64(t, result, sizeof(result));
    OPENSSL_cleanse(result, sizeof(result));
    return r;
}

int sas_token_add(struct text *t, const struct sas_key *key, struct sas_name name,
                  int64_t expires_at, struct berth_error *err)
{
    cleanup(text) struct text signature;
    text_init_secret(&signature, 64);
    int r = signature_add(&signature, key, name.resource, expires_at, err);
    if (r < 0)
        return r;
    text_add(t, "SharedAccessSignature sr=");
    text_add_str(t, name.resource);
    text_add(t, "&sig=");
    text_add_escaped(t, text_str(&signature));
    text_add(t, "&se=");
    text_add_int(t, expires_at);
    if (!str_is_empty(name.key_name)) {
        text_add(t, "&skn=");
        text_add_escaped(t, name.key_name);
    }
    return text_failed(t) || text_failed(&signature) ? fail_no_memory(err) : 0;
}

void sas_signer_init(struct sas_signer *signer, struct sas_name name)
{
    *signer = (struct sas_signer){.name = name};
    text_init_secret(&signer->token, SAS_TOKEN_MAX);
}

void sas_signer_release(struct sas_signer *signer)
{
    text_release(&signer->token);
    sas_key_wipe(&signer->key);
}

int sas_signer_token(struct sas_signer *signer, int64_t now_ms,
                     struct berth_str *ret_token, struct berth_error *err)
{
    int64_t now = now_ms / 1000;
    bool good = signer->token.len > 0 && now < signer->expires_at - SAS_RENEW_SECONDS &&
                now >= signer->expires_at - SAS_LIFE_SECONDS;
    if (!good) {
        text_reset(&signer->token);
        signer->expires_at = now + SAS_LIFE_SECONDS;
        int r = sas_token_add(&signer->token, &signer->key, signer->name,
                              signer->expires_at, err);
        if (r < 0) {
            text_reset(&signer->token);
            return r;
        }
    }
    *ret_token = text_str(&signer->token);
    return 0;
}

int sas_device_key_add(struct text *t, const struct sas_key *group_key,
                       struct berth_str registration_id, struct berth_error *err)
{
    unsigned char result[DIGEST_SIZE];
    int r = digest(group_key, registration_id, result, err);
    if (r == 0)
        text_add_base64(t, result, sizeof(result));
    OPENSSL_cleanse(result, sizeof(result));
    return r == 0 && text_failed(t) ? fail_no_memory(err) : r;
}
