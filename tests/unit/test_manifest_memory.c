/* Each allocation of reading a manifest, filling a form and masking fails in turn (in the
 * short form: a good part of them). */
#include <stdlib.h>
#include <string.h>

#include "host/file.h"
#include "host/form.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/str.h"
#include "tests/support/cmocka.h"
#include "tests/unit/fixture_manifest.h"
#include "tests/unit/lack.h"
#include "tests/unit/redact_once.h"

/* Reading a manifest takes many allocations, most of them alike. */
static long stride(void)
{
    return getenv("BERTH_TEST_FULL") ? 1 : 97;
}

/* jansson loses the end of a text when memory runs out while it reads it, and does not
 * say so: then the manifest is refused for what is left, or even taken. */
static void manifest_that_lacks_memory_is_freed(void **state)
{
    char *path = fixture_path(DEPOT);
    struct text text;
    bool failed;
    long n = 0, runs = 0, told = 0;

    (void)state;
    text_init(&text, MANIFEST_MAX_BYTES);
    assert_int_equal(file_read(path, MANIFEST_MAX_BYTES, &text, NULL), 0);
    do {
        struct berth_error err = BERTH_ERROR_INIT;
        struct manifest *m = NULL;
        lack_begin(n);
        int r = manifest_parse("m", text_str(&text), &m, &err);
        assert_true((r == 0) == (m != NULL));
        if (r == 0)
            r = manifest_check_all(m, &err);
        failed = lack_end();
        assert_true((r == 0) == (err.message[0] == '\0'));
        assert_true(r == 0 || failed);
        told += r == BERTH_E_NO_MEMORY;
        manifest_free(m);
        n += n < 500 ? 1 : stride();
        runs++;
    } while (failed);
    assert_true(n > 1000);
    assert_true(told > runs / 2);
    text_release(&text);
    free(path);
}

static int fill_form(const struct credential *c, json_t **fields, json_t **secrets,
                     struct berth_error *err)
{
    cleanup(form) struct form *form = NULL;
    int r = form_new(c, &form, err);
    if (r == 0)
        r = form_paste(form, STR("Server=a.b;Token=abcdefgh;Port=1"), err);
    if (r == 0)
        r = form_set(form, "note", STR("hm"), err);
    if (r == 0)
        r = form_finish(form, err);
    return r < 0 ? r : form_values(form, fields, secrets, err);
}

static void form_that_lacks_memory_is_freed(void **state)
{
    struct manifest *m = fixture_manifest(DEPOT);
    const struct credential *c = manifest_credential(m, 0);
    bool failed;
    int r;
    long n = 0;

    (void)state;
    do {
        struct berth_error err = BERTH_ERROR_INIT;
        json_t *fields = NULL;
        json_t *secrets = NULL;
        lack_begin(n++);
        r = fill_form(c, &fields, &secrets, &err);
        failed = lack_end();
        assert_true(r == 0 || failed);
        assert_true(r == 0 || err.message[0] != '\0');
        json_decref(fields);
        json_decref(secrets);
    } while (failed);
    assert_int_equal(r, 0);
    assert_true(n > 20);
    manifest_free(m);
}

static void masking_that_lacks_memory_says_so(void **state)
{
    struct manifest *m = fixture_manifest(DEPOT);
    const json_t *schema = manifest_find(m, "part.get")->output_schema;
    bool failed;
    long n = 0;

    (void)state;
    do {
        struct berth_error err = BERTH_ERROR_INIT;
        json_t *value = fixture_json("{'pin': '1', 'keys': {'a': 'x'}}");
        char *found = NULL;
        lack_begin(n);
        int r = redact(manifest_json(m), schema, value, &err);
        failed = lack_end();
        assert_int_equal(r, failed ? BERTH_E_NO_MEMORY : 0);
        lack_begin(n);
        r = redact_find_secret(manifest_json(m), schema, value, &found, &err);
        assert_int_equal(r, lack_end() ? BERTH_E_NO_MEMORY : 0);
        free(found);
        json_decref(value);
        n++;
    } while (failed || n < 40);
    manifest_free(m);
}

/* What could not be made is made when it is asked for again. */
static void what_lacked_memory_is_made_the_next_time(void **state)
{
    struct manifest *m = NULL;
    char *path = fixture_path(DEPOT);
    json_t *input = fixture_json("{'partId': 'a'}");
    bool failed;
    int r;
    long n = 0;

    (void)state;
    assert_int_equal(manifest_read(path, &m, NULL), 0);
    const struct operation *op = manifest_find(m, "part.get");
    do {
        struct berth_error err = BERTH_ERROR_INIT;
        lack_begin(n++);
        r = operation_check_input(op, input, NULL, &err);
        int masked = operation_redact_output(op, input, NULL);
        failed = lack_end();
        assert_true(r == 0 || (failed && r == BERTH_E_NO_MEMORY));
        assert_true((r == 0) == (err.message[0] == '\0'));
        assert_true(masked == 0 || (failed && masked == BERTH_E_NO_MEMORY));
    } while (failed);
    assert_int_equal(r, 0);
    assert_true(n > 30);
    json_decref(input);
    manifest_free(m);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(manifest_that_lacks_memory_is_freed),
        cmocka_unit_test(form_that_lacks_memory_is_freed),
        cmocka_unit_test(masking_that_lacks_memory_says_so),
        cmocka_unit_test(what_lacked_memory_is_made_the_next_time),
    };

    lack_init();
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
