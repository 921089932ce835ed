/* SipHash-1-3 (Aumasson and Bernstein): a keyed hash that nobody who lacks the key can
 * make collide. Invariant: nothing is allocated; equal inputs under one key give equal
 * hashes on every machine. */
#ifndef BERTH_SNAPSHOT_SIPHASH_H
#define BERTH_SNAPSHOT_SIPHASH_H

#include <endian.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "berth_plugin.h"

struct siphash_key {
    uint64_t k0, k1;
};

struct siphash {
    uint64_t v0, v1, v2, v3;
};

static inline uint64_t siphash_rotate(uint64_t x, int bits)
{
    return (x << bits) | (x >> (64 - bits));
}

static inline void siphash_round(struct siphash *s)
{
    s->v0 += s->v1;
    s->v2 += s->v3;
    s->v1 = siphash_rotate(s->v1, 13) ^ s->v0;
    s->v3 = siphash_rotate(s->v3, 16) ^ s->v2;
    s->v0 = siphash_rotate(s->v0, 32);
    s->v2 += s->v1;
    s->v0 += s->v3;
    s->v1 = siphash_rotate(s->v1, 17) ^ s->v2;
    s->v3 = siphash_rotate(s->v3, 21) ^ s->v0;
    s->v2 = siphash_rotate(s->v2, 32);
}

static inline struct siphash siphash_begin(const struct siphash_key *key)
{
    return (struct siphash){key->k0 ^ 0x736f6d6570736575u, key->k1 ^ 0x646f72616e646f6du,
                            key->k0 ^ 0x6c7967656e657261u, key->k1 ^ 0x7465646279746573u};
}

static inline void siphash_word(struct siphash *s, uint64_t word)
{
    s->v3 ^= word;
    siphash_round(s);
    s->v0 ^= word;
}

/* Eight bytes with the ASCII letters among them in lower case. */
static inline uint64_t siphash_fold(uint64_t word)
{
    const uint64_t each = 0x0101010101010101u;
    uint64_t low = word & 0x7f * each;
    uint64_t from_a = low + (0x80 - 'A') * each;
    uint64_t after_z = low + (0x7f - 'Z') * each;
    uint64_t is_upper = (from_a ^ after_z) & ~word & 0x80 * each;
    return word | is_upper >> 2;
}

static inline uint64_t siphash_load(const char *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof(word));
    return le64toh(word);
}

/* The last bytes of a text, less than eight. */
static inline uint64_t siphash_load_rest(struct berth_str text)
{
    size_t rest = text.len & 7;
    if (rest == 0)
        return 0;
    if (text.len > 8)
        return siphash_load(text.ptr + text.len - 8) >> (64 - 8 * rest);
    uint64_t word = 0;
    for (size_t i = 0; i < rest; i++)
        word |= (uint64_t)(unsigned char)text.ptr[i] << (8 * i);
    return word;
}

/* One text, closed by its length: texts added one after the other do not run together.
 * With `fold`, letters that differ only in case are the same. */
static inline void siphash_add_folded(struct siphash *s, struct berth_str text, bool fold)
{
    for (size_t at = 0; at + 8 <= text.len; at += 8) {
        uint64_t word = siphash_load(text.ptr + at);
        siphash_word(s, fold ? siphash_fold(word) : word);
    }
    uint64_t rest = siphash_load_rest(text);
    siphash_word(s, (fold ? siphash_fold(rest) : rest) | (uint64_t)text.len << 56);
}

static inline void siphash_add(struct siphash *s, struct berth_str text)
{
    siphash_add_folded(s, text, false);
}

/* The hash of what was added; the state can be added to further. */
static inline uint64_t siphash_end(struct siphash s)
{
    s.v2 ^= 0xff;
    siphash_round(&s);
    siphash_round(&s);
    siphash_round(&s);
    return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

static inline uint64_t siphash_of(const struct siphash_key *key, struct berth_str text)
{
    struct siphash s = siphash_begin(key);
    siphash_add(&s, text);
    return siphash_end(s);
}

#endif
