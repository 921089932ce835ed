#include "host/cli/batch.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests/support/cmocka.h"

static struct batch *batch_of(size_t window)
{
    struct batch *b = NULL;
    assert_int_equal(batch_new(window, &b, NULL), 0);
    return b;
}

static struct batch_line *add(struct batch *b, uint64_t number, const char *id)
{
    struct batch_line *line = NULL;
    assert_int_equal(batch_add(b, number, &line, NULL), 0);
    if (id)
        assert_int_equal(batch_add_id(b, line, id, NULL), 0);
    batch_admit(b, line);
    return line;
}

static void lines_of_different_ids_run_together(void **state)
{
    (void)state;
    struct batch *b = batch_of(8);
    struct batch_line *one = add(b, 1, "a");
    struct batch_line *two = add(b, 2, "b");
    assert_ptr_equal(batch_start(b), one);
    assert_ptr_equal(batch_start(b), two);
    assert_null(batch_start(b));
    assert_int_equal(batch_running(b), 2);
    batch_free(b);
}

static void lines_of_one_id_run_in_order(void **state)
{
    (void)state;
    struct batch *b = batch_of(8);
    struct batch_line *one = add(b, 1, "Dev-1");
    struct batch_line *two = add(b, 2, "dev-1");
    struct batch_line *three = add(b, 3, "DEV-1");
    assert_ptr_equal(batch_start(b), one);
    assert_null(batch_start(b));
    batch_finish(b, one);
    assert_ptr_equal(batch_start(b), two);
    assert_null(batch_start(b));
    batch_finish(b, two);
    assert_ptr_equal(batch_start(b), three);
    batch_finish(b, three);
    struct batch_line *four = add(b, 4, "dev-1");
    assert_ptr_equal(batch_start(b), four);
    batch_free(b);
}

static void a_line_with_several_ids_waits_for_all(void **state)
{
    (void)state;
    struct batch *b = batch_of(8);
    struct batch_line *many = NULL;
    struct batch_line *one = add(b, 1, "a");
    struct batch_line *two = add(b, 2, "b");
    assert_int_equal(batch_add(b, 3, &many, NULL), 0);
    assert_int_equal(batch_add_id(b, many, "a", NULL), 0);
    assert_int_equal(batch_add_id(b, many, "A", NULL), 0);
    assert_int_equal(batch_add_id(b, many, "b", NULL), 0);
    assert_int_equal(batch_add_id(b, many, "c", NULL), 0);
    batch_admit(b, many);
    struct batch_line *after = add(b, 4, "c");
    assert_ptr_equal(batch_start(b), one);
    assert_ptr_equal(batch_start(b), two);
    assert_null(batch_start(b));
    batch_finish(b, two);
    assert_null(batch_start(b));
    batch_finish(b, one);
    assert_ptr_equal(batch_start(b), many);
    assert_null(batch_start(b));
    batch_finish(b, many);
    assert_ptr_equal(batch_start(b), after);
    batch_free(b);
}

static void results_come_in_the_order_of_the_input(void **state)
{
    (void)state;
    struct batch *b = batch_of(8);
    struct batch_line *one = add(b, 1, NULL);
    struct batch_line *two = add(b, 2, NULL);
    (void)batch_start(b);
    (void)batch_start(b);
    batch_finish(b, two);
    assert_ptr_equal(batch_first(b), one);
    assert_int_equal(one->state, BATCH_RUNNING);
    batch_finish(b, one);
    batch_drop_first(b);
    assert_ptr_equal(batch_first(b), two);
    batch_drop_first(b);
    assert_null(batch_first(b));
    batch_free(b);
}

static void the_window_bounds_what_is_held(void **state)
{
    (void)state;
    struct batch *b = batch_of(2);
    struct batch_line *one = add(b, 1, "a");
    (void)add(b, 2, "a");
    assert_false(batch_has_room(b));
    assert_ptr_equal(batch_start(b), one);
    batch_finish(b, one);
    assert_false(batch_has_room(b));
    batch_drop_first(b);
    assert_true(batch_has_room(b));
    assert_int_equal(batch_first(b)->number, 2);
    batch_free(b);
}

static void a_line_that_never_runs_ends_at_once(void **state)
{
    (void)state;
    struct batch *b = batch_of(4);
    struct batch_line *bad = NULL;
    assert_int_equal(batch_add(b, 1, &bad, NULL), 0);
    batch_finish(b, bad);
    assert_null(batch_start(b));
    assert_int_equal(batch_first(b)->state, BATCH_DONE);
    batch_drop_first(b);
    batch_free(b);
}

static void what_waits_can_be_given_up(void **state)
{
    (void)state;
    struct batch *b = batch_of(4);
    struct batch_line *one = add(b, 1, "a");
    (void)add(b, 2, "a");
    (void)add(b, 3, "b");
    assert_ptr_equal(batch_start(b), one);
    batch_finish(b, one);
    batch_drop_first(b);
    batch_drop_waiting(b);
    batch_drop_waiting(b);
    assert_null(batch_first(b));
    struct batch_line *four = add(b, 4, "a");
    assert_ptr_equal(batch_start(b), four);
    batch_free(b);
}

/* Against a plain model: at any time no two lines with a common id run, and an earlier
 * one of the two has ended before the later begins. */
static void many_lines_keep_the_order_of_their_ids(void **state)
{
    (void)state;
    enum { LINES = 4000, IDS = 40, WINDOW = 64 };
    static uint64_t last_done[IDS];
    static int id_of[LINES + 1];
    static uint64_t before[LINES + 1];
    uint64_t latest[IDS] = {0};
    struct batch *b = batch_of(WINDOW);
    struct batch_line *running[WINDOW] = {0};
    size_t count = 0;
    unsigned random = 12345;
    uint64_t added = 0;
    uint64_t dropped = 0;
    while (dropped < LINES) {
        while (added < LINES && batch_has_room(b)) {
            char id[16];
            random = random * 1103515245u + 12345u;
            added++;
            id_of[added] = (int)(random >> 16) % IDS;
            before[added] = latest[id_of[added]];
            latest[id_of[added]] = added;
            (void)snprintf(id, sizeof(id), "id-%d", id_of[added]);
            (void)add(b, added, id);
        }
        struct batch_line *line = NULL;
        while (count < 8 && (line = batch_start(b)) != NULL) {
            assert_int_equal(last_done[id_of[line->number]], before[line->number]);
            running[count++] = line;
        }
        random = random * 1103515245u + 12345u;
        size_t pick = (random >> 16) % count;
        line = running[pick];
        running[pick] = running[--count];
        last_done[id_of[line->number]] = line->number;
        batch_finish(b, line);
        while ((line = batch_first(b)) != NULL && line->state == BATCH_DONE) {
            assert_int_equal(line->number, ++dropped);
            batch_drop_first(b);
        }
    }
    batch_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_of_different_ids_run_together),
        cmocka_unit_test(lines_of_one_id_run_in_order),
        cmocka_unit_test(a_line_with_several_ids_waits_for_all),
        cmocka_unit_test(results_come_in_the_order_of_the_input),
        cmocka_unit_test(the_window_bounds_what_is_held),
        cmocka_unit_test(a_line_that_never_runs_ends_at_once),
        cmocka_unit_test(what_waits_can_be_given_up),
        cmocka_unit_test(many_lines_keep_the_order_of_their_ids),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
