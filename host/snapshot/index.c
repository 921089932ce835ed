#include "host/snapshot/index.h"

#include <stdlib.h>
#include <string.h>

#include "sdk/error.h"

enum { CAPACITY_MIN = 64, SLOTS_PER_ENTRY = 2 };

int index_init(struct index *x, size_t expected, struct berth_error *err)
{
    size_t capacity = expected < CAPACITY_MIN ? CAPACITY_MIN : expected;
    *x = (struct index){.capacity = capacity, .slot_count = capacity * SLOTS_PER_ENTRY};
    x->entries = calloc(capacity, sizeof(*x->entries));
    x->slots = calloc(x->slot_count, sizeof(*x->slots));
    if (x->entries && x->slots)
        return 0;
    index_release(x);
    return fail_no_memory(err);
}

void index_release(struct index *x)
{
    free(x->entries);
    free(x->slots);
    *x = (struct index){0};
}

struct index_entry *index_same_key(struct index *x, uint64_t key,
                                   const struct index_entry *after)
{
    index_fill_slots(x);
    size_t slot = index_home(x, key);
    size_t passed = after ? index_place(x, after) + 1 : 0;
    for (; x->slots[slot]; slot = index_following(x, slot)) {
        struct index_entry *e = &x->entries[x->slots[slot] - 1];
        if (e->hash.key == key && passed == 0)
            return e;
        if (x->slots[slot] == passed)
            passed = 0;
    }
    return NULL;
}

struct index_entry *index_at(struct index *x, uint64_t key, struct position at)
{
    struct index_entry *e = index_same_key(x, key, NULL);
    while (e && (e->page != at.page || e->offset != at.offset))
        e = index_same_key(x, key, e);
    return e;
}

static void set_slot(struct index *x, size_t place)
{
    size_t slot = index_home(x, x->entries[place].hash.key);
    while (x->slots[slot])
        slot = index_following(x, slot);
    x->slots[slot] = (uint32_t)place + 1;
}

void index_fill_slots(struct index *x)
{
    for (; x->slotted < x->used; x->slotted++)
        if (x->entries[x->slotted].page) /* holes have none */
            set_slot(x, x->slotted);
}

/* A new table, for more entries. */
static int renew_slots(struct index *x, size_t capacity, struct berth_error *err)
{
    size_t slot_count = capacity * SLOTS_PER_ENTRY;
    uint32_t *slots = calloc(slot_count, sizeof(*slots));
    if (!slots)
        return fail_no_memory(err);
    free(x->slots);
    x->slots = slots;
    x->slot_count = slot_count;
    x->slotted = 0;
    return 0;
}

/* Room for so many entries and holes. */
static int reserve(struct index *x, size_t wanted, struct berth_error *err)
{
    if (wanted <= x->capacity)
        return 0;
    size_t more = x->capacity + x->capacity / 2;
    size_t capacity = wanted > more ? wanted : more;
    if (capacity >= UINT32_MAX)
        return fail(err, BERTH_E_INTERNAL, "a snapshot of over four billion items");
    struct index_entry *entries = realloc(x->entries, capacity * sizeof(*entries));
    if (!entries)
        return fail_no_memory(err);
    x->entries = entries;
    int r = renew_slots(x, capacity, err);
    if (r == 0)
        x->capacity = capacity;
    return r;
}

int index_add(struct index *x, const struct index_entry *entry, struct berth_error *err)
{
    int r = reserve(x, x->used + 1, err);
    if (r < 0)
        return r;
    x->entries[x->used++] = *entry;
    x->count++;
    return 0;
}

int index_add_row(struct index *x, const void *packed, size_t count,
                  struct berth_error *err)
{
    int r = reserve(x, x->used + count, err);
    if (r < 0)
        return r;
    memcpy(&x->entries[x->used], packed, count * sizeof(*x->entries));
    for (size_t end = x->used + count; x->used < end; x->used++)
        x->count += x->entries[x->used].page != 0;
    return 0;
}

/* How far `slot` is behind the one where its entry would like to be. */
static size_t displacement(const struct index *x, size_t slot)
{
    size_t home = index_home(x, x->entries[x->slots[slot] - 1].hash.key);
    return slot >= home ? slot - home : slot + x->slot_count - home;
}

/* What follows moves up, so that no search ends too early at the free slot. */
static void free_slot(struct index *x, size_t hole)
{
    size_t at = hole;
    for (;;) {
        at = index_following(x, at);
        if (!x->slots[at])
            break;
        size_t distance = at >= hole ? at - hole : at + x->slot_count - hole;
        if (displacement(x, at) < distance)
            continue;
        x->slots[hole] = x->slots[at];
        hole = at;
    }
    x->slots[hole] = 0;
}

void index_remove(struct index *x, struct index_entry *entry)
{
    index_fill_slots(x);
    size_t slot = index_home(x, entry->hash.key);
    while (x->slots[slot] != index_place(x, entry) + 1)
        slot = index_following(x, slot);
    free_slot(x, slot);
    *entry = (struct index_entry){.flags = INDEX_CHANGED};
    x->count--;
}
