#include "host/schema/keyword_table.h"

#include <string.h>

static size_t hash_of(const char *name)
{
    size_t hash = 0;
    for (; *name; name++)
        hash = hash * 31 + (unsigned char)*name;
    return hash;
}

/* The slot of that name, or the empty one where it belongs. */
static size_t slot_find(const struct keyword_table *t, const char *name)
{
    size_t slot = hash_of(name) % KEYWORD_SLOTS;
    while (t->slots[slot] && strcmp(t->slots[slot]->name, name) != 0)
        slot = (slot + 1) % KEYWORD_SLOTS;
    return slot;
}

void keyword_table_init(struct keyword_table *t)
{
    memset(t, 0, sizeof(*t));
    for (size_t i = 0; i < KEYWORD_COUNT; i++)
        t->slots[slot_find(t, KEYWORDS[i].name)] = &KEYWORDS[i];
}

const struct keyword *keyword_table_find(const struct keyword_table *t, const char *name)
{
    return t->slots[slot_find(t, name)];
}
