/* The input of a bulk operation: a mode and the elements. Invariant: what is read from
 * its text is what the tree would give; an element that cannot be passed on as it stands
 * is a tree of its own, and an input that is odd all over is one tree. */
#ifndef BERTH_AZURE_DPS_BULK_INPUT_H
#define BERTH_AZURE_DPS_BULK_INPUT_H

#include "azure-dps/dps.h"
#include "azure-dps/given.h"

/* Begins as zeros. */
struct bulk_input {
    struct berth_str mode;
    struct given_rule rule;
    struct given *elements;
    size_t count;
    size_t capacity;
    json_t *tree; /* null: the mode is in the text */
};

/* Read `text`, which must stay where it is. BERTH_E_INVALID, saying what is wrong. */
int bulk_input_read(struct bulk_input *in, const struct noun *noun, struct berth_str text,
                    struct berth_error *err);
void bulk_input_release(struct bulk_input *in);

#endif
