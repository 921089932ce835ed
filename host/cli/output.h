/* Results, on stdout. Invariant: once writing has failed nothing more is written, and
 * output_finish() says so; a closed pipe is no error to talk about, but no success
 * either. A terminal gets no control characters but ASCII's, which only tables use. */
#ifndef BERTH_CLI_OUTPUT_H
#define BERTH_CLI_OUTPUT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "berth_plugin.h"
#include "host/cli/talk.h"

enum output_format { OUTPUT_TABLE, OUTPUT_JSON, OUTPUT_NDJSON };

struct output {
    FILE *file;
    enum output_format format;
    bool terminal;
    bool color;
    size_t columns;    /* of the terminal; 0: not known or none */
    int error;         /* errno of the first write that failed */
    struct talk *talk; /* whose line of progress may stand where it writes; may be null */
};

/* `format` is "table", "json", "ndjson" or null: a table on a terminal, else ndjson. */
void output_init(struct output *out, FILE *file, const char *format);

/* Write. 0, or BERTH_E_CANCELED when writing has failed (now or before). */
int output_write(struct output *out, struct berth_str text);
int output_line(struct output *out, struct berth_str text); /* and a newline */

/* One JSON value: indented for OUTPUT_JSON, else on one line; with a newline. Also
 * BERTH_E_NO_MEMORY. */
int output_json(struct output *out, const json_t *value);

/* An array: as one value for OUTPUT_JSON, else each element on its line. Also
 * BERTH_E_NO_MEMORY. */
int output_list(struct output *out, const json_t *array);

/* Push everything to where it goes; `sync`: a regular file also to its disk. 0 or
 * BERTH_E_CANCELED. */
int output_flush(struct output *out, bool sync);

/* At the end: 0, or EXIT_FAILED. `err` stays empty when the reader has gone away. */
int output_finish(struct output *out, struct berth_error *err);

#endif
