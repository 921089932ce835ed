/* From text to the value that a field asks for. */
#include "host/form/form_priv.h"

#include <string.h>

#include "sdk/error.h"
#include "sdk/str.h"

/* Numbers as JSON writes them; null when the text is none. */
static json_t *number_from(struct berth_str text)
{
    json_t *value = json_loadb(text.ptr, text.len, JSON_DECODE_ANY, NULL);
    if (json_is_number(value))
        return value;
    json_decref(value);
    return NULL;
}

static json_t *boolean_from(struct berth_str text)
{
    static const char *const YES[] = {"true", "yes", "on", "1"};
    static const char *const NO[] = {"false", "no", "off", "0"};
    for (size_t i = 0; i < sizeof(YES) / sizeof(YES[0]); i++) {
        if (str_equal_fold(text, str_from(YES[i])))
            return json_true();
        if (str_equal_fold(text, str_from(NO[i])))
            return json_false();
    }
    return NULL;
}

static int fail_text(const struct form_field *field, const char *wanted,
                     struct berth_str text, struct berth_error *err)
{
    if (field->secret)
        return fail(err, BERTH_E_INVALID, "%s: what was given is no %s", field->name,
                    wanted);
    int len = text.len > 80 ? 80 : (int)text.len;
    return fail(err, BERTH_E_INVALID, "%s: '%.*s' is no %s", field->name, len, text.ptr,
                wanted);
}

int form_store(json_t *values, const struct form_field *field, struct berth_str text,
               struct berth_error *err)
{
    const char *type = json_string_value(json_object_get(field->schema, "type"));
    json_t *value = NULL;
    const char *wanted = "UTF-8 text";
    if (type && strcmp(type, "boolean") == 0) {
        value = boolean_from(text);
        wanted = "yes or no (true, false)";
    } else if (type && (strcmp(type, "integer") == 0 || strcmp(type, "number") == 0)) {
        value = number_from(text);
        wanted = "number";
    } else {
        value = json_stringn(text.ptr, text.len);
    }
    if (!value)
        return fail_text(field, wanted, text, err);
    if (json_object_set_new(values, field->name, value) < 0)
        return fail_no_memory(err);
    return 0;
}
