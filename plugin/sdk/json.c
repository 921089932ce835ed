#include "sdk/json.h"

#include <openssl/crypto.h>

#include "sdk/cleanup.h"

/* 1: *ret_value is there; 0: absent and may be; negative: missing. */
static int get(const json_t *object, const char *name, enum json_need need,
               json_t **ret_value, struct berth_error *err)
{
    json_t *value = json_object_get(object, name);
    if (value && !json_is_null(value)) {
        *ret_value = value;
        return 1;
    }
    if (need == JSON_REQUIRED)
        return fail(err, BERTH_E_INVALID, "%s: missing", name);
    return 0;
}

static int wrong_type(const char *name, const char *type, struct berth_error *err)
{
    return fail(err, BERTH_E_INVALID, "%s: must be %s", name, type);
}

int json_get_string(const json_t *object, const char *name, enum json_need need,
                    struct berth_str *ret, struct berth_error *err)
{
    json_t *value = NULL;
    int r = get(object, name, need, &value, err);
    if (r <= 0)
        return r;
    if (!json_is_string(value))
        return wrong_type(name, "text", err);
    *ret = json_value_str(value);
    return 1;
}

int json_get_int(const json_t *object, const char *name, enum json_need need,
                 int64_t *ret, struct berth_error *err)
{
    json_t *value = NULL;
    int r = get(object, name, need, &value, err);
    if (r <= 0)
        return r;
    if (!json_is_integer(value))
        return wrong_type(name, "a whole number", err);
    *ret = json_integer_value(value);
    return 1;
}

int json_get_array(const json_t *object, const char *name, enum json_need need,
                   json_t **ret, struct berth_error *err)
{
    json_t *value = NULL;
    int r = get(object, name, need, &value, err);
    if (r <= 0)
        return r;
    if (!json_is_array(value))
        return wrong_type(name, "a list", err);
    *ret = value;
    return 1;
}

struct berth_str json_str(const json_t *object, const char *name)
{
    return json_value_str(json_object_get(object, name));
}

static json_t *clone_list(const json_t *list)
{
    size_t i;
    json_t *value;
    json_t *copy = json_array();
    json_array_foreach(json_mutable(list), i, value)
    {
        if (!copy || json_array_append_new(copy, json_clone_new(value)) != 0) {
            json_wipe(copy);
            return NULL;
        }
    }
    return copy;
}

static json_t *clone_object(const json_t *object)
{
    const char *name;
    size_t len;
    json_t *value;
    json_t *copy = json_object();
    json_object_keylen_foreach(json_mutable(object), name, len, value)
    {
        if (!copy ||
            json_object_setn_new_nocheck(copy, name, len, json_clone_new(value)) != 0) {
            json_wipe(copy);
            return NULL;
        }
    }
    return copy;
}

json_t *json_clone_new(const json_t *value)
{
    if (json_is_object(value))
        return clone_object(value);
    if (json_is_array(value))
        return clone_list(value);
    return json_incref(json_mutable(value)); /* it never changes */
}

/* Merge one member of a patch into `target`, which is ours alone. */
static int merge_member(json_t *target, const char *name, json_t *change)
{
    if (json_is_null(change)) {
        (void)json_object_del(target, name); /* it may well not be there */
        return 0;
    }
    json_t *merged = json_merge_patch_new(json_object_get(target, name), change);
    return merged ? json_object_set_new(target, name, merged) : -1;
}

json_t *json_merge_patch_new(const json_t *target, const json_t *patch)
{
    if (!json_is_object(patch))
        return json_clone_new(patch);
    json_t *merged = json_is_object(target) ? json_clone_new(target) : json_object();
    const char *name;
    json_t *change;
    json_object_foreach(json_mutable(patch), name, change)
    {
        if (!merged || merge_member(merged, name, change) != 0) {
            json_wipe(merged);
            return NULL;
        }
    }
    return merged;
}

static bool contains_members(const json_t *whole, const json_t *part)
{
    const char *name;
    json_t *value;
    json_object_foreach(json_mutable(part), name, value)
    {
        const json_t *has = json_object_get(whole, name);
        if (json_is_null(value) ? has && !json_is_null(has) : !json_contains(has, value))
            return false;
    }
    return true;
}

bool json_contains(const json_t *whole, const json_t *part)
{
    if (json_is_number(part))
        return json_is_number(whole) &&
               json_number_value(whole) == json_number_value(part);
    if (!whole || json_typeof(whole) != json_typeof(part))
        return false;
    if (json_is_object(part))
        return contains_members(whole, part);
    if (!json_is_array(part))
        return json_equal(whole, part) == 1;
    if (json_array_size(whole) != json_array_size(part))
        return false;
    for (size_t i = 0; i < json_array_size(part); i++)
        if (!json_contains(json_array_get(whole, i), json_array_get(part, i)))
            return false;
    return true;
}

bool json_set_str(json_t *object, const char *name, struct berth_str value)
{
    json_t *text = json_stringn(value.ptr ? value.ptr : "", value.len);
    return text && json_object_set_new(object, name, text) == 0;
}

static void wipe_strings(json_t *value)
{
    const char *name;
    json_t *member;
    size_t i;
    if (value->refcount > 1)
        return; /* another owner is left */
    if (json_is_string(value))
        OPENSSL_cleanse((char *)(uintptr_t)json_string_value(value),
                        json_string_length(value));
    json_object_foreach(value, name, member) wipe_strings(member);
    json_array_foreach(value, i, member) wipe_strings(member);
}

void json_wipe(json_t *value)
{
    if (value)
        wipe_strings(value);
    json_decref(value);
}
