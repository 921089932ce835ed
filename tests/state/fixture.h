/* A home of a test's own, and small helpers on it. Invariant: everything made here is
 * below one new folder, which is removed at the end. */
#ifndef TESTS_STATE_FIXTURE_H
#define TESTS_STATE_FIXTURE_H

#include "host/connection.h"
#include "host/store.h"
#include "host/store/sql.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/str.h"
#include "sdk/text.h"
#include "tests/support/cmocka.h"

/* For cmocka: *state is the path of the home, which does not exist yet. */
int home_setup(void **state);
int home_teardown(void **state);
#define TEST(name) cmocka_unit_test_setup_teardown(name, home_setup, home_teardown)

/* Fails the test when it cannot be opened. */
struct store *open_store(const char *home);

/* With subscription 1, of a connection. */
struct store *open_store_with_subscription(const char *home);

/* "home/name"; the caller frees it. */
char *path_in(const char *home, const char *name);

/* A connection with the field host and the secret key; released by the caller. */
struct connection add_connection(struct store *s, const char *name, const char *key);

/* The same, only in the store. */
void add_and_forget(struct store *s, const char *name, const char *key);

/* Its credentials can be read, and `key` is in them. */
void assert_opens(struct store *s, const struct connection *c, const char *key);

int64_t count_rows(struct store *s, const char *statement);

/* End the test with a sentence, such as an error's. */
void give_up(const char *sentence);

/* The message of `err` has `part` in it. */
void assert_message(const struct berth_error *err, const char *part);

#endif
