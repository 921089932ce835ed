/* The host as operations see it, which hears all and checks nothing. Invariant: it says
 * no only where a test's own item() does. */
#ifndef BERTH_TEST_FAKE_HOST_H
#define BERTH_TEST_FAKE_HOST_H

#include <stdbool.h>
#include <stddef.h>

#include "berth_plugin.h"

/* What one call was told. */
struct heard {
    struct berth_call call;
    int (*item)(const struct berth_item *item); /* the answer to items; null: yes */
    bool sends;                                 /* it takes requests ahead */
    uint64_t sent_tag;
    size_t items;
    size_t cursors;
    size_t longest_cursor;
    size_t completes;
    int worst_log; /* the highest level */
    bool is_over;
    char words[512]; /* one after the other, as "item(key) result(1) ", what fits */
};

extern const struct berth_host FAKE_HOST;

#endif
