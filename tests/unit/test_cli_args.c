#include "host/cli/args.h"
#include "host/cli/exit_code.h"
#include "sdk/error.h"
#include "tests/support/cmocka.h"

#include <string.h>

#define PARSE(args, err, ...)                                                            \
    args_parse((int)(sizeof((const char *[]){__VA_ARGS__}) / sizeof(const char *)),      \
               (const char *[]){__VA_ARGS__}, (args), (err))

static void options_stand_anywhere(void **state)
{
    (void)state;
    struct args args;
    assert_int_equal(PARSE(&args, NULL, "--home", "/x", "action", "-q", "run", "-o",
                           "json", "c", "--parallel=4", "a"),
                     0);
    assert_int_equal(args.word_count, 4);
    assert_string_equal(args.words[0], "action");
    assert_string_equal(args.words[3], "a");
    assert_string_equal(args_value(&args, OPT_HOME), "/x");
    assert_string_equal(args_value(&args, OPT_OUTPUT), "json");
    assert_string_equal(args_value(&args, OPT_PARALLEL), "4");
    assert_true(args_has(&args, OPT_QUIET));
    args_release(&args);
}

static void two_dashes_end_the_options(void **state)
{
    (void)state;
    struct args args;
    assert_int_equal(PARSE(&args, NULL, "a", "--", "--quiet", "-"), 0);
    assert_int_equal(args.word_count, 3);
    assert_false(args_has(&args, OPT_QUIET));
    args_release(&args);
}

static void letters_can_be_joined(void **state)
{
    (void)state;
    struct args args;
    assert_int_equal(PARSE(&args, NULL, "-qyi@file", "-ojson"), 0);
    assert_true(args_has(&args, OPT_QUIET) && args_has(&args, OPT_YES));
    assert_string_equal(args_value(&args, OPT_INPUT), "@file");
    assert_string_equal(args_value(&args, OPT_OUTPUT), "json");
    args_release(&args);
}

static void a_dash_is_a_value(void **state)
{
    (void)state;
    struct args args;
    assert_int_equal(PARSE(&args, NULL, "-i", "-", "--paste", "-"), 0);
    assert_string_equal(args_value(&args, OPT_INPUT), "-");
    assert_string_equal(args_value(&args, OPT_PASTE), "-");
    args_release(&args);
}

static void a_value_may_be_optional(void **state)
{
    (void)state;
    struct args args;
    assert_int_equal(PARSE(&args, NULL, "--dry-run", "x"), 0);
    assert_null(args_value(&args, OPT_DRY_RUN));
    assert_true(args_has(&args, OPT_DRY_RUN));
    assert_int_equal(args.word_count, 1);
    args_release(&args);
    assert_int_equal(PARSE(&args, NULL, "--dry-run=read"), 0);
    assert_string_equal(args_value(&args, OPT_DRY_RUN), "read");
    args_release(&args);
}

static void options_repeat_only_where_they_may(void **state)
{
    (void)state;
    struct args args;
    struct berth_error err = BERTH_ERROR_INIT;
    assert_int_equal(PARSE(&args, NULL, "--set", "a=1", "--set", "b=2"), 0);
    assert_int_equal(args.option_count, 2);
    args_release(&args);
    assert_int_equal(PARSE(&args, &err, "-i", "-", "-i", "-"), EXIT_USAGE);
    assert_non_null(strstr(err.message, "twice"));
    args_release(&args);
}

struct mistake {
    const char *word;
    const char *message;
};

static void mistakes_are_named(void **state)
{
    (void)state;
    static const struct mistake MISTAKES[] = {
        {"--paralel", "did you mean --parallel"},
        {"--zzzzzzzz", "there is no option --zzzzzzzz"},
        {"-Z", "there is no option -Z"},
        {"--quiet=1", "--quiet takes no value"},
        {"--home", "--home needs a value"},
        {"--output=xml", "'xml' is none of table|json|ndjson"},
        {"--start=later", "'later' is none of now|all"},
        {"--dry-run=all", "--dry-run=all cannot be: give --dry-run alone"},
    };
    for (size_t i = 0; i < sizeof(MISTAKES) / sizeof(MISTAKES[0]); i++) {
        struct args args;
        struct berth_error err = BERTH_ERROR_INIT;
        assert_int_equal(PARSE(&args, &err, MISTAKES[i].word), EXIT_USAGE);
        assert_non_null(strstr(err.message, MISTAKES[i].message));
        args_release(&args);
    }
}

static int integer(const char *text, int64_t *ret_value)
{
    struct args args;
    assert_int_equal(PARSE(&args, NULL, "--parallel", text), 0);
    int r = args_integer(&args, OPT_PARALLEL, 1, 256, ret_value, NULL);
    args_release(&args);
    return r;
}

static void numbers_have_bounds(void **state)
{
    (void)state;
    static const char *const BAD[] = {
        "0", "257", "", "x", "1x", " 1", "1.5", "99999999999999999999", "-1"};
    int64_t value = 7;
    assert_int_equal(integer("256", &value), 0);
    assert_int_equal(value, 256);
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++)
        assert_int_equal(integer(BAD[i], &value), EXIT_USAGE);
    assert_int_equal(value, 256);
}

static int seconds(const char *text, int64_t *ret_ms)
{
    struct args args;
    assert_int_equal(PARSE(&args, NULL, "--timeout", text), 0);
    int r = args_seconds_ms(&args, OPT_TIMEOUT, ret_ms, NULL);
    args_release(&args);
    return r;
}

static void seconds_may_have_a_fraction(void **state)
{
    (void)state;
    static const char *const BAD[] = {"0", "-1", "", "1s", "nan", "inf", "1e3", "."};
    int64_t ms = 0;
    assert_int_equal(seconds("1.5", &ms), 0);
    assert_int_equal(ms, 1500);
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++)
        assert_int_equal(seconds(BAD[i], &ms), EXIT_USAGE);
}

static void an_option_of_another_command_is_refused(void **state)
{
    (void)state;
    struct args args;
    struct berth_error err = BERTH_ERROR_INIT;
    assert_int_equal(PARSE(&args, NULL, "--peek", "-q"), 0);
    assert_int_equal(args_check_options(&args, OPTIONS_GLOBAL, "berth x y", &err),
                     EXIT_USAGE);
    assert_non_null(strstr(err.message, "berth x y takes no --peek"));
    uint64_t allowed = OPTIONS_GLOBAL | OPTION_BIT(OPT_PEEK);
    assert_int_equal(args_check_options(&args, allowed, "berth x y", &err), 0);
    args_release(&args);
}

static void exit_codes_follow_the_status(void **state)
{
    (void)state;
    static const int CODES[][2] = {
        {0, 0},
        {BERTH_E_INVALID, 3},
        {BERTH_E_AUTH, 6},
        {BERTH_E_NOT_FOUND, 4},
        {BERTH_E_CONFLICT, 7},
        {BERTH_E_THROTTLED, 8},
        {BERTH_E_UNAVAILABLE, 5},
        {BERTH_E_TIMEOUT, 124},
        {BERTH_E_CANCELED, 130},
        {BERTH_E_PROTOCOL, 1},
        {BERTH_E_NO_MEMORY, 1},
        {BERTH_E_UNSUPPORTED, 1},
        {BERTH_E_INTERNAL, 1},
        {EXIT_USAGE, 2},
    };
    for (size_t i = 0; i < sizeof(CODES) / sizeof(CODES[0]); i++)
        assert_int_equal(exit_code_from_status(CODES[i][0]), CODES[i][1]);
}

static int tally(int a, int b, int c)
{
    struct exit_tally t = {0};
    exit_tally_add(&t, a);
    exit_tally_add(&t, b);
    exit_tally_add(&t, c);
    return exit_tally_code(&t);
}

static void several_outcomes_make_one_code(void **state)
{
    (void)state;
    struct exit_tally none = {0};
    assert_int_equal(exit_tally_code(&none), 0);
    assert_int_equal(tally(0, 0, 0), 0);
    assert_int_equal(tally(0, BERTH_E_CONFLICT, 0), 9);
    assert_int_equal(tally(BERTH_E_CONFLICT, BERTH_E_CONFLICT, BERTH_E_CONFLICT), 7);
    assert_int_equal(tally(BERTH_E_CONFLICT, BERTH_E_AUTH, BERTH_E_CONFLICT), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_stand_anywhere),
        cmocka_unit_test(two_dashes_end_the_options),
        cmocka_unit_test(letters_can_be_joined),
        cmocka_unit_test(a_dash_is_a_value),
        cmocka_unit_test(a_value_may_be_optional),
        cmocka_unit_test(options_repeat_only_where_they_may),
        cmocka_unit_test(mistakes_are_named),
        cmocka_unit_test(numbers_have_bounds),
        cmocka_unit_test(seconds_may_have_a_fraction),
        cmocka_unit_test(an_option_of_another_command_is_refused),
        cmocka_unit_test(exit_codes_follow_the_status),
        cmocka_unit_test(several_outcomes_make_one_code),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
