/* Many things of one kind on stdout: items or result lines, each given as one line of
 * JSON, as NDJSON, a JSON array or a table. Invariant: an array is closed only by
 * writer_end(), so one that broke off cannot be taken for a whole one. */
#ifndef BERTH_CLI_WRITER_H
#define BERTH_CLI_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include "host/cli/members.h"
#include "host/cli/output.h"
#include "host/cli/table.h"
#include "host/manifest.h"

struct writer {
    struct output *out;
    const struct operation *op; /* null: result lines; else its items */
    struct table table;
    struct members members;                 /* of an item */
    const char *columns[TABLE_MAX_COLUMNS]; /* members of an item */
    size_t column_count;
    uint64_t count;
};

/* writer_release() is due in each case. */
int writer_init(struct writer *w, struct output *out, const struct operation *op,
                struct berth_error *err);
void writer_release(struct writer *w);

static inline void cleanup_writer(struct writer *w)
{
    writer_release(w);
}

/* 0, or BERTH_E_CANCELED when stdout is gone, or BERTH_E_NO_MEMORY. */
int writer_add(struct writer *w, struct berth_str line);

/* Close the array or the table. */
int writer_end(struct writer *w);

#endif
