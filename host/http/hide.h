/* What a service repeats of the secrets that it was sent: in an error's words, in a
 * header of its answer.
 *
 * Invariant: what is hidden is starred out in its place; no text becomes longer or
 * shorter. */
#ifndef BERTH_HTTP_HIDE_H
#define BERTH_HTTP_HIDE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "berth_plugin.h"

struct exchange;
struct text;

struct hide_text {
    char *data;
    size_t len;
};

/* Headers and query parameters that carry credentials, known or likely. */
bool hide_is_secret_name(struct berth_str name);

/* Append a url's query (without its question mark) with *** for the values of such
 * parameters. */
void hide_add_query(struct text *out, struct berth_str query);

/* Star out, in each of the texts, the secrets of the request in `x`: the values of its
 * secret headers and of the members of its body that have one of the names (an object;
 * null: none). Whatever follows "sig=" is starred out, too. */
void hide_sent(const struct hide_text *texts, size_t count, const struct exchange *x,
               const json_t *secret_names);

/* The same for the texts of an error. */
void hide_sent_in_error(struct berth_error *err, const struct exchange *x,
                        const json_t *secret_names);

#endif
