#ifndef EMULATOR_INDEX_H
#define EMULATOR_INDEX_H
/* An ordered index from case-folded text to a value (a skip list). Invariant: keys are
 * unique when folded and are borrowed from their values, so a value must outlive its
 * place in the index. The caller locks. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { INDEX_LEVELS = 16 };

struct index_node {
    const char *key;
    void *value;
    struct index_node *next[];
};

struct index {
    struct index_node *head[INDEX_LEVELS];
    size_t count;
    uint64_t seed;
};

void index_init(struct index *ix);
/* Free all nodes; `drop` (may be NULL) is called once for each value. */
void index_release(struct index *ix, void (*drop)(void *value));

void *index_get(struct index *ix, const char *key);
/* Store the value under its key. A value that was there is handed back in `ret_old`,
 * which is NULL otherwise. False when there is no memory: nothing has changed. */
bool index_put(struct index *ix, const char *key, void *value, void **ret_old);
/* Take the value out; NULL when there was none. */
void *index_take(struct index *ix, const char *key);
/* The first node whose key is greater than `key` (from the start when NULL); walk on with
 * next[0]. */
const struct index_node *index_after(struct index *ix, const char *key);

#endif
