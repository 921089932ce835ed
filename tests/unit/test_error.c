#include "sdk/error.h"

#include <stdlib.h>
#include <string.h>

#include "sdk/str.h"
#include "tests/support/cmocka.h"

static void the_message_is_written_and_the_status_returned(void **state)
{
    (void)state;
    struct berth_error err = BERTH_ERROR_INIT;
    assert_int_equal(fail(&err, BERTH_E_CONFLICT, "%s: %d", "id", 3), BERTH_E_CONFLICT);
    assert_string_equal(err.message, "id: 3");
}

static void a_long_message_is_cut_between_characters(void **state)
{
    (void)state;
    struct berth_error err = BERTH_ERROR_INIT;
    char text[1024];
    for (size_t i = 0; i + 1 < sizeof(text); i += 2)
        memcpy(text + i, "\xc3\xa9", 2);
    text[1022] = '\0';
    (void)fail(&err, BERTH_E_INVALID, "x%s", text);
    size_t len = strlen(err.message);
    assert_int_equal(len % 2, 1);
    assert_true(len > 500 && len < sizeof(err.message));
}

static void without_a_place_for_it_nothing_is_written(void **state)
{
    (void)state;
    struct berth_error old = {.size = 16};
    assert_int_equal(fail(NULL, BERTH_E_AUTH, "x"), BERTH_E_AUTH);
    assert_int_equal(fail(&old, BERTH_E_AUTH, "x"), BERTH_E_AUTH);
    error_set_code(NULL, "a");
    error_set_code(&old, "a");
    assert_string_equal(old.message, "");
    assert_string_equal(old.code, "");
}

static void names_and_statuses_are_the_same_thing(void **state)
{
    (void)state;
    for (int status = 0; status >= BERTH_E_INTERNAL; status--)
        assert_int_equal(status_from_name(str_from(status_name(status))), status);
    assert_string_equal(status_name(-99), "internal");
    assert_string_equal(status_name(1), "internal");
    assert_int_equal(status_from_name(STR("sideways")), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_message_is_written_and_the_status_returned),
        cmocka_unit_test(a_long_message_is_cut_between_characters),
        cmocka_unit_test(without_a_place_for_it_nothing_is_written),
        cmocka_unit_test(names_and_statuses_are_the_same_thing),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
