/* Regular expressions mean what ECMAScript says. */
#include "tests/unit/schema_help.h"

#include "host/schema/pattern.h"
#include "sdk/str.h"

enum { STEPS = 100000 };

static int match(const char *expression, const char *subject)
{
    struct pattern *pattern = NULL;
    struct berth_error err = BERTH_ERROR_INIT;
    if (pattern_new(str_from(expression), &pattern, &err) != 0)
        fail_msg("%s: %s", expression, err.message);
    struct matcher matcher = {NULL, NULL};
    int r = pattern_match(pattern, str_from(subject), STEPS, &matcher);
    matcher_release(&matcher);
    pattern_free(pattern);
    return r;
}

static void assert_no_pattern(const char *expression, const char *reason)
{
    struct pattern *pattern = NULL;
    struct berth_error err = BERTH_ERROR_INIT;
    assert_int_equal(pattern_new(str_from(expression), &pattern, &err), BERTH_E_INVALID);
    assert_string_equal(err.message, reason);
}

static void a_search_is_not_anchored(void **state)
{
    (void)state;
    assert_int_equal(match("b+", "abbc"), PATTERN_YES);
    assert_int_equal(match("", ""), PATTERN_YES);
    assert_int_equal(match("^b", "ab"), PATTERN_NO);
}

static void a_dollar_is_the_very_end(void **state)
{
    (void)state;
    assert_int_equal(match("a$", "a\n"), PATTERN_NO);
    assert_int_equal(match("^a$|b", "a"), PATTERN_YES);
}

static void a_dot_stops_at_every_line_end(void **state)
{
    (void)state;
    assert_int_equal(match("^.$", "\xe2\x80\xa8"), PATTERN_NO);
    assert_int_equal(match("^.$", "\r"), PATTERN_NO);
    assert_int_equal(match("^.$", "\xf0\x9f\x98\x80"), PATTERN_YES);
    assert_int_equal(match("^[.]$", "x"), PATTERN_NO);
}

static void white_space_works_inside_a_class_too(void **state)
{
    (void)state;
    assert_int_equal(match("^[\\s]$", "\xc2\xa0"), PATTERN_YES);
    assert_int_equal(match("^[^\\s]$", "\xc2\xa0"), PATTERN_NO);
    assert_int_equal(match("^[\\S]$", "\xc2\xa0"), PATTERN_NO);
    assert_int_equal(match("^[\\S]$", "x"), PATTERN_YES);
    assert_int_equal(match("^[\\d\\s-]+$", "1 -"), PATTERN_YES);
}

static void escapes_are_those_of_ecmascript(void **state)
{
    (void)state;
    assert_int_equal(match("^\\u0041\\x42\\u{43}\\cJ\\0?$", "ABC\n"), PATTERN_YES);
    assert_int_equal(match("^\\ud83d\\ude00$", "\xf0\x9f\x98\x80"), PATTERN_YES);
    assert_int_equal(match("^[\\b]$", "\b"), PATTERN_YES);
    assert_int_equal(match("^[]?a[^]+$", "ab\n"), PATTERN_YES);
    assert_int_equal(match("[]", "a"), PATTERN_NO);
    assert_int_equal(match("\\bb\\B", "a bc"), PATTERN_YES);
    assert_int_equal(match("^(a+?)(a*)\\1$", "aaa"), PATTERN_YES);
    assert_int_equal(match("^\\/\\-\\.$", "/-."), PATTERN_YES);
    assert_int_equal(match("^[[a^]+$", "[a^"), PATTERN_YES);
    assert_int_equal(match("^[]|a{,2}$", "a{,2}"), PATTERN_YES);
    assert_int_equal(match("(a)|\\1b", "b"), PATTERN_YES);
    assert_int_equal(match("^\\p{gc=Lu}\\P{Lu}\\p{Script=Greek}$", "Aa\xce\xb1"),
                     PATTERN_YES);
}

static void what_only_pcre_knows_is_refused(void **state)
{
    (void)state;
    assert_no_pattern("\\Aab", "\\A is no escape of ECMAScript");
    assert_no_pattern("\\Qa", "\\Q is no escape of ECMAScript");
    assert_no_pattern("(?i)a", "a (? that ECMAScript does not know");
    assert_no_pattern("(?>a)", "a (? that ECMAScript does not know");
    assert_no_pattern("(*UCP)a", "a * with nothing to repeat");
    assert_no_pattern("(?=a)*", "a * with nothing to repeat");
    assert_int_equal(match("^(?:(?=a)a)*$", "aa"), PATTERN_YES);
    assert_no_pattern("a++", "a + with nothing to repeat");
    assert_no_pattern("\\012", "an octal escape; use \\x");
}

static void broken_expressions_are_refused(void **state)
{
    (void)state;
    static const char *const BAD[] = {
        "(",       ")",
        "[",       "[a",
        "\\",      "*",
        "a**",     "+a",
        "(|*)",    "\\u12",
        "\\u{",    "\\u{110000}",
        "\\ud800", "\\x1",
        "\\c1",    "\\p{",
        "\\p{^L}", "\\p{Nonsense}",
        "\\k<a",   "\\k<none>",
        "(?<1>a)", "[b-a]",
        "a{2,1}",  "\\9",
        "^{2}",    "(?<n>a)(?<n>b)",
    };
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++) {
        struct pattern *pattern = NULL;
        struct berth_error err = BERTH_ERROR_INIT;
        if (pattern_new(str_from(BAD[i]), &pattern, &err) != BERTH_E_INVALID)
            fail_msg("%s was taken", BAD[i]);
        assert_true(*err.message);
    }
}

static void a_look_behind_that_varies_is_not_supported(void **state)
{
    (void)state;
    struct pattern *pattern = NULL;
    assert_int_equal(pattern_new(STR("(?<=a+)b"), &pattern, NULL), BERTH_E_UNSUPPORTED);
    assert_int_equal(match("(?<=a)b(?=c)(?!d)", "abc"), PATTERN_YES);
}

static void a_hostile_match_ends(void **state)
{
    (void)state;
    assert_int_equal(match("^(a+)+$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"),
                     PATTERN_TOO_HARD);
    assert_int_equal(match("^(?:a|aa)+$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"),
                     PATTERN_TOO_HARD);
}

static void length_and_nesting_are_bounded(void **state)
{
    (void)state;
    char text[5001];
    memset(text, 'a', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    assert_no_pattern(text, "it is longer than 4096 bytes");
    memset(text, '(', 1000);
    text[1000] = '\0';
    assert_no_pattern(text, "groups are nested too deep");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_search_is_not_anchored),
        cmocka_unit_test(a_dollar_is_the_very_end),
        cmocka_unit_test(a_dot_stops_at_every_line_end),
        cmocka_unit_test(white_space_works_inside_a_class_too),
        cmocka_unit_test(escapes_are_those_of_ecmascript),
        cmocka_unit_test(what_only_pcre_knows_is_refused),
        cmocka_unit_test(broken_expressions_are_refused),
        cmocka_unit_test(a_look_behind_that_varies_is_not_supported),
        cmocka_unit_test(a_hostile_match_ends),
        cmocka_unit_test(length_and_nesting_are_bounded),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
