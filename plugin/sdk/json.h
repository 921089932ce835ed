/* Typed reading of JSON over jansson, and the few things one does with it. Invariant: no
 * json_t crosses the ABI; texts do. Every message names the member and what it should
 * have been, never its value, which may be a secret. */
#ifndef BERTH_SDK_JSON_H
#define BERTH_SDK_JSON_H

#include <jansson.h>
#include <stdbool.h>

#include "sdk/error.h"
#include "sdk/reader.h"
#include "sdk/str.h"
#include "sdk/text.h"

/* Values nested deeper than this are refused before they are parsed. */
#define JSON_MAX_DEPTH READER_MAX_DEPTH

enum json_origin {
    JSON_OURS,  /* input, configuration, manifest: a name given twice is a mistake */
    JSON_THEIRS /* a service's answer: the last one counts */
};

/* Parse one JSON value of any type. (jansson's own parser loses characters silently when
 * memory runs out; this one does not.) The caller owns *ret_value. BERTH_E_INVALID (ours)
 * or BERTH_E_PROTOCOL (theirs) with the line, or BERTH_E_NO_MEMORY. */
int json_parse(struct berth_str text, enum json_origin origin, json_t **ret_value,
               struct berth_error *err);

/* True: leave out the member path[depth - 1], which is in path[depth - 2], and so on;
 * what is in a list has no name. */
typedef bool json_unwanted_fn(const struct berth_str *path, int depth);

/* The same without what is not wanted, which must be JSON and may come twice. */
int json_parse_wanted(struct berth_str text, enum json_origin origin,
                      json_unwanted_fn *is_unwanted, json_t **ret_value,
                      struct berth_error *err);

enum json_need { JSON_OPTIONAL, JSON_REQUIRED };

/* The member `name` of an object. 1 and *ret set; 0 when it is absent (or null) and
 * optional, *ret is then left as it was; BERTH_E_INVALID when it is missing or of another
 * type. Views and pointers are borrowed from the object. */
int json_get_string(const json_t *object, const char *name, enum json_need need,
                    struct berth_str *ret, struct berth_error *err);
int json_get_int(const json_t *object, const char *name, enum json_need need,
                 int64_t *ret, struct berth_error *err);
int json_get_array(const json_t *object, const char *name, enum json_need need,
                   json_t **ret, struct berth_error *err);

/* The string member as a view; the empty view when it is absent or no string. */
struct berth_str json_str(const json_t *object, const char *name);

/* The view of a JSON string, which may have zero bytes in it; empty for anything else. */
static inline struct berth_str json_value_str(const json_t *value)
{
    return (struct berth_str){json_string_value(value), json_string_length(value)};
}

/* For jansson's iterators, which take what is not const although they only read: nobody
 * changes a value through what this gives. */
static inline json_t *json_mutable(const json_t *value)
{
    union {
        const json_t *in;
        json_t *out;
    } same = {.in = value};
    return same.out;
}

/* Append the value, compact, members in their order; a number that is not whole with the
 * fewest digits that read back as the same one. The other has a line for each member, two
 * spaces deeper for each level. */
void text_add_value(struct text *t, const json_t *value);
void text_add_value_indented(struct text *t, const json_t *value);

/* A copy, deep and whole; texts and numbers, which never change, are shared. Null: out of
 * memory. (jansson's own copies leave out what there was no memory for, and say
 * nothing.) */
json_t *json_clone_new(const json_t *value);

/* A new value: `patch` merged into `target` (RFC 7396). Null: out of memory. */
json_t *json_merge_patch_new(const json_t *target, const json_t *patch);

/* Does `whole` have everything that `part` says? Objects by member; arrays element by
 * element and of the same length; numbers by value; a null in `part` also means absent.
 */
bool json_contains(const json_t *whole, const json_t *part);

/* Set a string member. False: out of memory or not UTF-8. */
bool json_set_str(json_t *object, const char *name, struct berth_str value);

/* Wipe every string in the value that no other value shares, then give it back: the last
 * owner wipes. For values with secrets. */
void json_wipe(json_t *value);

static inline void cleanup_json(json_t **value)
{
    json_decref(*value);
}

static inline void cleanup_json_secret(json_t **value)
{
    json_wipe(*value);
}

#endif
