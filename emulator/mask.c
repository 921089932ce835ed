#include "emulator/mask.h"

#include <jansson.h>
#include <stdbool.h>
#include <strings.h>

/* In any case: a client that spells a name wrong sends a key all the same. */
static bool is_secret(const char *name)
{
    static const char *const NAMES[] = {"primaryKey", "secondaryKey",
                                        "authenticationKey"};
    size_t i;

    for (i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        if (!strcasecmp(NAMES[i], name))
            return true;
    return false;
}

/* Replace the secrets in it; -1 when there is no memory. The JSON is no deeper
 * than the parser takes. */
static int mask(json_t *json)
{
    void *at;
    size_t i;

    for (i = 0; i < json_array_size(json); i++)
        if (mask(json_array_get(json, i)) < 0)
            return -1;
    for (at = json_object_iter(json); at; at = json_object_iter_next(json, at)) {
        json_t *value = json_object_iter_value(at);

        if (is_secret(json_object_iter_key(at)) && !json_is_null(value)) {
            if (json_object_iter_set_new(json, at, json_string("***")) < 0)
                return -1;
        } else if (mask(value) < 0) {
            return -1;
        }
    }
    return 0;
}

char *mask_json(const char *p, size_t len)
{
    json_t *json = len ? json_loadb(p, len, JSON_DECODE_ANY, NULL) : NULL;
    char *masked = NULL;

    if (json && mask(json) == 0)
        masked = json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY);
    json_decref(json);
    return masked;
}
