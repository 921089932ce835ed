/* JSON shown with secrets masked. Invariant: the value of a member whose name is secret
 * never gets into the output, however the name is written; what follows the first byte
 * that is not JSON is left out. */
#ifndef BERTH_HTTP_MASK_H
#define BERTH_HTTP_MASK_H

#include <jansson.h>
#include <stdbool.h>

#include "sdk/text.h"

/* Append `json` to `out` on one line, with "***" for the values of members named in
 * `secret_names` (an object; letter case does not count) but null and "", as long as the
 * output has fewer than `max` bytes. False: it was cut, because of the length or because
 * it is not JSON. */
bool mask_json(struct text *out, struct berth_str json, const json_t *secret_names,
               size_t max);

#endif
