/* Paging, tokens, rights, routes and quotas through emu_handle(). */
#include "tests/unit/emu_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emulator/generate.h"
#include "emulator/moment.h"
#include "emulator/sas.h"
#include "emulator/token.h"

#define V "?api-version=2021-10-01"
#define QUERY "{\"query\":\"*\"}"

/* Ask for a page; gives its number of items and leaves the next token in `token`. */
static size_t page(struct fixture *f, const char *target, char token[1000])
{
    struct ask ask = {.continuation = *token ? token : NULL, .max_item_count = "3"};

    assert_int_equal(fixture_ask(f, "POST", target, QUERY, &ask), 200);
    (void)snprintf(token, 1000, "%s", fixture_header(f, "x-ms-continuation"));
    return json_array_size(f->json);
}

static void pages_hold_all_once_in_order(void **state)
{
    struct fixture *f = *state;
    char token[1000] = "", wanted[40];
    size_t n, i, seen = 0;

    assert_int_equal(generate_enrollments(&f->emu, 10), 0);
    do {
        n = page(f, "/enrollments/query" V, token);
        for (i = 0; i < n; i++) {
            (void)snprintf(wanted, sizeof wanted, "dev-%06zu", ++seen);
            assert_string_equal(json_string_value(json_object_get(
                                    json_array_get(f->json, i), "registrationId")),
                                wanted);
        }
    } while (*token);
    assert_int_equal(seen, 10);
    assert_string_equal(fixture_header(f, "x-ms-item-type"), "Enrollment");
    assert_string_equal(fixture_header(f, "x-ms-max-item-count"), "3");
}

static void exact_multiple_has_no_empty_page(void **state)
{
    struct fixture *f = *state;
    char token[1000] = "";

    assert_int_equal(generate_enrollments(&f->emu, 6), 0);
    assert_int_equal(page(f, "/enrollments/query" V, token), 3);
    assert_int_equal(page(f, "/enrollments/query" V, token), 3);
    assert_string_equal(token, "");
}

static void changes_between_pages_skip_nothing(void **state)
{
    struct fixture *f = *state;
    char token[1000] = "";

    assert_int_equal(generate_enrollments(&f->emu, 6), 0);
    (void)page(f, "/enrollments/query" V, token);
    assert_int_equal(fixture_send(f, "DELETE", "/enrollments/dev-000001" V, NULL), 204);
    assert_int_equal(fixture_send(f, "DELETE", "/enrollments/dev-000003" V, NULL), 204);
    assert_int_equal(fixture_send(f, "PUT", "/enrollments/a" V,
                                  "{\"registrationId\":\"a\",\"attestation\":{\"type\":"
                                  "\"symmetricKey\"}}"),
                     200);
    assert_int_equal(page(f, "/enrollments/query" V, token), 3);
    assert_string_equal(fixture_string(f, "0.registrationId"), "dev-000004");
    assert_string_equal(token, "");
}

static void group_registrations_are_the_groups_own(void **state)
{
    struct fixture *f = *state;
    char token[1000] = "";

    assert_int_equal(generate_groups(&f->emu, 11, 4), 0);
    assert_int_equal(page(f, "/registrations/GROUP-001/query" V, token), 3);
    assert_int_equal(page(f, "/registrations/group-001/query" V, token), 1);
    assert_string_equal(token, "");
    assert_string_equal(fixture_string(f, "0.registrationId"), "group-001-dev-000004");
    assert_string_equal(fixture_header(f, "x-ms-item-type"), "DeviceRegistration");
    assert_int_equal(page(f, "/registrations/group-00/query" V, token), 0);
    assert_int_equal(fixture_send(f, "POST", "/registrations/group-002/query" V, NULL),
                     200);
    assert_int_equal(json_array_size(f->json), 4);
}

static void tokens_belong_to_their_query(void **state)
{
    struct fixture *f = *state;
    char token[1000] = "";
    struct ask ask = {.continuation = token};

    assert_int_equal(generate_enrollments(&f->emu, 6), 0);
    assert_int_equal(generate_groups(&f->emu, 1, 0), 0);
    (void)page(f, "/enrollments/query" V, token);
    assert_int_equal(fixture_ask(f, "POST", "/enrollments/query" V, QUERY, &ask), 200);
    assert_int_equal(
        fixture_ask(f, "POST", "/enrollments/query" V, "{\"query\":\"\"}", &ask), 400);
    assert_int_equal(fixture_number(f, "errorCode"), 400000);
    assert_int_equal(fixture_ask(f, "POST", "/enrollmentGroups/query" V, QUERY, &ask),
                     400);
    assert_int_equal(
        fixture_ask(f, "POST", "/registrations/group-001/query" V, QUERY, &ask), 400);
    token[5] = token[5] == 'A' ? 'B' : 'A';
    assert_int_equal(fixture_ask(f, "POST", "/enrollments/query" V, QUERY, &ask), 400);
    ask.continuation = "dG9rZW4x==+/";
    assert_int_equal(fixture_ask(f, "POST", "/enrollments/query" V, QUERY, &ask), 400);
}

static void tokens_open_only_whole(void **state)
{
    struct fixture *f = *state;
    char last[TOKEN_KEY_MAX + 1], key[TOKEN_KEY_MAX + 2];
    struct text t;

    text_init(&t, 1000);
    token_add(&t, f->emu.keys.token_key, "scope", "dev-1");
    assert_true(token_open(text_str(&t), f->emu.keys.token_key, "scope", last));
    assert_string_equal(last, "dev-1");
    assert_false(token_open(text_str(&t), f->emu.keys.token_key, "other", last));
    assert_false(token_open("", f->emu.keys.token_key, "scope", last));
    assert_false(token_open("AAAA", f->emu.keys.token_key, "scope", last));
    memset(key, 'a', sizeof key);
    key[TOKEN_KEY_MAX + 1] = '\0';
    text_release(&t);
    token_add(&t, f->emu.keys.token_key, "scope", key);
    assert_true(text_failed(&t));
    text_release(&t);
}

static void page_size_is_capped_and_checked(void **state)
{
    struct fixture *f = *state;
    static const char *const BAD[] = {"0", "-1", "x", "1x", " 1", "+1", ""};
    struct ask ask = {.max_item_count = "1000"};
    size_t i;

    assert_int_equal(generate_enrollments(&f->emu, 101), 0);
    assert_int_equal(fixture_ask(f, "POST", "/enrollments/query" V, QUERY, &ask), 200);
    assert_int_equal(json_array_size(f->json), 100);
    assert_string_equal(fixture_header(f, "x-ms-max-item-count"), "100");
    for (i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        ask.max_item_count = BAD[i];
        assert_int_equal(fixture_ask(f, "POST", "/enrollments/query" V, QUERY, &ask),
                         400);
    }
}

static void query_text_is_demanded(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(fixture_send(f, "POST", "/enrollments/query" V, NULL), 400);
    assert_int_equal(fixture_send(f, "POST", "/enrollments/query" V, "{}"), 400);
    assert_int_equal(fixture_send(f, "POST", "/enrollments/query" V, "{\"query\":1}"),
                     400);
    assert_int_equal(fixture_send(f, "POST", "/enrollments/query" V, "{\"query\":\"\"}"),
                     200);
    assert_string_equal(text_str(&f->answer.body), "[]");
}

static void each_operation_needs_its_right(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *method, *target, *body, *good, *bad;
    } CASES[] = {
        {"GET", "/enrollments/a" V, NULL, "enrollmentread", "enrollmentwrite"},
        {"POST", "/enrollments/query" V, QUERY, "triggers", "actions"},
        {"PUT", "/enrollments/a" V, "{}", "enrollmentwrite", "triggers"},
        {"DELETE", "/enrollments/a" V, NULL, "actions", "enrollmentread"},
        {"POST", "/enrollments" V, "{}", "enrollmentreadwrite", "serviceconfig"},
        {"POST", "/enrollments/a/attestationmechanism" V, NULL, "actions", "triggers"},
        {"GET", "/enrollmentGroups/a" V, NULL, "enrollmentread", "registrationread"},
        {"GET", "/registrations/a" V, NULL, "registrationread", "registrationwrite"},
        {"POST", "/registrations/a/query" V, NULL, "triggers", "enrollmentreadwrite"},
        {"DELETE", "/registrations/a" V, NULL, "registrationwrite", "registrationread"},
    };
    struct ask ask = {0};
    size_t i;

    for (i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        ask.policy = CASES[i].good;
        assert_int_not_equal(
            fixture_ask(f, CASES[i].method, CASES[i].target, CASES[i].body, &ask), 401);
        ask.policy = CASES[i].bad;
        assert_int_equal(
            fixture_ask(f, CASES[i].method, CASES[i].target, CASES[i].body, &ask), 401);
        assert_int_equal(fixture_number(f, "errorCode"), 401002);
    }
}

/* Ask with a token for `sr`, made by the owner at some moment. */
static int ask_signed(struct fixture *f, const char *sr, const char *skn,
                      int64_t offset_s)
{
    struct ask ask = {0};
    struct text t;
    int status;

    text_init(&t, 2000);
    sas_add(&t, sr, f->emu.keys.policies[0].secondary, skn,
            fixture_now_us / MOMENT_SECOND + offset_s);
    ask.authorization = text_str(&t);
    status = fixture_ask(f, "GET", "/enrollments/a" V, NULL, &ask);
    text_release(&t);
    return status;
}

static void tokens_are_checked_for_host_time_and_policy(void **state)
{
    struct fixture *f = *state;
    static const char OWNER[] = "ProvisioningServiceOwner";

    assert_int_equal(ask_signed(f, "dps.example.net", OWNER, 60), 404);
    assert_int_equal(ask_signed(f, "DPS.example.net%3a8443", OWNER, 60), 404);
    assert_int_equal(ask_signed(f, "dps.example.net%2Fenrollments%2f", OWNER, 60), 404);
    assert_int_equal(ask_signed(f, "localhost", OWNER, 60), 404);
    assert_int_equal(ask_signed(f, "dps.example.net", OWNER, -300), 404);
    assert_int_equal(ask_signed(f, "dps.example.net", OWNER, -301), 401);
    assert_int_equal(ask_signed(f, "dps.example.net%3a1", OWNER, 60), 401);
    assert_int_equal(ask_signed(f, "dps.example.net/enroll", OWNER, 60), 401);
    assert_int_equal(ask_signed(f, "dps.example", OWNER, 60), 401);
    assert_int_equal(ask_signed(f, "dps.example.net", "actions", 60), 401);
    assert_int_equal(ask_signed(f, "dps.example.net", "nobody", 60), 401);
}

static void routes_know_their_methods(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *method, *target;
        int status;
    } CASES[] = {
        {"GET", "/" V, 404},
        {"GET", "" V, 404},
        {"GET", "/enrollments" V, 405},
        {"PATCH", "/enrollments/a" V, 405},
        {"POST", "/enrollments/a" V, 405},
        {"GET", "/enrollments/query" V, 400},
        {"GET", "/enrollments//" V, 405},
        {"GET", "/registrations" V, 405},
        {"DELETE", "/registrations/" V, 405},
        {"POST", "/enrollments//attestationmechanism" V, 405},
        {"POST", "/registrations//query" V, 405},
        {"PUT", "/0ne00000000/registrations//register" V, 405},
        {"GET", "//enrollments/a" V, 404},
        {"GET", "/enrollments/a/b" V, 404},
        {"GET", "/ENROLLMENTS/a/" V, 404},
        {"GET", "/enrollments/%" V, 404},
        {"GET", "/enrollments/a%20b" V, 400},
        {"GET", "/enrollments/a", 400},
        {"GET", "/enrollments/a?api-version=", 400},
        {"GET", "/enrollments/a?x=1&API-version=2018-11-01", 404},
        {"GET", "/enrollments/a?api-version=2026-04-01", 400},
    };
    size_t i;

    for (i = 0; i < sizeof CASES / sizeof *CASES; i++)
        assert_int_equal(fixture_send(f, CASES[i].method, CASES[i].target, NULL),
                         CASES[i].status);
    (void)fixture_send(f, "GET", "/enrollments/a?api-version=2019-04-15", NULL);
    assert_int_equal(fixture_number(f, "errorCode"), 400004);
    assert_string_equal(fixture_string(f, "message"),
                        "Unsupported API version 2019-04-15.");
    (void)fixture_send(f, "PATCH", "/enrollments/a" V, NULL);
    assert_string_equal(fixture_header(f, "Allow"), "GET, PUT, DELETE");
}

static void content_type_is_checked(void **state)
{
    struct fixture *f = *state;
    struct ask ask = {.content_type = "text/plain"};

    assert_int_equal(fixture_ask(f, "PUT", "/enrollments/a" V, "{}", &ask), 415);
    ask.content_type = "application/jsonx";
    assert_int_equal(fixture_ask(f, "PUT", "/enrollments/a" V, "{}", &ask), 415);
    ask.content_type = "Application/JSON";
    assert_int_equal(fixture_ask(f, "PUT", "/enrollments/a" V, "{}", &ask), 400);
}

static void quota_answers_429_with_the_seconds_to_wait(void **state)
{
    struct fixture *f = *state;
    struct emu_options options = f->emu.options;

    options.quota_operations = 2;
    fixture_restart(f, &options);
    assert_int_equal(fixture_send(f, "GET", "/enrollments/a" V, NULL), 404);
    assert_int_equal(fixture_send(f, "GET", "/enrollments/a" V, NULL), 404);
    assert_int_equal(fixture_send(f, "GET", "/enrollments/a" V, NULL), 429);
    assert_string_equal(fixture_header(f, "Retry-After"), "60");
    assert_int_equal(f->answer.error_code, 429001);
    fixture_now_us += 60 * MOMENT_SECOND;
    assert_int_equal(fixture_send(f, "GET", "/enrollments/a" V, NULL), 404);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_TEST(pages_hold_all_once_in_order),
        IN_TEST(exact_multiple_has_no_empty_page),
        IN_TEST(changes_between_pages_skip_nothing),
        IN_TEST(group_registrations_are_the_groups_own),
        IN_TEST(tokens_belong_to_their_query),
        IN_TEST(tokens_open_only_whole),
        IN_TEST(page_size_is_capped_and_checked),
        IN_TEST(query_text_is_demanded),
        IN_TEST(each_operation_needs_its_right),
        IN_TEST(tokens_are_checked_for_host_time_and_policy),
        IN_TEST(routes_know_their_methods),
        IN_TEST(content_type_is_checked),
        IN_TEST(quota_answers_429_with_the_seconds_to_wait),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
