/* The types of JSON Schema. Invariant: 1.0 is an integer, and every integer a number. */
#ifndef BERTH_SCHEMA_TYPE_H
#define BERTH_SCHEMA_TYPE_H

#include <jansson.h>

#include "sdk/text.h"

/* The enum type_bit of a type's name, or 0. */
unsigned type_from_name(const char *name);

/* All bits that are true of a value. */
unsigned type_of(const json_t *value);

/* "a string", "a number" ...: the most fitting word for a value. */
const char *type_word(const json_t *value);

/* Append "a string, a number or null" for a set of bits. */
void type_add_words(struct text *t, unsigned types);

#endif
