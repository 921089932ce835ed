/* The form in which credentials are filled in: its fields in order, filled from pasted
 * text or field by field, then checked.
 *
 * Invariant: no sentence from here (error or warning) holds the value of a secret field,
 * and what the form knows of secrets is wiped when it is freed. */
#ifndef BERTH_HOST_FORM_H
#define BERTH_HOST_FORM_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "berth_plugin.h"

struct credential; /* manifest.h */
struct form;

struct form_field {
    const char *name;
    const char *title;
    const char *description; /* or null */
    const char *help;        /* or null: x-ui.help */
    const char *placeholder; /* or null */
    const char *group;       /* or null */
    const char *widget;      /* "text", "password", ... */
    bool secret;
    bool required;
    bool advanced;
    const json_t *fallback; /* the schema's default, or null */
    const json_t *schema;
};

/* An empty form. `credential` is borrowed and outlives it. */
int form_new(const struct credential *credential, struct form **ret_form,
             struct berth_error *err);

/* Null: nothing. */
void form_free(struct form *form);

static inline void cleanup_form(struct form *const *form)
{
    form_free(*form);
}

/* In the order to be shown. */
size_t form_field_count(const struct form *form);
const struct form_field *form_field(const struct form *form, size_t index);

/* BERTH_E_INVALID with "did you mean", or with the names there are. */
int form_field_by_name(const struct form *form, const char *name,
                       const struct form_field **ret_field, struct berth_error *err);

/* Fill one field from text; white space around it is dropped, an empty text empties the
 * field. The text becomes what the field's type asks for (a number, true or false). */
int form_set(struct form *form, const char *name, struct berth_str text,
             struct berth_error *err);

/* Fill fields from pasted text ("HostName=...;SharedAccessKey=..."). A part without '=',
 * an unknown one or one that comes twice is BERTH_E_INVALID and changes nothing; the
 * sentence names the part, never its value. BERTH_E_UNSUPPORTED when this kind of
 * credentials has no paste. */
int form_paste(struct form *form, struct berth_str text, struct berth_error *err);

/* Is this field filled? */
bool form_is_set(const struct form *form, const char *name);

/* Fill in the defaults and check everything. BERTH_E_INVALID with a sentence that names
 * the field and what to do. */
int form_finish(struct form *form, struct berth_error *err);

/* Calls each() for each warning on what is filled in (legal and probably a mistake). */
void form_each_warning(const struct form *form,
                       void (*each)(void *ctx, const char *field, const char *sentence),
                       void *ctx);

/* What is filled in, as two JSON objects of which the caller owns a reference each:
 * fields that are no secrets, and those that are. */
int form_values(const struct form *form, json_t **ret_fields, json_t **ret_secrets,
                struct berth_error *err);

#endif
