/* What makes a schema no good. */
#include "tests/unit/schema_help.h"

static void an_unknown_keyword_is_refused_with_what_was_meant(void **state)
{
    (void)state;
    assert_refused("{'properties':{'a':{'minLenght':5}}}", BERTH_E_UNSUPPORTED,
                   "/properties/a/minLenght: unknown keyword 'minLenght'; did you mean "
                   "'minLength'?");
    assert_refused("{'quux':5}", BERTH_E_UNSUPPORTED,
                   "/quux: unknown keyword 'quux'; own keywords must begin with 'x-'");
}

static void own_keywords_and_annotations_are_accepted(void **state)
{
    (void)state;
    assert_valid("{'$schema':'https://json-schema.org/draft/2020-12/schema#',"
                 "'$comment':'c','title':'t','description':'d','default':1,"
                 "'examples':[1],'deprecated':true,'readOnly':false,'writeOnly':true,"
                 "'x-ui':{'order':1},'x-warn':[],'x-secret':true}",
                 "5");
}

static void what_is_not_supported_is_refused(void **state)
{
    (void)state;
    assert_refused("{'$dynamicRef':'#a'}", BERTH_E_UNSUPPORTED,
                   "/$dynamicRef: the keyword '$dynamicRef' is not supported");
    assert_refused("{'contentEncoding':'base64'}", BERTH_E_UNSUPPORTED,
                   "/contentEncoding: the keyword 'contentEncoding' is not supported");
    assert_refused("{'$ref':'https://example.com/x.json'}", BERTH_E_UNSUPPORTED,
                   "/$ref: 'https://example.com/x.json' leads to another document, which "
                   "is not supported");
    assert_refused("{'$schema':'http://json-schema.org/draft-07/schema#'}",
                   BERTH_E_UNSUPPORTED,
                   "/$schema: the dialect 'http://json-schema.org/draft-07/schema#' is "
                   "not supported; use 'https://json-schema.org/draft/2020-12/schema'");
    assert_refused("{'format':'datetime'}", BERTH_E_UNSUPPORTED,
                   "/format: the format 'datetime' is not supported; did you mean "
                   "'date-time'?");
}

static void a_lax_schema_takes_unknown_words_as_annotations(void **state)
{
    (void)state;
    struct schema *schema = NULL;
    struct berth_error err = BERTH_ERROR_INIT;
    json_auto_t *document = parse("{'quux':1,'contentEncoding':'x','format':'y'}");
    assert_int_equal(schema_new(document, "", SCHEMA_ALLOW_UNKNOWN, &schema, &err), 0);
    json_auto_t *value = parse("'text'");
    assert_int_equal(schema_check(schema, value, NULL, &err), 0);
    schema_free(schema);
}

static void values_of_keywords_are_checked(void **state)
{
    (void)state;
    static const char *const BAD[] = {
        "{'minLength':-1}",
        "{'maxItems':1.5}",
        "{'minimum':'1'}",
        "{'multipleOf':0}",
        "{'type':'text'}",
        "{'type':[]}",
        "{'required':'a'}",
        "{'required':[1]}",
        "{'enum':1}",
        "{'pattern':5}",
        "{'properties':[]}",
        "{'properties':{'a':1}}",
        "{'items':[]}",
        "{'allOf':[]}",
        "{'allOf':{}}",
        "{'uniqueItems':1}",
        "{'title':1}",
        "{'x-secret':'yes'}",
        "{'$ref':1}",
        "{'$anchor':'1a'}",
        "{'$id':5}",
        "{'$id':'a#b'}",
        "{'format':1}",
        "{'dependentRequired':{'a':'b'}}",
        "{'$ref':'#/nowhere'}",
        "{'$ref':'#nowhere'}",
        "{'$ref':'#/%zz'}",
        "{'pattern':'('}",
        "{'then':5}",
        "{'patternProperties':{'[':true}}",
        "{'$schema':1}",
        "5",
        "{'$ref':'#/~2'}",
        "[]",
    };
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++) {
        struct schema *schema = NULL;
        struct berth_error err = BERTH_ERROR_INIT;
        json_auto_t *document = parse(BAD[i]);
        if (schema_new(document, "", 0, &schema, &err) != BERTH_E_INVALID)
            fail_msg("%s was not refused as invalid: %s", BAD[i], err.message);
        assert_true(*err.message);
    }
}

static void a_message_names_the_place_in_the_document(void **state)
{
    (void)state;
    struct schema *schema = NULL;
    struct berth_error err = BERTH_ERROR_INIT;
    json_auto_t *document =
        parse("{'actions':{'a/b':{'inputSchema':{'items':[{'minLength':'x'}]}}}}");
    assert_int_equal(
        schema_new(document, "/actions/a~1b/inputSchema/items/0", 0, &schema, &err),
        BERTH_E_INVALID);
    assert_string_equal(err.message,
                        "/actions/a~1b/inputSchema/items/0/minLength: the value of "
                        "'minLength' must be a whole number that is not negative");
    assert_int_equal(schema_new(document, "/actions/none", 0, &schema, &err),
                     BERTH_E_INVALID);
    assert_string_equal(err.message, "/actions/none: there is no schema here");
}

static void references_lead_through_the_whole_document(void **state)
{
    (void)state;
    struct schema *schema = NULL;
    struct berth_error err = BERTH_ERROR_INIT;
    json_auto_t *document = parse("{'$defs':{'id':{'type':'string'},"
                                  "'named':{'$anchor':'n','type':'integer'},"
                                  "'other':{'not supported':1}},"
                                  "'in':{'properties':{'a':{'$ref':'#/$defs/id'},"
                                  "'b':{'$ref':'#n'}}}}");
    assert_int_equal(schema_new(document, "/in", 0, &schema, &err), 0);
    json_auto_t *value = parse("{'a':1,'b':'x'}");
    cleanup(schema_report) struct schema_report report;
    schema_report_init(&report, 5);
    assert_int_equal(schema_check(schema, value, &report, &err), BERTH_E_INVALID);
    assert_int_equal(report.count, 2);
    schema_free(schema);
}

static void a_reference_without_end_is_refused(void **state)
{
    (void)state;
    static const char *const LOOPS[] = {
        "{'$ref':'#'}",
        "{'allOf':[{'$ref':'#/$defs/a'}],'$defs':{'a':{'not':{'$ref':'#'}}}}",
        "{'if':{'type':'object'},'then':{'$ref':'#'}}",
        "{'dependentSchemas':{'a':{'$ref':'#'}}}",
    };
    for (size_t i = 0; i < sizeof(LOOPS) / sizeof(LOOPS[0]); i++) {
        struct schema *schema = NULL;
        struct berth_error err = BERTH_ERROR_INIT;
        json_auto_t *document = parse(LOOPS[i]);
        assert_int_equal(schema_new(document, "", 0, &schema, &err), BERTH_E_INVALID);
        assert_non_null(strstr(err.message, "without end"));
    }
    assert_valid("{'properties':{'a':{'$ref':'#'}}}", "{'a':{'a':{}}}");
}

static void two_schemas_cannot_have_one_name(void **state)
{
    (void)state;
    assert_refused("{'$defs':{'a':{'$anchor':'n'},'b':{'$anchor':'n'}}}", BERTH_E_INVALID,
                   "/$defs/b/$anchor: 'n' is the $anchor of another schema, too");
    assert_refused("{'$defs':{'a':{'$id':'n'},'b':{'$id':'n'}}}", BERTH_E_INVALID,
                   "/$defs/b/$id: 'n' is the $id of another schema, too");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_unknown_keyword_is_refused_with_what_was_meant),
        cmocka_unit_test(own_keywords_and_annotations_are_accepted),
        cmocka_unit_test(what_is_not_supported_is_refused),
        cmocka_unit_test(a_lax_schema_takes_unknown_words_as_annotations),
        cmocka_unit_test(values_of_keywords_are_checked),
        cmocka_unit_test(a_message_names_the_place_in_the_document),
        cmocka_unit_test(references_lead_through_the_whole_document),
        cmocka_unit_test(a_reference_without_end_is_refused),
        cmocka_unit_test(two_schemas_cannot_have_one_name),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
