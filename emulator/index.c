#include "emulator/index.h"

#include <stdlib.h>
#include <string.h>

#include "emulator/ident.h"

void index_init(struct index *ix)
{
    memset(ix, 0, sizeof *ix);
    ix->seed = UINT64_C(0x9e3779b97f4a7c15);
}

void index_release(struct index *ix, void (*drop)(void *value))
{
    struct index_node *node = ix->head[0];

    while (node) {
        struct index_node *next = node->next[0];

        if (drop)
            drop(node->value);
        free(node);
        node = next;
    }
    index_init(ix);
}

/* For each level the link that points to the first node not less than `key` (greater,
 * when `after`). */
static void index_links(struct index *ix, const char *key, bool after,
                        struct index_node **links[INDEX_LEVELS])
{
    struct index_node **row = ix->head;
    const struct index_node *known = NULL;
    int level;

    for (level = INDEX_LEVELS - 1; level >= 0; level--) {
        struct index_node *node = row[level];

        while (node && node != known) {
            int order = ident_compare(node->key, key);

            if (order > 0 || (order == 0 && !after))
                break;
            row = node->next;
            node = row[level];
        }
        known = node;
        links[level] = &row[level];
    }
}

void *index_get(struct index *ix, const char *key)
{
    struct index_node **links[INDEX_LEVELS];
    const struct index_node *node;

    index_links(ix, key, false, links);
    node = *links[0];
    return node && ident_equal(node->key, key) ? node->value : NULL;
}

/* One more level with a chance of one in four (xorshift64*). */
static int index_height(struct index *ix)
{
    uint64_t bits;
    int height = 1;

    ix->seed ^= ix->seed >> 12;
    ix->seed ^= ix->seed << 25;
    ix->seed ^= ix->seed >> 27;
    bits = (ix->seed * UINT64_C(2685821657736338717)) >> 16;
    while (height < INDEX_LEVELS && (bits & 3) == 0) {
        bits >>= 2;
        height++;
    }
    return height;
}

bool index_put(struct index *ix, const char *key, void *value, void **ret_old)
{
    struct index_node **links[INDEX_LEVELS];
    struct index_node *node;
    int height, level;

    *ret_old = NULL;
    index_links(ix, key, false, links);
    node = *links[0];
    if (node && ident_equal(node->key, key)) {
        *ret_old = node->value;
        node->key = key;
        node->value = value;
        return true;
    }
    height = index_height(ix);
    node = malloc(sizeof *node + (size_t)height * sizeof node->next[0]);
    if (!node)
        return false;
    node->key = key;
    node->value = value;
    for (level = 0; level < height; level++) {
        node->next[level] = *links[level];
        *links[level] = node;
    }
    ix->count++;
    return true;
}

void *index_take(struct index *ix, const char *key)
{
    struct index_node **links[INDEX_LEVELS];
    struct index_node *node;
    void *value;
    int level;

    index_links(ix, key, false, links);
    node = *links[0];
    if (!node || !ident_equal(node->key, key))
        return NULL;
    for (level = 0; level < INDEX_LEVELS && *links[level] == node; level++)
        *links[level] = node->next[level];
    value = node->value;
    free(node);
    ix->count--;
    return value;
}

const struct index_node *index_after(struct index *ix, const char *key)
{
    struct index_node **links[INDEX_LEVELS];

    if (!key)
        return ix->head[0];
    index_links(ix, key, true, links);
    return *links[0];
}
