#ifndef EMULATOR_SLICE_H
#define EMULATOR_SLICE_H
/* The text of parts of a JSON document, as its writer spelled it, so that what is kept
 * for later (a twin) loses no digit. Invariant: slices are cut only from text that a JSON
 * parser has accepted. */
#include <stdbool.h>
#include <stddef.h>

struct text;

struct slice {
    const char *p;
    size_t len;
};

/* The value of the last member `name` of the object, however its name is escaped; len 0
 * when it has none, or there is no memory to decode one. Borrowed from `object`. */
struct slice slice_member(struct slice object, const char *name);
/* The element number `at` of an array; len 0 behind its end. */
struct slice slice_element(struct slice array, size_t at);
/* Append the slice without the white space between its tokens. */
void slice_add(struct text *t, struct slice s);

#endif
