#include "azure-dps/when.h"

#include <stdlib.h>

#include "tests/support/cmocka.h"

static int64_t seconds(const char *text)
{
    struct when when;
    return when_parse(str_from(text), &when) ? when.seconds : -1;
}

static void times_are_read_with_any_offset(void **state)
{
    (void)state;
    assert_int_equal(seconds("1970-01-01T00:00:00Z"), 0);
    assert_int_equal(seconds("2026-11-20T12:00:00Z"), 1795176000);
    assert_int_equal(seconds("2026-11-20T14:00:00+02:00"), 1795176000);
    assert_int_equal(seconds("2026-11-20T06:30:00.1235363Z"), 1795156200);
    assert_int_equal(seconds("2026-11-20T06:30:00-05:30"), 1795176000);
    assert_int_equal(seconds("2024-02-29T00:00:00Z"), 1709164800);
    assert_int_equal(seconds("0001-01-01T00:00:00Z"), -62135596800);
    assert_int_equal(seconds("0000-02-29T00:00:00Z"), -62162121600);
}

static void what_is_no_time_is_refused(void **state)
{
    (void)state;
    static const char *const BAD[] = {"",
                                      "2026-11-20",
                                      "2026-11-20T12:00:00",
                                      "2026-13-20T12:00:00Z",
                                      "2026-02-29T12:00:00Z",
                                      "2026-11-20T24:00:00Z",
                                      "2026-11-20T12:00:00.Z",
                                      "2026-11-20T12:00:00Zx",
                                      "2026-11-20T12:00:00+2",
                                      "yesterday"};
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++)
        assert_int_equal(seconds(BAD[i]), -1);
}

static void fractions_count(void **state)
{
    (void)state;
    struct when a;
    struct when b;
    assert_true(when_parse(STR("2026-11-20T12:00:00.1Z"), &a));
    assert_true(when_parse(STR("2026-11-20T12:00:00.1000001Z"), &b));
    assert_true(when_compare(a, b) < 0);
    assert_true(when_parse(STR("2026-11-20T12:00:00.1000000Z"), &b));
    assert_int_equal(when_compare(a, b), 0);
    assert_true(when_parse(STR("2026-11-20T12:00:01Z"), &b));
    assert_true(when_compare(b, a) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_read_with_any_offset),
        cmocka_unit_test(what_is_no_time_is_refused),
        cmocka_unit_test(fractions_count),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
