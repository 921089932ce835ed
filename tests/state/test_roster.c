/* What stands where it stood, with the same text, is known without a look at it; and
 * whatever becomes of the roster in the store, nothing is taken for known wrongly. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/snapshot/snapshot.h"
#include "tests/state/poller.h"

enum { MANY = 950 };

/* Items k000 to k949. */
static struct fake_item *many_items(void)
{
    static char keys[MANY][8];
    static struct fake_item items[MANY];
    for (unsigned i = 0; i < MANY; i++) {
        (void)snprintf(keys[i], sizeof(keys[i]), "k%03u", i);
        items[i] = (struct fake_item)ITEM(keys[i], "1");
    }
    return items;
}

struct rig {
    struct poller poller;
    struct fake_item *items;
    size_t count;
};

/* With everything known. */
static void rig_init(struct rig *rig, const char *home)
{
    poller_init(&rig->poller, home);
    rig->items = many_items();
    rig->count = MANY;
    struct session s = fake_session(rig->items, rig->count);
    poller_expect(&rig->poller, &s, "");
    assert_int_equal(s.known, 0);
}

static void cleanup_rig(struct rig *rig)
{
    poller_release(&rig->poller);
}

/* Poll: these events, and so many items that had to be looked at. */
static void rig_expect(struct rig *rig, const char *events, size_t looked_at)
{
    struct session s = fake_session(rig->items, rig->count);
    poller_expect(&rig->poller, &s, events);
    assert_int_equal(s.listed, rig->count);
    assert_int_equal(rig->poller.result.items, rig->count);
    assert_int_equal(s.listed - s.known, looked_at);
}

static void what_has_not_changed_is_known(void **state)
{
    cleanup(rig) struct rig rig;
    rig_init(&rig, *state);
    for (int i = 0; i < 3; i++)
        rig_expect(&rig, "", 0);
}

static void only_what_has_changed_is_looked_at(void **state)
{
    cleanup(rig) struct rig rig;
    rig_init(&rig, *state);
    rig.items[0].version = rig.items[500].version = rig.items[949].version = "2";
    rig_expect(&rig, "updated k000 2|updated k500 2|updated k949 2|", 3);
    rig_expect(&rig, "", 0);
    rig.items[500].data = "{\"other\":\"text of the same version\"}";
    rig_expect(&rig, "", 1);
    rig_expect(&rig, "", 0);
}

static void changes_are_written_with_the_blocks_that_they_are_in(void **state)
{
    cleanup(rig) struct rig rig;
    rig_init(&rig, *state);
    assert_int_equal(sql_run(rig.poller.store,
                             "CREATE TEMP TABLE before AS SELECT * FROM roster", NULL),
                     0);
    rig.items[205].version = rig.items[299].version = "2";
    rig_expect(&rig, "updated k205 2|updated k299 2|", 2);
    assert_int_equal(count_rows(rig.poller.store,
                                "SELECT group_concat(block, '') FROM (SELECT block FROM "
                                "roster EXCEPT SELECT block FROM roster NATURAL JOIN "
                                "before ORDER BY 1)"),
                     3); /* and the head: 03 */
    assert_int_equal(count_rows(rig.poller.store, "SELECT count(*) FROM roster"),
                     1 + (MANY + 99) / 100);
}

static void what_comes_and_goes_disturbs_only_its_neighbours(void **state)
{
    cleanup(rig) struct rig rig;
    rig_init(&rig, *state);
    memmove(&rig.items[301], &rig.items[300], (MANY - 301) * sizeof(*rig.items));
    rig.items[300] = (struct fake_item)ITEM("new", "1"); /* instead of the last one */
    rig_expect(&rig, "created new 1|deleted k949 1|", 1);
    rig_expect(&rig, "", 2); /* it stands at the end of the row */
    memmove(&rig.items[10], &rig.items[11], (MANY - 11) * sizeof(*rig.items));
    rig.count--;
    rig_expect(&rig, "deleted k010 1|", 3);
    rig_expect(&rig, "", 2);
}

static void another_order_is_learnt(void **state)
{
    cleanup(rig) struct rig rig;
    rig_init(&rig, *state);
    for (unsigned i = 0; i < MANY / 2; i++) {
        struct fake_item swap = rig.items[i];
        rig.items[i] = rig.items[MANY - 1 - i];
        rig.items[MANY - 1 - i] = swap;
    }
    struct session s = fake_session(rig.items, rig.count);
    poller_expect(&rig.poller, &s, "");
    assert_true(s.known < 2);
    rig_expect(&rig, "", 0);
}

static void shuffle(struct rig *rig)
{
    static uint64_t seed = 1;
    for (size_t i = rig->count - 1; i > 0; i--) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        size_t other = (size_t)(seed >> 33) % (i + 1);
        struct fake_item swap = rig->items[i];
        rig->items[i] = rig->items[other];
        rig->items[other] = swap;
    }
}

static void poll_quietly(struct rig *rig)
{
    struct session s = fake_session(rig->items, rig->count);
    poller_expect(&rig->poller, &s, "");
}

/* As where pages of many groups are answered now in this order, now in that. */
static void an_order_that_never_stays_is_not_written_each_time(void **state)
{
    cleanup(rig) struct rig rig;
    rig_init(&rig, *state);
    for (int i = 0; i < 2; i++) {
        shuffle(&rig);
        poll_quietly(&rig);
    }
    int before = sqlite3_total_changes(rig.poller.store->db);
    poll_quietly(&rig);
    int usual = sqlite3_total_changes(rig.poller.store->db) - before;
    for (int i = 0; i < 5; i++) {
        shuffle(&rig);
        before = sqlite3_total_changes(rig.poller.store->db);
        poll_quietly(&rig);
        assert_int_equal(sqlite3_total_changes(rig.poller.store->db) - before, usual);
    }
    for (int i = 0; i < 12; i++)
        poll_quietly(&rig);
    rig_expect(&rig, "", 0); /* it stayed, after all */
}

/* The text says neither of a scope nor, here, of the filter that made it quiet. */
static void the_same_text_in_another_scope_is_not_known(void **state)
{
    cleanup(poller) struct poller p;
    poller_init(&p, *state);
    struct fake_item items[] = {
        {.key = "a", .version = "1", .scope = "g1", .data = "{}"},
        {.key = "b", .version = "1", .scope = "g2", .data = "{}"}};
    struct session s = fake_session(items, 2);
    poller_expect(&p, &s, "");
    poller_expect(&p, &s, "");
    assert_int_equal(s.known, 2);
    items[0].scope = "g2";
    s = fake_session(items, 2);
    poller_expect(&p, &s, "");
    assert_int_equal(s.known, 1);
}

static void quiet_items_are_known_as_quiet(void **state)
{
    cleanup(poller) struct poller p;
    poller_init(&p, *state);
    struct fake_item items[] = {{.key = "a", .version = "1", .flags = BERTH_ITEM_QUIET},
                                ITEM("b", "1")};
    struct session s = fake_session(items, 2);
    poller_expect(&p, &s, "");
    poller_expect(&p, &s, "");
    assert_int_equal(s.known, 2);
    s = fake_session(items + 1, 1);
    poller_expect(&p, &s, ""); /* it was never told of */
    items[0].flags = 0;
    s = fake_session(items, 2);
    poller_expect(&p, &s, "created a 1|");
}

/* One that a listing lacked is looked at when it comes back: its mark has to go. */
static void an_item_that_was_missing_is_looked_at(void **state)
{
    cleanup(rig) struct rig rig;
    rig_init(&rig, *state);
    struct session s = fake_session(rig.items, MANY - 1);
    s.verify_status = BERTH_E_THROTTLED;
    poller_expect(&rig.poller, &s, "");
    assert_int_equal(s.known, MANY - 1);
    rig_expect(&rig, "", 1);
    rig_expect(&rig, "", 0);
    poller_expect(&rig.poller, &s, ""); /* missing for the first time again */
}

static void a_crawl_in_two_parts_teaches_no_order(void **state)
{
    cleanup(rig) struct rig rig;
    rig_init(&rig, *state);
    rig.items[3].version = "2";
    struct session s = fake_session(rig.items, MANY);
    s.break_at = 600;
    s.break_status = BERTH_E_UNAVAILABLE;
    assert_int_equal(poller_run(&rig.poller, &s), BERTH_E_UNAVAILABLE);
    assert_int_equal(s.known, 599);
    s.break_at = FAKE_NEVER;
    s.known = s.listed = 0;
    poller_expect(&rig.poller, &s, "updated k003 2|");
    assert_int_equal(s.listed, MANY - 600);
    rig_expect(&rig, "", MANY); /* what it was of no longer ends there */
    rig_expect(&rig, "", 0);
}

/* Nothing is counted twice: what is missing at the same time is still told of. */
static void a_page_that_comes_again_is_not_known_again(void **state)
{
    cleanup(rig) struct rig rig;
    rig_init(&rig, *state);
    memmove(&rig.items[20], &rig.items[10], (MANY - 20) * sizeof(*rig.items));
    rig_expect(&rig,
               "deleted k940 1|deleted k941 1|deleted k942 1|deleted k943 1|"
               "deleted k944 1|deleted k945 1|deleted k946 1|deleted k947 1|"
               "deleted k948 1|deleted k949 1|",
               10);
}

static void an_item_that_comes_in_two_versions_has_one_place(void **state)
{
    enum { COUNT = 64 };
    cleanup(poller) struct poller p;
    poller_init(&p, *state);
    struct fake_item *items = many_items(), twice[2 * COUNT];
    for (unsigned i = 0; i < COUNT; i++) {
        twice[i] = twice[COUNT + i] = items[i];
        twice[COUNT + i].version = "2";
    }
    struct session both = fake_session(twice, 2 * COUNT);
    poller_expect(&p, &both, "");
    assert_int_equal(
        count_rows(p.store, "SELECT sum(length(data)) FROM roster WHERE block > 0"),
        sizeof(uint64_t) + COUNT * sizeof(struct index_entry));
    struct session s = fake_session(twice + COUNT, COUNT);
    poller_expect(&p, &s, "");
    assert_int_equal(s.known, COUNT);
}

/* The log of a new baseline may well end where the old one ended. */
static void nothing_is_known_of_another_origin(void **state)
{
    cleanup(rig) struct rig rig;
    rig_init(&rig, *state);
    assert_int_equal(
        sql_run(rig.poller.store, "UPDATE subscription SET origin = 'elsewhere'", NULL),
        0);
    for (unsigned i = 0; i < MANY; i++)
        rig.items[i].version = "2";
    struct session s = fake_session(rig.items, MANY);
    s.break_at = 100;
    s.break_status = BERTH_E_UNAVAILABLE;
    assert_int_equal(poller_run(&rig.poller, &s), BERTH_E_UNAVAILABLE);
    s.break_at = FAKE_NEVER;
    poller_expect(&rig.poller, &s, "");
    for (unsigned i = 0; i < MANY; i++)
        rig.items[i].version = "1";
    assert_int_equal(poller_run(&rig.poller, &s), 0);
    assert_int_equal(rig.poller.result.updated, MANY);
}

static void a_copy_that_does_not_count_is_left(void **state)
{
    static const char *const SPOIL[] = {
        "UPDATE roster SET data = CAST(substr(data, 1, 30) || x'ff' || substr(data, 32) "
        "AS BLOB) WHERE block = 4",
        "UPDATE roster SET data = CAST(substr(data, 1, 30) || x'ff' || substr(data, 32) "
        "AS BLOB) WHERE block = 0",
        "UPDATE roster SET data = x'' WHERE block = 0",
        "UPDATE roster SET data = x'' WHERE block = 10",
        "UPDATE roster SET data = (SELECT data FROM roster WHERE block = 1) "
        "WHERE block = 2",
        "UPDATE roster SET block = 12 WHERE block = 5",
        "DELETE FROM roster WHERE block = 0",
        "DELETE FROM roster WHERE block = 10",
        "INSERT INTO roster SELECT subscription, 11, data FROM roster WHERE block = 10",
        "DELETE FROM roster",
    };
    cleanup(rig) struct rig rig;
    rig_init(&rig, *state);
    char version[8], event[32];
    rig.items[7].version = version;
    for (size_t i = 0; i < COUNT(SPOIL); i++) {
        (void)snprintf(version, sizeof(version), "v%zu", i);
        (void)snprintf(event, sizeof(event), "updated k007 %s|", version);
        assert_int_equal(sql_run(rig.poller.store, SPOIL[i], NULL), 0);
        rig_expect(&rig, event, MANY);
        rig_expect(&rig, "", 0);
    }
}

/* An older state, brought back behind a newer log, would know items wrongly. */
static void an_older_copy_is_left(void **state)
{
    cleanup(rig) struct rig rig;
    rig_init(&rig, *state);
    assert_int_equal(
        sql_run(rig.poller.store, "CREATE TEMP TABLE old AS SELECT * FROM roster", NULL),
        0);
    rig.items[7].version = "2";
    rig_expect(&rig, "updated k007 2|", 1);
    assert_int_equal(sql_run(rig.poller.store,
                             "DELETE FROM roster; INSERT INTO roster SELECT * FROM old",
                             NULL),
                     0);
    rig.items[7].version = "1";
    rig_expect(&rig, "updated k007 1|", MANY);
}

/* A state that was written before there were rosters, in the middle of a crawl. */
static void a_state_of_version_1_goes_on(void **state)
{
    cleanup(rig) struct rig rig;
    rig_init(&rig, *state);
    rig.items[3].version = rig.items[700].version = "2";
    struct session s = fake_session(rig.items, MANY);
    s.break_at = 600;
    s.break_status = BERTH_E_UNAVAILABLE;
    assert_int_equal(poller_run(&rig.poller, &s), BERTH_E_UNAVAILABLE);
    assert_int_equal(
        sql_run(rig.poller.store, "DROP TABLE roster; PRAGMA user_version = 1", NULL), 0);
    assert_string_equal(poller_take(&rig.poller), "updated k003 2|");
    poller_release(&rig.poller);
    poller_init(&rig.poller, *state);
    s = fake_session(rig.items, MANY);
    poller_expect(&rig.poller, &s, "updated k700 2|");
    assert_int_equal(s.listed, MANY - 600);
    rig_expect(&rig, "", MANY);
    rig_expect(&rig, "", 0);
}

static void peeking_writes_nothing(void **state)
{
    cleanup(rig) struct rig rig;
    rig_init(&rig, *state);
    rig.items[7].version = "2";
    rig.poller.options.peek = true;
    for (int i = 0; i < 2; i++)
        rig_expect(&rig, "updated k007 2|", 1);
}

/* Rounds of changes, until the log is shortened. */
static void what_is_known_outlives_a_compaction(void **state)
{
    enum { ROUNDS = 8 };
    cleanup(rig) struct rig rig;
    rig_init(&rig, *state);
    struct session s = fake_session(rig.items, rig.count);
    char version[8];
    for (unsigned i = 1; i < MANY; i++)
        rig.items[i].version = version;
    int64_t first = 1;
    for (int i = 0; first == 1 && i < ROUNDS; i++) {
        (void)snprintf(version, sizeof(version), "v%d", i);
        assert_int_equal(poller_run(&rig.poller, &s), 0);
        text_reset(&rig.poller.lines);
        first = count_rows(rig.poller.store, "SELECT min(page) FROM snapshot_page");
    }
    assert_true(first > 1);
    rig.items[7].version = "2";
    rig_expect(&rig, "updated k007 2|", 1);
    rig_expect(&rig, "", 0);
}

/* --- by itself --- */

/* A new item, in the store. */
static void create_item(struct snapshot *s, const char *key, const char *version)
{
    struct snapshot_item item = {.key = str_from(key), .version = str_from(version)};
    item.hash = snapshot_hash(s, &item);
    assert_false(snapshot_unchanged(s, &item));
    assert_int_equal(snapshot_change(s, &item, NULL), SNAPSHOT_CREATED);
    assert_int_equal(log_flush(&s->log, NULL), 0);
}

/* The log of nothing begins anew at its first page: one day it ends where it ended when
 * the roster of nothing was written. */
static void a_log_that_grew_again_is_not_taken_for_the_old_one(void **state)
{
    struct store *store = open_store_with_subscription(*state);
    struct snapshot_config config = {.log = {.store = store, .subscription = 1},
                                     .key_mask = UINT64_MAX};
    {
        cleanup(snapshot) struct snapshot s;
        assert_int_equal(snapshot_open(&s, &config, NULL), 0);
        create_item(&s, "a", "1");
        struct position at = index_position(&s.index.entries[0]);
        struct record record;
        assert_int_equal(log_read(&s.log, at, &record, NULL), 0);
        assert_int_equal(snapshot_drop(&s, at, &record, NULL), 0);
        assert_int_equal(log_flush(&s.log, NULL), 0);
        assert_int_equal(snapshot_save_roster(&s, NULL), 0);
        assert_int_equal(snapshot_compact(&s, NULL), 0);
    }
    {
        cleanup(snapshot) struct snapshot s;
        assert_int_equal(snapshot_open(&s, &config, NULL), 0);
        create_item(&s, "ten-long-k", "version"); /* as many bytes as before */
    }
    {
        cleanup(snapshot) struct snapshot s;
        assert_int_equal(snapshot_open(&s, &config, NULL), 0);
        assert_int_equal(s.index.count, 1);
    }
    store_close(store);
}

static void another_connector_knows_nothing(void **state)
{
    struct store *store = open_store_with_subscription(*state);
    struct berth_str page = STR("{\"id\":1},{\"id\":2}]"), whole = {0};
    struct snapshot_config config = {
        .log = {.store = store, .subscription = 1}, .key_mask = UINT64_MAX, .maker = 1};
    for (uint64_t maker = 1; maker < 5; maker++) {
        config.maker = maker / 2; /* each one twice, but for the first */
        cleanup(snapshot) struct snapshot s;
        assert_int_equal(snapshot_open(&s, &config, NULL), 0);
        size_t known = snapshot_known(&s, page, whole);
        assert_int_equal(known, maker == 3 ? 8 : 0);
        struct snapshot_item item = {
            .key = STR("1"), .version = STR("1"), .text = {page.ptr, 8}};
        item.hash = snapshot_hash(&s, &item);
        if (known == 0 && !snapshot_unchanged(&s, &item))
            assert_int_equal(snapshot_change(&s, &item, NULL), SNAPSHOT_CREATED);
        assert_int_equal(log_flush(&s.log, NULL), 0);
        assert_int_equal(snapshot_save_roster(&s, NULL), 0);
    }
    store_close(store);
}

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    const struct CMUnitTest tests[] = {
        TEST(what_has_not_changed_is_known),
        TEST(only_what_has_changed_is_looked_at),
        TEST(changes_are_written_with_the_blocks_that_they_are_in),
        TEST(what_comes_and_goes_disturbs_only_its_neighbours),
        TEST(another_order_is_learnt),
        TEST(an_order_that_never_stays_is_not_written_each_time),
        TEST(the_same_text_in_another_scope_is_not_known),
        TEST(quiet_items_are_known_as_quiet),
        TEST(an_item_that_was_missing_is_looked_at),
        TEST(a_crawl_in_two_parts_teaches_no_order),
        TEST(a_page_that_comes_again_is_not_known_again),
        TEST(an_item_that_comes_in_two_versions_has_one_place),
        TEST(nothing_is_known_of_another_origin),
        TEST(a_copy_that_does_not_count_is_left),
        TEST(an_older_copy_is_left),
        TEST(a_state_of_version_1_goes_on),
        TEST(peeking_writes_nothing),
        TEST(what_is_known_outlives_a_compaction),
        TEST(a_log_that_grew_again_is_not_taken_for_the_old_one),
        TEST(another_connector_knows_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
