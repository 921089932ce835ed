#include "host/manifest/manifest_priv.h"

#include <string.h>

#include "host/manifest/template.h"
#include "host/suggest.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/str.h"
#include "sdk/text.h"

static const char *root_text(const struct manifest *m, const char *member)
{
    return json_string_value(json_object_get(m->root, member));
}

const char *manifest_id(const struct manifest *m)
{
    return root_text(m, "id");
}

const char *manifest_version(const struct manifest *m)
{
    return root_text(m, "version");
}

const char *manifest_title(const struct manifest *m)
{
    return root_text(m, "title");
}

const char *manifest_summary(const struct manifest *m)
{
    return root_text(m, "summary");
}

const char *manifest_documentation_url(const struct manifest *m)
{
    return root_text(m, "documentationUrl");
}

uint32_t manifest_abi_minor(const struct manifest *m)
{
    const json_t *abi = json_object_get(m->root, "abi");
    json_int_t minor = json_integer_value(json_object_get(abi, "minor"));
    return minor > UINT32_MAX ? UINT32_MAX : (uint32_t)minor;
}

struct berth_str manifest_text(const struct manifest *m)
{
    return (struct berth_str){m->text, m->text_len};
}

const json_t *manifest_json(const struct manifest *m)
{
    return m->root;
}

size_t manifest_operation_count(const struct manifest *m)
{
    return m->operation_count;
}

const struct operation *manifest_operation(const struct manifest *m, size_t index)
{
    return index < m->operation_count ? &m->operations[index] : NULL;
}

const struct operation *manifest_find(const struct manifest *m, const char *id)
{
    for (size_t i = 0; i < m->operation_count; i++)
        if (strcmp(m->operations[i].id, id) == 0)
            return &m->operations[i];
    return NULL;
}

static const char *kind_name(enum operation_kind kind)
{
    return kind == OPERATION_ACTION ? "action" : "trigger";
}

static int fail_unknown(const struct manifest *m, enum operation_kind kind,
                        const char *id, struct berth_error *err)
{
    struct suggest near;
    suggest_init(&near, id);
    for (size_t i = 0; i < m->operation_count; i++)
        if (m->operations[i].kind == kind)
            suggest_offer(&near, m->operations[i].id);
    if (near.best)
        return fail(err, BERTH_E_NOT_FOUND, "%s has no %s '%s'; did you mean '%s'?",
                    manifest_id(m), kind_name(kind), id, near.best);
    return fail(err, BERTH_E_NOT_FOUND,
                "%s has no %s '%s'; 'berth connector show %s' lists what it has",
                manifest_id(m), kind_name(kind), id, manifest_id(m));
}

int manifest_operation_by_id(const struct manifest *m, enum operation_kind kind,
                             const char *id, const struct operation **ret_operation,
                             struct berth_error *err)
{
    const struct operation *op = manifest_find(m, id);
    if (!op)
        return fail_unknown(m, kind, id, err);
    if (op->kind != kind)
        return fail(err, BERTH_E_NOT_FOUND, "'%s' of %s is %s %s, not %s %s", id,
                    manifest_id(m), op->kind == OPERATION_ACTION ? "an" : "a",
                    kind_name(op->kind), kind == OPERATION_ACTION ? "an" : "a",
                    kind_name(kind));
    *ret_operation = op;
    return 0;
}

size_t manifest_limit_count(const struct manifest *m)
{
    return m->limit_count;
}

const struct limit *manifest_limit(const struct manifest *m, size_t index)
{
    return index < m->limit_count ? &m->limits[index] : NULL;
}

const struct limit *manifest_find_limit(const struct manifest *m, struct berth_str id)
{
    for (size_t i = 0; i < m->limit_count; i++)
        if (str_equal(str_from(m->limits[i].id), id))
            return &m->limits[i];
    return NULL;
}

struct name_list manifest_hosts(const struct manifest *m)
{
    return m->hosts;
}

/* Names have 253 characters at most. */
#define MAX_ORIGIN_FIELD 512

/* 1: filled; 0: a field is empty. */
static int fill_origin(const char *template, const json_t *credentials, struct text *out,
                       struct berth_error *err)
{
    struct berth_str part;
    for (const char *at = template;;) {
        enum template_part kind = template_next(&at, &part);
        if (kind == TEMPLATE_END)
            return 1;
        if (kind == TEMPLATE_BROKEN)
            return fail(err, BERTH_E_INVALID, "'%s' has a brace without its other",
                        template);
        if (kind == TEMPLATE_TEXT) {
            text_add_str(out, part);
            continue;
        }
        const json_t *field = json_object_getn(credentials, part.ptr, part.len);
        if (json_string_length(field) == 0)
            return 0;
        if (json_string_length(field) > MAX_ORIGIN_FIELD)
            return fail(err, BERTH_E_INVALID, "%.*s: is too long for an address",
                        (int)part.len, part.ptr);
        text_add(out, json_string_value(field));
    }
}

int manifest_origin_new(const char *template, const json_t *credentials,
                        char **ret_origin, struct berth_error *err)
{
    cleanup(text) struct text out;
    text_init(&out, MANIFEST_MAX_BYTES);
    *ret_origin = NULL;
    int r = fill_origin(template, credentials, &out, err);
    if (r <= 0)
        return r;
    *ret_origin = text_take(&out);
    return *ret_origin ? 0 : fail_no_memory(err);
}

size_t manifest_credential_count(const struct manifest *m)
{
    return m->credential_count;
}

const struct credential *manifest_credential(const struct manifest *m, size_t index)
{
    return index < m->credential_count ? &m->credentials[index] : NULL;
}

static int fail_kind(const struct manifest *m, const char *kind, struct berth_error *err)
{
    cleanup(text) struct text kinds;
    text_init(&kinds, 400);
    for (size_t i = 0; i < m->credential_count; i++)
        text_add_format(&kinds, "%s%s", i == 0 ? "" : ", ", m->credentials[i].kind);
    const char *list = kinds.data ? kinds.data : "";
    if (!kind)
        return fail(err, BERTH_E_NOT_FOUND, "%s has several kinds of credentials: %s",
                    manifest_id(m), list);
    return fail(err, BERTH_E_NOT_FOUND, "%s has no credentials '%s'; it has: %s",
                manifest_id(m), kind, list);
}

int manifest_credential_by_kind(const struct manifest *m, const char *kind,
                                const struct credential **ret_credential,
                                struct berth_error *err)
{
    for (size_t i = 0; i < m->credential_count; i++) {
        bool wanted =
            kind ? strcmp(m->credentials[i].kind, kind) == 0 : m->credential_count == 1;
        if (wanted) {
            *ret_credential = &m->credentials[i];
            return 0;
        }
    }
    return fail_kind(m, kind, err);
}

const struct option_source *manifest_find_option(const struct manifest *m, const char *id)
{
    for (size_t i = 0; i < m->option_count; i++)
        if (strcmp(m->options[i].id, id) == 0)
            return &m->options[i];
    return NULL;
}
