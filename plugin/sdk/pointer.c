#include "sdk/pointer.h"

#include <string.h>

#include "sdk/json.h"
#include "sdk/str.h"

enum { DEPTH_MAX = 2048 };

bool pointer_next(struct berth_str *rest, struct berth_str *ret_token)
{
    if (rest->len == 0 || rest->ptr[0] != '/')
        return false;
    const char *start = rest->ptr + 1;
    const char *slash = memchr(start, '/', rest->len - 1);
    size_t len = slash ? (size_t)(slash - start) : rest->len - 1;
    *ret_token = (struct berth_str){start, len};
    *rest = (struct berth_str){start + len, rest->len - 1 - len};
    return true;
}

void pointer_add(struct text *t, const char *token)
{
    text_add(t, "/");
    for (;;) {
        size_t plain = strcspn(token, "~/");
        text_add_str(t, (struct berth_str){token, plain});
        token += plain;
        if (!*token)
            return;
        text_add(t, *token == '~' ? "~0" : "~1");
        token++;
    }
}

void pointer_add_index(struct text *t, size_t index)
{
    text_add(t, "/");
    text_add_int(t, (int64_t)index);
}

bool pointer_unescape(struct berth_str token, char ret_name[POINTER_TOKEN_MAX])
{
    size_t len = 0;
    for (size_t i = 0; i < token.len; i++) {
        char c = token.ptr[i];
        if (c == '~') {
            if (++i == token.len || (token.ptr[i] != '0' && token.ptr[i] != '1'))
                return false;
            c = token.ptr[i] == '0' ? '~' : '/';
        }
        if (c == '\0' || len == POINTER_TOKEN_MAX - 1)
            return false;
        ret_name[len++] = c;
    }
    ret_name[len] = '\0';
    return true;
}

static json_t *array_child(const json_t *array, struct berth_str token)
{
    size_t index = 0;
    if (token.len == 0 || token.len > 9 || (token.len > 1 && token.ptr[0] == '0'))
        return NULL;
    for (size_t i = 0; i < token.len; i++) {
        if (token.ptr[i] < '0' || token.ptr[i] > '9')
            return NULL;
        index = index * 10 + (size_t)(token.ptr[i] - '0');
    }
    return json_array_get(array, index);
}

json_t *pointer_child(const json_t *value, struct berth_str token)
{
    if (json_is_array(value))
        return array_child(value, token);
    char name[POINTER_TOKEN_MAX];
    if (!json_is_object(value) || !pointer_unescape(token, name))
        return NULL;
    return json_object_get(value, name);
}

json_t *pointer_at(const json_t *value, struct berth_str pointer)
{
    json_t *found = json_mutable(value);
    struct berth_str token;
    while (found && pointer_next(&pointer, &token))
        found = pointer_child(found, token);
    return str_is_empty(pointer) ? found : NULL;
}

static bool locate(struct text *t, const json_t *from, const json_t *to, unsigned depth);

static bool locate_in_object(struct text *t, const json_t *from, const json_t *to,
                             unsigned depth)
{
    const char *key;
    json_t *value;
    json_object_foreach(json_mutable(from), key, value)
    {
        size_t before = t->len;
        pointer_add(t, key);
        if (locate(t, value, to, depth))
            return true;
        text_cut(t, before);
    }
    return false;
}

static bool locate_in_array(struct text *t, const json_t *from, const json_t *to,
                            unsigned depth)
{
    for (size_t i = 0; i < json_array_size(from); i++) {
        size_t before = t->len;
        pointer_add_index(t, i);
        if (locate(t, json_array_get(from, i), to, depth))
            return true;
        text_cut(t, before);
    }
    return false;
}

static bool locate(struct text *t, const json_t *from, const json_t *to, unsigned depth)
{
    if (from == to)
        return true;
    if (depth == 0)
        return false;
    if (json_is_object(from))
        return locate_in_object(t, from, to, depth - 1);
    return json_is_array(from) && locate_in_array(t, from, to, depth - 1);
}

bool pointer_locate(struct text *t, const json_t *from, const json_t *to)
{
    return locate(t, from, to, DEPTH_MAX);
}
