/* Secrets at rest: each field is encrypted with AES-256-GCM under a data key; the data
 * keys are wrapped by a key-encryption key that is not in the store.
 *
 * Invariant: a secret is in clear only in buffers that are wiped; what is encrypted for
 * one field of one connection cannot be read as another's (both are authenticated). Both
 * keys can be changed while other processes work. */
#ifndef BERTH_HOST_SECRET_H
#define BERTH_HOST_SECRET_H

#include "berth_plugin.h"

struct store;

/* The longest that is kept. */
enum { SECRET_MAX_BYTES = 1 << 20 };

/* Where the key-encryption key is: 64 hex digits. The first that is given counts. */
struct secret_source {
    const char *value;              /* the key itself, from the environment */
    const char *file;               /* a file that only its owner may read */
    const char *credentials_folder; /* systemd's; the key is in `berth-key` if there */
    /* Else `home`/key, which is made when the first secret is stored. */
};

/* Encrypt and store; part of the caller's transaction. A key file is made when there is
 * none and no secret would be cut off by it. BERTH_E_AUTH when there is no key. */
int secret_put(struct store *s, const char *connection, const char *field,
               struct berth_str value, struct berth_error *err);

int secret_remove(struct store *s, const char *connection, const char *field,
                  struct berth_error *err);

/* Calls each() with every secret of a connection, in the order of fields, until it
 * answers other than 0, which is returned. The value is wiped after the call.
 * BERTH_E_AUTH when one cannot be decrypted: the key is missing or another, or the store
 * was tampered with. */
typedef int secret_each_fn(void *ctx, const char *field, struct berth_str value);
int secret_each(struct store *s, const char *connection, secret_each_fn *each, void *ctx,
                struct berth_error *err);

/* Encrypt every secret that can be read under a new data key. Waits for other processes
 * that rotate a key, as the next one does. */
int secret_rotate_data_key(struct store *s, struct berth_error *err);

/* Wrap the data keys by another key-encryption key: the one that `next` gives, or, when
 * it is null, a new one in the key file, which is replaced. BERTH_E_AUTH, and nothing
 * changed, when the present key does not fit; BERTH_E_NOT_FOUND when there is none yet;
 * BERTH_E_INVALID when `next` is null and the key is in no file, or is the one in use.
 * Killed in between, it is finished by the next use. */
int secret_rotate_key(struct store *s, const struct secret_source *next,
                      struct berth_error *err);

#endif
