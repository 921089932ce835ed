/* A session against a scripted server: requests, answers, order, ends. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/cmocka.h"
#include "tests/support/session_rig.h"

static const struct step HELLO[] = {
    {.body = "hello", .headers = "X-Tag: Some Value\r\n"}};

static void a_request_goes_out_and_its_answer_comes_back(void **state)
{
    (void)state;
    cleanup(rig) struct rig rig;
    struct outcome o = {0};
    rig_start(&rig, HELLO, 1, NULL);
    rig_run(&rig,
            "{\"requests\":[{\"method\":\"PUT\",\"path\":\"/a/../b?c=d\","
            "\"headers\":{\"X-One\":\"1\",\"X-Empty\":\"\"},\"body\":\"{}\"}]}",
            &o);
    assert_int_equal(o.status, 0);
    assert_string_equal(o.value, "1");
    assert_int_equal(outcome_int(&o, "0", "status"), 200);
    assert_int_equal(outcome_int(&o, "0", "attempts"), 1);
    assert_int_equal(outcome_int(&o, "0", "retryAfter"), -1);
    assert_string_equal(outcome_text(&o, "0", "body"), "hello");
    assert_string_equal(outcome_text(&o, "0", "x-tag"), "Some Value");
    struct received r = https_server_received(rig.server, 0);
    assert_non_null(strstr(r.head, "PUT /a/../b?c=d HTTP/1.1\r\n"));
    assert_non_null(strstr(r.head, "X-One: 1\r\n"));
    assert_non_null(strstr(r.head, "X-Empty:\r\n"));
    assert_non_null(strstr(r.head, "Content-Length: 2\r\n"));
    assert_non_null(strstr(r.head, "User-Agent: berth/"));
    assert_null(strstr(r.head, "Content-Type"));
    assert_null(strstr(r.head, "Expect"));
    assert_null(strstr(r.head, "Accept-Encoding"));
    assert_string_equal(r.body, "{}");
}

static void many_requests_are_in_flight_and_never_more_than_agreed(void **state)
{
    (void)state;
    static const struct step SLOW[] = {{.body = "x", .delay_ms = 5}};
    cleanup(rig) struct rig rig;
    struct outcome o = {0};
    rig_start(&rig, SLOW, 1, &(struct rig_options){.parallel = 4});
    rig_run(&rig, "{\"requests\":[{},{\"path\":\"/b\"}],\"repeat\":30}", &o);
    assert_int_equal(o.status, 0);
    assert_int_equal(o.item_count, 60);
    assert_string_equal(o.value, "60");
    assert_in_range(https_server_most_at_once(rig.server), 2, 4);
    assert_int_equal(session_counts(rig.session).requests, 60);
}

static size_t place_of(const struct outcome *o, const char *key)
{
    size_t place = 0;
    for (void *i = json_object_iter(o->items); i;
         i = json_object_iter_next(o->items, i), place++)
        if (strcmp(json_object_iter_key(i), key) == 0)
            break;
    return place; /* jansson keeps the order of insertion */
}

/* The key of the item that came last: jansson keeps the order of insertion. */
static const char *last_key(const struct outcome *o)
{
    const char *key = NULL;
    for (void *i = json_object_iter(o->items); i; i = json_object_iter_next(o->items, i))
        key = json_object_iter_key(i);
    return key;
}

/* Which request meets the slow answer is chance; it was the first to arrive. */
static void answers_may_come_in_any_order(void **state)
{
    (void)state;
    static const struct step STEPS[] = {{.body = "slow", .delay_ms = 400},
                                        {.body = "quick"}};
    cleanup(rig) struct rig rig;
    struct outcome o = {0};
    rig_start(&rig, STEPS, 2, NULL);
    rig_run(&rig, "{\"requests\":[{},{},{}]}", &o);
    assert_int_equal(o.status, 0);
    assert_int_equal(o.item_count, 3);
    assert_string_equal(outcome_text(&o, last_key(&o), "body"), "slow");
}

static void connections_are_kept_and_shared(void **state)
{
    (void)state;
    cleanup(rig) struct rig rig;
    rig_start(&rig, HELLO, 1, NULL);
    for (int i = 0; i < 5; i++) {
        struct outcome o = {0};
        rig_run(&rig, "{\"requests\":[{}]}", &o);
    }
    assert_int_equal(https_server_received(rig.server, 4).connection, 1);
}

static void a_request_goes_out_while_the_answer_before_is_read(void **state)
{
    (void)state;
    cleanup(rig) struct rig rig;
    struct outcome o = {.waits = 2};
    rig_start(&rig, HELLO, 1, NULL);
    rig_run(&rig, "{\"requests\":[{},{\"path\":\"/b\"},{}],\"ahead\":true}", &o);
    assert_int_equal(o.status, 0);
    assert_string_equal(o.value, "3");
    assert_int_equal(o.met, 2);
    assert_int_equal(session_counts(rig.session).requests, 3);
    struct received r = https_server_received(rig.server, 1);
    assert_non_null(strstr(r.head, "GET /b HTTP/1.1\r\n"));
    assert_int_equal(https_server_received(rig.server, 2).connection, 1);
}

static void nothing_goes_out_ahead_that_the_quota_has_no_room_for(void **state)
{
    (void)state;
    cleanup(rig) struct rig rig;
    struct outcome o = {0};
    rig_start(&rig, HELLO, 1, &(struct rig_options){.limit = 2});
    assert_int_equal(
        rig_call(&rig, "{\"requests\":[{}],\"repeat\":3,\"ahead\":true}", &o, 300), 0);
    rig_wait(&rig, &o);
    assert_int_equal(o.status, BERTH_E_TIMEOUT);
    assert_int_equal(o.item_count, 2);
    assert_int_equal(https_server_count(rig.server), 2);
}

static void what_is_judged_is_not_sent_ahead(void **state)
{
    (void)state;
    cleanup(rig) struct rig rig;
    struct outcome o = {.judge = true, .verdict = REQUEST_SEND};
    rig_start(&rig, HELLO, 1, NULL);
    rig_run(&rig, "{\"requests\":[{}],\"repeat\":3,\"ahead\":true}", &o);
    assert_int_equal(o.status, 0);
    assert_int_equal(o.judged, 3);
    assert_int_equal(o.item_count, 3);
}

/* What goes ahead answers to what came in before: more is for the next turn. */
static void a_turn_ends_though_requests_go_ahead(void **state)
{
    (void)state;
    static const char MANY[] = "{\"requests\":[{}],\"repeat\":300,\"ahead\":true}";
    cleanup(rig) struct rig rig;
    struct outcome one = {.naps_ms = 3}, two = {.naps_ms = 3};
    rig_start(&rig, HELLO, 1, NULL);
    assert_int_equal(rig_call(&rig, MANY, &one, 100), 0);
    assert_int_equal(rig_call(&rig, MANY, &two, 100), 0);
    while (!one.done || !two.done) {
        size_t before = one.item_count + two.item_count;
        (void)rig_turn(&rig, 10);
        assert_in_range(one.item_count + two.item_count - before, 0, 20);
    }
    assert_int_equal(one.status, BERTH_E_TIMEOUT);
    assert_int_equal(two.status, BERTH_E_TIMEOUT);
}

struct crawl_case {
    const char *input;
    uint32_t parallel;
    int crawls;
};

static void a_crawl_does_not_starve_an_action(void **state)
{
    (void)state;
    static const struct step SLOW[] = {{.body = "x", .delay_ms = 2}};
    static const struct crawl_case CASES[] = {
        {"{\"requests\":[{}],\"repeat\":300}", 2, 1},
        {"{\"requests\":[{}],\"repeat\":300,\"ahead\":true}", 1, 1},
        {"{\"requests\":[{}],\"repeat\":300,\"ahead\":true}", 2, 2},
    };
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        cleanup(rig) struct rig rig;
        struct outcome crawls[2] = {{0}}, action = {0};
        rig_start(&rig, SLOW, 1, &(struct rig_options){.parallel = CASES[i].parallel});
        for (int k = 0; k < CASES[i].crawls; k++)
            assert_int_equal(rig_call(&rig, CASES[i].input, &crawls[k], 0), 0);
        (void)rig_turn(&rig, 10);
        assert_int_equal(rig_call(&rig, "{\"requests\":[{}],\"repeat\":5}", &action, 0),
                         0);
        rig_wait(&rig, &action);
        for (int k = 0; k < CASES[i].crawls; k++) {
            assert_false(crawls[k].done);
            assert_true(crawls[k].item_count < 100);
        }
        for (int k = 0; k < CASES[i].crawls; k++) {
            rig_wait(&rig, &crawls[k]);
            assert_int_equal(crawls[k].item_count, 300);
        }
    }
}

static void a_timer_takes_no_slot_and_fires(void **state)
{
    (void)state;
    cleanup(rig) struct rig rig;
    struct outcome o = {0};
    rig_start(&rig, HELLO, 1, &(struct rig_options){.parallel = 1});
    rig_run(&rig,
            "{\"requests\":[{\"timer\":true,\"delay\":9},{\"timer\":true,\"delay\":3},"
            "{\"path\":\"/now\"},{\"path\":\"/later\",\"delay\":6}]}",
            &o);
    assert_int_equal(o.status, 0);
    assert_int_equal(outcome_int(&o, "0", "status"), 0);
    assert_int_equal(outcome_int(&o, "0", "attempts"), 0);
    assert_int_equal(outcome_int(&o, "3", "status"), 200);
    assert_int_equal(https_server_count(rig.server), 2);
    assert_true(place_of(&o, "1") < place_of(&o, "0"));
    assert_true(place_of(&o, "2") < place_of(&o, "3"));
}

static void calls_may_begin_when_one_is_done(void **state)
{
    (void)state;
    cleanup(rig) struct rig rig;
    struct outcome second = {0};
    struct outcome first = {.next_input = "{\"requests\":[{}]}", .next = &second};
    rig_start(&rig, HELLO, 1, NULL);
    rig_run(&rig, "{\"requests\":[{}]}", &first);
    rig_wait(&rig, &second);
    assert_int_equal(second.status, 0);
}

static void a_result_in_begin_ends_the_call_in_wait(void **state)
{
    (void)state;
    cleanup(rig) struct rig rig;
    struct outcome o = {0};
    rig_start(&rig, HELLO, 1, NULL);
    assert_int_equal(rig_call(&rig, "{\"mode\":\"result-in-begin\"}", &o, 0), 0);
    assert_false(o.done);
    rig_wait(&rig, &o);
    assert_int_equal(o.status, 0);
    assert_string_equal(o.value, "\"at once\"");
}

static void cancel_ends_a_call_in_any_state(void **state)
{
    (void)state;
    static const struct step SILENCE[] = {{.fault = FAULT_SILENCE}};
    static const char *const INPUTS[] = {
        "{\"requests\":[{}],\"repeat\":50}",
        "{\"requests\":[{\"timer\":true,\"delay\":9999}]}",
        "{\"requests\":[{\"delay\":9999}]}", "{\"mode\":\"result-in-begin\"}"};
    cleanup(rig) struct rig rig;
    rig_start(&rig, SILENCE, 1, &(struct rig_options){.parallel = 2});
    for (size_t i = 0; i < 8; i++) {
        struct outcome o = {0};
        assert_int_equal(rig_call(&rig, INPUTS[i % 4], &o, 0), 0);
        if (i < 4)
            (void)rig_turn(&rig, 5);
        if (o.call)
            call_cancel(o.call);
        assert_int_equal(o.dones, 1);
        if (i != 3) /* that one had its result before */
            assert_int_equal(o.status, BERTH_E_CANCELED);
    }
    assert_int_equal(rig_turn(&rig, 0), 0);
}

static void cancel_from_within_an_event_ends_it_after_the_event(void **state)
{
    (void)state;
    cleanup(rig) struct rig rig;
    struct outcome o = {0};
    o.cancels = &o;
    rig_start(&rig, HELLO, 1, NULL);
    rig_run(&rig, "{\"requests\":[{},{}]}", &o);
    assert_int_equal(o.dones, 1);
    assert_int_equal(o.status, BERTH_E_CANCELED);
    assert_int_equal(o.item_count, 1);
}

static void freeing_the_session_cancels_what_runs(void **state)
{
    (void)state;
    static const struct step SILENCE[] = {{.fault = FAULT_SILENCE}};
    cleanup(rig) struct rig rig;
    struct outcome a = {0}, b = {0};
    rig_start(&rig, SILENCE, 1, NULL);
    assert_int_equal(rig_call(&rig, "{\"requests\":[{}],\"repeat\":20}", &a, 0), 0);
    assert_int_equal(rig_call(&rig, "{\"requests\":[{}]}", &b, 0), 0);
    assert_int_equal(rig_turn(&rig, 20), 2);
    session_free(rig.session);
    rig.session = NULL;
    assert_int_equal(a.dones, 1);
    assert_int_equal(b.dones, 1);
    assert_int_equal(b.status, BERTH_E_CANCELED);
}

static void a_deadline_ends_the_call(void **state)
{
    (void)state;
    static const struct step SILENCE[] = {{.fault = FAULT_SILENCE}};
    cleanup(rig) struct rig rig;
    struct outcome o = {0};
    rig_start(&rig, SILENCE, 1, NULL);
    assert_int_equal(rig_call(&rig, "{\"requests\":[{}]}", &o, 30), 0);
    rig_wait(&rig, &o);
    assert_int_equal(o.status, BERTH_E_TIMEOUT);
    assert_non_null(strstr(o.err.message, "test.run did not end within 30 ms"));
}

static void a_readable_descriptor_wakes_the_wait(void **state)
{
    (void)state;
    static const struct step SILENCE[] = {{.fault = FAULT_SILENCE}};
    struct berth_error err = {.size = sizeof(err)};
    struct outcome o = {0};
    cleanup(rig) struct rig rig; /* whose end ends the call, too */
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "x", 1), 1);
    rig_start(&rig, SILENCE, 1, NULL);
    assert_int_equal(rig_call(&rig, "{\"requests\":[{}]}", &o, 0), 0);
    assert_int_equal(session_wait(rig.session, -1, ends[0], &err), 1);
    assert_false(o.done);
    (void)close(ends[0]);
    (void)close(ends[1]);
}

static void a_dry_run_sends_nothing(void **state)
{
    (void)state;
    cleanup(rig) struct rig rig;
    struct outcome o = {.judge = true, .verdict = REQUEST_HOLD};
    rig_start(&rig, HELLO, 1, NULL);
    rig_run(&rig, "{\"requests\":[{},{}]}", &o);
    assert_int_equal(o.status, BERTH_E_CANCELED);
    assert_int_equal(o.judged, 2);
    assert_int_equal(https_server_count(rig.server), 0);
}

static void an_operation_may_wait_for_another_one(void **state)
{
    (void)state;
    cleanup(rig) struct rig rig;
    struct outcome waits = {0}, shares = {0};
    rig_start(&rig, HELLO, 1, NULL);
    assert_int_equal(rig_call(&rig, "{\"mode\":\"waits-for-other\"}", &waits, 0), 0);
    assert_int_equal(
        rig_call(&rig, "{\"mode\":\"shares\",\"requests\":[{}]}", &shares, 0), 0);
    rig_wait(&rig, &waits);
    assert_int_equal(waits.status, 0);
    assert_string_equal(waits.value, "\"shared\"");
    rig_wait(&rig, &shares);
}

static void the_limiter_of_the_request_is_obeyed(void **state)
{
    (void)state;
    cleanup(rig) struct rig rig;
    struct outcome o = {0};
    rig_start(&rig, HELLO, 1, NULL);
    assert_int_equal(
        rig_call(&rig, "{\"requests\":[{\"limit\":\"slow\"}],\"repeat\":6}", &o, 0), 0);
    (void)rig_turn(&rig, 300);
    assert_int_equal(https_server_count(rig.server), 2); /* 2 a second */
    assert_true(session_counts(rig.session).limiter_waits > 0);
    call_cancel(o.call);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_goes_out_and_its_answer_comes_back),
        cmocka_unit_test(many_requests_are_in_flight_and_never_more_than_agreed),
        cmocka_unit_test(answers_may_come_in_any_order),
        cmocka_unit_test(connections_are_kept_and_shared),
        cmocka_unit_test(a_request_goes_out_while_the_answer_before_is_read),
        cmocka_unit_test(nothing_goes_out_ahead_that_the_quota_has_no_room_for),
        cmocka_unit_test(what_is_judged_is_not_sent_ahead),
        cmocka_unit_test(a_turn_ends_though_requests_go_ahead),
        cmocka_unit_test(a_crawl_does_not_starve_an_action),
        cmocka_unit_test(a_timer_takes_no_slot_and_fires),
        cmocka_unit_test(calls_may_begin_when_one_is_done),
        cmocka_unit_test(a_result_in_begin_ends_the_call_in_wait),
        cmocka_unit_test(cancel_ends_a_call_in_any_state),
        cmocka_unit_test(cancel_from_within_an_event_ends_it_after_the_event),
        cmocka_unit_test(freeing_the_session_cancels_what_runs),
        cmocka_unit_test(a_deadline_ends_the_call),
        cmocka_unit_test(a_readable_descriptor_wakes_the_wait),
        cmocka_unit_test(a_dry_run_sends_nothing),
        cmocka_unit_test(an_operation_may_wait_for_another_one),
        cmocka_unit_test(the_limiter_of_the_request_is_obeyed),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("session", tests, NULL, NULL);
}
