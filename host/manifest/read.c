#include "host/manifest/manifest_priv.h"

#include <stdlib.h>
#include <string.h>

#include "host/file.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/json.h"
#include "sdk/str.h"

static int parse_json(struct manifest *m, struct berth_error *err)
{
    json_error_t at;
    struct berth_error unsaid = BERTH_ERROR_INIT;
    struct berth_str text = {m->text, m->text_len};
    int r = json_parse(text, JSON_OURS, &m->root, &unsaid);
    if (r == BERTH_E_NO_MEMORY)
        return fail_no_memory(err);
    if (r == 0)
        return 0;
    /* The other parser is several times slower, but says line and column. */
    m->root = json_loadb(m->text, m->text_len, JSON_REJECT_DUPLICATES, &at);
    if (m->root)
        return 0;
    /* Out of memory is what jansson mostly says nothing about. */
    if (!at.text[0] || json_error_code(&at) == json_error_out_of_memory)
        return fail_no_memory(err);
    return fail(err, BERTH_E_INVALID, "%d:%d: %s", at.line, at.column, at.text);
}

static int build(struct manifest *m, struct berth_error *err)
{
    static int (*const STEPS[])(struct manifest *, struct berth_error *) = {
        manifest_build_compiled,   manifest_build_limits,
        manifest_build_options,    manifest_build_credentials,
        manifest_build_operations, manifest_build_secret_names,
        manifest_build_forms};
    int r = parse_json(m, err);
    if (r == 0)
        r = vocabulary_check(m->root, err);
    for (size_t i = 0; r == 0 && i < sizeof(STEPS) / sizeof(STEPS[0]); i++)
        r = STEPS[i](m, err);
    return r < 0 ? r : manifest_check(m, err);
}

int manifest_fail_in(const char *name, int status, struct berth_error *err)
{
    if (!err || !BERTH_HAS(err, message) || status == BERTH_E_NO_MEMORY)
        return status;
    char sentence[sizeof(err->message)];
    memcpy(sentence, err->message, sizeof(sentence));
    const char *colon = sentence[0] >= '0' && sentence[0] <= '9' ? ":" : ": ";
    return fail(err, status, "%s%s%s", name, colon, sentence);
}

static int manifest_parse_take(const char *name, struct text *text,
                               struct manifest **ret_manifest, struct berth_error *err)
{
    cleanup(manifest) struct manifest *m = calloc(1, sizeof(*m));
    if (!m)
        return fail_no_memory(err);
    m->name = strdup(name);
    m->text_len = text->len;
    m->text = text_take(text);
    if (!m->name || !m->text)
        return fail_no_memory(err);
    int r = build(m, err);
    if (r < 0)
        return manifest_fail_in(name, r, err);
    *ret_manifest = m;
    m = NULL;
    return 0;
}

int manifest_parse(const char *name, struct berth_str text,
                   struct manifest **ret_manifest, struct berth_error *err)
{
    if (text.len > MANIFEST_MAX_BYTES)
        return fail(err, BERTH_E_INVALID, "%s: is longer than %u bytes", name,
                    MANIFEST_MAX_BYTES);
    cleanup(text) struct text copy;
    text_init(&copy, MANIFEST_MAX_BYTES);
    text_add_str(&copy, text);
    return manifest_parse_take(name, &copy, ret_manifest, err);
}

int manifest_read(const char *path, struct manifest **ret_manifest,
                  struct berth_error *err)
{
    cleanup(text) struct text text;
    text_init(&text, MANIFEST_MAX_BYTES);
    int r = file_read(path, MANIFEST_MAX_BYTES, &text, err);
    if (r < 0)
        return r;
    return manifest_parse_take(path, &text, ret_manifest, err);
}

void manifest_free(struct manifest *m)
{
    if (!m)
        return;
    for (size_t i = 0; i < m->compiled_count; i++)
        compiled_schema_release(&m->compiled[i]);
    free(m->compiled);
    free(m->operations);
    free(m->credentials);
    free(m->options);
    free(m->limits);
    manifest_names_free(m);
    json_decref(m->secret_names);
    json_decref(m->root);
    free(m->text);
    free(m->name);
    free(m);
}
