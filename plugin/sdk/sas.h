/* Shared access signatures, as Azure's IoT services want them. Invariant: a token is a
 * function of key, resource, key name and expiry alone, byte for byte, and keys and
 * tokens are wiped before their memory is given back. */
#ifndef BERTH_SDK_SAS_H
#define BERTH_SDK_SAS_H

#include <stdint.h>

#include "sdk/error.h"
#include "sdk/text.h"

#define SAS_KEY_MIN 16
#define SAS_KEY_MAX 64
#define SAS_LIFE_SECONDS 3600
#define SAS_RENEW_SECONDS 300

/* Longer than any token that these services accept. */
#define SAS_TOKEN_MAX 4096

struct sas_key {
    unsigned char bytes[SAS_KEY_MAX];
    size_t len;
};

/* Decode a key. BERTH_E_INVALID, naming `field`, when it is not base64 of 16 to 64 bytes:
 * the service takes no others. */
int sas_key_parse(struct sas_key *key, const char *field, struct berth_str base64,
                  struct berth_error *err);
void sas_key_wipe(struct sas_key *key);

struct sas_name {
    struct berth_str resource; /* as it stands in the token: escaped where it must be */
    struct berth_str key_name; /* escaped here; empty: none is sent */
};

/* Append `SharedAccessSignature sr=..&sig=..&se=..&skn=..`. The signature is over the
 * literal resource text and the expiry (seconds since 1970). */
int sas_token_add(struct text *t, const struct sas_key *key, struct sas_name name,
                  int64_t expires_at, struct berth_error *err);

/* A key with the token last made from it, which lives an hour and is renewed five minutes
 * before it expires. The names are borrowed. */
struct sas_signer {
    struct sas_key key;
    struct sas_name name;
    struct text token;
    int64_t expires_at;
};

void sas_signer_init(struct sas_signer *signer, struct sas_name name);
void sas_signer_release(struct sas_signer *signer);

/* The token that is good at `now_ms`, borrowed until the next call. */
int sas_signer_token(struct sas_signer *signer, int64_t now_ms,
                     struct berth_str *ret_token, struct berth_error *err);

/* The key of one device of a group: HMAC-SHA256 of its registration id under the group's
 * key. Append it as base64. */
int sas_device_key_add(struct text *t, const struct sas_key *group_key,
                       struct berth_str registration_id, struct berth_error *err);

static inline void cleanup_sas_key(struct sas_key *key)
{
    sas_key_wipe(key);
}

#endif
