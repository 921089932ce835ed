/* JSON Pointers (RFC 6901). Invariant: pointers are UTF-8 text with "~0" and "~1" for '~'
 * and '/'; the empty pointer is the whole. */
#ifndef BERTH_SCHEMA_POINTER_H
#define BERTH_SCHEMA_POINTER_H

#include <jansson.h>
#include <stdbool.h>

#include "berth_plugin.h"
#include "sdk/text.h"

/* The next token of a pointer, still escaped; `rest` moves on. False at its end, and when
 * what is left does not begin with '/'. */
bool pointer_next(struct berth_str *rest, struct berth_str *ret_token);

/* Append "/token" with the token escaped. */
void pointer_add(struct text *t, const char *token);

/* Append "/index". */
void pointer_add_index(struct text *t, size_t index);

/* The child of `value` that an escaped token names, or null. */
json_t *pointer_child(const json_t *value, struct berth_str token);

/* Append the pointer that leads from `from` to the very node `to`; false when it is not
 * in there (the text is then as before). */
bool pointer_locate(struct text *t, const json_t *from, const json_t *to);

#endif
