/* Problems in people's words. Invariant: a value is shown shortened, and never when some
 * schema for its place says "x-secret". */
#ifndef BERTH_SCHEMA_REPORT_H
#define BERTH_SCHEMA_REPORT_H

#include "host/schema/check.h"
#include "sdk/text.h"

/* Count or report a problem of the value at f->at, as the mode asks: INVALID, or
 * BERTH_E_NO_MEMORY. The format has directives of its own:
 *   %v  the value, or (secret)
 *   %q  const char *: in quotes, shortened
 *   %s  const char *: as it is
 *   %n  size_t
 *   %j  const json_t *: a value from the schema
 *   %l  const json_t *: a list of values from the schema, ten at most
 *   %m  const json_t *: the member names of an object, ten at most
 *   %t  unsigned: the words for a set of types
 *   %h  the schema's own help, in brackets, when it has any */
int problem(struct check *x, const struct frame *f, const char *format, ...);

#endif
