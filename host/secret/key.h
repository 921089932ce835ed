/* The key-encryption key: where it comes from, and how its file is made and replaced.
 * Invariant: a key in memory is wiped by whoever holds it; a key file is complete and on
 * disk, or not there under its name. */
#ifndef BERTH_SECRET_KEY_H
#define BERTH_SECRET_KEY_H

#include <openssl/crypto.h>

#include "berth_plugin.h"
#include "host/secret.h"
#include "host/secret/seal.h"

struct key {
    unsigned char bytes[SEAL_KEY_SIZE];
    char id[17]; /* tells keys apart and nothing about them; empty: no key */
};

static inline void cleanup_key(struct key *k)
{
    OPENSSL_cleanse(k, sizeof(*k));
}

/* Reads the key. BERTH_E_NOT_FOUND: there is none in a place where one may be made;
 * BERTH_E_AUTH: it cannot be read, is no key, or others may read it. */
int key_read(const char *home, const struct secret_source *source, struct key *ret_key,
             struct berth_error *err);

/* Reads a key file that a rotation has prepared (key_prepare) and not yet put in place.
 * BERTH_E_NOT_FOUND: there is none. */
int key_read_prepared(const char *home, const struct secret_source *source,
                      struct key *ret_key, struct berth_error *err);

/* Makes a key and its file. Only where key_read() said BERTH_E_NOT_FOUND. */
int key_create(const char *home, const struct secret_source *source, struct key *ret_key,
               struct berth_error *err);

/* Makes a key in a file beside the key file, and puts it into the key file's place.
 * key_prepare: BERTH_E_INVALID when the key does not come from a file of ours. */
int key_prepare(const char *home, const struct secret_source *source, struct key *ret_key,
                struct berth_error *err);
int key_replace(const char *home, const struct secret_source *source,
                struct berth_error *err);

#endif
