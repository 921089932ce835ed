/* The pieces that hold and cut data: index, slices, texts, ids, quota. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emulator/codec.h"
#include "emulator/ident.h"
#include "emulator/index.h"
#include "emulator/moment.h"
#include "emulator/quota.h"
#include "emulator/slice.h"
#include "emulator/text.h"
#include "tests/support/cmocka.h"

enum { MANY = 5000 };

/* A permutation of 0..MANY-1 that looks like no order. */
static int shuffled(int i)
{
    return (int)((long)i * 2503 % MANY);
}

static void fill(struct index *ix)
{
    char key[16];
    void *old;
    int i;

    for (i = 0; i < MANY; i++) {
        (void)snprintf(key, sizeof key, "%s-%05d", i % 2 ? "ID" : "id", shuffled(i));
        char *own = strdup(key);

        assert_non_null(own);
        assert_true(index_put(ix, own, own, &old));
        assert_null(old);
    }
}

static void index_keeps_order_and_folds_case(void **state)
{
    const struct index_node *node;
    struct index ix;
    char key[16];
    int i = 0;

    (void)state;
    index_init(&ix);
    fill(&ix);
    assert_int_equal(ix.count, MANY);
    for (node = index_after(&ix, NULL); node; node = node->next[0]) {
        (void)snprintf(key, sizeof key, "iD-%05d", i++);
        assert_true(ident_equal(node->key, key));
        assert_ptr_equal(index_get(&ix, key), node->value);
    }
    assert_int_equal(i, MANY);
    index_release(&ix, free);
}

static void index_takes_and_goes_on_after_what_was_taken(void **state)
{
    struct index ix;
    char key[16];
    int i;

    (void)state;
    index_init(&ix);
    fill(&ix);
    for (i = 0; i < MANY; i += 2) {
        (void)snprintf(key, sizeof key, "id-%05d", i);
        void *value = index_take(&ix, key);

        assert_non_null(value);
        free(value);
        assert_null(index_take(&ix, key));
        assert_null(index_get(&ix, key));
    }
    assert_int_equal(ix.count, MANY / 2);
    for (i = 0; i < MANY; i += 2) {
        (void)snprintf(key, sizeof key, "id-%05d", i);
        const struct index_node *node = index_after(&ix, key);

        (void)snprintf(key, sizeof key, "id-%05d", i + 1);
        assert_true(ident_equal(node->key, key));
    }
    assert_null(index_after(&ix, "id-04999"));
    assert_null(index_after(&ix, "zz"));
    index_release(&ix, free);
}

static void index_replaces_under_the_same_key(void **state)
{
    struct index ix;
    char first[] = "Key", second[] = "kEY";
    void *old;

    (void)state;
    index_init(&ix);
    assert_true(index_put(&ix, first, first, &old));
    assert_true(index_put(&ix, second, second, &old));
    assert_ptr_equal(old, first);
    assert_ptr_equal(index_get(&ix, "key"), second);
    assert_int_equal(ix.count, 1);
    index_release(&ix, NULL);
}

static struct slice slice_of(const char *s)
{
    struct slice slice = {s, strlen(s)};

    return slice;
}

static void expect_slice(struct slice s, const char *wanted)
{
    struct text t;

    text_init(&t, 1000);
    slice_add(&t, s);
    assert_string_equal(text_str(&t), wanted);
    text_release(&t);
}

static void slices_keep_the_spelling(void **state)
{
    struct slice object = slice_of(" { \"a\" : 1.10 , \"b\":{ \"c\" : [ 1e2 , \"x \\\" "
                                   "}\" ] } ,\"d\":null, \"a\":[ ]}");

    (void)state;
    expect_slice(slice_member(object, "a"), "[]");
    expect_slice(slice_member(object, "b"), "{\"c\":[1e2,\"x \\\" }\"]}");
    expect_slice(slice_member(object, "d"), "null");
    expect_slice(slice_member(object, "c"), "");
    expect_slice(slice_member(slice_member(object, "b"), "c"), "[1e2,\"x \\\" }\"]");
    expect_slice(slice_member(slice_of("[]"), "a"), "");
    expect_slice(slice_member(slice_of("{\"ab\":1,\"\\u0061b\":2}"), "ab"), "2");
}

static void slices_find_elements(void **state)
{
    struct slice array = slice_of("[ {\"a\":[1,2]} , 3,\"],\" ,[ ] ]");

    (void)state;
    expect_slice(slice_element(array, 0), "{\"a\":[1,2]}");
    expect_slice(slice_element(array, 1), "3");
    expect_slice(slice_element(array, 2), "\"],\"");
    expect_slice(slice_element(array, 3), "[]");
    expect_slice(slice_element(array, 4), "");
    expect_slice(slice_element(slice_of("[]"), 0), "");
    expect_slice(slice_element(slice_of("{}"), 0), "");
}

static void text_stops_at_its_limit(void **state)
{
    struct text t;

    (void)state;
    text_init(&t, 5);
    text_add(&t, "abc");
    text_add(&t, "de");
    assert_false(text_failed(&t));
    assert_string_equal(text_str(&t), "abcde");
    text_add(&t, "");
    assert_false(text_failed(&t));
    text_add(&t, "f");
    assert_true(text_failed(&t));
    assert_null(text_take(&t));
}

static void json_strings_are_escaped(void **state)
{
    struct text t;

    (void)state;
    text_init(&t, 100);
    text_add_json(&t, "a\"\\\n\x7f\xc3\xa9\xff\xe2\x82\xed\xa0\x80");
    assert_string_equal(text_str(&t), "\"a\\\"\\\\\\u000a\\u007f\xc3\xa9\?\?\?\?\?\?\"");
    text_release(&t);
}

static void percent_escapes_are_strict(void **state)
{
    char out[6];

    (void)state;
    assert_int_equal(percent_decode("a%3Ab%2fc", 9, out, sizeof out), 5);
    assert_string_equal(out, "a:b/c");
    assert_int_equal(percent_decode("%41", 3, out, sizeof out), 1);
    assert_int_equal(percent_decode("", 0, out, sizeof out), 0);
    assert_int_equal(percent_decode("%4", 2, out, sizeof out), PERCENT_BROKEN);
    assert_int_equal(percent_decode("%zz", 3, out, sizeof out), PERCENT_BROKEN);
    assert_int_equal(percent_decode("%00", 3, out, sizeof out), PERCENT_BROKEN);
    assert_int_equal(percent_decode("abcdefg", 7, out, sizeof out), PERCENT_LONG);
    assert_string_equal(out, "abcde");
}

static void ids_have_their_characters_and_length(void **state)
{
    static const char *const GOOD[] = {"a", "A-1", "a.b_c:D-9", "-a", "x-"};
    static const char *const BAD[] = {"",   "a b", "a/b", "\xc3\xa9", "a.",
                                      "a_", "a:",  "a+b", "query",    "QUERY"};
    char longest[IDENT_MAX + 2];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof GOOD / sizeof *GOOD; i++)
        assert_null(ident_problem(GOOD[i]));
    for (i = 0; i < sizeof BAD / sizeof *BAD; i++)
        assert_non_null(ident_problem(BAD[i]));
    memset(longest, 'a', sizeof longest);
    longest[IDENT_MAX + 1] = '\0';
    assert_non_null(ident_problem(longest));
    longest[IDENT_MAX] = '\0';
    assert_null(ident_problem(longest));
}

static void moments_have_seven_digits(void **state)
{
    char when[MOMENT_SIZE];

    (void)state;
    moment_format(INT64_C(1657056437812323), when);
    assert_string_equal(when, "2022-07-05T21:27:17.8123230Z");
    moment_format(0, when);
    assert_string_equal(when, "1970-01-01T00:00:00.0000000Z");
}

static void quota_slides_over_60_seconds(void **state)
{
    int64_t now = 1000 * MOMENT_SECOND;
    struct quota q;

    (void)state;
    assert_int_equal(quota_init(&q, 2), 0);
    assert_int_equal(quota_take(&q, now), 0);
    assert_int_equal(quota_take(&q, now + 30 * MOMENT_SECOND), 0);
    assert_int_equal(quota_take(&q, now + 40 * MOMENT_SECOND), 20);
    assert_int_equal(quota_take(&q, now + 60 * MOMENT_SECOND - 1), 1);
    assert_int_equal(quota_take(&q, now + 60 * MOMENT_SECOND), 0);
    assert_int_equal(quota_take(&q, now + 61 * MOMENT_SECOND), 29);
    quota_release(&q);
}

static void a_clock_that_is_set_back_locks_nobody_out(void **state)
{
    const int64_t now = 1000 * MOMENT_SECOND, year = 366 * 86400 * MOMENT_SECOND;
    struct quota q;
    struct polls polls;

    (void)state;
    assert_int_equal(quota_init(&q, 1), 0);
    assert_int_equal(quota_take(&q, now + 100 * year), 0);
    assert_int_equal(quota_take(&q, now), 0);
    assert_int_equal(quota_take(&q, now), 60);
    assert_int_equal(quota_take(&q, now - 1), 60); /* a thread that is a bit behind */
    quota_release(&q);
    assert_int_equal(polls_init(&polls, 1), 0);
    assert_int_equal(polls_take(&polls, "a", now + year), 0);
    assert_int_equal(polls_take(&polls, "a", now), 0);
    assert_int_equal(polls_take(&polls, "a", now), 10);
    polls_release(&polls);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(index_keeps_order_and_folds_case),
        cmocka_unit_test(index_takes_and_goes_on_after_what_was_taken),
        cmocka_unit_test(index_replaces_under_the_same_key),
        cmocka_unit_test(slices_keep_the_spelling),
        cmocka_unit_test(slices_find_elements),
        cmocka_unit_test(text_stops_at_its_limit),
        cmocka_unit_test(json_strings_are_escaped),
        cmocka_unit_test(percent_escapes_are_strict),
        cmocka_unit_test(ids_have_their_characters_and_length),
        cmocka_unit_test(moments_have_seven_digits),
        cmocka_unit_test(quota_slides_over_60_seconds),
        cmocka_unit_test(a_clock_that_is_set_back_locks_nobody_out),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
