#ifndef EMULATOR_TOKEN_H
#define EMULATOR_TOKEN_H
/* Continuation tokens. Invariant: a token says after which key to go on, and is sealed
 * with the query it belongs to: one that was changed, or belongs to another query, does
 * not open. */
#include <stdbool.h>
#include <stddef.h>

struct text;

enum { TOKEN_KEY_MAX = 300 }; /* the longest key of an index */

/* Append the token that goes on after `last` in the query that `scope` describes. */
void token_add(struct text *t, const char *seal_key, const char *scope, const char *last);
/* Open a token into `last`; false when it is not one of this query. */
bool token_open(const char *token, const char *seal_key, const char *scope,
                char last[TOKEN_KEY_MAX + 1]);

#endif
