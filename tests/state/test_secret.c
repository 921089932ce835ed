#include "config.h"

#include "tests/state/fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/file.h"

static const char KEY_A[] =
    "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
static const char KEY_B[] =
    "ff112233445566778899aabbccddeeff00112233445566778899aabbccddeeFF";

static int read_key_of(struct store *s, const struct connection *c,
                       struct berth_error *err)
{
    cleanup(text) struct text json;
    text_init_secret(&json, 65536);
    return connection_credentials(s, c, &json, err);
}

static void assert_locked(struct store *s, const struct connection *c, const char *part)
{
    struct berth_error err = BERTH_ERROR_INIT;
    assert_int_equal(read_key_of(s, c, &err), BERTH_E_AUTH);
    assert_message(&err, c->name);
    assert_message(&err, part);
}

static void key_file_is_made_once_and_kept_to_its_owner(void **state)
{
    cleanup(store) struct store *s = open_store(*state);
    cleanup(free) char *path = path_in(*state, "key");
    struct stat st;
    assert_int_equal(stat(path, &st), -1);
    cleanup(connection) struct connection a = add_connection(s, "a", "one");
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(st.st_size, 65);
    cleanup(connection) struct connection b = add_connection(s, "b", "two");
    assert_opens(s, &a, "one");
    assert_opens(s, &b, "two");
    assert_int_equal(count_rows(s, "SELECT count(*) FROM data_key"), 1);
}

static void key_file_that_others_may_read_is_refused(void **state)
{
    cleanup(store) struct store *s = open_store(*state);
    cleanup(connection) struct connection a = add_connection(s, "a", "one");
    cleanup(free) char *path = path_in(*state, "key");
    assert_int_equal(chmod(path, 0644), 0);
    assert_locked(s, &a, "chmod 600");
    assert_int_equal(chmod(path, 0600), 0);
    assert_opens(s, &a, "one");
}

static void lost_key_locks_and_is_not_made_anew(void **state)
{
    cleanup(store) struct store *s = open_store(*state);
    cleanup(connection) struct connection a = add_connection(s, "a", "one");
    cleanup(free) char *path = path_in(*state, "key");
    assert_int_equal(unlink(path), 0);
    assert_locked(s, &a, "key file is missing");
    json_auto_t *secret = json_pack("{s:s}", "key", "again");
    struct berth_error err = BERTH_ERROR_INIT;
    assert_int_equal(connection_update(s, &a, secret, &err), BERTH_E_AUTH);
    assert_message(&err, "put it back");
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(connection_remove(s, "a", NULL), 0);
    cleanup(connection) struct connection b = add_connection(s, "b", "two");
    assert_opens(s, &b, "two");
}

static void another_key_locks_only_what_is_under_the_first(void **state)
{
    cleanup(store) struct store *s = open_store(*state);
    struct secret_source a = {.value = KEY_A}, b = {.value = KEY_B};
    store_use_key(s, &a);
    cleanup(connection) struct connection one = add_connection(s, "one", "first");
    store_use_key(s, &b);
    assert_locked(s, &one, "the key is another");
    cleanup(connection) struct connection two = add_connection(s, "two", "second");
    assert_opens(s, &two, "second");
    store_use_key(s, &a);
    assert_opens(s, &one, "first");
    assert_locked(s, &two, "the key is another");
}

static void text_that_is_no_key_is_refused_without_being_shown(void **state)
{
    cleanup(store) struct store *s = open_store(*state);
    struct secret_source bad = {.value = "correct horse battery staple"};
    store_use_key(s, &bad);
    struct connection c = {.name = strdup("a"),
                           .connector = strdup("x"),
                           .kind = strdup("k"),
                           .fields = json_object()};
    json_auto_t *secret = json_pack("{s:s}", "key", "v");
    struct berth_error err = BERTH_ERROR_INIT;
    assert_int_equal(connection_insert(s, &c, secret, &err), BERTH_E_AUTH);
    assert_message(&err, "64 hex digits");
    assert_null(strstr(err.message, "horse"));
    assert_int_equal(count_rows(s, "SELECT count(*) FROM connection"), 0);
    connection_release(&c);
}

static void credentials_folder_is_used_when_it_has_the_key(void **state)
{
    cleanup(store) struct store *s = open_store(*state);
    cleanup(free) char *folder = path_in(*state, "creds");
    cleanup(free) char *file = path_in(*state, "creds/berth-key");
    assert_int_equal(mkdir(folder, 0700), 0);
    FILE *f = fopen(file, "w");
    assert_non_null(f);
    assert_true(fprintf(f, "%s\n", KEY_A) > 0);
    assert_int_equal(fclose(f), 0);
    struct secret_source source = {.credentials_folder = folder};
    store_use_key(s, &source);
    cleanup(connection) struct connection a = add_connection(s, "a", "one");
    struct secret_source same = {.value = KEY_A};
    store_use_key(s, &same);
    assert_opens(s, &a, "one");
}

/* The first bytes of what is stored for a connection's secret. */
static void read_sealed(struct store *s, unsigned char ret_bytes[32])
{
    cleanup(query) struct query q = {0};
    assert_int_equal(query_init(&q, s, "SELECT sealed FROM secret", NULL), 0);
    assert_int_equal(query_step(&q, NULL), 1);
    struct berth_str sealed = query_column(&q, 0);
    assert_true(sealed.len > 32);
    memcpy(ret_bytes, sealed.ptr, 32);
}

static bool database_has(const char *home, const unsigned char bytes[32])
{
    cleanup(free) char *path = path_in(home, "berth.db");
    cleanup(text) struct text file;
    text_init(&file, 1 << 24);
    assert_int_equal(file_read(path, 1 << 24, &file, NULL), 0);
    return memmem(file.data, file.len, bytes, 32) != NULL;
}

static void a_removed_secret_is_not_left_in_the_file(void **state)
{
    static char key[40000];
    memset(key, 'k', sizeof(key) - 1);
    unsigned char bytes[32];
    struct store *s = open_store(*state);
    add_and_forget(s, "a", key);
    read_sealed(s, bytes);
    store_close(s);
    assert_true(database_has(*state, bytes));
    s = open_store(*state);
    assert_int_equal(connection_remove(s, "a", NULL), 0);
    store_close(s);
    assert_false(database_has(*state, bytes));
}

static void secrets_moved_to_another_place_do_not_open(void **state)
{
    cleanup(store) struct store *s = open_store(*state);
    cleanup(connection) struct connection a = add_connection(s, "a", "one");
    cleanup(connection) struct connection b = add_connection(s, "b", "two");
    assert_int_equal(sql_run(s,
                             "UPDATE secret SET sealed = (SELECT o.sealed FROM secret o "
                             "WHERE o.connection <> secret.connection) "
                             "WHERE connection = (SELECT id FROM connection WHERE "
                             "name = 'a')",
                             NULL),
                     0);
    assert_locked(s, &a, "changed or damaged");
    assert_opens(s, &b, "two");
}

static void damaged_ciphertext_locks_only_its_connection(void **state)
{
    cleanup(store) struct store *s = open_store(*state);
    cleanup(connection) struct connection a = add_connection(s, "a", "one");
    cleanup(connection) struct connection b = add_connection(s, "b", "two");
    assert_int_equal(sql_run(s,
                             "UPDATE secret SET sealed = x'00' WHERE connection = "
                             "(SELECT id FROM connection WHERE name = 'a')",
                             NULL),
                     0);
    assert_locked(s, &a, "changed or damaged");
    assert_opens(s, &b, "two");
}

static void rotating_the_data_key_keeps_every_secret(void **state)
{
    cleanup(store) struct store *s = open_store(*state);
    cleanup(connection) struct connection a = add_connection(s, "a", "one");
    cleanup(connection) struct connection b = add_connection(s, "b", "two");
    int64_t before = count_rows(s, "SELECT max(id) FROM data_key");
    assert_int_equal(secret_rotate_data_key(s, NULL), 0);
    assert_int_equal(count_rows(s, "SELECT count(*) FROM data_key"), 1);
    assert_true(count_rows(s, "SELECT max(id) FROM data_key") > before);
    assert_opens(s, &a, "one");
    assert_opens(s, &b, "two");
}

static void rotating_the_key_replaces_its_file(void **state)
{
    cleanup(store) struct store *s = open_store(*state);
    cleanup(store) struct store *other = open_store(*state);
    cleanup(connection) struct connection a = add_connection(s, "a", "one");
    cleanup(free) char *path = path_in(*state, "key");
    struct stat before, after;
    assert_int_equal(stat(path, &before), 0);
    assert_int_equal(secret_rotate_key(s, NULL, NULL), 0);
    assert_int_equal(stat(path, &after), 0);
    assert_int_not_equal(before.st_ino, after.st_ino);
    assert_opens(s, &a, "one");
    assert_opens(other, &a, "one");
    cleanup(connection) struct connection b = add_connection(other, "b", "two");
    assert_opens(s, &b, "two");
}

/* Killed between the commit and the renaming of the key file. */
static void rotation_that_was_cut_off_is_finished(void **state)
{
    cleanup(store) struct store *s = open_store(*state);
    cleanup(connection) struct connection a = add_connection(s, "a", "one");
    cleanup(free) char *key = path_in(*state, "key");
    cleanup(free) char *old = path_in(*state, "old");
    cleanup(free) char *next = path_in(*state, "key.next");
    assert_int_equal(link(key, old), 0);
    assert_int_equal(secret_rotate_key(s, NULL, NULL), 0);
    assert_int_equal(rename(key, next), 0);
    assert_int_equal(rename(old, key), 0);
    assert_opens(s, &a, "one");
    assert_int_equal(access(next, F_OK), -1);
    assert_opens(s, &a, "one");
}

static void rotating_to_a_given_key(void **state)
{
    cleanup(store) struct store *s = open_store(*state);
    cleanup(connection) struct connection a = add_connection(s, "a", "one");
    struct secret_source next = {.value = KEY_B};
    assert_int_equal(secret_rotate_key(s, &next, NULL), 0);
    assert_opens(s, &a, "one");
    struct secret_source file = {0};
    store_use_key(s, &file);
    assert_locked(s, &a, "the key is another");
}

static void rotating_with_the_wrong_key_changes_nothing(void **state)
{
    cleanup(store) struct store *s = open_store(*state);
    struct secret_source a = {.value = KEY_A}, b = {.value = KEY_B};
    store_use_key(s, &a);
    cleanup(connection) struct connection one = add_connection(s, "one", "first");
    store_use_key(s, &b);
    assert_int_equal(secret_rotate_key(s, &(struct secret_source){.value = KEY_A}, NULL),
                     BERTH_E_AUTH);
    store_use_key(s, &a);
    assert_opens(s, &one, "first");
}

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    const struct CMUnitTest tests[] = {
        TEST(key_file_is_made_once_and_kept_to_its_owner),
        TEST(key_file_that_others_may_read_is_refused),
        TEST(lost_key_locks_and_is_not_made_anew),
        TEST(another_key_locks_only_what_is_under_the_first),
        TEST(text_that_is_no_key_is_refused_without_being_shown),
        TEST(credentials_folder_is_used_when_it_has_the_key),
        TEST(a_removed_secret_is_not_left_in_the_file),
        TEST(secrets_moved_to_another_place_do_not_open),
        TEST(damaged_ciphertext_locks_only_its_connection),
        TEST(rotating_the_data_key_keeps_every_secret),
        TEST(rotating_the_key_replaces_its_file),
        TEST(rotation_that_was_cut_off_is_finished),
        TEST(rotating_to_a_given_key),
        TEST(rotating_with_the_wrong_key_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
