/* Dates as HTTP headers write them (RFC 9110, 5.6.7). Invariant: what is not exactly one
 * of the three forms, or not a day of the calendar, is no date. */
#ifndef BERTH_SDK_HTTP_DATE_H
#define BERTH_SDK_HTTP_DATE_H

#include <stdint.h>

#include "berth_plugin.h"

/* Seconds since 1970 of an HTTP date (IMF-fixdate, RFC 850 or asctime); -1 when it is
 * none. */
int64_t http_date_parse(struct berth_str text);

#endif
