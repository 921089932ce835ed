/* Hashes of texts of some hundred bytes, made fast: each byte is looked at by NH (of
 * VMAC: Krovetz and Dai, 2007), eight at a time and none waiting for another, and what NH
 * gives goes through SipHash. SipHash alone takes three times as long.
 *
 * Invariant: equal texts in equal scopes have equal hashes under one key. Others chosen
 * by whoever does not know the key have the same one with a probability of about 2^-62.
 */
#ifndef BERTH_SNAPSHOT_TEXT_HASH_H
#define BERTH_SNAPSHOT_TEXT_HASH_H

#include "host/snapshot/siphash.h"

enum { TEXT_HASH_WORDS = 64 }; /* NH's block; as many are made of the key */

struct text_hash {
    struct siphash_key key;
    uint64_t words[TEXT_HASH_WORDS];
};

void text_hash_init(struct text_hash *h, const struct siphash_key *key);

uint64_t text_hash_of(const struct text_hash *h, struct berth_str scope,
                      struct berth_str text);

#endif
