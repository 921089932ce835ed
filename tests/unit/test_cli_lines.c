#include "host/cli/lines.h"
#include "sdk/error.h"
#include "sdk/text.h"
#include "tests/support/cmocka.h"
#include "tests/unit/cli_feed.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* What the reader makes of `text`, one element a line: its number and its JSON, "!" and
 * nothing more for a bad one; then "END" or "ERROR". */
static char *read_all(const char *text, size_t len, size_t piece)
{
    struct feed feed;
    struct lines lines;
    struct text log;
    struct berth_error err = BERTH_ERROR_INIT;
    int r = 0;
    feed_init(&feed, text, len, piece);
    lines_init(&lines, &feed.source);
    text_init(&log, (size_t)64 * 1024 * 1024);
    for (;;) {
        struct record record;
        r = lines_next(&lines, &record, &err);
        if (r == RECORD_MORE) {
            feed_fill(&feed);
            continue;
        }
        if (r != RECORD_READY)
            break;
        char *dump = record.value ? json_dumps(record.value, JSON_COMPACT) : NULL;
        assert_int_equal(!record.value, record.problem.message[0] != '\0');
        text_add_format(&log, "%d%s;", (int)record.number, dump ? dump : "!");
        free(dump);
        json_decref(record.value);
    }
    text_add(&log, r == RECORD_END ? "END" : "ERROR");
    assert_int_equal(r < 0, err.message[0] != '\0');
    feed_release(&feed);
    return text_take(&log);
}

/* The same whatever the pieces in which it comes. */
static void expect(const char *text, const char *expected)
{
    static const size_t PIECES[] = {1, 2, 3, 7, 4096};
    for (size_t i = 0; i < sizeof(PIECES) / sizeof(PIECES[0]); i++) {
        char *got = read_all(text, strlen(text), PIECES[i]);
        assert_string_equal(got, expected);
        free(got);
    }
}

static void an_object_a_line(void **state)
{
    (void)state;
    expect("{\"a\":1}\n{\"a\":2}\n", "1{\"a\":1};2{\"a\":2};END");
    expect("{\"a\":1}\r\n{\"a\":2}", "1{\"a\":1};2{\"a\":2};END");
}

static void blank_lines_count_and_give_nothing(void **state)
{
    (void)state;
    expect("", "END");
    expect("\n \t\n\r\n", "END");
    expect("\n{\"a\":1}\n\n\n{\"a\":2}\n\n", "2{\"a\":1};5{\"a\":2};END");
}

static void a_byte_order_mark_is_skipped(void **state)
{
    (void)state;
    expect("\xef\xbb\xbf{\"a\":1}\n", "1{\"a\":1};END");
}

static void a_bad_line_never_touches_the_next(void **state)
{
    (void)state;
    expect("{\"a\":1\n{\"a\":2}\n", "1!;2{\"a\":2};END");
    expect("{\"a\":\n{\"a\":2}\n{\"a\":3}\n", "1!;2{\"a\":2};3{\"a\":3};END");
    expect("{\"a\":[\n{\"a\":2}\n{\"a\":3}\n", "1!;2{\"a\":2};3{\"a\":3};END");
    expect("{\"a\":\"x\n{\"a\":2}\n", "1!;2{\"a\":2};END");
    expect("nonsense\n{\"a\":2}\n7\n\"x\"\n[1]\n", "1!;2{\"a\":2};3!;4!;5!;END");
    expect("{\"a\":1}{\"b\":2}\n{\"a\":2}", "1!;2{\"a\":2};END");
    expect("{\"a\":1,\"a\":2}\n", "1!;END");
    expect("{\"a\":\"\xff\"}\n{\"a\":2}\n", "1!;2{\"a\":2};END");
}

static void an_object_may_span_lines(void **state)
{
    (void)state;
    expect("{\n  \"a\": {\n    \"b\": [1,\n 2]\n  }\n}\n", "1{\"a\":{\"b\":[1,2]}};END");
    expect("\n{\n\"a\":\"}\"\n}", "2{\"a\":\"}\"};END");
    expect("{\n\"a\":1\n}\n{\"b\":2}\n{\n\"c\":\n3}\n",
           "1{\"a\":1};4{\"b\":2};5{\"c\":3};END");
}

static void an_object_that_never_ends_is_one_bad_line(void **state)
{
    (void)state;
    expect("{\n\"a\":1\n", "1!;2!;END");
}

/* Far below what looking to the end of the input for each of them would take. */
static void many_objects_that_never_end_take_time_in_proportion(void **state)
{
    (void)state;
    static const char LINE[] = "{\"a\":[\n";
    size_t count = 60000, len = sizeof(LINE) - 1;
    char *text = malloc(count * len);
    assert_non_null(text);
    for (size_t i = 0; i < count; i++)
        memcpy(text + i * len, LINE, len);
    clock_t before = clock();
    char *got = read_all(text, count * len, 60000);
    assert_true(clock() - before < 10 * CLOCKS_PER_SEC);
    assert_non_null(strstr(got, ";60000!;END"));
    free(got);
    free(text);
}

static void an_array_gives_its_elements(void **state)
{
    (void)state;
    expect("[{\"a\":\"],\\\"\"}, {\"b\":[1,{\"c\":2}]}\n,{}]\n",
           "1{\"a\":\"],\\\"\"};2{\"b\":[1,{\"c\":2}]};3{};END");
    expect(" \n [ ] \n", "END");
    expect("[1,{\"a\":2},\"x\"]", "1!;2{\"a\":2};3!;END");
}

static void a_broken_array_stops(void **state)
{
    (void)state;
    expect("[{\"a\":1},", "1{\"a\":1};ERROR");
    expect("[{\"a\":1}", "ERROR");
    expect("[{\"a\":1}] x", "1{\"a\":1};ERROR");
    expect("[{\"a\":1},,{\"b\":2}]", "1{\"a\":1};ERROR");
    expect("[", "ERROR");
}

static void a_line_over_4_mb_is_refused_and_the_next_is_read(void **state)
{
    (void)state;
    size_t big = SOURCE_MAX_LINE + 10;
    char *text = malloc(big + 100);
    memset(text, 'x', big);
    memcpy(text, "{\"a\":\"", 6);
    memcpy(text + big, "\"}\n{\"a\":2}\n", 12);
    char *got = read_all(text, big + 11, 60000);
    assert_string_equal(got, "1!;2{\"a\":2};END");
    free(got);
    free(text);
}

static void sentences_do_not_quote_the_input(void **state)
{
    (void)state;
    struct record record;
    const char *bad = "{\"key\":\"topsecret\" \"x\"}";
    (void)record_parse(&record, 1, (struct berth_str){bad, strlen(bad)});
    assert_null(record.value);
    assert_null(strstr(record.problem.message, "secret"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_object_a_line),
        cmocka_unit_test(blank_lines_count_and_give_nothing),
        cmocka_unit_test(a_byte_order_mark_is_skipped),
        cmocka_unit_test(a_bad_line_never_touches_the_next),
        cmocka_unit_test(an_object_may_span_lines),
        cmocka_unit_test(an_object_that_never_ends_is_one_bad_line),
        cmocka_unit_test(many_objects_that_never_end_take_time_in_proportion),
        cmocka_unit_test(an_array_gives_its_elements),
        cmocka_unit_test(a_broken_array_stops),
        cmocka_unit_test(a_line_over_4_mb_is_refused_and_the_next_is_read),
        cmocka_unit_test(sentences_do_not_quote_the_input),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
