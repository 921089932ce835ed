/* Every request with each of its allocations failing in turn: the answer is the right one
 * or a 500, nothing leaks, and what is stored is whole. */
#include "tests/unit/emu_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "emulator/admin.h"
#include "emulator/file.h"
#include "emulator/generate.h"
#include "emulator/sas.h"
#include "emulator/state.h"
#include "tests/unit/lack.h"

#define V "?api-version=2021-10-01"
#define QUERY "{\"query\":\"*\"}"
#define SYMMETRIC "\"attestation\":{\"type\":\"symmetricKey\"}"

static const struct {
    const char *method;
    const char *target;
    const char *body;
    int status;
} CASES[] = {
    {"GET", "/enrollments/dev-000001" V, NULL, 200},
    {"GET", "/enrollments/none" V, NULL, 404},
    {"PUT", "/enrollments/n" V,
     "{\"registrationId\":\"n\"," SYMMETRIC
     ",\"deviceId\":\"d\",\"iotHubs\":[\"a.b\"],\"allocationPolicy\":\"static\","
     "\"initialTwin\":{\"tags\":{\"a\":1.0}}}",
     200},
    {"PUT", "/enrollmentGroups/n" V,
     "{\"enrollmentGroupId\":\"n\",\"attestation\":{\"type\":\"x509\",\"x509\":{"
     "\"caReferences\":{\"primary\":\"a\"}}}}",
     200},
    {"PUT", "/enrollments/t" V,
     "{\"registrationId\":\"t\",\"attestation\":{\"type\":\"tpm\",\"tpm\":{"
     "\"endorsementKey\":\"AAAA\",\"storageRootKey\":\"AAAA\"}}}",
     200},
    {"POST", "/enrollments/dev-000001/attestationmechanism" V, NULL, 200},
    {"POST", "/enrollments/query" V, QUERY, 200},
    {"POST", "/registrations/group-001/query" V, QUERY, 200},
    {"POST", "/enrollments" V,
     "{\"mode\":\"create\",\"enrollments\":[{\"registrationId\":\"b\"," SYMMETRIC
     "},{\"registrationId\":\"dev-000001\"," SYMMETRIC "}]}",
     200},
    {"GET", "/registrations/group-001-dev-000001" V, NULL, 200},
    {"DELETE", "/registrations/group-001-dev-000002" V, NULL, 204},
    {"DELETE", "/enrollments/dev-000002" V, NULL, 204},
    {"GET", "/nothing" V, NULL, 404},
    {"PATCH", "/enrollments/a" V, NULL, 405},
    {"GET", "/_emulator/status", NULL, 200},
    {"GET", "/_emulator/counters", NULL, 200},
    {"POST", "/_emulator/faults", "{\"status\":500,\"path\":\"/no\"}", 200},
};

/* A fresh emulator with something in it. */
static struct fixture *begin(void)
{
    void *state;

    assert_int_equal(fixture_setup(&state), 0);
    struct fixture *f = state;
    f->emu.options.page_size = 2;
    f->emu.options.journal_bodies = true;
    assert_int_equal(generate_enrollments(&f->emu, 3), 0);
    assert_int_equal(generate_groups(&f->emu, 1, 3), 0);
    return f;
}

static void end(struct fixture *f)
{
    void *state = f;

    assert_int_equal(fixture_teardown(&state), 0);
}

/* Sign with the owner's first key before anything may fail; the emulator's own API has a
 * token. */
static void sign(struct fixture *f, const char *target, struct text *t)
{
    text_init(t, 2000);
    if (admin_is(target)) {
        text_addf(t, "Bearer %s", f->emu.keys.admin_token);
        return;
    }
    sas_add(t, "localhost", f->emu.keys.policies[0].primary, "provisioningserviceowner",
            fixture_now_us / 1000000 + 60);
}

/* Send it with the n-th allocation failing; whether one failed. */
static bool send_short(struct fixture *f, size_t i, long n, struct emu_response *answer)
{
    struct emu_request request = {.method = CASES[i].method, .target = CASES[i].target};
    struct text token;

    sign(f, CASES[i].target, &token);
    request.host = "localhost";
    request.authorization = text_str(&token);
    request.content_type = "application/json";
    request.body = CASES[i].body;
    request.body_len = CASES[i].body ? strlen(CASES[i].body) : 0;
    lack_begin(n);
    emu_handle(&f->emu, &request, answer);
    bool failed = lack_end();
    text_release(&token);
    return failed;
}

static void requests_survive_each_failure(void **state)
{
    struct emu_response answer;
    size_t i;
    long n, total = 0;

    (void)state;
    for (i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        bool short_of = true;

        for (n = 0; short_of; n++) {
            struct fixture *f = begin();

            short_of = send_short(f, i, n, &answer);
            assert_true(answer.status == CASES[i].status ||
                        (short_of && answer.status == 500));
            assert_true(answer.status >= 400 || !text_failed(&answer.body));
            emu_response_release(&answer);
            (void)send_short(f, 6, -1, &answer); /* all that is stored can be read */
            assert_int_equal(answer.status, 200);
            emu_response_release(&answer);
            end(f);
        }
        total += n;
    }
    assert_true(total > 50); /* the allocators are wrapped indeed */
}

/* A device that registers; its record is there whole or not at all. */
static void registration_survives_each_failure(void **state)
{
    bool short_of = true;
    long n;

    (void)state;
    for (n = 0; short_of; n++) {
        struct fixture *f = begin();
        struct emu_request request = {.method = "PUT", .host = "localhost"};
        struct emu_response answer;
        struct text token, target;
        const struct enrollment *e =
            store_enrollment(&f->emu.store, KIND_ENROLLMENT, "dev-000001");

        text_init(&token, 2000);
        sas_add(&token, f->emu.keys.id_scope, enrollment_primary(e), "registration",
                fixture_now_us / 1000000 + 60);
        text_init(&target, 1000);
        text_addf(&target, "/%s/registrations/dev-000001/register" V,
                  f->emu.keys.id_scope);
        request.target = text_str(&target);
        request.authorization = text_str(&token);
        request.content_type = "application/json";
        request.body = "{}";
        request.body_len = 2;
        lack_begin(n);
        emu_handle(&f->emu, &request, &answer);
        short_of = lack_end();
        if (!short_of)
            assert_int_equal(answer.status, 202);
        assert_true(f->emu.store.registrations.count <= 4);
        assert_int_equal(f->emu.store.by_group.count, 3);
        emu_response_release(&answer);
        text_release(&token);
        text_release(&target);
        end(f);
    }
    assert_true(n > 1);
}

/* A state that cannot be taken in whole is not taken in at all. */
static void a_state_is_loaded_whole_or_not(void **state)
{
    char path[] = "/tmp/berth-test-memory.XXXXXX";
    int fd = mkstemp(path);
    struct failure failure;
    struct fixture *f = begin();
    bool short_of = true;
    long n;

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(close(fd), 0);
    assert_int_equal(state_save(&f->emu, path, &failure), 0);
    end(f);
    for (n = 0; short_of; n++) {
        void *fresh;
        int r;

        assert_int_equal(fixture_setup(&fresh), 0);
        f = fresh;
        lack_begin(n);
        r = state_load(&f->emu, path, &failure);
        short_of = lack_end();
        assert_true(r == 0 || short_of);
        assert_int_equal(f->emu.store.registrations.count, r == 0 ? 3 : 0);
        assert_int_equal(f->emu.store.enrollments[0].count, r == 0 ? 3 : 0);
        end(f);
    }
    assert_true(n > 10);
    assert_int_equal(unlink(path), 0);
}

static void an_emulator_that_cannot_begin_says_so(void **state)
{
    struct emu_options options;
    struct keys keys;
    struct emu emu;
    bool short_of = true;
    long n;

    (void)state;
    memset(&keys, 0, sizeof keys);
    emu_options_init(&options);
    options.quota_operations = 10;
    options.quota_registrations = 10;
    options.quota_polls = 5;
    for (n = 0; short_of; n++) {
        lack_begin(n);
        int r = emu_init(&emu, &options, &keys);
        short_of = lack_end();
        assert_int_equal(r, short_of ? -1 : 0);
        if (r == 0)
            emu_release(&emu);
    }
    assert_true(n > 2);
}

static void generating_stops_at_a_failure(void **state)
{
    bool short_of = true;
    long n;

    (void)state;
    for (n = 0; short_of; n++) {
        void *fresh;

        assert_int_equal(fixture_setup(&fresh), 0);
        struct fixture *f = fresh;
        lack_begin(n);
        int r = generate_groups(&f->emu, 1, 2);
        short_of = lack_end();
        if (!short_of)
            assert_int_equal(r, 0);
        assert_int_equal(f->emu.store.registrations.count, f->emu.store.by_group.count);
        end(f);
    }
    assert_true(n > 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_survive_each_failure),
        cmocka_unit_test(registration_survives_each_failure),
        cmocka_unit_test(a_state_is_loaded_whole_or_not),
        cmocka_unit_test(an_emulator_that_cannot_begin_says_so),
        cmocka_unit_test(generating_stops_at_a_failure),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
