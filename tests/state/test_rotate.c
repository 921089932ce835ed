/* Rotating keys: what a second process and a kill between two steps may meet. */
#include "config.h"

#include "tests/state/fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/secret.h"
#include "host/store/home.h"

static const char KEY_A[] =
    "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

/* As a rotation is between its commit and the renaming: the old key is in the key file,
 * the new one beside it. */
static void rotate_half(struct store *s, const char *home)
{
    cleanup(free) char *key = path_in(home, "key");
    cleanup(free) char *old = path_in(home, "old");
    cleanup(free) char *next = path_in(home, "key.next");
    assert_int_equal(link(key, old), 0);
    assert_int_equal(secret_rotate_key(s, NULL, NULL), 0);
    assert_int_equal(rename(key, next), 0);
    assert_int_equal(rename(old, key), 0);
}

static void finish_by_hand(const char *home)
{
    cleanup(free) char *key = path_in(home, "key");
    cleanup(free) char *next = path_in(home, "key.next");
    assert_int_equal(rename(next, key), 0);
}

static void the_next_rotation_finishes_one_that_was_cut_off(void **state)
{
    cleanup(store) struct store *s = open_store(*state);
    cleanup(connection) struct connection a = add_connection(s, "a", "one");
    struct berth_error err = BERTH_ERROR_INIT;
    rotate_half(s, *state);
    if (secret_rotate_key(s, NULL, &err) < 0)
        give_up(err.message);
    assert_opens(s, &a, "one");
}

static void so_does_one_of_the_data_key(void **state)
{
    cleanup(store) struct store *s = open_store(*state);
    cleanup(connection) struct connection a = add_connection(s, "a", "one");
    cleanup(free) char *next = path_in(*state, "key.next");
    rotate_half(s, *state);
    assert_int_equal(secret_rotate_data_key(s, NULL), 0);
    assert_int_equal(access(next, F_OK), -1);
    assert_opens(s, &a, "one");
}

static void a_secret_that_comes_meanwhile_is_under_the_new_key(void **state)
{
    cleanup(store) struct store *s = open_store(*state);
    cleanup(connection) struct connection a = add_connection(s, "a", "one");
    rotate_half(s, *state);
    int lock = home_lock(*state, NULL); /* as the process that rotates */
    assert_true(lock >= 0);
    cleanup(connection) struct connection b = add_connection(s, "b", "two");
    assert_opens(s, &a, "one");
    finish_by_hand(*state); /* nobody else has done it */
    (void)close(lock);
    assert_opens(s, &a, "one");
    assert_opens(s, &b, "two");
}

static void a_key_that_was_prepared_and_not_used_is_forgotten(void **state)
{
    cleanup(store) struct store *s = open_store(*state);
    cleanup(connection) struct connection a = add_connection(s, "a", "one");
    cleanup(free) char *next = path_in(*state, "key.next");
    FILE *file = fopen(next, "w");
    assert_non_null(file);
    assert_true(fputs(KEY_A, file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(next, 0600), 0);
    assert_opens(s, &a, "one");
    assert_int_equal(secret_rotate_key(s, NULL, NULL), 0);
    assert_opens(s, &a, "one");
}

static void secrets_that_were_set_again_do_not_hinder(void **state)
{
    cleanup(store) struct store *s = open_store(*state);
    struct secret_source lost = {.value = KEY_A}, file = {0};
    cleanup(connection) struct connection b = add_connection(s, "b", "two");
    store_use_key(s, &lost);
    add_and_forget(s, "a", "one");
    store_use_key(s, &file);
    struct berth_error err = BERTH_ERROR_INIT;
    assert_int_equal(secret_rotate_key(s, NULL, &err), BERTH_E_AUTH);
    assert_message(&err, "set those secrets again");
    assert_opens(s, &b, "two");
    assert_int_equal(connection_remove(s, "a", NULL), 0);
    if (secret_rotate_key(s, NULL, &err) < 0)
        give_up(err.message);
    assert_opens(s, &b, "two");
}

static void without_a_secret_there_is_nothing_to_rotate(void **state)
{
    cleanup(store) struct store *s = open_store(*state);
    cleanup(free) char *key = path_in(*state, "key");
    assert_int_equal(secret_rotate_key(s, NULL, NULL), BERTH_E_NOT_FOUND);
    assert_int_equal(access(key, F_OK), -1);
}

static void a_key_that_is_in_no_file_needs_the_new_one(void **state)
{
    cleanup(store) struct store *s = open_store(*state);
    struct secret_source given = {.value = KEY_A};
    struct berth_error err = BERTH_ERROR_INIT;
    store_use_key(s, &given);
    cleanup(connection) struct connection a = add_connection(s, "a", "one");
    assert_int_equal(secret_rotate_key(s, NULL, &err), BERTH_E_INVALID);
    assert_message(&err, "give the new one");
    assert_int_equal(secret_rotate_key(s, &given, &err), BERTH_E_INVALID);
    assert_message(&err, "the one that is in use");
    assert_opens(s, &a, "one");
}

static void credentials_without_a_key_leave_it_to_the_file(void **state)
{
    cleanup(store) struct store *s = open_store(*state);
    struct secret_source folder = {.credentials_folder = *state};
    store_use_key(s, &folder);
    cleanup(connection) struct connection a = add_connection(s, "a", "one");
    struct berth_error err = BERTH_ERROR_INIT;
    if (secret_rotate_key(s, NULL, &err) < 0)
        give_up(err.message);
    assert_opens(s, &a, "one");
}

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    const struct CMUnitTest tests[] = {
        TEST(the_next_rotation_finishes_one_that_was_cut_off),
        TEST(so_does_one_of_the_data_key),
        TEST(a_secret_that_comes_meanwhile_is_under_the_new_key),
        TEST(a_key_that_was_prepared_and_not_used_is_forgotten),
        TEST(secrets_that_were_set_again_do_not_hinder),
        TEST(without_a_secret_there_is_nothing_to_rotate),
        TEST(a_key_that_is_in_no_file_needs_the_new_one),
        TEST(credentials_without_a_key_leave_it_to_the_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
