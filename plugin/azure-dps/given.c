#include "azure-dps/given.h"

#include "azure-dps/enrollment.h"
#include "sdk/cleanup.h"
#include "sdk/json.h"
#include "sdk/verbatim.h"

/* A value as it stands in the text. */
static bool value_at(struct reader *r, int depth, struct berth_str *ret_raw)
{
    const char *start = r->at;
    if (!verbatim_value(r, depth))
        return false;
    *ret_raw = (struct berth_str){start, (size_t)(r->at - start)};
    return true;
}

static bool is_null(struct berth_str raw)
{
    return str_equal(raw, STR("null"));
}

/* A null somewhere in it, or the word in a text: too rare to tell apart. */
static bool may_have_null(struct berth_str raw)
{
    return str_contains(raw, STR("null"));
}

/* What a raw value says when it is a text without escapes. A value that is no text says
 * nothing; false: it has escapes. */
static bool plain_text(struct berth_str raw, struct berth_str *ret_text)
{
    if (raw.ptr[0] != '"')
        return true;
    *ret_text = (struct berth_str){raw.ptr + 1, raw.len - 2};
    return !memchr(raw.ptr, '\\', raw.len);
}

/* --- the attestation --------------------------------------------------------------- */

/* It goes out as it stands when it is one of these with its own member and no other:
 * certificates have members that are left out. */
struct attestation {
    struct berth_str type;
    struct berth_str own_name;
    struct berth_str own;
};

/* The members of an object, in which each name is known to stand once. */
static bool find_text(struct berth_str object, struct berth_str name,
                      struct berth_str *ret_text)
{
    struct reader r = reader_of(object);
    bool over = *r.at != '{' || reader_skip_empty(&r, '}');
    while (!over) {
        struct reader_member member;
        if (!reader_skip_member(&r, 0, &member, &over))
            return false;
        struct berth_str found = {member.name.ptr + 1, member.name.len - 2};
        if (str_equal(found, name))
            return plain_text(member.value, ret_text);
    }
    return true;
}

static bool scan_keys(struct given *g, const struct attestation *a)
{
    struct berth_str primary = {0};
    struct berth_str secondary = {0};
    if (!str_equal(a->type, STR("symmetricKey")))
        return str_equal(a->type, STR("tpm"));
    if (a->own.len > 0 && (!find_text(a->own, STR("primaryKey"), &primary) ||
                           !find_text(a->own, STR("secondaryKey"), &secondary)))
        return false;
    g->lacks_keys = str_is_empty(primary) || str_is_empty(secondary);
    return true;
}

static bool scan_attestation_member(struct attestation *a, struct reader *r, int depth,
                                    struct verbatim_names *names)
{
    struct berth_str name;
    struct berth_str raw;
    if (!verbatim_name(r, names, &name) || !value_at(r, depth, &raw) ||
        may_have_null(raw))
        return false;
    if (str_equal(name, STR("type")))
        return plain_text(raw, &a->type);
    bool is_first = a->own.len == 0;
    a->own_name = name;
    a->own = raw;
    return is_first;
}

/* Its texts are secrets: a service that repeats what it was sent repeats their spelling,
 * and only the plain one is known for what it is and hidden. */
static bool is_plain(struct berth_str raw)
{
    return raw.len == 0 || !memchr(raw.ptr, '\\', raw.len);
}

static bool scan_attestation(struct given *g, struct reader *r, int depth)
{
    struct attestation a = {0};
    struct verbatim_names names;
    if (r->at >= r->end || *r->at != '{')
        return false;
    names.count = 0;
    bool over = reader_skip_empty(r, '}');
    while (!over)
        if (!scan_attestation_member(&a, r, depth + 1, &names) ||
            !reader_skip_separator(r, '}', &over))
            return false;
    return (a.own.len == 0 || str_equal(a.own_name, a.type)) && is_plain(a.own) &&
           scan_keys(g, &a);
}

/* --- the whole --------------------------------------------------------------------- */

/* While its members are looked through. */
struct level {
    struct verbatim_names names;
    int depth;
    bool follows; /* the last member is written */
};

/* Is that a member of what is written? */
static bool is_written(const struct given_rule *rule, struct berth_str name,
                       struct berth_str raw)
{
    if (str_equal(name, STR("etag")))
        return rule->keeps_etag && raw.ptr[0] == '"';
    return !is_null(raw) && !enrollment_is_filled(name) &&
           !str_equal(name, STR("ifMatch"));
}

/* Note the id and the condition. False: one has escapes, or this is an attestation that
 * is no object. */
static bool note_member(struct given *g, const struct given_rule *rule,
                        struct berth_str name, struct berth_str raw)
{
    if (str_equal(name, str_from(rule->id_name)))
        return plain_text(raw, &g->id);
    if (str_equal(name, STR("ifMatch")))
        return plain_text(raw, &g->if_match);
    return !str_equal(name, STR("attestation")) || is_null(raw);
}

/* The member from `start` to `end` is written, too. */
static bool keep(struct given *g, const char *start, const char *end, bool follows)
{
    if (follows) {
        struct berth_str *last = &g->pieces[g->piece_count - 1];
        last->len = (size_t)(end - last->ptr);
        return true;
    }
    if (g->piece_count == GIVEN_MAX_PIECES)
        return false;
    g->pieces[g->piece_count++] = (struct berth_str){start, (size_t)(end - start)};
    return true;
}

/* One member, at its name. */
static bool scan_member(struct given *g, const struct given_rule *rule, struct reader *r,
                        struct level *level)
{
    const char *start = r->at;
    struct berth_str name;
    struct berth_str raw;
    bool written = true;
    if (!verbatim_name(r, &level->names, &name))
        return false;
    if (str_equal(name, STR("attestation")) && r->at < r->end && *r->at == '{') {
        if (!scan_attestation(g, r, level->depth))
            return false;
    } else {
        if (!value_at(r, level->depth, &raw) || !note_member(g, rule, name, raw))
            return false;
        written = is_written(rule, name, raw);
    }
    if (written && !keep(g, start, r->at, level->follows))
        return false;
    level->follows = written;
    return true;
}

static bool scan_members(struct given *g, const struct given_rule *rule, struct reader *r,
                         int depth)
{
    struct level level;
    bool over = reader_skip_empty(r, '}');
    level.names.count = 0;
    level.depth = depth;
    level.follows = false;
    while (!over)
        if (!scan_member(g, rule, r, &level) || !reader_skip_separator(r, '}', &over))
            return false;
    return true;
}

bool given_scan(struct given *g, const struct given_rule *rule, struct reader *r,
                int depth)
{
    const char *start = r->at;
    *g = (struct given){0};
    if (r->at >= r->end || *r->at != '{' || !scan_members(g, rule, r, depth + 1)) {
        *g = (struct given){0};
        return false;
    }
    g->text = (struct berth_str){start, (size_t)(r->at - start)};
    return true;
}

int given_take(struct given *g, const struct given_rule *rule, json_t *source,
               struct berth_error *err)
{
    json_t *etag = json_object_get(source, "etag");
    json_t *body = enrollment_body_new(source);
    if (!body || (rule->keeps_etag && json_is_string(etag) &&
                  json_object_set(body, "etag", etag) != 0)) {
        json_wipe(body);
        return fail_no_memory(err);
    }
    *g = (struct given){.source = json_incref(source), .body = body};
    g->id = json_str(source, rule->id_name);
    g->if_match = json_str(source, "ifMatch");
    return 0;
}

static int parse(struct given *g, const struct given_rule *rule, struct berth_str text,
                 struct berth_error *err)
{
    cleanup(json_secret) json_t *source = NULL;
    int r = json_parse(text, JSON_OURS, &source, err);
    if (r < 0)
        return r;
    if (!json_is_object(source))
        return fail(err, BERTH_E_INVALID, "the input must be an object");
    return given_take(g, rule, source, err);
}

int given_read(struct given *g, const struct given_rule *rule, struct berth_str text,
               struct berth_error *err)
{
    struct reader r = reader_of(text);
    reader_skip_space(&r);
    if (given_scan(g, rule, &r, 0)) {
        reader_skip_space(&r);
        if (r.at == r.end)
            return 0;
    }
    return parse(g, rule, text, err);
}

int given_build(struct given *g, const struct given_rule *rule, struct berth_error *err)
{
    return g->body ? 0 : parse(g, rule, g->text, err);
}

bool given_lacks_keys(const struct given *g)
{
    return g->body ? enrollment_lacks_keys(g->body) : g->lacks_keys;
}

void given_add(const struct given *g, struct text *out)
{
    if (g->body) {
        text_add_value(out, g->body);
        return;
    }
    text_add(out, "{");
    for (size_t i = 0; i < g->piece_count; i++) {
        if (i > 0)
            text_add(out, ",");
        text_add_str(out, g->pieces[i]);
    }
    text_add(out, "}");
}

void given_release(struct given *g)
{
    json_wipe(g->body);
    json_wipe(g->source);
    *g = (struct given){0};
}
