/* What a listing lacks: when it counts as deleted. */
#include "tests/state/poller.h"

#include <stdio.h>

static void deletion_of_what_was_quiet_only_later_is_told(void **state)
{
    cleanup(poller) struct poller p;
    poller_init(&p, *state);
    struct session one = LIST(ITEM("a", "1"), ITEM("b", "1"));
    struct session two = LIST(QUIET("a", "1"), ITEM("b", "1"));
    struct session three = LIST(ITEM("b", "1"));
    poller_expect(&p, &one, "");
    poller_expect(&p, &two, "");
    poller_expect(&p, &three, "deleted a 1|");
}

static void item_that_is_still_there_is_not_deleted(void **state)
{
    cleanup(poller) struct poller p;
    poller_init(&p, *state);
    struct session one = LIST(ITEM("a", "1"), ITEM("b", "1"));
    struct session two = LIST(ITEM("a", "1"));
    two.real = one.items;
    two.real_count = one.count;
    poller_expect(&p, &one, "");
    poller_expect(&p, &two, "");
    poller_expect(&p, &two, "");
    two.real = NULL;
    poller_expect(&p, &two, "deleted b 1|");
}

static void second_listing_decides_when_the_service_does_not_say(void **state)
{
    cleanup(poller) struct poller p;
    poller_init(&p, *state);
    struct session one = LIST(ITEM("a", "1"), ITEM("b", "1"), ITEM("c", "1"));
    struct session two = LIST(ITEM("a", "1"));
    struct session three = LIST(ITEM("a", "1"), ITEM("c", "1"));
    two.verify_status = three.verify_status = BERTH_E_THROTTLED;
    poller_expect(&p, &one, "");
    poller_expect(&p, &two, "");
    assert_int_equal(two.verified, 2);
    poller_expect(&p, &three, "deleted b 1|");
    assert_int_equal(three.verified, 1);
    poller_expect(&p, &two, "");
    poller_expect(&p, &three, "");
}

/* A listing of 250 that ends after the first: page tokens were lost. */
static void listing_that_lacks_what_is_there_deletes_nothing(void **state)
{
    cleanup(poller) struct poller p;
    poller_init(&p, *state);
    char keys[250][8];
    struct fake_item items[250] = {{0}};
    for (int i = 0; i < 250; i++) {
        (void)snprintf(keys[i], sizeof(keys[i]), "k%d", i);
        items[i] = (struct fake_item)ITEM(keys[i], "1");
    }
    struct session one = fake_session(items, COUNT(items));
    struct session two = fake_session(items, 1);
    two.real = one.items;
    two.real_count = one.count;
    poller_expect(&p, &one, "");
    for (int i = 0; i < 4; i++)
        poller_expect(&p, &two, "");
    assert_int_equal(two.verified, 4 * 100);
    two.real = NULL; /* now they are gone indeed */
    assert_int_equal(poller_run(&p, &two), 0);
    (void)poller_take(&p);
    assert_int_equal(p.result.deleted, one.count - 1);
    poller_expect(&p, &two, "");
}

/* The service forgets a group and keeps what is in it. */
static void scope_that_is_gone_leaves_its_items(void **state)
{
    cleanup(poller) struct poller p;
    poller_init(&p, *state);
    struct session one = LIST(IN("g1", "a", "1"), IN("g2", "b", "1"));
    struct session two = LIST(IN("g1", "a", "1"));
    two.verify_status = BERTH_E_THROTTLED;
    two.whole = true;
    poller_expect(&p, &one, "");
    for (int i = 0; i < 3; i++)
        poller_expect(&p, &two, "");
    two.verify_status = 0;
    poller_expect(&p, &two, "deleted b 1|");
}

static void only_complete_scopes_lose_items(void **state)
{
    cleanup(poller) struct poller p;
    poller_init(&p, *state);
    struct session one = LIST(IN("g1", "a", "1"), IN("g1", "b", "1"), IN("g2", "c", "1"),
                              IN("g2", "d", "1"), IN("g3", "e", "1"));
    struct session two = LIST(IN("g1", "a", "1"), IN("g2", "c", "1"));
    two.unlisted = "g2";
    poller_expect(&p, &one, "");
    poller_expect(&p, &two, "deleted b 1|");
    two.unlisted = NULL;
    poller_expect(&p, &two, "deleted d 1|");
}

static void incomplete_listing_deletes_nothing(void **state)
{
    cleanup(poller) struct poller p;
    poller_init(&p, *state);
    struct session one = LIST(ITEM("a", "1"), ITEM("b", "1"));
    struct session two = LIST(ITEM("a", "2"));
    two.incomplete = true;
    poller_expect(&p, &one, "");
    poller_expect(&p, &two, "updated a 2|");
    assert_int_equal(two.verified, 0);
}

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    const struct CMUnitTest tests[] = {
        TEST(deletion_of_what_was_quiet_only_later_is_told),
        TEST(item_that_is_still_there_is_not_deleted),
        TEST(second_listing_decides_when_the_service_does_not_say),
        TEST(listing_that_lacks_what_is_there_deletes_nothing),
        TEST(scope_that_is_gone_leaves_its_items),
        TEST(only_complete_scopes_lose_items),
        TEST(incomplete_listing_deletes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
