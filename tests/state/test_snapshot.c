#include "host/snapshot/snapshot.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/poll/event.h"
#include "tests/state/fixture.h"

static const struct siphash_key KEY = {0x0706050403020100u, 0x0f0e0d0c0b0a0908u};

/* --- hashes --- */

static uint64_t openssl_siphash(struct berth_str text)
{
    unsigned char key[16], out[8];
    for (unsigned char i = 0; i < 16; i++)
        key[i] = i;
    unsigned c = 1, d = 3;
    size_t size = 8;
    OSSL_PARAM params[] = {OSSL_PARAM_construct_uint(OSSL_MAC_PARAM_C_ROUNDS, &c),
                           OSSL_PARAM_construct_uint(OSSL_MAC_PARAM_D_ROUNDS, &d),
                           OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_SIZE, &size),
                           OSSL_PARAM_END};
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "SIPHASH", NULL);
    EVP_MAC_CTX *ctx = EVP_MAC_CTX_new(mac);
    assert_int_equal(EVP_MAC_init(ctx, key, sizeof(key), params), 1);
    assert_int_equal(EVP_MAC_update(ctx, (const unsigned char *)text.ptr, text.len), 1);
    assert_int_equal(EVP_MAC_final(ctx, out, &size, sizeof(out)), 1);
    EVP_MAC_CTX_free(ctx);
    EVP_MAC_free(mac);
    uint64_t hash;
    memcpy(&hash, out, sizeof(hash));
    return le64toh(hash);
}

static void siphash_is_what_openssl_computes(void **state)
{
    (void)state;
    char text[70];
    for (size_t len = 0; len < sizeof(text); len++) {
        text[len] = (char)(len * 37);
        struct berth_str s = {text, len};
        assert_true(siphash_of(&KEY, s) == openssl_siphash(s));
    }
}

static uint64_t hash_folded(struct berth_str text)
{
    struct siphash s = siphash_begin(&KEY);
    siphash_add_folded(&s, text, true);
    return siphash_end(s);
}

static void folding_is_for_ascii_letters_only(void **state)
{
    (void)state;
    for (int c = 0; c < 256; c++) {
        for (size_t len = 1; len < 20; len++) {
            char text[20], lower[20];
            memset(text, c, len);
            memset(lower, c >= 'A' && c <= 'Z' ? c + 32 : c, len);
            assert_true(hash_folded((struct berth_str){text, len}) ==
                        siphash_of(&KEY, (struct berth_str){lower, len}));
        }
    }
}

/* --- the index --- */

static void index_finds_what_was_added_and_not_removed(void **state)
{
    (void)state;
    enum { COUNT = 5000 };
    struct index x;
    assert_int_equal(index_init(&x, 10, NULL), 0);
    for (uint64_t i = 1; i <= COUNT; i++) {
        /* Clusters, also around the end of the table. */
        struct index_entry e = {
            .hash = {UINT64_MAX - (i % 97) * (i % 3 ? 1u << 20 : 0), i},
            .page = (uint32_t)i,
            .offset = 8};
        assert_int_equal(index_add(&x, &e, NULL), 0);
        if (i % 2 == 0) {
            struct item_hash old = {
                UINT64_MAX - (i / 2 % 97) * (i / 2 % 3 ? 1u << 20 : 0), i / 2};
            struct index_entry *found = index_find(&x, old);
            assert_true(found && found->page == i / 2);
            if (found)
                index_remove(&x, found);
            assert_null(index_find(&x, old));
        }
    }
    assert_int_equal(x.count, COUNT / 2);
    size_t found = 0;
    for (uint64_t i = 1; i <= COUNT; i++) {
        struct item_hash hash = {UINT64_MAX - (i % 97) * (i % 3 ? 1u << 20 : 0), i};
        found += index_find(&x, hash) != NULL;
    }
    assert_int_equal(found, COUNT / 2);
    index_release(&x);
}

/* --- pages --- */

static void records_come_back_as_they_were_written(void **state)
{
    (void)state;
    struct page p;
    assert_int_equal(page_init(&p, 7, NULL), 0);
    const struct record written[] = {
        {.key = STR("a"), .version = STR("1")},
        {.key = STR("b"), .version = STR(""), .scope = STR("g1"), .flags = RECORD_QUIET},
        {.key = STR("c"), .version = STR("2"), .scope = STR("g1"), .old = {3, 99}},
        {.key = STR("d"), .version = STR("2"), .scope = STR("g2")},
        {.kind = RECORD_MARK, .old = {7, 8}, .key_hash = 42, .flags = RECORD_MISSING},
        {.kind = RECORD_DROP, .old = {6, 500}, .key_hash = UINT64_MAX},
        {.key = STR("e"), .version = STR("2"), .scope = STR("g2")},
    };
    enum { COUNT = sizeof(written) / sizeof(written[0]) };
    uint16_t offsets[COUNT];
    for (size_t i = 0; i < COUNT; i++)
        assert_true((offsets[i] = page_add(&p, &written[i])) > 0);
    page_seal(&p, &KEY);
    struct berth_str data = {(const char *)p.data, p.len};
    assert_true(page_is_sound(data, 7, &KEY));
    assert_false(page_is_sound(data, 8, &KEY));
    size_t at = PAGE_HEADER;
    for (size_t i = 0; i < COUNT; i++) {
        struct record r;
        assert_int_equal(at, offsets[i]);
        assert_true(page_read(data, &at, &r));
        assert_int_equal(r.kind, written[i].kind);
        assert_int_equal(r.flags, written[i].flags);
        assert_true(position_order(r.old) == position_order(written[i].old));
        assert_true(r.key_hash == written[i].key_hash);
        assert_true(str_equal(r.key, written[i].key));
        assert_true(str_equal(r.version, written[i].version));
        assert_true(str_equal(r.scope, written[i].scope));
    }
    assert_int_equal(at, data.len);
    p.data[20] ^= 1;
    assert_false(page_is_sound(data, 7, &KEY));
    page_release(&p);
}

static void full_page_takes_no_more(void **state)
{
    (void)state;
    struct page p;
    assert_int_equal(page_init(&p, 1, NULL), 0);
    static char text[ITEM_TEXT_MAX];
    struct berth_str longest = {text, sizeof(text)};
    struct record r = {.key = longest, .version = longest, .scope = longest};
    int count = 0;
    for (; page_add(&p, &r) > 0; count++)
        text[0]++;
    assert_int_equal(count, (PAGE_FULL - PAGE_HEADER) / (3 * (ITEM_TEXT_MAX + 2) + 1));
    assert_true(p.len <= PAGE_FULL);
    page_release(&p);
}

/* --- snapshots --- */

struct bench {
    struct store *store;
    struct snapshot snapshot;
    struct snapshot_config config;
};

static void bench_open(struct bench *b)
{
    b->config.crawl = (struct position){0};
    assert_int_equal(snapshot_open(&b->snapshot, &b->config, NULL), 0);
}

static void bench_init(struct bench *b, const char *home, uint64_t key_mask)
{
    b->store = open_store_with_subscription(home);
    b->config = (struct snapshot_config){
        .log = {.store = b->store, .subscription = 1, .key = KEY},
        .fold = true,
        .key_mask = key_mask};
    bench_open(b);
}

static void bench_release(struct bench *b)
{
    snapshot_release(&b->snapshot);
    store_close(b->store);
}

static void bench_reopen(struct bench *b)
{
    assert_int_equal(log_flush(&b->snapshot.log, NULL), 0);
    snapshot_release(&b->snapshot);
    bench_open(b);
}

static int offer(struct bench *b, const char *key, const char *version)
{
    struct snapshot_item item = {.key = str_from(key), .version = str_from(version)};
    item.hash = snapshot_hash(&b->snapshot, &item);
    if (snapshot_unchanged(&b->snapshot, &item))
        return SNAPSHOT_SAME;
    return snapshot_change(&b->snapshot, &item, NULL);
}

static void drop_unseen(struct bench *b)
{
    struct position *positions;
    size_t count;
    assert_int_equal(snapshot_unseen(&b->snapshot, &positions, &count, NULL), 0);
    for (size_t i = 0; i < count; i++) {
        struct record r;
        assert_int_equal(log_read(&b->snapshot.log, positions[i], &r, NULL), 0);
        assert_int_equal(snapshot_drop(&b->snapshot, positions[i], &r, NULL), 0);
    }
    free(positions);
}

/* All keys have one of two hashes: only their texts tell them apart. */
static void colliding_keys_are_told_apart(void **state)
{
    struct bench b;
    bench_init(&b, *state, 1);
    char key[16];
    for (int i = 0; i < 50; i++) {
        (void)snprintf(key, sizeof(key), "k%d", i);
        assert_int_equal(offer(&b, key, "1"), SNAPSHOT_CREATED);
    }
    bench_reopen(&b);
    for (int i = 0; i < 50; i++) {
        (void)snprintf(key, sizeof(key), i % 2 ? "k%d" : "K%d", i);
        if (i % 5 == 4)
            continue;
        assert_int_equal(offer(&b, key, i % 3 ? "1" : "2"),
                         i % 3 ? SNAPSHOT_SAME : SNAPSHOT_UPDATED);
    }
    drop_unseen(&b);
    bench_reopen(&b);
    assert_int_equal(b.snapshot.index.count, 40);
    for (int i = 0; i < 50; i++) {
        (void)snprintf(key, sizeof(key), "k%d", i);
        assert_int_equal(offer(&b, key, i % 3 ? "1" : "2"),
                         i % 5 == 4 ? SNAPSHOT_CREATED : SNAPSHOT_SAME);
    }
    bench_release(&b);
}

static void compaction_keeps_what_counts(void **state)
{
    struct bench b;
    bench_init(&b, *state, UINT64_MAX);
    char key[64], version[16];
    for (int round = 0; round < 8; round++) {
        for (int i = 0; i < 3000; i++) {
            (void)snprintf(key, sizeof(key), "a-device-with-quite-a-long-name-%d", i);
            (void)snprintf(version, sizeof(version), "%d", i % 3 ? 0 : round);
            if (round < 4 || i % 7)
                assert_true(offer(&b, key, version) >= 0);
        }
        drop_unseen(&b);
        bench_reopen(&b);
    }
    size_t count = b.snapshot.index.count;
    uint64_t records = b.snapshot.records;
    int64_t pages = count_rows(b.store, "SELECT count(*) FROM snapshot_page");
    assert_true(snapshot_wants_compaction(&b.snapshot));
    assert_int_equal(snapshot_compact(&b.snapshot, NULL), 0);
    assert_int_equal(b.snapshot.records, count);
    assert_false(snapshot_wants_compaction(&b.snapshot));
    bench_reopen(&b);
    assert_int_equal(b.snapshot.records, count);
    assert_int_equal(b.snapshot.index.count, count);
    assert_true(records > 2 * count);
    assert_true(count_rows(b.store, "SELECT count(*) FROM snapshot_page") < pages);
    for (int i = 0; i < 3000; i++) {
        (void)snprintf(key, sizeof(key), "a-device-with-quite-a-long-name-%d", i);
        assert_int_equal(offer(&b, key, i % 3 ? "0" : "7"),
                         i % 7 ? SNAPSHOT_SAME : SNAPSHOT_CREATED);
    }
    bench_release(&b);
}

/* However often an item has changed, it needs one place in memory. */
static void a_log_of_changes_is_read_into_one_place_an_item(void **state)
{
    struct bench b;
    bench_init(&b, *state, UINT64_MAX);
    char key[16], version[16];
    for (int round = 0; round < 5; round++) {
        for (int i = 0; i < 500; i++) {
            (void)snprintf(key, sizeof(key), "k%d", i);
            (void)snprintf(version, sizeof(version), "%d", round);
            assert_int_equal(offer(&b, key, version),
                             round ? SNAPSHOT_UPDATED : SNAPSHOT_CREATED);
        }
        bench_reopen(&b);
        assert_int_equal(b.snapshot.index.count, 500);
        assert_int_equal(b.snapshot.index.used, 500);
    }
    assert_int_equal(offer(&b, "k7", "4"), SNAPSHOT_SAME);
    bench_release(&b);
}

/* Whatever was cut off in between, the log can be read. */
static void compaction_may_stop_half_way(void **state)
{
    struct bench b;
    bench_init(&b, *state, UINT64_MAX);
    char key[64], version[16];
    for (int round = 0; round < 6; round++) {
        for (int i = 0; i < 9000; i++) {
            (void)snprintf(key, sizeof(key), "a-device-with-quite-a-long-name-%d", i);
            (void)snprintf(version, sizeof(version), "%d", round);
            assert_true(offer(&b, key, version) >= 0);
        }
        bench_reopen(&b);
    }
    assert_true(count_rows(b.store, "SELECT count(*) FROM snapshot_page") > 40);
    assert_int_equal(sql_run(b.store,
                             "CREATE TEMP TRIGGER stop BEFORE DELETE ON snapshot_page "
                             "WHEN OLD.page > 300 BEGIN SELECT raise(ABORT, 'stop'); END",
                             NULL),
                     0);
    assert_true(snapshot_compact(&b.snapshot, NULL) < 0);
    assert_int_equal(sql_run(b.store, "DROP TRIGGER stop", NULL), 0);
    snapshot_release(&b.snapshot);
    bench_open(&b);
    assert_true(b.snapshot.log.first > 1);
    assert_int_equal(b.snapshot.index.count, 9000);
    assert_int_equal(snapshot_compact(&b.snapshot, NULL), 0);
    bench_reopen(&b);
    assert_int_equal(b.snapshot.records, 9000);
    for (int i = 0; i < 9000; i++) {
        (void)snprintf(key, sizeof(key), "a-device-with-quite-a-long-name-%d", i);
        assert_int_equal(offer(&b, key, "5"), SNAPSHOT_SAME);
    }
    bench_release(&b);
}

static void utf8_is_checked(void **state)
{
    (void)state;
    static const char *const GOOD[] = {
        "", "a", "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xed\x9f\xbf"};
    static const char *const BAD[] = {"\x80",         "\xc0\x80",         "\xc3",
                                      "\xe0\x80\x80", "\xed\xa0\x80",     "\xe2\x82",
                                      "\xf5\x80\x80", "\xf4\x90\x80\x80", "a\xff"};
    for (size_t i = 0; i < sizeof(GOOD) / sizeof(GOOD[0]); i++)
        assert_true(text_is_utf8(str_from(GOOD[i])));
    for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++)
        assert_false(text_is_utf8(str_from(BAD[i])));
}

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(siphash_is_what_openssl_computes),
        cmocka_unit_test(folding_is_for_ascii_letters_only),
        cmocka_unit_test(index_finds_what_was_added_and_not_removed),
        cmocka_unit_test(records_come_back_as_they_were_written),
        cmocka_unit_test(full_page_takes_no_more),
        TEST(colliding_keys_are_told_apart),
        TEST(a_log_of_changes_is_read_into_one_place_an_item),
        TEST(compaction_keeps_what_counts),
        TEST(compaction_may_stop_half_way),
        cmocka_unit_test(utf8_is_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
