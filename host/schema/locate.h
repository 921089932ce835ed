/* Which schemas speak about a place in a value, whether or not they are obeyed.
 * Invariant: rather one too many than one too few, since secrets depend on it. */
#ifndef BERTH_SCHEMA_LOCATE_H
#define BERTH_SCHEMA_LOCATE_H

#include "host/schema/check.h"
#include "host/suggest.h"

/* Does a schema for this place, or for one on the way to it, have "x-secret": true? Or,
 * when a text is there, one for a place inside of what belongs there? */
int place_is_secret(struct check *x, const struct place *at, bool *ret_secret);

/* The names of the members that schemas for this place know and its object lacks, as a
 * new object with these members. */
int place_names(struct check *x, const struct place *at, json_t **ret_names);

/* Offer the members of the object at this place that none of its schemas names. */
int place_offer_unknown(struct check *x, const struct place *at, struct suggest *s);

#endif
