#include "host/schema/check.h"

const struct keyword KEYWORDS[] = {
    {"$schema", OPERAND_DIALECT, false, NULL},
    {"$vocabulary", OPERAND_OBJECT, false, NULL},
    {"$id", OPERAND_ID, false, NULL},
    {"$anchor", OPERAND_ANCHOR, false, NULL},
    {"$comment", OPERAND_STRING, false, NULL},
    {"$defs", OPERAND_SCHEMAS_BY_NAME, false, NULL},
    {"$dynamicRef", OPERAND_REFUSED, false, NULL},
    {"$dynamicAnchor", OPERAND_REFUSED, false, NULL},

    {"title", OPERAND_STRING, false, NULL},
    {"description", OPERAND_STRING, false, NULL},
    {"default", OPERAND_ANY, false, NULL},
    {"deprecated", OPERAND_BOOLEAN, false, NULL},
    {"readOnly", OPERAND_BOOLEAN, false, NULL},
    {"writeOnly", OPERAND_BOOLEAN, false, NULL},
    {"examples", OPERAND_ARRAY, false, NULL},
    {"x-secret", OPERAND_SECRET, false, NULL},
    {"contentEncoding", OPERAND_REFUSED, false, NULL},
    {"contentMediaType", OPERAND_REFUSED, false, NULL},
    {"contentSchema", OPERAND_REFUSED, false, NULL},

    {"type", OPERAND_TYPES, false, check_type},
    {"const", OPERAND_ANY, false, check_const},
    {"enum", OPERAND_ARRAY, false, check_enum},

    {"minimum", OPERAND_NUMBER, false, check_minimum},
    {"exclusiveMinimum", OPERAND_NUMBER, false, check_exclusive_minimum},
    {"maximum", OPERAND_NUMBER, false, check_maximum},
    {"exclusiveMaximum", OPERAND_NUMBER, false, check_exclusive_maximum},
    {"multipleOf", OPERAND_POSITIVE, false, check_multiple_of},

    {"minLength", OPERAND_COUNT, false, check_min_length},
    {"maxLength", OPERAND_COUNT, false, check_max_length},
    {"pattern", OPERAND_PATTERN, false, check_pattern},
    {"format", OPERAND_FORMAT, false, check_format},

    {"properties", OPERAND_SCHEMAS_BY_NAME, false, check_properties},
    {"patternProperties", OPERAND_SCHEMAS_BY_PATTERN, false, check_pattern_properties},
    {"additionalProperties", OPERAND_SCHEMA, false, check_additional_properties},
    {"propertyNames", OPERAND_SCHEMA, false, check_property_names},
    {"required", OPERAND_NAMES, false, check_required},
    {"dependentRequired", OPERAND_NAMES_BY_NAME, false, check_dependent_required},
    {"minProperties", OPERAND_COUNT, false, check_min_properties},
    {"maxProperties", OPERAND_COUNT, false, check_max_properties},

    {"minItems", OPERAND_COUNT, false, check_min_items},
    {"maxItems", OPERAND_COUNT, false, check_max_items},
    {"prefixItems", OPERAND_SCHEMAS, false, check_prefix_items},
    {"items", OPERAND_SCHEMA, false, check_items},
    {"contains", OPERAND_SCHEMA, false, check_contains},
    {"minContains", OPERAND_COUNT, false, NULL},
    {"maxContains", OPERAND_COUNT, false, NULL},
    {"uniqueItems", OPERAND_BOOLEAN, false, check_unique_items},

    {"$ref", OPERAND_REFERENCE, true, check_reference},
    {"allOf", OPERAND_SCHEMAS, true, check_all_of},
    {"anyOf", OPERAND_SCHEMAS, true, check_any_of},
    {"oneOf", OPERAND_SCHEMAS, true, check_one_of},
    {"not", OPERAND_SCHEMA, true, check_not},
    {"if", OPERAND_SCHEMA, true, check_if},
    {"then", OPERAND_SCHEMA, true, NULL},
    {"else", OPERAND_SCHEMA, true, NULL},
    {"dependentSchemas", OPERAND_SCHEMAS_BY_NAME, true, check_dependent_schemas},

    {"unevaluatedItems", OPERAND_SCHEMA, false, check_unevaluated_items},
    {"unevaluatedProperties", OPERAND_SCHEMA, false, check_unevaluated_properties},
};

const size_t KEYWORD_COUNT = sizeof(KEYWORDS) / sizeof(KEYWORDS[0]);
