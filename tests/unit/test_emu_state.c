/* The state in a file, and what the command line sets up: policies and the polls of
 * devices. */
#include "tests/unit/emu_fixture.h"

#include <getopt.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "emulator/choices.h"
#include "emulator/file.h"
#include "emulator/generate.h"
#include "emulator/moment.h"
#include "emulator/options.h"
#include "emulator/registration.h"
#include "emulator/rights.h"
#include "emulator/state.h"

#define V "?api-version=2021-10-01"

static char path[] = "/tmp/berth-test-state.XXXXXX";

static const char TWIN[] =
    "{\"registrationId\":\"Dev-1\",\"attestation\":{\"type\":\"symmetricKey\"},"
    "\"initialTwin\":{\"tags\":{\"n\":1.10,\"s\":\"\\u00e9 \\\"x\\\"\"}}}";

static int setup(void **state)
{
    int fd;

    memcpy(path + strlen(path) - 6, "XXXXXX", 6);
    fd = mkstemp(path);
    if (fd < 0 || close(fd) < 0)
        return -1;
    return fixture_setup(state);
}

static int teardown(void **state)
{
    (void)unlink(path); /* not every test leaves it */
    return fixture_teardown(state);
}

static char *answer_dup(const struct fixture *f)
{
    char *copy = strdup(text_str(&f->answer.body));

    assert_non_null(copy);
    return copy;
}

/* Two enrollments, a group with three devices, and one device that has failed. */
static void fill(struct fixture *f)
{
    char key[KEY_TEXT_SIZE];

    assert_int_equal(fixture_send(f, "PUT", "/enrollments/Dev-1" V, TWIN), 200);
    assert_int_equal(generate_groups(&f->emu, 1, 3), 0);
    assert_int_equal(
        fixture_send(f, "PUT", "/enrollments/pinned" V,
                     "{\"registrationId\":\"pinned\",\"attestation\":{\"type\":"
                     "\"symmetricKey\"},\"iotHubs\":[\"nowhere.example.net\"]}"),
        200);
    (void)snprintf(key, sizeof key, "%s",
                   fixture_string(f, "attestation.symmetricKey.primaryKey"));
    assert_int_equal(fixture_device(f, "PUT", "pinned/register", key), 202);
    fixture_now_us += 10 * MOMENT_SECOND;
}

static void check_same(struct fixture *f, const char *target, const char *wanted)
{
    assert_int_equal(fixture_send(f, "GET", target, NULL), 200);
    assert_string_equal(text_str(&f->answer.body), wanted);
}

static void a_saved_state_comes_back_word_for_word(void **state)
{
    struct fixture *f = *state;
    struct emu_options options = f->emu.options;
    struct failure failure;
    char *enrollment, *group, *device, *pinned, *keys;
    struct stat st;

    fill(f);
    assert_int_equal(fixture_send(f, "GET", "/enrollments/dev-1" V, NULL), 200);
    enrollment = answer_dup(f);
    assert_int_equal(fixture_send(f, "GET", "/enrollmentGroups/group-001" V, NULL), 200);
    group = answer_dup(f);
    assert_int_equal(
        fixture_send(f, "GET", "/registrations/group-001-dev-000002" V, NULL), 200);
    device = answer_dup(f);
    assert_int_equal(fixture_send(f, "GET", "/enrollments/pinned" V, NULL), 200);
    pinned = answer_dup(f);
    assert_int_equal(
        fixture_send(f, "POST", "/enrollments/dev-1/attestationmechanism" V, NULL), 200);
    keys = answer_dup(f);
    assert_int_equal(state_save(&f->emu, path, &failure), 0);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);

    fixture_restart(f, &options);
    assert_int_equal(state_load(&f->emu, path, &failure), 0);
    check_same(f, "/enrollments/dev-1" V, enrollment);
    check_same(f, "/enrollmentGroups/group-001" V, group);
    check_same(f, "/registrations/group-001-dev-000002" V, device);
    check_same(f, "/enrollments/pinned" V, pinned);
    assert_string_equal(fixture_string(f, "registrationState.errorMessage"),
                        CHOICE_NO_HUB_MESSAGE);
    assert_int_equal(
        fixture_send(f, "POST", "/enrollments/dev-1/attestationmechanism" V, NULL), 200);
    assert_string_equal(text_str(&f->answer.body), keys);
    assert_int_equal(
        fixture_send(f, "POST", "/registrations/group-001/query" V, "{\"query\":\"\"}"),
        200);
    assert_int_equal(json_array_size(f->json), 3);
    free(enrollment);
    free(group);
    free(device);
    free(pinned);
    free(keys);
}

static void etags_go_on_after_a_load(void **state)
{
    struct fixture *f = *state;
    struct emu_options options = f->emu.options;
    struct failure failure;
    uint64_t before;

    fill(f);
    before = f->emu.store.version;
    assert_int_equal(state_save(&f->emu, path, &failure), 0);
    fixture_restart(f, &options);
    f->emu.store.version = 0;
    assert_int_equal(state_load(&f->emu, path, &failure), 0);
    assert_true(f->emu.store.version == before);
}

static void load_text(struct text *t)
{
    struct failure f;

    text_init(t, 1 << 20);
    assert_int_equal(file_read(path, t, &f), 0);
}

static void write_text(const char *p, size_t len)
{
    FILE *file = fopen(path, "we");

    assert_non_null(file);
    assert_int_equal(fwrite(p, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

/* The file is refused, and what the emulator knew is still there. */
static void check_refused(struct fixture *f, const char *word)
{
    struct failure failure;

    assert_int_equal(state_load(&f->emu, path, &failure), -1);
    assert_non_null(strstr(failure.text, word));
    assert_non_null(strstr(failure.text, path));
    assert_int_equal(f->emu.store.registrations.count, 4);
}

static void a_cut_file_is_refused_wherever_it_is_cut(void **state)
{
    struct fixture *f = *state;
    struct failure failure;
    struct text t;
    size_t len;

    fill(f);
    assert_int_equal(state_save(&f->emu, path, &failure), 0);
    load_text(&t);
    for (len = 0; len < t.len - 1; len += 1 + len / 7) {
        write_text(t.data, len);
        check_refused(f, len < 27 ? "is no state" : "is cut off");
    }
    text_release(&t);
}

static void a_changed_or_longer_file_is_refused(void **state)
{
    struct fixture *f = *state;
    struct failure failure;
    struct text t;
    char *at;

    fill(f);
    assert_int_equal(state_save(&f->emu, path, &failure), 0);
    load_text(&t);
    at = strstr(t.data, "Dev-1");
    assert_non_null(at);
    at[0] = 'd';
    write_text(t.data, t.len);
    check_refused(f, "damaged");
    at[0] = 'D';
    text_add(&t, "x\n");
    write_text(t.data, t.len);
    check_refused(f, "damaged");
    write_text("[\"enrollment\"]\n", 15);
    check_refused(f, "is no state");
    text_release(&t);
}

static void lines_that_make_no_sense_are_refused(void **state)
{
    static const char *const LINES[] = {
        "[\"enrollment\",\"a b\",\"\",\"{}\",\"\",\"\",0,0,1,1,1]",
        "[\"enrollment\",\"a\",\"\",\"{}\",\"\",\"\",7,0,1,1,1]",
        "[\"enrollment\",\"a\",\"\",\"{}\",\"\",\"\",0,0,1,1]",
        "[\"registration\",\"a\",\"g g\",\"\",\"\",\"\",\"\",0,0,1,1,1,1]",
        "[\"registration\",\"a\",\"\",\"\",\"\",\"\",\"\",0,3,1,1,1,1]",
        "[\"other\"]",
        "[]",
        "3",
        "{}",
    };
    struct fixture *f = *state;
    char whole[400];
    size_t i;

    fill(f);
    for (i = 0; i < sizeof LINES / sizeof *LINES; i++) {
        (void)snprintf(whole, sizeof whole, "{\"berth-emulator state\":1}\n%s\n",
                       LINES[i]);
        write_text(whole, strlen(whole));
        check_refused(f, "is cut off or damaged");
    }
}

static void a_file_that_cannot_be_written_is_named(void **state)
{
    struct fixture *f = *state;
    struct failure failure;

    assert_int_equal(state_save(&f->emu, "/dev/null/x", &failure), -1);
    assert_non_null(strstr(failure.text, "/dev/null/x"));
    assert_int_equal(state_load(&f->emu, "/dev/null/x", &failure), -1);
    assert_non_null(strstr(failure.text, "/dev/null/x"));
}

/* Save again and again; how often that failed, as a pointer. */
static void *save_often(void *cls)
{
    struct fixture *f = cls;
    struct failure failure;
    intptr_t failed = 0;
    int i;

    for (i = 0; i < 100; i++)
        failed += state_save(&f->emu, path, &failure) < 0;
    return (void *)failed;
}

static void saving_twice_at_once_is_one_after_the_other(void **state)
{
    struct fixture *f = *state;
    struct failure failure;
    pthread_t other;
    void *failed;

    assert_int_equal(generate_enrollments(&f->emu, 50), 0);
    assert_int_equal(pthread_create(&other, NULL, save_often, f), 0);
    assert_null(save_often(f));
    assert_int_equal(pthread_join(other, &failed), 0);
    assert_null(failed);
    assert_int_equal(state_load(&f->emu, path, &failure), 0);
}

/* --- the emulator's own API --- */

static void a_snapshot_is_restored(void **state)
{
    struct fixture *f = *state;
    char dir[] = "/tmp/berth-test-state.XXXXXX", file[100];

    assert_non_null(mkdtemp(dir));
    f->emu.options.dir = dir;
    fill(f);
    assert_int_equal(fixture_admin(f, "POST", "snapshot", "{\"name\":\"before\"}"), 204);
    assert_int_equal(fixture_admin(f, "POST", "reset", NULL), 204);
    assert_int_equal(fixture_send(f, "GET", "/enrollments/dev-1" V, NULL), 404);
    assert_int_equal(fixture_admin(f, "POST", "restore", "{\"name\":\"before\"}"), 200);
    assert_int_equal(fixture_number(f, "registrations"), 4);
    assert_int_equal(fixture_send(f, "GET", "/enrollments/dev-1" V, NULL), 200);
    assert_int_equal(fixture_admin(f, "POST", "restore", "{\"name\":\"other\"}"), 404);
    assert_int_equal(fixture_admin(f, "POST", "restore", "{\"name\":\"../x\"}"), 400);
    assert_int_equal(fixture_admin(f, "POST", "snapshot", "{}"), 400);
    f->emu.options.dir = "/dev/null";
    assert_int_equal(fixture_admin(f, "POST", "snapshot", "{\"name\":\"before\"}"), 500);
    (void)snprintf(file, sizeof file, "%s/snapshot-before.state", dir);
    assert_int_equal(unlink(file), 0);
    assert_int_equal(rmdir(dir), 0);
}

static void the_state_is_saved_on_demand(void **state)
{
    struct fixture *f = *state;
    struct text t;

    assert_int_equal(fixture_admin(f, "POST", "save", NULL), 400);
    f->emu.options.state = path;
    fill(f);
    assert_int_equal(fixture_admin(f, "POST", "save", NULL), 204);
    load_text(&t);
    assert_non_null(strstr(t.data, "\"Dev-1\""));
    text_release(&t);
}

/* --- policies --- */

static void policies_are_added_and_replaced(void **state)
{
    struct fixture *f = *state;
    struct keys *keys = &f->emu.keys;
    struct failure failure;
    struct policy made;
    char spec[100];
    const struct policy *policy;

    write_text("MDEyMzQ1Njc4OWFiY2RlZg==\n", 25);
    (void)snprintf(spec, sizeof spec, "mine:EnrollmentRead,registrationstatusread:@%s",
                   path);
    assert_int_equal(policy_read(&made, spec, &failure), 0);
    assert_true(keys_add_policy(keys, &made));
    policy = keys_policy(keys, "MINE");
    assert_non_null(policy);
    assert_int_equal(policy->rights, RIGHT_ENROLLMENT_READ | RIGHT_REGISTRATION_READ);
    assert_string_equal(policy->primary, "MDEyMzQ1Njc4OWFiY2RlZg==");
    assert_string_equal(policy->secondary, policy->primary);
    assert_int_equal(keys->policy_count, POLICY_COUNT + 1);
    (void)snprintf(spec, sizeof spec, "ProvisioningServiceOwner:all:@%s", path);
    assert_int_equal(policy_read(&made, spec, &failure), 0);
    assert_true(keys_add_policy(keys, &made));
    assert_int_equal(keys->policy_count, POLICY_COUNT + 1);
    assert_int_equal(keys->policies[0].rights, RIGHT_ALL);
    assert_string_equal(keys->policies[0].primary, "MDEyMzQ1Njc4OWFiY2RlZg==");
}

static void wrong_policies_are_named(void **state)
{
    static const char *const SPECS[] = {"",
                                        "x",
                                        "x:all",
                                        "x:all:file",
                                        ":all:@",
                                        "a b:all:@",
                                        "x:Everything:@",
                                        "x::@",
                                        "x:EnrollmentRead,:@"};
    struct failure failure;
    struct policy made;
    char spec[120];
    size_t i;

    (void)state;
    write_text("MDEyMzQ1Njc4OWFiY2RlZg==\r\nshort\r\n", 33);
    for (i = 0; i < sizeof SPECS / sizeof *SPECS; i++) {
        (void)snprintf(spec, sizeof spec, "%s%s", SPECS[i],
                       strchr(SPECS[i], '@') ? path : "");
        assert_int_equal(policy_read(&made, spec, &failure), -1);
        assert_non_null(strstr(failure.text, "--policy"));
    }
    (void)snprintf(spec, sizeof spec, "x:all:@%s", path);
    assert_int_equal(policy_read(&made, spec, &failure), -1);
    assert_non_null(strstr(failure.text, "second line"));
    assert_null(strstr(failure.text, "short"));
}

static void more_policies_than_fit_are_refused(void **state)
{
    struct keys *keys = &((struct fixture *)*state)->emu.keys;
    struct policy made = keys->policies[0];
    int i;

    for (i = 0; i < OPTIONS_POLICIES_MAX; i++) {
        (void)snprintf(made.name, sizeof made.name, "mine-%d", i);
        assert_true(keys_add_policy(keys, &made));
    }
    assert_true(keys_add_policy(keys, &made)); /* it takes the place of its name */
    (void)snprintf(made.name, sizeof made.name, "another");
    assert_false(keys_add_policy(keys, &made));
    assert_int_equal(keys->policy_count, POLICY_MAX);
}

/* --- quotas --- */

static void a_device_polls_five_times_in_ten_seconds(void **state)
{
    struct fixture *f = *state;
    struct emu_options options = f->emu.options;
    char key[KEY_TEXT_SIZE], target[200];
    int i;

    options.quota_polls = 5;
    options.assign_after_ms = 60000;
    fixture_restart(f, &options);
    assert_int_equal(fixture_send(f, "PUT", "/enrollments/Dev-1" V, TWIN), 200);
    (void)snprintf(key, sizeof key, "%s",
                   fixture_string(f, "attestation.symmetricKey.primaryKey"));
    assert_int_equal(fixture_device(f, "PUT", "Dev-1/register", key), 202);
    (void)snprintf(target, sizeof target, "Dev-1/operations/%s",
                   fixture_string(f, "operationId"));
    for (i = 0; i < 5; i++) {
        assert_int_equal(fixture_device(f, "GET", target, key), 202);
        fixture_now_us += MOMENT_SECOND;
    }
    assert_int_equal(fixture_device(f, "GET", target, key), 429);
    assert_string_equal(fixture_header(f, "Retry-After"), "5");
    assert_int_equal(fixture_device(f, "GET", "other/operations/x", key), 404);
    fixture_now_us += 5 * MOMENT_SECOND;
    assert_int_equal(fixture_device(f, "GET", target, key), 202);
}

static void registrations_have_a_quota_of_their_own(void **state)
{
    struct fixture *f = *state;
    struct emu_options options = f->emu.options;
    char key[KEY_TEXT_SIZE];

    options.quota_registrations = 1;
    fixture_restart(f, &options);
    assert_int_equal(fixture_send(f, "PUT", "/enrollments/Dev-1" V, TWIN), 200);
    (void)snprintf(key, sizeof key, "%s",
                   fixture_string(f, "attestation.symmetricKey.primaryKey"));
    assert_int_equal(fixture_device(f, "PUT", "Dev-1/register", key), 202);
    assert_int_equal(fixture_device(f, "PUT", "Dev-1/register", key), 429);
    assert_int_equal(fixture_send(f, "GET", "/enrollments/Dev-1" V, NULL), 200);
}

static void the_real_quota_is_the_default(void **state)
{
    char program[] = "berth-emulator", dir[] = "--dir", here[] = ".", quota[] = "--quota",
         off[] = "off";
    char *argv[] = {program, dir, here, quota, off, NULL};
    struct options options;

    (void)state;
    assert_int_equal(options_read(&options, 3, argv), OPTIONS_RUN);
    assert_int_equal(options.emu.quota_operations, 1000);
    assert_int_equal(options.emu.quota_registrations, 1000);
    assert_int_equal(options.emu.quota_polls, 5);
    options_release(&options);
    optind = 0;
    assert_int_equal(options_read(&options, 5, argv), OPTIONS_RUN);
    assert_int_equal(options.emu.quota_operations, 0);
    assert_int_equal(options.emu.quota_polls, 0);
    options_release(&options);
}

/* What options_read() makes of --quota. */
static enum options_result read_quota(const char *value, struct options *options)
{
    char program[] = "berth-emulator", dir[] = "--dir", here[] = ".", name[] = "--quota",
         copy[40];
    char *argv[] = {program, dir, here, name, copy, NULL};
    enum options_result result;

    (void)snprintf(copy, sizeof copy, "%s", value);
    optind = 0;
    result = options_read(options, 5, argv);
    options_release(options);
    return result;
}

static void a_quota_may_be_numbers(void **state)
{
    static const struct {
        const char *value;
        size_t operations, registrations, polls;
    } GOOD[] = {
        {"real", 1000, 1000, 5}, {"off", 0, 0, 0},     {"7", 7, 7, 0},
        {"7,8", 7, 8, 0},        {"7,8,9", 7, 8, 9},   {"off,8", 0, 8, 0},
        {"off,off,2", 0, 0, 2},  {"7,off,2", 7, 0, 2},
    };
    static const char *const BAD[] = {
        "",        "0",        "-1",     "7,",  ",7", "7,8,",
        "7,8,9,1", "7,8,1001", "real,7", "7;8", "x",  "99999999999999999999999999",
    };
    struct options options;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof GOOD / sizeof *GOOD; i++) {
        assert_int_equal(read_quota(GOOD[i].value, &options), OPTIONS_RUN);
        assert_int_equal(options.emu.quota_operations, GOOD[i].operations);
        assert_int_equal(options.emu.quota_registrations, GOOD[i].registrations);
        assert_int_equal(options.emu.quota_polls, GOOD[i].polls);
    }
    for (i = 0; i < sizeof BAD / sizeof *BAD; i++)
        assert_int_equal(read_quota(BAD[i], &options), OPTIONS_WRONG);
}

static void latency_is_added_to_each_answer(void **state)
{
    struct fixture *f = *state;

    f->emu.options.latency_ms = 70;
    assert_int_equal(fixture_send(f, "GET", "/enrollments/x" V, NULL), 404);
    assert_int_equal(f->answer.delay_ms, 70);
}

static void dates_are_those_of_the_calendar(void **state)
{
    char out[MOMENT_SIZE], wanted[MOMENT_SIZE];
    int64_t day;

    (void)state;
    for (day = 0; day < 200000; day += 1 + day / 400) {
        time_t seconds = (time_t)(day * 86400 + day % 86400);
        struct tm tm;

        assert_non_null(gmtime_r(&seconds, &tm));
        (void)strftime(wanted, sizeof wanted, "%Y-%m-%dT%H:%M:%S.0000070Z", &tm);
        moment_format(seconds * MOMENT_SECOND + 7, out);
        assert_string_equal(out, wanted);
    }
    moment_format(-1, out);
    assert_string_equal(out, "1970-01-01T00:00:00.0000000Z");
}

#define WITH_FILE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FILE(a_saved_state_comes_back_word_for_word),
        WITH_FILE(etags_go_on_after_a_load),
        WITH_FILE(a_cut_file_is_refused_wherever_it_is_cut),
        WITH_FILE(a_changed_or_longer_file_is_refused),
        WITH_FILE(lines_that_make_no_sense_are_refused),
        WITH_FILE(a_file_that_cannot_be_written_is_named),
        WITH_FILE(saving_twice_at_once_is_one_after_the_other),
        WITH_FILE(a_snapshot_is_restored),
        WITH_FILE(the_state_is_saved_on_demand),
        WITH_FILE(policies_are_added_and_replaced),
        WITH_FILE(wrong_policies_are_named),
        WITH_FILE(more_policies_than_fit_are_refused),
        WITH_FILE(a_device_polls_five_times_in_ten_seconds),
        WITH_FILE(registrations_have_a_quota_of_their_own),
        WITH_FILE(the_real_quota_is_the_default),
        WITH_FILE(a_quota_may_be_numbers),
        WITH_FILE(latency_is_added_to_each_answer),
        WITH_FILE(dates_are_those_of_the_calendar),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
