/* The state of this installation: one SQLite file (WAL) in $BERTH_HOME, with mode 0600 in
 * a folder of mode 0700.
 *
 * Invariant: what a function reports as written is on disk, whole or not at all. Several
 * processes may use it at once. Secrets are in it only as ciphertext (secret.h). */
#ifndef BERTH_HOST_STORE_H
#define BERTH_HOST_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "berth_plugin.h"

struct store;

/* Opens or creates `home`/berth.db, brings an older schema up to date, refuses a newer
 * one, and a home that others may write to. */
int store_open(const char *home, struct store **ret_store, struct berth_error *err);
void store_close(struct store *s);

static inline void cleanup_store(struct store **s)
{
    store_close(*s);
}

#endif
