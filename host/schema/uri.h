/* URI references (RFC 3986): taking them apart and resolving one against a base.
 * Invariant: parts are slices of the text they were split from. */
#ifndef BERTH_SCHEMA_URI_H
#define BERTH_SCHEMA_URI_H

#include <stdbool.h>

#include "berth_plugin.h"
#include "sdk/text.h"

struct uri {
    struct berth_str scheme;
    struct berth_str authority;
    struct berth_str path;
    struct berth_str query;
    struct berth_str fragment;
    bool has_scheme, has_authority, has_query, has_fragment;
};

/* Never fails: any text has a path at least. */
struct uri uri_split(struct berth_str text);

/* Append `reference` as resolved against `base` (RFC 3986 section 5.2), without its
 * fragment. */
void uri_resolve(struct text *t, struct berth_str base, struct berth_str reference);

/* Append the text with its percent-encoding undone; false when it is no good. */
bool uri_decode(struct text *t, struct berth_str text);

#endif
