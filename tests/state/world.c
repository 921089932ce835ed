#include "tests/state/world.h"

#include <stdio.h>
#include <string.h>

uint32_t world_random(struct world *w, uint32_t limit)
{
    w->seed = w->seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(w->seed >> 33) % limit;
}

static void new_version(struct world *w, size_t i)
{
    (void)snprintf(w->texts[i].version, sizeof(w->texts[i].version), "v%lu",
                   ++w->version);
}

/* The listing shows them in the order of their texts. */
static void show(struct world *w)
{
    w->count = 0;
    for (size_t i = 0; i < WORLD_MAX; i++)
        if (w->used[i])
            w->items[w->count++] = (struct fake_item){.key = w->texts[i].key,
                                                      .version = w->texts[i].version};
}

void world_init(struct world *w, uint64_t seed, size_t count)
{
    memset(w, 0, sizeof(*w));
    w->seed = seed;
    for (size_t i = 0; i < WORLD_MAX; i++)
        (void)snprintf(w->texts[i].key, sizeof(w->texts[i].key), "device-%zu", i);
    for (size_t i = 0; i < WORLD_MAX; i++) {
        w->used[i] = world_random(w, WORLD_MAX) < count;
        new_version(w, i);
    }
    show(w);
}

void world_change(struct world *w, uint32_t changes)
{
    for (uint32_t n = world_random(w, changes + 1); n > 0; n--) {
        size_t i = world_random(w, WORLD_MAX);
        if (w->used[i] && world_random(w, 3) == 0) {
            w->used[i] = 0;
            continue;
        }
        w->used[i] = 1;
        new_version(w, i);
    }
    show(w);
}
