#include "sdk/verbatim.h"

#define MAX_DIGITS 15 /* all whole numbers of so many fit, and all fractions */

static bool is_among(const struct verbatim_names *names, struct berth_str name)
{
    for (size_t i = 0; i < names->count; i++)
        if (str_equal(names->list[i], name))
            return true;
    return false;
}

bool verbatim_name(struct reader *r, struct verbatim_names *names,
                   struct berth_str *ret_name)
{
    struct berth_str raw;
    if (names->count == VERBATIM_MAX_MEMBERS || !reader_skip_name(r, &raw) || r->escaped)
        return false;
    struct berth_str name = {raw.ptr + 1, raw.len - 2};
    if (is_among(names, name))
        return false;
    names->list[names->count++] = name;
    *ret_name = name;
    return true;
}

static bool skip_object(struct reader *r, int depth)
{
    struct verbatim_names names;
    struct berth_str name;
    bool over = reader_skip_empty(r, '}');
    names.count = 0;
    while (!over)
        if (!verbatim_name(r, &names, &name) || !verbatim_value(r, depth) ||
            !reader_skip_separator(r, '}', &over))
            return false;
    return true;
}

static bool skip_list(struct reader *r, int depth)
{
    bool over = reader_skip_empty(r, ']');
    while (!over)
        if (!verbatim_value(r, depth) || !reader_skip_separator(r, ']', &over))
            return false;
    return true;
}

static bool skip_string(struct reader *r)
{
    const char *start = r->at;
    if (!reader_skip_string(r))
        return false;
    struct berth_str raw = {start, (size_t)(r->at - start)};
    return !r->escaped || !str_contains(raw, STR("\\u0000"));
}

static bool skip_scalar(struct reader *r, int depth)
{
    const char *start = r->at;
    bool is_number = *start == '-' || (*start >= '0' && *start <= '9');
    if (!reader_skip_value(r, depth))
        return false;
    size_t len = (size_t)(r->at - start);
    return !is_number ||
           (len <= MAX_DIGITS && !memchr(start, 'e', len) && !memchr(start, 'E', len));
}

bool verbatim_value(struct reader *r, int depth)
{
    if (r->at >= r->end || depth >= READER_MAX_DEPTH)
        return false;
    switch (*r->at) {
    case '{':
        return skip_object(r, depth + 1);
    case '[':
        return skip_list(r, depth + 1);
    case '"':
        return skip_string(r);
    default:
        return skip_scalar(r, depth);
    }
}
