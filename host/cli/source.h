/* Bytes from a file or a pipe, held until they have been used. Invariant: what lies
 * between `start` and `len` was read and not yet used. */
#ifndef BERTH_CLI_SOURCE_H
#define BERTH_CLI_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "berth_plugin.h"

/* The longest line that is taken. */
#define SOURCE_MAX_LINE (4u * 1024 * 1024)

struct source {
    int fd; /* borrowed */
    char *data;
    size_t start;
    size_t len;
    size_t capacity;
    bool ended;
    uint64_t taken; /* bytes used up so far, for the progress */
};

/* Read from `fd`, byte for byte: a byte order mark is left to whoever parses. */
void source_init(struct source *s, int fd);
void source_release(struct source *s); /* wipes */

/* Read once: blocks when nothing is there to be read. 0 (also at the end: `ended`), or a
 * negative status; `name` is for the sentence. */
int source_fill(struct source *s, const char *name, struct berth_error *err);

/* What is there. */
static inline struct berth_str source_view(const struct source *s)
{
    return (struct berth_str){s->data ? s->data + s->start : "", s->len - s->start};
}

/* The first n bytes have been used. */
void source_use(struct source *s, size_t n);

#endif
