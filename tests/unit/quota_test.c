/* Quotas: what is useless is cut off, what is much is slowed, what is an honest catching up is neither. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <string.h>

#include "hub/quota.h"

enum { S = 1000 };
static struct lt_quota *quota;

static int set_up(void **state)
{
    static const struct lt_quota_limits limits = {
        .nothing_ms = 20, .pace_ms = 100, .day_mib = 1024, .cut_s = 60};
    (void)state;
    quota = lt_quota_new(&limits, 8);
    return quota == NULL;
}

static int tear_down(void **state)
{
    (void)state;
    lt_quota_free(quota);
    return 0;
}

static struct lt_account *account_of(uint8_t who, Lienthong__Role role, lt_ms now)
{
    uint8_t key[32] = {who};
    struct lt_unit unit = {.code = "28162"};
    return lt_quota_account(quota, key, &unit, role, now);
}

static struct lt_account *agent(uint8_t who, lt_ms now)
{
    return account_of(who, LIENTHONG__ROLE__ROLE_AGENT, now);
}

/* Milliseconds of useless work until it is cut off, at one a step; 0: it never was. */
static uint64_t until_cut(struct lt_account *account, lt_ms from, lt_ms step, uint64_t most)
{
    for (uint64_t i = 1; i <= most; i++) {
        if (lt_quota_spend(quota, account, LT_METER_NOTHING, 1000, from + i * step)) {
            return i;
        }
    }
    return 0;
}

static void useless_work_is_cut_off(void **state)
{
    (void)state;
    struct lt_account *bad = agent(1, 5 * S), *good = agent(2, 5 * S);
    assert_int_equal(lt_quota_standing(quota, bad, 5 * S), LT_STANDS_FREE);
    assert_int_equal(until_cut(bad, 5 * S, 0, 5000), 0);
    assert_int_equal(lt_quota_standing(quota, bad, 5 * S), LT_STANDS_FREE);
    assert_int_equal(until_cut(bad, 5 * S, 0, 1), 0);
    assert_int_equal(lt_quota_standing(quota, bad, 5 * S), LT_STANDS_SLOWED);
    assert_int_equal(until_cut(bad, 5 * S, 0, 100000), 5000); /* 10 s, and the next one */
    assert_int_equal(lt_quota_standing(quota, bad, 5 * S), LT_STANDS_CUT);
    assert_int_equal(lt_quota_retry_s(bad, 5 * S), 60);
    assert_int_equal(lt_quota_retry_s(bad, 64 * S + 1), 1);
    assert_int_equal(lt_quota_standing(quota, bad, 65 * S), LT_STANDS_FREE);
    assert_int_equal(lt_quota_standing(quota, good, 5 * S), LT_STANDS_FREE);
    /* 20 ms a second for ever is nobody's flood */
    assert_int_equal(until_cut(good, 5 * S, 50, 1000000), 0);
    assert_int_equal(good->cuts, 0);
}

static void cuts_grow_and_are_forgotten(void **state)
{
    static const uint32_t lasts[] = {60, 120, 240, 480, 960, 1920, 3600, 3600};
    (void)state;
    struct lt_account *bad = agent(1, 0);
    lt_ms now = 1;
    for (size_t i = 0; i < 8; i++) {
        assert_true(until_cut(bad, now, 0, 20000) > 0);
        assert_int_equal(lt_quota_retry_s(bad, now), lasts[i]);
        assert_int_equal(until_cut(bad, now, 0, 100000), 0); /* it cannot be cut twice at once */
        now += lasts[i] * S;
    }
    assert_int_equal(bad->cuts, 8);
    now += 6 * LT_QUOTA_FORGET_MS; /* six of eight are forgotten */
    assert_int_equal(lt_quota_standing(quota, bad, now), LT_STANDS_FREE);
    assert_true(until_cut(bad, now, 0, 20000) > 0);
    assert_int_equal(lt_quota_retry_s(bad, now), 240);
    now += 60 * LT_QUOTA_FORGET_MS;
    assert_true(until_cut(bad, now, 0, 20000) > 0);
    assert_int_equal(lt_quota_retry_s(bad, now), 60);
}

/* 20,000 updates of 100 rows (12 KB, half a millisecond of the writer) at once, and a flight sent twice. */
static void catching_up_is_no_flood(void **state)
{
    (void)state;
    struct lt_account *back = agent(1, 1);
    for (int i = 0; i < 20000; i++) {
        assert_true(lt_quota_may_work(quota, back, 1));
        assert_false(lt_quota_spend(quota, back, LT_METER_WORK, 550, 1));
        assert_false(lt_quota_spend(quota, back, LT_METER_STORED, 12500, 1));
    }
    for (int i = 0; i < 14000; i++) {
        assert_false(lt_quota_spend(quota, back, LT_METER_NOTHING, 160, 1));
    }
    assert_int_equal(back->cuts, 0);
}

static void work_is_slowed_and_never_cut(void **state)
{
    (void)state;
    struct lt_account *busy = agent(1, 1);
    lt_ms now = 1;
    unsigned done = 0;
    while (lt_quota_may_work(quota, busy, now)) {
        assert_false(lt_quota_spend(quota, busy, LT_METER_WORK, 8000, now));
        done++;
    }
    assert_int_equal(done, 2500); /* 20 s */
    assert_int_equal(lt_quota_standing(quota, busy, now), LT_STANDS_SLOWED);
    for (done = 0; now < 100 * S; now++) {
        if (lt_quota_may_work(quota, busy, now)) {
            assert_false(lt_quota_spend(quota, busy, LT_METER_WORK, 8000, now));
            done++;
        }
    }
    assert_in_range(done, 1240, 1260); /* a tenth of the writer */
    assert_int_equal(busy->cuts, 0);
}

static void stored_bytes_have_a_day(void **state)
{
    (void)state;
    struct lt_account *large = agent(1, 1), *hub = account_of(2, LIENTHONG__ROLE__ROLE_HUB, 1);
    unsigned stored = 0;
    while (!lt_quota_spend(quota, large, LT_METER_STORED, 256 * 1024, 1)) {
        assert_false(lt_quota_spend(quota, hub, LT_METER_STORED, 256 * 1024, 1));
        stored++;
    }
    assert_int_equal(stored, 4096); /* 1 GiB */
    assert_int_equal(large->cut_by, LT_METER_STORED);
    assert_int_equal(lt_quota_retry_s(large, 1), 60);
    /* asked every millisecond it still gives back all that a day does */
    struct lt_account *often = agent(3, 1);
    for (stored = 0; stored < 4096; stored++) {
        assert_false(lt_quota_spend(quota, often, LT_METER_STORED, 256 * 1024, 1));
    }
    for (lt_ms now = 1; now <= 864000; now++) { /* a hundredth of a day */
        lt_quota_standing(quota, often, now);
    }
    for (stored = 0; !lt_quota_spend(quota, often, LT_METER_STORED, 256 * 1024, 864001); stored++) {
    }
    assert_in_range(stored, 40, 41);
}

static void hubs_may_do_more(void **state)
{
    (void)state;
    struct lt_account *hub = account_of(1, LIENTHONG__ROLE__ROLE_HUB, 1);
    assert_int_equal(until_cut(hub, 1, 0, 1000000), LT_QUOTA_HUB_SHARE * 10000 + 1);
}

static void clocks_may_step_back(void **state)
{
    (void)state;
    struct lt_account *bad = agent(1, 1000 * S);
    assert_true(until_cut(bad, 1000 * S, 0, 20000) > 0);
    assert_int_equal(lt_quota_standing(quota, bad, 10), LT_STANDS_CUT);
    uint64_t filled = bad->filled[LT_METER_NOTHING];
    lt_quota_standing(quota, bad, 20);
    assert_int_equal(bad->filled[LT_METER_NOTHING], filled);
    lt_quota_standing(quota, bad, UINT64_MAX); /* and forward, absurdly */
    assert_int_equal(bad->filled[LT_METER_NOTHING], 0);
    assert_int_equal(bad->level, 0);
}

/* A cut machine cannot escape by letting others push its account out. */
static void the_table_is_bounded(void **state)
{
    struct lt_account notable[16];
    enum lt_standing standings[16];
    (void)state;
    assert_true(until_cut(agent(1, 1), 1, 0, 20000) > 0);
    for (uint8_t who = 2; who < 200; who++) {
        assert_int_equal(lt_quota_standing(quota, agent(who, who), who), LT_STANDS_FREE);
    }
    assert_int_equal(lt_quota_standing(quota, agent(1, 300), 300), LT_STANDS_CUT);
    assert_int_equal(lt_quota_notable(quota, 300, notable, standings, 16), 1);
    assert_int_equal(lt_quota_notable(quota, 300, NULL, NULL, 0), 1); /* how many there are */
    assert_int_equal(notable[0].key[0], 1);
    assert_int_equal(standings[0], LT_STANDS_CUT);
    assert_int_equal(notable[0].cuts, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(useless_work_is_cut_off, set_up, tear_down),
        cmocka_unit_test_setup_teardown(cuts_grow_and_are_forgotten, set_up, tear_down),
        cmocka_unit_test_setup_teardown(catching_up_is_no_flood, set_up, tear_down),
        cmocka_unit_test_setup_teardown(work_is_slowed_and_never_cut, set_up, tear_down),
        cmocka_unit_test_setup_teardown(stored_bytes_have_a_day, set_up, tear_down),
        cmocka_unit_test_setup_teardown(hubs_may_do_more, set_up, tear_down),
        cmocka_unit_test_setup_teardown(clocks_may_step_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_table_is_bounded, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
