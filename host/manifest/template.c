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

int template_each_member(const char *text, int (*each)(void *ctx, const char *member),
                         void *ctx)
{
    struct berth_str part;
    for (const char *at = text;;) {
        enum template_part kind = template_next(&at, &part);
        if (kind == TEMPLATE_END)
            return 0;
        if (kind == TEMPLATE_TEXT)
            continue;
        if (kind == TEMPLATE_BROKEN || part.len > TEMPLATE_MAX_NAME)
            return 1;
        char member[TEMPLATE_MAX_NAME + 1] = "";
        memcpy(member, part.ptr, part.len);
        int r = each(ctx, member);
        if (r != 0)
            return r;
    }
}
