#include "tests/state/fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static json_t *credentials_of(struct store *s, const char *name)
{
    cleanup(connection) struct connection c = {0};
    struct berth_error err = BERTH_ERROR_INIT;
    assert_int_equal(connection_find(s, name, &c, &err), 0);
    cleanup(text) struct text json;
    text_init_secret(&json, 65536);
    if (connection_credentials(s, &c, &json, &err) < 0)
        give_up(err.message);
    return json_loadb(json.data, json.len, 0, NULL);
}

static void credentials_come_back_in_clear(void **state)
{
    cleanup(store) struct store *s = open_store(*state);
    cleanup(connection) struct connection c = add_connection(s, "prod", "s3cr\"et");
    assert_int_equal(strlen(c.id), 32);
    assert_string_equal(c.secrets[0], "key");
    assert_null(c.secrets[1]);
    json_auto_t *got = credentials_of(s, "PROD");
    json_auto_t *want = json_pack("{s:s,s:s,s:s}", "kind", "sharedAccessKey", "host",
                                  "dps.example", "key", "s3cr\"et");
    assert_true(json_equal(got, want));
}

static void reading_tells_only_which_secrets_are_set(void **state)
{
    cleanup(store) struct store *s = open_store(*state);
    cleanup(connection) struct connection c = add_connection(s, "prod", "hunter2hunter2");
    cleanup(connection) struct connection found = {0};
    assert_int_equal(connection_find(s, "prod", &found, NULL), 0);
    assert_string_equal(found.secrets[0], "key");
    assert_null(json_object_get(found.fields, "key"));
    assert_string_equal(found.created_at, c.created_at);
}

static bool file_has(const char *path, const char *word)
{
    FILE *f = fopen(path, "r");
    if (!f)
        return false;
    cleanup(free) char *data = calloc(1, 1 << 20);
    size_t n = fread(data, 1, 1 << 20, f);
    (void)fclose(f);
    bool found = false;
    for (size_t i = 0; i + strlen(word) <= n && !found; i++)
        found = memcmp(data + i, word, strlen(word)) == 0;
    return found;
}

static void no_secret_is_on_disk_in_clear(void **state)
{
    struct store *s = open_store(*state);
    add_and_forget(s, "prod", "hunter2hunter2");
    cleanup(free) char *db = path_in(*state, "berth.db");
    cleanup(free) char *wal = path_in(*state, "berth.db-wal");
    assert_true(file_has(wal, "dps.example"));
    assert_false(file_has(wal, "hunter2hunter2"));
    store_close(s);
    assert_true(file_has(db, "dps.example"));
    assert_false(file_has(db, "hunter2hunter2"));
}

static void names_are_unique_without_regard_to_case(void **state)
{
    cleanup(store) struct store *s = open_store(*state);
    cleanup(connection) struct connection c = add_connection(s, "prod", "k");
    free(c.name);
    c.name = strdup("PROD");
    struct berth_error err = BERTH_ERROR_INIT;
    assert_int_equal(connection_insert(s, &c, NULL, &err), BERTH_E_CONFLICT);
    assert_message(&err, "'PROD' exists already");
}

static void bad_names_are_refused(void **state)
{
    (void)state;
    assert_int_equal(connection_check_name("a.B_9-z", NULL), 0);
    static const char *const BAD[] = {
        "", "a b", "a/b", "\xc3\xa4",
        "12345678901234567890123456789012345678901234567890123456789012345"};
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++)
        assert_int_equal(connection_check_name(BAD[i], NULL), BERTH_E_INVALID);
}

static void missing_connection_is_not_found(void **state)
{
    cleanup(store) struct store *s = open_store(*state);
    struct berth_error err = BERTH_ERROR_INIT;
    cleanup(connection) struct connection c = {0};
    assert_int_equal(connection_find(s, "nope", &c, &err), BERTH_E_NOT_FOUND);
    assert_message(&err, "'nope' does not exist; there are none yet");
    add_and_forget(s, "production", "k");
    assert_int_equal(connection_find(s, "productoin", &c, &err), BERTH_E_NOT_FOUND);
    assert_message(&err, "did you mean 'production'?");
    assert_int_equal(connection_remove(s, "nope", &err), BERTH_E_NOT_FOUND);
}

static void update_sets_removes_and_keeps_secrets(void **state)
{
    cleanup(store) struct store *s = open_store(*state);
    cleanup(connection) struct connection c = add_connection(s, "prod", "one");
    json_auto_t *both = json_pack("{s:s,s:n}", "altKey", "two", "key");
    c.limit = -1;
    assert_int_equal(connection_update(s, &c, both, NULL), 0);
    json_auto_t *got = credentials_of(s, "prod");
    assert_null(json_object_get(got, "key"));
    assert_string_equal(json_string_value(json_object_get(got, "altKey")), "two");
    assert_int_equal(connection_update(s, &c, NULL, NULL), 0);
    cleanup(connection) struct connection found = {0};
    assert_int_equal(connection_find(s, "prod", &found, NULL), 0);
    assert_string_equal(found.secrets[0], "altKey");
    assert_int_equal(found.limit, -1);
}

static void update_of_a_removed_connection_is_not_found(void **state)
{
    cleanup(store) struct store *s = open_store(*state);
    cleanup(connection) struct connection c = add_connection(s, "prod", "one");
    assert_int_equal(connection_remove(s, "Prod", NULL), 0);
    assert_int_equal(connection_update(s, &c, NULL, NULL), BERTH_E_NOT_FOUND);
    assert_int_equal(count_rows(s, "SELECT count(*) FROM secret"), 0);
}

static int add_name(void *ctx, const struct connection *c)
{
    text_add(ctx, c->name);
    text_add(ctx, " ");
    return 0;
}

static int stop(void *ctx, const struct connection *c)
{
    (void)ctx;
    (void)c;
    return 7;
}

static void each_goes_in_order_and_stops(void **state)
{
    cleanup(store) struct store *s = open_store(*state);
    static const char *const NAMES[] = {"b", "C", "a"};
    for (int i = 0; i < 3; i++)
        add_and_forget(s, NAMES[i], "k");
    cleanup(text) struct text names;
    text_init(&names, 100);
    assert_int_equal(connection_each(s, add_name, &names, NULL), 0);
    assert_string_equal(names.data, "a b C ");
    assert_int_equal(connection_each(s, stop, NULL, NULL), 7);
}

static void relative_ca_file_is_refused(void **state)
{
    cleanup(store) struct store *s = open_store(*state);
    cleanup(connection) struct connection c = add_connection(s, "prod", "one");
    c.ca_file = strdup("ca.pem");
    assert_int_equal(connection_update(s, &c, NULL, NULL), BERTH_E_INVALID);
}

/* Of processes that insert one name at once, one wins and the rest are told. */
static void one_of_many_processes_gets_the_name(void **state)
{
    store_close(open_store(*state));
    pid_t pids[6];
    for (int i = 0; i < 6; i++) {
        pids[i] = fork();
        if (pids[i] == 0) {
            struct store *s = open_store(*state);
            struct connection c = {.name = strdup("same"),
                                   .connector = strdup("x"),
                                   .kind = strdup("k"),
                                   .fields = json_object()};
            json_auto_t *secrets = json_pack("{s:s}", "key", "v");
            int r = connection_insert(s, &c, secrets, NULL);
            _exit(r == 0 ? 0 : r == BERTH_E_CONFLICT ? 1 : 2);
        }
    }
    int won = 0, lost = 0;
    for (int i = 0; i < 6; i++) {
        int status = -1;
        assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
        won += WIFEXITED(status) && WEXITSTATUS(status) == 0;
        lost += WIFEXITED(status) && WEXITSTATUS(status) == 1;
    }
    assert_int_equal(won, 1);
    assert_int_equal(lost, 5);
    cleanup(store) struct store *s = open_store(*state);
    json_decref(credentials_of(s, "same"));
}

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    const struct CMUnitTest tests[] = {
        TEST(credentials_come_back_in_clear),
        TEST(reading_tells_only_which_secrets_are_set),
        TEST(no_secret_is_on_disk_in_clear),
        TEST(names_are_unique_without_regard_to_case),
        cmocka_unit_test(bad_names_are_refused),
        TEST(missing_connection_is_not_found),
        TEST(update_sets_removes_and_keeps_secrets),
        TEST(update_of_a_removed_connection_is_not_found),
        TEST(each_goes_in_order_and_stops),
        TEST(relative_ca_file_is_refused),
        TEST(one_of_many_processes_gets_the_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
