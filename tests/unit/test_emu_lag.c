/* Faults that reach beyond one answer: lagging reads, stale etags, another clock, another
 * content type; and devices that register on their own. */
#include "tests/unit/emu_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emulator/file.h"
#include "emulator/fleet.h"
#include "emulator/generate.h"
#include "emulator/moment.h"
#include "emulator/problem.h"

#define V "?api-version=2021-10-01"
#define QUERY "{\"query\":\"*\"}"
#define BODY(id, status)                                                                 \
    "{\"registrationId\":\"" id "\",\"attestation\":{\"type\":\"symmetricKey\"},"        \
    "\"provisioningStatus\":\"" status "\"}"

static int put(struct fixture *f, const char *body)
{
    struct ask any = {.if_match = "*"};
    int status = fixture_send(f, "PUT", "/enrollments/a" V, body);

    return status == 409 ? fixture_ask(f, "PUT", "/enrollments/a" V, body, &any) : status;
}

static size_t listed(struct fixture *f)
{
    assert_int_equal(fixture_send(f, "POST", "/enrollments/query" V, QUERY), 200);
    return json_array_size(f->json);
}

static void a_new_enrollment_shows_after_some_reads(void **state)
{
    struct fixture *f = *state;

    fixture_fault(f, "lagReads=3,method=PUT,count=1");
    assert_int_equal(put(f, BODY("a", "enabled")), 200);
    assert_int_equal(fixture_send(f, "GET", "/enrollments/a" V, NULL), 404);
    assert_int_equal(listed(f), 0);
    assert_int_equal(fixture_send(f, "GET", "/enrollments/A" V, NULL), 404);
    assert_int_equal(fixture_send(f, "GET", "/enrollments/a" V, NULL), 200);
    assert_int_equal(listed(f), 1);
}

static void an_item_that_does_not_show_leaves_a_page_whole(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(generate_enrollments(&f->emu, 3), 0);
    fixture_fault(f, "lagMs=1000,method=PUT,count=1");
    assert_int_equal(put(f, BODY("a", "enabled")), 200); /* the first of the page */
    assert_int_equal(listed(f), 3);
    assert_string_equal(fixture_string(f, "0.registrationId"), "dev-000001");
}

static void a_change_shows_after_some_time(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(put(f, BODY("a", "enabled")), 200);
    fixture_fault(f, "lagMs=500,method=PUT,count=2"); /* the first is a conflict */
    assert_int_equal(put(f, BODY("a", "disabled")), 200);
    assert_int_equal(fixture_send(f, "GET", "/enrollments/a" V, NULL), 200);
    assert_string_equal(fixture_string(f, "provisioningStatus"), "enabled");
    assert_int_equal(listed(f), 1);
    assert_string_equal(fixture_string(f, "0.provisioningStatus"), "enabled");
    fixture_now_us += 499 * 1000;
    assert_int_equal(fixture_send(f, "GET", "/enrollments/a" V, NULL), 200);
    assert_string_equal(fixture_string(f, "provisioningStatus"), "enabled");
    fixture_now_us += 1000;
    assert_int_equal(fixture_send(f, "GET", "/enrollments/a" V, NULL), 200);
    assert_string_equal(fixture_string(f, "provisioningStatus"), "disabled");
}

static void a_deleted_one_is_read_once_more(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(put(f, BODY("a", "enabled")), 200);
    fixture_fault(f, "lagReads=1,method=DELETE");
    assert_int_equal(fixture_send(f, "DELETE", "/enrollments/a" V, NULL), 204);
    assert_int_equal(fixture_send(f, "GET", "/enrollments/a" V, NULL), 200);
    assert_int_equal(fixture_send(f, "GET", "/enrollments/a" V, NULL), 404);
}

static void a_change_that_was_refused_does_not_lag(void **state)
{
    struct fixture *f = *state;

    fixture_fault(f, "lagMs=1000,count=2,method=PUT");
    fixture_fault(f, "lagMs=1000,count=1,method=DELETE");
    assert_int_equal(fixture_send(f, "PUT", "/enrollments/a" V, "{}"), 400);
    assert_int_equal(fixture_send(f, "DELETE", "/enrollments/a" V, NULL), 404);
    assert_int_equal(fixture_ask(f, "PUT", "/enrollments/a" V, BODY("a", "enabled"),
                                 &(struct ask){.if_match = "*"}),
                     404);
    assert_int_equal(put(f, BODY("a", "enabled")), 200);
    assert_int_equal(fixture_send(f, "GET", "/enrollments/a" V, NULL), 200);
}

static void a_reset_shows_at_once(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(put(f, BODY("a", "enabled")), 200);
    fixture_fault(f, "lagMs=1000,method=DELETE");
    assert_int_equal(fixture_send(f, "DELETE", "/enrollments/a" V, NULL), 204);
    assert_int_equal(fixture_admin(f, "POST", "reset", NULL), 204);
    assert_int_equal(fixture_send(f, "GET", "/enrollments/a" V, NULL), 404);
}

static void more_than_can_lag_is_an_error(void **state)
{
    struct fixture *f = *state;
    char target[80], body[200];
    int i, status = 200;

    fixture_fault(f, "lagMs=1000,method=PUT");
    for (i = 0; status == 200 && i <= LAG_MAX; i++) {
        (void)snprintf(target, sizeof target, "/enrollments/n-%d" V, i);
        (void)snprintf(body, sizeof body, "{\"registrationId\":\"n-%d\",%s", i,
                       "\"attestation\":{\"type\":\"symmetricKey\"}}");
        status = fixture_send(f, "PUT", target, body);
    }
    assert_int_equal(status, 500);
    assert_int_equal(i, LAG_MAX + 1);
}

static void a_stale_etag_is_refused_when_it_comes_back(void **state)
{
    struct fixture *f = *state;
    struct ask ask = {0};
    char etag[64];

    assert_int_equal(put(f, BODY("a", "enabled")), 200);
    fixture_fault(f, "staleEtag,method=GET,count=1");
    assert_int_equal(fixture_send(f, "GET", "/enrollments/a" V, NULL), 200);
    (void)snprintf(etag, sizeof etag, "%s", fixture_string(f, "etag"));
    ask.if_match = etag;
    assert_int_equal(
        fixture_ask(f, "PUT", "/enrollments/a" V, BODY("a", "disabled"), &ask), 412);
    assert_int_equal(fixture_send(f, "GET", "/enrollments/a" V, NULL), 200);
    (void)snprintf(etag, sizeof etag, "%s", fixture_string(f, "etag"));
    assert_int_equal(
        fixture_ask(f, "PUT", "/enrollments/a" V, BODY("a", "disabled"), &ask), 200);
}

static void the_etag_of_a_registration_goes_stale_too(void **state)
{
    struct fixture *f = *state;
    struct ask ask = {0};
    char etag[100];

    assert_int_equal(generate_groups(&f->emu, 1, 1), 0);
    fixture_fault(f, "staleEtag,count=1");
    assert_int_equal(
        fixture_send(f, "GET", "/registrations/group-001-dev-000001" V, NULL), 200);
    (void)snprintf(etag, sizeof etag, "%s", fixture_string(f, "etag"));
    ask.if_match = etag;
    assert_int_equal(
        fixture_ask(f, "DELETE", "/registrations/group-001-dev-000001" V, NULL, &ask),
        412);
    assert_int_equal(
        fixture_send(f, "GET", "/registrations/group-001-dev-000001" V, NULL), 200);
    assert_string_not_equal(fixture_string(f, "etag"), etag);
    assert_int_equal(strlen(fixture_string(f, "etag")), strlen(etag));
}

static void a_shifted_clock_lets_tokens_expire(void **state)
{
    struct fixture *f = *state;

    fixture_fault(f, "clockShift=7200,count=1");
    assert_int_equal(fixture_send(f, "GET", "/enrollments/a" V, NULL), 401);
    assert_int_equal(fixture_send(f, "GET", "/enrollments/a" V, NULL), 404);
    fixture_fault(f, "clockShift=-86400,count=1");
    assert_int_equal(put(f, BODY("a", "enabled")), 200);
    assert_string_equal(fixture_string(f, "createdDateTimeUtc"),
                        "2026-11-19T15:37:36.1234560Z");
}

static void the_content_type_is_another(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(put(f, BODY("a", "enabled")), 200);
    fixture_fault(f, "contentType=text/plain; charset=x");
    assert_int_equal(fixture_send(f, "GET", "/enrollments/a" V, NULL), 200);
    assert_string_equal(f->answer.content_type, "text/plain; charset=x");
    assert_string_equal(fixture_string(f, "registrationId"), "a");
}

static void tls_is_refused_to_connections_alone(void **state)
{
    struct fixture *f = *state;

    fixture_fault(f, "tls,skip=1,count=2");
    assert_int_equal(fixture_send(f, "GET", "/enrollments/a" V, NULL), 404);
    assert_false(faults_take_tls(&f->emu.faults));
    assert_true(faults_take_tls(&f->emu.faults));
    assert_true(faults_take_tls(&f->emu.faults));
    assert_false(faults_take_tls(&f->emu.faults));
}

static void rules_that_cannot_be_are_refused(void **state)
{
    static const char *const RULES[] = {
        "tls,method=GET", "tls,path=/x",       "clockShift=0",
        "clockShift=x",   "lagMs=-1",          "lagReads=many",
        "contentType=",   "staleEtag=perhaps", "contentType=a\tb\nc",
        "clockShift=--5",
    };
    struct fault_rule rule;
    struct problem p;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof RULES / sizeof *RULES; i++)
        assert_int_equal(fault_read(&rule, RULES[i], &p), -1);
}

static void rules_are_shown_as_they_were_given(void **state)
{
    struct fixture *f = *state;
    struct text t;

    fixture_fault(f, "tls");
    fixture_fault(f, "staleEtag,lagMs=5,lagReads=6,clockShift=-7,contentType=text/x");
    text_init(&t, 4096);
    faults_add_json(&f->emu.faults, &t);
    assert_non_null(strstr(text_str(&t), "\"tls\":true"));
    assert_non_null(strstr(text_str(&t), "\"staleEtag\":true,\"lagMs\":5,\"lagReads\":6,"
                                         "\"clockShift\":-7,\"contentType\":\"text/x\""));
    text_release(&t);
}

/* --- devices that register on their own --- */

static void a_fleet_registers_with_derived_keys(void **state)
{
    struct fixture *f = *state;
    const struct enrollment *group;
    char key[KEY_TEXT_SIZE];

    assert_int_equal(generate_group(&f->emu, "fleet"), 0);
    group = store_enrollment(&f->emu.store, KIND_GROUP, "fleet");
    (void)snprintf(key, sizeof key, "%s", enrollment_primary(group));
    assert_int_equal(generate_group(&f->emu, "fleet"), 0);
    assert_ptr_equal(store_enrollment(&f->emu.store, KIND_GROUP, "fleet"), group);
    assert_int_equal(fleet_register(&f->emu, key, 7), 202);
    assert_int_equal(fixture_send(f, "GET", "/registrations/fleet-000007" V, NULL), 200);
    assert_int_equal(fixture_send(f, "DELETE", "/enrollmentGroups/fleet" V, NULL), 204);
    fixture_now_us += 60 * MOMENT_SECOND;
    assert_int_equal(fleet_register(&f->emu, key, 7), 404);
}

static void a_device_of_the_fleet_stays_assigned_a_while(void **state)
{
    struct fixture *f = *state;
    char key[KEY_TEXT_SIZE];
    int i;

    assert_int_equal(generate_group(&f->emu, "fleet"), 0);
    (void)snprintf(
        key, sizeof key, "%s",
        enrollment_primary(store_enrollment(&f->emu.store, KIND_GROUP, "fleet")));
    f->emu.options.assign_after_ms = 500;
    assert_int_equal(fleet_register(&f->emu, key, 1), 202);
    for (i = 1; i < 10; i++) {
        fixture_now_us += MOMENT_SECOND / 10;
        assert_int_equal(fleet_register(&f->emu, key, 1), 0);
        assert_int_equal(fixture_send(f, "GET", "/registrations/fleet-000001" V, NULL),
                         200);
        assert_string_equal(fixture_string(f, "status"),
                            i < 5 ? "assigning" : "assigned");
    }
    fixture_now_us += MOMENT_SECOND / 10;
    assert_int_equal(fleet_register(&f->emu, key, 1), 202);
}

static void a_fleet_stops_when_it_is_told(void **state)
{
    struct fixture *f = *state;
    struct failure failure;
    struct fleet *fleet;

    assert_int_equal(fleet_start(&f->emu, 2, 0.001, &fleet, &failure), 0);
    fleet_stop(fleet); /* the next registration would be in a quarter of an hour */
    fleet_stop(NULL);
    assert_int_equal(f->emu.store.enrollments[KIND_GROUP].count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_TEST(a_new_enrollment_shows_after_some_reads),
        IN_TEST(an_item_that_does_not_show_leaves_a_page_whole),
        IN_TEST(a_change_shows_after_some_time),
        IN_TEST(a_deleted_one_is_read_once_more),
        IN_TEST(a_change_that_was_refused_does_not_lag),
        IN_TEST(a_reset_shows_at_once),
        IN_TEST(more_than_can_lag_is_an_error),
        IN_TEST(a_stale_etag_is_refused_when_it_comes_back),
        IN_TEST(the_etag_of_a_registration_goes_stale_too),
        IN_TEST(a_shifted_clock_lets_tokens_expire),
        IN_TEST(the_content_type_is_another),
        IN_TEST(tls_is_refused_to_connections_alone),
        IN_TEST(rules_that_cannot_be_are_refused),
        IN_TEST(rules_are_shown_as_they_were_given),
        IN_TEST(a_fleet_registers_with_derived_keys),
        IN_TEST(a_device_of_the_fleet_stays_assigned_a_while),
        IN_TEST(a_fleet_stops_when_it_is_told),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
