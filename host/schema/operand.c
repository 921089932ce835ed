/* Compiling what stands beside a keyword. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/schema/compile.h"
#include "host/schema/format.h"
#include "host/schema/pattern.h"
#include "host/schema/schema.h"
#include "host/schema/type.h"
#include "host/suggest.h"
#include "sdk/error.h"
#include "sdk/json.h"
#include "sdk/str.h"

static const char DIALECT[] = "https://json-schema.org/draft/2020-12/schema";

static int wrong(struct compiler *c, const struct node *node, const struct rule *rule,
                 const char *expected)
{
    return compile_fail(c, node->source, rule->keyword->name, BERTH_E_INVALID,
                        "the value of '%s' must be %s", rule->keyword->name, expected);
}

static bool is_name_list(const json_t *value)
{
    if (!json_is_array(value))
        return false;
    for (size_t i = 0; i < json_array_size(value); i++)
        if (!json_is_string(json_array_get(value, i)))
            return false;
    return true;
}

static int compile_count(struct compiler *c, const struct node *node, struct rule *rule)
{
    double number = json_number_value(rule->value);
    if (!json_is_number(rule->value) || number < 0 || number != floor(number))
        return wrong(c, node, rule, "a whole number that is not negative");
    rule->to.limit = number >= 9e15 ? SIZE_MAX : (size_t)number;
    return 0;
}

static int compile_types(struct compiler *c, const struct node *node, struct rule *rule)
{
    const json_t *value = rule->value;
    size_t count = json_is_array(value) ? json_array_size(value) : 1;
    for (size_t i = 0; i < count; i++) {
        const json_t *name = json_is_array(value) ? json_array_get(value, i) : value;
        unsigned bit = json_is_string(name) ? type_from_name(json_string_value(name)) : 0;
        if (bit == 0)
            return wrong(c, node, rule,
                         "null, boolean, integer, number, string, array or object, or "
                         "a list of some of them");
        rule->to.types |= bit;
    }
    return count > 0 ? 0 : wrong(c, node, rule, "a list that is not empty");
}

static int compile_names_by_name(struct compiler *c, const struct node *node,
                                 const struct rule *rule)
{
    const char *name;
    json_t *names;
    json_object_foreach(rule->value, name, names)
    {
        if (!is_name_list(names))
            return wrong(c, node, rule, "an object of lists of member names");
    }
    return json_is_object(rule->value)
               ? 0
               : wrong(c, node, rule, "an object of lists of member names");
}

static int new_pattern(struct compiler *c, const struct node *node,
                       const struct rule *rule, struct berth_str text,
                       struct pattern **ret_pattern)
{
    struct berth_error reason = BERTH_ERROR_INIT;
    int r = pattern_new(text, ret_pattern, &reason);
    if (r == BERTH_E_NO_MEMORY)
        return fail_no_memory(c->err);
    if (r < 0)
        return compile_fail(c, node->source, rule->keyword->name, r,
                            "the pattern '%.*s' cannot be used: %s",
                            (int)(text.len < 100 ? text.len : 100), text.ptr,
                            reason.message);
    return 0;
}

static int compile_format(struct compiler *c, const struct node *node, struct rule *rule)
{
    const char *name = json_string_value(rule->value);
    if (!name)
        return wrong(c, node, rule, "a string");
    if (c->schema->flags & SCHEMA_FORMAT_ANNOTATES)
        return 0;
    rule->to.format = format_find(name);
    if (rule->to.format || (c->schema->flags & SCHEMA_ALLOW_UNKNOWN))
        return 0;
    struct suggest s;
    suggest_init(&s, name);
    for (unsigned i = 0; format_name(i); i++)
        suggest_offer(&s, format_name(i));
    return compile_fail(c, node->source, "format", BERTH_E_UNSUPPORTED,
                        "the format '%s' is not supported%s%s%s", name,
                        s.best ? "; did you mean '" : "", s.best ? s.best : "",
                        s.best ? "'?" : "");
}

static int compile_dialect(struct compiler *c, const struct node *node,
                           const struct rule *rule)
{
    const char *name = json_string_value(rule->value);
    if (!name)
        return wrong(c, node, rule, "a string");
    size_t len = strcspn(name, "#");
    if (len == sizeof(DIALECT) - 1 && memcmp(name, DIALECT, len) == 0)
        return 0;
    return compile_fail(c, node->source, "$schema", BERTH_E_UNSUPPORTED,
                        "the dialect '%s' is not supported; use '%s'", name, DIALECT);
}

static bool is_anchor(const char *name)
{
    static const char FIRST[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
    static const char REST[] = "-.0123456789";
    if (!name || !*name || !strchr(FIRST, *name))
        return false;
    for (; *name; name++)
        if (!strchr(FIRST, *name) && !strchr(REST, *name))
            return false;
    return true;
}

static int compile_reference(struct compiler *c, const struct node *node,
                             struct rule *rule)
{
    if (!json_is_string(rule->value))
        return wrong(c, node, rule, "a string");
    struct node *target = NULL;
    int r = reference_find(c, node, json_string_value(rule->value), &target);
    rule->to.node = target;
    return r;
}

static int want(struct compiler *c, json_t *source, const struct node **ret_node)
{
    struct node *node = compile_lookup(c, source);
    *ret_node = node;
    return compile_want(c, node);
}

static int compile_schemas(struct compiler *c, const struct node *node, struct rule *rule)
{
    size_t count = json_array_size(rule->value);
    if (count == 0)
        return wrong(c, node, rule, "a list of schemas that is not empty");
    struct nodes *nodes = &rule->to.nodes;
    nodes->items = calloc(count, sizeof(*nodes->items));
    if (!nodes->items)
        return fail_no_memory(c->err);
    for (size_t i = 0; i < count; i++) {
        int r = want(c, json_array_get(rule->value, i), &nodes->items[i]);
        if (r < 0)
            return r;
        nodes->count++;
    }
    return 0;
}

static int compare_names(const void *a, const void *b)
{
    const struct named_node *one = a, *other = b;
    return strcmp(one->name, other->name);
}

static int compile_named(struct compiler *c, const struct node *node, struct rule *rule)
{
    bool patterns = rule->keyword->operand == OPERAND_SCHEMAS_BY_PATTERN;
    struct named_nodes *named = &rule->to.named;
    if (!json_is_object(rule->value))
        return wrong(c, node, rule, "an object of schemas");
    named->items = calloc(json_object_size(rule->value) + 1, sizeof(*named->items));
    if (!named->items)
        return fail_no_memory(c->err);
    const char *name;
    json_t *source;
    json_object_foreach(rule->value, name, source)
    {
        struct named_node *item = &named->items[named->count++];
        item->name = name;
        int r = want(c, source, &item->node);
        if (r == 0 && patterns)
            r = new_pattern(c, node, rule, str_from(name), &item->pattern);
        if (r < 0)
            return r;
    }
    if (!patterns)
        qsort(named->items, named->count, sizeof(*named->items), compare_names);
    return 0;
}

static int expect(struct compiler *c, const struct node *node, const struct rule *rule,
                  bool good, const char *expected)
{
    return good ? 0 : wrong(c, node, rule, expected);
}

static int compile_plain(struct compiler *c, const struct node *node,
                         const struct rule *rule)
{
    const json_t *value = rule->value;
    switch (rule->keyword->operand) {
    case OPERAND_STRING:
    case OPERAND_ID:
        return expect(c, node, rule, json_is_string(value), "a string");
    case OPERAND_BOOLEAN:
    case OPERAND_SECRET:
        return expect(c, node, rule, json_is_boolean(value), "true or false");
    case OPERAND_ARRAY:
        return expect(c, node, rule, json_is_array(value), "a list");
    case OPERAND_OBJECT:
        return expect(c, node, rule, json_is_object(value), "an object");
    case OPERAND_NUMBER:
        return expect(c, node, rule, json_is_number(value), "a number");
    case OPERAND_POSITIVE:
        return expect(c, node, rule, json_number_value(value) > 0,
                      "a number greater than 0");
    case OPERAND_NAMES:
        return expect(c, node, rule, is_name_list(value), "a list of member names");
    case OPERAND_ANCHOR:
        return expect(c, node, rule, is_anchor(json_string_value(value)),
                      "a letter or '_', then letters, digits, '-', '_' and '.'");
    default:
        return 0;
    }
}

static int refuse(struct compiler *c, const struct node *node, const struct rule *rule)
{
    bool content = str_starts_with(str_from(rule->keyword->name), STR("content"));
    if (content && (c->schema->flags & SCHEMA_ALLOW_UNKNOWN))
        return 0;
    return compile_fail(c, node->source, rule->keyword->name, BERTH_E_UNSUPPORTED,
                        "the keyword '%s' is not supported", rule->keyword->name);
}

int operand_compile(struct compiler *c, const struct node *node, struct rule *rule)
{
    switch (rule->keyword->operand) {
    case OPERAND_COUNT:
        return compile_count(c, node, rule);
    case OPERAND_TYPES:
        return compile_types(c, node, rule);
    case OPERAND_NAMES_BY_NAME:
        return compile_names_by_name(c, node, rule);
    case OPERAND_PATTERN:
        return json_is_string(rule->value)
                   ? new_pattern(c, node, rule, json_value_str(rule->value),
                                 &rule->to.pattern)
                   : wrong(c, node, rule, "a string");
    case OPERAND_FORMAT:
        return compile_format(c, node, rule);
    case OPERAND_DIALECT:
        return compile_dialect(c, node, rule);
    case OPERAND_REFERENCE:
        return compile_reference(c, node, rule);
    case OPERAND_REFUSED:
        return refuse(c, node, rule);
    case OPERAND_SCHEMA:
        return want(c, rule->value, &rule->to.node);
    case OPERAND_SCHEMAS:
        return compile_schemas(c, node, rule);
    case OPERAND_SCHEMAS_BY_NAME:
    case OPERAND_SCHEMAS_BY_PATTERN:
        return compile_named(c, node, rule);
    default:
        return compile_plain(c, node, rule);
    }
}
