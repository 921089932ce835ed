#include "cases/match.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "sdk/base64.h"
#include "sdk/json.h"
#include "sdk/str.h"

static bool is_new_key(const json_t *actual)
{
    unsigned char bytes[64];
    size_t len;
    return json_is_string(actual) &&
           base64_decode(json_value_str(actual), bytes, sizeof(bytes), &len) && len == 64;
}

static bool match_object(const json_t *expected, const json_t *actual)
{
    const char *name;
    json_t *value;
    if (json_object_size(expected) != json_object_size(actual))
        return false;
    json_object_foreach((json_t *)(uintptr_t)expected, name, value)
    {
        if (!match_json(value, json_object_get(actual, name)))
            return false;
    }
    return true;
}

bool match_json(const json_t *expected, const json_t *actual)
{
    if (!actual)
        return false;
    if (str_equal(json_value_str(expected), STR("$any")))
        return true;
    if (str_equal(json_value_str(expected), STR("$key")))
        return is_new_key(actual);
    if (json_is_number(expected) && json_is_number(actual))
        return json_number_value(expected) == json_number_value(actual);
    if (json_typeof(expected) != json_typeof(actual))
        return false;
    if (json_is_object(expected))
        return match_object(expected, actual);
    if (json_is_array(expected))
        return match_list(expected, actual, true);
    return json_equal(expected, actual) == 1;
}

static bool match_one(const json_t *expected, json_t *left)
{
    for (size_t i = 0; i < json_array_size(left); i++)
        if (match_json(expected, json_array_get(left, i)))
            return json_array_remove(left, i) == 0;
    return false;
}

bool match_list(const json_t *expected, const json_t *actual, bool in_order)
{
    if (json_array_size(expected) != json_array_size(actual))
        return false;
    json_t *left = json_copy((json_t *)(uintptr_t)actual);
    bool same = true;
    for (size_t i = 0; same && i < json_array_size(expected); i++) {
        const json_t *element = json_array_get(expected, i);
        same = in_order ? match_json(element, json_array_get(actual, i))
                        : match_one(element, left);
    }
    json_decref(left);
    return same;
}

static bool is_unreserved(char c)
{
    return isalnum((unsigned char)c) || (c && strchr("-._~", c));
}

static bool match_from(const char *pattern, const char *text, const char *end)
{
    if (!*pattern)
        return text == end;
    if (*pattern != '*')
        return text < end && *pattern == *text && match_from(pattern + 1, text + 1, end);
    for (const char *at = text; at < end && is_unreserved(*at); at++)
        if (match_from(pattern + 1, at + 1, end))
            return true;
    return false;
}

bool match_url(const char *pattern, struct berth_str url)
{
    return match_from(pattern, url.ptr, url.ptr + url.len);
}

bool match_header(const char *pattern, struct berth_str value)
{
    size_t len = strlen(pattern);
    if (len > 0 && pattern[len - 1] == '*')
        return str_starts_with(value, (struct berth_str){pattern, len - 1});
    return str_equal(value, str_from(pattern));
}

static bool match_log(const json_t *expected, const json_t *actual)
{
    const char *text = json_string_value(json_object_get(expected, "text"));
    return str_equal(json_str(expected, "level"), json_str(actual, "level")) &&
           strstr(json_string_value(json_object_get(actual, "text")), text ? text : "");
}

bool match_logs(const json_t *expected, const json_t *actual)
{
    json_t *left = json_copy((json_t *)(uintptr_t)actual);
    bool same = true;
    for (size_t i = 0; same && i < json_array_size(expected); i++) {
        size_t k = 0;
        while (k < json_array_size(left) &&
               !match_log(json_array_get(expected, i), json_array_get(left, k)))
            k++;
        same = json_array_remove(left, k) == 0;
    }
    for (size_t i = 0; same && i < json_array_size(left); i++) {
        struct berth_str level = json_str(json_array_get(left, i), "level");
        same = !str_equal(level, STR("warn")) && !str_equal(level, STR("error"));
    }
    json_decref(left);
    return same;
}

static bool has_words(const json_t *words, const char *message)
{
    if (json_is_string(words))
        return strstr(message, json_string_value(words));
    for (size_t i = 0; i < json_array_size(words); i++)
        if (!strstr(message, json_string_value(json_array_get(words, i))))
            return false;
    return true;
}

bool match_error(const json_t *expected, const json_t *actual)
{
    const char *name;
    json_t *value;
    if (!expected || !actual)
        return !expected && !actual;
    json_object_foreach((json_t *)(uintptr_t)expected, name, value)
    {
        const json_t *has = json_object_get(actual, name);
        bool same = strcmp(name, "message") == 0
                        ? has_words(value, json_string_value(has))
                        : match_json(value, has);
        if (!same)
            return false;
    }
    return true;
}
