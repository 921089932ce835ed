#include "host/snapshot/page.h"
#include "tests/state/poller.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void first_poll_is_silent(void **state)
{
    cleanup(poller) struct poller p;
    poller_init(&p, *state);
    struct session s = LIST(ITEM("a", "1"), ITEM("b", "1"));
    poller_expect(&p, &s, "");
    assert_true(p.result.baseline);
    assert_int_equal(p.result.items, 2);
    poller_expect(&p, &s, "");
    assert_false(p.result.baseline);
}

static void first_poll_reports_all_when_asked(void **state)
{
    cleanup(poller) struct poller p;
    poller_init(&p, *state);
    p.options.start = POLL_START_ALL;
    struct session s = LIST(ITEM("a", "1"), ITEM("b", "1"));
    poller_expect(&p, &s, "created a 1|created b 1|");
    assert_int_equal(p.result.created, 2);
    poller_expect(&p, &s, "");
}

static void changes_are_reported_once(void **state)
{
    cleanup(poller) struct poller p;
    poller_init(&p, *state);
    struct session one =
        LIST(ITEM("a", "1"), ITEM("b", "1"), ITEM("c", "1"), ITEM("d", "1"));
    struct session two =
        LIST(ITEM("a", "1"), ITEM("b", "2"), ITEM("d", "1"), ITEM("e", "1"));
    poller_expect(&p, &one, "");
    poller_expect(&p, &two, "updated b 2|created e 1|deleted c 1|");
    assert_int_equal(two.verified, 1);
    poller_expect(&p, &two, "");
    poller_expect(&p, &one, "updated b 1|created c 1|deleted e 1|");
}

static void a_poll_that_finds_nothing_writes_nothing(void **state)
{
    cleanup(poller) struct poller p;
    poller_init(&p, *state);
    struct session one = LIST(ITEM("a", "1"), ITEM("b", "1"));
    struct session two = LIST(ITEM("a", "2"), ITEM("b", "1"));
    poller_expect(&p, &one, "");
    int before = sqlite3_total_changes(p.store->db);
    poller_expect(&p, &one, "");
    assert_int_equal(sqlite3_total_changes(p.store->db), before);
    poller_expect(&p, &two, "updated a 2|");
    assert_true(sqlite3_total_changes(p.store->db) > before);
}

static void events_are_cloudevents(void **state)
{
    cleanup(poller) struct poller p;
    poller_init(&p, *state);
    p.options.start = POLL_START_ALL;
    struct session s =
        LIST(WITH("Dev/1:a:", "v",
                  "{\"registrationId\":\"Dev/1:a:\",\r\n\"etag\":\"v\",\"n\":1e2,"
                  "\"lastUpdatedDateTimeUtc\":\"2026-01-02T03:04:05.678Z\"}"));
    assert_int_equal(poller_run(&p, &s), 0);
    assert_int_equal(p.lines.data[p.lines.len - 1], '\n');
    assert_ptr_equal(strchr(p.lines.data, '\n'), p.lines.data + p.lines.len - 1);
    json_auto_t *e = json_loads(p.lines.data, 0, NULL);
    assert_string_equal(json_string_value(json_object_get(e, "specversion")), "1.0");
    assert_int_equal(strlen(json_string_value(json_object_get(e, "id"))), 32);
    assert_string_equal(json_string_value(json_object_get(e, "source")),
                        "/connections/prod");
    assert_string_equal(json_string_value(json_object_get(e, "type")),
                        "berth.azure-dps.enrollment.created.v1");
    assert_string_equal(json_string_value(json_object_get(e, "subject")),
                        "enrollments/Dev%2F1:a:");
    assert_string_equal(json_string_value(json_object_get(e, "time")),
                        "2026-01-02T03:04:05.678Z");
    assert_non_null(strstr(p.lines.data, "\"n\":1e2"));
}

static void deleted_carries_key_and_last_version(void **state)
{
    cleanup(poller) struct poller p;
    poller_init(&p, *state);
    struct session one = LIST(ITEM("A\"b", "v7"), ITEM("c", "1"));
    struct session two = LIST(ITEM("c", "1"));
    poller_expect(&p, &one, "");
    assert_int_equal(poller_run(&p, &two), 0);
    json_auto_t *e = json_loads(p.lines.data, 0, NULL);
    json_auto_t *want = json_pack("{s:s,s:s}", "registrationId", "A\"b", "version", "v7");
    assert_true(json_equal(json_object_get(e, "data"), want));
    assert_string_equal(json_string_value(json_object_get(e, "subject")),
                        "enrollments/A%22b");
}

static void case_of_keys_does_not_matter(void **state)
{
    cleanup(poller) struct poller p;
    poller_init(&p, *state);
    struct session one = LIST(ITEM("Dev-A", "1"));
    struct session two = LIST(ITEM("dev-a", "1"));
    struct session three = LIST(ITEM("DEV-a", "2"));
    poller_expect(&p, &one, "");
    poller_expect(&p, &two, "");
    poller_expect(&p, &three, "updated DEV-a 2|");
}

/* Four events of one item. */
static void expect_ids_apart(struct poller *p)
{
    char *line = p->lines.data, ids[4][33];
    for (int i = 0; i < 4; i++) {
        json_auto_t *e = json_loadb(line, strcspn(line, "\n"), 0, NULL);
        memcpy(ids[i], json_string_value(json_object_get(e, "id")), 33);
        for (int j = 0; j < i; j++)
            assert_string_not_equal(ids[i], ids[j]);
        line += strcspn(line, "\n") + 1;
    }
    assert_string_equal(line, "");
}

static void item_that_comes_back_to_a_version_makes_a_new_event(void **state)
{
    cleanup(poller) struct poller p;
    poller_init(&p, *state);
    struct session one = LIST(ITEM("a", "1")), two = LIST(ITEM("a", "2"));
    assert_int_equal(poller_run(&p, &one), 0);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(poller_run(&p, &two), 0);
        assert_int_equal(poller_run(&p, &one), 0);
        assert_int_equal(poller_run(&p, &one), 0);
    }
    expect_ids_apart(&p);
}

static void it_makes_one_too_when_each_change_is_found_by_a_poll_that_breaks(void **state)
{
    cleanup(poller) struct poller p;
    poller_init(&p, *state);
    struct session one = LIST(ITEM("a", "1"), ITEM("b", "1"));
    struct session two = LIST(ITEM("a", "2"), ITEM("b", "1"));
    assert_int_equal(poller_run(&p, &one), 0);
    one.page = two.page = 0;
    one.break_status = two.break_status = BERTH_E_UNAVAILABLE;
    for (int i = 0; i < 4; i++) {
        struct session *s = i % 2 == 0 ? &two : &one;
        s->break_at = 1;
        assert_int_equal(poller_run(&p, s), BERTH_E_UNAVAILABLE);
        s->break_at = FAKE_NEVER;
        assert_int_equal(poller_run(&p, s), 0);
    }
    expect_ids_apart(&p);
}

static void item_without_version_is_compared_by_its_data(void **state)
{
    cleanup(poller) struct poller p;
    poller_init(&p, *state);
    struct session one =
        LIST(WITH("a", NULL, "{\"registrationId\":\"a\",\"etag\":\"x\"}"));
    struct session two =
        LIST(WITH("a", NULL, "{\"registrationId\":\"a\",\"etag\":\"y\"}"));
    poller_expect(&p, &one, "");
    poller_expect(&p, &one, "");
    poller_expect(&p, &two, "updated a y|");
}

static void quiet_items_make_no_events(void **state)
{
    cleanup(poller) struct poller p;
    poller_init(&p, *state);
    struct session one = LIST(ITEM("a", "1"), QUIET("q", "1"));
    struct session two = LIST(ITEM("a", "1"), QUIET("q", "2"), QUIET("r", "1"));
    struct session three = LIST(ITEM("a", "1"), ITEM("r", "2"));
    struct session four = LIST(ITEM("a", "1"));
    poller_expect(&p, &one, "");
    poller_expect(&p, &two, "");
    poller_expect(&p, &three, "updated r 2|");
    poller_expect(&p, &four, "deleted r 2|");
}

static void item_that_moves_to_another_scope_is_the_same(void **state)
{
    cleanup(poller) struct poller p;
    poller_init(&p, *state);
    struct session one = LIST(IN("g1", "a", "1"), IN("g2", "b", "1"));
    struct session two = LIST(IN("g2", "a", "1"), IN("g2", "b", "1"));
    struct session three = LIST(IN("g2", "b", "1"));
    poller_expect(&p, &one, "");
    poller_expect(&p, &two, "");
    poller_expect(&p, &three, "deleted a 1|");
}

static void broken_listing_goes_on_where_it_broke_off(void **state)
{
    cleanup(poller) struct poller p;
    poller_init(&p, *state);
    struct session one =
        LIST(ITEM("a", "1"), ITEM("b", "1"), ITEM("c", "1"), ITEM("d", "1"),
             ITEM("e", "1"), ITEM("f", "1"), ITEM("g", "1"));
    struct session two = LIST(ITEM("a", "2"), ITEM("b", "1"), ITEM("c", "1"),
                              ITEM("d", "2"), ITEM("e", "2"), ITEM("f", "1"));
    poller_expect(&p, &one, "");
    two.break_at = 4;
    two.break_status = BERTH_E_UNAVAILABLE;
    assert_int_equal(poller_run(&p, &two), BERTH_E_UNAVAILABLE);
    assert_message(&p.err, "broke off");
    assert_false(p.result.complete);
    assert_string_equal(poller_take(&p), "updated a 2|updated d 2|");
    two.break_at = FAKE_NEVER;
    two.listed = 0;
    poller_expect(&p, &two, "updated e 2|deleted g 1|");
    assert_int_equal(two.listed, 3);
}

static void broken_baseline_goes_on_as_a_baseline(void **state)
{
    cleanup(poller) struct poller p;
    poller_init(&p, *state);
    struct session s =
        LIST(ITEM("a", "1"), ITEM("b", "1"), ITEM("c", "1"), ITEM("d", "1"));
    s.break_at = 3;
    s.break_status = BERTH_E_TIMEOUT;
    assert_int_equal(poller_run(&p, &s), BERTH_E_TIMEOUT);
    s.break_at = FAKE_NEVER;
    p.options.start = POLL_START_ALL;
    poller_expect(&p, &s, "");
    assert_true(p.result.baseline);
}

static void listing_without_cursor_begins_anew(void **state)
{
    cleanup(poller) struct poller p;
    poller_init(&p, *state);
    struct session one = LIST(ITEM("a", "1"), ITEM("b", "1"), ITEM("c", "1"));
    struct session two = LIST(ITEM("b", "2"), ITEM("c", "1"));
    poller_expect(&p, &one, "");
    two.page = 0;
    two.break_at = 1;
    two.break_status = BERTH_E_UNAVAILABLE;
    assert_int_equal(poller_run(&p, &two), BERTH_E_UNAVAILABLE);
    assert_string_equal(poller_take(&p), "updated b 2|");
    two.break_at = FAKE_NEVER;
    poller_expect(&p, &two, "deleted a 1|");
}

static void useless_cursor_is_dropped(void **state)
{
    cleanup(poller) struct poller p;
    poller_init(&p, *state);
    struct session s =
        LIST(ITEM("a", "1"), ITEM("b", "1"), ITEM("c", "1"), ITEM("d", "1"));
    poller_expect(&p, &s, "");
    s.break_at = 3;
    s.break_status = BERTH_E_TIMEOUT;
    assert_int_equal(poller_run(&p, &s), BERTH_E_TIMEOUT);
    s.break_at = FAKE_NEVER;
    s.rejects_cursors = true;
    s.listed = 0;
    poller_expect(&p, &s, "");
    assert_int_equal(s.listed, 4);
}

static void item_that_is_no_json_makes_no_event(void **state)
{
    cleanup(poller) struct poller p;
    poller_init(&p, *state);
    struct session one = LIST(ITEM("a", "1"), ITEM("b", "1"));
    struct session two = LIST(ITEM("a", "2"), WITH("b", "2", "{\"x\":}"));
    poller_expect(&p, &one, "");
    assert_int_equal(poller_run(&p, &two), BERTH_E_PROTOCOL);
    assert_message(&p.err, "'b'");
    assert_string_equal(poller_take(&p), "updated a 2|");
    struct session three = LIST(ITEM("a", "2"), ITEM("b", "2"));
    poller_expect(&p, &three, "updated b 2|");
}

static void bad_items_are_the_services_fault(void **state)
{
    cleanup(poller) struct poller p;
    poller_init(&p, *state);
    char longer[ITEM_TEXT_MAX + 2];
    memset(longer, 'x', sizeof(longer));
    longer[sizeof(longer) - 1] = '\0';
    const struct fake_item bad[] = {ITEM("", "1"),     ITEM(longer, "1"),
                                    ITEM("a", longer), IN(longer, "a", "1"),
                                    ITEM("\xff", "1"), ITEM("a", "\xc0\x80")};
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct session s = fake_session(&bad[i], 1);
        assert_int_equal(poller_run(&p, &s), BERTH_E_PROTOCOL);
    }
}

static void events_stay_until_the_sink_has_them(void **state)
{
    cleanup(poller) struct poller p;
    poller_init(&p, *state);
    struct session one = LIST(ITEM("a", "1"), ITEM("b", "1"), ITEM("c", "1"));
    struct session two = LIST(ITEM("a", "2"), ITEM("b", "2"), ITEM("c", "2"));
    poller_expect(&p, &one, "");
    p.sink_fails_at = 1;
    assert_int_equal(poller_run(&p, &two), BERTH_E_UNAVAILABLE);
    assert_message(&p.err, "kept");
    cleanup(free) char *first = strndup(p.lines.data, strcspn(p.lines.data, "\n"));
    text_reset(&p.lines);
    p.sink_fails_at = FAKE_NEVER;
    assert_int_equal(poller_run(&p, &two), 0);
    assert_memory_equal(p.lines.data, first, strlen(first));
    assert_string_equal(poller_take(&p), "updated a 2|updated b 2|updated c 2|");
    poller_expect(&p, &two, "");
}

static void deletion_in_a_listing_is_a_bug(void **state)
{
    cleanup(poller) struct poller p;
    poller_init(&p, *state);
    struct session s =
        LIST({.key = "a", .version = "1", .flags = BERTH_ITEM_DELETED}, ITEM("b", "1"));
    assert_int_equal(poller_run(&p, &s), BERTH_E_INTERNAL);
}

static void peek_changes_nothing(void **state)
{
    cleanup(poller) struct poller p;
    poller_init(&p, *state);
    struct session one = LIST(ITEM("a", "1"), ITEM("b", "1"), ITEM("c", "1"));
    struct session two = LIST(ITEM("a", "2"), ITEM("c", "1"), ITEM("d", "1"));
    p.options.peek = true;
    p.options.start = POLL_START_ALL;
    poller_expect(&p, &one, "created a 1|created b 1|created c 1|");
    assert_int_equal(count_rows(p.store, "SELECT count(*) FROM subscription"), 0);
    p.options.start = POLL_START_NOW;
    p.options.peek = false;
    poller_expect(&p, &one, "");
    p.options.peek = true;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(poller_run(&p, &two), 0);
        assert_true(p.result.complete);
    }
    cleanup(free) char *twice = strdup(p.lines.data);
    assert_memory_equal(twice + strlen(twice) / 2, twice, 70);
    text_reset(&p.lines);
    p.options.peek = false;
    poller_expect(&p, &two, "updated a 2|created d 1|deleted b 1|");
}

static void another_host_begins_a_new_baseline(void **state)
{
    cleanup(poller) struct poller p;
    poller_init(&p, *state);
    struct session one = LIST(ITEM("a", "1"), ITEM("b", "1"));
    struct session two = LIST(ITEM("a", "2"), ITEM("c", "1"));
    poller_expect(&p, &one, "");
    assert_null(p.result.note);
    assert_int_equal(
        json_object_set_new(p.connection.fields, "host", json_string("other.example")),
        0);
    poller_expect(&p, &two, "");
    assert_true(p.result.baseline);
    assert_non_null(p.result.note);
    poller_expect(&p, &two, "");
    assert_null(p.result.note);
}

static void wake_stops_in_good_order(void **state)
{
    cleanup(poller) struct poller p;
    poller_init(&p, *state);
    int fds[2];
    assert_int_equal(pipe(fds), 0);
    struct session one =
        LIST(ITEM("a", "1"), ITEM("b", "1"), ITEM("c", "1"), ITEM("d", "1"));
    struct session two =
        LIST(ITEM("a", "2"), ITEM("b", "1"), ITEM("c", "1"), ITEM("d", "2"));
    poller_expect(&p, &one, "");
    two.wake_at = 1;
    two.wake_write_fd = fds[1];
    p.options.wake_fd = fds[0];
    assert_int_equal(poller_run(&p, &two), BERTH_E_CANCELED);
    assert_string_equal(poller_take(&p), "updated a 2|");
    assert_null(two.calls);
    p.options.wake_fd = -1;
    two.wake_at = FAKE_NEVER;
    two.listed = 0;
    poller_expect(&p, &two, "updated d 2|");
    assert_int_equal(two.listed, 1);
    assert_int_equal(close(fds[0]) + close(fds[1]), 0);
}

static void second_poll_at_the_same_time_is_refused(void **state)
{
    cleanup(poller) struct poller p;
    poller_init(&p, *state);
    struct subscription *sub = NULL;
    assert_int_equal(subscription_open(p.store, &p.connection, poller_trigger(),
                                       STR("{}"), &sub, NULL),
                     0);
    pid_t pid = fork();
    if (pid == 0) {
        struct poller other;
        poller_init(&other, *state);
        struct session s = LIST(ITEM("a", "1"));
        _exit(poller_run(&other, &s) == BERTH_E_CONFLICT ? 0 : 1);
    }
    int status = -1;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    subscription_close(sub);
    struct session s = LIST(ITEM("a", "1"));
    poller_expect(&p, &s, "");
}

static void equal_inputs_are_one_subscription(void **state)
{
    cleanup(poller) struct poller p;
    poller_init(&p, *state);
    cleanup(subscription) struct subscription *sub = NULL;
    assert_int_equal(subscription_open(p.store, &p.connection, poller_trigger(),
                                       STR("{\"b\": 1, \"a\": [2]}"), &sub, NULL),
                     0);
    struct subscription *same = NULL;
    assert_int_equal(subscription_open(p.store, &p.connection, poller_trigger(),
                                       STR("{\"a\":[2],\"b\":1}"), &same, NULL),
                     BERTH_E_CONFLICT);
    cleanup(subscription) struct subscription *other = NULL;
    assert_int_equal(subscription_open(p.store, &p.connection, poller_trigger(),
                                       STR("{\"a\":[3],\"b\":1}"), &other, NULL),
                     0);
    assert_int_equal(subscription_open(p.store, &p.connection, poller_trigger(),
                                       STR("[]"), &same, NULL),
                     BERTH_E_INVALID);
}

static void removed_connection_takes_everything_along(void **state)
{
    cleanup(poller) struct poller p;
    poller_init(&p, *state);
    p.sink_fails_at = 0;
    p.options.start = POLL_START_ALL;
    struct session s = LIST(ITEM("a", "1"));
    assert_int_equal(poller_run(&p, &s), BERTH_E_UNAVAILABLE);
    assert_int_equal(count_rows(p.store, "SELECT count(*) FROM event"), 1);
    assert_int_equal(connection_remove(p.store, "prod", NULL), 0);
    assert_int_equal(count_rows(p.store,
                                "SELECT (SELECT count(*) FROM event) + (SELECT "
                                "count(*) FROM snapshot_page) + (SELECT count(*) "
                                "FROM subscription)"),
                     0);
    assert_int_equal(poller_run(&p, &s), BERTH_E_NOT_FOUND);
}

static void damaged_page_is_an_error(void **state)
{
    cleanup(poller) struct poller p;
    poller_init(&p, *state);
    struct session s = LIST(ITEM("a", "1"));
    poller_expect(&p, &s, "");
    struct session other = LIST(ITEM("a", "2"));
    assert_int_equal(
        sql_run(p.store,
                "UPDATE snapshot_page SET data = CAST(substr(data, 1, 11) || "
                "x'ff' || substr(data, 13) AS BLOB)",
                NULL),
        0);
    poller_expect(&p, &s, ""); /* nobody looks at it */
    assert_int_equal(poller_run(&p, &other), BERTH_E_INVALID);
    assert_message(&p.err, "damaged");
    assert_int_equal(sql_run(p.store, "DELETE FROM roster", NULL), 0);
    assert_int_equal(poller_run(&p, &s), BERTH_E_INVALID);
    assert_message(&p.err, "damaged");
}

/* All would be told as new. */
static void lost_pages_are_an_error(void **state)
{
    cleanup(poller) struct poller p;
    poller_init(&p, *state);
    struct session s = LIST(ITEM("a", "1"), ITEM("b", "1"));
    poller_expect(&p, &s, "");
    assert_int_equal(sql_run(p.store, "DELETE FROM snapshot_page", NULL), 0);
    assert_int_equal(poller_run(&p, &s), BERTH_E_INVALID);
    assert_message(&p.err, "lacks some of its pages");
    p.options.peek = true;
    assert_int_equal(poller_run(&p, &s), BERTH_E_INVALID);
    assert_int_equal(count_rows(p.store, "SELECT count(*) FROM event"), 0);
}

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    const struct CMUnitTest tests[] = {
        TEST(first_poll_is_silent),
        TEST(first_poll_reports_all_when_asked),
        TEST(changes_are_reported_once),
        TEST(a_poll_that_finds_nothing_writes_nothing),
        TEST(events_are_cloudevents),
        TEST(deleted_carries_key_and_last_version),
        TEST(case_of_keys_does_not_matter),
        TEST(item_that_comes_back_to_a_version_makes_a_new_event),
        TEST(it_makes_one_too_when_each_change_is_found_by_a_poll_that_breaks),
        TEST(item_without_version_is_compared_by_its_data),
        TEST(quiet_items_make_no_events),
        TEST(item_that_moves_to_another_scope_is_the_same),
        TEST(broken_listing_goes_on_where_it_broke_off),
        TEST(broken_baseline_goes_on_as_a_baseline),
        TEST(listing_without_cursor_begins_anew),
        TEST(useless_cursor_is_dropped),
        TEST(item_that_is_no_json_makes_no_event),
        TEST(bad_items_are_the_services_fault),
        TEST(events_stay_until_the_sink_has_them),
        TEST(deletion_in_a_listing_is_a_bug),
        TEST(peek_changes_nothing),
        TEST(another_host_begins_a_new_baseline),
        TEST(wake_stops_in_good_order),
        TEST(second_poll_at_the_same_time_is_refused),
        TEST(equal_inputs_are_one_subscription),
        TEST(removed_connection_takes_everything_along),
        TEST(damaged_page_is_an_error),
        TEST(lost_pages_are_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
