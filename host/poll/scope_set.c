#include "host/poll/scope_set.h"

#include <stdlib.h>

#include "sdk/error.h"

int scope_set_add(struct scope_set *set, uint64_t hash, struct berth_error *err)
{
    if (set->count == set->capacity) {
        size_t capacity = set->capacity * 2 + 64;
        uint64_t *hashes = realloc(set->hashes, capacity * sizeof(*hashes));
        if (!hashes)
            return fail_no_memory(err);
        set->hashes = hashes;
        set->capacity = capacity;
    }
    set->hashes[set->count++] = hash;
    return 0;
}

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

void scope_set_sort(struct scope_set *set)
{
    set->saved = 0; /* the first are others now */
    if (set->count > 0)
        qsort(set->hashes, set->count, sizeof(*set->hashes), compare);
}

bool scope_set_has(const struct scope_set *set, uint64_t hash)
{
    return set->count > 0 &&
           bsearch(&hash, set->hashes, set->count, sizeof(hash), compare);
}

void scope_set_release(struct scope_set *set)
{
    free(set->hashes);
    *set = (struct scope_set){0};
}
