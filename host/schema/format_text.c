/* Pointers, regular expressions, UUIDs. */
#include "host/schema/format.h"
#include "host/schema/pattern.h"
#include "host/schema/scan.h"

int format_json_pointer(struct berth_str text)
{
    if (text.len > 0 && text.ptr[0] != '/')
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == '~' &&
            (++i == text.len || (text.ptr[i] != '0' && text.ptr[i] != '1')))
            return false;
    return true;
}

int format_relative_json_pointer(struct berth_str text)
{
    bool zero = text.len > 0 && text.ptr[0] == '0';
    size_t digits = scan_number(&text);
    if (digits == 0 || (zero && digits > 1))
        return false;
    if (scan_char(&text, '#'))
        return text.len == 0;
    return format_json_pointer(text);
}

int format_regex(struct berth_str text)
{
    struct pattern *pattern = NULL;
    int r = pattern_new(text, &pattern, NULL);
    pattern_free(pattern);
    return r == BERTH_E_NO_MEMORY ? r : r != BERTH_E_INVALID;
}

int format_uuid(struct berth_str text)
{
    enum { LENGTH = 36 };
    if (text.len != LENGTH)
        return false;
    for (size_t i = 0; i < LENGTH; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text.ptr[i] != '-' : !scan_is_hex(text.ptr[i]))
            return false;
    }
    return true;
}
