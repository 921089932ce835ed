/* Walking over JSON text without building anything: strict (RFC 8259, UTF-8 in its
 * shortest form, whole surrogate pairs), bounded in depth. Invariant: each function
 * leaves `at` behind what it read, or returns false with `at` where the text is wrong. */
#ifndef BERTH_SDK_READER_H
#define BERTH_SDK_READER_H

#include <stdbool.h>
#include <stdint.h>

#include "sdk/str.h"

#define READER_MAX_DEPTH 64

struct reader {
    const char *at;
    const char *end;
    bool escaped; /* the last string had an escape */
};

static inline struct reader reader_of(struct berth_str text)
{
    return (struct reader){.at = text.ptr, .end = str_end(text)};
}

void reader_skip_space(struct reader *r);

/* One value, at its first character; `depth` lists and objects are open around it. */
bool reader_skip_value(struct reader *r, int depth);

/* `at` is at the opening quote. */
bool reader_skip_string(struct reader *r);

bool reader_skip_number(struct reader *r);

/* Behind an opening bracket (at `at`) and space: is it closed at once? */
bool reader_skip_empty(struct reader *r, char close);

/* Behind a value in a list or object: a comma, or `close`, which sets *ret_over. */
bool reader_skip_separator(struct reader *r, char close, bool *ret_over);

/* A member of an object, name and value as they stand there. */
struct reader_member {
    struct berth_str name; /* with its quotes */
    struct berth_str value;
    bool escaped; /* the name has escapes */
};

/* One member, at its name, with the separator behind it, as below. */
bool reader_skip_member(struct reader *r, int depth, struct reader_member *ret_member,
                        bool *ret_over);

/* A member's name (as it stands, with its quotes), the colon and space. */
bool reader_skip_name(struct reader *r, struct berth_str *ret_raw);

/* What the escape at `at` says, as 1 to 4 bytes of UTF-8. */
bool reader_read_escape(struct reader *r, char out[4], size_t *ret_len);

#endif
