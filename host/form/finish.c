/* Checking a filled form, and warning of likely mistakes. */
#include "host/form/form_priv.h"

#include <string.h>

#include "host/manifest.h"
#include "host/schema/pattern.h"
#include "host/schema/schema.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/json.h"
#include "sdk/str.h"

#define WARN_STEPS 100000
#define SHORTEST_KEY 22 /* 16 bytes in base64, without the = at its end */

static int check_missing(const struct form *form, struct berth_error *err)
{
    for (size_t i = 0; i < form->field_count; i++) {
        const struct form_field *f = &form->fields[i];
        if (!f->required || json_object_get(form->values, f->name))
            continue;
        const char *hint = f->help ? f->help : f->description;
        return fail(err, BERTH_E_INVALID, "%s (%s) is missing%s%s", f->name, f->title,
                    hint ? ": " : "", hint ? hint : "");
    }
    return 0;
}

/* Is this problem with field `f` as a whole, so that its help says what to do? */
static bool is_about(const struct schema_problem *problem, const struct form_field *f)
{
    return problem->pointer[0] == '/' && strcmp(problem->pointer + 1, f->name) == 0;
}

/* A key that was given for another field by mistake. */
static bool looks_like_key(const char *value)
{
    size_t len = strspn(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                               "0123456789+/=");
    return len >= SHORTEST_KEY && value[len] == '\0';
}

static int fail_field(const struct form *form, const struct form_field *f,
                      const char *sentence, struct berth_error *err)
{
    const char *value = json_string_value(json_object_get(form->values, f->name));
    if (!f->help)
        return fail(err, BERTH_E_INVALID, "%s: %s", f->name, sentence);
    if (f->secret || !value || looks_like_key(value))
        return fail(err, BERTH_E_INVALID, "%s: what was given cannot be right. %s",
                    f->name, f->help);
    return fail(err, BERTH_E_INVALID, "%s: '%.100s' cannot be right. %s", f->name, value,
                f->help);
}

static int check_values(const struct form *form, struct berth_error *err)
{
    cleanup(schema_report) struct schema_report report;
    schema_report_init(&report, 1);
    struct berth_error why = BERTH_ERROR_INIT;
    int r = schema_check(form->schema, form->values, &report, &why);
    if (r == 0)
        return 0;
    for (size_t i = 0; report.count > 0 && i < form->field_count; i++)
        if (is_about(&report.problems[0], &form->fields[i]))
            return fail_field(form, &form->fields[i], report.problems[0].sentence, err);
    return fail(err, r, "%s", why.message + (why.message[0] == '/' ? 1 : 0));
}

int form_finish(struct form *form, struct berth_error *err)
{
    int r = schema_fill_defaults(manifest_json(form->credential->manifest),
                                 form->credential->schema_json, form->values, err);
    if (r == 0)
        r = check_missing(form, err);
    return r < 0 ? r : check_values(form, err);
}

/* The manifest was checked, so an expression that does not compile is out of memory: no
 * warning then. */
static bool is_warned_of(const json_t *warning, const char *value)
{
    struct pattern *pattern = NULL;
    const json_t *expression = json_object_get(warning, "pattern");
    if (pattern_new(json_value_str(expression), &pattern, NULL) < 0)
        return false;
    cleanup(matcher) struct matcher matcher = {NULL, NULL};
    int r = pattern_match(pattern, str_from(value), WARN_STEPS, &matcher);
    pattern_free(pattern);
    return r == PATTERN_YES;
}

void form_each_warning(const struct form *form,
                       void (*each)(void *ctx, const char *field, const char *sentence),
                       void *ctx)
{
    const json_t *document = manifest_json(form->credential->manifest);
    for (size_t i = 0; i < form->field_count; i++) {
        const struct form_field *f = &form->fields[i];
        const char *value = json_string_value(json_object_get(form->values, f->name));
        const json_t *warnings = schema_annotation(document, f->schema, "x-warn");
        for (size_t k = 0; value && k < json_array_size(warnings); k++) {
            const json_t *warning = json_array_get(warnings, k);
            if (is_warned_of(warning, value))
                each(ctx, f->name,
                     json_string_value(json_object_get(warning, "message")));
        }
    }
}
