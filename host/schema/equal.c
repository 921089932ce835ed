#include "host/schema/equal.h"

#include <string.h>

#include "host/fnv.h"
#include "host/schema/number.h"
#include "host/schema/report.h"
#include "sdk/json.h"
#include "sdk/str.h"

static int arrays_equal(struct check *x, const json_t *a, const json_t *b)
{
    int r = json_array_size(a) == json_array_size(b);
    for (size_t i = 0; r == 1 && i < json_array_size(a); i++)
        r = value_equal(x, json_array_get(a, i), json_array_get(b, i));
    return r;
}

static int objects_equal(struct check *x, const json_t *a, const json_t *b)
{
    const char *key;
    json_t *value;
    if (json_object_size(a) != json_object_size(b))
        return 0;
    json_object_foreach(json_mutable(a), key, value)
    {
        const json_t *other = json_object_get(b, key);
        int r = other ? value_equal(x, value, other) : 0;
        if (r != 1)
            return r;
    }
    return 1;
}

int value_equal(struct check *x, const json_t *a, const json_t *b)
{
    int r = check_work(x, 1 + json_string_length(a) / 64);
    if (r < 0)
        return r;
    if (json_is_number(a) && json_is_number(b))
        return number_compare(a, b) == 0;
    if (json_typeof(a) != json_typeof(b))
        return 0;
    switch (json_typeof(a)) {
    case JSON_ARRAY:
        return arrays_equal(x, a, b);
    case JSON_OBJECT:
        return objects_equal(x, a, b);
    case JSON_STRING:
        return str_equal(json_value_str(a), json_value_str(b));
    default:
        return 1;
    }
}

static uint64_t mix(uint64_t hash)
{
    hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccdu;
    return hash ^ (hash >> 29);
}

/* Both kinds of number by the nearest double; zero has one sign. */
static uint64_t hash_number(uint64_t hash, const json_t *value)
{
    double number = json_number_value(value) + 0.0;
    if (number == 0)
        number = 0;
    return fnv_bytes(hash, &number, sizeof(number));
}

/* So that lists in lists are not hashed over and over, only the upper levels count. */
enum { HASHED_LEVELS = 3 };

static uint64_t hash_levels(const json_t *value, unsigned levels)
{
    const char *key;
    json_t *child;
    json_type type = json_typeof(value) == JSON_INTEGER ? JSON_REAL : json_typeof(value);
    uint64_t hash = FNV_START + (uint64_t)type;
    if (levels == 0 && (json_is_array(value) || json_is_object(value)))
        return hash;
    switch (json_typeof(value)) {
    case JSON_STRING:
        return mix(fnv_bytes(hash, json_string_value(value), json_string_length(value)));
    case JSON_INTEGER:
    case JSON_REAL:
        return mix(hash_number(hash, value));
    case JSON_ARRAY:
        for (size_t i = 0; i < json_array_size(value); i++)
            hash = mix(hash * 31 + hash_levels(json_array_get(value, i), levels - 1));
        return hash;
    case JSON_OBJECT:
        json_object_foreach(json_mutable(value), key, child)
        {
            hash += mix(fnv_bytes(hash_levels(child, levels - 1), key, strlen(key)));
        }
        return hash;
    default:
        return mix(hash);
    }
}

uint64_t value_hash(const json_t *value)
{
    return hash_levels(value, HASHED_LEVELS);
}

int check_const(struct check *x, const struct frame *f, const struct rule *rule)
{
    int r = value_equal(x, f->at->value, rule->value);
    if (r < 0 || r == 1)
        return r < 0 ? r : VALID;
    return problem(x, f, "%v is not allowed; it must be %j", (const json_t *)rule->value);
}
