/* Numbers of JSON compared by their mathematical value. Invariant: no rounding: an
 * integer and a real are equal only when they are the same number. */
#ifndef BERTH_SCHEMA_NUMBER_H
#define BERTH_SCHEMA_NUMBER_H

#include <jansson.h>
#include <stdbool.h>

/* Negative, 0 or positive, as a < b, a == b, a > b. Both must be numbers. */
int number_compare(const json_t *a, const json_t *b);

/* Is `value` a whole multiple of `unit`, which is greater than 0? A real counts as the
 * shortest decimal that stands for it, so 0.3 is a multiple of 0.1. */
bool number_is_multiple(const json_t *value, const json_t *unit);

#endif
