/* JSON Pointers (RFC 6901). Invariant: pointers are UTF-8 text with "~0" and "~1" for '~'
 * and '/'; the empty pointer is the whole. */
#ifndef BERTH_SDK_POINTER_H
#define BERTH_SDK_POINTER_H

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

/* Room for any token that is looked for, with its end. */
enum { POINTER_TOKEN_MAX = 4096 };

/* The token as it stands in the document. False: it is not escaped as it must be, or
 * longer than any name that is looked for. */
bool pointer_unescape(struct berth_str token, char ret_name[POINTER_TOKEN_MAX]);

/* The child of `value` that an escaped token names, or null. */
json_t *pointer_child(const json_t *value, struct berth_str token);

/* The value that a pointer leads to, borrowed; null when there is none. */
json_t *pointer_at(const json_t *value, struct berth_str pointer);

/* Append the pointer that leads from `from` to the very node `to`; false when it is not
 * in there (the text is then as before). */
bool pointer_locate(struct text *t, const json_t *from, const json_t *to);

#endif
