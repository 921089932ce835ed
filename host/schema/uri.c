#include "host/schema/uri.h"

#include <string.h>

#include "sdk/str.h"

/* What comes before the first of `stops`; `rest` moves on to it. */
static struct berth_str take_until(struct berth_str *rest, const char *stops)
{
    size_t n = 0;
    while (n < rest->len && !(rest->ptr[n] && strchr(stops, rest->ptr[n])))
        n++;
    struct berth_str taken = {rest->ptr, n};
    *rest = (struct berth_str){n ? rest->ptr + n : rest->ptr, rest->len - n};
    return taken;
}

static void skip(struct berth_str *rest, size_t n)
{
    *rest = (struct berth_str){rest->ptr + n, rest->len - n};
}

struct uri uri_split(struct berth_str text)
{
    struct uri uri = {.scheme = {NULL, 0}};
    struct berth_str rest = text;
    struct berth_str scheme = take_until(&rest, ":/?#");
    if (scheme.len > 0 && rest.len > 0 && rest.ptr[0] == ':') {
        uri.scheme = scheme;
        uri.has_scheme = true;
        skip(&rest, 1);
    } else {
        rest = text;
    }
    if (str_starts_with(rest, STR("//"))) {
        skip(&rest, 2);
        uri.authority = take_until(&rest, "/?#");
        uri.has_authority = true;
    }
    uri.path = take_until(&rest, "?#");
    if (rest.len > 0 && rest.ptr[0] == '?') {
        skip(&rest, 1);
        uri.query = take_until(&rest, "#");
        uri.has_query = true;
    }
    if (rest.len > 0) {
        skip(&rest, 1);
        uri.fragment = rest;
        uri.has_fragment = true;
    }
    return uri;
}

/* Append a path without its "." and ".." segments (section 5.2.4). `start` is where the
 * path begins in the text. */
static void add_path(struct text *t, size_t start, struct berth_str path)
{
    while (path.len > 0) {
        bool rooted = path.ptr[0] == '/';
        struct berth_str rest = path;
        skip(&rest, rooted ? 1 : 0);
        struct berth_str segment = take_until(&rest, "/");
        if (str_equal(segment, STR("..")) || str_equal(segment, STR("."))) {
            if (segment.len == 2) {
                while (t->len > start && t->data[t->len - 1] != '/')
                    text_cut(t, t->len - 1);
                text_cut(t, t->len > start ? t->len - 1 : start);
            }
            if (rooted && rest.len == 0)
                text_add(t, "/");
        } else {
            text_add(t, rooted ? "/" : "");
            text_add_str(t, segment);
        }
        path = rest;
    }
}

/* The path of a reference that has one of its own but does not begin with '/'. */
static void add_merged(struct text *t, const struct uri *base, struct berth_str path)
{
    struct text merged;
    text_init(&merged, base->path.len + path.len + 1);
    if (base->has_authority && base->path.len == 0)
        text_add(&merged, "/");
    size_t dir = base->path.len;
    while (dir > 0 && base->path.ptr[dir - 1] != '/')
        dir--;
    text_add_str(&merged, (struct berth_str){base->path.ptr, dir});
    text_add_str(&merged, path);
    if (text_failed(&merged))
        t->failed = true;
    else
        add_path(t, t->len, text_str(&merged));
    text_release(&merged);
}

static void add_query(struct text *t, const struct uri *uri)
{
    if (!uri->has_query)
        return;
    text_add(t, "?");
    text_add_str(t, uri->query);
}

static void add_authority(struct text *t, const struct uri *uri)
{
    if (!uri->has_authority)
        return;
    text_add(t, "//");
    text_add_str(t, uri->authority);
}

void uri_resolve(struct text *t, struct berth_str base_text, struct berth_str reference)
{
    struct uri base = uri_split(base_text);
    struct uri ref = uri_split(reference);
    const struct uri *schemed = ref.has_scheme ? &ref : &base;
    if (schemed->has_scheme) {
        text_add_str(t, schemed->scheme);
        text_add(t, ":");
    }
    bool own_authority = ref.has_scheme || ref.has_authority;
    add_authority(t, own_authority ? &ref : &base);
    if (own_authority || str_starts_with(ref.path, STR("/"))) {
        add_path(t, t->len, ref.path);
    } else if (ref.path.len > 0) {
        add_merged(t, &base, ref.path);
    } else {
        text_add_str(t, base.path);
        add_query(t, ref.has_query ? &ref : &base);
        return;
    }
    add_query(t, &ref);
}

bool uri_decode(struct text *t, struct berth_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '%') {
            int high = i + 2 < text.len ? str_hex_value(text.ptr[i + 1]) : -1;
            int low = high >= 0 ? str_hex_value(text.ptr[i + 2]) : -1;
            if (low < 0 || (high == 0 && low == 0))
                return false;
            c = (char)(unsigned char)(high * 16 + low);
            i += 2;
        }
        text_add_str(t, (struct berth_str){&c, 1});
    }
    return true;
}
