/* The child's machine, with the parent played by hand: what it pushes, and when it is refused. */
#include "sync_child_site.h"

static void pushes_in_turns_within_the_credit(void **state)
{
    (void)state;
    size_t own[3], other[3];
    begin(LIENTHONG__ROLE__ROLE_HUB);
    for (uint32_t i = 0; i < 3; i++)
        own[i] = dag_sign(&site.here, &site.own, i, 0);
    for (uint32_t i = 0; i < 3; i++)
        other[i] = dag_sign(&site.here, &site.other, i, 0);
    size_t directive = dag_sign(&site.here, &site.below, 1, 0);
    uint64_t credit = 3 * pool.items[own[1]].size;
    join_parent(true, credit);
    assert_pushed(directive, own[0], other[0]);
    dag_put(&site.far, own[0]);
    assert_int_equal(hear_receipt(&site.own, "VN"), LT_OK);
    assert_int_equal(count_of(&site.out, LT_DO_RECEIPT), 1);
    assert_pushed(own[1]);
    dag_put(&site.far, other[0]);
    assert_int_equal(hear_receipt(&site.other, "80"),
                     LT_OK); /* another hub's: no word on its store */
    assert_int_equal(count_of(&site.out, LT_DO_RECEIPT), 1);
    assert_int_equal(count_of(&site.out, LT_DO_SEND_UPDATE), 0);
    assert_int_equal(hear_receipt(&site.other, "VN"), LT_OK);
    assert_pushed(other[1]);
    dag_put(&site.far, directive);
    assert_int_equal(hear_receipt(&site.below, "VN"), LT_OK);
    assert_pushed(own[2]);
    dag_put(&site.far, own[1]);
    dag_put(&site.far, own[2]);
    assert_int_equal(hear_receipt(&site.own, "VN"), LT_OK); /* names one, covers two */
    assert_pushed(other[2]);
    struct lt_child_state now;
    lt_child_state(site.child, &now);
    assert_int_equal(now.in_flight_updates, 2);
    /* it has lost some again */
    site.far.count = 0;
    memset(&site.far.held, 0, sizeof(site.far.held));
    dag_put(&site.far, own[0]);
    assert_int_equal(hear_receipt(&site.own, "VN"), LT_OK);
    assert_pushed(own[1]);
}

static void lets_one_fly_without_credit(void **state)
{
    (void)state;
    begin(LIENTHONG__ROLE__ROLE_AGENT);
    size_t first = dag_sign(&site.here, &site.own, 1, 4000);
    size_t second = dag_sign(&site.here, &site.own, 2, 0);
    join_parent(true, 0);
    assert_pushed(first);
    dag_put(&site.far, first);
    assert_int_equal(hear_receipt(&site.own, "VN"), LT_OK);
    assert_pushed(second);
}

/* A clone pushed on top of what we have in flight; its receipt names only what we do not have. */
static void covers_flights_by_tips_of_others(void **state)
{
    (void)state;
    begin(LIENTHONG__ROLE__ROLE_AGENT);
    size_t first = dag_sign(&site.here, &site.own, 1, 0);
    join_parent(true, 0);
    assert_pushed(first);
    size_t late = dag_sign(&site.here, &site.own, 2, 0);
    stored(&site.own);
    assert_int_equal(count_of(&site.out, LT_DO_SEND_UPDATE), 0);
    dag_put(&site.far, first);
    size_t clones = dag_sign(&site.far, &site.own, 3, 0);
    assert_int_equal(hear_receipt(&site.own, "VN"), LT_OK);
    assert_int_equal(count_sent(&site.out, LT_MSG_WANT, 0), 1);
    assert_int_equal(count_of(&site.out, LT_DO_SEND_UPDATE), 0); /* fetched first */
    assert_int_equal(hear(say_update(site.session, &pool.items[clones])), LT_OK);
    assert_int_equal(hear(tips_of(&site.own, false)), LT_OK);
    take_all_stored(&site.own);
    assert_pushed(late);
    struct lt_child_state now;
    lt_child_state(site.child, &now);
    assert_int_equal(now.in_flight_updates, 1);
}

/* What it did not list it does not have; what was stored since HELLO is not in the digest. */
static void pushes_what_was_not_listed_or_came_since(void **state)
{
    (void)state;
    begin(LIENTHONG__ROLE__ROLE_HUB);
    size_t own = dag_sign(&site.here, &site.own, 1, 0);
    dag_put(&site.far, dag_sign(&site.here, &site.other, 2, 0));
    join_parent(true, CREDIT);
    assert_pushed(own);
    dag_put(&site.far, own);
    lt_child_connected(site.child, ++site.now, &site.out);
    lt_actions_clear(&site.out);
    lt_child_connected(site.child, ++site.now, &site.out);
    site.session = sent(&site.out, LT_MSG_HELLO, 0, 0)->session;
    struct lt_bytes welcome = welcome_of(true, CREDIT);
    size_t next = dag_sign(&site.here, &site.own, 3, 0);
    size_t fresh = dag_sign(&site.here, &site.below, 4, 0);
    stored(&site.own);
    stored(&site.below);
    assert_int_equal(site.out.count, 0);
    assert_int_equal(hear(welcome), LT_OK);
    assert_pushed(fresh, next);
}

/* Directives stand on the last pages, and go first. */
static void pushes_nothing_before_the_last_page(void **state)
{
    (void)state;
    begin(LIENTHONG__ROLE__ROLE_HUB);
    dag_put(&site.far, dag_sign(&site.here, &site.own, 1, 0));
    size_t own = dag_sign(&site.here, &site.own, 2, 0);
    size_t below = dag_sign(&site.here, &site.below, 3, 0);
    connect();
    assert_int_equal(hear(welcome_of(true, CREDIT)), LT_OK);
    hear_pages(false);
    assert_int_equal(site.out.count, 0);
    assert_int_equal(hear(say_tips(site.session, NULL, NULL, 0, true)), LT_OK);
    assert_pushed(below, own);
}

static void reconnects_when_nothing_is_answered(void **state)
{
    (void)state;
    begin(LIENTHONG__ROLE__ROLE_AGENT);
    size_t size = pool.items[dag_sign(&site.here, &site.own, 1, 1000)].size;
    join_parent(true, CREDIT);
    assert_int_equal(count_of(&site.out, LT_DO_SEND_UPDATE), 1);
    lt_ms due = site.now + ANSWER_MS + size / 8; /* at 64 kbit/s */
    assert_int_equal(lt_child_due(site.child), due);
    lt_actions_clear(&site.out);
    lt_child_tick(site.child, due - 1, &site.out);
    assert_int_equal(lt_child_due(site.child), due);
    lt_child_tick(site.child, due, &site.out);
    site.now = lt_child_due(site.child);
    lt_child_tick(site.child, site.now, &site.out);
    assert_int_equal(count_of(&site.out, LT_DO_CONNECT), 1);
    assert_int_equal(lt_child_due(site.child), site.now + ANSWER_MS); /* and if nobody connects */
}

/* ---- Refusals ---- */

static void pushes_again_after_an_orphan_once(void **state)
{
    (void)state;
    size_t own[4];
    begin(LIENTHONG__ROLE__ROLE_AGENT);
    for (uint32_t i = 0; i < 4; i++)
        own[i] = dag_sign(&site.here, &site.own, i, 0);
    join_parent(true, CREDIT);
    assert_pushed(own[0], own[1], own[2], own[3]);
    assert_int_equal(hear_refusal(own[1], LIENTHONG__REFUSAL_REASON__REFUSAL_ORPHAN), LT_OK);
    assert_pushed(own[0], own[1], own[2], own[3]);
    /* those that followed the lost one are refused as well: known */
    for (size_t i = 2; i < 4; i++) {
        assert_int_equal(hear_refusal(own[i], LIENTHONG__REFUSAL_REASON__REFUSAL_ORPHAN), LT_OK);
        assert_int_equal(count_of(&site.out, LT_DO_SEND_UPDATE), 0);
    }
    struct lt_child_state now;
    lt_child_state(site.child, &now);
    assert_int_equal(now.in_flight_updates, 4);
    assert_int_equal(hear_refusal(own[1], LIENTHONG__REFUSAL_REASON__REFUSAL_ORPHAN), LT_OK);
    assert_int_equal(count_of(&site.out, LT_DO_SEND_UPDATE), 0); /* once a session */
    lt_child_state(site.child, &now);
    assert_int_equal(now.in_flight_updates, 0);
    assert_false(now.settled);
    assert_true(lt_child_due(site.child) > site.now + HELLO_MS / 2); /* no busy loop */
}

static void waits_for_a_key_and_for_room(void **state)
{
    (void)state;
    begin(LIENTHONG__ROLE__ROLE_HUB);
    size_t own = dag_sign(&site.here, &site.own, 1, 0);
    size_t other = dag_sign(&site.here, &site.other, 2, 0);
    size_t below = dag_sign(&site.here, &site.below, 3, 0);
    join_parent(true, CREDIT);
    assert_pushed(below, own, other);
    assert_int_equal(hear_refusal(own, LIENTHONG__REFUSAL_REASON__REFUSAL_KEY_UNKNOWN), LT_OK);
    dag_put(&site.far, other);
    assert_int_equal(hear_receipt(&site.other, "VN"), LT_OK);
    assert_int_equal(count_of(&site.out, LT_DO_SEND_UPDATE), 0);
    dag_put(&site.far, below);
    assert_int_equal(hear_receipt(&site.below, "VN"), LT_OK);
    assert_pushed(own);
    /* busy: all pause, for a while */
    assert_int_equal(hear_refusal(own, LIENTHONG__REFUSAL_REASON__REFUSAL_BUSY), LT_OK);
    lt_ms due = lt_child_due(site.child);
    assert_true(due >= site.now + 50 && due <= site.now + 1000);
    size_t more = dag_sign(&site.here, &site.other, 4, 0);
    stored(&site.other);
    lt_child_tick(site.child, due - 1, &site.out);
    assert_int_equal(count_of(&site.out, LT_DO_SEND_UPDATE), 0);
    lt_child_tick(site.child, due, &site.out);
    assert_pushed(more, own);
    /* refused for good: until the next session */
    assert_int_equal(hear_refusal(more, LIENTHONG__REFUSAL_REASON__REFUSAL_KEY_REVOKED), LT_OK);
    stored(&site.other);
    assert_int_equal(hear_receipt(&site.below, "VN"), LT_OK);
    assert_int_equal(count_of(&site.out, LT_DO_SEND_UPDATE), 0);
    lt_actions_clear(&site.out);
    lt_child_connected(site.child, ++site.now, &site.out);
    site.session = sent(&site.out, LT_MSG_HELLO, 0, 0)->session;
    assert_int_equal(hear(welcome_of(true, CREDIT)), LT_OK);
    hear_pages(true);
    assert_pushed(more, own);
}

/* The hub says until when: what is asked for is kept, what is absurd is not. */
static enum lt_result hear_asked(size_t at, Lienthong__RefusalReason reason, uint32_t retry_after_s)
{
    Lienthong__Refused refused;
    struct said_chain said;
    lienthong__refused__init(&refused);
    refused.reason = reason;
    refused.retry_after_s = retry_after_s;
    if (at != SIZE_MAX) {
        refused.update = say_bytes(pool.items[at].id.bytes, 32);
        refused.chain = say_chain(&pool.items[at].chain, &said);
    }
    return hear(packed(LT_MSG_REFUSED, site.session, &refused.base));
}

static void waits_as_long_as_it_is_asked(void **state)
{
    (void)state;
    begin(LIENTHONG__ROLE__ROLE_AGENT);
    size_t own = dag_sign(&site.here, &site.own, 1, 0);
    join_parent(true, CREDIT);
    assert_pushed(own);
    assert_int_equal(hear_asked(own, LIENTHONG__REFUSAL_REASON__REFUSAL_BUSY, 120), LT_OK);
    lt_ms pause = lt_child_due(site.child) - site.now;
    assert_true(pause >= 120000 && pause <= 132000);
    site.now += pause;
    lt_child_tick(site.child, site.now, &site.out);
    assert_pushed(own);
    /* cut off: the session is over, and the next connection as far away as was asked */
    assert_int_equal(hear_asked(SIZE_MAX, LIENTHONG__REFUSAL_REASON__REFUSAL_QUOTA, 600), LT_OK);
    assert_int_equal(count_of(&site.out, LT_DO_REFUSED), 1);
    struct lt_child_state now;
    lt_child_state(site.child, &now);
    assert_false(now.welcomed);
    pause = lt_child_due(site.child) - site.now;
    assert_true(pause >= 600000 && pause <= 660001);
    lt_child_disconnected(site.child, ++site.now, &site.out); /* the hub shuts it: no news */
    assert_int_equal(lt_child_due(site.child), site.now - 1 + pause);
    lt_actions_clear(&site.out);
    lt_child_tick(site.child, site.now + pause - 2, &site.out);
    assert_int_equal(count_of(&site.out, LT_DO_CONNECT), 0);
    site.now += pause;
    lt_child_tick(site.child, site.now, &site.out);
    assert_int_equal(count_of(&site.out, LT_DO_CONNECT), 1);
    /* still cut off: said to its HELLO, for longer than there is any sense in */
    lt_actions_clear(&site.out);
    lt_child_connected(site.child, ++site.now, &site.out);
    site.session = sent(&site.out, LT_MSG_HELLO, 0, 0)->session;
    assert_int_equal(hear_asked(SIZE_MAX, LIENTHONG__REFUSAL_REASON__REFUSAL_QUOTA, UINT32_MAX),
                     LT_OK);
    pause = lt_child_due(site.child) - site.now;
    assert_true(pause >= LT_RETRY_AFTER_MAX_S * 1000u && pause <= LT_RETRY_AFTER_MAX_S * 1100u + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(pushes_in_turns_within_the_credit, end),
        cmocka_unit_test_teardown(lets_one_fly_without_credit, end),
        cmocka_unit_test_teardown(covers_flights_by_tips_of_others, end),
        cmocka_unit_test_teardown(pushes_what_was_not_listed_or_came_since, end),
        cmocka_unit_test_teardown(pushes_nothing_before_the_last_page, end),
        cmocka_unit_test_teardown(reconnects_when_nothing_is_answered, end),
        cmocka_unit_test_teardown(pushes_again_after_an_orphan_once, end),
        cmocka_unit_test_teardown(waits_for_a_key_and_for_room, end),
        cmocka_unit_test_teardown(waits_as_long_as_it_is_asked, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
