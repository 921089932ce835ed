/* A session against a scripted server: requests, answers, order, ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/session_rig.h"

static const struct step HELLO[] = {
    {.body = "hello", .headers = "X-Tag: Some Value\r\n"}};

static void a_request_goes_out_and_its_answer_comes_back(void **state)
{
    (void)state;
    struct rig rig;
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
    outcome_release(&o);
    rig_stop(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_goes_out_and_its_answer_comes_back),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("session", tests, NULL, NULL);
}
