/* A table on stdout. The widths come from the first rows, so that a table of any length
 * needs little memory. Columns whose title finds no room are left out. Invariant: a cell
 * is plain text of one line; on a terminal no line is longer than the terminal is wide.
 */
#ifndef BERTH_CLI_TABLE_H
#define BERTH_CLI_TABLE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "host/cli/output.h"
#include "sdk/text.h"

#define TABLE_MAX_COLUMNS 32u
#define TABLE_LOOK_AHEAD 200u

struct table {
    struct output *out;
    size_t column_count;
    char *titles[TABLE_MAX_COLUMNS];
    size_t widths[TABLE_MAX_COLUMNS];
    char **cells; /* of the rows held back, row by row */
    size_t row_count;
    bool started; /* the title has been written */
    bool wrap;    /* go on below with the last column where the line ends, else cut it */
};

/* `titles` of `count` columns, TABLE_MAX_COLUMNS at most. table_release() is due in each
 * case. */
int table_init(struct table *t, struct output *out, const char *const *titles,
               size_t count, struct berth_error *err);
void table_release(struct table *t);

static inline void cleanup_table(struct table *t)
{
    table_release(t);
}

/* A row of column_count cells; a null cell is empty. Copies. 0, or BERTH_E_CANCELED when
 * stdout is gone, or BERTH_E_NO_MEMORY. */
int table_row(struct table *t, const char *const *cells);

/* A row for each object in `array`: its members of those names, which are texts. */
int table_rows(struct table *t, const json_t *array, const char *const *members);

/* Write what was held back. */
int table_end(struct table *t);

/* Append what a cell shows of a JSON value: text as it is, the rest as compact JSON,
 * nothing for null (pointer or value). */
void table_add_value(struct text *cell, const json_t *value);

/* An object as two columns, one row for each member; members of members as "a.b". */
int table_object(struct output *out, const json_t *object, struct berth_error *err);

#endif
