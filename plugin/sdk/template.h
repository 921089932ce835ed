/* Texts with {member} in them, as the manifest's request blocks use. Invariant: what is
 * put in for a member is escaped for the place where it goes. */
#ifndef BERTH_SDK_TEMPLATE_H
#define BERTH_SDK_TEMPLATE_H

#include <jansson.h>

#include "sdk/error.h"
#include "sdk/text.h"

enum template_place {
    TEMPLATE_RAW,  /* as it is: base urls (from the connection), header values */
    TEMPLATE_PATH, /* percent-encoded as one segment; never empty, "." or ".." */
    TEMPLATE_QUERY /* percent-encoded */
};

/* Are the braces balanced, with a name in each? */
bool template_is_valid(const char *text);

/* Append the text, with each {member} taken from `values` (text, whole number, true or
 * false). 1; 0 when a member is absent, null or empty text (for a path: BERTH_E_INVALID);
 * then nothing useful was appended. */
int template_add(struct text *t, const char *text, const json_t *values,
                 enum template_place place, struct berth_error *err);

#endif
