#include "emulator/slice.h"

#include <jansson.h>
#include <string.h>

#include "emulator/text.h"

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static size_t skip_blank(struct slice s, size_t at)
{
    while (at < s.len && blank(s.p[at]))
        at++;
    return at;
}

/* The offset behind the string that begins at `at`. */
static size_t skip_string(struct slice s, size_t at)
{
    for (at++; at < s.len && s.p[at] != '"'; at++)
        if (s.p[at] == '\\')
            at++;
    return at < s.len ? at + 1 : s.len;
}

/* The offset behind the value that begins at `at`. */
static size_t skip_value(struct slice s, size_t at)
{
    size_t depth = 0;

    while (at < s.len) {
        char c = s.p[at];

        if (c == '"') {
            at = skip_string(s, at);
            if (depth == 0)
                return at;
            continue;
        }
        if (depth == 0 && (c == ',' || c == '}' || c == ']' || blank(c)))
            return at;
        if (c == '{' || c == '[')
            depth++;
        at++;
        if ((c == '}' || c == ']') && --depth == 0)
            return at;
    }
    return at;
}

/* Step over the opening bracket `open` of the text; its length when there is none. */
static size_t skip_open(struct slice s, char open)
{
    size_t at = skip_blank(s, 0);

    return at < s.len && s.p[at] == open ? skip_blank(s, at + 1) : s.len;
}

/* Step over a comma and the white space around it. */
static size_t skip_comma(struct slice s, size_t at)
{
    at = skip_blank(s, at);
    if (at < s.len && s.p[at] == ',')
        at++;
    return skip_blank(s, at);
}

/* Is this string, with its quotes, the name? One with escapes is decoded first. */
static bool is_name(struct slice string, const char *name)
{
    size_t len = strlen(name);
    json_t *json;
    bool same;

    if (!memchr(string.p, '\\', string.len))
        return string.len == len + 2 && !memcmp(string.p + 1, name, len);
    json = json_loadb(string.p, string.len, JSON_DECODE_ANY, NULL);
    same = json_is_string(json) && !strcmp(json_string_value(json), name);
    json_decref(json);
    return same;
}

struct slice slice_member(struct slice object, const char *name)
{
    size_t at = skip_open(object, '{');
    struct slice found = {object.p, 0};

    while (at < object.len && object.p[at] == '"') {
        size_t end = skip_string(object, at), value;
        struct slice member = {object.p + at, end - at};

        at = skip_blank(object, end);
        value = skip_blank(object, at < object.len ? at + 1 : at);
        at = skip_value(object, value);
        if (is_name(member, name)) {
            found.p = object.p + value;
            found.len = at - value;
        }
        at = skip_comma(object, at);
    }
    return found;
}

struct slice slice_element(struct slice array, size_t nth)
{
    size_t at = skip_open(array, '['), end;
    struct slice found = {array.p, 0};

    while (at < array.len && array.p[at] != ']') {
        end = skip_value(array, at);
        if (nth-- == 0) {
            found.p = array.p + at;
            found.len = end - at;
            return found;
        }
        if (end == at)
            break;
        at = skip_comma(array, end);
    }
    return found;
}

void slice_add(struct text *t, struct slice s)
{
    size_t at = 0, end;

    while (at < s.len) {
        if (blank(s.p[at])) {
            at++;
            continue;
        }
        end = s.p[at] == '"' ? skip_string(s, at) : at + 1;
        text_add_bytes(t, s.p + at, end - at);
        at = end;
    }
}
