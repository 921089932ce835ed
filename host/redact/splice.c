/* Masking a text without making a tree of it: what is no secret is copied as it stands.
 * Only names along the ways to secrets are looked at. */
#include <string.h>

#include "host/redact.h"
#include "host/redact/redact_priv.h"
#include "sdk/reader.h"
#include "sdk/str.h"
#include "sdk/text.h"

/* More schemas than that are for one place hardly ever; then the tree has to do. */
#define MAX_SPOTS 8

/* What is known of a place. */
struct spots {
    const struct redact_spot *list[MAX_SPOTS];
    size_t count;
    bool secret;
};

struct splice {
    struct reader r;
    const char *copied; /* what is before it is in `out` */
    struct text *out;
};

static bool splice_value(struct splice *s, const struct spots *spots, int depth);

static bool add_spot(struct spots *spots, const struct redact_spot *spot)
{
    if (!spot->leads)
        return true;
    spots->secret = spots->secret || spot->secret;
    for (size_t i = 0; i < spots->count; i++)
        if (spots->list[i] == spot)
            return true;
    if (spots->count == MAX_SPOTS)
        return false;
    spots->list[spots->count++] = spot;
    return true;
}

static bool names(const struct redact_rule *rule, struct berth_str name)
{
    if (rule->scope == REDACT_MEMBER)
        return str_equal(str_from(rule->name), name);
    return rule->scope == REDACT_OTHERS &&
           !(rule->named && json_object_getn(rule->named, name.ptr, name.len));
}

static bool counts(const struct redact_rule *rule, size_t index)
{
    return rule->scope == REDACT_ELEMENT
               ? rule->index == index
               : rule->scope == REDACT_REST && rule->index <= index;
}

/* The spots inside, of the member `name`, or of the element `index` when it is null. */
static bool spots_inside(const struct spots *spots, const struct berth_str *name,
                         size_t index, struct spots *ret)
{
    *ret = (struct spots){.count = 0};
    for (size_t i = 0; i < spots->count; i++)
        for (size_t k = 0; k < spots->list[i]->rule_count; k++) {
            const struct redact_rule *rule = &spots->list[i]->rules[k];
            if (!(name ? names(rule, *name) : counts(rule, index)))
                continue;
            for (size_t n = 0; n < REDACT_RULE_SPOTS && rule->spots[n]; n++)
                if (!add_spot(ret, rule->spots[n]))
                    return false;
        }
    return true;
}

static bool splice_secret(struct splice *s, int depth)
{
    const char *from = s->r.at;
    if (!reader_skip_value(&s->r, depth))
        return false;
    struct berth_str value = {from, (size_t)(s->r.at - from)};
    if (str_equal(value, STR("null")) || str_equal(value, STR("\"\"")))
        return true; /* shows that nothing is set */
    text_add_str(s->out, (struct berth_str){s->copied, (size_t)(from - s->copied)});
    text_add(s->out, "\"" REDACT_MASK "\"");
    s->copied = s->r.at;
    return true;
}

static bool splice_member(struct splice *s, const struct spots *spots, int depth)
{
    struct berth_str raw;
    struct spots inside;
    if (!reader_skip_name(&s->r, &raw) || memchr(raw.ptr, '\\', raw.len))
        return false;
    struct berth_str name = {raw.ptr + 1, raw.len - 2};
    return spots_inside(spots, &name, 0, &inside) && splice_value(s, &inside, depth);
}

static bool splice_object(struct splice *s, const struct spots *spots, int depth)
{
    bool over = reader_skip_empty(&s->r, '}');
    while (!over)
        if (!splice_member(s, spots, depth) || !reader_skip_separator(&s->r, '}', &over))
            return false;
    return true;
}

static bool splice_list(struct splice *s, const struct spots *spots, int depth)
{
    bool over = reader_skip_empty(&s->r, ']');
    for (size_t i = 0; !over; i++) {
        struct spots inside;
        if (!spots_inside(spots, NULL, i, &inside) || !splice_value(s, &inside, depth) ||
            !reader_skip_separator(&s->r, ']', &over))
            return false;
    }
    return true;
}

static bool splice_value(struct splice *s, const struct spots *spots, int depth)
{
    if (s->r.at == s->r.end || depth >= READER_MAX_DEPTH)
        return false;
    if (spots->secret)
        return splice_secret(s, depth);
    if (spots->count > 0 && *s->r.at == '{')
        return splice_object(s, spots, depth + 1);
    if (spots->count > 0 && *s->r.at == '[')
        return splice_list(s, spots, depth + 1);
    return reader_skip_value(&s->r, depth);
}

bool redact_text_by_plan(const struct redact_plan *plan, struct berth_str json,
                         struct text *out)
{
    struct splice s = {reader_of(json), json.ptr, out};
    struct spots whole = {.count = 0};
    size_t before = out->len;
    reader_skip_space(&s.r);
    bool done = !plan->spots[0]->secret && add_spot(&whole, plan->spots[0]) &&
                splice_value(&s, &whole, 0);
    if (done)
        reader_skip_space(&s.r);
    if (!done || s.r.at != s.r.end) {
        text_cut(out, before);
        return false;
    }
    text_add_str(out, (struct berth_str){s.copied, (size_t)(s.r.end - s.copied)});
    return true;
}
