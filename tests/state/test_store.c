#include "tests/state/fixture.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static unsigned mode_of(const char *path)
{
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    return (unsigned)st.st_mode & 0777u;
}

static void refuses(const char *home, int status, const char *part)
{
    struct berth_error err = BERTH_ERROR_INIT;
    struct store *s = NULL;
    assert_int_equal(store_open(home, &s, &err), status);
    assert_null(s);
    assert_message(&err, part);
}

static void home_and_files_are_the_users_alone(void **state)
{
    struct store *s = open_store(*state);
    cleanup(free) char *db = path_in(*state, "berth.db");
    cleanup(free) char *wal = path_in(*state, "berth.db-wal");
    assert_int_equal(mode_of(*state), 0700);
    assert_int_equal(mode_of(db), 0600);
    assert_int_equal(mode_of(wal), 0600);
    store_close(s);
}

static void missing_folders_are_made(void **state)
{
    cleanup(free) char *deep = path_in(*state, "a/b/c/");
    cleanup(store) struct store *s = open_store(deep);
    assert_string_not_equal(s->home, deep);
}

static void home_writable_by_others_is_refused(void **state)
{
    assert_int_equal(mkdir(*state, 0700), 0);
    assert_int_equal(chmod(*state, 0770), 0);
    refuses(*state, BERTH_E_INVALID, "chmod 700");
}

static void home_that_is_a_file_is_refused(void **state)
{
    FILE *f = fopen(*state, "w");
    assert_non_null(f);
    assert_int_equal(fclose(f), 0);
    refuses(*state, BERTH_E_INVALID, "state folder");
}

static void store_open_to_others_is_refused(void **state)
{
    store_close(open_store(*state));
    cleanup(free) char *db = path_in(*state, "berth.db");
    assert_int_equal(chmod(db, 0640), 0);
    refuses(*state, BERTH_E_INVALID, "chmod 600");
}

static void write_file(const char *home, const char *text)
{
    cleanup(free) char *db = path_in(home, "berth.db");
    if (mkdir(home, 0700) < 0)
        (void)0; /* there already */
    FILE *f = fopen(db, "w");
    assert_non_null(f);
    assert_int_equal(chmod(db, 0600), 0);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static void foreign_file_is_refused(void **state)
{
    write_file(*state, "This is a shopping list, not a database; it is long enough to "
                       "be looked at by whoever reads headers of a hundred bytes.\n");
    refuses(*state, BERTH_E_INVALID, "no Berth store");
}

static void other_programs_database_is_refused(void **state)
{
    assert_int_equal(mkdir(*state, 0700), 0);
    cleanup(free) char *db = path_in(*state, "berth.db");
    sqlite3 *other = NULL;
    assert_int_equal(sqlite3_open(db, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "CREATE TABLE t(x)", NULL, NULL, NULL), 0);
    assert_int_equal(sqlite3_close(other), SQLITE_OK);
    assert_int_equal(chmod(db, 0600), 0);
    refuses(*state, BERTH_E_INVALID, "another program");
}

static void newer_store_is_refused(void **state)
{
    struct store *s = open_store(*state);
    assert_int_equal(sql_run(s, "PRAGMA user_version = 999", NULL), 0);
    store_close(s);
    refuses(*state, BERTH_E_UNSUPPORTED, "newer Berth");
}

static void file_is_missing(const char *home, const char *name)
{
    cleanup(free) char *path = path_in(home, name);
    assert_int_not_equal(access(path, F_OK), 0);
}

static void refuses_to_look(const char *home, int status, const char *part)
{
    struct berth_error err = BERTH_ERROR_INIT;
    struct store *s = NULL;
    assert_int_equal(store_open_to_look(home, &s, &err), status);
    assert_null(s);
    assert_message(&err, part);
}

static void a_look_makes_no_store(void **state)
{
    refuses_to_look(*state, BERTH_E_NOT_FOUND, "no such file");
    assert_int_not_equal(access(*state, F_OK), 0);
}

static void a_look_finds_what_is_there_and_leaves_nothing(void **state)
{
    struct store *s = open_store(*state);
    add_and_forget(s, "one", "secret");
    store_close(s);
    assert_int_equal(store_open_to_look(*state, &s, NULL), 0);
    assert_int_equal(count_rows(s, "SELECT count(*) FROM connection"), 1);
    assert_true(sql_run(s, "DELETE FROM connection", NULL) < 0);
    file_is_missing(*state, "berth.db-wal");
    file_is_missing(*state, "berth.db-shm");
    store_close(s);
    file_is_missing(*state, "berth.db-wal");
}

static void a_look_sees_what_another_has_just_written(void **state)
{
    cleanup(store) struct store *writer = open_store(*state);
    add_and_forget(writer, "one", "secret");
    struct store *s = NULL;
    assert_int_equal(store_open_to_look(*state, &s, NULL), 0);
    assert_int_equal(count_rows(s, "SELECT count(*) FROM connection"), 1);
    store_close(s);
}

static void a_look_leaves_an_older_store_as_it_is(void **state)
{
    struct store *s = open_store(*state);
    assert_int_equal(sql_run(s, "PRAGMA user_version = 1", NULL), 0);
    store_close(s);
    refuses_to_look(*state, BERTH_E_UNSUPPORTED, "older Berth (state version 1");
    refuses_to_look(*state, BERTH_E_UNSUPPORTED, "older Berth (state version 1");
}

static void a_look_at_one_that_is_open_to_others_is_refused(void **state)
{
    store_close(open_store(*state));
    cleanup(free) char *db = path_in(*state, "berth.db");
    assert_int_equal(chmod(db, 0640), 0);
    refuses_to_look(*state, BERTH_E_INVALID, "chmod 600");
}

static void damaged_store_is_an_error(void **state)
{
    store_close(open_store(*state));
    cleanup(free) char *db = path_in(*state, "berth.db");
    FILE *f = fopen(db, "r+");
    assert_non_null(f);
    assert_int_equal(fseek(f, 0, SEEK_END), 0);
    long size = ftell(f);
    assert_true(size > 8192);
    assert_int_equal(fseek(f, 100, SEEK_SET), 0);
    for (long i = 100; i < size; i++)
        assert_true(fputc((int)(i * 7 % 251), f) >= 0);
    assert_int_equal(fclose(f), 0);
    refuses(*state, BERTH_E_INVALID, "damaged");
}

static void store_that_was_begun_is_finished(void **state)
{
    write_file(*state, "");
    cleanup(store) struct store *s = open_store(*state);
    assert_int_equal(count_rows(s, "SELECT count(*) FROM connection"), 0);
}

static void many_processes_may_open_it_first(void **state)
{
    pid_t pids[8];
    for (int i = 0; i < 8; i++) {
        pids[i] = fork();
        if (pids[i] == 0) {
            struct store *s = NULL;
            _exit(store_open(*state, &s, NULL) == 0 ? 0 : 1);
        }
    }
    for (int i = 0; i < 8; i++) {
        int status = -1;
        assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
        assert_int_equal(status, 0);
    }
}

static void full_disk_changes_nothing(void **state)
{
    cleanup(store) struct store *s = open_store(*state);
    struct connection c = add_connection(s, "first", "k1");
    assert_int_equal(sql_run(s, "PRAGMA wal_checkpoint(TRUNCATE)", NULL), 0);
    int64_t pages = count_rows(s, "PRAGMA page_count");
    char limit[64];
    (void)snprintf(limit, sizeof(limit), "PRAGMA max_page_count = %lld",
                   (long long)pages);
    assert_int_equal(count_rows(s, limit), pages);

    json_auto_t *large = json_object();
    char *filler = calloc(1, 60001);
    assert_non_null(filler);
    memset(filler, 'x', 60000);
    assert_int_equal(json_object_set_new(large, "key", json_string(filler)), 0);
    free(filler);
    free(c.name);
    c.name = strdup("second");
    struct berth_error err = BERTH_ERROR_INIT;
    assert_int_equal(connection_insert(s, &c, large, &err), BERTH_E_UNAVAILABLE);
    assert_message(&err, "disk is full");
    assert_int_equal(count_rows(s, "SELECT count(*) FROM connection"), 1);
    assert_int_equal(count_rows(s, "SELECT count(*) FROM secret"), 1);
    connection_release(&c);
}

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    const struct CMUnitTest tests[] = {
        TEST(home_and_files_are_the_users_alone),
        TEST(missing_folders_are_made),
        TEST(home_writable_by_others_is_refused),
        TEST(home_that_is_a_file_is_refused),
        TEST(store_open_to_others_is_refused),
        TEST(foreign_file_is_refused),
        TEST(other_programs_database_is_refused),
        TEST(newer_store_is_refused),
        TEST(a_look_makes_no_store),
        TEST(a_look_finds_what_is_there_and_leaves_nothing),
        TEST(a_look_sees_what_another_has_just_written),
        TEST(a_look_leaves_an_older_store_as_it_is),
        TEST(a_look_at_one_that_is_open_to_others_is_refused),
        TEST(damaged_store_is_an_error),
        TEST(store_that_was_begun_is_finished),
        TEST(many_processes_may_open_it_first),
        TEST(full_disk_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
