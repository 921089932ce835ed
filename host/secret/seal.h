/* Authenticated encryption of one short text: AES-256-GCM with a random 96-bit nonce.
 * Invariant: the key, the clear text and every copy of them made here are wiped. */
#ifndef BERTH_SECRET_SEAL_H
#define BERTH_SECRET_SEAL_H

#include "berth_plugin.h"
#include "sdk/text.h"

enum { SEAL_KEY_SIZE = 32, SEAL_NONCE_SIZE = 12, SEAL_TAG_SIZE = 16 };

/* Random bytes fit for keys. */
int seal_random(void *buffer, size_t size, struct berth_error *err);

/* Appends nonce, ciphertext and tag to `ret_sealed`. `context` is authenticated, not
 * stored: the same is needed to open it. */
int seal_close(const unsigned char key[SEAL_KEY_SIZE], struct berth_str context,
               struct berth_str plain, struct text *ret_sealed, struct berth_error *err);

/* Appends the clear text to `ret_plain` (made by text_init_secret). BERTH_E_AUTH when
 * key, context or contents are not what they were; the caller says whose they are. */
int seal_open(const unsigned char key[SEAL_KEY_SIZE], struct berth_str context,
              struct berth_str sealed, struct text *ret_plain, struct berth_error *err);

#endif
