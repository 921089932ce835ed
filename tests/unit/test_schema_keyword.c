/* What each keyword takes and refuses: the validator's own short suite, for where the
 * published one is not at hand. */
#include "tests/unit/schema_help.h"

/* A schema, a value that obeys it, and one that does not (or null). */
struct example {
    const char *schema, *good, *bad;
};

static const struct example TYPES[] = {
    {"true", "1", NULL},
    {"{}", "[{}]", NULL},
    {"{'properties':{'a':false}}", "{'b':1}", "{'a':1}"},
    {"{'type':['string','null']}", "null", "true"},
    {"{'type':'number'}", "1", "'1'"},
    {"{'type':'boolean'}", "false", "0"},
    {"{'type':'object'}", "{}", "[]"},
    {"{'const':{'a':[1,null]}}", "{'a':[1.0,null]}", "{'a':[1]}"},
    {"{'enum':[false,'a',[0]]}", "[0]", "[false]"},
};

static const struct example STRINGS[] = {
    {"{'minLength':2}", "'\xc3\xa4\xf0\x9f\x98\x80'", "'\xf0\x9f\x98\x80'"},
    {"{'maxLength':1}", "'\xf0\x9f\x98\x80'", "'ab'"},
    {"{'maxLength':3}", "12345", "'a\\u0000bc'"},
    {"{'pattern':'^.b'}", "'abc'", "'b'"},
};

static const struct example ARRAYS[] = {
    {"{'items':{'type':'null'}}", "[null]", "[null,1]"},
    {"{'prefixItems':[{'const':1}],'items':{'const':2}}", "[1,2,2]", "[1,1]"},
    {"{'prefixItems':[true],'items':false}", "[1]", "[1,2]"},
    {"{'contains':{'const':1}}", "[0,1]", "[0]"},
    {"{'contains':{'const':1},'minContains':2}", "[1,1]", "[1]"},
    {"{'contains':{'const':1},'minContains':0}", "[]", NULL},
    {"{'contains':{'const':1},'maxContains':1}", "[1,2]", "[1,1]"},
    {"{'minItems':1,'maxItems':2}", "[1]", "[]"},
    {"{'maxItems':2}", "{'a':1}", "[1,2,3]"},
    {"{'uniqueItems':true}", "[1,true,'1',[1],[0]]", "[{'a':1,'b':2},{'b':2,'a':1}]"},
    {"{'uniqueItems':false}", "[1,1]", NULL},
};

static const struct example OBJECTS[] = {
    {"{'properties':{'a':{'const':1}}}", "{'a':1,'b':2}", "{'a':2}"},
    {"{'patternProperties':{'^n':{'type':'number'}}}", "{'n':1,'m':''}", "{'nn':''}"},
    {"{'properties':{'a':true},'patternProperties':{'^n':true},"
     "'additionalProperties':{'const':1}}",
     "{'a':0,'n':0,'z':1}", "{'z':0}"},
    {"{'propertyNames':{'maxLength':2}}", "{'ab':1}", "{'abc':1}"},
    {"{'required':['a','b']}", "{'a':null,'b':null}", "{'a':1}"},
    {"{'dependentRequired':{'a':['b']}}", "{'b':1}", "{'a':1}"},
    {"{'minProperties':1,'maxProperties':1}", "{'a':1}", "{}"},
    {"{'maxProperties':1}", "[1,2]", "{'a':1,'b':2}"},
};

static const struct example LOGIC[] = {
    {"{'allOf':[{'minimum':1},{'maximum':2}]}", "2", "3"},
    {"{'anyOf':[{'minimum':5},{'type':'string'}]}", "'a'", "4"},
    {"{'oneOf':[{'minimum':5},{'maximum':7}]}", "8", "6"},
    {"{'oneOf':[{'minimum':5},{'minimum':7}]}", "6", "4"},
    {"{'not':{'type':'string'}}", "1", "''"},
    {"{'if':{'const':1},'then':false}", "2", "1"},
    {"{'if':{'const':1},'else':{'const':2}}", "2", "3"},
    {"{'then':false,'else':false}", "1", NULL},
    {"{'dependentSchemas':{'a':{'required':['b']}}}", "{'c':1}", "{'a':1}"},
};

static const struct example REFERENCES[] = {
    {"{'$ref':'#/$defs/a%25b','$defs':{'a%b':{'const':1}}}", "1", "2"},
    {"{'$ref':'#/$defs/a~1b','$defs':{'a/b':{'const':1}}}", "1", "2"},
    {"{'$ref':'#n','$defs':{'x':{'$anchor':'n','const':1}}}", "1", "2"},
    {"{'$id':'http://e.com/a/b?q','$ref':'../c/./d','$defs':{'x':{"
     "'$id':'http://e.com/c/d','const':1}}}",
     "1", "2"},
    {"{'$id':'http://e.com','$ref':'x#/$defs/y','$defs':{'x':{'$id':'/x','$defs':{"
     "'y':{'const':1}}}}}",
     "1", "2"},
    {"{'$id':'urn:x:1','properties':{'a':{'$ref':'urn:x:1'}},'required':['b']}",
     "{'b':0,'a':{'b':0}}", "{'b':0,'a':{}}"},
    {"{'$ref':'#/$defs/a','maximum':5,'$defs':{'a':{'minimum':1}}}", "3", "7"},
    {"{'$id':'#','$ref':'#/$defs/a','$defs':{'a':{'const':1}}}", "1", "2"},
    {"{'$id':'http://e.com/a/b/c','$ref':'..','$defs':{'x':{"
     "'$id':'/a/','const':1}}}",
     "1", "2"},
    {"{'properties':{'$ref':{'const':1}}}", "{'$ref':1}", "{'$ref':2}"},
};

static const struct example UNEVALUATED[] = {
    {"{'allOf':[{'properties':{'a':true}}],'unevaluatedProperties':false}", "{'a':1}",
     "{'b':1}"},
    {"{'anyOf':[{'properties':{'a':{'const':1}}},{'properties':{'b':{'const':1}}}],"
     "'unevaluatedProperties':false}",
     "{'a':1,'b':1}", "{'a':2,'b':1}"},
    {"{'if':{'properties':{'a':{'const':1}},'required':['a']},'then':{'properties':"
     "{'b':true}},'unevaluatedProperties':false}",
     "{'a':1,'b':1}", "{'a':2,'b':1}"},
    {"{'allOf':[{'unevaluatedProperties':true}],'unevaluatedProperties':false}",
     "{'a':1}", NULL},
    {"{'not':{'not':{'properties':{'a':true}}},'unevaluatedProperties':false}", "{}",
     "{'a':1}"},
    {"{'dependentSchemas':{'a':{'properties':{'a':true}}},"
     "'unevaluatedProperties':{'const':0}}",
     "{'a':1,'b':0}", "{'a':1,'b':1}"},
    {"{'prefixItems':[true],'contains':{'const':7},'unevaluatedItems':false}", "[1,7,7]",
     "[1,7,8]"},
    {"{'allOf':[{'items':true}],'unevaluatedItems':false}", "[1,2]", NULL},
    {"{'allOf':[{'prefixItems':[true]}],'unevaluatedItems':{'const':0}}", "[1,0]",
     "[1,1]"},
};

static void play(const struct example *examples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct berth_error err;
        assert_valid(examples[i].schema, examples[i].good);
        if (examples[i].bad &&
            verdict(examples[i].schema, examples[i].bad, &err) != BERTH_E_INVALID)
            fail_msg("%s took %s", examples[i].schema, examples[i].bad);
    }
}

#define PLAY(examples) play(examples, sizeof(examples) / sizeof((examples)[0]))

static void types_and_constants(void **state)
{
    (void)state;
    PLAY(TYPES);
}

static void strings_are_measured_in_code_points(void **state)
{
    (void)state;
    PLAY(STRINGS);
}

static void arrays(void **state)
{
    (void)state;
    PLAY(ARRAYS);
}

static void objects(void **state)
{
    (void)state;
    PLAY(OBJECTS);
}

static void logic(void **state)
{
    (void)state;
    PLAY(LOGIC);
}

static void references(void **state)
{
    (void)state;
    PLAY(REFERENCES);
}

static void what_is_left_over_is_seen(void **state)
{
    (void)state;
    PLAY(UNEVALUATED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(types_and_constants),
        cmocka_unit_test(strings_are_measured_in_code_points),
        cmocka_unit_test(arrays),
        cmocka_unit_test(objects),
        cmocka_unit_test(logic),
        cmocka_unit_test(references),
        cmocka_unit_test(what_is_left_over_is_seen),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
