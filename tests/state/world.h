/* A service that changes by chance, the same for the same seed. Invariant: a version is
 * never used twice, as with ETags. */
#ifndef TESTS_STATE_WORLD_H
#define TESTS_STATE_WORLD_H

#include <stdint.h>

#include "tests/state/fake_session.h"

enum { WORLD_MAX = 400 };

struct world {
    uint64_t seed;
    unsigned long version;
    struct fake_item items[WORLD_MAX]; /* in the order of the listing */
    size_t count;
    struct {
        char key[24], version[24];
    } texts[WORLD_MAX];
    unsigned char used[WORLD_MAX]; /* by text: does the item exist? */
};

/* With about `count` items. */
void world_init(struct world *w, uint64_t seed, size_t count);

/* A number below `limit`. */
uint32_t world_random(struct world *w, uint32_t limit);

/* Create, update and delete up to `changes` items. */
void world_change(struct world *w, uint32_t changes);

#endif
