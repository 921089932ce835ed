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

/* How a value is laid out: without any space, or a member a line. */
struct layout {
    struct text *out;
    bool indented;
    int depth;
};

static void add_any(struct layout *l, const json_t *value);

static void break_line(struct layout *l)
{
    if (!l->indented)
        return;
    text_add(l->out, "\n");
    for (int i = 0; i < l->depth; i++)
        text_add(l->out, "  ");
}

static void open_value(struct layout *l, const char *bracket)
{
    text_add(l->out, bracket);
    l->depth++;
}

static void close_value(struct layout *l, const char *bracket, bool empty)
{
    l->depth--;
    if (!empty)
        break_line(l);
    text_add(l->out, bracket);
}

static void add_object(struct layout *l, const json_t *object)
{
    const char *name;
    size_t len;
    json_t *value;
    const char *separator = "";
    open_value(l, "{");
    json_object_keylen_foreach(json_mutable(object), name, len, value)
    {
        text_add(l->out, separator);
        break_line(l);
        text_add_json(l->out, (struct berth_str){name, len});
        text_add(l->out, l->indented ? ": " : ":");
        add_any(l, value);
        separator = ",";
    }
    close_value(l, "}", !*separator);
}

static void add_list(struct layout *l, const json_t *list)
{
    size_t i;
    json_t *value;
    open_value(l, "[");
    json_array_foreach(json_mutable(list), i, value)
    {
        if (i > 0)
            text_add(l->out, ",");
        break_line(l);
        add_any(l, value);
    }
    close_value(l, "]", json_array_size(list) == 0);
}

static void add_any(struct layout *l, const json_t *value)
{
    if (!value)
        l->out->failed = true;
    else if (json_is_object(value))
        add_object(l, value);
    else if (json_is_array(value))
        add_list(l, value);
    else if (json_is_string(value))
        text_add_json(l->out, json_value_str(value));
    else if (json_is_integer(value))
        text_add_int(l->out, json_integer_value(value));
    else if (json_is_real(value))
        add_real(l->out, json_real_value(value));
    else
        text_add(l->out, json_is_true(value)    ? "true"
                         : json_is_false(value) ? "false"
                                                : "null");
}

void text_add_value(struct text *t, const json_t *value)
{
    add_any(&(struct layout){.out = t}, value);
}

void text_add_value_indented(struct text *t, const json_t *value)
{
    add_any(&(struct layout){.out = t, .indented = true}, value);
}
