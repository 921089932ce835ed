/* Times as RFC 3339 writes them. Invariant: two texts of the same moment are equal,
 * whatever their offset and number of digits. */
#ifndef BERTH_AZURE_DPS_WHEN_H
#define BERTH_AZURE_DPS_WHEN_H

#include <stdbool.h>
#include <stdint.h>

#include "sdk/str.h"

struct when {
    int64_t seconds; /* since 1970 */
    int32_t nanoseconds;
};

/* False: not a date, `T`, a time, and `Z` or an offset. */
bool when_parse(struct berth_str text, struct when *ret);

/* Less than, equal to or greater than 0. */
int when_compare(struct when a, struct when b);

#endif
