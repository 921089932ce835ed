/* The masks of the wire log, held against jansson: what is JSON comes out as the same
 * value with the secrets replaced, and what is not JSON shows no secret that a reader of
 * its beginning would find. */
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "host/http/mask.h"
#include "sdk/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char SECRET[] = "key";

static bool is_unset(const json_t *value)
{
    return json_is_null(value) ||
           (json_is_string(value) && json_string_length(value) == 0);
}

static bool is_masked(const json_t *value, const json_t *masked);

static bool is_member_masked(const char *name, const json_t *value, const json_t *masked)
{
    if (strcasecmp(name, SECRET) != 0 || is_unset(value))
        return is_masked(value, masked);
    const char *shown = json_string_value(masked);
    return shown && strcmp(shown, "***") == 0;
}

/* Is `masked` what `value` must look like? */
static bool is_masked(const json_t *value, const json_t *masked)
{
    const char *name;
    json_t *member;
    size_t i;
    if (json_typeof(value) != json_typeof(masked))
        return false;
    if (json_is_array(value)) {
        json_array_foreach(json_mutable(value), i, member)
        {
            if (!is_masked(member, json_array_get(masked, i)))
                return false;
        }
        return json_array_size(value) == json_array_size(masked);
    }
    if (!json_is_object(value))
        return json_equal(value, masked);
    json_object_foreach(json_mutable(value), name, member)
    {
        if (!is_member_masked(name, member, json_object_get(masked, name)))
            return false;
    }
    return json_object_size(value) == json_object_size(masked);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text out;
    json_t *names = json_pack("{s:b}", SECRET, 1);
    if (!names)
        return 0;
    text_init(&out, 1u << 20);
    bool whole =
        mask_json(&out, (struct berth_str){(const char *)data, size}, names, 1u << 19);
    json_t *value = size < 10000 ? json_loadb((const char *)data, size,
                                              JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL)
                                 : NULL;
    if (value && whole) {
        json_t *masked =
            json_loadb(out.data, out.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
        if (!masked || !is_masked(value, masked))
            abort();
        json_decref(masked);
    }
    json_decref(value);
    json_decref(names);
    text_release(&out);
    return 0;
}
