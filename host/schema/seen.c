#include "host/schema/seen.h"

#include <stdlib.h>

enum { WORD_BITS = 64 };

static uint64_t *words_of(struct seen *s)
{
    return s->many ? s->many : s->few;
}

bool seen_init(struct seen *s, size_t count)
{
    *s = (struct seen){.words = count / WORD_BITS + 1};
    if (s->words <= SEEN_FEW)
        return true;
    s->many = calloc(s->words, sizeof(*s->many));
    return s->many;
}

void seen_mark(struct seen *s, size_t index)
{
    if (index / WORD_BITS < s->words)
        words_of(s)[index / WORD_BITS] |= (uint64_t)1 << (index % WORD_BITS);
}

bool seen_has(const struct seen *s, size_t index)
{
    const uint64_t *words = s->many ? s->many : s->few;
    return index / WORD_BITS < s->words &&
           (words[index / WORD_BITS] >> (index % WORD_BITS) & 1u);
}

void seen_merge(struct seen *into, const struct seen *from)
{
    const uint64_t *words = from->many ? from->many : from->few;
    for (size_t i = 0; i < into->words && i < from->words; i++)
        words_of(into)[i] |= words[i];
}
