/* A growing text buffer with a maximum. Invariant: once an append did not fit (or memory
 * ran out) the buffer has failed, keeps what it had, and ignores further appends; so a
 * chain of appends needs one check at its end. The data is always terminated. */
#ifndef BERTH_SDK_TEXT_H
#define BERTH_SDK_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "berth_plugin.h"

struct text {
    char *data; /* null until the first append */
    size_t len;
    size_t capacity;
    size_t max_len;
    bool failed;
    bool secret;
};

/* An empty buffer for at most max_len bytes; allocates nothing. */
void text_init(struct text *t, size_t max_len);

/* The same for secrets: every byte is wiped before it is given back. */
void text_init_secret(struct text *t, size_t max_len);

void text_release(struct text *t);

/* Make it empty and not failed; keeps the memory (wiped if it is secret). */
void text_reset(struct text *t);

void text_add(struct text *t, const char *text);
void text_add_str(struct text *t, struct berth_str s);
void text_add_int(struct text *t, int64_t value);

/* As printf, into the buffer. Never for URLs or JSON. */
void text_add_format(struct text *t, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Percent-encoded for one path segment or one query value: all but A-Z a-z 0-9 - . _ ~ is
 * encoded, hex digits in upper case (RFC 3986). */
void text_add_escaped(struct text *t, struct berth_str s);

/* As a JSON string with its quotes. The input must be UTF-8 (RFC 8259). */
void text_add_json(struct text *t, struct berth_str s);

/* Cut it back to its first `len` bytes; nothing when it is not longer. */
void text_cut(struct text *t, size_t len);

static inline bool text_failed(const struct text *t)
{
    return t->failed;
}

/* A view of the contents, valid until the next change. */
static inline struct berth_str text_str(const struct text *t)
{
    return (struct berth_str){t->data, t->len};
}

/* The contents as terminated text that belongs to the caller; the buffer is empty
 * afterwards. Null when it has failed or memory ran out. */
char *text_take(struct text *t);

static inline void cleanup_text(struct text *t)
{
    text_release(t);
}

#endif
