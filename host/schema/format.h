/* The formats that are asserted. Invariant: each is a pure function of the text; a
 * trailing line end or a zero byte is part of it. */
#ifndef BERTH_SCHEMA_FORMAT_H
#define BERTH_SCHEMA_FORMAT_H

#include <stdbool.h>

#include "berth_plugin.h"

struct format {
    const char *name;
    const char *expected;                /* for people: "a date such as 2024-02-29" */
    int (*check)(struct berth_str text); /* 1, 0 or BERTH_E_NO_MEMORY */
};

/* The format of that name, or null. */
const struct format *format_find(const char *name);

/* The name of the i-th format, or null after the last. */
const char *format_name(unsigned i);

int format_date(struct berth_str text);      /* RFC 3339 full-date */
int format_time(struct berth_str text);      /* RFC 3339 full-time */
int format_date_time(struct berth_str text); /* RFC 3339 */
int format_duration(struct berth_str text);  /* RFC 3339 appendix A */

int format_hostname(struct berth_str text); /* RFC 1123 */
int format_ipv4(struct berth_str text);     /* RFC 2673 section 3.2 */
int format_ipv6(struct berth_str text);     /* RFC 4291 section 2.2 */

int format_email(struct berth_str text);     /* RFC 5321 section 4.1.2 */
int format_idn_email(struct berth_str text); /* RFC 6531 */

int format_uri(struct berth_str text);           /* RFC 3986 */
int format_uri_reference(struct berth_str text); /* RFC 3986 */
int format_iri(struct berth_str text);           /* RFC 3987 */
int format_iri_reference(struct berth_str text); /* RFC 3987 */
int format_uri_template(struct berth_str text);  /* RFC 6570 */

int format_json_pointer(struct berth_str text);          /* RFC 6901 */
int format_relative_json_pointer(struct berth_str text); /* its draft 5 */
int format_regex(struct berth_str text);                 /* ECMA-262 */
int format_uuid(struct berth_str text);                  /* RFC 4122 */

#endif
