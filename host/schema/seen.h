/* Which members or items of one value were evaluated, as a set of their indexes.
 * Invariant: a set that is off ignores marks and has nothing. */
#ifndef BERTH_SCHEMA_SEEN_H
#define BERTH_SCHEMA_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

enum { SEEN_FEW = 2 };

struct seen {
    size_t words; /* 0: off */
    uint64_t few[SEEN_FEW];
    uint64_t *many; /* used when `few` does not do */
};

/* For indexes below `count`. False: out of memory. */
bool seen_init(struct seen *s, size_t count);

void seen_mark(struct seen *s, size_t index);
bool seen_has(const struct seen *s, size_t index);

/* Mark in `into` what is marked in `from`; both for the same count, or off. */
void seen_merge(struct seen *into, const struct seen *from);

static inline void cleanup_seen(struct seen *s)
{
    if (s->many) /* hardly ever, and it is asked for each schema that is checked */
        free(s->many);
}

#endif
