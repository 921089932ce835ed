/* The input of an operation as the command line names it: nothing, a literal, a file or
 * stdin, as JSON or CSV. Invariant: a literal that holds a secret is refused. */
#ifndef BERTH_CLI_INPUT_H
#define BERTH_CLI_INPUT_H

#include <stdbool.h>
#include <stdint.h>

#include "host/cli/csv_columns.h"
#include "host/cli/lines.h"
#include "host/manifest.h"

struct input {
    const struct operation *op; /* borrowed */
    const char *name;           /* for sentences: the file's path or "stdin" */
    int fd;
    uint64_t size_bytes; /* of a regular file; 0: not known */
    bool is_csv;
    struct source source;
    struct lines lines;
    struct csv csv;
    struct csv_columns columns;
    bool titled; /* the first row of the CSV was read */
};

/* Does `spec` (null: none) name a stream, rather than a literal? */
bool input_is_stream(const char *spec);

/* The literal input; null is {}. BERTH_E_INVALID when it is no JSON object, or holds a
 * secret. The caller owns *ret_value. */
int input_literal(const char *spec, const struct operation *op, json_t **ret_value,
                  struct berth_error *err);

/* Open the stream. input_release() is due in each case. */
int input_open(struct input *in, const char *spec, bool csv, const struct operation *op,
               struct berth_error *err);
void input_release(struct input *in);

static inline void cleanup_input(struct input *in)
{
    input_release(in);
}

/* The next element: enum record_step, or a negative status. */
int input_next(struct input *in, struct record *ret_record, struct berth_error *err);

/* Read more; blocks when nothing is there. */
int input_fill(struct input *in, struct berth_error *err);

#endif
