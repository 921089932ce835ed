/* The places of secrets that are worked out beforehand are those that a plain walk over
 * value and schema comes to: shown with schemas and values made at random. */
#include <stdlib.h>
#include <string.h>

#include "host/redact/redact_priv.h"
#include "host/schema/schema.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/json.h"
#include "sdk/pointer.h"
#include "sdk/str.h"
#include "sdk/text.h"
#include "tests/support/cmocka.h"
#include "tests/unit/fixture_manifest.h"
#include "tests/unit/redact_once.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* --- what is meant: every way through the schema, for every member and element --- */

/* Deeper than any schema made here goes; a schema without end goes deeper. */
enum { DEPTH = 12 };

struct plain {
    const json_t *document;
    bool mask;        /* else the first secret is named */
    bool endless;     /* a schema without end: no answer */
    struct text path; /* to where the walk is */
    char *first;
};

typedef bool question(struct plain *p, const json_t *schema, json_t *value, int depth);

/* Ask about each schema that applies in the place of `schema`, until one says yes. */
static bool ask_in_place(struct plain *p, const json_t *schema, question *ask,
                         json_t *value, int depth)
{
    static const char *const WORDS[] = {"$ref", "allOf", "anyOf", "oneOf",
                                        "if",   "then",  "else",  "dependentSchemas"};
    for (size_t i = 0; i < COUNT(WORDS); i++) {
        const json_t *operand = json_object_get(schema, WORDS[i]);
        const char *name;
        json_t *sub;
        size_t k;
        if (i == 0 && operand &&
            ask(p, pointer_at(p->document, str_from(json_string_value(operand) + 1)),
                value, depth))
            return true;
        json_array_foreach(operand, k, sub)
        {
            if (ask(p, sub, value, depth))
                return true;
        }
        if (i >= 4 && i <= 6 && operand && ask(p, operand, value, depth))
            return true;
        if (i != 7)
            continue;
        json_object_foreach(json_mutable(operand), name, sub)
        {
            if (ask(p, sub, value, depth))
                return true;
        }
    }
    return false;
}

static bool leads_nowhere(const struct plain *p, const json_t *schema)
{
    const char *reference = json_string_value(json_object_get(schema, "$ref"));
    return reference && !pointer_at(p->document, str_from(reference + 1));
}

static bool is_secret(struct plain *p, const json_t *schema, json_t *value, int depth)
{
    if (json_is_true(json_object_get(schema, "x-secret")) || leads_nowhere(p, schema))
        return true;
    if (depth <= DEPTH)
        return ask_in_place(p, schema, is_secret, value, depth + 1);
    p->endless = true;
    return true;
}

struct child {
    json_t *container;
    const char *name;
    size_t index;
};

static json_t *child_value(const struct child *c)
{
    return c->name ? json_object_get(c->container, c->name)
                   : json_array_get(c->container, c->index);
}

static void put_mask(const struct child *c)
{
    int r = c->name
                ? json_object_set_new(c->container, c->name, json_string(REDACT_MASK))
                : json_array_set_new(c->container, c->index, json_string(REDACT_MASK));
    assert_int_equal(r, 0);
}

static bool walk(struct plain *p, const json_t *schema, json_t *value, int depth);

/* True: it is the first secret, and no other is wanted. */
static bool visit(struct plain *p, const json_t *schema, const struct child *c, int depth)
{
    json_t *value = child_value(c);
    if (json_is_null(value) ||
        (json_is_string(value) && json_string_length(value) == 0) ||
        !json_is_object(schema))
        return false;
    size_t before = p->path.len;
    if (c->name)
        text_add_format(&p->path, "/%s", c->name);
    else
        text_add_format(&p->path, "/%zu", c->index);
    bool over = false;
    if (!is_secret(p, schema, NULL, 0)) {
        over = walk(p, schema, value, depth + 1);
    } else if (p->mask) {
        put_mask(c);
    } else {
        p->first = strdup(p->path.data);
        over = true;
    }
    text_cut(&p->path, before);
    return over;
}

static bool walk_members(struct plain *p, const json_t *schema, json_t *value, int depth)
{
    static const char *const OTHERS[] = {"additionalProperties", "unevaluatedProperties"};
    json_t *properties = json_object_get(schema, "properties");
    struct child c = {.container = value};
    json_t *sub;
    json_object_foreach(properties, c.name, sub)
    {
        if (child_value(&c) && visit(p, sub, &c, depth))
            return true;
    }
    for (size_t i = 0; i < COUNT(OTHERS); i++) {
        json_object_foreach(value, c.name, sub)
        {
            if (!json_object_get(properties, c.name) &&
                visit(p, json_object_get(schema, OTHERS[i]), &c, depth))
                return true;
        }
    }
    const char *pattern;
    json_t *others;
    json_object_foreach(json_object_get(schema, "patternProperties"), pattern, others)
    {
        json_object_foreach(value, c.name, sub)
        {
            if (visit(p, others, &c, depth))
                return true;
        }
    }
    return false;
}

static bool walk_elements(struct plain *p, const json_t *schema, json_t *value, int depth)
{
    static const char *const REST[] = {"items", "unevaluatedItems", "contains"};
    const json_t *prefix = json_object_get(schema, "prefixItems");
    struct child c = {.container = value};
    for (; c.index < json_array_size(value); c.index++) {
        const json_t *own = json_array_get(prefix, c.index);
        if (own && visit(p, own, &c, depth))
            return true;
        for (size_t k = 0; !own && k < COUNT(REST); k++)
            if (visit(p, json_object_get(schema, REST[k]), &c, depth))
                return true;
    }
    return false;
}

static bool walk(struct plain *p, const json_t *schema, json_t *value, int depth)
{
    if (depth > 3 * DEPTH) {
        p->endless = true;
        return true;
    }
    if (ask_in_place(p, schema, walk, value, depth + 1))
        return true;
    if (json_is_object(value))
        return walk_members(p, schema, value, depth);
    return json_is_array(value) && walk_elements(p, schema, value, depth);
}

/* --- schemas and values at random, the same in each run --- */

struct dice {
    uint64_t state;
};

static unsigned roll(struct dice *d, unsigned sides)
{
    d->state = d->state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(d->state >> 33) % sides;
}

static const char *roll_name(struct dice *d)
{
    static const char *const NAMES[] = {"a", "b", "c", "d"};
    return NAMES[roll(d, COUNT(NAMES))];
}

static json_t *random_schema(struct dice *d, int depth);

static json_t *random_list(struct dice *d, int depth)
{
    json_t *list = json_array();
    for (unsigned i = roll(d, 3) + 1; i > 0; i--)
        assert_int_equal(json_array_append_new(list, random_schema(d, depth)), 0);
    return list;
}

static json_t *random_map(struct dice *d, int depth)
{
    json_t *map = json_object();
    for (unsigned i = roll(d, 3) + 1; i > 0; i--)
        assert_int_equal(json_object_set_new(map, roll_name(d), random_schema(d, depth)),
                         0);
    return map;
}

static json_t *random_operand(struct dice *d, const char *keyword, int depth)
{
    static const char *const REFS[] = {"#/$defs/a", "#/$defs/b", "#/$defs/c", "#/none"};
    if (strcmp(keyword, "$ref") == 0)
        return json_string(REFS[roll(d, COUNT(REFS))]);
    if (strcmp(keyword, "x-secret") == 0)
        return json_boolean(roll(d, 3) > 0);
    size_t len = strlen(keyword);
    if (strcmp(keyword + len - 2, "Of") == 0 || strcmp(keyword, "prefixItems") == 0)
        return random_list(d, depth);
    if (strcmp(keyword, "properties") == 0 || strcmp(keyword, "patternProperties") == 0 ||
        strcmp(keyword, "dependentSchemas") == 0)
        return random_map(d, depth);
    return random_schema(d, depth);
}

static json_t *random_schema(struct dice *d, int depth)
{
    static const char *const KEYWORDS[] = {"$ref",
                                           "x-secret",
                                           "properties",
                                           "properties",
                                           "properties",
                                           "items",
                                           "additionalProperties",
                                           "patternProperties",
                                           "unevaluatedProperties",
                                           "unevaluatedItems",
                                           "contains",
                                           "prefixItems",
                                           "allOf",
                                           "anyOf",
                                           "oneOf",
                                           "if",
                                           "then",
                                           "else",
                                           "not",
                                           "dependentSchemas"};
    if (depth == 0 || roll(d, 12) == 0)
        return roll(d, 4) == 0 ? json_boolean(roll(d, 2)) : json_object();
    json_t *schema = json_object();
    for (unsigned i = roll(d, 3) + 1; i > 0; i--) {
        const char *keyword = KEYWORDS[roll(d, COUNT(KEYWORDS))];
        json_t *operand = random_operand(d, keyword, depth - 1);
        assert_int_equal(json_object_set_new(schema, keyword, operand), 0);
    }
    return schema;
}

/* The outermost is always a list or an object. */
static json_t *random_value(struct dice *d, int depth)
{
    unsigned kind = depth == 4 ? 4 + roll(d, 4) : roll(d, depth > 0 ? 8 : 4);
    if (kind == 0)
        return json_null();
    if (kind < 4)
        return kind == 1 ? json_string("") : json_string("text");
    json_t *value = kind == 4 ? json_array() : json_object();
    for (unsigned i = roll(d, 4); i > 0; i--) {
        json_t *sub = random_value(d, depth - 1);
        int r = kind == 4 ? json_array_append_new(value, sub)
                          : json_object_set_new(value, roll_name(d), sub);
        assert_int_equal(r, 0);
    }
    return value;
}

/* --- the two held against each other --- */

static int texts_done;
static int texts_left;

static json_t *random_document(struct dice *d)
{
    json_t *document = json_object();
    json_t *defs = json_object();
    static const char *const NAMES[] = {"a", "b", "c"};
    for (size_t i = 0; i < COUNT(NAMES); i++)
        assert_int_equal(json_object_set_new(defs, NAMES[i], random_schema(d, 2)), 0);
    assert_int_equal(json_object_set_new(document, "$defs", defs), 0);
    assert_int_equal(json_object_set_new(document, "root", random_schema(d, 4)), 0);
    return document;
}

/* A text is masked as its tree is. */
static void check_text(const json_t *value, const json_t *want,
                       const struct redact_plan *plan)
{
    cleanup(text) struct text out;
    char *text = json_dumps(value, JSON_COMPACT);
    text_init(&out, 100000);
    text_add(&out, "before");
    if (redact_text_by_plan(plan, str_from(text), &out)) {
        json_t *got = json_loads(out.data + 6, 0, NULL);
        assert_true(json_equal(got, json_mutable(want)));
        json_decref(got);
        texts_done++;
    } else {
        assert_string_equal(out.data, "before");
        texts_left++;
    }
    free(text);
}

static void check_mask(const json_t *document, const json_t *schema, const json_t *value,
                       const struct redact_plan *plan, bool *ret_masked)
{
    struct berth_error err = BERTH_ERROR_INIT;
    struct plain p = {.document = document, .mask = true};
    json_t *want = json_deep_copy(value);
    json_t *got = json_deep_copy(value);
    text_init(&p.path, 1000);
    text_add(&p.path, "");
    (void)walk(&p, schema, want, 0); /* what matters is what it did to the value */
    assert_int_equal(redact_by_plan(plan, got, &err), 0);
    if (!p.endless)
        assert_true(json_equal(got, want));
    check_text(value, got, plan);
    *ret_masked = !json_equal(json_mutable(value), want);
    assert_true(p.endless || !*ret_masked || !!plan->spots[0]->leads);
    text_release(&p.path);
    json_decref(want);
    json_decref(got);
}

static void check_first(const json_t *document, const json_t *schema, json_t *value,
                        const struct redact_plan *plan)
{
    struct berth_error err = BERTH_ERROR_INIT;
    struct plain p = {.document = document};
    char *first = NULL;
    text_init(&p.path, 1000);
    text_add(&p.path, "");
    (void)walk(&p, schema, value, 0); /* true: there is a first */
    assert_int_equal(redact_plan_find_secret(plan, value, &first, &err), 0);
    if (!p.endless)
        assert_string_equal(first ? first : "none", p.first ? p.first : "none");
    text_release(&p.path);
    free(p.first);
    free(first);
}

static bool check_one(struct dice *d)
{
    struct berth_error err = BERTH_ERROR_INIT;
    struct redact_plan *plan = NULL;
    json_t *document = random_document(d);
    json_t *value = random_value(d, 4);
    const json_t *schema = json_object_get(document, "root");
    struct plain p = {.document = document};
    bool masked = false;
    assert_int_equal(redact_plan_new(document, schema, &plan, &err), 0);
    if (!is_secret(&p, schema, NULL, 0)) {
        check_mask(document, schema, value, plan, &masked);
        check_first(document, schema, value, plan);
    }
    redact_plan_free(plan);
    json_decref(document);
    json_decref(value);
    return masked;
}

static void places_worked_out_are_those_of_a_plain_walk(void **state)
{
    struct dice d = {.state = 42};
    int masked = 0;

    (void)state;
    for (int i = 0; i < 20000; i++)
        masked += check_one(&d);
    print_message("# %d values had secrets\n", masked);
    assert_true(masked > 1000); /* else nothing was shown */
    print_message("# %d texts were masked as such, %d not\n", texts_done, texts_left);
    assert_true(texts_done > 10000);
    assert_true(texts_left < texts_done / 10);
}

/* `want` null: it takes a tree to tell. */
static void check_splice(const char *schema, const char *json, const char *want)
{
    struct berth_error err = BERTH_ERROR_INIT;
    struct redact_plan *plan = NULL;
    cleanup(text) struct text out;
    json_t *document = fixture_json(schema);
    text_init(&out, 1000);
    assert_int_equal(redact_plan_new(document, document, &plan, &err), 0);
    assert_int_equal(redact_text_by_plan(plan, str_from(json), &out), want != NULL);
    assert_string_equal(out.data ? out.data : "", want ? want : "");
    redact_plan_free(plan);
    json_decref(document);
}

static void text_is_masked_where_it_stands(void **state)
{
    static const char SCHEMA[] =
        "{'properties': {'k': {'x-secret': true},"
        " 'l': {'items': {'properties': {'k': {'x-secret': true}}}}}}";
    (void)state;
    check_splice(SCHEMA, "{\"k\":\"x\",\"o\":1.50}", "{\"k\":\"***\",\"o\":1.50}");
    check_splice(SCHEMA, " { \"k\" : [1, {}] } ", " { \"k\" : \"***\" } ");
    check_splice(SCHEMA, "{\"k\":null,\"o\":\"k\"}", "{\"k\":null,\"o\":\"k\"}");
    check_splice(SCHEMA, "{\"k\":\"\"}", "{\"k\":\"\"}");
    check_splice(SCHEMA, "{\"o\":{\"k\":\"x\"}}", "{\"o\":{\"k\":\"x\"}}");
    check_splice(SCHEMA, "{\"l\":[{\"k\":1},{},[],{\"a\":0,\"k\":2}]}",
                 "{\"l\":[{\"k\":\"***\"},{},[],{\"a\":0,\"k\":\"***\"}]}");
    check_splice(SCHEMA, "{\"k\":\"a\",\"k\":\"b\"}", "{\"k\":\"***\",\"k\":\"***\"}");
    check_splice(SCHEMA, "{\"o\":{\"\\u006b\":1}}", "{\"o\":{\"\\u006b\":1}}");
    check_splice("{}", "[1]", "[1]");
}

static void what_a_text_does_not_tell_is_left_to_a_tree(void **state)
{
    static const char SCHEMA[] = "{'properties': {'k': {'x-secret': true}}}";
    (void)state;
    check_splice(SCHEMA, "{\"\\u006b\":\"x\"}", NULL);
    check_splice(SCHEMA, "{\"k\":\"x\"", NULL);
    check_splice(SCHEMA, "{\"k\":\"x\"}}", NULL);
    check_splice(SCHEMA, "{\"k\":\"x}", NULL);
    check_splice(SCHEMA, "{\"k\":x}", NULL);
    check_splice(SCHEMA, "", NULL);
    check_splice("{'x-secret': true}", "\"x\"", NULL);
}

static void check_empty(const char *schema, bool expect)
{
    struct berth_error err = BERTH_ERROR_INIT;
    struct redact_plan *plan = NULL;
    json_t *document = fixture_json(schema);
    assert_int_equal(redact_plan_new(document, document, &plan, &err), 0);
    assert_int_equal(!plan->spots[0]->leads, expect);
    redact_plan_free(plan);
    json_decref(document);
}

static void schema_without_secrets_has_an_empty_plan(void **state)
{
    (void)state;
    check_empty("{}", true);
    check_empty("true", true);
    check_empty("{'properties': {'a': {'$ref': '#'}}}", true);
    check_empty("{'not': {'x-secret': true}}", true);
    check_empty("{'properties': {'a': {'x-secret': false}}}", true);
    check_empty("{'x-secret': true}", false);
    check_empty("{'$ref': '#'}", false);
    check_empty("{'items': {'items': {'items': {'x-secret': true}}}}", false);
}

static void deep_value_is_masked_or_refused(void **state)
{
    json_t *schema = fixture_json("{'properties': {'a': {'$ref': '#'}, 'b': "
                                  "{'x-secret': true}}}");
    json_t *value = fixture_json("{'b': 'x'}");
    struct berth_error err = BERTH_ERROR_INIT;

    (void)state;
    for (int i = 0; i < 1000; i++)
        value = json_pack("{s:o}", "a", value);
    assert_int_equal(redact(schema, schema, value, &err), BERTH_E_INVALID);
    assert_string_equal(err.message, "nested too deep to tell what is secret in it");
    json_decref(value);
    json_decref(schema);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_worked_out_are_those_of_a_plain_walk),
        cmocka_unit_test(schema_without_secrets_has_an_empty_plan),
        cmocka_unit_test(text_is_masked_where_it_stands),
        cmocka_unit_test(what_a_text_does_not_tell_is_left_to_a_tree),
        cmocka_unit_test(deep_value_is_masked_or_refused),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
