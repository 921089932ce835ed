/* Filling a form from pasted text: NAME=VALUE parts. */
#include "host/form/form_priv.h"

#include <string.h>

#include "host/manifest.h"
#include "host/redact.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/str.h"
#include "sdk/text.h"

#define MAX_PASTE 16384

/* A name no longer than this may be shown. What stands before the first '=' of a pasted
 * key is the key; the shortest key has 22 characters there. */
#define MAX_SHOWN_NAME 21

struct paste {
    const struct form *form;
    const json_t *rules;
    json_t *values; /* what was read so far */
    size_t part;    /* counted from 1 */
    struct berth_error *err;
};

static bool is_showable(struct berth_str name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')))
            return false;
    }
    return name.len > 0 && name.len <= MAX_SHOWN_NAME;
}

static void add_known_names(const struct paste *p, struct text *out)
{
    const char *name;
    json_t *field;
    const char *comma = "";
    json_object_foreach(json_object_get(p->rules, "fields"), name, field)
    {
        text_add_format(out, "%s%s", comma, name);
        comma = ", ";
    }
}

static int fail_unknown(const struct paste *p, struct berth_str name)
{
    cleanup(text) struct text known;
    text_init(&known, 300);
    add_known_names(p, &known);
    const char *names = known.data ? known.data : "";
    if (is_showable(name))
        return fail(p->err, BERTH_E_INVALID,
                    "pasted text: part %zu, '%.*s', does not belong here; expected are "
                    "%s",
                    p->part, (int)name.len, name.ptr, names);
    return fail(p->err, BERTH_E_INVALID,
                "pasted text: part %zu has no name that is known here; expected are %s",
                p->part, names);
}

static bool is_ignored(const struct paste *p, struct berth_str name)
{
    const json_t *list = json_object_get(p->rules, "ignored");
    for (size_t i = 0; i < json_array_size(list); i++)
        if (str_equal_fold(name, str_from(json_string_value(json_array_get(list, i)))))
            return true;
    return false;
}

/* The field that a part of this name fills, or null. */
static const char *field_of(const struct paste *p, struct berth_str name)
{
    const char *part;
    json_t *field;
    json_object_foreach(json_object_get(p->rules, "fields"), part, field)
    {
        if (str_equal_fold(name, str_from(part)))
            return json_string_value(field);
    }
    return NULL;
}

static int take_value(const struct paste *p, struct berth_str name, const char *to,
                      struct berth_str value)
{
    const struct form_field *field;
    if (json_object_get(p->values, to))
        return fail(p->err, BERTH_E_INVALID, "pasted text: '%.*s' is there twice",
                    (int)name.len, name.ptr);
    if (value.len == 0)
        return fail(p->err, BERTH_E_INVALID, "pasted text: '%.*s' has no value",
                    (int)name.len, name.ptr);
    int r = form_field_by_name(p->form, to, &field, p->err);
    return r < 0 ? r : form_store(p->values, field, value, p->err);
}

static int take_part(const struct paste *p, struct berth_str part)
{
    const char *equals = memchr(part.ptr, '=', part.len);
    if (!equals)
        return fail(p->err, BERTH_E_INVALID,
                    "pasted text: part %zu has no '='; parts look like NAME=VALUE and "
                    "are separated by '%s'",
                    p->part, json_string_value(json_object_get(p->rules, "separator")));
    size_t at = (size_t)(equals - part.ptr);
    struct berth_str name = str_trim((struct berth_str){part.ptr, at});
    struct berth_str value = str_trim((struct berth_str){equals + 1, part.len - at - 1});
    const char *field = field_of(p, name);
    if (field)
        return take_value(p, name, field, value);
    return is_ignored(p, name) ? 0 : fail_unknown(p, name);
}

static int take_parts(struct paste *p, struct berth_str text)
{
    const char *separator = json_string_value(json_object_get(p->rules, "separator"));
    size_t filled = 0;
    while (text.len > 0) {
        const char *end = memchr(text.ptr, separator[0], text.len);
        size_t len = end ? (size_t)(end - text.ptr) : text.len;
        struct berth_str part = str_trim((struct berth_str){text.ptr, len});
        p->part++;
        filled += part.len > 0;
        int r = part.len > 0 ? take_part(p, part) : 0;
        if (r < 0)
            return r;
        len += end != NULL;
        text = (struct berth_str){text.ptr + len, text.len - len};
    }
    if (filled == 0)
        return fail(p->err, BERTH_E_INVALID, "pasted text: there is nothing in it");
    return 0;
}

/* Shells and JSON files put quotes around it. */
static struct berth_str without_quotes(struct berth_str text)
{
    text = str_trim(text);
    bool quoted = text.len >= 2 && (text.ptr[0] == '"' || text.ptr[0] == '\'') &&
                  text.ptr[text.len - 1] == text.ptr[0];
    return quoted ? (struct berth_str){text.ptr + 1, text.len - 2} : text;
}

int form_paste(struct form *form, struct berth_str text, struct berth_error *err)
{
    const json_t *rules = json_object_get(form->credential->json, "paste");
    if (!rules)
        return fail(err, BERTH_E_UNSUPPORTED,
                    "the credentials '%s' cannot be filled from pasted text",
                    form->credential->kind);
    if (text.len > MAX_PASTE)
        return fail(err, BERTH_E_INVALID, "pasted text: is longer than %d characters",
                    MAX_PASTE);
    struct paste p = {form, rules, json_object(), 0, err};
    if (!p.values)
        return fail_no_memory(err);
    int r = take_parts(&p, without_quotes(text));
    if (r == 0 && json_object_update(form->values, p.values) < 0)
        r = fail_no_memory(err);
    if (r < 0)
        redact_wipe(p.values);
    json_decref(p.values);
    return r;
}
