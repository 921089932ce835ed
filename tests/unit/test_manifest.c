/* Reading manifests: what is in them is found again, what is wrong with them is said. */
#include <dirent.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/manifest.h"
#include "host/schema/schema.h"
#include "sdk/error.h"
#include "sdk/str.h"
#include "sdk/text.h"
#include "tests/support/cmocka.h"
#include "tests/unit/fixture_manifest.h"

/* --- broken ones, each a file of tests/data/manifests/broken --- */

/* RFC 7396, in place. */
static void merge(json_t *target, const json_t *patch)
{
    for (void *at = json_object_iter((json_t *)(uintptr_t)patch); at;
         at = json_object_iter_next((json_t *)(uintptr_t)patch, at)) {
        const char *name = json_object_iter_key(at);
        json_t *value = json_object_iter_value(at);
        json_t *old = json_object_get(target, name);
        if (json_is_null(value))
            (void)json_object_del(target, name);
        else if (json_is_object(value) && json_is_object(old))
            merge(old, value);
        else
            assert_int_equal(json_object_set(target, name, value), 0);
    }
}

static char *broken_text(const json_t *depot, const json_t *broken)
{
    const char *text = json_string_value(json_object_get(broken, "text"));
    if (text)
        return strdup(text);
    json_t *copy = json_deep_copy(depot);
    merge(copy, json_object_get(broken, "patch"));
    char *dump = json_dumps(copy, JSON_COMPACT);
    json_decref(copy);
    return dump;
}

static void check_broken(const char *name, const json_t *depot, const json_t *broken)
{
    const char *expect = json_string_value(json_object_get(broken, "expect"));
    char *text = broken_text(depot, broken);
    assert_non_null(text);
    assert_non_null(expect);
    struct berth_error err = BERTH_ERROR_INIT;
    struct manifest *m = NULL;
    int r = manifest_parse("m.json", str_from(text), &m, &err);
    assert_true((r == 0) == (m != NULL));
    if (r == 0)
        r = manifest_check_all(m, &err);
    manifest_free(m);
    if (r == 0 || strncmp(err.message, "m.json:", 7) != 0 || !strstr(err.message, expect))
        print_error("# %s: got %d '%s', expected '%s'\n", name, r, err.message, expect);
    assert_true(r == BERTH_E_INVALID || r == BERTH_E_UNSUPPORTED);
    assert_memory_equal(err.message, "m.json:", 7);
    assert_non_null(strstr(err.message, expect));
    free(text);
}

static json_t *load(const char *file)
{
    char *path = fixture_path(file);
    json_t *value = json_load_file(path, 0, NULL);
    free(path);
    assert_non_null(value);
    return value;
}

static void each_broken_manifest_is_refused_with_its_sentence(void **state)
{
    (void)state;
    json_t *depot = load(DEPOT);
    char *folder = fixture_path("tests/data/manifests/broken");
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    int count = 0;
    for (const struct dirent *e = readdir(dir); e; e = readdir(dir)) {
        if (e->d_name[0] == '.')
            continue;
        char path[4096];
        (void)snprintf(path, sizeof(path), "%s/%s", folder, e->d_name);
        json_t *broken = json_load_file(path, 0, NULL);
        assert_non_null(broken);
        check_broken(e->d_name, depot, broken);
        json_decref(broken);
        count++;
    }
    assert_true(count >= 60);
    assert_int_equal(closedir(dir), 0);
    free(folder);
    json_decref(depot);
}

/* --- files --- */

static void missing_file_is_told(void **state)
{
    struct berth_error err = BERTH_ERROR_INIT;
    struct manifest *m = NULL;

    (void)state;
    assert_int_equal(manifest_read("no/such.json", &m, &err), BERTH_E_NOT_FOUND);
    assert_string_equal(err.message, "no/such.json: there is no such file");
}

static void folder_is_no_manifest(void **state)
{
    struct berth_error err = BERTH_ERROR_INIT;
    struct manifest *m = NULL;

    (void)state;
    assert_int_equal(manifest_read("/", &m, &err), BERTH_E_INVALID);
    assert_string_equal(err.message, "/: is not a regular file");
}

static void fifo_does_not_block(void **state)
{
    struct berth_error err = BERTH_ERROR_INIT;
    struct manifest *m = NULL;
    char folder[] = "/tmp/berth-test-XXXXXX";
    char path[64];

    (void)state;
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof(path), "%s/fifo", folder);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(manifest_read(path, &m, &err), BERTH_E_INVALID);
    assert_non_null(strstr(err.message, "is not a regular file"));
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);
}

static void too_long_text_is_refused(void **state)
{
    struct berth_error err = BERTH_ERROR_INIT;
    struct manifest *m = NULL;
    char *text = calloc(1, MANIFEST_MAX_BYTES + 1u);

    (void)state;
    assert_non_null(text);
    struct berth_str all = {text, MANIFEST_MAX_BYTES + 1u};
    assert_int_equal(manifest_parse("m", all, &m, &err), BERTH_E_INVALID);
    assert_string_equal(err.message, "m: is longer than 4194304 bytes");
    free(text);
}

/* --- what is in a good one --- */

static void head_is_read(void **state)
{
    struct manifest *m = fixture_manifest(DEPOT);

    (void)state;
    assert_string_equal(manifest_id(m), "depot");
    assert_string_equal(manifest_version(m), "1.2.3");
    assert_string_equal(manifest_title(m), "Depot");
    assert_string_equal(manifest_summary(m),
                        "A small connector that has one of everything.");
    assert_string_equal(manifest_documentation_url(m), "https://depot.example/docs");
    assert_int_equal(manifest_abi_minor(m), 0);
    assert_int_equal(manifest_text(m).ptr[0], '{');
    assert_non_null(json_object_get(manifest_json(m), "actions"));
    manifest_free(m);
}

static void limits_are_read(void **state)
{
    struct manifest *m = fixture_manifest(DEPOT);

    (void)state;
    assert_int_equal(manifest_limit_count(m), 2);
    assert_string_equal(manifest_limit(m, 0)->id, "calls");
    assert_null(manifest_limit(m, 0)->per);
    assert_null(manifest_limit(m, 2));
    const struct limit *writes = manifest_find_limit(m, STR("writes"));
    assert_int_equal(writes->requests, 5);
    assert_int_equal(writes->seconds, 10);
    assert_string_equal(writes->per, "partId");
    assert_null(manifest_find_limit(m, STR("write")));
    manifest_free(m);
}

static void action_is_read(void **state)
{
    struct manifest *m = fixture_manifest(DEPOT);
    const struct operation *op = manifest_find(m, "part.write");

    (void)state;
    assert_int_equal(op->kind, OPERATION_ACTION);
    assert_string_equal(op->title, "Write parts");
    assert_false(op->read_only);
    assert_true(op->destructive);
    assert_false(op->idempotent);
    assert_false(op->declared);
    assert_false(op->yields_items);
    assert_string_equal(op->subject, "/parts/*/partId");
    assert_string_equal(op->batch_items, "parts");
    assert_int_equal(op->batch_max, 10);
    assert_int_equal(op->steps.count, 2);
    assert_string_equal(op->steps.names[1], "write");
    assert_int_equal(op->permissions.count, 2);
    assert_string_equal(op->permissions.names[1], "write");
    assert_string_equal(op->limit->id, "writes");
    assert_string_equal(op->deprecated, "Use the other one.");
    assert_true(manifest_find(m, "part.list")->yields_items);
    assert_true(manifest_find(m, "part.list")->declared);
    assert_string_equal(manifest_find(m, "part.list")->limit->id, "calls");
    manifest_free(m);
}

static void trigger_is_read(void **state)
{
    struct manifest *m = fixture_manifest(DEPOT);
    const struct operation *op = manifest_find(m, "part.changed");
    const struct trigger_info *t = &op->trigger;

    (void)state;
    assert_int_equal(op->kind, OPERATION_TRIGGER);
    assert_true(op->yields_items);
    assert_int_equal(t->mode, TRIGGER_POLL);
    assert_int_equal(t->poll_default_s, 60);
    assert_int_equal(t->poll_min_s, 10);
    assert_int_equal(t->starts, START_NOW | START_ALL);
    assert_int_equal(t->start_default, START_ALL);
    assert_int_equal(t->detect, CHANGE_SNAPSHOT);
    assert_string_equal(t->key, "partId");
    assert_int_equal(t->version.count, 2);
    assert_string_equal(t->version.names[0], "rev");
    assert_true(t->fold_case);
    assert_string_equal(t->verify_action, "part.get");
    assert_string_equal(t->verify_member, "partId");
    assert_int_equal(t->types, EVENT_CREATED | EVENT_DELETED);
    assert_string_equal(t->subject, "parts/{key}");
    assert_string_equal(t->time_member, "at");
    assert_int_equal(json_array_size(t->samples), 1);
    manifest_free(m);
}

static void operations_come_actions_first(void **state)
{
    struct manifest *m = fixture_manifest(DEPOT);

    (void)state;
    assert_int_equal(manifest_operation_count(m), 5);
    assert_string_equal(manifest_operation(m, 0)->id, "depot.ping");
    assert_string_equal(manifest_operation(m, 4)->id, "part.changed");
    assert_null(manifest_operation(m, 5));
    assert_null(manifest_find(m, "part"));
    manifest_free(m);
}

static int note_subject(void *ctx, const char *id)
{
    assert_string_equal(*(const char **)ctx, "");
    *(const char **)ctx = id;
    return 0;
}

static void a_subjects_name_may_have_a_slash_in_it(void **state)
{
    json_t *depot = load(DEPOT);
    json_t *patch = fixture_json(
        "{'actions': {'part.get': {'subject': '/a~1b/~0c', 'inputSchema': {'properties': "
        "{'a/b': {'title': 'A', 'type': 'object', 'properties': {'~c': {'type': "
        "'string'}}}}}}}}");
    json_t *input = fixture_json("{'a~1b': {'~0c': 'no'}, 'a/b': {'~c': 'p-1'}}");
    struct berth_error err = BERTH_ERROR_INIT;
    struct manifest *m = NULL;
    const char *subject = "";

    (void)state;
    merge(depot, patch);
    char *text = json_dumps(depot, JSON_COMPACT);
    assert_int_equal(manifest_parse("m.json", str_from(text), &m, &err), 0);
    assert_int_equal(operation_each_subject(manifest_find(m, "part.get"), input,
                                            note_subject, &subject),
                     0);
    assert_string_equal(subject, "p-1");
    free(text);
    json_decref(input);
    json_decref(patch);
    json_decref(depot);
    manifest_free(m);
}

static void check_lookup(const struct manifest *m, enum operation_kind kind,
                         const char *id, const char *sentence)
{
    struct berth_error err = BERTH_ERROR_INIT;
    const struct operation *op = NULL;
    int r = manifest_operation_by_id(m, kind, id, &op, &err);
    assert_int_equal(r, sentence[0] ? BERTH_E_NOT_FOUND : 0);
    assert_string_equal(err.message, sentence);
    assert_int_equal(op == NULL, sentence[0] != '\0');
}

static void unknown_operation_is_told_with_the_nearest(void **state)
{
    struct manifest *m = fixture_manifest(DEPOT);

    (void)state;
    check_lookup(m, OPERATION_ACTION, "part.get", "");
    check_lookup(m, OPERATION_ACTION, "part.gte",
                 "depot has no action 'part.gte'; did you mean 'part.get'?");
    check_lookup(m, OPERATION_ACTION, "part.changed",
                 "'part.changed' of depot is a trigger, not an action");
    check_lookup(m, OPERATION_TRIGGER, "part.get",
                 "'part.get' of depot is an action, not a trigger");
    check_lookup(m, OPERATION_TRIGGER, "zzzzzzzz",
                 "depot has no trigger 'zzzzzzzz'; 'berth connector show depot' lists "
                 "what it has");
    manifest_free(m);
}

static void credentials_are_found_by_kind(void **state)
{
    struct manifest *m = fixture_manifest(DEPOT);
    struct berth_error err = BERTH_ERROR_INIT;
    const struct credential *c = NULL;

    (void)state;
    assert_int_equal(manifest_credential_count(m), 2);
    assert_int_equal(manifest_credential_by_kind(m, "open", &c, &err), 0);
    assert_string_equal(c->title, "No credentials");
    assert_string_equal(c->test_action, "depot.ping");
    assert_int_equal(manifest_credential_by_kind(m, NULL, &c, &err), BERTH_E_NOT_FOUND);
    assert_string_equal(err.message,
                        "depot has several kinds of credentials: token, open");
    assert_int_equal(manifest_credential_by_kind(m, "key", &c, &err), BERTH_E_NOT_FOUND);
    assert_string_equal(err.message,
                        "depot has no credentials 'key'; it has: token, open");
    manifest_free(m);
}

static void the_only_kind_of_credentials_needs_no_name(void **state)
{
    struct manifest *m = fixture_manifest(AZURE_DPS);
    struct berth_error err = BERTH_ERROR_INIT;
    const struct credential *c = NULL;

    (void)state;
    assert_int_equal(manifest_credential_by_kind(m, NULL, &c, &err), 0);
    assert_string_equal(c->kind, "sharedAccessKey");
    manifest_free(m);
}

static void option_is_found(void **state)
{
    struct manifest *m = fixture_manifest(DEPOT);

    (void)state;
    assert_string_equal(manifest_find_option(m, "parts")->action, "part.list");
    assert_string_equal(manifest_find_option(m, "parts")->label, "/name/text");
    assert_null(manifest_find_option(m, "part"));
    manifest_free(m);
}

static void check_origin(const char *template, const char *fields, const char *expect)
{
    struct berth_error err = BERTH_ERROR_INIT;
    json_t *credentials = fixture_json(fields);
    char *origin = NULL;
    assert_int_equal(manifest_origin_new(template, credentials, &origin, &err), 0);
    if (expect)
        assert_string_equal(origin, expect);
    else
        assert_null(origin);
    free(origin);
    json_decref(credentials);
}

static void origins_are_filled_from_credentials(void **state)
{
    (void)state;
    check_origin("https://{host}", "{'host': 'a.b:8443'}", "https://a.b:8443");
    check_origin("https://x.{a}.{b}:1", "{'a': '1', 'b': '2'}", "https://x.1.2:1");
    check_origin("https://fixed", "{}", "https://fixed");
    check_origin("https://{host}", "{'host': ''}", NULL);
    check_origin("https://{host}", "{'host': 7}", NULL);
    check_origin("https://{host}", "{}", NULL);
}

static void bad_origin_is_told(void **state)
{
    struct berth_error err = BERTH_ERROR_INIT;
    json_t *credentials = json_object();
    char *origin = NULL;
    char *name = calloc(1, 3000);

    (void)state;
    assert_non_null(name);
    memset(name, 'a', 2999);
    assert_int_equal(json_object_set_new(credentials, "host", json_string(name)), 0);
    assert_int_equal(manifest_origin_new("https://{host}", credentials, &origin, &err),
                     BERTH_E_INVALID);
    assert_string_equal(err.message, "host: is too long for an address");
    assert_int_equal(manifest_origin_new("https://{host", credentials, &origin, &err),
                     BERTH_E_INVALID);
    assert_string_equal(err.message, "'https://{host' has a brace without its other");
    assert_null(origin);
    free(name);
    json_decref(credentials);
}

static void every_shipped_manifest_is_good(void **state)
{
    static const char *const FILES[] = {AZURE_DPS, "examples/text-list/text-list.json",
                                        "examples/rest-list/rest-list.json"};

    (void)state;
    for (size_t i = 0; i < sizeof(FILES) / sizeof(FILES[0]); i++)
        manifest_free(fixture_manifest(FILES[i]));
}

/* One of several threads: asks for everything that is made on demand. */
static void *ask_for_all(void *manifest)
{
    const struct manifest *m = manifest;
    json_t *input = json_object();
    uintptr_t sum = 0; /* the same for all, if they are given the same */
    for (size_t i = 0; i < manifest_operation_count(m); i++) {
        const struct operation *op = manifest_operation(m, i);
        struct berth_error err = BERTH_ERROR_INIT;
        const struct schema *schema = NULL;
        sum += operation_output_schema(op, &schema, &err) == 0 ? (uintptr_t)schema : 0;
        sum += operation_check_input(op, input, NULL, &err) == 0;
        char *secret = NULL;
        sum += operation_find_secret(op, input, &secret, &err) == 0;
    }
    json_decref(input);
    return (void *)sum;
}

static void threads_that_ask_at_once_are_given_the_same(void **state)
{
    enum { THREADS = 4 };
    pthread_t threads[THREADS];
    void *sums[THREADS] = {NULL};
    struct manifest *m = NULL;
    struct berth_error err = BERTH_ERROR_INIT;
    char *path = fixture_path(AZURE_DPS);

    (void)state;
    assert_int_equal(manifest_read(path, &m, &err), 0);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask_for_all, m), 0);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], &sums[i]), 0);
    for (int i = 0; i < THREADS; i++)
        assert_ptr_equal(sums[i], sums[0]);
    assert_non_null(sums[0]);
    manifest_free(m);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_broken_manifest_is_refused_with_its_sentence),
        cmocka_unit_test(a_subjects_name_may_have_a_slash_in_it),
        cmocka_unit_test(missing_file_is_told),
        cmocka_unit_test(folder_is_no_manifest),
        cmocka_unit_test(fifo_does_not_block),
        cmocka_unit_test(too_long_text_is_refused),
        cmocka_unit_test(head_is_read),
        cmocka_unit_test(limits_are_read),
        cmocka_unit_test(action_is_read),
        cmocka_unit_test(trigger_is_read),
        cmocka_unit_test(operations_come_actions_first),
        cmocka_unit_test(unknown_operation_is_told_with_the_nearest),
        cmocka_unit_test(credentials_are_found_by_kind),
        cmocka_unit_test(the_only_kind_of_credentials_needs_no_name),
        cmocka_unit_test(option_is_found),
        cmocka_unit_test(origins_are_filled_from_credentials),
        cmocka_unit_test(bad_origin_is_told),
        cmocka_unit_test(every_shipped_manifest_is_good),
        cmocka_unit_test(threads_that_ask_at_once_are_given_the_same),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
