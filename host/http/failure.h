/* What libcurl's error codes mean to an operation. Invariant: every code has a class and
 * a sentence, also those that no version of libcurl has yet. */
#ifndef BERTH_HTTP_FAILURE_H
#define BERTH_HTTP_FAILURE_H

#include <curl/curl.h>

struct exchange;

/* Set status, failure and failure_text of an exchange that ended with `code`, or that
 * ended well but without a status. `detail` is libcurl's own text, or empty. */
void failure_describe(struct exchange *x, CURLcode code, const char *detail);

#endif
