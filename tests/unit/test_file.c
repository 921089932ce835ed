/* Files are read whole or not at all. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/file.h"
#include "sdk/error.h"
#include "tests/support/cmocka.h"

struct fixture {
    char folder[32];
    char path[64];
};

static int make_folder(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    if (!f)
        return -1;
    (void)snprintf(f->folder, sizeof(f->folder), "/tmp/berth-test-XXXXXX");
    if (!mkdtemp(f->folder)) {
        free(f);
        return -1;
    }
    (void)snprintf(f->path, sizeof(f->path), "%s/file", f->folder);
    *state = f;
    return 0;
}

static int remove_folder(void **state)
{
    struct fixture *f = *state;
    (void)unlink(f->path); /* not every test makes it */
    int r = rmdir(f->folder);
    free(f);
    return r;
}

static void write_file(const struct fixture *f, const char *text, size_t len)
{
    int fd = open(f->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, len), len);
    assert_int_equal(close(fd), 0);
}

/* The file read with this limit is `expect`, or refused with this sentence after the
 * path. */
static void check_read(const struct fixture *f, size_t max_bytes, const char *expect,
                       const char *sentence)
{
    struct berth_error err = BERTH_ERROR_INIT;
    struct text text;
    text_init_secret(&text, 1 << 20);
    int r = file_read(f->path, max_bytes, &text, &err);
    if (expect) {
        assert_int_equal(r, 0);
        assert_int_equal(text.len, strlen(expect));
        assert_string_equal(text.data ? text.data : "", expect);
    } else {
        assert_int_equal(r, BERTH_E_INVALID);
        assert_memory_equal(err.message, f->path, strlen(f->path));
        assert_string_equal(err.message + strlen(f->path), sentence);
    }
    text_release(&text);
}

static void file_is_read_whole(void **state)
{
    const struct fixture *f = *state;
    char *text = malloc(70001);

    assert_non_null(text);
    memset(text, 'x', 70000);
    text[70000] = '\0';
    write_file(f, text, 70000);
    check_read(f, 70000, text, NULL);
    check_read(f, 69999, NULL, ": is longer than 69999 bytes");
    free(text);
}

static void empty_file_is_empty_text(void **state)
{
    const struct fixture *f = *state;

    write_file(f, "", 0);
    check_read(f, 0, "", NULL);
}

static void endless_file_is_cut_off(void **state)
{
    struct berth_error err = BERTH_ERROR_INIT;
    struct text text;

    (void)state;
    text_init(&text, 1 << 20);
    int r = file_read("/proc/self/maps", 10, &text, &err); /* it says that it is empty */
    assert_int_equal(r, BERTH_E_INVALID);
    assert_string_equal(err.message, "/proc/self/maps: is longer than 10 bytes");
    text_release(&text);
}

static void file_that_is_no_folder_is_no_way(void **state)
{
    struct berth_error err = BERTH_ERROR_INIT;
    struct text text;

    (void)state;
    text_init(&text, 100);
    assert_int_equal(file_read("/dev/null/x", 10, &text, &err), BERTH_E_NOT_FOUND);
    assert_int_equal(file_read("/dev/null", 10, &text, &err), BERTH_E_INVALID);
    assert_string_equal(err.message, "/dev/null: is not a regular file");
    text_release(&text);
}

static void file_that_may_not_be_read_is_told(void **state)
{
    const struct fixture *f = *state;

    write_file(f, "x", 1);
    assert_int_equal(chmod(f->path, 0), 0);
    bool may = geteuid() == 0; /* root may read everything */
    check_read(f, 10, may ? "x" : NULL, ": cannot be read: Permission denied");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(file_is_read_whole, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(empty_file_is_empty_text, make_folder,
                                        remove_folder),
        cmocka_unit_test(endless_file_is_cut_off),
        cmocka_unit_test(file_that_is_no_folder_is_no_way),
        cmocka_unit_test_setup_teardown(file_that_may_not_be_read_is_told, make_folder,
                                        remove_folder),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
