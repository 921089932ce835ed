/* Finding connectors and refusing those that cannot or must not be loaded. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/loader.h"
#include "host/manifest.h"
#include "host/session.h"
#include "tests/support/cmocka.h"
#include "tests/support/connector_dir.h"

#define ERROR_INIT                                                                       \
    {                                                                                    \
        .size = sizeof(struct berth_error)                                               \
    }

static int load_from(const char *folder, const char *id, struct connector **ret_connector,
                     struct berth_error *err)
{
    struct connector_path path;
    assert_int_equal(connector_path_init(&path, folder, err), 0);
    int r = connector_load(&path, id, &HOST_SERVICES, ret_connector, err);
    connector_path_release(&path);
    return r;
}

static void assert_refused(const char *folder, const char *id, int status,
                           const char *words)
{
    struct berth_error err = ERROR_INIT;
    struct connector *c = NULL;
    int r = load_from(folder, id, &c, &err);
    if (r != status || !strstr(err.message, words))
        print_message("%d: %s\n", r, err.message);
    assert_int_equal(r, status);
    assert_null(c);
    assert_non_null(strstr(err.message, words));
}

struct odd {
    const char *module;
    unsigned abi_minor; /* in the manifest */
    int status;
    const char *words;
};

static const struct odd ODDS[] = {
    {"odd_too_new", 99, BERTH_E_UNSUPPORTED,
     "needs plugin ABI 1.99 and this host has 1.2: the host is older; install a newer"},
    {"odd_too_new", 0, BERTH_E_UNSUPPORTED, "the host is older"},
    {"odd_older", 1, BERTH_E_INVALID, "needs plugin ABI 1.0 and its manifest says 1.1"},
    {"odd_next_major", 0, BERTH_E_UNSUPPORTED, "plugin ABI 2 and this host 1"},
    {"odd_no_symbol", 0, BERTH_E_INVALID, "has no symbol berth_plugin_v1"},
    {"odd_other_id", 0, BERTH_E_INVALID, "has id 'other' and its manifest says 'odd'"},
    {"odd_other_version", 0, BERTH_E_INVALID,
     "has version '1.0.1' and its manifest says '1.0.0'"},
    {"odd_refuses", 0, BERTH_E_UNSUPPORTED,
     "will not work with this host: it wants a host that can do webhooks"},
    {"odd_silent", 0, BERTH_E_UNSUPPORTED, "it gives no reason"},
    {"odd_size_zero", 0, BERTH_E_INVALID, "says that it is 0 bytes long"},
    {"odd_size_four", 0, BERTH_E_INVALID, "says that it is 4 bytes long"},
    {"odd_size_huge", 0, BERTH_E_INVALID, "says that it is 4294967295 bytes long"},
    {"odd_no_id", 0, BERTH_E_INVALID, "has no id"},
    {"odd_no_begin", 0, BERTH_E_INVALID, "has no begin()"},
    {"odd_unresolved", 0, BERTH_E_INVALID, "odd.so cannot be loaded: undefined"},
};

static void what_cannot_work_is_refused_with_a_sentence(void **state)
{
    const struct connector_dir *dir = *state;
    for (size_t i = 0; i < sizeof(ODDS) / sizeof(ODDS[0]); i++) {
        connector_dir_add_object(dir, ODDS[i].module, "odd");
        connector_dir_add_manifest(dir, "odd", "1.0.0", ODDS[i].abi_minor);
        assert_refused(dir->path, "odd", ODDS[i].status, ODDS[i].words);
    }
}

static void on_done(void *ctx, int status, struct berth_str value,
                    const struct berth_error *err)
{
    (void)err;
    assert_int_equal(status, 0);
    (void)snprintf(ctx, 16, "%.*s", (int)value.len, value.ptr);
}

/* Load it and run its operation. */
static void assert_works(const struct connector_dir *dir, const char *module)
{
    struct berth_error err = ERROR_INIT;
    struct connector *c = NULL;
    struct session *s = NULL;
    char value[16] = "";
    connector_dir_add(dir, module, "odd");
    assert_int_equal(load_from(dir->path, "odd", &c, &err), 0);
    assert_null(connector_plugin(c)->extension);
    assert_null(connector_plugin(c)->close);
    assert_int_equal(connector_plugin(c)->size, sizeof(struct berth_plugin));
    assert_string_equal(manifest_id(connector_manifest_of(c)), "odd");
    assert_string_equal(connector_file(c), connector_dir_file(dir, "odd.so"));
    struct session_config config = {.connector = c,
                                    .credentials = {"{\"host\":\"a.example\"}", 20}};
    assert_int_equal(session_new(&config, &s, &err), 0);
    struct call_spec spec = {.operation = {"test.run", 8},
                             .input = {"{}", 2},
                             .events = {.done = on_done, .ctx = value}};
    assert_int_equal(session_call(s, &spec, NULL, &err), 0);
    assert_int_equal(session_wait(s, 1000, -1, &err), 0);
    assert_string_equal(value, "works");
    session_free(s);
    connector_free(c);
}

static void an_older_connector_works(void **state)
{
    assert_works(*state, "odd_older");
}

static void a_newer_connector_works(void **state)
{
    assert_works(*state, "odd_newer");
}

static void one_that_opens_nothing_is_told_of(void **state)
{
    const struct connector_dir *dir = *state;
    struct berth_error err = ERROR_INIT;
    struct connector *c = NULL;
    struct session *s = NULL;
    connector_dir_add(dir, "odd_opens_nothing", "odd");
    assert_int_equal(load_from(dir->path, "odd", &c, &err), 0);
    struct session_config config = {.connector = c,
                                    .credentials = {"{\"host\":\"a.example\"}", 20}};
    assert_int_equal(session_new(&config, &s, &err), BERTH_E_INTERNAL);
    assert_non_null(strstr(err.message, "opened no connection"));
    connector_free(c);
}

static void the_reason_of_open_is_passed_on(void **state)
{
    const struct connector_dir *dir = *state;
    struct berth_error err = ERROR_INIT;
    struct connector *c = NULL;
    struct session *s = NULL;
    connector_dir_add(dir, "scripted", "scripted");
    assert_int_equal(load_from(dir->path, "scripted", &c, &err), 0);
    static const char CREDENTIALS[] = "{\"host\":\"a.example\",\"refuse\":\"key: no\"}";
    struct session_config config = {.connector = c,
                                    .credentials = {CREDENTIALS, strlen(CREDENTIALS)}};
    assert_int_equal(session_new(&config, &s, &err), BERTH_E_INVALID);
    assert_string_equal(err.message, "key: no");
    connector_free(c);
}

static void credentials_without_a_host_are_refused(void **state)
{
    const struct connector_dir *dir = *state;
    struct berth_error err = ERROR_INIT;
    struct connector *c = NULL;
    struct session *s = NULL;
    static const char *const WRONG[] = {"{}",
                                        "[]",
                                        "{",
                                        "{\"host\":\"a b\"}",
                                        "{\"host\":\"a/b\"}",
                                        "{\"host\":\"u@a\"}"};
    connector_dir_add(dir, "scripted", "scripted");
    assert_int_equal(load_from(dir->path, "scripted", &c, &err), 0);
    for (size_t i = 0; i < sizeof(WRONG) / sizeof(WRONG[0]); i++) {
        struct session_config config = {.connector = c,
                                        .credentials = {WRONG[i], strlen(WRONG[i])}};
        assert_int_equal(session_new(&config, &s, &err), BERTH_E_INVALID);
    }
    struct session_config config = {.connector = c,
                                    .credentials = {"{\"host\":\"a\"}", 12},
                                    .ca_file = "/nowhere/ca.pem"};
    assert_int_equal(session_new(&config, &s, &err), BERTH_E_INVALID);
    assert_non_null(strstr(err.message, "/nowhere/ca.pem: No such file"));
    connector_free(c);
}

static void what_others_can_write_is_refused(void **state)
{
    const struct connector_dir *dir = *state;
    static const char *const NAMES[] = {"scripted.so", "scripted.json"};
    connector_dir_add(dir, "scripted", "scripted");
    for (size_t i = 0; i < 2; i++) {
        const char *file = connector_dir_file(dir, NAMES[i]);
        assert_int_equal(chmod(file, 0646), 0);
        assert_refused(dir->path, "scripted", BERTH_E_AUTH, "chmod o-w");
        assert_int_equal(chmod(file, 0644), 0);
    }
    assert_int_equal(chmod(dir->path, 0777), 0);
    assert_refused(dir->path, "scripted", BERTH_E_AUTH, "chmod o-w");
    assert_int_equal(chmod(dir->path, 0700), 0);
}

static void what_a_foreign_group_can_write_is_refused(void **state)
{
    const struct connector_dir *dir = *state;
    if (geteuid() != 0) {
        print_message("# only root can give a file to a group it is not in\n");
        return;
    }
    connector_dir_add(dir, "scripted", "scripted");
    const char *file = connector_dir_file(dir, "scripted.so");
    assert_int_equal(chown(file, 0, 12345), 0);
    assert_int_equal(chmod(file, 0664), 0);
    assert_refused(dir->path, "scripted", BERTH_E_AUTH, "chmod g-w");
}

static void what_belongs_to_somebody_else_is_refused(void **state)
{
    const struct connector_dir *dir = *state;
    if (geteuid() != 0) {
        print_message("# only root can give a file away\n");
        return;
    }
    connector_dir_add(dir, "scripted", "scripted");
    assert_int_equal(chown(connector_dir_file(dir, "scripted.so"), 12345, 0), 0);
    assert_refused(dir->path, "scripted", BERTH_E_AUTH, "belongs to user 12345");
}

static void a_link_is_as_safe_as_what_it_leads_to(void **state)
{
    const struct connector_dir *dir = *state;
    struct connector_dir target;
    struct berth_error err = ERROR_INIT;
    struct connector *c = NULL;
    connector_dir_make(&target);
    connector_dir_add(&target, "scripted", "scripted");
    (void)unlink(connector_dir_file(dir, "scripted.so"));
    connector_dir_add_manifest(dir, "scripted", "1.0.0", 0);
    assert_int_equal(symlink(connector_dir_file(&target, "scripted.so"),
                             connector_dir_file(dir, "scripted.so")),
                     0);
    assert_int_equal(load_from(dir->path, "scripted", &c, &err), 0);
    connector_free(c);
    assert_int_equal(chmod(target.path, 0777), 0);
    assert_refused(dir->path, "scripted", BERTH_E_AUTH, target.path);
    (void)unlink(connector_dir_file(dir, "scripted.so"));
    connector_dir_remove(&target);
}

static void only_regular_files_are_loaded(void **state)
{
    const struct connector_dir *dir = *state;
    connector_dir_add(dir, "scripted", "pipe");
    (void)unlink(connector_dir_file(dir, "pipe.so"));
    assert_int_equal(mkfifo(connector_dir_file(dir, "pipe.so"), 0600), 0);
    assert_refused(dir->path, "pipe", BERTH_E_INVALID, "not a regular file");
    (void)unlink(connector_dir_file(dir, "pipe.so"));
    assert_int_equal(symlink("/dev/zero", connector_dir_file(dir, "pipe.so")), 0);
    assert_refused(dir->path, "pipe", BERTH_E_INVALID, "not a regular file");
}

static void a_manifest_of_another_id_is_refused(void **state)
{
    const struct connector_dir *dir = *state;
    connector_dir_add(dir, "scripted", "scripted");
    connector_dir_add_object(dir, "scripted", "renamed");
    assert_int_equal(rename(connector_dir_file(dir, "scripted.json"),
                            connector_dir_file(dir, "renamed.json")),
                     0);
    assert_refused(dir->path, "renamed", BERTH_E_INVALID, "its id is 'scripted'");
}

static void an_unknown_id_names_the_folders(void **state)
{
    const struct connector_dir *dir = *state;
    connector_dir_add(dir, "scripted", "scripted");
    assert_refused(dir->path, "unheard-of", BERTH_E_NOT_FOUND, dir->path);
    assert_refused(dir->path, "scriptd", BERTH_E_NOT_FOUND, "did you mean 'scripted'");
    assert_refused(dir->path, "../scripted", BERTH_E_NOT_FOUND, "no connector");
}

static void the_list_is_sorted_and_has_no_repeats(void **state)
{
    const struct connector_dir *dir = *state;
    struct berth_error err = ERROR_INIT;
    struct connector_path path;
    char twice[600];
    connector_dir_add(dir, "scripted", "zeta");
    connector_dir_add(dir, "scripted", "alpha");
    connector_dir_add_manifest(dir, "lonely", "1.0.0", 0);
    (void)snprintf(twice, sizeof(twice), "%s::/nowhere:%s", dir->path, dir->path);
    assert_int_equal(connector_path_init(&path, twice, &err), 0);
    assert_true(path.count >= 4);
    char **ids;
    size_t count;
    assert_int_equal(connector_list(&path, &ids, &count, &err), 0);
    assert_int_equal(count, 2);
    assert_string_equal(ids[0], "alpha");
    assert_string_equal(ids[1], "zeta");
    for (size_t i = 0; i < count; i++)
        free(ids[i]);
    free(ids);
    connector_path_release(&path);
}

/* Two objects at a time, from descriptors, must not be taken for one another. */
static void connectors_do_not_share_a_name(void **state)
{
    const struct connector_dir *dir = *state;
    struct berth_error err = ERROR_INIT;
    struct connector *a = NULL, *b = NULL;
    connector_dir_add(dir, "scripted", "scripted");
    connector_dir_add(dir, "odd_newer", "odd");
    for (int i = 0; i < 3; i++) {
        assert_int_equal(load_from(dir->path, "scripted", &a, &err), 0);
        assert_int_equal(load_from(dir->path, "odd", &b, &err), 0);
        assert_string_equal(connector_plugin(a)->id, "scripted");
        assert_string_equal(connector_plugin(b)->id, "odd");
        connector_free(a);
        assert_string_equal(connector_plugin(b)->id, "odd");
        connector_free(b);
    }
}

static int setup(void **state)
{
    static struct connector_dir dir;
    connector_dir_make(&dir);
    *state = &dir;
    return 0;
}

static int teardown(void **state)
{
    connector_dir_remove(*state);
    return 0;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_cannot_work_is_refused_with_a_sentence),
        TEST(an_older_connector_works),
        TEST(a_newer_connector_works),
        TEST(one_that_opens_nothing_is_told_of),
        TEST(the_reason_of_open_is_passed_on),
        TEST(credentials_without_a_host_are_refused),
        TEST(what_others_can_write_is_refused),
        TEST(what_a_foreign_group_can_write_is_refused),
        TEST(what_belongs_to_somebody_else_is_refused),
        TEST(a_link_is_as_safe_as_what_it_leads_to),
        TEST(only_regular_files_are_loaded),
        TEST(a_manifest_of_another_id_is_refused),
        TEST(an_unknown_id_names_the_folders),
        TEST(the_list_is_sorted_and_has_no_repeats),
        TEST(connectors_do_not_share_a_name),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("loader", tests, NULL, NULL);
}
