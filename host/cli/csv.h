/* CSV as of RFC 4180: cells in quotes may hold commas, line ends and doubled quotes;
 * lines end in LF or CRLF. A first row without commas may choose ';' or a tab.
 *
 * Invariant: a broken row never changes what a later row means; where that cannot be told
 * (a quote that nothing closes) reading stops. */
#ifndef BERTH_CLI_CSV_H
#define BERTH_CLI_CSV_H

#include <stdbool.h>

#include "host/cli/record.h"
#include "host/cli/source.h"
#include "sdk/text.h"

#define CSV_MAX_CELLS 512u

struct csv {
    struct source *source; /* borrowed */
    char separator;        /* 0: not known yet */
    bool begun;
    bool stopped;
    uint64_t number;   /* lines used so far */
    struct text cells; /* the row's cells, one behind the other, each terminated */
    size_t offsets[CSV_MAX_CELLS + 1];
    size_t count;
};

struct csv_row {
    uint64_t number; /* of its first line */
    size_t count;
    struct berth_error problem; /* of the row; empty message: none */
};

void csv_init(struct csv *c, struct source *source);
void csv_release(struct csv *c);

/* The next row that is not blank, as lines_next(). Its cells are those of csv_cell()
 * until the next call. */
int csv_next(struct csv *c, struct csv_row *ret_row, struct berth_error *err);

/* Cell `i` of the row, terminated, less than `count`. */
static inline struct berth_str csv_cell(const struct csv *c, size_t i)
{
    return (struct berth_str){c->cells.data + c->offsets[i],
                              c->offsets[i + 1] - c->offsets[i] - 1};
}

#endif
