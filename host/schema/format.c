#include "host/schema/format.h"

#include <string.h>

static const struct format FORMATS[] = {
    {"date-time", "a date and time such as 2024-02-29T23:59:59Z", format_date_time},
    {"date", "a date such as 2024-02-29", format_date},
    {"time", "a time with its offset such as 23:59:59Z", format_time},
    {"duration", "a duration such as P3DT12H", format_duration},
    {"email", "an e-mail address", format_email},
    {"idn-email", "an e-mail address", format_idn_email},
    {"hostname", "a host name", format_hostname},
    {"ipv4", "an IPv4 address such as 192.0.2.1", format_ipv4},
    {"ipv6", "an IPv6 address such as 2001:db8::1", format_ipv6},
    {"uri", "a URI such as https://example.com/", format_uri},
    {"uri-reference", "a URI or a relative reference", format_uri_reference},
    {"iri", "an IRI such as https://example.com/", format_iri},
    {"iri-reference", "an IRI or a relative reference", format_iri_reference},
    {"uri-template", "a URI template such as /things/{id}", format_uri_template},
    {"uuid", "a UUID such as 2eb8aa08-aa98-11ea-b4aa-73b441d16380", format_uuid},
    {"json-pointer", "a JSON Pointer such as /a/0", format_json_pointer},
    {"relative-json-pointer", "a relative JSON Pointer such as 1/a",
     format_relative_json_pointer},
    {"regex", "a regular expression of ECMAScript", format_regex},
};

enum { FORMAT_COUNT = sizeof(FORMATS) / sizeof(FORMATS[0]) };

const struct format *format_find(const char *name)
{
    for (unsigned i = 0; i < FORMAT_COUNT; i++)
        if (strcmp(FORMATS[i].name, name) == 0)
            return &FORMATS[i];
    return NULL;
}

const char *format_name(unsigned i)
{
    return i < FORMAT_COUNT ? FORMATS[i].name : NULL;
}
