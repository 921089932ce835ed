/* Base64 (RFC 4648, section 4) with strict checking. Invariant: what is decoded has
 * exactly one text, so that two spellings of a key cannot differ. */
#ifndef BERTH_SDK_BASE64_H
#define BERTH_SDK_BASE64_H

#include <stdbool.h>

#include "sdk/str.h"
#include "sdk/text.h"

/* Decode at most `size` bytes. False: not base64 in its one form (length, alphabet,
 * padding, unused bits) or longer; nothing useful is in `bytes` then. */
bool base64_decode(struct berth_str text, unsigned char *bytes, size_t size,
                   size_t *ret_len);

/* Append the bytes as base64, with padding. */
void text_add_base64(struct text *t, const unsigned char *bytes, size_t len);

#endif
