/* Decisions that are nearly equal, and those that only look so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "hub/decisions.h"

enum { DISTRICT, COMMUNE, OTHER, PLACES };
static struct lt_place places[PLACES];

static int begin(void **state)
{
    static const char *const codes[PLACES] = {"807", "28162", "28165"};
    (void)state;
    for (size_t i = 0; i < PLACES; i++) {
        memset(&places[i], 0, sizeof places[i]);
        assert_int_equal(lt_unit_make(codes[i], 0, &places[i].unit), LT_OK);
    }
    return 0;
}

static lt_day on(int year, int month, int day)
{
    lt_day made = 0;
    assert_int_equal(lt_day_make(year, month, day, &made), LT_OK);
    return made;
}

/* One teller's record; the scope is made here as the program's is: of authority, number, date, code. */
static void tell(struct lt_decisions *decisions, size_t teller, const char *number, lt_day date)
{
    char folded[64], text[160];
    struct lt_hash hash;
    Lienthong__Decision decision;
    struct lt_fact fact = {.kind = LT_KIND_AWARD,
                           .author = &places[teller],
                           .place = &places[teller],
                           .authority = &places[DISTRICT],
                           .authority_code = "",
                           .code = "GK",
                           .recipient = LIENTHONG__RECIPIENT__RECIPIENT_INDIVIDUAL,
                           .year = 2020,
                           .quantity = 1};
    lienthong__decision__init(&decision);
    decision.number = (char *)(uintptr_t)number;
    decision.date = date;
    lt_fold_decision(number, 2020, folded, sizeof folded);
    (void)snprintf(text, sizeof text, "%s %d", folded, date);
    lt_hash_of(text, strlen(text), &hash);
    memcpy(fact.scope, hash.bytes, 32);
    assert_true(lt_decisions_add(decisions, &fact, &decision));
}

struct seen {
    size_t count;
    enum lt_nearness last;
};

static bool see(void *context, const struct lt_decision *a, const struct lt_decision *b,
                enum lt_nearness nearness)
{
    struct seen *seen = context;
    assert_ptr_not_equal(a, b);
    seen->count++;
    seen->last = nearness;
    return true;
}

static struct seen near_of(struct lt_decisions *decisions)
{
    struct seen seen = {0};
    lt_decisions_settle(decisions);
    lt_decisions_near(decisions, see, &seen);
    return seen;
}

static void spellings_are_one(void **state)
{
    struct lt_decisions *decisions = lt_decisions_new();
    (void)state;
    tell(decisions, DISTRICT, "15/QĐ-UBND", on(2020, 12, 5));
    tell(decisions, COMMUNE, "15/QÐ-UBND ", on(2020, 12, 5));
    tell(decisions, OTHER, "QĐ 15", on(2020, 12, 5));
    assert_int_equal(lt_decisions_count(decisions), 1);
    assert_int_equal(lt_decisions_at(decisions, 0)->teller_count, 3);
    assert_int_equal(lt_decisions_at(decisions, 0)->quantity, 3);
    assert_int_equal(near_of(decisions).count, 0);
    lt_decisions_free(decisions);
}

static void near_ones_are_listed(void **state)
{
    static const struct {
        const char *mine, *its;
        int its_month, its_day;
        enum lt_nearness nearness;
    } cases[] = {
        {"15/QĐ-UBND", "15/QĐ-CTUBND", 12, 5, LT_NEAR_REST},
        {"15/QĐ-UBND", "15a/QĐ-UBND", 12, 5, LT_NEAR_REST},
        {"15/QĐ-UBND", "", 12, 5, LT_NEAR_NO_NUMBER},
        {"15/QĐ-UBND", "15/QĐ-UBND", 5, 12, LT_NEAR_DATE},
        {"15/QĐ-UBND", "15/QĐ-UBND", 0, 0, LT_NEAR_DATE},
        {"152/QĐ-UBND", "125/QĐ-UBND", 12, 5, LT_NEAR_SLIP},
        {"152/QĐ-UBND", "15/QĐ-UBND", 12, 5, LT_NEAR_SLIP},
        {"152/QĐ-UBND", "999/QĐ-UBND", 12, 5, 0},
        {"152/QĐ-UBND", "125/QĐ-UBND", 12, 6, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct lt_decisions *decisions = lt_decisions_new();
        const lt_day its =
            cases[i].its_month == 0 ? 0 : on(2020, cases[i].its_month, cases[i].its_day);
        tell(decisions, DISTRICT, cases[i].mine, on(2020, 12, 5));
        tell(decisions, COMMUNE, cases[i].its, its);
        const struct seen seen = near_of(decisions);
        assert_int_equal(seen.count, cases[i].nearness != 0);
        assert_int_equal(seen.last, cases[i].nearness);
        lt_decisions_free(decisions);
    }
}

/* An authority that tells of 15 and of 16 means two decisions. */
static void neighbours_of_one_teller_are_two(void **state)
{
    struct lt_decisions *decisions = lt_decisions_new();
    (void)state;
    tell(decisions, DISTRICT, "15/QĐ-UBND", on(2020, 12, 5));
    tell(decisions, DISTRICT, "16/QĐ-UBND", on(2020, 12, 5));
    assert_int_equal(near_of(decisions).count, 0);
    lt_decisions_free(decisions);
}

static void many_are_bounded(void **state)
{
    struct lt_decisions *decisions = lt_decisions_new();
    (void)state;
    for (int i = 0; i < 5000; i++) {
        char number[24];
        (void)snprintf(number, sizeof number, "15/%d/XX", i);
        tell(decisions, COMMUNE, number, on(2020, 12, 5));
    }
    assert_int_equal(lt_decisions_count(decisions), 5000);
    assert_true(near_of(decisions).count < 5000 * 257);
    lt_decisions_free(decisions);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(spellings_are_one, begin),
        cmocka_unit_test_setup(near_ones_are_listed, begin),
        cmocka_unit_test_setup(neighbours_of_one_teller_are_two, begin),
        cmocka_unit_test_setup(many_are_bounded, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
