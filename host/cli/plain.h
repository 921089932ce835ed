/* Text from elsewhere made fit for a terminal. Invariant: what comes out has no control
 * characters (C0 but for the tab, DEL, C1, those that turn the direction of writing) and
 * is valid UTF-8. */
#ifndef BERTH_CLI_PLAIN_H
#define BERTH_CLI_PLAIN_H

#include <stddef.h>

#include "sdk/text.h"

/* Append `s`: control characters become U+FFFD or, for line ends, a space; a broken byte
 * becomes U+FFFD. */
void plain_add(struct text *out, struct berth_str s);

/* Append JSON: control characters beyond ASCII's first 32, which in JSON are escaped or
 * between its tokens, become escapes; a broken byte becomes U+FFFD. */
void plain_add_json(struct text *out, struct berth_str json);

/* How many columns plain text takes: one a character. */
size_t plain_width(struct berth_str s);

/* The length in bytes of the first `columns` characters. */
size_t plain_cut(struct berth_str s, size_t columns);

#endif
