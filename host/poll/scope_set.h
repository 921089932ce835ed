/* Scopes by their hashes: which of them a listing told to their end. Invariant: once
 * sorted, nothing is added any more, and only a sorted set is asked. */
#ifndef BERTH_POLL_SCOPE_SET_H
#define BERTH_POLL_SCOPE_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "berth_plugin.h"

/* Begins as zeros. */
struct scope_set {
    uint64_t *hashes;
    size_t count, capacity;
    size_t saved; /* the first of them are in the store */
    bool whole;   /* the empty scope: everything was listed */
    bool whole_saved;
};

int scope_set_add(struct scope_set *set, uint64_t hash, struct berth_error *err);
void scope_set_sort(struct scope_set *set);
bool scope_set_has(const struct scope_set *set, uint64_t hash);
void scope_set_release(struct scope_set *set);

#endif
