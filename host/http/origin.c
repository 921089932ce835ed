#include "host/http/origin.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sdk/error.h"
#include "sdk/str.h"

#define AUTHORITY_MAX 320

static bool is_host_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
           c == '_';
}

static bool is_address_char(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == ':' || c == '.';
}

/* The length of the host at the beginning of the text, 0 when there is none. */
static size_t host_length(const char *text)
{
    size_t n = 0;
    if (text[0] != '[') {
        while (is_host_char(text[n]))
            n++;
        return n;
    }
    do
        n++;
    while (is_address_char(text[n]));
    return text[n] == ']' && n > 2 ? n + 1 : 0;
}

/* "" or ":443"; 0 when it is anything else. */
static unsigned port_number(const char *text)
{
    if (text[0] == '\0')
        return 443;
    unsigned port = 0;
    size_t n = 1;
    for (; n <= 5 && text[n] >= '0' && text[n] <= '9'; n++)
        port = port * 10 + (unsigned)(text[n] - '0');
    return text[0] == ':' && n > 1 && text[1] != '0' && text[n] == '\0' && port <= 65535
               ? port
               : 0;
}

/* Lower case, terminated, into a buffer of AUTHORITY_MAX. */
static void lower(char *ret_text, struct berth_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        ret_text[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    ret_text[s.len] = '\0';
}

/* The authority of an https url in one form for all its spellings: lower case, with the
 * port. `ret_rest` is what follows it. False when there is none that is plain. */
static bool authority_of(struct berth_str url, char ret_authority[AUTHORITY_MAX],
                         struct berth_str *ret_rest)
{
    static const struct berth_str SCHEME = {"https://", 8};
    if (url.len < SCHEME.len ||
        !str_equal_fold((struct berth_str){url.ptr, SCHEME.len}, SCHEME))
        return false;
    size_t end = SCHEME.len;
    while (end < url.len && !strchr("/?#\\", url.ptr[end])) /* finds '\0', too */
        end++;
    struct berth_str authority = {url.ptr + SCHEME.len, end - SCHEME.len};
    if (authority.len > AUTHORITY_MAX - 8)
        return false;
    lower(ret_authority, authority);
    size_t host = host_length(ret_authority);
    unsigned port = host > 0 ? port_number(ret_authority + host) : 0;
    if (port == 0)
        return false;
    (void)snprintf(ret_authority + host, 8, ":%u", port); /* at most 6 and the end */
    *ret_rest = (struct berth_str){url.ptr + end, url.len - end};
    return true;
}

int origins_add(struct origins *o, struct berth_str origin, struct berth_error *err)
{
    char authority[AUTHORITY_MAX];
    struct berth_str rest;
    if (!authority_of(origin, authority, &rest) ||
        !(rest.len == 0 || str_equal(rest, STR("/"))))
        return fail(err, BERTH_E_INVALID,
                    "'%.*s' is no origin: it must be https://HOST or https://HOST:PORT",
                    (int)(origin.len > 200 ? 200 : origin.len), origin.ptr);
    struct origin *bigger = realloc(o->list, (o->count + 1) * sizeof(*bigger));
    if (!bigger)
        return fail_no_memory(err);
    o->list = bigger;
    struct origin *added = &bigger[o->count++];
    added->text_len = origin.len - rest.len;
    added->text = strndup(origin.ptr, added->text_len);
    added->authority = strdup(authority);
    return added->text && added->authority ? 0 : fail_no_memory(err);
}

void origins_release(struct origins *o)
{
    for (size_t i = 0; i < o->count; i++) {
        free(o->list[i].text);
        free(o->list[i].authority);
    }
    free(o->list);
    *o = (struct origins){0};
}

static bool path_is_plain(struct berth_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] <= ' ' || s.ptr[i] > '~' || s.ptr[i] == '#' || s.ptr[i] == '\\')
            return false;
    return true;
}

/* Does the url begin with an origin as it was given? Nearly all do; the rest is looked at
 * with more care. */
static bool is_verbatim(const struct origins *o, struct berth_str url)
{
    for (size_t i = 0; i < o->count; i++) {
        size_t len = o->list[i].text_len;
        if (url.len > len && (url.ptr[len] == '/' || url.ptr[len] == '?') &&
            memcmp(url.ptr, o->list[i].text, len) == 0)
            return path_is_plain((struct berth_str){url.ptr + len, url.len - len});
    }
    return false;
}

int origins_check(const struct origins *o, struct berth_str url, struct berth_error *err)
{
    if (is_verbatim(o, url))
        return 0;
    char authority[AUTHORITY_MAX];
    struct berth_str rest;
    if (!authority_of(url, authority, &rest) || !path_is_plain(rest))
        return fail(err, BERTH_E_INTERNAL,
                    "the connector asked for a url that is not https://HOST[:PORT]/PATH "
                    "in plain ASCII");
    for (size_t i = 0; i < o->count; i++)
        if (strcmp(o->list[i].authority, authority) == 0)
            return 0;
    return fail(err, BERTH_E_INTERNAL,
                "the connector asked for https://%s, which is not one of the "
                "connection's network.hosts",
                authority);
}
