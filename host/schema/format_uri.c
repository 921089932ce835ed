/* URIs, IRIs and URI templates. */
#include "host/schema/format.h"
#include "host/schema/scan.h"
#include "host/schema/uri.h"
#include "sdk/str.h"

#define SUB_DELIMS "!$&'()*+,;="

/* RFC 3987: ucschar, and iprivate where `private` says so (in a query). */
static bool is_iri_char(unsigned code, bool private)
{
    if (code >= 0xe000 && code <= 0xf8ff)
        return private;
    if (code >= 0xf0000)
        return private && (code & 0xfffeu) != 0xfffeu;
    if (code < 0xa0 || (code >= 0xfdd0 && code <= 0xfdef) || code >= 0xfff0)
        return code >= 0x10000 && (code & 0xfffeu) != 0xfffeu &&
               (code & 0xff000u) != 0xe0000u;
    return true;
}

/* What may be in a part: its own punctuation, and for an IRI wide characters. */
struct alphabet {
    const char *punctuation;
    bool wide, private;
};

static bool scan_escape(struct berth_str *s)
{
    if (s->len < 3 || s->ptr[0] != '%' || !scan_is_hex(s->ptr[1]) ||
        !scan_is_hex(s->ptr[2]))
        return false;
    scan_skip(s, 3);
    return true;
}

static bool is_written_in(struct berth_str part, const struct alphabet *a)
{
    while (part.len > 0) {
        char c = part.ptr[0];
        unsigned code = 0;
        if (scan_is_alpha(c) || scan_is_digit(c) || scan_is_of(c, a->punctuation))
            scan_skip(&part, 1);
        else if (!scan_escape(&part) &&
                 !(a->wide && scan_wide(&part, &code) && is_iri_char(code, a->private)))
            return false;
    }
    return true;
}

static bool is_scheme(struct berth_str scheme)
{
    static const struct alphabet REST = {"+-.", false, false};
    return scheme.len > 0 && scan_is_alpha(scheme.ptr[0]) &&
           is_written_in(scheme, &REST) && !memchr(scheme.ptr, '%', scheme.len);
}

/* "v1.x" in brackets. */
static bool is_future_address(struct berth_str text)
{
    static const struct alphabet REST = {"-._~" SUB_DELIMS ":", false, false};
    size_t digits = 0;
    if (!scan_char(&text, 'v') && !scan_char(&text, 'V'))
        return false;
    while (digits < text.len && scan_is_hex(text.ptr[digits]))
        digits++;
    scan_skip(&text, digits);
    return digits > 0 && scan_char(&text, '.') && text.len > 0 &&
           !memchr(text.ptr, '%', text.len) && is_written_in(text, &REST);
}

static bool is_host_and_port(struct berth_str text, bool wide)
{
    const struct alphabet name = {"-._~" SUB_DELIMS, wide, false};
    struct berth_str port;
    if (scan_char(&text, '[')) {
        const char *close = text.len > 0 ? memchr(text.ptr, ']', text.len) : NULL;
        struct berth_str address = {text.ptr, close ? (size_t)(close - text.ptr) : 0};
        if (!close || !(format_ipv6(address) || is_future_address(address)))
            return false;
        scan_skip(&text, address.len + 1);
        port = text;
    } else {
        const char *colon = text.len > 0 ? memchr(text.ptr, ':', text.len) : NULL;
        struct berth_str host = {text.ptr, colon ? (size_t)(colon - text.ptr) : text.len};
        if (!is_written_in(host, &name))
            return false;
        scan_skip(&text, host.len);
        port = text;
    }
    if (port.len == 0)
        return true;
    return scan_char(&port, ':') && scan_number(&port) < 100 && port.len == 0;
}

static bool is_authority(struct berth_str text, bool wide)
{
    const struct alphabet user = {"-._~" SUB_DELIMS ":", wide, false};
    const char *at = text.len > 0 ? memchr(text.ptr, '@', text.len) : NULL;
    if (at) {
        struct berth_str name = {text.ptr, (size_t)(at - text.ptr)};
        if (!is_written_in(name, &user))
            return false;
        scan_skip(&text, name.len + 1);
    }
    return is_host_and_port(text, wide);
}

/* A relative path may not have a colon before its first slash. */
static bool has_early_colon(struct berth_str path)
{
    const char *colon = path.len > 0 ? memchr(path.ptr, ':', path.len) : NULL;
    return colon && !memchr(path.ptr, '/', (size_t)(colon - path.ptr));
}

static bool is_reference(struct berth_str text, bool wide)
{
    const struct alphabet path = {"-._~" SUB_DELIMS ":@/", wide, false};
    const struct alphabet query = {"-._~" SUB_DELIMS ":@/?", wide, true};
    const struct alphabet fragment = {"-._~" SUB_DELIMS ":@/?", wide, false};
    struct uri uri = uri_split(text);
    if (uri.has_scheme ? !is_scheme(uri.scheme) : has_early_colon(uri.path))
        return false;
    if (uri.has_authority && !is_authority(uri.authority, wide))
        return false;
    return is_written_in(uri.path, &path) && is_written_in(uri.query, &query) &&
           is_written_in(uri.fragment, &fragment);
}

int format_uri_reference(struct berth_str text)
{
    return is_reference(text, false);
}

int format_uri(struct berth_str text)
{
    return uri_split(text).has_scheme && is_reference(text, false);
}

int format_iri_reference(struct berth_str text)
{
    return is_reference(text, true);
}

int format_iri(struct berth_str text)
{
    return uri_split(text).has_scheme && is_reference(text, true);
}

/* A variable's name: letters, digits, '_' and escapes, with single dots between. */
static bool scan_variable(struct berth_str *s)
{
    bool dotted = true; /* at the start, and after a dot, something must come */
    while (s->len > 0) {
        char c = s->ptr[0];
        if (scan_is_alpha(c) || scan_is_digit(c) || c == '_') {
            scan_skip(s, 1);
            dotted = false;
        } else if (c == '.' && !dotted) {
            scan_skip(s, 1);
            dotted = true;
        } else if (scan_escape(s)) {
            dotted = false;
        } else {
            break;
        }
    }
    return !dotted;
}

/* ":3", "*" or nothing. */
static bool scan_modifier(struct berth_str *s)
{
    if (scan_char(s, '*'))
        return true;
    if (!scan_char(s, ':'))
        return true;
    if (s->len == 0 || s->ptr[0] == '0')
        return false;
    size_t digits = scan_number(s);
    return digits >= 1 && digits <= 4;
}

static bool is_expression(struct berth_str text)
{
    if (text.len > 0 && scan_is_of(text.ptr[0], "+#./;?&=,!@|"))
        scan_skip(&text, 1);
    do {
        if (!scan_variable(&text) || !scan_modifier(&text))
            return false;
    } while (scan_char(&text, ','));
    return text.len == 0;
}

static bool scan_literal(struct berth_str *s)
{
    unsigned code = 0;
    unsigned char c = (unsigned char)s->ptr[0];
    if (c >= 0x80)
        return scan_wide(s, &code) && is_iri_char(code, true);
    if (c == '%')
        return scan_escape(s);
    if (c <= ' ' || c == 0x7f || scan_is_of((char)c, "\"<>\\^`{|}"))
        return false;
    scan_skip(s, 1);
    return true;
}

int format_uri_template(struct berth_str text)
{
    while (text.len > 0) {
        if (!scan_char(&text, '{')) {
            if (!scan_literal(&text))
                return false;
            continue;
        }
        const char *close = text.len > 0 ? memchr(text.ptr, '}', text.len) : NULL;
        if (!close)
            return false;
        struct berth_str expression = {text.ptr, (size_t)(close - text.ptr)};
        if (!is_expression(expression))
            return false;
        scan_skip(&text, expression.len + 1);
    }
    return true;
}
