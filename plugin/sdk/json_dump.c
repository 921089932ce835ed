#include <locale.h>
#include <stdlib.h>

#include "sdk/json.h"

/* The shortest decimal that reads back as the same number: 0.1 stays 0.1. */
static void add_real(struct text *t, double value)
{
    char digits[40] = "";
    for (int precision = 15; precision <= 17; precision++) {
        (void)snprintf(digits, sizeof(digits), "%.*g", precision, value);
        if (strtod(digits, NULL) == value)
            break;
    }
    char *point = strchr(digits, localeconv()->decimal_point[0]);
    if (point)
        *point = '.';
    text_add(t, digits);
    if (!strpbrk(digits, ".e"))
        text_add(t, ".0"); /* it was no whole number, and stays none */
}

static void add_object(struct text *t, const json_t *object)
{
    const char *name;
    size_t len;
    json_t *value;
    const char *separator = "{";
    json_object_keylen_foreach((json_t *)(uintptr_t)object, name, len, value)
    {
        text_add(t, separator);
        text_add_json(t, (struct berth_str){name, len});
        text_add(t, ":");
        text_add_value(t, value);
        separator = ",";
    }
    text_add(t, *separator == '{' ? "{}" : "}");
}

static void add_list(struct text *t, const json_t *list)
{
    size_t i;
    json_t *value;
    text_add(t, "[");
    json_array_foreach((json_t *)(uintptr_t)list, i, value)
    {
        if (i > 0)
            text_add(t, ",");
        text_add_value(t, value);
    }
    text_add(t, "]");
}

void text_add_value(struct text *t, const json_t *value)
{
    if (!value)
        t->failed = true;
    else if (json_is_object(value))
        add_object(t, value);
    else if (json_is_array(value))
        add_list(t, value);
    else if (json_is_string(value))
        text_add_json(t, json_value_str(value));
    else if (json_is_integer(value))
        text_add_int(t, json_integer_value(value));
    else if (json_is_real(value))
        add_real(t, json_real_value(value));
    else
        text_add(t, json_is_true(value)    ? "true"
                    : json_is_false(value) ? "false"
                                           : "null");
}
