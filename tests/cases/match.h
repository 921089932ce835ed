/* Comparing what happened with what a case says. Invariant: nothing here changes either.
 */
#ifndef BERTH_CASES_MATCH_H
#define BERTH_CASES_MATCH_H

#include <jansson.h>
#include <stdbool.h>

#include "berth_plugin.h"

/* As JSON; "$any" and "$key" in `expected` stand for what they stand for. */
bool match_json(const json_t *expected, const json_t *actual);

/* Lists, element by element: in order, or each with one of its own. */
bool match_list(const json_t *expected, const json_t *actual, bool in_order);

/* `*` in the pattern stands for one or more unreserved characters. */
bool match_url(const char *pattern, struct berth_str url);

/* The text, or with `*` at its end a beginning of it. */
bool match_header(const char *pattern, struct berth_str value);

/* Does each expected log line have one of its own, and are all warnings expected? */
bool match_logs(const json_t *expected, const json_t *actual);

/* An error as the runner records it, against a case's. */
bool match_error(const json_t *expected, const json_t *actual);

#endif
