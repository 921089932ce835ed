/* What the columns of a CSV mean: members of the input, "a.b" being member b of a, with
 * the types that the input's schema gives them. Invariant: an empty cell is an absent
 * member; sentences never hold the value of a secret. */
#ifndef BERTH_CLI_CSV_COLUMNS_H
#define BERTH_CLI_CSV_COLUMNS_H

#include <jansson.h>
#include <stdbool.h>

#include "host/cli/csv.h"

enum column_type {
    COLUMN_STRING,
    COLUMN_INTEGER,
    COLUMN_NUMBER,
    COLUMN_BOOLEAN,
    COLUMN_JSON /* an object or an array, as JSON */
};

struct csv_column {
    char *name;
    enum column_type type;
    bool secret;
};

struct csv_columns {
    struct csv_column *columns;
    size_t count;
};

/* From the title row that `csv` holds. BERTH_E_INVALID for a name that the schema does
 * not know ("did you mean"), that comes twice, or that is both a value and an object. */
int csv_columns_init(struct csv_columns *columns, const struct csv *csv,
                     const json_t *document, const json_t *schema,
                     struct berth_error *err);
void csv_columns_release(struct csv_columns *columns);

/* Make a record of the row that `csv` holds: its value, or its problem. Only out of
 * memory is an error. */
int csv_columns_record(const struct csv_columns *columns, const struct csv *csv,
                       const struct csv_row *row, struct record *ret_record,
                       struct berth_error *err);

#endif
