/* Inside of struct form. Invariant: `values` holds what is filled in, each member of the
 * type that its field asks for; a member that is absent is empty. */
#ifndef BERTH_HOST_FORM_PRIV_H
#define BERTH_HOST_FORM_PRIV_H

#include "host/form.h"

struct form {
    const struct credential *credential;
    const struct schema *schema; /* of the credential */
    struct form_field *fields;   /* in the order to be shown */
    size_t field_count;
    json_t *values;
};

/* Make `text` (not empty) what the field's type asks for, into `values`. */
int form_store(json_t *values, const struct form_field *field, struct berth_str text,
               struct berth_error *err);

#endif
