#include "sdk/template.h"

#include <string.h>

#include "sdk/json.h"

#define NAME_MAX_LEN 64

/* The name that begins at the brace `at`; false: no name there. */
static bool read_name(const char *at, char name[NAME_MAX_LEN], size_t *ret_len)
{
    size_t len = strcspn(at + 1, "{}");
    if (at[1 + len] != '}' || len == 0 || len >= NAME_MAX_LEN)
        return false;
    memcpy(name, at + 1, len);
    name[len] = '\0';
    *ret_len = len + 2;
    return true;
}

bool template_is_valid(const char *text)
{
    char name[NAME_MAX_LEN];
    size_t len;
    for (const char *at = text; (at = strpbrk(at, "{}")) != NULL; at += len)
        if (*at == '}' || !read_name(at, name, &len))
            return false;
    return true;
}

/* A scalar as text; false: it is none. `room` holds a number's digits. */
static bool scalar_text(const json_t *value, char room[32], struct berth_str *ret)
{
    if (json_is_integer(value)) {
        (void)snprintf(room, 32, "%lld", (long long)json_integer_value(value));
        *ret = str_from(room);
        return true;
    }
    if (json_is_boolean(value)) {
        *ret = str_from(json_is_true(value) ? "true" : "false");
        return true;
    }
    *ret = json_value_str(value);
    return json_is_string(value);
}

/* A url's client may resolve dot segments, and another thing would be asked for. */
static int check_segment(const char *name, struct berth_str value,
                         struct berth_error *err)
{
    if (str_is_empty(value))
        return fail(err, BERTH_E_INVALID, "%s: missing or empty", name);
    if (str_equal(value, STR(".")) || str_equal(value, STR("..")))
        return fail(err, BERTH_E_INVALID, "%s: '%s' cannot be an id", name, value.ptr);
    return 0;
}

static int add_member(struct text *t, const char *name, const json_t *values,
                      enum template_place place, struct berth_error *err)
{
    char room[32];
    struct berth_str value = {0};
    const json_t *member = json_object_get(values, name);
    if (member && !json_is_null(member) && !scalar_text(member, room, &value))
        return fail(err, BERTH_E_INVALID, "%s: must be text or a number", name);
    int r = place == TEMPLATE_PATH ? check_segment(name, value, err) : 0;
    if (r < 0)
        return r;
    if (str_is_empty(value))
        return 0;
    if (place == TEMPLATE_RAW)
        text_add_str(t, value);
    else
        text_add_escaped(t, value);
    return 1;
}

int template_add(struct text *t, const char *text, const json_t *values,
                 enum template_place place, struct berth_error *err)
{
    const char *at = text;
    for (;;) {
        size_t plain = strcspn(at, "{");
        text_add_str(t, (struct berth_str){at, plain});
        at += plain;
        if (!*at)
            return 1;
        char name[NAME_MAX_LEN];
        size_t len;
        if (!read_name(at, name, &len))
            return fail(err, BERTH_E_INTERNAL, "the template '%s' is broken", text);
        int r = add_member(t, name, values, place, err);
        if (r <= 0)
            return r;
        at += len;
    }
}
