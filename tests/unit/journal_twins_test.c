/* One row that two machines of a unit put at the same moment: one of the two records goes, whatever their clerks did
 * meanwhile (docs/decisions/0010-twins.md). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/journal_world.h"

static size_t take_back(struct world *w, size_t at, size_t machine)
{
    size_t count = 99;
    assert_int_equal(lt_journal_take_back_twins(w->journals[at], &w->machines[machine].sign_public,
                                                1600000001, &count),
                     LT_OK);
    return count;
}

static bool count_live(void *context, const struct lt_record_view *view)
{
    size_t *live = context;
    *live += !view->retracted;
    return true;
}

static size_t live(struct world *w, size_t at)
{
    size_t count = 0;
    assert_int_equal(lt_journal_records(w->journals[at], count_live, &count), LT_OK);
    return count;
}

/* Both put the row, unknown to each other; each corrects its own when told to. */
static void put_twice(struct world *w, bool first_corrects, bool second_corrects)
{
    const bool corrects[2] = {first_corrects, second_corrects};
    for (size_t i = 0; i < 2; i++) {
        world_make(w, i);
        lt_journal_own(w->journals[i], &w->machines[i].sign_public);
        world_one(w, i, 10 + i, "Nguyễn Văn A", "một");
        assert_int_equal(world_sign(w, i, i), 1);
        if (corrects[i]) {
            world_one_correction(w, i, 20 + i, (struct lt_row_ref){10 + i, 1}, "Nguyễn Văn A",
                                 "hai");
            assert_int_equal(world_sign(w, i, i), 1);
        }
    }
    world_send(w, 0, 1);
    world_send(w, 1, 0);
    assert_int_equal(live(w, 0), 2);
}

static void settle(struct world *w, size_t expected)
{
    size_t taken[2] = {take_back(w, 0, 0), take_back(w, 1, 1)};
    assert_int_equal(taken[0] + taken[1], 1);
    const size_t who = taken[0] == 1 ? 0 : 1;
    assert_int_equal(take_back(w, who, who), 0); /* it is being taken back */
    assert_int_equal(world_sign(w, who, who), 1);
    world_send(w, who, 1 - who);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(live(w, i), expected);
        assert_int_equal(take_back(w, i, i), 0);
    }
}

static void test_untouched(void **state)
{
    put_twice(*state, false, false);
    settle(*state, 1);
}

static void test_one_was_corrected(void **state)
{
    put_twice(*state, true, false);
    settle(*state, 1);
}

static void test_the_other_was_corrected(void **state)
{
    put_twice(*state, false, true);
    settle(*state, 1);
}

static void test_both_were_corrected(void **state)
{
    put_twice(*state, true, true);
    settle(*state, 1);
}

/* Whoever restores what was taken back knows why: both stay. */
static void test_restored_stays(void **state)
{
    struct world *w = *state;
    put_twice(w, false, false);
    const size_t who = take_back(w, 0, 0) == 1 ? 0 : 1;
    if (who == 1)
        assert_int_equal(take_back(w, 1, 1), 1);
    assert_int_equal(world_sign(w, who, who), 1);
    assert_int_equal(live(w, who), 1);
    world_one_correction(w, who, 30, (struct lt_row_ref){10 + who, 1}, "Nguyễn Văn A", "một");
    assert_int_equal(world_sign(w, who, who), 1);
    assert_int_equal(live(w, who), 2);
    assert_int_equal(take_back(w, who, who), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_untouched, world_setup, world_teardown),
        cmocka_unit_test_setup_teardown(test_one_was_corrected, world_setup, world_teardown),
        cmocka_unit_test_setup_teardown(test_the_other_was_corrected, world_setup, world_teardown),
        cmocka_unit_test_setup_teardown(test_both_were_corrected, world_setup, world_teardown),
        cmocka_unit_test_setup_teardown(test_restored_stays, world_setup, world_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
