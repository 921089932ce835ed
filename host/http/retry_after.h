/* The Retry-After header, in both its forms (RFC 9110, 10.2.3). Invariant: what
 * is not exactly one of the forms counts as absent. */
#ifndef BERTH_HTTP_RETRY_AFTER_H
#define BERTH_HTTP_RETRY_AFTER_H

#include <stdint.h>

#include "berth_plugin.h"

/* Longer waits are taken as this. */
#define RETRY_AFTER_MAX_MS ((int64_t)30 * 24 * 3600 * 1000)

/* Milliseconds to wait; -1 when `value` is neither seconds nor a date. A date is compared
 * with the service's own `date` header where there is one, so that wrong clocks do not
 * matter, else with now_ms. */
int64_t retry_after_parse(struct berth_str value, struct berth_str date, int64_t now_ms);

#endif
