/* One element of an input stream: what lines.h and csv_columns.h make of bytes.
 * Invariant: it has a value or a problem, and the problem never tells the value. */
#ifndef BERTH_CLI_RECORD_H
#define BERTH_CLI_RECORD_H

#include <jansson.h>
#include <stdint.h>

#include "berth_plugin.h"

enum record_step {
    RECORD_END = 0,
    RECORD_READY = 1,
    RECORD_MORE = 2 /* fill the source first */
};

struct record {
    uint64_t number;       /* of its (first) line, from 1 */
    json_t *value;         /* an object that belongs to the caller; null: see problem */
    struct berth_str text; /* what `value` was made of, until the next is read; empty: of
                            * something else than JSON */
    struct berth_error problem; /* a sentence without the input's values */
};

/* Make `record` the one of line `number`: JSON text that is an object, else a problem.
 * Returns jansson's code of what was wrong with it as JSON, 0 when nothing. */
int record_parse(struct record *record, uint64_t number, struct berth_str json);

#endif
