#include "host/schema/format.h"
#include "host/schema/pattern.h"
#include "host/schema/report.h"
#include "sdk/error.h"
#include "sdk/json.h"

/* In code points. */
static size_t length_of(const json_t *value)
{
    struct berth_str text = json_value_str(value);
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += ((unsigned char)text.ptr[i] & 0xC0u) != 0x80u;
    return count;
}

int check_min_length(struct check *x, const struct frame *f, const struct rule *rule)
{
    if (!json_is_string(f->at->value) || length_of(f->at->value) >= rule->to.limit)
        return VALID;
    return problem(x, f, "%v is too short; at least %n characters are needed",
                   rule->to.limit);
}

int check_max_length(struct check *x, const struct frame *f, const struct rule *rule)
{
    const json_t *value = f->at->value;
    if (!json_is_string(value) || json_string_length(value) <= rule->to.limit)
        return VALID; /* there are no more code points than bytes */
    if (length_of(value) <= rule->to.limit)
        return VALID;
    return problem(x, f, "%v is too long; at most %n characters are allowed",
                   rule->to.limit);
}

int check_pattern(struct check *x, const struct frame *f, const struct rule *rule)
{
    if (!json_is_string(f->at->value))
        return VALID;
    int r = check_match(x, rule->to.pattern, json_value_str(f->at->value));
    if (r != PATTERN_NO)
        return r < 0 ? r : VALID;
    return problem(x, f, "%v does not match the pattern %s%h",
                   json_string_value(rule->value));
}

int check_format(struct check *x, const struct frame *f, const struct rule *rule)
{
    const struct format *format = rule->to.format;
    if (!format || !json_is_string(f->at->value))
        return VALID;
    int r = check_work(x, json_string_length(f->at->value) / 16);
    if (r < 0)
        return r;
    r = format->check(json_value_str(f->at->value));
    if (r != 0)
        return r < 0 ? fail_no_memory(x->err) : VALID;
    return problem(x, f, "%v is not %s%h", format->expected);
}
