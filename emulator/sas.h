#ifndef EMULATOR_SAS_H
#define EMULATOR_SAS_H
/* Shared access signatures as the service reads them, and as clients make them.
 * Invariant: what is verified is the literal text of `sr` in the token, still encoded;
 * `sig`, `se` and `skn` are decoded first. */
#include <stdbool.h>
#include <stdint.h>

#include "emulator/codec.h"

struct sas {
    char sr[1024];
    char se[24];
    char skn[257];
    unsigned char sig[DIGEST_SIZE];
    int64_t expires_at; /* seconds since 1970 */
};

/* Read the value of an Authorization header. NULL when it is a token, else what is wrong
 * with it. */
const char *sas_read(const char *header, struct sas *ret_sas);
/* Is the signature made with this key (base64)? */
bool sas_signed_by(const struct sas *sas, const char *key);
/* Has it expired, the allowed skew of clocks included? */
bool sas_expired(const struct sas *sas, int64_t now_us);
/* Does `sr`, decoded, name `resource` or a path above it, segment by segment, in whatever
 * case? */
bool sas_covers(const struct sas *sas, const char *resource);
/* The key of one device of a group: base64(HMAC-SHA256(group key, registration id)).
 * False when the key is no key. */
bool device_key_derive(const char *group_key, const char *registration_id,
                       char out[KEY_TEXT_SIZE]);
/* Append a token for the resource `sr`, encoded already, signed with `key` (base64) in
 * the name of `skn`. The text has failed when the key is no key. */
void sas_add(struct text *t, const char *sr, const char *key, const char *skn,
             int64_t expires_at);
/* The number of bytes behind the base64 of a symmetric key; -1 when it is none of KEY_MIN
 * to KEY_MAX bytes. */
int key_length(const char *key);

#endif
