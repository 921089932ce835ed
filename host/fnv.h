/* FNV-1a, 64 bits: a hash for tables in memory, of keys that need no secrecy. Invariant:
 * what is begun with FNV_START and given the same bytes is the same everywhere. */
#ifndef BERTH_HOST_FNV_H
#define BERTH_HOST_FNV_H

#include <stddef.h>
#include <stdint.h>

#define FNV_START UINT64_C(14695981039346656037)

static inline uint64_t fnv_byte(uint64_t hash, unsigned char byte)
{
    return (hash ^ byte) * UINT64_C(1099511628211);
}

static inline uint64_t fnv_bytes(uint64_t hash, const void *bytes, size_t len)
{
    const unsigned char *at = bytes;
    for (size_t i = 0; i < len; i++)
        hash = fnv_byte(hash, at[i]);
    return hash;
}

#endif
