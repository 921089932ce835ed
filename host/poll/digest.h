/* Names made from texts. Invariant: lists of texts that differ in any text, or in where
 * one ends, have different names. */
#ifndef BERTH_POLL_DIGEST_H
#define BERTH_POLL_DIGEST_H

#include <stddef.h>

#include "berth_plugin.h"

enum { DIGEST_HEX = 33 };

/* The first 128 bits of SHA-256 over the texts and their lengths, in hex. */
int digest_parts(const struct berth_str *parts, size_t count, char ret_hex[DIGEST_HEX],
                 struct berth_error *err);

#endif
