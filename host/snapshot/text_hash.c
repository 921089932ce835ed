#include "host/snapshot/text_hash.h"

/* What is hashed under the key begins with one of these, apart from each other and from
 * the two that are told as an item's version. */
enum { TEXT_DOMAIN = 3, WORDS_DOMAIN = 4 };

enum { PAIR = 16, BLOCK = TEXT_HASH_WORDS * 8 }; /* bytes */

__extension__ typedef unsigned __int128 nh_sum;

void text_hash_init(struct text_hash *h, const struct siphash_key *key)
{
    h->key = *key;
    for (uint64_t i = 0; i < TEXT_HASH_WORDS; i++) {
        struct siphash s = siphash_begin(key);
        siphash_word(&s, WORDS_DOMAIN);
        siphash_word(&s, i);
        h->words[i] = siphash_end(s);
    }
}

static inline nh_sum nh_pair(const uint64_t *words, const char *bytes)
{
    return (nh_sum)(siphash_load(bytes) + words[0]) *
           (siphash_load(bytes + 8) + words[1]);
}

/* Of at most a block; what is missing to a pair is zeros, which the length tells apart.
 */
static nh_sum nh_of(const struct text_hash *h, const char *bytes, size_t len)
{
    const uint64_t *words = h->words;
    nh_sum sum = 0;
    for (; len >= PAIR; bytes += PAIR, len -= PAIR, words += 2)
        sum += nh_pair(words, bytes);
    if (len > 0) {
        char pair[PAIR] = {0};
        memcpy(pair, bytes, len);
        sum += nh_pair(words, pair);
    }
    return sum;
}

uint64_t text_hash_of(const struct text_hash *h, struct berth_str scope,
                      struct berth_str text)
{
    struct siphash s = siphash_begin(&h->key);
    siphash_word(&s, TEXT_DOMAIN);
    siphash_add(&s, scope);
    for (size_t at = 0; at < text.len; at += BLOCK) {
        size_t left = text.len - at;
        nh_sum sum = nh_of(h, text.ptr + at, left < BLOCK ? left : BLOCK);
        siphash_word(&s, (uint64_t)sum);
        siphash_word(&s, (uint64_t)(sum >> 64));
    }
    siphash_word(&s, text.len);
    return siphash_end(s);
}
