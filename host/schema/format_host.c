/* Names and addresses of hosts, and what is made of them. */
#include "host/schema/format.h"
#include "host/schema/scan.h"
#include "sdk/str.h"

enum { HOST_MAX = 253, LABEL_MAX = 63, LOCAL_MAX = 64 };

/* Up to the next `stop`, or all of it; `rest` moves past the stop. */
static struct berth_str take_part(struct berth_str *rest, char stop, bool *ret_more)
{
    const char *found = rest->len > 0 ? memchr(rest->ptr, stop, rest->len) : NULL;
    size_t len = found ? (size_t)(found - rest->ptr) : rest->len;
    struct berth_str part = {rest->ptr, len};
    *ret_more = found;
    scan_skip(rest, found ? len + 1 : len);
    return part;
}

static bool is_label(struct berth_str label)
{
    if (label.len == 0 || label.len > LABEL_MAX || label.ptr[0] == '-' ||
        label.ptr[label.len - 1] == '-')
        return false;
    for (size_t i = 0; i < label.len; i++)
        if (!scan_is_alpha(label.ptr[i]) && !scan_is_digit(label.ptr[i]) &&
            label.ptr[i] != '-')
            return false;
    return true;
}

int format_hostname(struct berth_str text)
{
    bool more = text.len > 0 && text.len <= HOST_MAX;
    if (!more)
        return false;
    while (more)
        if (!is_label(take_part(&text, '.', &more)))
            return false;
    return true;
}

static bool is_octet(struct berth_str part)
{
    int value = 0;
    if (part.len == 0 || part.len > 3 || (part.len > 1 && part.ptr[0] == '0'))
        return false;
    size_t len = part.len;
    return scan_digits(&part, len, &value) && value <= 255;
}

int format_ipv4(struct berth_str text)
{
    bool more = text.len > 0;
    unsigned parts = 0;
    while (more && parts < 4) {
        if (!is_octet(take_part(&text, '.', &more)))
            return false;
        parts++;
    }
    return parts == 4 && !more;
}

static bool is_group(struct berth_str group)
{
    if (group.len == 0 || group.len > 4)
        return false;
    for (size_t i = 0; i < group.len; i++)
        if (!scan_is_hex(group.ptr[i]))
            return false;
    return true;
}

/* The groups of 16 bits in "a:b:c", an IPv4 address at the end counting twice where it
 * may be; -1 when it is none. */
static int count_groups(struct berth_str text, bool v4_allowed)
{
    int count = 0;
    bool more = text.len > 0;
    while (more) {
        struct berth_str group = take_part(&text, ':', &more);
        if (is_group(group))
            count++;
        else if (v4_allowed && !more && format_ipv4(group))
            count += 2;
        else
            return -1;
    }
    return count;
}

int format_ipv6(struct berth_str text)
{
    enum { GROUPS = 8, TEXT_MAX = 45 };
    if (text.len > TEXT_MAX)
        return false;
    for (size_t i = 0; i + 1 < text.len; i++) {
        if (text.ptr[i] != ':' || text.ptr[i + 1] != ':')
            continue;
        int before = count_groups((struct berth_str){text.ptr, i}, false);
        int after =
            count_groups((struct berth_str){text.ptr + i + 2, text.len - i - 2}, true);
        return before >= 0 && after >= 0 && before + after < GROUPS;
    }
    return count_groups(text, true) == GROUPS;
}

static bool is_address_literal(struct berth_str literal)
{
    if (!str_starts_with(literal, STR("IPv6:")))
        return format_ipv4(literal);
    scan_skip(&literal, 5);
    return format_ipv6(literal);
}

/* As a label, but characters beyond ASCII count as letters. */
static bool is_wide_label(struct berth_str label)
{
    if (label.len == 0 || label.ptr[0] == '-' || label.ptr[label.len - 1] == '-')
        return false;
    for (size_t i = 0; i < label.len; i++)
        if (!scan_is_alpha(label.ptr[i]) && !scan_is_digit(label.ptr[i]) &&
            label.ptr[i] != '-' && (unsigned char)label.ptr[i] < 0x80)
            return false;
    return true;
}

static bool is_wide_hostname(struct berth_str domain)
{
    bool more = true;
    while (more)
        if (!is_wide_label(take_part(&domain, '.', &more)))
            return false;
    return true;
}

static bool is_domain(struct berth_str domain, bool wide)
{
    if (domain.len >= 2 && domain.ptr[0] == '[' && domain.ptr[domain.len - 1] == ']')
        return is_address_literal((struct berth_str){domain.ptr + 1, domain.len - 2});
    return wide ? is_wide_hostname(domain) : format_hostname(domain);
}

static bool is_atom_char(char c, bool wide)
{
    return scan_is_alpha(c) || scan_is_digit(c) || scan_is_of(c, "!#$%&'*+-/=?^_`{|}~") ||
           (wide && (unsigned char)c >= 0x80);
}

static bool is_quoted(struct berth_str local, bool wide)
{
    if (local.len < 2 || local.ptr[0] != '"' || local.ptr[local.len - 1] != '"')
        return false;
    for (size_t i = 1; i < local.len - 1; i++) {
        unsigned char c = (unsigned char)local.ptr[i];
        if (c == '\\' && ++i == local.len - 1)
            return false;
        if (c < 0x20 || c == 0x7f || c == '"' || (c >= 0x80 && !wide))
            return false;
    }
    return true;
}

static bool is_local_part(struct berth_str local, bool wide)
{
    if (local.len > LOCAL_MAX)
        return false;
    if (is_quoted(local, wide))
        return true;
    bool more = true;
    while (more) {
        struct berth_str atom = take_part(&local, '.', &more);
        if (atom.len == 0)
            return false;
        for (size_t i = 0; i < atom.len; i++)
            if (!is_atom_char(atom.ptr[i], wide))
                return false;
    }
    return true;
}

static bool is_email(struct berth_str text, bool wide)
{
    size_t at = text.len;
    while (at > 0 && text.ptr[at - 1] != '@')
        at--;
    if (at == 0)
        return false;
    return is_local_part((struct berth_str){text.ptr, at - 1}, wide) &&
           is_domain((struct berth_str){text.ptr + at, text.len - at}, wide);
}

int format_email(struct berth_str text)
{
    return is_email(text, false);
}

int format_idn_email(struct berth_str text)
{
    return is_email(text, true);
}
