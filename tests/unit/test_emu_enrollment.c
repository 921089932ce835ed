/* Enrollments and groups through emu_handle(): what is stored, shown and refused. */
#include "tests/unit/emu_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emulator/enrollment.h"

#define V "?api-version=2021-10-01"
#define SYMMETRIC "\"attestation\":{\"type\":\"symmetricKey\"}"

/* PUT /enrollments/x with this body. */
static int put(struct fixture *f, const char *body)
{
    return fixture_send(f, "PUT", "/enrollments/x" V, body);
}

static void keys_are_made_and_shown_once(void **state)
{
    struct fixture *f = *state;
    char *primary;

    assert_int_equal(put(f, "{\"registrationId\":\"x\"," SYMMETRIC "}"), 200);
    assert_string_equal(f->answer.request_id[8] == '-' ? "guid" : "", "guid");
    primary = strdup(fixture_string(f, "attestation.symmetricKey.primaryKey"));
    assert_int_equal(strlen(primary), 88);
    assert_string_not_equal(primary,
                            fixture_string(f, "attestation.symmetricKey.secondaryKey"));
    assert_int_equal(fixture_send(f, "GET", "/enrollments/x" V, NULL), 200);
    assert_string_equal(fixture_string(f, "attestation.type"), "symmetricKey");
    assert_string_equal(fixture_string(f, "attestation.symmetricKey.primaryKey"), "");
    assert_int_equal(
        fixture_send(f, "POST", "/enrollments/x/attestationmechanism" V, NULL), 200);
    assert_string_equal(fixture_string(f, "symmetricKey.primaryKey"), primary);
    free(primary);
}

static void update_without_keys_makes_new_ones(void **state)
{
    struct fixture *f = *state;
    static const struct ask ANY = {.if_match = "*"};
    char *primary;

    assert_int_equal(put(f, "{\"registrationId\":\"x\"," SYMMETRIC "}"), 200);
    primary = strdup(fixture_string(f, "attestation.symmetricKey.primaryKey"));
    assert_int_equal(fixture_ask(f, "PUT", "/enrollments/x" V,
                                 "{\"registrationId\":\"x\"," SYMMETRIC "}", &ANY),
                     200);
    assert_string_not_equal(fixture_string(f, "attestation.symmetricKey.primaryKey"),
                            primary);
    free(primary);
}

static void given_keys_are_kept_and_checked(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(put(f, "{\"registrationId\":\"x\",\"attestation\":{\"type\":"
                            "\"symmetricKey\",\"symmetricKey\":{\"primaryKey\":"
                            "\"AAAAAAAAAAAAAAAAAAAAAA==\",\"secondaryKey\":\"\"}}}"),
                     200);
    assert_string_equal(fixture_string(f, "attestation.symmetricKey.primaryKey"),
                        "AAAAAAAAAAAAAAAAAAAAAA==");
    assert_int_equal(put(f, "{\"registrationId\":\"x\",\"attestation\":{\"type\":"
                            "\"symmetricKey\",\"symmetricKey\":{\"primaryKey\":"
                            "\"AAAA\"}}}"),
                     400);
    assert_null(strstr(text_str(&f->answer.body), "AAAA"));
}

static void etags_guard_updates(void **state)
{
    struct fixture *f = *state;
    static const char BODY[] = "{\"registrationId\":\"X\"," SYMMETRIC "}";
    struct ask ask = {0};
    char etag[ETAG_SIZE], bare[ETAG_SIZE];

    assert_int_equal(put(f, BODY), 200);
    assert_int_equal(put(f, BODY), 409);
    assert_int_equal(fixture_number(f, "errorCode"), 409201);
    assert_int_equal(fixture_send(f, "GET", "/enrollments/x" V, NULL), 200);
    (void)snprintf(etag, sizeof etag, "%s", fixture_string(f, "etag"));
    assert_int_equal(etag[0], '"');
    (void)snprintf(bare, sizeof bare, "%.*s", (int)strlen(etag) - 2, etag + 1);
    ask.if_match = "\"old\"";
    assert_int_equal(fixture_ask(f, "PUT", "/enrollments/x" V, BODY, &ask), 412);
    ask.if_match = bare;
    assert_int_equal(fixture_ask(f, "PUT", "/enrollments/x" V, BODY, &ask), 200);
    assert_string_not_equal(fixture_string(f, "etag"), etag);
    ask.if_match = etag;
    assert_int_equal(fixture_ask(f, "DELETE", "/enrollments/x" V, NULL, &ask), 412);
    ask.if_match = "\"*\"";
    assert_int_equal(fixture_ask(f, "PUT", "/enrollments/x" V, BODY, &ask), 200);
    assert_int_equal(fixture_ask(f, "DELETE", "/enrollments/x" V, NULL, &ask), 204);
    assert_int_equal(fixture_ask(f, "PUT", "/enrollments/x" V, BODY, &ask), 404);
}

static void etags_match_with_and_without_quotes(void **state)
{
    (void)state;
    assert_true(etag_matches("\"a\"", "\"a\""));
    assert_true(etag_matches("a", "\"a\""));
    assert_true(etag_matches("\"a\"", "a"));
    assert_true(etag_matches("*", "\"a\""));
    assert_true(etag_matches("\"*\"", "\"a\""));
    assert_false(etag_matches("\"\"a\"\"", "\"a\""));
    assert_false(etag_matches("\"a", "\"a\""));
    assert_false(etag_matches("", "\"a\""));
    assert_false(etag_matches("A", "\"a\""));
}

struct spelling {
    const char *member, *first_path, *first, *path, *second;
};

static const struct spelling SPELLINGS[] = {
    {"registrationId", "/enrollments/Dev%3A1" V, "Dev:1", "/enrollments/DEV:1" V,
     "dEV:1"},
    /* the id is a part of its member's name */
    {"enrollmentGroupId", "/enrollmentGroups/GROUP" V, "GROUP",
     "/enrollmentGroups/Group" V, "Group"},
};

static void first_spelling_of_an_id_stays(void **state)
{
    struct fixture *f = *state;
    static const struct ask ANY = {.if_match = "*"};
    char body[256];
    size_t i;

    for (i = 0; i < sizeof SPELLINGS / sizeof *SPELLINGS; i++) {
        const struct spelling *s = &SPELLINGS[i];

        (void)snprintf(body, sizeof body, "{\"%s\":\"%s\"," SYMMETRIC "}", s->member,
                       s->first);
        assert_int_equal(fixture_send(f, "PUT", s->first_path, body), 200);
        (void)snprintf(body, sizeof body, "{\"%s\":\"%s\"," SYMMETRIC "}", s->member,
                       s->second);
        assert_int_equal(fixture_ask(f, "PUT", s->path, body, &ANY), 200);
        assert_string_equal(fixture_string(f, s->member), s->first);
    }
    assert_int_equal(f->emu.store.enrollments[KIND_ENROLLMENT].count, 1);
}

static void bad_bodies_are_refused(void **state)
{
    struct fixture *f = *state;
    static const char *const BAD[] = {
        "",
        "[]",
        "{",
        "{\"registrationId\":\"x\"}",
        "{" SYMMETRIC "}",
        "{\"registrationId\":7," SYMMETRIC "}",
        "{\"registrationId\":\"y\"," SYMMETRIC "}",
        "{\"registrationId\":\"x\",\"attestation\":{}}",
        "{\"registrationId\":\"x\",\"attestation\":{\"type\":\"none\"}}",
        "{\"registrationId\":\"x\",\"attestation\":{\"type\":\"tpm\"}}",
        "{\"registrationId\":\"x\",\"attestation\":{\"type\":\"tpm\",\"tpm\":{"
        "\"endorsementKey\":\"no!\"}}}",
        "{\"registrationId\":\"x\",\"attestation\":{\"type\":\"x509\",\"x509\":{}}}",
        "{\"registrationId\":\"x\",\"attestation\":{\"type\":\"x509\",\"x509\":{"
        "\"clientCertificates\":{\"primary\":{\"certificate\":\"MIIB\"}}}}}",
        "{\"registrationId\":\"x\",\"attestation\":{\"type\":\"x509\",\"x509\":{"
        "\"clientCertificates\":{\"primary\":{\"info\":{}}}}}}",
        "{\"registrationId\":\"x\",\"attestation\":{\"type\":\"x509\",\"x509\":{"
        "\"signingCertificates\":{\"primary\":{}}}}}",
        "{\"registrationId\":\"x\"," SYMMETRIC ",\"deviceId\":\"a b\"}",
        "{\"registrationId\":\"x\"," SYMMETRIC ",\"provisioningStatus\":\"on\"}",
        "{\"registrationId\":\"x\"," SYMMETRIC ",\"allocationPolicy\":\"Hashed\"}",
        "{\"registrationId\":\"x\"," SYMMETRIC ",\"allocationPolicy\":\"custom\"}",
        "{\"registrationId\":\"x\"," SYMMETRIC ",\"iotHubs\":\"a\"}",
        "{\"registrationId\":\"x\"," SYMMETRIC ",\"iotHubs\":[\"a/b\"]}",
        "{\"registrationId\":\"x\"," SYMMETRIC ",\"capabilities\":{}}",
        "{\"registrationId\":\"x\"," SYMMETRIC
        ",\"reprovisionPolicy\":{\"updateHubAssignment\":true}}",
        "{\"registrationId\":\"x\"," SYMMETRIC ",\"initialTwin\":{\"tags\":[]}}",
        "{\"registrationId\":\"x\"," SYMMETRIC ",\"optionalDeviceInformation\":1}",
        "{\"registrationId\":\"x\"," SYMMETRIC ",\"iotHubHostName\":\"\"}",
    };
    size_t i;

    for (i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        assert_int_equal(put(f, BAD[i]), 400);
        assert_true(*fixture_string(f, "message"));
        assert_string_equal(fixture_string(f, "trackingId"), f->answer.request_id);
    }
    assert_int_equal(f->emu.store.enrollments[KIND_ENROLLMENT].count, 0);
}

static void members_come_back_as_given(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(
        put(f, "{\"registrationId\":\"x\"," SYMMETRIC ",\"deviceId\":\"D=1\","
               "\"etag\":\"mine\",\"createdDateTimeUtc\":\"1999\",\"other\":1,"
               "\"optionalDeviceInformation\":{\"n\":1.50},\"iotHubHostName\":null,"
               "\"allocationPolicy\":\"custom\",\"customAllocationDefinition\":{"
               "\"webhookUrl\":\"https://a.example/\",\"apiVersion\":\"2019\"},"
               "\"initial\\u0054win\":{ \"properties\":{\"desired\":{\"v\":0.10}}}}"),
        200);
    assert_string_equal(fixture_string(f, "deviceId"), "D=1");
    assert_string_not_equal(fixture_string(f, "etag"), "mine");
    assert_string_equal(fixture_string(f, "createdDateTimeUtc"),
                        "2026-11-20T15:37:36.1234560Z");
    assert_non_null(
        strstr(text_str(&f->answer.body),
               "\"initialTwin\":{\"properties\":{\"desired\":{\"v\":0.10}}}"));
    assert_non_null(
        strstr(text_str(&f->answer.body), "\"optionalDeviceInformation\":{\"n\":1.50}"));
    assert_string_equal(fixture_string(f, "customAllocationDefinition.apiVersion"),
                        "2019");
    assert_null(strstr(text_str(&f->answer.body), "iotHubHostName"));
    assert_null(strstr(text_str(&f->answer.body), "other"));
    assert_non_null(strstr(text_str(&f->answer.body), "\"updateHubAssignment\":true"));
}

static void old_api_version_means_no_reprovision_policy(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(fixture_send(f, "PUT", "/enrollments/x?api-version=2018-04-01",
                                  "{\"registrationId\":\"x\"," SYMMETRIC "}"),
                     200);
    assert_null(strstr(text_str(&f->answer.body), "reprovisionPolicy"));
}

static void groups_have_their_own_rules(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(fixture_send(f, "PUT", "/enrollmentgroups/G1" V,
                                  "{\"enrollmentGroupId\":\"G1\"," SYMMETRIC "}"),
                     200);
    assert_int_equal(fixture_send(f, "PUT", "/enrollmentGroups/G1" V,
                                  "{\"enrollmentGroupId\":\"G1\"," SYMMETRIC "}"),
                     409);
    assert_int_equal(fixture_number(f, "errorCode"), 409202);
    assert_int_equal(
        fixture_send(f, "PUT", "/enrollmentGroups/g2" V,
                     "{\"enrollmentGroupId\":\"g2\",\"attestation\":{\"type\":"
                     "\"tpm\",\"tpm\":{\"endorsementKey\":\"AAAA\"}}}"),
        400);
    assert_int_equal(
        fixture_send(f, "PUT", "/enrollmentGroups/g3" V,
                     "{\"enrollmentGroupId\":\"g3\",\"attestation\":{\"type\":\"x509\","
                     "\"x509\":{\"caReferences\":{\"primary\":\"my-ca\"}}}}"),
        200);
    assert_string_equal(fixture_string(f, "attestation.x509.caReferences.primary"),
                        "my-ca");
    assert_int_equal(fixture_send(f, "GET", "/enrollmentGroups/none" V, NULL), 404);
    assert_int_equal(fixture_number(f, "errorCode"), 404202);
}

/* Which members of x509 may be given is found before the certificates are read. */
static void x509_names_one_kind_of_certificate(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *target, *id, *x509;
        bool named;
    } CASES[] = {
        {"/enrollments/x" V, "registrationId", "\"clientCertificates\":{}", true},
        {"/enrollments/x" V, "registrationId", "\"signingCertificates\":{}", true},
        {"/enrollments/x" V, "registrationId",
         "\"clientCertificates\":{},\"signingCertificates\":{}", false},
        {"/enrollments/x" V, "registrationId",
         "\"clientCertificates\":{},\"caReferences\":{}", false},
        {"/enrollmentGroups/x" V, "enrollmentGroupId", "\"signingCertificates\":{}",
         true},
        {"/enrollmentGroups/x" V, "enrollmentGroupId", "\"clientCertificates\":{}",
         false},
        {"/enrollmentGroups/x" V, "enrollmentGroupId", "", false},
    };
    char body[300];
    size_t i;

    for (i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        (void)snprintf(body, sizeof body,
                       "{\"%s\":\"x\",\"attestation\":{\"type\":\"x509\",\"x509\":{%s}}}",
                       CASES[i].id, CASES[i].x509);
        assert_int_equal(fixture_send(f, "PUT", CASES[i].target, body), 400);
        assert_int_equal(strstr(fixture_string(f, "info.reason"), "is missing") != NULL,
                         CASES[i].named);
    }
}

static void bulk_tells_the_outcome_of_each(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(put(f, "{\"registrationId\":\"x\"," SYMMETRIC "}"), 200);
    assert_int_equal(
        fixture_send(
            f, "POST", "/enrollments/" V,
            "{\"mode\":\"CREATE\",\"enrollments\":[{\"registrationId\":\"X\"," SYMMETRIC
            "},{\"registrationId\":\"n1\"," SYMMETRIC
            ",\"initialTwin\":{\"tags\":{\"a\":2.50}}},{\"attestation\":{}},"
            "{\"registrationId\":\"query\"," SYMMETRIC "}]}"),
        200);
    assert_non_null(strstr(text_str(&f->answer.body), "\"isSuccessful\":false"));
    assert_string_equal(fixture_string(f, "errors.0.registrationId"), "X");
    assert_int_equal(fixture_number(f, "errors.0.errorCode"), 409201);
    assert_int_equal(fixture_number(f, "errors.1.errorCode"), 400004);
    assert_string_equal(fixture_string(f, "errors.2.registrationId"), "query");
    assert_int_equal(fixture_send(f, "GET", "/enrollments/n1" V, NULL), 200);
    assert_non_null(strstr(text_str(&f->answer.body), "{\"a\":2.50}"));
    assert_int_equal(fixture_send(f, "POST", "/enrollments" V,
                                  "{\"mode\":\"updateIfMatchETag\",\"enrollments\":[{"
                                  "\"registrationId\":\"x\"," SYMMETRIC "}]}"),
                     200);
    assert_int_equal(fixture_number(f, "errors.0.errorCode"), 400004);
    assert_int_equal(fixture_send(f, "POST", "/enrollments" V,
                                  "{\"mode\":\"update\",\"enrollments\":[{"
                                  "\"registrationId\":\"z\"," SYMMETRIC "}]}"),
                     200);
    assert_int_equal(fixture_number(f, "errors.0.errorCode"), 404201);
}

static void bulk_as_a_whole_is_checked(void **state)
{
    struct fixture *f = *state;
    static const char *const BAD[] = {
        "[]",
        "{\"mode\":\"create\"}",
        "{\"mode\":\"create\",\"enrollments\":[]}",
        "{\"mode\":\"create\",\"enrollments\":[1]}",
        "{\"mode\":\"upsert\",\"enrollments\":[{}]}",
        "{\"mode\":\"create\",\"enrollmentGroups\":[{}]}",
        "{\"mode\":\"create\",\"enrollments\":[{},{},{},{},{},{},{},{},{},{},{}]}",
    };
    size_t i;

    for (i = 0; i < sizeof BAD / sizeof *BAD; i++)
        assert_int_equal(fixture_send(f, "POST", "/enrollments" V, BAD[i]), 400);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_TEST(keys_are_made_and_shown_once),
        IN_TEST(update_without_keys_makes_new_ones),
        IN_TEST(given_keys_are_kept_and_checked),
        IN_TEST(etags_guard_updates),
        IN_TEST(etags_match_with_and_without_quotes),
        IN_TEST(first_spelling_of_an_id_stays),
        IN_TEST(bad_bodies_are_refused),
        IN_TEST(members_come_back_as_given),
        IN_TEST(old_api_version_means_no_reprovision_policy),
        IN_TEST(groups_have_their_own_rules),
        IN_TEST(x509_names_one_kind_of_certificate),
        IN_TEST(bulk_tells_the_outcome_of_each),
        IN_TEST(bulk_as_a_whole_is_checked),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
