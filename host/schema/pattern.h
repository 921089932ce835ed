/* Regular expressions of ECMAScript (with its `u` flag) on PCRE2. Invariant: what would
 * mean something else to PCRE2 than to ECMAScript is translated or refused; a match costs
 * no more than the limit it is given. */
#ifndef BERTH_SCHEMA_PATTERN_H
#define BERTH_SCHEMA_PATTERN_H

#include <stdbool.h>

#include "berth_plugin.h"
#include "sdk/text.h"

struct pattern;

enum pattern_result {
    PATTERN_NO = 0,
    PATTERN_YES = 1,
    PATTERN_TOO_HARD = 2, /* the limit was reached: nobody knows */
};

/* Append the expression in PCRE2's words. BERTH_E_INVALID with the reason when it is no
 * regular expression of ECMAScript. */
int ecma_translate(struct berth_str expression, struct text *pcre,
                   struct berth_error *err);

/* Compile. BERTH_E_INVALID with the reason; BERTH_E_UNSUPPORTED when it is good but PCRE2
 * cannot do it (a look-behind of varying length). */
int pattern_new(struct berth_str expression, struct pattern **ret_pattern,
                struct berth_error *err);

/* Null: nothing. */
void pattern_free(struct pattern *pattern);

/* What matching needs beside the pattern; one for many matches spares most of their cost.
 * Zero is an empty one. */
struct matcher {
    void *context;
    void *data;
};

void matcher_release(struct matcher *m);

static inline void cleanup_matcher(struct matcher *m)
{
    matcher_release(m);
}

/* Does it match anywhere in `subject`? At most about `limit` steps are taken. An enum
 * pattern_result, or BERTH_E_NO_MEMORY. Any number of threads at a time, each with a
 * matcher of its own. */
int pattern_match(const struct pattern *pattern, struct berth_str subject, unsigned limit,
                  struct matcher *m);

#endif
