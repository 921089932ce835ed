/* Numbers are compared and divided without rounding. */
#include "tests/unit/schema_help.h"

#include "host/schema/number.h"

static int compare(const char *a, const char *b)
{
    json_auto_t *one = parse(a);
    json_auto_t *other = parse(b);
    return number_compare(one, other);
}

static bool is_multiple(const char *value, const char *unit)
{
    json_auto_t *v = parse(value);
    json_auto_t *u = parse(unit);
    return number_is_multiple(v, u);
}

static void integers_and_reals_are_compared_by_value(void **state)
{
    (void)state;
    assert_int_equal(compare("1", "1.0"), 0);
    assert_int_equal(compare("9007199254740993", "9007199254740992.0"), 1);
    assert_int_equal(compare("9007199254740992.0", "9007199254740993"), -1);
    assert_int_equal(compare("9223372036854775807", "9223372036854775808.0"), -1);
    assert_int_equal(compare("-9223372036854775808", "-9223372036854775808.0"), 0);
    assert_int_equal(compare("-9223372036854775808", "-9223372036854777856.0"), 1);
    assert_int_equal(compare("-1", "-1.5"), 1);
    assert_int_equal(compare("2", "2.5"), -1);
    assert_int_equal(compare("1e308", "5"), 1);
    assert_int_equal(compare("0", "-0.0"), 0);
}

static void decimals_divide_as_written(void **state)
{
    (void)state;
    assert_true(is_multiple("0.3", "0.1"));
    assert_true(is_multiple("19.99", "0.01"));
    assert_true(is_multiple("0.0075", "0.0001"));
    assert_false(is_multiple("0.00751", "0.0001"));
    assert_true(is_multiple("1e308", "0.5"));
    assert_true(is_multiple("-4.5", "1.5"));
    assert_true(is_multiple("0", "7"));
    assert_true(is_multiple("0.0", "0.7"));
    assert_false(is_multiple("1e-308", "1e-307"));
    assert_true(is_multiple("1e-307", "1e-308"));
}

static void large_integers_divide_exactly(void **state)
{
    (void)state;
    assert_true(is_multiple("9223372036854775806", "2"));
    assert_false(is_multiple("9223372036854775807", "2"));
    assert_true(is_multiple("-9223372036854775808", "2"));
    assert_true(is_multiple("9223372036854775807", "9223372036854775807"));
    assert_false(is_multiple("9223372036854775807", "0.3"));
    assert_true(is_multiple("1e300", "9765625"));
    assert_false(is_multiple("1e300", "3"));
    assert_false(is_multiple("25", "100"));
}

static void a_whole_real_is_an_integer(void **state)
{
    (void)state;
    assert_valid("{'type':'integer','const':5}", "5.0");
    assert_valid("{'type':'integer'}", "1e300");
    assert_problem("{'type':'integer'}", "5.5",
                   "a whole number is expected here, not 5.5");
    assert_problem("{'uniqueItems':true}", "[[1,{'a':2}],[1.0,{'a':2.0}]]",
                   "/1: a list is in the list twice; it is item 0, too");
}

static void limits_are_named(void **state)
{
    (void)state;
    assert_problem("{'minimum':10}", "5", "5 is too small; the least is 10");
    assert_problem("{'exclusiveMinimum':5}", "5",
                   "5 is too small; it must be greater than 5");
    assert_problem("{'maximum':0.1}", "0.2", "0.2 is too large; the most is 0.1");
    assert_problem("{'exclusiveMaximum':5}", "5",
                   "5 is too large; it must be less than 5");
    assert_problem("{'multipleOf':0.01}", "1.005", "1.005 is not a multiple of 0.01");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_and_reals_are_compared_by_value),
        cmocka_unit_test(decimals_divide_as_written),
        cmocka_unit_test(large_integers_divide_exactly),
        cmocka_unit_test(a_whole_real_is_an_integer),
        cmocka_unit_test(limits_are_named),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
