/* Faults, the journal and the emulator's own API through emu_handle(). */
#include "tests/unit/emu_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emulator/generate.h"
#include "emulator/moment.h"
#include "emulator/problem.h"

#define V "?api-version=2021-10-01"
#define QUERY "{\"query\":\"*\"}"

static void status_hits_what_matches(void **state)
{
    struct fixture *f = *state;

    fixture_fault(f, " status = 429 ,retryAfter=7, method=g?t,path=/enrollments/*\t");
    assert_int_equal(fixture_send(f, "GET", "/Enrollments/a" V, NULL), 429);
    assert_string_equal(fixture_header(f, "Retry-After"), "7");
    assert_int_equal(fixture_number(f, "errorCode"), 429001);
    assert_int_equal(fixture_send(f, "DELETE", "/enrollments/a" V, NULL), 404);
    assert_int_equal(fixture_send(f, "GET", "/registrations/a" V, NULL), 404);
}

static void skip_and_count_bound_it(void **state)
{
    static const int WANTED[] = {404, 404, 503, 503, 503, 404, 404};
    struct fixture *f = *state;
    size_t i;

    fixture_fault(f, "status=503,operation=IndividualEnrollment_Get,skip=2,count=3");
    for (i = 0; i < sizeof WANTED / sizeof *WANTED; i++)
        assert_int_equal(fixture_send(f, "GET", "/enrollments/a" V, NULL), WANTED[i]);
}

/* How often 200 requests are hit, as a pattern of bits over the first 32. */
static uint32_t hits(struct fixture *f, int *ret_count)
{
    uint32_t bits = 0;
    int i;

    *ret_count = 0;
    for (i = 0; i < 200; i++) {
        bool hit = fixture_send(f, "GET", "/enrollments/a" V, NULL) == 500;

        *ret_count += hit;
        if (i < 32)
            bits |= (uint32_t)hit << i;
    }
    return bits;
}

static void seed_repeats_the_lot(void **state)
{
    struct fixture *f = *state;
    uint32_t first, again, other;
    int count;

    fixture_fault(f, "status=500,probability=0.25,seed=7");
    first = hits(f, &count);
    assert_in_range(count, 25, 75);
    faults_clear(&f->emu.faults);
    fixture_fault(f, "status=500,probability=0.25,seed=7");
    again = hits(f, &count);
    faults_clear(&f->emu.faults);
    fixture_fault(f, "status=500,probability=0.25,seed=8");
    other = hits(f, &count);
    assert_int_equal(first, again);
    assert_int_not_equal(first, other);
}

static void after_does_it_first(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(generate_enrollments(&f->emu, 2), 0);
    fixture_fault(f, "status=500,method=DELETE,count=1");
    fixture_fault(f, "status=500,method=DELETE,count=1,after");
    assert_int_equal(fixture_send(f, "DELETE", "/enrollments/dev-000001" V, NULL), 500);
    assert_int_equal(fixture_send(f, "GET", "/enrollments/dev-000001" V, NULL), 200);
    assert_int_equal(fixture_send(f, "DELETE", "/enrollments/dev-000001" V, NULL), 500);
    assert_int_equal(fixture_send(f, "GET", "/enrollments/dev-000001" V, NULL), 404);
}

static void tokens_are_forgotten_or_repeated(void **state)
{
    struct fixture *f = *state;
    char token[1000];
    struct ask ask = {.max_item_count = "2"};

    assert_int_equal(generate_enrollments(&f->emu, 6), 0);
    fixture_fault(f, "token=forget,count=1");
    assert_int_equal(fixture_ask(f, "POST", "/enrollments/query" V, QUERY, &ask), 200);
    assert_string_equal(fixture_header(f, "x-ms-continuation"), "");
    fixture_fault(f, "token=repeat");
    assert_int_equal(fixture_ask(f, "POST", "/enrollments/query" V, QUERY, &ask), 200);
    (void)snprintf(token, sizeof token, "%s", fixture_header(f, "x-ms-continuation"));
    assert_true(*token);
    ask.continuation = token;
    assert_int_equal(fixture_ask(f, "POST", "/enrollments/query" V, QUERY, &ask), 200);
    assert_string_equal(fixture_header(f, "x-ms-continuation"), token);
    assert_string_equal(fixture_header(f, "x-ms-item-type"), "Enrollment");
}

static void empty_pages_lose_nothing(void **state)
{
    struct fixture *f = *state;
    char token[1000] = "";
    struct ask ask = {.max_item_count = "2"};
    size_t i, seen = 0;

    assert_int_equal(generate_enrollments(&f->emu, 5), 0);
    fixture_fault(f, "token=empty,count=2");
    for (i = 0; i < 2 || *token; i++) {
        ask.continuation = *token ? token : NULL;
        assert_int_equal(fixture_ask(f, "POST", "/enrollments/query" V, QUERY, &ask),
                         200);
        assert_string_equal(fixture_header(f, "x-ms-item-type"), "Enrollment");
        if (i < 2)
            assert_int_equal(json_array_size(f->json), 0);
        seen += json_array_size(f->json);
        assert_string_not_equal(fixture_header(f, "x-ms-continuation"), token);
        (void)snprintf(token, sizeof token, "%s", fixture_header(f, "x-ms-continuation"));
        assert_true(*token || i == 4);
    }
    assert_int_equal(seen, 5);
}

static void an_empty_page_of_a_group_goes_on(void **state)
{
    struct fixture *f = *state;
    char token[1000];
    struct ask ask = {.max_item_count = "2"};

    assert_int_equal(generate_groups(&f->emu, 1, 2), 0);
    fixture_fault(f, "token=empty,count=1");
    assert_int_equal(
        fixture_ask(f, "POST", "/registrations/group-001/query" V, NULL, &ask), 200);
    assert_int_equal(json_array_size(f->json), 0);
    (void)snprintf(token, sizeof token, "%s", fixture_header(f, "x-ms-continuation"));
    ask.continuation = token;
    assert_int_equal(
        fixture_ask(f, "POST", "/registrations/group-001/query" V, NULL, &ask), 200);
    assert_int_equal(json_array_size(f->json), 2);
    assert_string_equal(fixture_header(f, "x-ms-continuation"), "");
}

static void body_is_spoilt(void **state)
{
    struct emu_request request = {.method = "GET", .target = "/x", .host = "localhost"};
    struct emu_response answer;
    struct fixture *f = *state;

    fixture_fault(f, "malformed,count=1,delayMs=5,pauseMs=6,cut=3,reset");
    emu_handle(&f->emu, &request, &answer);
    assert_null(json_loadb(text_str(&answer.body), answer.body.len, 0, NULL));
    assert_int_equal(answer.delay_ms, 5);
    assert_int_equal(answer.pause_ms, 6);
    assert_int_equal(answer.cut, 3);
    assert_true(answer.reset);
    emu_response_release(&answer);
    fixture_fault(f, "html");
    emu_handle(&f->emu, &request, &answer);
    assert_string_equal(answer.content_type, "text/html");
    assert_non_null(strstr(text_str(&answer.body), "<html>"));
    assert_false(answer.reset);
    emu_response_release(&answer);
}

static void bad_rules_are_refused(void **state)
{
    static const char *const BAD[] = {
        "",
        "count=1",
        "status=200",
        "status=abc",
        "status=",
        "status=429,foo",
        "delayMs=-1",
        "probability=2,status=500",
        "seed=0,reset",
        "token=lose",
        "reset=maybe",
        "cut=x",
        "=1",
        "status=500,,",
        "delayMs=99999999",
    };
    struct fault_rule rule;
    struct problem p;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        assert_int_equal(fault_read(&rule, BAD[i], &p), -1);
        assert_non_null(strstr(p.detail, "fault"));
    }
}

static void own_api_wants_its_token(void **state)
{
    struct fixture *f = *state;
    char bearer[KEY_TEXT_SIZE + 8];
    struct ask wrong = {.authorization = bearer};

    assert_int_equal(fixture_send(f, "GET", "/_emulator/status", NULL), 401);
    assert_int_equal(fixture_admin(f, "GET", "status", NULL), 200);
    assert_int_equal(fixture_admin(f, "GET", "nothing", NULL), 404);
    assert_int_equal(fixture_admin(f, "PUT", "status", "{}"), 405);
    (void)snprintf(bearer, sizeof bearer, "Bearer %s", f->emu.keys.admin_token);
    bearer[strlen(bearer) - 2] ^= 1;
    assert_int_equal(fixture_ask(f, "GET", "/_emulator/status", NULL, &wrong), 401);
    fixture_fault(f, "status=500");
    assert_int_equal(fixture_admin(f, "GET", "status", NULL), 200);
}

static void faults_come_and_go_at_run_time(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(
        fixture_admin(f, "POST", "faults",
                      "{\"status\":503,\"path\":\"/enrollments/*\",\"count\":2,"
                      "\"after\":true,\"probability\":1.0}"),
        200);
    assert_int_equal(fixture_number(f, "id"), 1);
    assert_int_equal(fixture_send(f, "GET", "/enrollments/a" V, NULL), 503);
    assert_int_equal(fixture_admin(f, "GET", "faults", NULL), 200);
    assert_int_equal(fixture_number(f, "0.hit"), 1);
    assert_int_equal(fixture_number(f, "0.status"), 503);
    assert_int_equal(fixture_admin(f, "DELETE", "faults?id=9", NULL), 404);
    assert_int_equal(fixture_admin(f, "DELETE", "faults?id=0", NULL), 404);
    assert_int_equal(fixture_admin(f, "DELETE", "faults?id=4294967297", NULL), 404);
    assert_int_equal(fixture_admin(f, "DELETE", "faults?id=", NULL), 400);
    assert_int_equal(fixture_admin(f, "DELETE", "faults?id=one", NULL), 400);
    assert_int_equal(fixture_admin(f, "GET", "faults", NULL), 200);
    assert_int_equal(json_array_size(f->json), 1);
    assert_int_equal(fixture_admin(f, "DELETE", "faults?id=1", NULL), 204);
    assert_int_equal(fixture_send(f, "GET", "/enrollments/a" V, NULL), 404);
    assert_int_equal(fixture_admin(f, "POST", "faults", "{\"status\":[]}"), 400);
    assert_int_equal(fixture_admin(f, "POST", "faults", "[]"), 400);
    assert_int_equal(fixture_admin(f, "DELETE", "faults", NULL), 204);
}

static void probabilities_are_shown_as_they_were_given(void **state)
{
    struct fixture *f = *state;

    fixture_fault(f, "status=500,probability=0.1,seed=7");
    assert_int_equal(fixture_admin(f, "GET", "faults", NULL), 200);
    assert_non_null(strstr(text_str(&f->answer.body), "\"probability\":0.1,"));
}

/* The journal is a JSON object a line, so it is looked at as text. */
static void journal(struct fixture *f, const char *target, struct text *t)
{
    struct emu_request request = {.method = "GET", .target = target};
    char token[KEY_TEXT_SIZE + 8];
    struct emu_response answer;

    (void)snprintf(token, sizeof token, "Bearer %s", f->emu.keys.admin_token);
    request.authorization = token;
    emu_handle(&f->emu, &request, &answer);
    assert_int_equal(answer.status, 200);
    assert_string_equal(answer.content_type, "application/x-ndjson");
    text_init(t, 10000000);
    text_add(t, text_str(&answer.body));
    emu_response_release(&answer);
}

static void journal_tells_all_but_secrets(void **state)
{
    struct fixture *f = *state;
    struct text lines;

    assert_int_equal(fixture_send(f, "GET", "/enrollments/a" V, NULL), 404);
    assert_int_equal(fixture_send(f, "PUT", "/enrollments/b" V,
                                  "{\"registrationId\":\"b\",\"attestation\":{\"type\":"
                                  "\"symmetricKey\",\"symmetricKey\":{\"primaryKey\":"
                                  "\"AAAAAAAAAAAAAAAAAAAAAA==\"}}}"),
                     200);
    journal(f, "/_emulator/journal", &lines);
    assert_non_null(strstr(text_str(&lines), "\"operation\":\"IndividualEnrollment_Get\","
                                             "\"policy\":\"provisioningserviceowner\","
                                             "\"status\":404,\"errorCode\":404201"));
    assert_null(strstr(text_str(&lines), "AAAA"));
    assert_null(strstr(text_str(&lines), "sig="));
    text_release(&lines);
    journal(f, "/_emulator/journal?after=1", &lines);
    assert_int_equal(strncmp(text_str(&lines), "{\"number\":2,", 12), 0);
    text_release(&lines);
    journal(f, "/_emulator/journal?before=9&after=1", &lines);
    assert_int_equal(strncmp(text_str(&lines), "{\"number\":2,", 12), 0);
    text_release(&lines);
    journal(f, "/_emulator/journal?after=99999999999999999999", &lines);
    assert_int_equal(lines.len, 0);
    assert_int_equal(fixture_admin(f, "GET", "journal?after=x", NULL), 400);
    assert_int_equal(fixture_admin(f, "GET", "counters", NULL), 200);
    assert_int_equal(fixture_number(f, "requests"), 2);
    assert_int_equal(fixture_number(f, "operations.IndividualEnrollment_Get.refused"), 1);
    assert_int_equal(
        fixture_number(f, "operations.IndividualEnrollment_CreateOrUpdate.answered"), 1);
    assert_int_equal(fixture_admin(f, "DELETE", "journal", NULL), 204);
    journal(f, "/_emulator/journal", &lines);
    assert_int_equal(lines.len, 0);
    text_release(&lines);
}

static void journal_keeps_the_last(void **state)
{
    struct journal_entry entry = {.method = "GET", .status = 200};
    struct journal j;
    struct text lines;
    int i;

    (void)state;
    assert_int_equal(journal_init(&j), 0);
    for (i = 0; i < JOURNAL_SIZE + 5; i++)
        journal_add(&j, &entry);
    text_init(&lines, 100000000);
    journal_add_lines(&j, 0, &lines);
    assert_int_equal(strncmp(text_str(&lines), "{\"number\":6,", 12), 0);
    text_release(&lines);
    journal_add_lines(&j, JOURNAL_SIZE + 4, &lines);
    assert_int_equal(strncmp(text_str(&lines), "{\"number\":10005,", 16), 0);
    text_release(&lines);
    journal_release(&j);
}

static void journal_keeps_bodies_without_keys(void **state)
{
    static const char GROUP[] =
        "{\"enrollmentGroupId\":\"g\",\"attestation\":{\"type\":\"symmetricKey\","
        "\"symmetricKey\":{\"primaryKey\":\"MDEyMzQ1Njc4OWFiY2RlZg==\"}},"
        "\"PrimaryKey\":\"MDEyMzQ1Njc4OWFiY2RlZg==\"}";
    struct fixture *f = *state;
    struct text t;
    int i;

    f->emu.options.journal_bodies = true;
    assert_int_equal(fixture_send(f, "PUT", "/enrollmentGroups/g" V, GROUP), 200);
    assert_int_equal(fixture_send(f, "PUT", "/enrollments/x" V, "no JSON"), 400);
    text_init(&t, 1 << 20);
    journal(f, "/_emulator/journal", &t);
    assert_null(strstr(text_str(&t), "MDEyMzQ1Njc4OWFiY2RlZg=="));
    assert_non_null(strstr(text_str(&t), "\"request\":{\"enrollmentGroupId\":\"g\","
                                         "\"attestation\":{\"type\":\"symmetricKey\","
                                         "\"symmetricKey\":{\"primaryKey\":\"***\"}},"
                                         "\"PrimaryKey\":\"***\"}"));
    assert_non_null(strstr(text_str(&t), "\"secondaryKey\":\"***\""));
    assert_null(strstr(text_str(&t), "no JSON\""));
    assert_non_null(strstr(text_str(&t), "\"response\":{\"errorCode\":400004"));
    text_release(&t);
    for (i = 0; i < JOURNAL_BODIES; i++)
        (void)fixture_send(f, "GET", "/nothing", NULL);
    text_init(&t, 1 << 20);
    journal(f, "/_emulator/journal", &t);
    assert_null(strstr(text_str(&t), "secondaryKey"));
    text_release(&t);
}

static void clock_can_be_moved(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(fixture_admin(f, "PUT", "clock", "{\"offsetSeconds\":361}"), 200);
    assert_string_equal(fixture_string(f, "now"), "2026-11-20T15:43:37.1234560Z");
    assert_int_equal(fixture_send(f, "GET", "/enrollments/a" V, NULL), 401);
    assert_int_equal(fixture_admin(f, "PUT", "clock", "{\"offsetSeconds\":1e3}"), 400);
    assert_int_equal(fixture_admin(f, "PUT", "clock", "{\"offsetSeconds\":0}"), 200);
    assert_int_equal(fixture_send(f, "GET", "/enrollments/a" V, NULL), 404);
}

static void state_is_generated_and_forgotten(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(
        fixture_admin(f, "POST", "generate",
                      "{\"enrollments\":5,\"groups\":2,\"devicesPerGroup\":3}"),
        200);
    assert_int_equal(fixture_number(f, "enrollments"), 5);
    assert_int_equal(fixture_number(f, "enrollmentGroups"), 2);
    assert_int_equal(fixture_number(f, "registrations"), 6);
    assert_int_equal(fixture_admin(f, "POST", "generate", "{\"groups\":-1}"), 400);
    assert_int_equal(fixture_admin(f, "POST", "reset", NULL), 204);
    assert_int_equal(fixture_admin(f, "GET", "status", NULL), 200);
    assert_int_equal(fixture_number(f, "registrations"), 0);
    assert_int_equal(fixture_send(f, "GET", "/enrollments/dev-000001" V, NULL), 404);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_TEST(status_hits_what_matches),
        IN_TEST(skip_and_count_bound_it),
        IN_TEST(seed_repeats_the_lot),
        IN_TEST(after_does_it_first),
        IN_TEST(tokens_are_forgotten_or_repeated),
        IN_TEST(empty_pages_lose_nothing),
        IN_TEST(an_empty_page_of_a_group_goes_on),
        IN_TEST(body_is_spoilt),
        IN_TEST(bad_rules_are_refused),
        IN_TEST(own_api_wants_its_token),
        IN_TEST(faults_come_and_go_at_run_time),
        IN_TEST(probabilities_are_shown_as_they_were_given),
        IN_TEST(journal_tells_all_but_secrets),
        IN_TEST(journal_keeps_the_last),
        IN_TEST(journal_keeps_bodies_without_keys),
        IN_TEST(clock_can_be_moved),
        IN_TEST(state_is_generated_and_forgotten),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
