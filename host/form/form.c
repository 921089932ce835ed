#include "host/form/form_priv.h"

#include <stdlib.h>
#include <string.h>

#include "host/manifest.h"
#include "host/redact.h"
#include "host/schema/schema.h"
#include "host/suggest.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/json.h"
#include "sdk/str.h"
#include "sdk/text.h"

static const json_t *document_of(const struct form *form)
{
    return manifest_json(form->credential->manifest);
}

static bool lists_name(const json_t *array, const char *name)
{
    for (size_t i = 0; i < json_array_size(array); i++)
        if (strcmp(json_string_value(json_array_get(array, i)), name) == 0)
            return true;
    return false;
}

static const char *default_widget(const struct form_field *field, const json_t *type)
{
    const char *name = json_string_value(type);
    if (field->secret)
        return "password";
    if (!name)
        return "text";
    if (strcmp(name, "boolean") == 0)
        return "toggle";
    return strcmp(name, "integer") == 0 || strcmp(name, "number") == 0 ? "number"
                                                                       : "text";
}

static void fill_field(const struct form *form, const char *name, const json_t *schema,
                       struct form_field *field)
{
    const json_t *document = document_of(form);
    const json_t *ui = schema_annotation(document, schema, "x-ui");
    const char *level = json_string_value(json_object_get(ui, "level"));
    const char *widget = json_string_value(json_object_get(ui, "widget"));
    const json_t *required = json_object_get(form->credential->schema_json, "required");
    *field = (struct form_field){
        .name = name,
        .title = json_string_value(schema_annotation(document, schema, "title")),
        .description =
            json_string_value(schema_annotation(document, schema, "description")),
        .help = json_string_value(json_object_get(ui, "help")),
        .placeholder = json_string_value(json_object_get(ui, "placeholder")),
        .group = json_string_value(json_object_get(ui, "group")),
        .secret = redact_is_secret(document, schema),
        .required = lists_name(required, name),
        .advanced = level && strcmp(level, "advanced") == 0,
        .fallback = schema_annotation(document, schema, "default"),
        .schema = schema,
    };
    const json_t *type = schema_annotation(document, schema, "type");
    field->widget = widget ? widget : default_widget(field, type);
}

static json_int_t order_of(const struct form *form, const struct form_field *field)
{
    const json_t *ui = schema_annotation(document_of(form), field->schema, "x-ui");
    const json_t *order = json_object_get(ui, "order");
    return order ? json_integer_value(order) : INT64_MAX;
}

/* Put the field where its x-ui.order says; those that say the same stay as they came. */
static void insert_field(struct form *form, const struct form_field *field)
{
    size_t at = form->field_count++;
    for (; at > 0; at--) {
        if (order_of(form, &form->fields[at - 1]) <= order_of(form, field))
            break;
        form->fields[at] = form->fields[at - 1];
    }
    form->fields[at] = *field;
}

int form_new(const struct credential *credential, struct form **ret_form,
             struct berth_error *err)
{
    const json_t *properties = json_object_get(credential->schema_json, "properties");
    cleanup(form) struct form *form = calloc(1, sizeof(*form));
    if (!form)
        return fail_no_memory(err);
    int r = credential_schema(credential, &form->schema, err);
    if (r < 0)
        return r;
    form->credential = credential;
    form->fields = calloc(json_object_size(properties) + 1, sizeof(form->fields[0]));
    form->values = json_object();
    if (!form->fields || !form->values)
        return fail_no_memory(err);
    const char *name;
    json_t *schema;
    json_object_foreach(json_mutable(properties), name, schema)
    {
        struct form_field field;
        fill_field(form, name, schema, &field);
        insert_field(form, &field);
    }
    *ret_form = form;
    form = NULL;
    return 0;
}

void form_free(struct form *form)
{
    if (!form)
        return;
    redact_wipe(form->values);
    json_decref(form->values);
    free(form->fields);
    free(form);
}

size_t form_field_count(const struct form *form)
{
    return form->field_count;
}

const struct form_field *form_field(const struct form *form, size_t index)
{
    return index < form->field_count ? &form->fields[index] : NULL;
}

static int fail_unknown_field(const struct form *form, const char *name, const char *near,
                              struct berth_error *err)
{
    if (near)
        return fail(err, BERTH_E_INVALID,
                    "the credentials have no field '%s'; did you mean '%s'?", name, near);
    cleanup(text) struct text names;
    text_init(&names, 300);
    for (size_t i = 0; i < form->field_count; i++)
        text_add_format(&names, "%s%s", i > 0 ? ", " : "", form->fields[i].name);
    return fail(err, BERTH_E_INVALID, "the credentials have no field '%s'; they have: %s",
                name, names.data ? names.data : "none");
}

int form_field_by_name(const struct form *form, const char *name,
                       const struct form_field **ret_field, struct berth_error *err)
{
    struct suggest near;
    suggest_init(&near, name);
    for (size_t i = 0; i < form->field_count; i++) {
        if (strcmp(form->fields[i].name, name) == 0) {
            *ret_field = &form->fields[i];
            return 0;
        }
        suggest_offer(&near, form->fields[i].name);
    }
    return fail_unknown_field(form, name, near.best, err);
}

int form_set(struct form *form, const char *name, struct berth_str text,
             struct berth_error *err)
{
    const struct form_field *field;
    int r = form_field_by_name(form, name, &field, err);
    if (r < 0)
        return r;
    text = str_trim(text);
    redact_wipe(json_object_get(form->values, name));
    (void)json_object_del(form->values, name); /* it need not have been there */
    return text.len == 0 ? 0 : form_store(form->values, field, text, err);
}

bool form_is_set(const struct form *form, const char *name)
{
    return json_object_get(form->values, name) != NULL;
}

int form_values(const struct form *form, json_t **ret_fields, json_t **ret_secrets,
                struct berth_error *err)
{
    json_t *parts[2] = {json_object(), json_object()};
    int r = parts[0] && parts[1] ? 0 : -1;
    for (size_t i = 0; r == 0 && i < form->field_count; i++) {
        const struct form_field *field = &form->fields[i];
        const json_t *value = json_object_get(form->values, field->name);
        /* A copy: the form wipes its own when it goes. */
        if (value)
            r = json_object_set_new(parts[field->secret], field->name,
                                    json_deep_copy(value));
    }
    if (r < 0) {
        redact_wipe(parts[1]);
        json_decref(parts[0]);
        json_decref(parts[1]);
        return fail_no_memory(err);
    }
    *ret_fields = parts[0];
    *ret_secrets = parts[1];
    return 0;
}
