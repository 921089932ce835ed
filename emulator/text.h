#ifndef EMULATOR_TEXT_H
#define EMULATOR_TEXT_H
/* Text that grows up to a limit. Invariant: once an append did not fit or found no
 * memory, the text stays failed and every later append does nothing, so a chain of
 * appends needs one check at its end. */
#include <stdbool.h>
#include <stddef.h>

struct text {
    char *data; /* NUL-terminated when not NULL */
    size_t len;
    size_t size;
    size_t max;
    bool failed;
};

/* Begin an empty text of at most `max` bytes. Nothing is allocated yet. */
void text_init(struct text *t, size_t max);
/* Free the contents; the text is empty and usable again. */
void text_release(struct text *t);
/* Wipe and free contents that held a secret. */
void text_wipe(struct text *t);

void text_add(struct text *t, const char *s);
void text_add_bytes(struct text *t, const void *p, size_t len);
/* At most 511 bytes at once: the text fails when they are more. */
void text_addf(struct text *t, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Append `s` as a JSON string with its quotes. Bytes that are no UTF-8 become '?'. */
void text_add_json(struct text *t, const char *s);
/* The same of `len` bytes, of which none is a NUL. */
void text_add_json_bytes(struct text *t, const char *s, size_t len);

/* Forget all behind the first `len` bytes. */
void text_cut(struct text *t, size_t len);
bool text_failed(const struct text *t);
/* The text so far, "" when empty; valid until the next append. */
const char *text_str(const struct text *t);
/* Hand the allocated string over to the caller (free()); NULL when the text failed. */
char *text_take(struct text *t);

#endif
