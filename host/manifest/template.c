#include "host/manifest/template.h"

#include <string.h>

enum template_part template_next(const char **at, struct berth_str *ret_part)
{
    const char *start = *at;
    if (*start == '\0')
        return TEMPLATE_END;
    if (*start == '}')
        return TEMPLATE_BROKEN;
    if (*start != '{') {
        *ret_part = (struct berth_str){start, strcspn(start, "{}")};
        *at = start + ret_part->len;
        return TEMPLATE_TEXT;
    }
    size_t len = strcspn(start + 1, "{}");
    if (len == 0 || start[1 + len] != '}')
        return TEMPLATE_BROKEN;
    *ret_part = (struct berth_str){start + 1, len};
    *at = start + len + 2;
    return TEMPLATE_MEMBER;
}
