#include "host/cli/dry_run.h"
#include "host/cli/members.h"
#include "host/cli/plain.h"
#include "host/cli/progress.h"
#include "host/cli/result.h"
#include "host/cli/table.h"
#include "host/session.h"
#include "sdk/error.h"
#include "sdk/str.h"
#include "tests/support/cmocka.h"

#include <stdlib.h>
#include <string.h>

/* --- plain text --- */

static void expect_plain(const char *in, const char *expected)
{
    struct text out;
    text_init(&out, 1000);
    plain_add(&out, str_from(in));
    text_add(&out, "");
    assert_string_equal(out.data ? out.data : "", expected);
    text_release(&out);
}

#define FFFD "\xef\xbf\xbd"

static void control_characters_never_reach_a_terminal(void **state)
{
    (void)state;
    expect_plain("plain \xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80\ttab",
                 "plain \xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80\ttab");
    expect_plain("a\x1b[31mb\x07", "a" FFFD "[31mb" FFFD);
    expect_plain("a\nb\rc", "a b c");
    expect_plain("a\x7f\xc2\x9b"
                 "b",
                 "a" FFFD FFFD "b");
    expect_plain("bad\xff\xc3"
                 "x\xed\xa0\x80",
                 "bad" FFFD FFFD "x" FFFD FFFD FFFD);
}

static void text_that_turns_its_direction_is_made_plain(void **state)
{
    (void)state;
    expect_plain("a\xe2\x80\xae"
                 "b\xe2\x81\xa6\xe2\x80\x8f",
                 "a" FFFD "b" FFFD "\xe2\x80\x8f");
}

/* What is written of `json`, on a terminal or not. */
static void expect_output(bool terminal, const char *json, const char *expected)
{
    char *text = NULL;
    size_t len = 0;
    struct output out = {.format = OUTPUT_NDJSON, .terminal = terminal};
    out.file = open_memstream(&text, &len);
    assert_non_null(out.file);
    assert_int_equal(output_write(&out, str_from(json)), 0);
    assert_int_equal(fclose(out.file), 0);
    assert_string_equal(text, expected);
    free(text);
}

static void json_on_a_terminal_has_its_controls_escaped(void **state)
{
    (void)state;
    static const char JSON[] = "{\"a\":\n\"\xc2\x9b\x7f\xe2\x80\xae\xc3\xa9\xff\"}";
    expect_output(true, JSON, "{\"a\":\n\"\\u009b\\u007f\\u202e\xc3\xa9" FFFD "\"}");
    expect_output(false, JSON, JSON);
    expect_output(true, "\x1b[1mbold\x1b[0m", "\x1b[1mbold\x1b[0m");
}

static void width_counts_characters(void **state)
{
    (void)state;
    assert_int_equal(plain_width(STR("a\xc3\xa9z")), 3);
    assert_int_equal(plain_cut(STR("a\xc3\xa9z"), 2), 3);
    assert_int_equal(plain_cut(STR("abc"), 9), 3);
    assert_int_equal(plain_cut(STR("abc"), 0), 0);
}

/* --- tables --- */

struct sheet {
    struct output out;
    char *text;
    size_t len;
};

static void sheet_init(struct sheet *s, size_t columns)
{
    *s = (struct sheet){0};
    s->out = (struct output){.format = OUTPUT_TABLE, .columns = columns};
    s->out.file = open_memstream(&s->text, &s->len);
    assert_non_null(s->out.file);
}

static void sheet_expect(struct sheet *s, const char *expected)
{
    (void)fclose(s->out.file);
    assert_string_equal(s->text, expected);
    free(s->text);
}

static void columns_are_as_wide_as_their_cells(void **state)
{
    (void)state;
    static const char *const TITLES[] = {"ID", "STATUS"};
    const char *rows[][2] = {{"pump-0001", "ok"}, {"x", NULL}};
    struct sheet sheet;
    struct table table;
    sheet_init(&sheet, 0);
    assert_int_equal(table_init(&table, &sheet.out, TITLES, 2, NULL), 0);
    assert_int_equal(table_row(&table, rows[0]), 0);
    assert_int_equal(table_row(&table, rows[1]), 0);
    assert_int_equal(table_end(&table), 0);
    table_release(&table);
    sheet_expect(&sheet, "ID         STATUS\npump-0001  ok\nx\n");
}

static void no_line_is_wider_than_the_terminal(void **state)
{
    (void)state;
    static const char *const TITLES[] = {"A", "B"};
    const char *row[] = {"12345678", "abcdefghijkl\x1b[0m"};
    struct sheet sheet;
    struct table table;
    sheet_init(&sheet, 14);
    assert_int_equal(table_init(&table, &sheet.out, TITLES, 2, NULL), 0);
    assert_int_equal(table_row(&table, row), 0);
    assert_int_equal(table_end(&table), 0);
    table_release(&table);
    sheet_expect(&sheet, "A         B\n12345678  abcd\n");
}

static void what_must_be_read_goes_on_below(void **state)
{
    (void)state;
    static const char *const TITLES[] = {"ID", "DETAIL"};
    const char *rows[][2] = {{"1", "the service does not know this device"},
                             {"2", "ok"},
                             {"3", "a-word-that-is-longer-than-its-line"}};
    struct sheet sheet;
    struct table table;
    sheet_init(&sheet, 24);
    assert_int_equal(table_init(&table, &sheet.out, TITLES, 2, NULL), 0);
    table.wrap = true;
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(table_row(&table, rows[i]), 0);
    assert_int_equal(table_end(&table), 0);
    table_release(&table);
    sheet_expect(&sheet, "ID  DETAIL\n"
                         "1   the service does not\n"
                         "    know this device\n"
                         "2   ok\n"
                         "3   a-word-that-is-longe\n"
                         "    r-than-its-line\n");
}

static void a_column_without_room_for_its_title_is_left_out(void **state)
{
    (void)state;
    static const char *const TITLES[] = {"ID", "allocationPolicy", "etag"};
    const char *row[] = {"dev-1", "hashed", "abcdefgh"};
    struct sheet sheet;
    struct table table;
    sheet_init(&sheet, 14);
    assert_int_equal(table_init(&table, &sheet.out, TITLES, 3, NULL), 0);
    assert_int_equal(table_row(&table, row), 0);
    assert_int_equal(table_end(&table), 0);
    table_release(&table);
    sheet_expect(&sheet, "ID     etag\ndev-1  abcdefg\n");
}

static void progress_makes_way_for_results(void **state)
{
    (void)state;
    char *said = NULL;
    size_t len = 0;
    struct talk talk = {.file = open_memstream(&said, &len), .terminal = true};
    struct output out = {
        .file = fopen("/dev/null", "we"), .terminal = true, .talk = &talk};
    assert_non_null(talk.file);
    assert_non_null(out.file);
    talk_passing(&talk, "3 done");
    assert_int_equal(output_line(&out, STR("result")), 0);
    assert_false(talk.passing);
    (void)fclose(talk.file);
    (void)fclose(out.file);
    assert_string_equal(said, "\r\x1b[K3 done\r\x1b[K");
    free(said);
}

static void a_dumb_terminal_gets_no_progress(void **state)
{
    (void)state;
    char *said = NULL;
    size_t len = 0;
    struct talk talk = {
        .file = open_memstream(&said, &len), .terminal = true, .dumb = true};
    assert_non_null(talk.file);
    talk_passing(&talk, "3 done");
    (void)fclose(talk.file);
    assert_int_equal(len, 0);
    free(said);
}

static void a_long_table_is_written_as_it_comes(void **state)
{
    (void)state;
    static const char *const TITLES[] = {"N"};
    const char *row[] = {"1"};
    struct sheet sheet;
    struct table table;
    sheet_init(&sheet, 0);
    assert_int_equal(table_init(&table, &sheet.out, TITLES, 1, NULL), 0);
    for (size_t i = 0; i < 3 * TABLE_LOOK_AHEAD + 1; i++)
        assert_int_equal(table_row(&table, row), 0);
    assert_true(table.row_count < TABLE_LOOK_AHEAD);
    (void)fflush(sheet.out.file);
    assert_int_equal(sheet.len, 2 + 2 * (3 * TABLE_LOOK_AHEAD + 1));
    table_release(&table);
    (void)fclose(sheet.out.file);
    free(sheet.text);
}

static void an_object_shows_its_members(void **state)
{
    (void)state;
    struct sheet sheet;
    json_t *object =
        json_loads("{\"a\":{\"b\":1,\"c\":null},\"d\":[1,2],\"e\":\"x\"}", 0, NULL);
    sheet_init(&sheet, 0);
    assert_int_equal(table_object(&sheet.out, object, NULL), 0);
    json_decref(object);
    sheet_expect(&sheet, "FIELD  VALUE\na.b    1\na.c\nd      [1,2]\ne      x\n");
}

/* --- progress --- */

static void expect_progress(struct progress p, int64_t now_ms, const char *expected)
{
    struct text text;
    text_init(&text, 200);
    progress_text(&p, now_ms, &text);
    assert_string_equal(text.data, expected);
    text_release(&text);
}

static void progress_tells_what_is_known(void **state)
{
    (void)state;
    expect_progress((struct progress){.done = 3}, 500, "3 done");
    expect_progress((struct progress){.done = 40, .failed = 2, .skipped = 10}, 3000,
                    "40 done, 2 failed, 10 skipped, 10/s");
    expect_progress(
        (struct progress){.done = 100, .size_bytes = 1000, .passed_bytes = 100}, 10000,
        "100 done, 10/s, 1:30 left");
    expect_progress((struct progress){.done = 10, .size_bytes = 1000, .passed_bytes = 1},
                    10000, "10 done, 1/s, 2:46:30 left");
}

static void progress_is_shown_five_times_a_second(void **state)
{
    (void)state;
    struct progress p = {0};
    unsigned shown = 0;
    for (int64_t now = 1000; now < 2000; now += 10)
        shown += progress_due(&p, now);
    assert_int_equal(shown, 5);
}

/* --- dry run --- */

static void a_dry_run_masks_secrets(void **state)
{
    (void)state;
    const struct berth_pair headers[] = {{STR("Authorization"), STR("SharedAccess x")},
                                         {STR("X-Api-Key"), STR("hush")},
                                         {STR("If-Match"), STR("\"1\"")}};
    struct berth_request req = {
        .size = sizeof(req),
        .method = STR("PUT"),
        .url = STR("https://h/e/1?v=1&api-key=hush&n=2"),
        .headers = headers,
        .header_count = 3,
        .body = STR("{\"a\":[{\"key\":\"hush\",\"id\":1}],\"key\":null,"
                    "\"keys\":{\"x\":[\"hush\"]}}"),
    };
    json_t *names = json_pack("{s:b,s:b}", "key", 1, "keys", 1);
    struct text out;
    text_init(&out, 1000);
    dry_run_add_request(&out, 3, &req, names);
    assert_string_equal(
        out.data, "{\"line\":3,\"request\":{\"method\":\"PUT\",\"url\":\"https://h/e/1"
                  "?v=1&api-key=***&n=2\","
                  "\"headers\":{\"Authorization\":\"***\",\"X-Api-Key\":\"***\",\"If-"
                  "Match\":\"\\\"1\\\"\"},"
                  "\"body\":{\"a\":[{\"key\":\"***\",\"id\":1}],\"key\":null,"
                  "\"keys\":\"***\"}}}");
    text_reset(&out);
    req.body = STR("{\"KEY\":\"hush\",\"note\":\"\\u0000\"}");
    dry_run_add_request(&out, 0, &req, names);
    assert_null(strstr(out.data, "hush"));
    text_reset(&out);
    req.body = STR("key=hush");
    req.flags = BERTH_PRIVATE;
    dry_run_add_request(&out, 0, &req, names);
    assert_null(strstr(out.data, "hush"));
    text_release(&out);
    json_decref(names);
}

static void a_dry_run_sends_what_only_reads_when_asked(void **state)
{
    (void)state;
    struct berth_request get = {.flags = BERTH_READ_ONLY};
    struct berth_request put = {.flags = BERTH_REPEATABLE};
    assert_int_equal(dry_run_mode(NULL), DRY_RUN_ALL);
    assert_int_equal(dry_run_mode(""), DRY_RUN_ALL);
    assert_int_equal(dry_run_mode("read"), DRY_RUN_READ);
    assert_int_equal(dry_run_verdict(DRY_RUN_ALL, &get), REQUEST_HOLD);
    assert_int_equal(dry_run_verdict(DRY_RUN_READ, &get), REQUEST_SEND);
    assert_int_equal(dry_run_verdict(DRY_RUN_READ, &put), REQUEST_HOLD);
}

/* --- result lines --- */

static void a_result_line_says_what_went_wrong(void **state)
{
    (void)state;
    struct berth_error err = BERTH_ERROR_INIT;
    struct result_head head = {.line = 7, .id = "x"};
    struct text out;
    text_init(&out, 1000);
    (void)(fail)(&err, BERTH_E_CONFLICT, "no \"luck\"\x1b");
    error_set_code(&err, "alreadyExists");
    err.http_status = 409;
    result_add_head(&out, &head, BERTH_E_CONFLICT);
    text_add(&out, ",\"error\":");
    result_add_error(&out, BERTH_E_CONFLICT, &err);
    text_add(&out, "}");
    assert_string_equal(out.data,
                        "{\"line\":7,\"id\":\"x\",\"status\":\"conflict\",\"error\":{"
                        "\"class\":\"conflict\",\"code\":\"alreadyExists\","
                        "\"httpStatus\":409,\"message\":\"no \\\"luck\\\"" FFFD "\"}}");
    text_release(&out);
}

/* --- members --- */

static void members_are_found_behind_references_in_order(void **state)
{
    (void)state;
    static const char SCHEMA[] =
        "{\"properties\":{\"z\":{\"type\":\"string\"}},\"$ref\":\"#/$defs/base\","
        "\"required\":[\"b\"],\"$defs\":{\"base\":{\"allOf\":[{\"properties\":{"
        "\"b\":{\"type\":[\"null\",\"integer\"],\"x-ui\":{\"order\":2}},"
        "\"a\":{\"enum\":[\"x\"],\"x-ui\":{\"order\":1}},"
        "\"c\":{\"anyOf\":[{\"type\":\"null\"},{\"type\":\"object\"}]}}}]}}}";
    json_t *schema = json_loads(SCHEMA, 0, NULL);
    struct members m;
    assert_non_null(schema);
    assert_int_equal(members_init(&m, schema, schema, NULL), 0);
    assert_int_equal(m.count, 4);
    assert_string_equal(m.list[0].name, "a");
    assert_string_equal(m.list[1].name, "b");
    assert_string_equal(m.list[2].name, "z");
    assert_true(m.list[1].required && !m.list[0].required);
    assert_string_equal(members_type(schema, m.list[0].schema), "string");
    assert_string_equal(members_type(schema, m.list[1].schema), "integer");
    assert_string_equal(members_type(schema, m.list[3].schema), "object");
    members_release(&m);
    json_decref(schema);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(control_characters_never_reach_a_terminal),
        cmocka_unit_test(text_that_turns_its_direction_is_made_plain),
        cmocka_unit_test(json_on_a_terminal_has_its_controls_escaped),
        cmocka_unit_test(width_counts_characters),
        cmocka_unit_test(columns_are_as_wide_as_their_cells),
        cmocka_unit_test(no_line_is_wider_than_the_terminal),
        cmocka_unit_test(what_must_be_read_goes_on_below),
        cmocka_unit_test(a_column_without_room_for_its_title_is_left_out),
        cmocka_unit_test(progress_makes_way_for_results),
        cmocka_unit_test(a_dumb_terminal_gets_no_progress),
        cmocka_unit_test(a_long_table_is_written_as_it_comes),
        cmocka_unit_test(an_object_shows_its_members),
        cmocka_unit_test(progress_tells_what_is_known),
        cmocka_unit_test(progress_is_shown_five_times_a_second),
        cmocka_unit_test(a_dry_run_masks_secrets),
        cmocka_unit_test(a_dry_run_sends_what_only_reads_when_asked),
        cmocka_unit_test(a_result_line_says_what_went_wrong),
        cmocka_unit_test(members_are_found_behind_references_in_order),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
