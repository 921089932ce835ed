#include "sdk/text.h"

#include <stdlib.h>

#include "sdk/calendar.h"
#include "sdk/cleanup.h"
#include "sdk/str.h"
#include "tests/support/cmocka.h"

static void appends_follow_each_other(void **state)
{
    (void)state;
    cleanup(text) struct text t;
    text_init(&t, 100);
    text_add(&t, "a");
    text_add_int(&t, -42);
    text_add_str(&t, STR("bc"));
    text_add_format(&t, "%s/%d", "x", 7);
    assert_false(text_failed(&t));
    assert_string_equal(t.data, "a-42bcx/7");
}

static void numbers_are_written_whole(void **state)
{
    (void)state;
    cleanup(text) struct text t;
    text_init(&t, 100);
    text_add_int(&t, 0);
    text_add(&t, " ");
    text_add_int(&t, 10);
    text_add(&t, " ");
    text_add_int(&t, INT64_MAX);
    text_add(&t, " ");
    text_add_int(&t, INT64_MIN);
    assert_string_equal(t.data, "0 10 9223372036854775807 -9223372036854775808");
}

static void spaces_around_a_text_are_cut_off(void **state)
{
    (void)state;
    assert_true(str_equal(str_trim(STR(" \t\r\na b\t \n")), STR("a b")));
    assert_int_equal(str_trim((struct berth_str){0}).len, 0);
    assert_true(str_is_blank(STR(" \r\n\t")));
    assert_false(str_is_blank(STR("\v")));
}

static void bytes_are_two_hex_digits_each(void **state)
{
    (void)state;
    char digits[] = "______!";
    str_hex("\x00\x9f\xe7", 3, digits);
    assert_string_equal(digits, "009fe7!");
}

static void moments_are_written_in_utc(void **state)
{
    (void)state;
    char room[CALENDAR_TIME_SIZE];
    assert_true(str_equal(calendar_time(0, room), STR("1970-01-01T00:00:00Z")));
    assert_true(str_equal(calendar_time(1763645696, room), STR("2025-11-20T13:34:56Z")));
    assert_true(str_equal(calendar_time(-1, room), STR("1969-12-31T23:59:59Z")));
    assert_int_equal(calendar_time(INT64_MAX, room).len, 0);
}

static void the_maximum_is_kept_and_a_failure_remembered(void **state)
{
    (void)state;
    cleanup(text) struct text t;
    text_init(&t, 4);
    text_add(&t, "abc");
    text_add(&t, "de");
    assert_true(text_failed(&t));
    text_add(&t, "f");
    assert_string_equal(t.data, "abc");
    text_reset(&t);
    text_add(&t, "wxyz");
    assert_false(text_failed(&t));
    assert_string_equal(t.data, "wxyz");
}

static void ids_are_percent_encoded_in_upper_case(void **state)
{
    (void)state;
    cleanup(text) struct text t;
    text_init(&t, 100);
    text_add_escaped(&t, STR("Dev:1 a/b-._~\xc3\xa9%"));
    assert_string_equal(t.data, "Dev%3A1%20a%2Fb-._~%C3%A9%25");
}

static void json_strings_are_escaped(void **state)
{
    (void)state;
    cleanup(text) struct text t;
    text_init(&t, 100);
    text_add_json(&t, STR("a\"b\\\n\x01\xc3\xa9"));
    assert_string_equal(t.data, "\"a\\\"b\\\\\\n\\u0001\xc3\xa9\"");
}

static void what_is_taken_belongs_to_the_caller(void **state)
{
    (void)state;
    struct text t;
    text_init_secret(&t, 100);
    char *empty = text_take(&t);
    assert_string_equal(empty, "");
    free(empty);
    text_add(&t, "abc");
    char *taken = text_take(&t);
    assert_string_equal(taken, "abc");
    assert_int_equal(t.len, 0);
    free(taken);
    text_release(&t);
}

static void a_secret_that_grows_stays_whole(void **state)
{
    (void)state;
    cleanup(text) struct text t;
    text_init_secret(&t, 10000);
    for (int i = 0; i < 1000; i++)
        text_add(&t, "0123456789");
    assert_int_equal(t.len, 10000);
    assert_memory_equal(t.data + 9990, "0123456789", 11);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(appends_follow_each_other),
        cmocka_unit_test(numbers_are_written_whole),
        cmocka_unit_test(spaces_around_a_text_are_cut_off),
        cmocka_unit_test(bytes_are_two_hex_digits_each),
        cmocka_unit_test(moments_are_written_in_utc),
        cmocka_unit_test(the_maximum_is_kept_and_a_failure_remembered),
        cmocka_unit_test(ids_are_percent_encoded_in_upper_case),
        cmocka_unit_test(json_strings_are_escaped),
        cmocka_unit_test(what_is_taken_belongs_to_the_caller),
        cmocka_unit_test(a_secret_that_grows_stays_whole),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
