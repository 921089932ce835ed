/* The hash of an item's text: what differs in a bit, in length, place or scope differs.
 */
#include "host/snapshot/text_hash.h"

#include "sdk/str.h"
#include "tests/support/cmocka.h"

enum { LONGEST = 1100 }; /* more than two blocks */

static const struct siphash_key KEY = {0x0706050403020100u, 0x0f0e0d0c0b0a0908u};
static const struct berth_str WHOLE = {0};

static struct text_hash hash_with(struct siphash_key key)
{
    struct text_hash h;
    text_hash_init(&h, &key);
    return h;
}

static void fill(char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        text[i] = (char)('a' + i * 7 % 26);
}

static void each_bit_counts(void **state)
{
    (void)state;
    struct text_hash h = hash_with(KEY);
    char text[LONGEST];
    fill(text, sizeof(text));
    static const size_t LENGTHS[] = {1, 8, 15, 16, 17, 422, 511, 512, 513, 1024, LONGEST};
    for (size_t l = 0; l < sizeof(LENGTHS) / sizeof(LENGTHS[0]); l++) {
        struct berth_str whole = {text, LENGTHS[l]};
        uint64_t hash = text_hash_of(&h, WHOLE, whole);
        for (size_t i = 0; i < whole.len * 8; i++) {
            text[i / 8] ^= (char)(1 << i % 8);
            assert_true(text_hash_of(&h, WHOLE, whole) != hash);
            text[i / 8] ^= (char)(1 << i % 8);
        }
        assert_true(text_hash_of(&h, WHOLE, whole) == hash);
    }
}

static void a_text_and_its_beginning_differ(void **state)
{
    (void)state;
    struct text_hash h = hash_with(KEY);
    char zeros[LONGEST] = {0};
    uint64_t seen[LONGEST];
    for (size_t len = 0; len < LONGEST; len++) {
        seen[len] = text_hash_of(&h, WHOLE, (struct berth_str){zeros, len});
        for (size_t i = 0; i < len; i++)
            assert_true(seen[i] != seen[len]);
    }
}

/* Sums do not care about the order of what they add up; the key's words do. */
static void parts_that_change_places_count(void **state)
{
    (void)state;
    struct text_hash h = hash_with(KEY);
    char text[LONGEST];
    for (size_t part = 8; part <= 512; part *= 2) {
        struct berth_str both = {text, 2 * part};
        fill(text, sizeof(text));
        text[0] = '!';
        uint64_t hash = text_hash_of(&h, WHOLE, both);
        fill(text + part, part);
        fill(text, sizeof(text));
        memmove(text, text + part, part);
        fill(text + part, part);
        text[part] = '!';
        assert_true(text_hash_of(&h, WHOLE, both) != hash);
    }
}

static void key_and_scope_count_and_the_place_in_memory_does_not(void **state)
{
    (void)state;
    struct text_hash h = hash_with(KEY);
    struct text_hash other = hash_with((struct siphash_key){KEY.k0, KEY.k1 + 1});
    char text[LONGEST + 8];
    fill(text, LONGEST);
    struct berth_str whole = {text, LONGEST};
    uint64_t hash = text_hash_of(&h, WHOLE, whole);
    assert_true(text_hash_of(&other, WHOLE, whole) != hash);
    assert_true(text_hash_of(&h, STR("g"), whole) != hash);
    for (size_t shift = 1; shift < 8; shift++) {
        fill(text + shift, LONGEST);
        struct berth_str shifted = {text + shift, LONGEST};
        assert_true(text_hash_of(&h, WHOLE, shifted) == hash);
    }
}

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_bit_counts),
        cmocka_unit_test(a_text_and_its_beginning_differ),
        cmocka_unit_test(parts_that_change_places_count),
        cmocka_unit_test(key_and_scope_count_and_the_place_in_memory_does_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
