#include "host/snapshot/index.h"

#include <stdlib.h>
#include <string.h>

#include "sdk/error.h"

enum { CAPACITY_MIN = 64 };

static int index_allocate(struct index *x, size_t capacity, struct berth_error *err)
{
    if (capacity < CAPACITY_MIN)
        capacity = CAPACITY_MIN;
    *x = (struct index){.slots = calloc(capacity, sizeof(*x->slots)),
                        .capacity = capacity};
    return x->slots ? 0 : fail_no_memory(err);
}

int index_init(struct index *x, size_t expected, struct berth_error *err)
{
    return index_allocate(x, expected + expected / 3 + 1, err);
}

void index_release(struct index *x)
{
    free(x->slots);
    *x = (struct index){0};
}

struct index_entry *index_same_key(const struct index *x, uint64_t key,
                                   struct index_entry *after)
{
    struct index_entry *e =
        after ? index_following(x, after) : x->slots + index_home(x, key);
    for (; e->page; e = index_following(x, e))
        if (e->hash.key == key)
            return e;
    return NULL;
}

static void index_place(struct index *x, const struct index_entry *entry)
{
    struct index_entry *e = x->slots + index_home(x, entry->hash.key);
    while (e->page)
        e = index_following(x, e);
    *e = *entry;
    x->count++;
}

static int index_grow(struct index *x, struct berth_error *err)
{
    struct index larger;
    int r = index_allocate(&larger, x->capacity + x->capacity / 2, err);
    if (r < 0)
        return r;
    for (size_t i = 0; i < x->capacity; i++)
        if (x->slots[i].page)
            index_place(&larger, &x->slots[i]);
    index_release(x);
    *x = larger;
    return 0;
}

int index_add(struct index *x, const struct index_entry *entry, struct berth_error *err)
{
    if (x->count >= x->capacity - x->capacity / 6) {
        int r = index_grow(x, err);
        if (r < 0)
            return r;
    }
    index_place(x, entry);
    return 0;
}

/* How far slot `at` is behind the place where the entry in it would like to be. */
static size_t displacement(const struct index *x, size_t at)
{
    size_t home = index_home(x, x->slots[at].hash.key);
    return at >= home ? at - home : at + x->capacity - home;
}

/* What follows moves up, so that no search ends too early at the free slot. */
void index_remove(struct index *x, struct index_entry *entry)
{
    size_t hole = (size_t)(entry - x->slots);
    size_t at = hole;
    for (;;) {
        at = at + 1 == x->capacity ? 0 : at + 1;
        if (!x->slots[at].page)
            break;
        size_t distance = at >= hole ? at - hole : at + x->capacity - hole;
        if (displacement(x, at) < distance)
            continue;
        x->slots[hole] = x->slots[at];
        hole = at;
    }
    x->slots[hole] = (struct index_entry){0};
    x->count--;
}
