#include "host/schema/type.h"

#include <math.h>
#include <string.h>

#include "host/schema/node.h"

static const struct {
    const char *name;
    const char *word;
    unsigned bit;
} TYPES[] = {
    {"string", "a string", TYPE_STRING},  {"integer", "a whole number", TYPE_INTEGER},
    {"number", "a number", TYPE_NUMBER},  {"boolean", "true or false", TYPE_BOOLEAN},
    {"object", "an object", TYPE_OBJECT}, {"array", "a list", TYPE_ARRAY},
    {"null", "null", TYPE_NULL},
};

enum { TYPE_COUNT = sizeof(TYPES) / sizeof(TYPES[0]) };

unsigned type_from_name(const char *name)
{
    for (unsigned i = 0; i < TYPE_COUNT; i++)
        if (strcmp(TYPES[i].name, name) == 0)
            return TYPES[i].bit;
    return 0;
}

unsigned type_of(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return TYPE_OBJECT;
    case JSON_ARRAY:
        return TYPE_ARRAY;
    case JSON_STRING:
        return TYPE_STRING;
    case JSON_INTEGER:
        return TYPE_INTEGER | TYPE_NUMBER;
    case JSON_REAL:
        return json_real_value(value) == floor(json_real_value(value))
                   ? TYPE_INTEGER | TYPE_NUMBER
                   : TYPE_NUMBER;
    case JSON_TRUE:
    case JSON_FALSE:
        return TYPE_BOOLEAN;
    default:
        return TYPE_NULL;
    }
}

const char *type_word(const json_t *value)
{
    if (json_is_boolean(value))
        return json_is_true(value) ? "true" : "false";
    unsigned types = type_of(value);
    unsigned i = 0;
    while (i < TYPE_COUNT - 1 && !(TYPES[i].bit & types))
        i++;
    return TYPES[i].word;
}

void type_add_words(struct text *t, unsigned types)
{
    if (types & TYPE_NUMBER)
        types &= ~(unsigned)TYPE_INTEGER;
    for (unsigned i = 0; i < TYPE_COUNT && types; i++) {
        if (!(types & TYPES[i].bit))
            continue;
        types &= ~TYPES[i].bit;
        text_add(t, TYPES[i].word);
        if (types)
            text_add(t, (types & (types - 1)) ? ", " : " or ");
    }
}
