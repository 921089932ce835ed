/* The state of this installation: one SQLite file (WAL) in $BERTH_HOME, with mode 0600 in
 * a folder of mode 0700.
 *
 * Invariant: what a function reports as written is on disk, whole or not at all. Several
 * processes may use it at once. Secrets are in it only as ciphertext (secret.h).
 *
 * Statuses, for all that uses the store: BERTH_E_INVALID, the home or the file is not fit
 * to be used (foreign, damaged, open to others); BERTH_E_UNSUPPORTED, a newer Berth wrote
 * it; BERTH_E_UNAVAILABLE, the disk is full, cannot be read or written, or another
 * process kept it locked for too long: nothing was changed, and later it may work. */
#ifndef BERTH_HOST_STORE_H
#define BERTH_HOST_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "berth_plugin.h"

struct secret_source; /* secret.h */
struct store;

/* Opens or creates `home`/berth.db, brings an older schema up to date, refuses a newer
 * one, and a home that others may write to. The store belongs to the caller and to one
 * thread at a time. Secrets are under the key in `home`/key until store_use_key() says
 * otherwise. */
int store_open(const char *home, struct store **ret_store, struct berth_error *err);

/* Opens the store that `home` has to look at it: nothing is made, brought up to date or
 * waited for, and no file is left behind. BERTH_E_NOT_FOUND: there is none;
 * BERTH_E_UNSUPPORTED: it is of an older or newer Berth. What writes fails. */
int store_open_to_look(const char *home, struct store **ret_store,
                       struct berth_error *err);
void store_close(struct store *s);

/* Take the key-encryption key from elsewhere. `source` and its texts are borrowed until
 * the store is closed. Nothing is read before a secret is needed. */
void store_use_key(struct store *s, const struct secret_source *source);

static inline void cleanup_store(struct store **s)
{
    store_close(*s);
}

#endif
