/* The plain part of a JSON string: characters that stand for themselves and are one byte
 * each. Invariant: nothing at or behind `end` is read. */
#ifndef BERTH_SDK_PLAIN_H
#define BERTH_SDK_PLAIN_H

#include <stdint.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* A quote, a backslash, a control character, or a byte beyond ASCII? */
static inline int plain_is_special(unsigned char c)
{
    return c < 0x20 || c >= 0x80 || c == '"' || c == '\\';
}

/* The first byte from `at` on that is special, or `end`, one byte at a time. */
static inline const char *plain_end_by_byte(const char *at, const char *end)
{
    while (at < end && !plain_is_special((unsigned char)*at))
        at++;
    return at;
}

/* Has any of the eight bytes to be looked at? A borrow can only spoil bytes above one
 * that is special, so whether there is one is exact. */
static inline int plain_has_special(uint64_t word)
{
    const uint64_t ones = 0x0101010101010101u;
    uint64_t quote = word ^ (ones * '"');
    uint64_t slash = word ^ (ones * '\\');
    uint64_t special = ((quote - ones) & ~quote) | ((slash - ones) & ~slash) |
                       (word - ones * 0x20) | word;
    return (special & (ones * 0x80)) != 0;
}

/* The same eight bytes at a time, for any machine. */
static inline const char *plain_end_by_word(const char *at, const char *end)
{
    while (end - at >= 8) {
        uint64_t word;
        memcpy(&word, at, sizeof(word));
        if (plain_has_special(word))
            break;
        at += 8;
    }
    return plain_end_by_byte(at, end);
}

#ifdef __SSE2__

/* The same sixteen bytes at a time. As signed numbers, those beyond ASCII are less than a
 * space, too. */
static inline const char *plain_end(const char *at, const char *end)
{
    const __m128i quote = _mm_set1_epi8('"');
    const __m128i slash = _mm_set1_epi8('\\');
    const __m128i space = _mm_set1_epi8(' ');
    while (end - at >= 16) {
        __m128i piece;
        memcpy(&piece, at, sizeof(piece));
        __m128i special = _mm_or_si128(
            _mm_cmpeq_epi8(piece, quote),
            _mm_or_si128(_mm_cmpeq_epi8(piece, slash), _mm_cmplt_epi8(piece, space)));
        unsigned found = (unsigned)_mm_movemask_epi8(special);
        if (found)
            return at + __builtin_ctz(found);
        at += 16;
    }
    return plain_end_by_byte(at, end);
}

#else

static inline const char *plain_end(const char *at, const char *end)
{
    return plain_end_by_word(at, end);
}

#endif

#endif
