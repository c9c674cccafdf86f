/* Which of two parents is tried when, and what a Move makes of a site's parent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "agent/ways.h"

static struct lt_way_up way_of(const char *code, char curve, const char *a, const char *b)
{
    struct lt_way_up way = {.endpoint_count = 1};
    assert_int_equal(lt_unit_make(code, 0, &way.parent), LT_OK);
    memset(way.curve, curve, sizeof(way.curve));
    snprintf(way.endpoints[0], LT_ENDPOINT_MAX, "%s", a);
    if (b != NULL) {
        snprintf(way.endpoints[way.endpoint_count++], LT_ENDPOINT_MAX, "%s", b);
    }
    return way;
}

static const char OLD[] = "tcp://old:7400", OLD2[] = "tcp://old2:7400", NEW[] = "tcp://new:7400";

static struct lt_ways at_old(void)
{
    return (struct lt_ways){.now = way_of("807", 'o', OLD, OLD2)};
}

static void tries(struct lt_ways *ways, const char *endpoint, char curve, lt_ms now)
{
    lt_ways_connect(ways, now);
    assert_string_equal(lt_ways_endpoint(ways), endpoint);
    assert_int_equal(lt_ways_curve(ways)[31], curve);
}

static void without_a_move_endpoints_take_turns(void **state)
{
    (void)state;
    struct lt_ways ways = at_old();
    assert_string_equal(lt_ways_endpoint(&ways), "");
    tries(&ways, OLD, 'o', 1);
    tries(&ways, OLD2, 'o', 2);
    lt_ways_welcomed(&ways, 0);
    tries(&ways, OLD2, 'o', 3); /* the same again after one that served */
    tries(&ways, OLD, 'o', 4);
    assert_true(lt_ways_due(&ways, false) == UINT64_MAX);
    assert_false(lt_ways_change(&ways, false, UINT64_MAX - 1));
    assert_false(lt_ways_follow(&ways, NULL, 5));
}

static void the_new_one_first_and_then_by_turns(void **state)
{
    (void)state;
    struct lt_ways ways = at_old();
    const struct lt_way_up new = way_of("80", 'n', NEW, NULL);
    tries(&ways, OLD, 'o', 1);
    lt_ways_welcomed(&ways, 0);
    assert_true(lt_ways_follow(&ways, &new, 100));
    assert_false(lt_ways_follow(&ways, &new, 101)); /* the same again */
    tries(&ways, NEW, 'n', 102);
    tries(&ways, NEW, 'n', 103);
    assert_true(lt_ways_due(&ways, true) == UINT64_MAX); /* while a connection is being made */
    assert_true(lt_ways_due(&ways, false) == 100 + LT_WAYS_TRY_MS);
    assert_false(lt_ways_change(&ways, false, 99 + LT_WAYS_TRY_MS));
    assert_true(lt_ways_change(&ways, false, 100 + LT_WAYS_TRY_MS));
    tries(&ways, OLD, 'o', 20000);
    assert_true(lt_ways_change(&ways, false, 100 + 2 * LT_WAYS_TRY_MS));
    tries(&ways, NEW, 'n', 30000);
    assert_true(lt_ways_change(&ways, false, 30000 + LT_WAYS_TRY_MS));
    tries(&ways, OLD, 'o', 50000);
    lt_ways_welcomed(&ways, 0); /* the former one serves: for so long */
    lt_ms again = ways.again_at;
    assert_true(again > 50000 && lt_ways_due(&ways, true) == again);
    assert_false(lt_ways_change(&ways, true, again - 1));
    assert_true(lt_ways_change(&ways, true, again));
    tries(&ways, NEW, 'n', again);
    lt_ways_welcomed(&ways, 0);
    lt_ways_arrived(&ways);
    assert_string_equal(lt_ways_endpoint(&ways), NEW);
    assert_true(lt_ways_due(&ways, true) == UINT64_MAX);
    tries(&ways, NEW, 'n', again + 1);
    tries(&ways, NEW, 'n', again + 2);
}

static void a_move_that_is_over(void **state)
{
    (void)state;
    struct lt_ways ways = at_old();
    const struct lt_way_up new = way_of("80", 'n', NEW, NULL), other = way_of("30", 'x', NEW, NULL);
    assert_true(lt_ways_follow(&ways, &new, 1));
    tries(&ways, NEW, 'n', 1);
    assert_true(lt_ways_follow(&ways, &other, 2)); /* another one stands */
    tries(&ways, NEW, 'x', 2);
    assert_true(lt_ways_follow(&ways, NULL, 3)); /* back, before it was let in */
    tries(&ways, OLD, 'o', 3);
    assert_true(lt_ways_follow(&ways, &new, 4));
    assert_true(lt_ways_change(&ways, false, UINT64_MAX - 1) == false); /* not tried yet */
    tries(&ways, NEW, 'n', 5);
    assert_true(lt_ways_change(&ways, false, 4 + LT_WAYS_TRY_MS));
    assert_false(lt_ways_follow(&ways, NULL, 6)); /* the former one is what is tried already */
    tries(&ways, OLD, 'o', 7);
}

/* ---- Second parents ---- */

static void second_ones_while_the_parent_is_wanting(void **state)
{
    (void)state;
    struct lt_ways ways = at_old();
    const struct lt_way_up seconds[] = {way_of("VN", 't', "tcp://top:7400", NULL),
                                        way_of("80", 'p', "tcp://p:7400", NULL)};
    tries(&ways, OLD, 'o', 1);
    assert_false(lt_ways_set_seconds(&ways, seconds, 2, 1));
    lt_ways_welcomed(&ways, 2);
    assert_true(lt_ways_due(&ways, true) == UINT64_MAX); /* nobody is wanting */
    lt_ways_want(&ways, true, 1000);
    assert_true(lt_ways_due(&ways, true) == 1000 + LT_WAYS_TRY_MS); /* though it serves */
    lt_ways_want(&ways, true, 5000); /* said again: no news */
    assert_true(lt_ways_change(&ways, true, 1000 + LT_WAYS_TRY_MS));
    tries(&ways, "tcp://top:7400", 't', 11000);
    assert_false(lt_ways_change(&ways, true, 99999)); /* while a connection is being made */
    assert_true(lt_ways_change(&ways, false, 11000 + LT_WAYS_TRY_MS));
    tries(&ways, "tcp://p:7400", 'p', 22000);
    lt_ways_welcomed(&ways, 22000);
    lt_ways_want(&ways, false, 23000); /* what was waited for has come: it serves on */
    lt_ms again = ways.again_at;
    assert_true(lt_ways_due(&ways, true) == again);
    tries(&ways, "tcp://p:7400", 'p', 24000); /* a link that ended */
    lt_ways_welcomed(&ways, 24001);
    assert_true(lt_ways_change(&ways, true, again));
    tries(&ways, OLD, 'o', again); /* the parent has another chance */
    lt_ways_welcomed(&ways, again);
    assert_true(lt_ways_due(&ways, true) == UINT64_MAX);
}

static void second_ones_go_round_with_a_move(void **state)
{
    (void)state;
    struct lt_ways ways = at_old();
    const struct lt_way_up new = way_of("80", 'n', NEW, NULL);
    const struct lt_way_up top = way_of("VN", 't', "tcp://top:7400", NULL);
    assert_false(lt_ways_set_seconds(&ways, &top, 1, 0));
    lt_ways_want(&ways, true, 0);
    assert_true(lt_ways_follow(&ways, &new, 0));
    lt_ms now = 0;
    for (int turn = 0; turn < 2; turn++) {
        tries(&ways, NEW, 'n', now);
        assert_true(lt_ways_change(&ways, false, now += LT_WAYS_TRY_MS));
        tries(&ways, OLD, 'o', now);
        assert_true(lt_ways_change(&ways, false, now += LT_WAYS_TRY_MS));
        tries(&ways, "tcp://top:7400", 't', now);
        assert_true(lt_ways_change(&ways, false, now += LT_WAYS_TRY_MS));
    }
    assert_true(lt_ways_change(&ways, false, now += LT_WAYS_TRY_MS) == false); /* not tried yet */
    tries(&ways, NEW, 'n', now);
    lt_ways_arrived(&ways);
    assert_true(ways.on == LT_ON_PARENT);
}

static void a_second_one_that_is_none_any_more(void **state)
{
    (void)state;
    struct lt_ways ways = at_old();
    const struct lt_way_up both[] = {way_of("VN", 't', "tcp://top:7400", NULL),
                                     way_of("80", 'p', "tcp://p:7400", NULL)};
    tries(&ways, OLD, 'o', 1);
    assert_false(lt_ways_set_seconds(&ways, both, 2, 1));
    lt_ways_want(&ways, true, 1);
    assert_true(lt_ways_change(&ways, false, 1 + LT_WAYS_TRY_MS));
    tries(&ways, "tcp://top:7400", 't', 2 * LT_WAYS_TRY_MS);
    lt_ways_welcomed(&ways, 2 * LT_WAYS_TRY_MS);
    const struct lt_way_up turned[] = {both[1], both[0]};
    assert_false(lt_ways_set_seconds(&ways, turned, 2, 30000)); /* it serves on */
    assert_string_equal(lt_ways_endpoint(&ways), "tcp://top:7400");
    assert_true(lt_ways_set_seconds(&ways, both + 1, 1, 30000));
    tries(&ways, OLD, 'o', 30000);
    assert_false(lt_ways_set_seconds(&ways, NULL, 0, 30001));
    assert_true(lt_ways_due(&ways, false) == UINT64_MAX);
}

static void back_when_it_was_only_asked(void **state)
{
    (void)state;
    struct lt_ways ways = at_old();
    const struct lt_way_up top = way_of("VN", 't', "tcp://top:7400", NULL);
    tries(&ways, OLD, 'o', 1);
    lt_ways_welcomed(&ways, 1);
    assert_false(lt_ways_set_seconds(&ways, &top, 1, 1));
    assert_false(lt_ways_back(&ways, 2)); /* where it is already */
    lt_ways_want(&ways, true, 100);
    assert_true(lt_ways_change(&ways, true, 100 + LT_WAYS_TRY_MS));
    tries(&ways, "tcp://top:7400", 't', 20000);
    lt_ways_welcomed(&ways, 20001);
    lt_ways_want(&ways, false, 20002);
    assert_true(lt_ways_back(&ways, 20003));
    tries(&ways, OLD, 'o', 20004);
    lt_ways_welcomed(&ways, 20005);
    assert_true(lt_ways_due(&ways, true) == UINT64_MAX);
}

/* ---- What a Move makes of a site's parent ---- */

static void what_a_move_leads_to(void **state)
{
    (void)state;
    const struct lt_way_up now = way_of("807", 'o', OLD, OLD2);
    struct lt_way_up next = way_of("1", '?', "tcp://x:1", NULL), untouched = next;
    const char *endpoints[] = {"ipc:///tmp/x", NEW, OLD};
    struct lt_move move = {
        .parent = way_of("80", 'n', NEW, NULL).parent, .endpoint_count = 3, .endpoints = endpoints};
    memset(move.curve_key, 'n', 32);
    assert_true(lt_way_up_next(&move, &now, &next));
    assert_string_equal(next.parent.code, "80");
    assert_int_equal(next.endpoint_count, 2); /* what is no endpoint harms nobody */
    assert_string_equal(next.endpoints[0], NEW);
    assert_string_equal(next.endpoints[1], OLD);
    assert_int_equal(next.curve[0], 'n');
    next = untouched;
    memset(move.curve_key, 'o',
           32); /* the same key: a further endpoint is news, a known one none */
    assert_true(lt_way_up_next(&move, &now, &next));
    next = untouched;
    move.endpoints = endpoints + 2;
    move.endpoint_count = 1;
    assert_false(lt_way_up_next(&move, &now, &next));
    memset(move.curve_key, 'n', 32); /* another key at the same place: another hub */
    assert_true(lt_way_up_next(&move, &now, &next));
    next = untouched;
    move.endpoints = endpoints;
    assert_false(lt_way_up_next(&move, &now, &next)); /* none that can be one */
    assert_false(lt_way_up_next(NULL, &now, &next));
    assert_true(lt_way_up_same(&next, &untouched));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_move_endpoints_take_turns),
        cmocka_unit_test(the_new_one_first_and_then_by_turns),
        cmocka_unit_test(a_move_that_is_over),
        cmocka_unit_test(second_ones_while_the_parent_is_wanting),
        cmocka_unit_test(second_ones_go_round_with_a_move),
        cmocka_unit_test(a_second_one_that_is_none_any_more),
        cmocka_unit_test(back_when_it_was_only_asked),
        cmocka_unit_test(what_a_move_leads_to),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
