#include <stdlib.h>

#include "host/snapshot/snapshot.h"
#include "sdk/error.h"

static int compare_positions(const void *a, const void *b)
{
    uint64_t x = position_order(*(const struct position *)a);
    uint64_t y = position_order(*(const struct position *)b);
    return x < y ? -1 : x > y;
}

int snapshot_unseen(struct snapshot *s, struct position **ret_positions,
                    size_t *ret_count, struct berth_error *err)
{
    size_t count = s->index.count - (size_t)s->seen;
    struct position *positions = calloc(count + 1, sizeof(*positions));
    if (!positions)
        return fail_no_memory(err);
    size_t n = 0;
    for (size_t i = 0; count > 0 && i < s->index.used; i++) {
        const struct index_entry *e = &s->index.entries[i];
        if (e->page && !(e->flags & INDEX_SEEN) && n < count)
            positions[n++] = index_position(e);
    }
    qsort(positions, n, sizeof(*positions), compare_positions);
    *ret_positions = positions;
    *ret_count = n;
    return 0;
}
