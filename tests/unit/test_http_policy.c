/* The parts of the transport that only compute: quotas, retries, dates, origins, masks.
 */
#include <stdlib.h>
#include <string.h>

#include "host/http/limiter.h"
#include "host/http/mask.h"
#include "host/http/origin.h"
#include "host/http/retry.h"
#include "host/http/retry_after.h"
#include "sdk/http_date.h"
#include "sdk/str.h"
#include "tests/support/cmocka.h"

#define ERROR_INIT                                                                       \
    {                                                                                    \
        .size = sizeof(struct berth_error)                                               \
    }

/* --- limiter --- */

/* A service far away: what is sent arrives somewhere in the round trip. */
struct world {
    uint32_t seed;
    int64_t now;
    int64_t arrivals[4096];
    size_t arrival_count;
    int64_t answers[64]; /* when the answers to those in flight come */
    size_t in_flight;
};

static uint32_t draw(struct world *w, uint32_t below)
{
    w->seed = w->seed * 1664525u + 1013904223u;
    return (w->seed >> 8) % below;
}

static void send_request(struct world *w, struct limiter *l)
{
    int64_t there = draw(w, 80);
    limiter_sent(l);
    w->arrivals[w->arrival_count++] = w->now + there;
    w->answers[w->in_flight++] = w->now + there + draw(w, 200);
}

static void take_answers(struct world *w, struct limiter *l)
{
    for (size_t i = 0; i < w->in_flight; i++) {
        if (w->answers[i] > w->now)
            continue;
        limiter_answered(l, w->now);
        w->answers[i--] = w->answers[--w->in_flight];
    }
}

static int compare_times(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void no_window_holds_more_arrivals_than_the_quota(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 50; seed++) {
        struct world w = {.seed = seed};
        struct limiter l;
        uint32_t max = 1 + draw(&w, 40);
        int64_t window = 1000 + draw(&w, 5000);
        assert_int_equal(limiter_init(&l, max, window, NULL), 0);
        for (; w.now < 30000 && w.arrival_count < 4000; w.now += 1 + draw(&w, 7)) {
            take_answers(&w, &l);
            while (w.in_flight < 8 && draw(&w, 4) && limiter_wait_ms(&l, w.now) == 0)
                send_request(&w, &l);
        }
        qsort(w.arrivals, w.arrival_count, sizeof(int64_t), compare_times);
        for (size_t i = 0; i + max < w.arrival_count; i++)
            assert_true(w.arrivals[i + max] - w.arrivals[i] > window);
        limiter_release(&l);
    }
}

static void the_quota_is_used_to_within_five_percent(void **state)
{
    (void)state;
    struct limiter l;
    assert_int_equal(limiter_init(&l, 1000, 60000, NULL), 0);
    int64_t answers[8] = {0};
    size_t in_flight = 0, sent = 0;
    for (int64_t now = 0; now < 600000; now++) {
        while (in_flight > 0 && answers[0] <= now) {
            limiter_answered(&l, now);
            memmove(answers, answers + 1, --in_flight * sizeof(*answers));
        }
        while (in_flight < 8 && limiter_wait_ms(&l, now) == 0) {
            limiter_sent(&l);
            answers[in_flight++] = now + 50;
            sent++;
        }
    }
    assert_true(sent > 9500 && sent <= 10000);
    limiter_release(&l);
}

static void a_pause_lets_one_through_at_a_time_until_one_passes(void **state)
{
    (void)state;
    struct limiter l;
    assert_int_equal(limiter_init(&l, 0, 60000, NULL), 0);
    limiter_sent(&l);
    limiter_answered(&l, 100);
    limiter_pause(&l, 100, 2000);
    limiter_pause(&l, 100, 500); /* a shorter one does not shorten it */
    assert_int_equal(limiter_wait_ms(&l, 600), 1500);
    assert_int_equal(limiter_wait_ms(&l, 2100), 0);
    limiter_sent(&l);
    assert_int_equal(limiter_wait_ms(&l, 2100), INT64_MAX);
    limiter_answered(&l, 2150);
    limiter_passed(&l);
    limiter_sent(&l);
    assert_int_equal(limiter_wait_ms(&l, 2160), 0);
    limiter_release(&l);
}

static void a_quota_that_is_too_large_is_refused(void **state)
{
    (void)state;
    struct limiter l;
    struct berth_error err = ERROR_INIT;
    assert_int_equal(limiter_init(&l, INT64_MAX, 1000, &err), BERTH_E_INVALID);
    assert_non_null(strstr(err.message, "say off"));
    limiter_release(&l);
}

/* --- retries --- */

struct policy {
    uint32_t flags;
    int32_t status;
    uint32_t failure;
    bool sent;
    bool allowed;
    bool uncertain;
};

static void the_retry_policy_is_this_table(void **state)
{
    (void)state;
    enum { R = BERTH_REPEATABLE, O = BERTH_READ_ONLY };
    static const struct policy TABLE[] = {
        {0, 200, 0, true, false, false},
        {R, 200, 0, true, false, false},
        {0, 429, 0, true, true, false},
        {R, 429, 0, true, true, false},
        {0, 500, 0, true, false, true},
        {R, 500, 0, true, true, true},
        {O, 500, 0, true, true, false},
        {0, 503, 0, true, false, true},
        {R, 503, 0, true, true, true},
        {R, 504, 0, true, true, true},
        {R, 408, 0, true, true, true},
        {R, 501, 0, true, false, false},
        {R, 505, 0, true, false, false},
        {R, 401, 0, true, false, false},
        {R, 404, 0, true, false, false},
        {R, 302, 0, true, false, false},
        {0, BERTH_E_UNAVAILABLE, BERTH_FAILURE_RESOLVE, false, true, false},
        {0, BERTH_E_UNAVAILABLE, BERTH_FAILURE_CONNECT, false, true, false},
        {0, BERTH_E_UNAVAILABLE, BERTH_FAILURE_TLS, false, true, false},
        {R, BERTH_E_UNAVAILABLE, BERTH_FAILURE_UNTRUSTED, false, false, false},
        {0, BERTH_E_UNAVAILABLE, BERTH_FAILURE_CUT, true, false, true},
        {R, BERTH_E_UNAVAILABLE, BERTH_FAILURE_CUT, true, true, true},
        {0, BERTH_E_UNAVAILABLE, BERTH_FAILURE_CUT, false, true, false},
        {0, BERTH_E_TIMEOUT, BERTH_FAILURE_TIMEOUT, true, false, true},
        {R, BERTH_E_TIMEOUT, BERTH_FAILURE_TIMEOUT, true, true, true},
        {R, BERTH_E_PROTOCOL, BERTH_FAILURE_TOO_LARGE, true, false, true},
        {R, BERTH_E_PROTOCOL, BERTH_FAILURE_OTHER, true, false, true},
    };
    for (size_t i = 0; i < sizeof(TABLE) / sizeof(TABLE[0]); i++) {
        const struct policy *p = &TABLE[i];
        struct attempt a = {p->status, p->failure, p->sent, -1};
        print_message("# flags %u, status %d, failure %u\n", p->flags, p->status,
                      p->failure);
        assert_int_equal(retry_is_allowed(p->flags, &a), p->allowed);
        assert_int_equal(attempt_is_uncertain(p->flags, &a), p->uncertain);
    }
}

static void pauses_grow_at_random_up_to_half_a_minute(void **state)
{
    (void)state;
    struct attempt a = {.status = 503, .retry_after_ms = -1};
    static const int64_t MOST[] = {250, 500, 1000, 2000, 4000, 8000, 16000, 30000, 30000};
    for (uint32_t n = 1; n <= 9; n++) {
        assert_int_equal(retry_pause_ms(n, &a, 0), 0);
        assert_int_equal(retry_pause_ms(n, &a, (uint64_t)MOST[n - 1]), MOST[n - 1]);
        for (uint64_t random = 1; random < 1000; random++)
            assert_in_range(retry_pause_ms(n, &a, random * 0x9E3779B97F4A7C15u), 0,
                            MOST[n - 1]);
    }
    assert_int_equal(retry_pause_ms(UINT32_MAX, &a, 30000), 30000);
    a.retry_after_ms = 7000;
    assert_int_equal(retry_pause_ms(1, &a, 12345), 7000);
}

static void retries_end_with_their_time_the_deadline_or_the_signature(void **state)
{
    (void)state;
    struct retry r = {.built_at = 1000, .first_at = 1000, .retry_for_ms = 60000};
    assert_true(retry_has_time(&r, 2000, 1000));
    assert_true(retry_has_time(&r, 60000, 1000));
    assert_false(retry_has_time(&r, 60000, 1001));
    assert_false(retry_has_time(&r, 2000, INT64_MAX));
    r.give_up_at = 5000;
    assert_true(retry_has_time(&r, 2000, 2899));
    assert_false(retry_has_time(&r, 2000, 2900)); /* no room for an answer */
    r = (struct retry){.built_at = 1000, .first_at = 200000, .retry_for_ms = 600000};
    assert_true(retry_has_time(&r, 300000, 999));
    assert_false(retry_has_time(&r, 300000, 1000)); /* five minutes old */
    r.retry_for_ms = -1;
    assert_false(retry_has_time(&r, 200000, 0));
}

/* --- Retry-After --- */

static int64_t wait_for(const char *value, const char *date)
{
    return retry_after_parse(str_from(value), str_from(date),
                             784111777000); /* 1994-11-06 08:49:37 */
}

static void retry_after_is_read_in_both_forms(void **state)
{
    (void)state;
    assert_int_equal(wait_for("3", ""), 3000);
    assert_int_equal(wait_for(" 0 ", ""), 0);
    assert_int_equal(wait_for("99999999999999999999", ""), RETRY_AFTER_MAX_MS);
    assert_int_equal(wait_for("Sun, 06 Nov 1994 08:49:47 GMT", ""), 10000);
    assert_int_equal(wait_for("Sunday, 06-Nov-94 08:49:47 GMT", ""), 10000);
    assert_int_equal(wait_for("Sun Nov  6 08:49:47 1994", ""), 10000);
    assert_int_equal(wait_for("Mon Nov 14 08:49:37 1994", ""), 8 * 86400 * 1000);
    assert_int_equal(wait_for("Sun, 06 Nov 1994 08:49:27 GMT", ""), 0);
    /* The service's clock is an hour fast: what counts is the difference. */
    assert_int_equal(
        wait_for("Sun, 06 Nov 1994 09:49:47 GMT", "Sun, 06 Nov 1994 09:49:37 GMT"),
        10000);
}

static void what_is_no_retry_after_counts_as_absent(void **state)
{
    (void)state;
    static const char *const WRONG[] = {"",
                                        " ",
                                        "-1",
                                        "+1",
                                        "1.5",
                                        "3 s",
                                        "soon",
                                        "Sun",
                                        "Sun,",
                                        "Sun, 06 Nov 1994 08:49:37",
                                        "Sun, 06 Nov 1994 08:49:37 GMT+1",
                                        "Sun, 06 Nov 1994 08:49:37 UTC",
                                        "Sun, 32 Nov 1994 08:49:37 GMT",
                                        "Sun, 31 Nov 1994 08:49:37 GMT",
                                        "Sun, 29 Feb 1995 08:49:37 GMT",
                                        "Sun, 06 Nov 1994 24:49:37 GMT",
                                        "Sun, 06 Nov 1969 08:49:37 GMT",
                                        "Sun, 06 Foo 1994 08:49:37 GMT",
                                        "Sun Nov 6 08:49:37 1994",
                                        "Sunday, 06-Nov-1994 08:49:37 GMT"};
    for (size_t i = 0; i < sizeof(WRONG) / sizeof(WRONG[0]); i++)
        assert_int_equal(wait_for(WRONG[i], ""), -1);
}

static void dates_agree_with_the_calendar(void **state)
{
    (void)state;
    assert_int_equal(http_date_parse(STR("Thu, 01 Jan 1970 00:00:00 GMT")), 0);
    assert_int_equal(http_date_parse(STR("Tue, 29 Feb 2000 12:00:00 GMT")), 951825600);
    assert_int_equal(http_date_parse(STR("Fri, 20 Nov 2026 16:33:31 GMT")), 1795192411);
    assert_int_equal(http_date_parse(STR("Fri, 31 Dec 9999 23:59:59 GMT")), 253402300799);
    assert_int_equal(http_date_parse((struct berth_str){0}), -1);
}

/* --- origins --- */

static int check_origin(const char *url)
{
    static const char *const OWN[] = {"https://dps1.example", "https://LOCALHOST:8443/",
                                      "https://[::1]:9"};
    struct origins o = {0};
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(origins_add(&o, str_from(OWN[i]), NULL), 0);
    int r = origins_check(&o, str_from(url), NULL);
    origins_release(&o);
    return r;
}

static void urls_of_the_connections_origins_are_accepted(void **state)
{
    (void)state;
    static const char *const GOOD[] = {
        "https://dps1.example",
        "https://dps1.example/",
        "https://dps1.example:443/a?b",
        "HTTPS://Dps1.Example/%2F..",
        "https://dps1.example?x=y",
        "https://localhost:8443/a@b:c",
        "https://[::1]:9/",
    };
    for (size_t i = 0; i < sizeof(GOOD) / sizeof(GOOD[0]); i++)
        assert_int_equal(check_origin(GOOD[i]), 0);
}

static void all_other_urls_are_refused(void **state)
{
    (void)state;
    static const char *const BAD[] = {
        "",
        "https://",
        "https:///dps1.example",
        "http://dps1.example/",
        "//dps1.example/",
        "https:/dps1.example/",
        "https://dps1.example:444/",
        "https://dps1.example:0443/",
        "https://dps1.example:/",
        "https://dps1.example:65979/",
        "https://dps1.example:4430000/",
        "https://dps1.example./",
        "https://dps1.example.evil/",
        "https://dps1.example@evil/",
        "https://user@dps1.example/",
        "https://evil#@dps1.example/",
        "https://evil\\@dps1.example/",
        "https://dps1.example\\.evil/",
        "https://dps1.example/#fragment",
        "https://dps1.example/a b",
        "https://dps1.example/\n",
        "https://dps1.example/\xC3\xA9",
        "https://dps1%2eexample/",
        " https://dps1.example/",
        "https://[::1]/",
        "https://[::1:9/",
        "https://[]:9/",
    };
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++) {
        if (check_origin(BAD[i]) != BERTH_E_INTERNAL)
            print_message("%s\n", BAD[i]);
        assert_int_equal(check_origin(BAD[i]), BERTH_E_INTERNAL);
    }
}

/* --- masks --- */

struct mask_case {
    const char *in;
    const char *out;
    bool whole;
};

static void secrets_are_masked_however_they_are_written(void **state)
{
    (void)state;
    static const struct mask_case CASES[] = {
        {"{\"key\":\"s\",\"a\":1}", "{\"key\":\"***\",\"a\":1}", true},
        {"{ \"a\" : [ { \"KEY\" : \"s\" } ] }", "{\"a\":[{\"KEY\":\"***\"}]}", true},
        {"{\"k\\u0065y\":\"s\"}", "{\"k\\u0065y\":\"***\"}", true},
        {"{\"k\\u0045\\u0079\":\"s\"}", "{\"k\\u0045\\u0079\":\"***\"}", true},
        {"{\"key\":{\"x\":[\"s\",1]},\"b\":2}", "{\"key\":\"***\",\"b\":2}", true},
        {"{\"key\":null}", "{\"key\":null}", true},
        {"{\"key\": \"\" }", "{\"key\":\"\"}", true},
        {"{\"key\":nulls}", "{\"key\":\"***\"}", true},
        {"{\"key\":\"\"s}", "{\"key\":\"***\"", false},
        {"{\"key\":\"s", "{\"key\":\"***\"", false},
        {"{\"key\":\"a\\\"b\",\"c\":2}", "{\"key\":\"***\",\"c\":2}", true},
        {"{\"a\":\"key\",\"b\":\"key\"}", "{\"a\":\"key\",\"b\":\"key\"}", true},
        {"[\"key\",\"s\"]", "[\"key\",\"s\"]", true},
        {"<html>key=s</html>", "", false},
        {"{\"a\":1} {\"key\":\"s\"}", "{\"a\":1}", false},
        {"{\"a\":\"\\x\"}", "{\"a\":", false},
        {"\"text\"", "\"text\"", true},
        {"", "", true},
    };
    json_t *names = json_pack("{s:b}", "key", 1);
    for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
        struct text out;
        text_init(&out, 10000);
        bool whole = mask_json(&out, str_from(CASES[i].in), names, 1000);
        assert_string_equal(out.data ? out.data : "", CASES[i].out);
        assert_int_equal(whole, CASES[i].whole);
        text_release(&out);
    }
    json_decref(names);
}

static void what_is_long_or_deep_is_cut(void **state)
{
    (void)state;
    json_t *names = json_object();
    struct text out;
    char deep[2000];
    text_init(&out, 10000);
    assert_false(mask_json(&out, STR("[\"0123456789\"]"), names, 6));
    assert_string_equal(out.data, "[\"0123");
    text_reset(&out);
    memset(deep, '[', sizeof(deep));
    assert_false(mask_json(&out, (struct berth_str){deep, sizeof(deep)}, names, 10000));
    assert_true(out.len < 300);
    text_release(&out);
    json_decref(names);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_window_holds_more_arrivals_than_the_quota),
        cmocka_unit_test(the_quota_is_used_to_within_five_percent),
        cmocka_unit_test(a_pause_lets_one_through_at_a_time_until_one_passes),
        cmocka_unit_test(a_quota_that_is_too_large_is_refused),
        cmocka_unit_test(the_retry_policy_is_this_table),
        cmocka_unit_test(pauses_grow_at_random_up_to_half_a_minute),
        cmocka_unit_test(retries_end_with_their_time_the_deadline_or_the_signature),
        cmocka_unit_test(retry_after_is_read_in_both_forms),
        cmocka_unit_test(what_is_no_retry_after_counts_as_absent),
        cmocka_unit_test(dates_agree_with_the_calendar),
        cmocka_unit_test(urls_of_the_connections_origins_are_accepted),
        cmocka_unit_test(all_other_urls_are_refused),
        cmocka_unit_test(secrets_are_masked_however_they_are_written),
        cmocka_unit_test(what_is_long_or_deep_is_cut),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("http policy", tests, NULL, NULL);
}
