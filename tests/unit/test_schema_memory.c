/* Each allocation of a compile and a check fails in turn (the program is linked with
 * --wrap for malloc and what PCRE2 allocates by; jansson is told to use the same). */
#include "tests/unit/schema_help.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

static long countdown = -1; /* allocations until one fails; negative: none does */
static bool failed;

static bool fails_now(void)
{
    if (countdown < 0 || countdown-- > 0)
        return false;
    failed = true;
    return true;
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
pcre2_code *__real_pcre2_compile_8(PCRE2_SPTR pattern, PCRE2_SIZE len, uint32_t options,
                                   int *error, PCRE2_SIZE *offset,
                                   pcre2_compile_context *context);
pcre2_match_data *__real_pcre2_match_data_create_8(uint32_t pairs,
                                                   pcre2_general_context *context);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
pcre2_code *__wrap_pcre2_compile_8(PCRE2_SPTR pattern, PCRE2_SIZE len, uint32_t options,
                                   int *error, PCRE2_SIZE *offset,
                                   pcre2_compile_context *context);
pcre2_match_data *__wrap_pcre2_match_data_create_8(uint32_t pairs,
                                                   pcre2_general_context *context);

void *__wrap_malloc(size_t size)
{
    return fails_now() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails_now() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    return fails_now() ? NULL : __real_realloc(old, size);
}

pcre2_code *__wrap_pcre2_compile_8(PCRE2_SPTR pattern, PCRE2_SIZE len, uint32_t options,
                                   int *error, PCRE2_SIZE *offset,
                                   pcre2_compile_context *context)
{
    enum { NO_HEAP = 121 };
    if (!fails_now())
        return __real_pcre2_compile_8(pattern, len, options, error, offset, context);
    *error = NO_HEAP;
    return NULL;
}

pcre2_match_data *__wrap_pcre2_match_data_create_8(uint32_t pairs,
                                                   pcre2_general_context *context)
{
    return fails_now() ? NULL : __real_pcre2_match_data_create_8(pairs, context);
}

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
    do {
        struct berth_error err = BERTH_ERROR_INIT;
        cleanup(schema_report) struct schema_report report;
        schema_report_init(&report, 30);
        failed = false;
        countdown = n++;
        int r = compile_and_check(document, value, &report, &err);
        countdown = -1;
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
    do {
        struct berth_error err = BERTH_ERROR_INIT;
        json_auto_t *object = json_object();
        failed = false;
        countdown = n++;
        r = schema_fill_defaults(document, document, object, &err);
        countdown = -1;
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
    json_set_alloc_funcs(__wrap_malloc, free);
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
