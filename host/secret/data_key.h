/* Data keys: what secrets are encrypted under, wrapped in the store. Invariant: a data
 * key is stored only wrapped, and is gone when no secret is under it and it is not the
 * newest. */
#ifndef BERTH_SECRET_DATA_KEY_H
#define BERTH_SECRET_DATA_KEY_H

#include <stdint.h>

#include "host/secret/key.h"

struct data_key {
    int64_t id; /* 0: none */
    unsigned char bytes[SEAL_KEY_SIZE];
};

static inline void cleanup_data_key(struct data_key *k)
{
    OPENSSL_cleanse(k, sizeof(*k));
}

/* Unwrap the one with that id. BERTH_E_AUTH with a sentence when the key-encryption key
 * is missing or not the one that it is wrapped by. */
int data_key_read(struct store *s, int64_t id, struct data_key *ret_key,
                  struct berth_error *err);

/* The one to encrypt with: the newest of all when it can be read, else the newest that is
 * wrapped by the present key-encryption key, else a new one. The key file is made when
 * there is none and there are no secrets. In the caller's transaction. */
int data_key_current(struct store *s, struct data_key *ret_key, struct berth_error *err);

/* A new one, wrapped by the present key-encryption key. */
int data_key_create(struct store *s, struct data_key *ret_key, struct berth_error *err);

/* When data keys are wrapped by the key that a rotation has prepared, it was committed
 * and then killed: that key is put in the key file's place. The caller has the home to
 * itself (home_lock). */
int data_key_settle(struct store *s, struct berth_error *err);

/* BERTH_E_AUTH when there is one that is not wrapped by `kek`. */
int data_key_check(struct store *s, const struct key *kek, struct berth_error *err);

/* Wrap all, which are wrapped by `old`, by `next` instead. */
int data_key_rewrap(struct store *s, const struct key *old, const struct key *next,
                    struct berth_error *err);

/* Remove those under which there is no secret, but for `keep`, or for the newest that is
 * wrapped by `kek`. */
int data_key_prune(struct store *s, int64_t keep, struct berth_error *err);
int data_key_prune_but_newest(struct store *s, const struct key *kek,
                              struct berth_error *err);

#endif
