#include "host/cli/csv_columns.h"
#include "sdk/error.h"
#include "sdk/text.h"
#include "tests/support/cmocka.h"
#include "tests/unit/cli_feed.h"

#include <stdlib.h>
#include <string.h>

/* Rows as "number:cell|cell;", "number:!;" for a bad one, then END or ERROR. */
static char *read_rows(const char *text, size_t piece)
{
    struct feed feed;
    struct csv csv;
    struct text log;
    struct berth_error err = BERTH_ERROR_INIT;
    int r = 0;
    feed_init(&feed, text, strlen(text), piece);
    csv_init(&csv, &feed.source);
    text_init(&log, 100000);
    for (;;) {
        struct csv_row row;
        r = csv_next(&csv, &row, &err);
        if (r == RECORD_MORE) {
            feed_fill(&feed);
            continue;
        }
        if (r != RECORD_READY)
            break;
        text_add_format(&log, "%d:", (int)row.number);
        for (size_t i = 0; i < row.count && row.problem.message[0] == '\0'; i++)
            text_add_format(&log, "%s%s", i > 0 ? "|" : "", csv_cell(&csv, i).ptr);
        text_add(&log, row.problem.message[0] != '\0' ? "!;" : ";");
    }
    text_add(&log, r == RECORD_END ? "END" : "ERROR");
    csv_release(&csv);
    feed_release(&feed);
    return text_take(&log);
}

static void expect(const char *text, const char *expected)
{
    static const size_t PIECES[] = {1, 2, 3, 5, 4096};
    for (size_t i = 0; i < sizeof(PIECES) / sizeof(PIECES[0]); i++) {
        char *got = read_rows(text, PIECES[i]);
        assert_string_equal(got, expected);
        free(got);
    }
}

static void rows_and_cells(void **state)
{
    (void)state;
    expect("a,b\n1,2\n", "1:a|b;2:1|2;END");
    expect("a,b\r\n1,\r\n,2", "1:a|b;2:1|;3:|2;END");
    expect("", "END");
}

static void quotes_hold_commas_lines_and_quotes(void **state)
{
    (void)state;
    expect("a,b\n\"x,y\",\"say \"\"hi\"\"\"\n\"two\r\nlines\",\"\"\nlast,1\n",
           "1:a|b;2:x,y|say \"hi\";3:two\r\nlines|;5:last|1;END");
}

static void blank_lines_and_a_byte_order_mark_are_skipped(void **state)
{
    (void)state;
    expect("\xef\xbb\xbf"
           "a,b\n\n1,2\n\r\n3,4\n\n",
           "1:a|b;3:1|2;5:3|4;END");
}

static void other_separators_show_in_the_first_row(void **state)
{
    (void)state;
    expect("a;b\n1,5;2\n", "1:a|b;2:1,5|2;END");
    expect("a\tb\n1\t2\n", "1:a|b;2:1|2;END");
}

static void a_broken_row_never_touches_the_next(void **state)
{
    (void)state;
    expect("a,b\nx\"y,1\n2,3\n", "1:a|b;2:!;3:2|3;END");
    expect("a,b\n\"x\"y,1\n2,3\n", "1:a|b;2:!;3:2|3;END");
}

static void a_quote_that_nothing_closes_stops(void **state)
{
    (void)state;
    expect("a,b\n1,\"2\n3,4\n", "1:a|b;ERROR");
}

static const char SCHEMA[] =
    "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{"
    "\"id\":{\"type\":\"string\"},\"count\":{\"type\":\"integer\"},"
    "\"ratio\":{\"type\":[\"null\",\"number\"]},\"on\":{\"type\":\"boolean\"},"
    "\"list\":{\"type\":\"array\"},\"kind\":{\"enum\":[\"x\",\"y\"]},"
    "\"key\":{\"type\":\"integer\",\"x-secret\":true},"
    "\"inner\":{\"$ref\":\"#/$defs/inner\"},\"pair\":{\"$ref\":\"#/$defs/pair\"}},"
    "\"$defs\":{\"inner\":{\"type\":\"object\",\"properties\":{"
    "\"level\":{\"type\":\"integer\"}}},\"pair\":{\"type\":\"object\",\"properties\":{"
    "\"key\":{\"type\":\"string\",\"x-secret\":true},\"n\":{\"type\":\"integer\"}}}}}";

/* The objects that rows become, one a line, "!sentence" for a bad one; for a bad title
 * row "?sentence". */
static char *read_objects(const char *text)
{
    struct feed feed;
    struct csv csv;
    struct csv_columns columns = {0};
    struct csv_row row;
    struct record record;
    struct text log;
    struct berth_error err = BERTH_ERROR_INIT;
    json_t *schema = json_loads(SCHEMA, 0, NULL);
    feed_init(&feed, text, strlen(text), 4096);
    csv_init(&csv, &feed.source);
    text_init(&log, 100000);
    bool titled = false;
    int r = 0;
    while ((r = csv_next(&csv, &row, &err)) != RECORD_END && r >= 0) {
        if (r == RECORD_MORE) {
            feed_fill(&feed);
            continue;
        }
        if (!titled) {
            titled = true;
            if (csv_columns_init(&columns, &csv, schema, schema, &err) == 0)
                continue;
            text_add_format(&log, "?%s", err.message);
            break;
        }
        assert_int_equal(csv_columns_record(&columns, &csv, &row, &record, &err), 0);
        char *dump = record.value ? json_dumps(record.value, JSON_COMPACT) : NULL;
        text_add_format(&log, "%s%s\n", dump ? "" : "!",
                        dump ? dump : record.problem.message);
        free(dump);
        json_decref(record.value);
    }
    csv_columns_release(&columns);
    csv_release(&csv);
    feed_release(&feed);
    json_decref(schema);
    return text_take(&log);
}

static void expect_objects(const char *text, const char *expected)
{
    char *got = read_objects(text);
    assert_string_equal(got, expected);
    free(got);
}

static void expect_part(const char *text, const char *part)
{
    char *got = read_objects(text);
    if (!strstr(got, part))
        fail_msg("'%s' is not in '%s'", part, got);
    free(got);
}

static void cells_have_the_types_of_the_schema(void **state)
{
    (void)state;
    expect_objects("id,count,ratio,on,list,kind\n7,42,1.5,TRUE,\"[1,2]\",x\n",
                   "{\"id\":\"7\",\"count\":42,\"ratio\":1.5,\"on\":true,\"list\":[1,2],"
                   "\"kind\":\"x\"}\n");
}

static void dots_nest_and_empty_cells_are_absent(void **state)
{
    (void)state;
    expect_objects("id,inner.level,inner.free.site\nx,3,Oslo\ny,,\n",
                   "{\"id\":\"x\",\"inner\":{\"level\":3,\"free\":{\"site\":\"Oslo\"}}}\n"
                   "{\"id\":\"y\"}\n");
}

static void a_wrong_cell_is_named(void **state)
{
    (void)state;
    expect_part("count\nseven\n", "!column 'count': 'seven' is not a whole number");
    expect_part("on\nyes\n", "'yes' is not true or false");
    expect_part("id,count\n1\n", "the row has 1 cells and the first row 2");
}

static void a_secret_is_not_shown(void **state)
{
    (void)state;
    char *got = read_objects("key\nhush\n");
    assert_null(strstr(got, "hush"));
    assert_non_null(strstr(got, "column 'key'"));
    free(got);
    expect_part("pair\n\"{\"\"key\"\":\"\"hush\"\"\"\n",
                "column 'pair': not a JSON object or array");
    expect_part("pair.n\nx\n", "'x' is not a whole number");
}

static void a_wrong_title_is_refused(void **state)
{
    (void)state;
    expect_part("cuont\n", "did you mean 'count'");
    expect_part("id,id\n", "name the same member");
    expect_part("inner,inner.level\n", "name the same member");
    expect_part("id,,count\n", "column 2 has no name");
    expect_part("inner..level\n", "is empty");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_and_cells),
        cmocka_unit_test(quotes_hold_commas_lines_and_quotes),
        cmocka_unit_test(blank_lines_and_a_byte_order_mark_are_skipped),
        cmocka_unit_test(other_separators_show_in_the_first_row),
        cmocka_unit_test(a_broken_row_never_touches_the_next),
        cmocka_unit_test(a_quote_that_nothing_closes_stops),
        cmocka_unit_test(cells_have_the_types_of_the_schema),
        cmocka_unit_test(dots_nest_and_empty_cells_are_absent),
        cmocka_unit_test(a_wrong_cell_is_named),
        cmocka_unit_test(a_secret_is_not_shown),
        cmocka_unit_test(a_wrong_title_is_refused),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
