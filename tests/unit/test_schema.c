/* What the validator says about a value. */
#include "tests/unit/schema_help.h"

static const char ENROLLMENT[] =
    "{'type':'object','additionalProperties':false,"
    "'required':['registrationId'],'properties':{"
    "'registrationId':{'type':'string','pattern':'^[a-z0-9-]+$',"
    "'description':'lower-case letters, digits, - . and no more. Other words.'},"
    "'enrollmentGroup':{'type':'string'},"
    "'key':{'type':'string','x-secret':true,'minLength':20,'enum':['abc','abd']},"
    "'attestation':{'enum':['symmetricKey','x509','tpm']}}}";

static void a_pattern_names_value_place_and_help(void **state)
{
    (void)state;
    assert_problem(ENROLLMENT, "{'registrationId':'A B'}",
                   "/registrationId: 'A B' does not match the pattern ^[a-z0-9-]+$ "
                   "(lower-case letters, digits, - . and no more)");
}

static void an_unknown_member_is_told_what_was_meant(void **state)
{
    (void)state;
    assert_problem(ENROLLMENT, "{'registrationId':'a','enrolmentGroup':'x'}",
                   "/enrolmentGroup: unknown member 'enrolmentGroup'; did you mean "
                   "'enrollmentGroup'?");
}

static void an_unknown_member_near_to_nothing_is_told_what_there_is(void **state)
{
    (void)state;
    assert_problem("{'properties':{'a':true,'b':true},'additionalProperties':false}",
                   "{'b':1,'zzz':1}",
                   "/zzz: unknown member 'zzz'; others that may be given are 'a'");
}

static void names_from_schemas_in_place_are_meant_too(void **state)
{
    (void)state;
    assert_problem("{'$ref':'#/$defs/base','properties':{'own':true},"
                   "'unevaluatedProperties':false,"
                   "'$defs':{'base':{'properties':{'interval':true}}}}",
                   "{'intervall':5}",
                   "/intervall: unknown member 'intervall'; did you mean 'interval'?");
}

static void a_member_that_is_named_is_not_called_unknown_besides(void **state)
{
    (void)state;
    cleanup(schema_report) struct schema_report report;
    cleanup(schema) struct schema *schema =
        compiled("{'allOf':[{'properties':{'a':{'type':'string'}}}],"
                 "'unevaluatedProperties':false}");
    json_auto_t *value = parse("{'a':1}");
    schema_report_init(&report, 5);
    assert_int_equal(schema_check(schema, value, &report, NULL), BERTH_E_INVALID);
    assert_int_equal(report.count, 1);
    assert_string_equal(report.problems[0].sentence, "a string is expected here, not 1");
}

static void a_missing_member_may_be_there_misspelt(void **state)
{
    (void)state;
    assert_problem("{'required':['registrationId'],'properties':{'registrationId':{}}}",
                   "{'registratonId':'a'}",
                   "the member 'registrationId' is missing; is 'registratonId' meant to "
                   "be it?");
    assert_problem(ENROLLMENT, "{}", "the member 'registrationId' is missing");
}

static void an_enum_lists_what_is_allowed(void **state)
{
    (void)state;
    assert_problem(ENROLLMENT, "{'registrationId':'a','attestation':'symetricKey'}",
                   "/attestation: 'symetricKey' is not one of 'symmetricKey', 'x509', "
                   "'tpm'; did you mean 'symmetricKey'?");
    assert_problem("{'enum':[1,2,3,4,5,6,7,8,9,10,11,null]}", "99",
                   "99 is not one of 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 2 more");
}

static void a_secret_is_never_shown(void **state)
{
    (void)state;
    cleanup(schema_report) struct schema_report report;
    cleanup(schema) struct schema *schema = compiled(ENROLLMENT);
    json_auto_t *value = parse("{'registrationId':'a','key':'abx'}");
    schema_report_init(&report, 5);
    assert_int_equal(schema_check(schema, value, &report, NULL), BERTH_E_INVALID);
    assert_int_equal(report.count, 2);
    assert_string_equal(report.problems[0].sentence,
                        "(secret) is not one of 'abc', 'abd'");
    assert_string_equal(report.problems[1].sentence,
                        "(secret) is too short; at least 20 characters are needed");
}

static void a_text_in_the_place_of_what_holds_a_secret_is_not_shown(void **state)
{
    (void)state;
    assert_problem("{'properties':{'pair':{'$ref':'#/$defs/pair'}},'$defs':{'pair':"
                   "{'type':['object','null'],'properties':{'key':{'x-secret':true}}}}}",
                   "{'pair':'geheim'}",
                   "/pair: an object or null is expected here, not (secret)");
    assert_problem(
        "{'properties':{'deep':{'type':'array','items':{'allOf':[{'properties':"
        "{'pair':{'additionalProperties':{'x-secret':true}}}}]}}}}",
        "{'deep':'geheim'}", "/deep: a list is expected here, not (secret)");
    assert_problem("{'properties':{'plain':{'type':'object','properties':{'a':{'type':"
                   "'string'}}}}}",
                   "{'plain':'seen'}", "/plain: an object is expected here, not 'seen'");
    assert_problem("{'properties':{'pair':{'type':'object','properties':{'key':"
                   "{'x-secret':true}}}}}",
                   "{'pair':5}", "/pair: an object is expected here, not 5");
}

static void a_secret_is_one_whichever_schema_says_so(void **state)
{
    (void)state;
    assert_problem("{'properties':{'k':{'$ref':'#/$defs/key'}},"
                   "'allOf':[{'properties':{'k':{'maxLength':3}}}],"
                   "'$defs':{'key':{'x-secret':true}}}",
                   "{'k':'geheim'}",
                   "/k: (secret) is too long; at most 3 characters are allowed");
    assert_problem("{'anyOf':[{'items':{'x-secret':true,'type':'string'}}],"
                   "'prefixItems':[{'type':'null'}]}",
                   "['geheim']", "/0: null is expected here, not (secret)");
    assert_problem("{'x-secret':true,'properties':{'inner':{'type':'null'}}}",
                   "{'inner':'geheim'}", "/inner: null is expected here, not (secret)");
    assert_problem("{'patternProperties':{'^k':{'x-secret':true}},"
                   "'properties':{'key':{'const':1}}}",
                   "{'key':'geheim'}", "/key: (secret) is not allowed; it must be 1");
}

static void an_object_is_never_shown_with_its_members(void **state)
{
    (void)state;
    assert_problem("{'enum':['a']}", "{'password':'geheim'}",
                   "an object is not one of 'a'");
}

static void a_discriminator_chooses_the_branch(void **state)
{
    (void)state;
    static const char FORMS[] =
        "{'oneOf':[{'$ref':'#/$defs/key'},{'properties':{'type':{'enum':['x509','ca']},"
        "'cert':{'type':'string'}},'required':['type','cert']}],"
        "'$defs':{'key':{'properties':{'type':{'const':'symmetricKey'},"
        "'primary':{'type':'string'}},'required':['type','primary']}}}";
    assert_problem(FORMS, "{'type':'symmetricKey','cert':'x'}",
                   "the member 'primary' is missing");
    assert_problem(FORMS, "{'type':'ca'}", "the member 'cert' is missing");
    assert_problem(FORMS, "{'type':'x50'}",
                   "/type: 'x50' is not one of 'symmetricKey', 'x509', 'ca'; did you "
                   "mean 'x509'?");
}

static void the_closest_branch_speaks(void **state)
{
    (void)state;
    static const char FORMS[] = "{'anyOf':[{'type':'string'},{'type':'object',"
                                "'properties':{'a':{'properties':{'b':{'type':'null'}}}}}"
                                "]}";
    assert_problem(FORMS, "{'a':{'b':1}}", "/a/b: null is expected here, not 1");
    assert_problem(FORMS, "5", "a string or an object is expected here, not 5");
}

static void alternatives_of_members_are_named(void **state)
{
    (void)state;
    assert_problem("{'anyOf':[{'required':['a']},{'required':['b']}]}", "{}",
                   "one of the members 'a', 'b' is needed");
    assert_problem("{'not':{'required':['a','b']}}", "{'a':1,'b':2}",
                   "the members 'a', 'b' must not be given together");
    assert_problem("{'not':{'required':['a']}}", "{'a':1}",
                   "the member 'a' is not allowed here");
}

static void alternatives_in_alternatives_are_measured(void **state)
{
    (void)state;
    assert_problem(
        "{'anyOf':[{'anyOf':[{'properties':{'a':{'type':'null'}}},"
        "{'required':['b']}],'maxProperties':0},{'oneOf':["
        "{'properties':{'a':{'const':1}}},{'properties':{'a':{'const':2}}}]}]}",
        "{'a':3}", "/a: 3 is not one of 1, 2");
}

static void more_names_than_ten_are_counted(void **state)
{
    (void)state;
    assert_problem("{'additionalProperties':false,'properties':{'a1':{},'a2':{},'a3':{},"
                   "'a4':{},'a5':{},'a6':{},'a7':{},'a8':{},'a9':{},'b1':{},'b2':{}}}",
                   "{'zzz':1}",
                   "/zzz: unknown member 'zzz'; others that may be given are 'a1', 'a2', "
                   "'a3', 'a4', 'a5', 'a6', 'a7', 'a8', 'a9', 'b1' and 1 more");
}

static void forms_that_exclude_each_other_are_counted(void **state)
{
    (void)state;
    assert_problem(
        "{'oneOf':[{'minimum':1},{'minimum':2},{'maximum':0}]}", "5",
        "5 fits more than one of the forms that exclude each other (1 and 2 of "
        "3); use one");
}

static void pointers_are_escaped(void **state)
{
    (void)state;
    assert_problem("{'additionalProperties':{'items':{'type':'null'}}}",
                   "{'a/b~c':[null,1]}", "/a~1b~0c/1: null is expected here, not 1");
}

static void long_values_and_control_characters_are_tamed(void **state)
{
    (void)state;
    assert_problem("{'type':'null'}",
                   "'0123456789012345678901234567890123456789012345678901234567890'",
                   "null is expected here, not "
                   "'012345678901234567890123456789012345678901234567890123456789...'");
    assert_problem("{'type':'null'}", "'a\\nb'",
                   "null is expected here, not 'a\\u000ab'");
}

static void a_report_holds_no_more_than_asked_for(void **state)
{
    (void)state;
    cleanup(schema_report) struct schema_report report;
    cleanup(schema) struct schema *schema = compiled("{'items':{'type':'null'}}");
    json_auto_t *value = parse("[1,2,3,4]");
    schema_report_init(&report, 2);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(schema_check(schema, value, &report, NULL), BERTH_E_INVALID);
        assert_int_equal(report.count, 2);
        assert_string_equal(report.problems[1].pointer, "/1");
    }
    json_auto_t *good = parse("[null]");
    assert_int_equal(schema_check(schema, good, &report, NULL), 0);
    assert_int_equal(report.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pattern_names_value_place_and_help),
        cmocka_unit_test(an_unknown_member_is_told_what_was_meant),
        cmocka_unit_test(an_unknown_member_near_to_nothing_is_told_what_there_is),
        cmocka_unit_test(names_from_schemas_in_place_are_meant_too),
        cmocka_unit_test(a_member_that_is_named_is_not_called_unknown_besides),
        cmocka_unit_test(a_missing_member_may_be_there_misspelt),
        cmocka_unit_test(an_enum_lists_what_is_allowed),
        cmocka_unit_test(a_secret_is_never_shown),
        cmocka_unit_test(a_text_in_the_place_of_what_holds_a_secret_is_not_shown),
        cmocka_unit_test(a_secret_is_one_whichever_schema_says_so),
        cmocka_unit_test(an_object_is_never_shown_with_its_members),
        cmocka_unit_test(a_discriminator_chooses_the_branch),
        cmocka_unit_test(the_closest_branch_speaks),
        cmocka_unit_test(alternatives_of_members_are_named),
        cmocka_unit_test(alternatives_in_alternatives_are_measured),
        cmocka_unit_test(more_names_than_ten_are_counted),
        cmocka_unit_test(forms_that_exclude_each_other_are_counted),
        cmocka_unit_test(pointers_are_escaped),
        cmocka_unit_test(long_values_and_control_characters_are_tamed),
        cmocka_unit_test(a_report_holds_no_more_than_asked_for),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
