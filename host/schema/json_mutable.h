/* jansson's iterators take a json_t that is not const although they only read. Invariant:
 * nobody changes a value through what this gives. */
#ifndef BERTH_SCHEMA_JSON_MUTABLE_H
#define BERTH_SCHEMA_JSON_MUTABLE_H

#include <jansson.h>

static inline json_t *json_mutable(const json_t *value)
{
    union {
        const json_t *in;
        json_t *out;
    } same = {.in = value};
    return same.out;
}

/* A view of a JSON string, which may have zero bytes in it. */
#define JSON_STR(value)                                                                  \
    ((struct berth_str){json_string_value(value), json_string_length(value)})

#endif
