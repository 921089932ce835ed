#include "host/cli/resume.h"
#include "sdk/error.h"
#include "tests/support/cmocka.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int read_text(struct resume *r, const char *text, struct berth_error *err)
{
    char path[] = "test_cli_resume.XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    (void)close(fd);
    int s = resume_read(r, path, err);
    (void)unlink(path);
    return s;
}

static uint64_t mark_of(const char *json)
{
    json_t *input = json_loads(json, 0, NULL);
    assert_non_null(input);
    uint64_t mark = resume_mark_of_input(input);
    json_decref(input);
    return mark;
}

static void only_what_is_ok_is_done(void **state)
{
    (void)state;
    struct resume r;
    assert_int_equal(
        read_text(&r,
                  "{\"line\":1,\"id\":\"a\",\"status\":\"ok\"}\n"
                  "{\"line\":3,\"id\":\"b\",\"status\":\"conflict\",\"error\":{}}\n"
                  "{\"line\":4,\"item\":{\"status\":\"ok\"}}\n",
                  NULL),
        0);
    assert_int_equal(resume_look(&r, 1, resume_mark_of_id("A")), RESUME_DONE);
    assert_int_equal(resume_look(&r, 2, resume_mark_of_id("a")), RESUME_TO_DO);
    assert_int_equal(resume_look(&r, 3, resume_mark_of_id("b")), RESUME_TO_DO);
    assert_int_equal(resume_look(&r, 4, 0), RESUME_TO_DO);
    assert_int_equal(r.unreadable, 0);
    resume_release(&r);
}

static void another_id_in_the_line_is_a_change(void **state)
{
    (void)state;
    struct resume r;
    assert_int_equal(read_text(&r, "{\"line\":1,\"id\":\"a\",\"status\":\"ok\"}\n", NULL),
                     0);
    assert_int_equal(resume_look(&r, 1, resume_mark_of_id("b")), RESUME_CHANGED);
    resume_release(&r);
}

static void without_an_id_the_whole_input_counts(void **state)
{
    (void)state;
    struct resume r;
    char text[200];
    char hash[17];
    uint64_t mark = mark_of("{\"a\":1,\"b\":2}");
    assert_int_equal(mark, mark_of("{\"b\":2,\"a\":1}"));
    resume_mark_text(mark, hash);
    (void)snprintf(text, sizeof(text), "{\"line\":1,\"hash\":\"%s\",\"status\":\"ok\"}\n",
                   hash);
    assert_int_equal(read_text(&r, text, NULL), 0);
    assert_int_equal(resume_look(&r, 1, mark), RESUME_DONE);
    assert_int_equal(resume_look(&r, 1, mark_of("{\"a\":2}")), RESUME_CHANGED);
    resume_release(&r);
}

static void whatever_differs_in_the_input_counts(void **state)
{
    static const char *const INPUTS[] = {
        "{}",
        "{\"a\":[]}",
        "{\"a\":{}}",
        "{\"a\":[[1],2]}",
        "{\"a\":[[1,2]]}",
        "{\"a\":[1,2]}",
        "{\"a\":[2,1]}",
        "{\"a\":1,\"b\":2}",
        "{\"a\":2,\"b\":1}",
        "{\"a\":1}",
        "{\"a\":1.0}",
        "{\"a\":\"1\"}",
        "{\"a\":true}",
        "{\"a\":null}",
        "{\"a\":\"x\",\"b\":\"\"}",
        "{\"a\":\"\",\"b\":\"x\"}",
        "{\"a\":{\"b\":1},\"c\":2}",
        "{\"a\":{\"b\":1,\"c\":2}}",
    };
    (void)state;
    for (size_t i = 0; i < sizeof(INPUTS) / sizeof(INPUTS[0]); i++)
        for (size_t k = 0; k < i; k++)
            assert_int_not_equal(mark_of(INPUTS[i]), mark_of(INPUTS[k]));
}

static void every_character_counts(void **state)
{
    char input[] = "{\"a\":\"0123456789abcdefghij\"}";
    enum { FIRST = 6, LENGTH = 20 };
    uint64_t marks[LENGTH + 1] = {mark_of(input)};
    (void)state;
    for (size_t i = 0; i < LENGTH; i++) {
        char was = input[FIRST + i];
        input[FIRST + i] = '!';
        marks[i + 1] = mark_of(input);
        input[FIRST + i] = was;
        for (size_t k = 0; k <= i; k++)
            assert_int_not_equal(marks[i + 1], marks[k]);
    }
}

static void results_of_both_runs_make_a_whole(void **state)
{
    (void)state;
    struct resume r;
    assert_int_equal(read_text(&r,
                               "{\"line\":1,\"id\":\"a\",\"status\":\"ok\"}\n"
                               "{\"line\":2,\"id\":\"b\",\"status\":\"timeout\"}\n"
                               "{\"line\":3,\"id\":\"c\",\"sta\n"
                               "{\"line\":2,\"id\":\"b\",\"status\":\"ok\"}\n"
                               "{\"line\":3,\"id\":\"c\",\"status\":\"ok\"}",
                               NULL),
                     0);
    assert_int_equal(r.unreadable, 1);
    assert_true(r.ends_midway);
    for (uint64_t line = 1; line <= 3; line++) {
        char id[2] = {(char)('a' + line - 1), '\0'};
        assert_int_equal(resume_look(&r, line, resume_mark_of_id(id)), RESUME_DONE);
    }
    resume_release(&r);
}

static void an_empty_file_means_nothing_was_done(void **state)
{
    (void)state;
    struct resume r;
    assert_int_equal(read_text(&r, "", NULL), 0);
    assert_int_equal(resume_look(&r, 1, 1), RESUME_TO_DO);
    resume_release(&r);
}

static void a_file_of_something_else_is_refused(void **state)
{
    (void)state;
    struct resume r;
    struct berth_error err = BERTH_ERROR_INIT;
    assert_int_equal(read_text(&r, "registrationId\nfoo\nbar\n", &err), BERTH_E_INVALID);
    assert_non_null(strstr(err.message, "holds no results"));
    resume_release(&r);
    assert_int_equal(resume_read(&r, "/nonexistent/results", &err), BERTH_E_INVALID);
    resume_release(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_is_ok_is_done),
        cmocka_unit_test(another_id_in_the_line_is_a_change),
        cmocka_unit_test(without_an_id_the_whole_input_counts),
        cmocka_unit_test(whatever_differs_in_the_input_counts),
        cmocka_unit_test(every_character_counts),
        cmocka_unit_test(results_of_both_runs_make_a_whole),
        cmocka_unit_test(an_empty_file_means_nothing_was_done),
        cmocka_unit_test(a_file_of_something_else_is_refused),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
