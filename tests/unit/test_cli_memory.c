/* Each allocation failing in turn: what reads, orders and resumes a stream says so, leaks
 * nothing, and goes on as if nothing had happened when there is memory again. */
#include "host/cli/app.h"
#include "host/cli/args.h"
#include "host/cli/batch.h"
#include "host/cli/command.h"
#include "host/cli/csv_columns.h"
#include "host/cli/lines.h"
#include "host/cli/resume.h"
#include "host/cli/table.h"
#include "sdk/error.h"
#include "tests/support/cmocka.h"
#include "tests/support/connector_dir.h"
#include "tests/unit/cli_feed.h"
#include "tests/unit/lack.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MOST 20000

/* Run `work` with its first, second, ... allocation failing until none fails any more.
 * What it answers tells whether it went well. */
static void with_each_failing(int (*work)(struct berth_error *err))
{
    for (long n = 0; n < MOST; n++) {
        struct berth_error err = BERTH_ERROR_INIT;
        lack_begin(n);
        int r = work(&err);
        bool failed = lack_end();
        if (!failed) {
            assert_int_equal(r, 0);
            return;
        }
        assert_true(r <= 0);
        if (r < 0)
            assert_true(err.message[0] != '\0' || r == BERTH_E_NO_MEMORY);
    }
    assert_true(false); /* it never came to its end */
}

static int parse(struct berth_error *err)
{
    static const char *const ARGV[] = {"a", "--set", "x=1", "-q"};
    struct args args;
    int r = args_parse(4, ARGV, &args, err);
    args_release(&args);
    return r;
}

static void arguments(void **state)
{
    (void)state;
    with_each_failing(parse);
}

static struct connector_dir connectors;

static const char *no_variable(const char *name)
{
    (void)name;
    return NULL;
}

/* What is said and printed goes into a file. */
static int list(FILE *said, struct berth_error *err)
{
    const char *const argv[] = {"connector", "list", "--connector-path", connectors.path};
    struct args args;
    struct app app;
    int r = args_parse(4, argv, &args, err);
    if (r == 0) {
        app_init(&app, &args, 2, no_variable);
        app.out.file = app.talk.file = said;
        r = run_connector_list(&app, err);
        app_release(&app);
    }
    args_release(&args);
    return r;
}

static int list_connectors(struct berth_error *err)
{
    char text[4096] = "";
    FILE *said = tmpfile();
    assert_non_null(said);
    int r = list(said, err);
    rewind(said);
    text[fread(text, 1, sizeof(text) - 1, said)] = '\0';
    assert_int_equal(fclose(said), 0);
    if (r == 0)
        assert_non_null(strstr(text, "\"id\":\"odd\""));
    return r;
}

static void connectors_are_listed_whole_or_not_at_all(void **state)
{
    (void)state;
    connector_dir_make(&connectors);
    connector_dir_add(&connectors, "scripted", "odd");
    with_each_failing(list_connectors);
    connector_dir_remove(&connectors);
}

static int order(struct berth_error *err)
{
    struct batch *b = NULL;
    struct batch_line *line = NULL;
    int r = batch_new(4, &b, err);
    for (uint64_t n = 1; n <= 3 && r == 0; n++) {
        r = batch_add(b, n, &line, err);
        if (r == 0)
            r = batch_add_id(b, line, "a", err);
        if (r == 0)
            r = batch_add_id(b, line, "b", err);
        if (r == 0)
            batch_admit(b, line);
        else if (line && line->state == BATCH_WAITING)
            batch_finish(b, line);
    }
    while (r == 0 && (line = batch_start(b)) != NULL)
        batch_finish(b, line);
    batch_free(b);
    return r;
}

static void the_order_of_lines(void **state)
{
    (void)state;
    with_each_failing(order);
}

static const char *stream_text;

static int read_objects(struct berth_error *err)
{
    struct feed feed;
    struct lines lines;
    struct record record;
    int r = RECORD_MORE;
    feed_init(&feed, stream_text, strlen(stream_text), 4096);
    lines_init(&lines, &feed.source);
    while (r == RECORD_MORE || r == RECORD_READY) {
        r = lines_next(&lines, &record, err);
        if (r == RECORD_READY)
            json_decref(record.value);
        if (r == RECORD_MORE && feed_try_fill(&feed, err) < 0)
            r = BERTH_E_NO_MEMORY;
    }
    feed_release(&feed);
    return r;
}

static void lines_of_json(void **state)
{
    (void)state;
    stream_text = "{\"a\":1}\n{\n\"b\":[2]}\n{\"c\":{}}\n";
    with_each_failing(read_objects);
    stream_text = "[{\"a\":1},{\"b\":[2]}]";
    with_each_failing(read_objects);
}

static json_t *schema;

static int take_row(struct csv *csv, struct csv_columns *columns,
                    const struct csv_row *row, struct berth_error *err)
{
    struct record record;
    if (!columns->columns)
        return csv_columns_init(columns, csv, schema, schema, err);
    int r = csv_columns_record(columns, csv, row, &record, err);
    if (r == 0)
        json_decref(record.value);
    return r;
}

static int read_rows(struct berth_error *err)
{
    struct feed feed;
    struct csv csv;
    struct csv_columns columns = {0};
    struct csv_row row;
    int r = RECORD_MORE;
    feed_init(&feed, stream_text, strlen(stream_text), 4096);
    csv_init(&csv, &feed.source);
    while (r == RECORD_MORE || r == RECORD_READY) {
        r = csv_next(&csv, &row, err);
        if (r == RECORD_READY && take_row(&csv, &columns, &row, err) < 0)
            r = BERTH_E_NO_MEMORY;
        if (r == RECORD_MORE && feed_try_fill(&feed, err) < 0)
            r = BERTH_E_NO_MEMORY;
    }
    csv_columns_release(&columns);
    csv_release(&csv);
    feed_release(&feed);
    return r;
}

static void rows_of_csv(void **state)
{
    (void)state;
    schema = json_loads("{\"properties\":{\"a\":{\"type\":\"integer\"}}}", 0, NULL);
    stream_text = "a,b.c\n1,\"x\"\"y\"\n,2\n";
    with_each_failing(read_rows);
    json_decref(schema);
}

static char results[] = "test_cli_memory.XXXXXX";

static int read_results(struct berth_error *err)
{
    struct resume r;
    int s = resume_read(&r, results, err);
    resume_release(&r);
    return s;
}

static void earlier_results(void **state)
{
    (void)state;
    static const char TEXT[] = "{\"line\":1,\"id\":\"a\",\"status\":\"ok\"}\n";
    int fd = mkstemp(results);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, TEXT, sizeof(TEXT) - 1), sizeof(TEXT) - 1);
    (void)close(fd);
    with_each_failing(read_results);
    (void)unlink(results);
}

static struct output page;

static int print_table(struct berth_error *err)
{
    static const char *const TITLES[] = {"A", "B"};
    const char *row[] = {"1", NULL};
    struct table table;
    int r = table_init(&table, &page, TITLES, 2, err);
    if (r == 0)
        r = table_row(&table, row);
    if (r == 0)
        r = table_end(&table);
    table_release(&table);
    return r;
}

static void tables(void **state)
{
    (void)state;
    page = (struct output){.format = OUTPUT_TABLE, .file = fopen("/dev/null", "w")};
    assert_non_null(page.file);
    with_each_failing(print_table);
    (void)fclose(page.file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arguments),
        cmocka_unit_test(connectors_are_listed_whole_or_not_at_all),
        cmocka_unit_test(the_order_of_lines),
        cmocka_unit_test(lines_of_json),
        cmocka_unit_test(rows_of_csv),
        cmocka_unit_test(tables),
        cmocka_unit_test(earlier_results),
    };
    lack_init();
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
