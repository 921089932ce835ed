#include "host/suggest.h"

#include "tests/support/cmocka.h"

static const char *const NAMES[] = {
    "enrollmentGroup", "registrationId", "etag", "keyName", "key", "at"};

static const char *nearest(const char *word)
{
    return suggest_nearest(word, NAMES, sizeof(NAMES) / sizeof(NAMES[0]));
}

static void a_missing_letter_is_near(void **state)
{
    (void)state;
    assert_string_equal(nearest("enrolmentGroup"), "enrollmentGroup");
}

static void a_swap_counts_once(void **state)
{
    (void)state;
    assert_string_equal(nearest("etga"), "etag");
    assert_string_equal(nearest("eky"), "key");
}

static void case_and_dashes_do_not_count(void **state)
{
    (void)state;
    assert_string_equal(nearest("registration_ID"), "registrationId");
    assert_string_equal(nearest("Key-Name"), "keyName");
}

static void a_beginning_is_near(void **state)
{
    (void)state;
    assert_string_equal(nearest("enroll"), "enrollmentGroup");
}

static void what_is_far_is_not_suggested(void **state)
{
    (void)state;
    assert_null(nearest("colour"));
    assert_null(nearest(""));
    assert_null(nearest("zz"));
    assert_null(nearest("x"));
}

static void a_word_of_any_length_is_safe(void **state)
{
    (void)state;
    assert_null(nearest(
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
}

static void of_two_equally_near_the_first_stays(void **state)
{
    (void)state;
    const char *const names[] = {"list", "lift"};
    assert_string_equal(suggest_nearest("lit", names, 2), "list");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_missing_letter_is_near),
        cmocka_unit_test(a_swap_counts_once),
        cmocka_unit_test(case_and_dashes_do_not_count),
        cmocka_unit_test(a_beginning_is_near),
        cmocka_unit_test(what_is_far_is_not_suggested),
        cmocka_unit_test(a_word_of_any_length_is_safe),
        cmocka_unit_test(of_two_equally_near_the_first_stays),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
