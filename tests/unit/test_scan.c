#include "sdk/scan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sdk/cleanup.h"
#include "sdk/plain.h"
#include "sdk/reader.h"
#include "tests/support/cmocka.h"

static const char A_LONG_NAME[] = "abcdefghijklmnopqrstuvwxyz0123456789-._:";
static const struct berth_str NAMES[] = {{"id", 2}, {"etag", 4}};

/* The items' members as "id=RAW etag=RAW;..." or null when it is not JSON. */
static const char *scan_all(const char *text, const char *pointer)
{
    static struct text seen;
    struct scan scan;
    struct scan_item item;
    int r = scan_begin(&scan, str_from(text), pointer, NULL);
    text_release(&seen);
    text_init(&seen, 4096);
    text_add(&seen, "");
    if (r < 0)
        return NULL;
    scan_want(&scan, NAMES, 2);
    while ((r = scan_next(&scan, &item, NULL)) > 0) {
        text_add(&seen, "id=");
        text_add_str(&seen, item.members[0]);
        text_add(&seen, " etag=");
        text_add_str(&seen, item.members[1]);
        text_add(&seen, ";");
    }
    return r < 0 ? NULL : seen.data;
}

static void members_are_found_in_any_order(void **state)
{
    (void)state;
    assert_string_equal(scan_all(" [ {\"id\":\"a\",\"etag\":\"1\"} , {\"etag\" : 2 , "
                                 "\"x\":{\"id\":9},\"id\": [\"b\"]}]\n",
                                 ""),
                        "id=\"a\" etag=\"1\";id=[\"b\"] etag=2;");
}

static void names_that_only_look_alike_do_not_count(void **state)
{
    (void)state;
    assert_string_equal(
        scan_all("[{\"idx\":1,\"ID\":2,\"x\":\"\\\"id\\\":3\",\"i\":4}]", ""),
        "id= etag=;");
}

static void names_with_escapes_count(void **state)
{
    (void)state;
    assert_string_equal(scan_all("[{\"\\u0069d\":1,\"et\\u0061g\":2,\"\\u0069\":3}]", ""),
                        "id=1 etag=2;");
}

static void of_equal_names_the_last_counts(void **state)
{
    (void)state;
    assert_string_equal(scan_all("[{\"id\":1,\"id\":2}]", ""), "id=2 etag=;");
}

static void lists_may_be_empty_and_items_no_objects(void **state)
{
    (void)state;
    assert_string_equal(scan_all("[]", ""), "");
    assert_string_equal(scan_all("[ ]", ""), "");
    assert_string_equal(scan_all("[1,\"id\",null,[{\"id\":1}],{}]", ""),
                        "id= etag=;id= etag=;id= etag=;id= etag=;id= etag=;");
}

static void a_pointer_leads_to_the_list(void **state)
{
    (void)state;
    assert_string_equal(scan_all("{\"value\":[{\"id\":1}],\"next\":\"u\"}", "/value"),
                        "id=1 etag=;");
    assert_string_equal(scan_all("{\"a\":{\"b\":[]},\"a\":{\"b\":[{\"id\":1}]}}", "/a/b"),
                        "id=1 etag=;");
    assert_null(scan_all("{\"value\":[]}", "/other"));
    assert_null(scan_all("{\"value\":{}}", "/value"));
    assert_null(scan_all("{\"value\":[{\"id\":1}]", "/value"));
}

static void what_is_not_json_is_an_error(void **state)
{
    (void)state;
    static const char *const TEXTS[] = {
        "",
        "{}",
        "null",
        "[",
        "[{}",
        "[{},",
        "[{}]]",
        "[{}] x",
        "[{},]",
        "[,{}]",
        "[{} {}]",
        "[{\"id\"}]",
        "[{\"id\":}]",
        "[{\"id\":1,}]",
        "[{id:1}]",
        "[01]",
        "[1.]",
        "[-]",
        "[tru]",
        "[\"\\x\"]",
        "[\"\xff\"]",
        "[\"\x01\"]",
        "[\"\\ud800x\"]",
        "[{\"a\":[}]}]",
        "[\"",
        "[\"\\",
    };
    for (size_t i = 0; i < sizeof(TEXTS) / sizeof(TEXTS[0]); i++)
        assert_null(scan_all(TEXTS[i], ""));
}

static void a_text_cut_anywhere_is_an_error(void **state)
{
    (void)state;
    static const char TEXT[] =
        "[{\"id\":\"a\",\"etag\":\"1\"},{\"id\":\"b\\u00e9\",\"x\":[1,2.5e1,true]}]";
    for (size_t len = 0; len < sizeof(TEXT) - 1; len++) {
        char *cut = strndup(TEXT, len);
        assert_null(scan_all(cut, ""));
        free(cut);
    }
    assert_non_null(scan_all(TEXT, ""));
}

static void depth_is_bounded(void **state)
{
    (void)state;
    char text[2 * READER_MAX_DEPTH + 3];
    memset(text, '[', READER_MAX_DEPTH);
    memset(text + READER_MAX_DEPTH, ']', READER_MAX_DEPTH);
    text[2 * READER_MAX_DEPTH] = '\0';
    assert_int_equal(scan_check(str_from(text), NULL), 0);
    memset(text, '[', READER_MAX_DEPTH + 1);
    memset(text + READER_MAX_DEPTH + 1, ']', READER_MAX_DEPTH + 1);
    text[2 * READER_MAX_DEPTH + 2] = '\0';
    assert_int_equal(scan_check(str_from(text), NULL), BERTH_E_PROTOCOL);
}

/* Each byte at each place of a text that is otherwise plain, whatever its length. */
static void plain_text_ends_where_the_first_special_byte_is(void **state)
{
    (void)state;
    for (size_t len = 1; len < 40; len++) {
        char *text = malloc(len); /* of its very size, so that reading on is noticed */
        assert_non_null(text);
        memset(text, 'a', len);
        assert_ptr_equal(plain_end(text, text + len), text + len);
        for (size_t at = 0; at < len; at++) {
            for (int c = 0; c < 256; c++) {
                text[at] = (char)c;
                const char *end = plain_end_by_byte(text, text + len);
                bool special = c < ' ' || c == '"' || c == '\\' || c > 0x7f;
                assert_ptr_equal(end, special ? text + at : text + len);
                assert_ptr_equal(plain_end(text, text + len), end);
                assert_ptr_equal(plain_end_by_word(text, text + len), end);
            }
            text[at] = 'a';
        }
        free(text);
    }
}

/* A string that ends, and one that does not, with each number of bytes before. */
static void strings_of_each_length_are_scanned(void **state)
{
    static const char *const ENDS[] = {"\"]", "\\n\"]", "\xc3\xa9\"]", "\\u00e9b\"]"};
    static const char *const CUTS[] = {"", "\\", "\xc3", "\t\"]", "\\u00e\"]"};

    (void)state;
    for (int len = 0; len < 40; len++) {
        char text[64];
        for (size_t i = 0; i < sizeof(ENDS) / sizeof(ENDS[0]); i++) {
            (void)snprintf(text, sizeof(text), "[\"%.*s%s", len, A_LONG_NAME, ENDS[i]);
            assert_int_equal(scan_check(str_from(text), NULL), 0);
        }
        for (size_t i = 0; i < sizeof(CUTS) / sizeof(CUTS[0]); i++) {
            (void)snprintf(text, sizeof(text), "[\"%.*s%s", len, A_LONG_NAME, CUTS[i]);
            assert_int_equal(scan_check(str_from(text), NULL), BERTH_E_PROTOCOL);
        }
    }
}

static void values_are_found_by_pointer(void **state)
{
    (void)state;
    struct berth_str raw = {0};
    struct berth_str text = STR(" {\"a\":{\"b\":\"x\"},\"n\":null,\"c/~d\":7} ");
    assert_int_equal(scan_find(text, "/a/b", &raw, NULL), 1);
    assert_true(str_equal(raw, STR("\"x\"")));
    assert_int_equal(scan_find(text, "/n", &raw, NULL), 1);
    assert_true(str_equal(raw, STR("null")));
    assert_int_equal(scan_find(text, "/c~1~0d", &raw, NULL), 1);
    assert_true(str_equal(raw, STR("7")));
    assert_int_equal(scan_find(text, "/c/~d", &raw, NULL), 0);
    assert_int_equal(scan_find(text, "/a/c", &raw, NULL), 0);
    assert_int_equal(scan_find(text, "/n/c", &raw, NULL), 0);
    assert_int_equal(scan_find(STR("[1"), "/a", &raw, NULL), BERTH_E_PROTOCOL);
}

static void strings_are_decoded(void **state)
{
    (void)state;
    cleanup(text) struct text t;
    struct berth_str said;
    text_init(&t, 100);
    assert_true(scan_string(STR("\"plain\""), &t, &said));
    assert_true(str_equal(said, STR("plain")));
    assert_int_equal(t.len, 0);
    assert_true(scan_string(STR("\"a\\n\\\"\\u00e9\\ud83d\\ude00\""), &t, &said));
    assert_true(str_equal(said, STR("a\n\"\xc3\xa9\xf0\x9f\x98\x80")));
    assert_false(scan_string(STR("1"), &t, &said));
    assert_false(scan_string(STR("\""), &t, &said));
    assert_false(scan_string((struct berth_str){0}, &t, &said));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_are_found_in_any_order),
        cmocka_unit_test(names_that_only_look_alike_do_not_count),
        cmocka_unit_test(names_with_escapes_count),
        cmocka_unit_test(of_equal_names_the_last_counts),
        cmocka_unit_test(lists_may_be_empty_and_items_no_objects),
        cmocka_unit_test(a_pointer_leads_to_the_list),
        cmocka_unit_test(what_is_not_json_is_an_error),
        cmocka_unit_test(a_text_cut_anywhere_is_an_error),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(plain_text_ends_where_the_first_special_byte_is),
        cmocka_unit_test(strings_of_each_length_are_scanned),
        cmocka_unit_test(values_are_found_by_pointer),
        cmocka_unit_test(strings_are_decoded),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
