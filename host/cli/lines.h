/* JSON objects from a stream: one a line (NDJSON), an object that spans lines, or an
 * array of objects. Invariant: what is wrong with one line never touches the next; blank
 * lines count and give nothing. */
#ifndef BERTH_CLI_LINES_H
#define BERTH_CLI_LINES_H

#include <stdbool.h>

#include "host/cli/record.h"
#include "host/cli/source.h"

enum lines_mode { LINES_START, LINES_NDJSON, LINES_ARRAY, LINES_ARRAY_NEXT, LINES_ENDED };

struct lines {
    struct source *source; /* borrowed */
    enum lines_mode mode;
    uint64_t number; /* lines (elements of an array) used so far */
    bool skipping;   /* the rest of a line that is too long */

    /* How far the object that spans lines was looked at. */
    size_t tried; /* bytes that are no whole object; 0: none */
    size_t at;    /* bytes that were scanned */
    int depth;
    bool in_string;
    bool escaped;
};

void lines_init(struct lines *l, struct source *source);

/* The next object. RECORD_READY fills *ret_record; RECORD_MORE wants source_fill() first;
 * RECORD_END; or BERTH_E_INVALID when the rest cannot be read. */
int lines_next(struct lines *l, struct record *ret_record, struct berth_error *err);

/* The part of lines_next() that reads arrays (lines_array.c). */
int lines_array_next(struct lines *l, struct record *ret_record, struct berth_error *err);

/* Go on over one byte of JSON, so that depth and in_string are right behind it. */
static inline void lines_scan(struct lines *l, char c)
{
    if (l->in_string) {
        l->in_string = l->escaped || c != '"';
        l->escaped = !l->escaped && c == '\\';
    } else if (c == '"') {
        l->in_string = true;
    } else if (c == '{' || c == '[') {
        l->depth++;
    } else if (c == '}' || c == ']') {
        l->depth--;
    }
}

#endif
