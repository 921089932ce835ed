/* Control characters, which a header must not have: they would let its value write
 * headers of its own. Invariant: nothing behind the end is read. */
#ifndef BERTH_SDK_CONTROL_H
#define BERTH_SDK_CONTROL_H

#include <stdint.h>

#include "sdk/str.h"

/* All of ASCII's but the tab. */
static inline bool control_is(unsigned char c)
{
    return (c < 0x20 && c != '\t') || c == 0x7f;
}

/* May one of the eight bytes be one? The tab counts. */
static inline bool control_may_be_in(uint64_t word)
{
    const uint64_t ones = 0x0101010101010101u;
    uint64_t del = word ^ (ones * 0x7f);
    uint64_t found = ((word - ones * 0x20) & ~word) | ((del - ones) & ~del);
    return (found & (ones * 0x80)) != 0;
}

static inline bool str_has_control(struct berth_str s)
{
    size_t i = 0;
    for (uint64_t word; s.len - i >= sizeof(word); i += sizeof(word)) {
        memcpy(&word, s.ptr + i, sizeof(word));
        if (control_may_be_in(word))
            break;
    }
    while (i < s.len && !control_is((unsigned char)s.ptr[i]))
        i++;
    return i < s.len;
}

#endif
