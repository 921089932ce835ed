/* Looking things up in a schema, as forms do. */
#include "sdk/pointer.h"
#include "sdk/str.h"
#include "tests/unit/schema_help.h"

static const char MANIFEST[] =
    "{'$defs':{'key':{'title':'Key','x-secret':true,'default':'k0'},"
    "'hop':{'$ref':'#/$defs/key'},'loop':{'$ref':'#/$defs/loop'},"
    "'base':{'properties':{'page':{'default':100},'host':{'default':'lost'}}}},"
    "'form':{'$ref':'#/$defs/base','properties':{'host':{'title':'Host','default':'h'},"
    "'key':{'$ref':'#/$defs/hop','title':'Primary key'},'plain':{'type':'string'}},"
    "'allOf':[{'properties':{'extra':{'default':{'deep':[1]}}}}]}}";

static const json_t *text_at(const json_t *document, const char *pointer)
{
    const json_t *found = pointer_at(document, str_from(pointer));
    assert_non_null(found);
    return found;
}

static void a_chain_of_references_is_followed(void **state)
{
    (void)state;
    json_auto_t *document = parse(MANIFEST);
    assert_ptr_equal(schema_find(document, text_at(document, "/form/properties/key")),
                     text_at(document, "/$defs/key"));
    assert_ptr_equal(schema_find(document, text_at(document, "/form/properties/plain")),
                     text_at(document, "/form/properties/plain"));
    assert_null(schema_find(document, text_at(document, "/$defs/loop")));
    json_auto_t *dangling = parse("{'$ref':'#/none'}");
    assert_null(schema_find(document, dangling));
}

static void the_nearest_annotation_counts(void **state)
{
    (void)state;
    json_auto_t *document = parse(MANIFEST);
    const json_t *key = text_at(document, "/form/properties/key");
    assert_string_equal(json_string_value(schema_annotation(document, key, "title")),
                        "Primary key");
    assert_string_equal(json_string_value(schema_annotation(document, key, "default")),
                        "k0");
    assert_null(schema_annotation(document, key, "description"));
    assert_null(schema_annotation(document, text_at(document, "/$defs/loop"), "title"));
}

static void a_property_is_found_behind_references_and_all_of(void **state)
{
    (void)state;
    json_auto_t *document = parse(MANIFEST);
    const json_t *form = text_at(document, "/form");
    assert_ptr_equal(schema_property(document, form, "page"),
                     text_at(document, "/$defs/base/properties/page"));
    assert_ptr_equal(schema_property(document, form, "extra"),
                     text_at(document, "/form/allOf/0/properties/extra"));
    assert_null(schema_property(document, form, "none"));
}

static void a_reference_is_followed_one_step(void **state)
{
    (void)state;
    json_auto_t *document =
        parse("{'$defs':{'a b':{'title':'A'}},'by':{'$ref':'#/$defs/a%20b'},"
              "'nowhere':{'$ref':'#/$defs/c'},'anchor':{'$ref':'#a'},"
              "'away':{'$ref':'https://example.com/a'}}");
    static const char *const LOST[] = {"/nowhere", "/anchor", "/away"};
    bool dangling = true;
    assert_ptr_equal(schema_follow(document, text_at(document, "/by"), &dangling),
                     text_at(document, "/$defs/a b"));
    assert_false(dangling);
    assert_null(schema_follow(document, text_at(document, "/$defs/a b"), &dangling));
    assert_false(dangling);
    for (size_t i = 0; i < sizeof(LOST) / sizeof(LOST[0]); i++) {
        assert_null(schema_follow(document, text_at(document, LOST[i]), &dangling));
        assert_true(dangling);
    }
}

static void defaults_fill_what_is_missing(void **state)
{
    (void)state;
    json_auto_t *document = parse(MANIFEST);
    json_auto_t *object = parse("{'key':'mine'}");
    json_auto_t *expected =
        parse("{'key':'mine','host':'h','page':100,'extra':{'deep':[1]}}");
    assert_int_equal(
        schema_fill_defaults(document, text_at(document, "/form"), object, NULL), 0);
    assert_true(json_equal(object, expected));
    json_t *copy = json_object_get(object, "extra");
    assert_ptr_not_equal(
        copy, pointer_at(document, str_from("/form/allOf/0/properties/extra/default")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_chain_of_references_is_followed),
        cmocka_unit_test(the_nearest_annotation_counts),
        cmocka_unit_test(a_property_is_found_behind_references_and_all_of),
        cmocka_unit_test(a_reference_is_followed_one_step),
        cmocka_unit_test(defaults_fill_what_is_missing),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
