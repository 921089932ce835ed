/* Equality of JSON values as JSON Schema means it: numbers by value, objects without
 * order. Invariant: equal values have equal hashes. */
#ifndef BERTH_SCHEMA_EQUAL_H
#define BERTH_SCHEMA_EQUAL_H

#include <stdint.h>

#include "host/schema/check.h"

/* 1 or 0; or BERTH_E_INVALID when the work that is allowed is used up. */
int value_equal(struct check *x, const json_t *a, const json_t *b);

uint64_t value_hash(const json_t *value);

#endif
