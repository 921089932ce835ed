/* Devices through emu_handle(): registering, allocation, reprovisioning, records. */
#include "tests/unit/emu_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emulator/moment.h"
#include "emulator/sas.h"

#define V "?api-version=2021-10-01"
#define KEY "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
#define OTHER_KEY "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA="
#define ATTESTATION                                                                      \
    "\"attestation\":{\"type\":\"symmetricKey\",\"symmetricKey\":{\"primaryKey\":\"" KEY \
    "\"}}"

/* Store the enrollment dev-1 with KEY and these further members. */
static void enroll(struct fixture *f, const char *members)
{
    static const struct ask ANY = {.if_match = "*"};
    char body[1000];

    (void)snprintf(body, sizeof body, "{\"registrationId\":\"dev-1\"," ATTESTATION "%s}",
                   members);
    if (fixture_ask(f, "PUT", "/enrollments/dev-1" V, body, &ANY) == 404)
        assert_int_equal(fixture_send(f, "PUT", "/enrollments/dev-1" V, body), 200);
    assert_int_equal(f->answer.status, 200);
}

/* Register and wait for the outcome, which is then the answer. */
static int register_through(struct fixture *f, const char *id, const char *key)
{
    char path[300];

    (void)snprintf(path, sizeof path, "%s/register", id);
    if (fixture_device(f, "PUT", path, key) != 202)
        return f->answer.status;
    (void)snprintf(path, sizeof path, "%s/operations/%s", id,
                   fixture_string(f, "operationId"));
    fixture_now_us += MOMENT_SECOND;
    return fixture_device(f, "GET", path, key);
}

static void assigning_comes_first(void **state)
{
    struct fixture *f = *state;
    char operation[200];

    enroll(f, ",\"deviceId\":\"Pump\"");
    assert_int_equal(fixture_device(f, "PUT", "dev-1/register", KEY), 202);
    assert_string_equal(fixture_string(f, "status"), "assigning");
    assert_string_equal(fixture_header(f, "Retry-After"), "3");
    assert_non_null(
        strstr(fixture_header(f, "Location"), "/registrations/dev-1/register"));
    (void)snprintf(operation, sizeof operation, "dev-1/operations/%s",
                   fixture_string(f, "operationId"));
    assert_int_equal(strncmp(fixture_string(f, "operationId"), "5.", 2), 0);
    assert_int_equal(fixture_device(f, "GET", operation, KEY), 202);
    assert_true(*fixture_header(f, "Location"));
    assert_int_equal(fixture_send(f, "GET", "/registrations/dev-1" V, NULL), 200);
    assert_string_equal(fixture_string(f, "status"), "assigning");
    assert_string_equal(fixture_string(f, "assignedHub"), "");
    fixture_now_us += MOMENT_SECOND / 2;
    assert_int_equal(fixture_device(f, "GET", operation, KEY), 200);
    assert_string_equal(fixture_string(f, "status"), "assigned");
    assert_string_equal(fixture_string(f, "registrationState.deviceId"), "Pump");
    assert_string_equal(fixture_string(f, "registrationState.substatus"),
                        "initialAssignment");
    assert_int_equal(fixture_device(f, "POST", "dev-1", KEY), 200);
    assert_string_equal(fixture_string(f, "deviceId"), "Pump");
    assert_int_equal(fixture_device(f, "GET", "dev-1/operations/5.x", KEY), 404);
}

static void etag_of_a_record_changes_with_its_status(void **state)
{
    struct fixture *f = *state;
    char etag[100];
    struct ask ask = {.if_match = etag};

    enroll(f, "");
    assert_int_equal(fixture_device(f, "PUT", "dev-1/register", KEY), 202);
    assert_int_equal(fixture_send(f, "GET", "/registrations/dev-1" V, NULL), 200);
    (void)snprintf(etag, sizeof etag, "%s", fixture_string(f, "etag"));
    fixture_now_us += MOMENT_SECOND;
    assert_int_equal(fixture_send(f, "GET", "/registrations/DEV-1" V, NULL), 200);
    assert_string_not_equal(fixture_string(f, "etag"), etag);
    assert_int_equal(fixture_ask(f, "DELETE", "/registrations/dev-1" V, NULL, &ask), 412);
    (void)fixture_send(f, "GET", "/registrations/dev-1" V, NULL);
    (void)snprintf(etag, sizeof etag, "%s", fixture_string(f, "etag"));
    assert_int_equal(fixture_ask(f, "DELETE", "/registrations/dev-1" V, NULL, &ask), 204);
    assert_int_equal(fixture_send(f, "DELETE", "/registrations/dev-1" V, NULL), 404);
}

static void enrollment_shows_its_record(void **state)
{
    struct fixture *f = *state;

    enroll(f, "");
    assert_int_equal(register_through(f, "dev-1", KEY), 200);
    assert_int_equal(fixture_send(f, "GET", "/enrollments/dev-1" V, NULL), 200);
    assert_string_equal(fixture_string(f, "registrationState.status"), "assigned");
    assert_int_equal(fixture_send(f, "POST", "/enrollments/query" V, "{\"query\":\"*\"}"),
                     200);
    assert_null(strstr(text_str(&f->answer.body), "registrationState"));
    assert_int_equal(fixture_send(f, "DELETE", "/enrollments/dev-1" V, NULL), 204);
    assert_int_equal(fixture_send(f, "GET", "/registrations/dev-1" V, NULL), 404);
}

static void wrong_keys_are_refused(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(fixture_device(f, "PUT", "dev-1/register", KEY), 404);
    assert_int_equal(fixture_number(f, "errorCode"), 404201);
    enroll(f, "");
    assert_int_equal(fixture_device(f, "PUT", "dev-1/register", OTHER_KEY), 401);
    assert_int_equal(fixture_number(f, "errorCode"), 401002);
    assert_int_equal(fixture_send(f, "GET", "/registrations/dev-1" V, NULL), 404);
    assert_int_equal(fixture_device(f, "POST", "dev-1", KEY), 404);
}

static void other_scope_is_refused(void **state)
{
    struct fixture *f = *state;

    enroll(f, "");
    f->emu.keys.id_scope[4]++;
    assert_int_equal(fixture_send(f, "PUT", "/0ne0/registrations/dev-1/register" V, "{}"),
                     404);
}

static void attestation_of_other_kinds_is_named(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(fixture_send(f, "PUT", "/enrollments/t" V,
                                  "{\"registrationId\":\"t\",\"attestation\":{\"type\":"
                                  "\"tpm\",\"tpm\":{\"endorsementKey\":\"AAAA\"}}}"),
                     200);
    assert_int_equal(fixture_device(f, "PUT", "t/register", KEY), 401);
    assert_non_null(strstr(fixture_string(f, "info.reason"), "TPM"));
}

static void disabled_enrollment_is_answered_at_once(void **state)
{
    struct fixture *f = *state;

    enroll(f, ",\"provisioningStatus\":\"disabled\"");
    assert_int_equal(fixture_device(f, "PUT", "dev-1/register", KEY), 200);
    assert_string_equal(fixture_string(f, "status"), "disabled");
    assert_int_equal(fixture_send(f, "GET", "/registrations/dev-1" V, NULL), 200);
    assert_string_equal(fixture_string(f, "status"), "disabled");
}

static void hub_that_is_not_linked_fails(void **state)
{
    struct fixture *f = *state;

    enroll(f, ",\"iotHubs\":[\"far.example.net\"]");
    assert_int_equal(register_through(f, "dev-1", KEY), 200);
    assert_string_equal(fixture_string(f, "status"), "failed");
    assert_int_equal(fixture_number(f, "registrationState.errorCode"), 400208);
    assert_int_equal(fixture_send(f, "GET", "/registrations/dev-1" V, NULL), 200);
    assert_true(*fixture_string(f, "errorMessage"));
    enroll(f, ",\"allocationPolicy\":\"custom\",\"customAllocationDefinition\":{"
              "\"webhookUrl\":\"https://a.example\",\"apiVersion\":\"1\"}");
    assert_int_equal(register_through(f, "dev-1", KEY), 200);
    assert_int_equal(fixture_number(f, "registrationState.errorCode"), 400207);
}

static void static_policy_takes_the_first_hub(void **state)
{
    struct fixture *f = *state;

    enroll(f, ",\"allocationPolicy\":\"static\",\"iotHubs\":[\"far.example.net\","
              "\"HUB-two.azure-devices.net\",\"hub-one.azure-devices.net\"]");
    assert_int_equal(register_through(f, "dev-1", KEY), 200);
    assert_string_equal(fixture_string(f, "registrationState.assignedHub"),
                        "HUB-two.azure-devices.net");
    enroll(f, ",\"iotHubHostName\":\"hub-one.azure-devices.net\"");
    assert_int_equal(register_through(f, "dev-1", KEY), 200);
    assert_string_equal(fixture_string(f, "registrationState.assignedHub"),
                        "hub-one.azure-devices.net");
}

static void reprovisioning_follows_the_policy(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *hub, *update, *migrate, *wanted_hub, *substatus;
    } STEPS[] = {
        {"hub-one", "true", "true", "hub-one", "initialAssignment"},
        {"hub-one", "true", "true", "hub-one", "reprovisionedToInitialAssignment"},
        {"hub-two", "true", "true", "hub-two", "deviceDataMigrated"},
        {"hub-one", "true", "false", "hub-one", "deviceDataReset"},
        {"hub-two", "false", "false", "hub-one", "deviceDataReset"},
        {"none", "true", "true", "", ""},
        {"hub-two", "false", "false", "hub-two", "initialAssignment"},
    };
    char members[300], created[40] = "";
    size_t i;

    for (i = 0; i < sizeof STEPS / sizeof *STEPS; i++) {
        (void)snprintf(members, sizeof members,
                       ",\"iotHubs\":[\"%s.azure-devices.net\"],\"reprovisionPolicy\":{"
                       "\"updateHubAssignment\":%s,\"migrateDeviceData\":%s}",
                       STEPS[i].hub, STEPS[i].update, STEPS[i].migrate);
        enroll(f, members);
        assert_int_equal(register_through(f, "dev-1", KEY), 200);
        assert_int_equal(strncmp(fixture_string(f, "registrationState.assignedHub"),
                                 STEPS[i].wanted_hub, strlen(STEPS[i].wanted_hub)),
                         0);
        assert_string_equal(fixture_string(f, "registrationState.substatus"),
                            STEPS[i].substatus);
        if (i == 0)
            (void)snprintf(created, sizeof created, "%s",
                           fixture_string(f, "registrationState.createdDateTimeUtc"));
        assert_string_equal(fixture_string(f, "registrationState.createdDateTimeUtc"),
                            created);
    }
}

static void add_group(struct fixture *f, const char *id, const char *key)
{
    char target[100], body[400];

    (void)snprintf(target, sizeof target, "/enrollmentGroups/%s" V, id);
    (void)snprintf(body, sizeof body,
                   "{\"enrollmentGroupId\":\"%s\",\"attestation\":{\"type\":"
                   "\"symmetricKey\",\"symmetricKey\":{\"secondaryKey\":\"%s\"}}}",
                   id, key);
    assert_int_equal(fixture_send(f, "PUT", target, body), 200);
}

static void group_is_found_by_its_key(void **state)
{
    struct fixture *f = *state;
    char key[KEY_TEXT_SIZE];

    add_group(f, "Line-1", KEY);
    add_group(f, "Line-2", OTHER_KEY);
    assert_true(device_key_derive(OTHER_KEY, "Node", key));
    assert_int_equal(register_through(f, "Node", key), 200);
    assert_string_equal(fixture_string(f, "registrationState.deviceId"), "Node");
    assert_string_equal(
        fixture_string(f, "registrationState.symmetricKey.enrollmentGroupId"), "Line-2");
    assert_int_equal(fixture_send(f, "POST", "/registrations/line-2/query" V, NULL), 200);
    assert_string_equal(fixture_string(f, "0.registrationId"), "Node");
    assert_int_equal(fixture_device(f, "PUT", "node2/register", key), 401);
}

static void own_enrollment_goes_before_the_group(void **state)
{
    struct fixture *f = *state;
    char key[KEY_TEXT_SIZE];

    add_group(f, "line", OTHER_KEY);
    assert_true(device_key_derive(OTHER_KEY, "dev-1", key));
    enroll(f, ",\"provisioningStatus\":\"disabled\"");
    assert_int_equal(register_through(f, "dev-1", key), 401);
    assert_int_equal(register_through(f, "dev-1", KEY), 200);
    assert_string_equal(fixture_string(f, "status"), "disabled");
    assert_int_equal(fixture_send(f, "DELETE", "/enrollments/dev-1" V, NULL), 204);
    assert_int_equal(register_through(f, "dev-1", key), 200);
    assert_string_equal(fixture_string(f, "status"), "assigned");
    assert_int_equal(fixture_send(f, "DELETE", "/enrollmentGroups/line" V, NULL), 204);
    assert_int_equal(fixture_send(f, "GET", "/registrations/dev-1" V, NULL), 200);
    assert_int_equal(fixture_send(f, "POST", "/registrations/line/query" V, NULL), 200);
    assert_int_equal(json_array_size(f->json), 1);
    assert_int_equal(fixture_send(f, "DELETE", "/registrations/dev-1" V, NULL), 204);
    assert_int_equal(fixture_send(f, "POST", "/registrations/line/query" V, NULL), 200);
    assert_int_equal(json_array_size(f->json), 0);
}

static void record_moves_with_its_device(void **state)
{
    struct fixture *f = *state;
    char key[KEY_TEXT_SIZE];

    add_group(f, "line-a", KEY);
    assert_true(device_key_derive(KEY, "mover", key));
    assert_int_equal(register_through(f, "mover", key), 200);
    assert_int_equal(fixture_send(f, "DELETE", "/enrollmentGroups/line-a" V, NULL), 204);
    add_group(f, "line-b", KEY);
    assert_int_equal(register_through(f, "mover", key), 200);
    assert_int_equal(fixture_send(f, "POST", "/registrations/line-a/query" V, NULL), 200);
    assert_int_equal(json_array_size(f->json), 0);
    assert_int_equal(fixture_send(f, "POST", "/registrations/line-b/query" V, NULL), 200);
    assert_int_equal(json_array_size(f->json), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_TEST(assigning_comes_first),
        IN_TEST(etag_of_a_record_changes_with_its_status),
        IN_TEST(enrollment_shows_its_record),
        IN_TEST(wrong_keys_are_refused),
        IN_TEST(other_scope_is_refused),
        IN_TEST(attestation_of_other_kinds_is_named),
        IN_TEST(disabled_enrollment_is_answered_at_once),
        IN_TEST(hub_that_is_not_linked_fails),
        IN_TEST(static_policy_takes_the_first_hub),
        IN_TEST(reprovisioning_follows_the_policy),
        IN_TEST(group_is_found_by_its_key),
        IN_TEST(own_enrollment_goes_before_the_group),
        IN_TEST(record_moves_with_its_device),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
