/* Each allocation of a compile and a check fails in turn. */
#include "tests/unit/lack.h"
#include "tests/unit/schema_help.h"

static const char SCHEMA[] =
    "{'$id':'https://example.com/s','type':'object','required':['id','gone'],"
    "'properties':{'id':{'type':'string','pattern':'^[a-z]+$','format':'regex'},"
    "'key':{'$ref':'#secret'},'list':{'uniqueItems':true,'prefixItems':[{'enum':['a']}],"
    "'contains':{'const':1},'unevaluatedItems':{'type':'string'}},"
    "'kind':{'oneOf':[{'properties':{'t':{'const':'x'}}},{'properties':{'t':{'const':'y'}"
    "}"
    "}]},'any':{'anyOf':[{'required':['p']},{'required':['q']}]}},"
    "'patternProperties':{'^o':{'type':'null'}},'propertyNames':{'maxLength':9},"
    "'dependentSchemas':{'id':{'maxProperties':3}},'unevaluatedProperties':false,"
    "'$defs':{'s':{'$anchor':'secret','x-secret':true,'minLength':9}}}";

static const char VALUE[] =
    "{'id':'A B','key':'geheim','list':['b',true,true],'kind':{'t':'z'},'any':{},'o':1,"
    "'listt':1,'muchtoolong':{}}";

/* 0, or a status; with the problems in the report. */
static int compile_and_check(json_t *document, const json_t *value,
                             struct schema_report *report, struct berth_error *err)
{
    struct schema *schema = NULL;
    int r = schema_new(document, "", 0, &schema, err);
    if (r == 0)
        r = schema_check(schema, value, report, err);
    schema_free(schema);
    return r;
}

static void each_allocation_may_fail(void **state)
{
    (void)state;
    json_auto_t *document = parse(SCHEMA);
    json_auto_t *value = parse(VALUE);
    long n = 0;
    bool failed;
    do {
        struct berth_error err = BERTH_ERROR_INIT;
        cleanup(schema_report) struct schema_report report;
        schema_report_init(&report, 30);
        lack_begin(n++);
        int r = compile_and_check(document, value, &report, &err);
        failed = lack_end();
        assert_int_equal(r, failed ? BERTH_E_NO_MEMORY : BERTH_E_INVALID);
        assert_true(failed ? strstr(err.message, "out of memory") != NULL
                           : report.count > 8);
        assert_true(!failed || report.count == 0);
    } while (failed);
    assert_true(n > 100);
}

static void each_allocation_of_filling_defaults_may_fail(void **state)
{
    (void)state;
    json_auto_t *document = parse(
        "{'allOf':[{'$ref':'#/$defs/a%20b'}],'properties':{'x':{'default':[1,'a']}},"
        "'$defs':{'a b':{'properties':{'y':{'default':{'z':1}}}}}}");
    long n = 0;
    int r = 0;
    bool failed;
    do {
        struct berth_error err = BERTH_ERROR_INIT;
        json_auto_t *object = json_object();
        lack_begin(n++);
        r = schema_fill_defaults(document, document, object, &err);
        failed = lack_end();
        if (!failed)
            assert_int_equal(json_object_size(object), 2);
        assert_true(r == 0 || failed);
    } while (failed);
    assert_int_equal(r, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_allocation_may_fail),
        cmocka_unit_test(each_allocation_of_filling_defaults_may_fail),
    };
    lack_init();
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
