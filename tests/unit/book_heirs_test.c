/* Successions: what stands of them, who speaks for whom, and where a unit lies today. */
#include "tests/unit/standing_samples.h"

static void test_succession(void **state)
{
    (void)state;
    struct lt_book *book = book_of_two_hubs();
    struct lt_hash before, after;
    lt_book_digest(book, &before);
    struct saying *saying = say("80", 1, 2);
    say_succession(saying, "28112", "28111@2025-07-01", "mwcab");
    struct lt_book_change change = tell(book, saying);
    assert_true(change.altered && !change.standing);
    lt_book_digest(book, &after);
    assert_memory_not_equal(&before, &after, sizeof(before));
    size_t count;
    const struct lt_place *old = place_of(book, "28112"), *new = place_of(book, "28111@2025-07-01");
    const struct lt_succession *found = lt_book_successions(book, old, &count);
    assert_int_equal(count, 1);
    assert_int_equal(lt_book_succession_count(book), 1);
    assert_ptr_equal(found, lt_book_succession_at(book, 0));
    assert_ptr_equal(found->unit, old);
    assert_ptr_equal(found->successor, new);
    assert_true(found->main && found->whole && found->closed);
    assert_int_equal(found->cut_count, 2);
    assert_int_equal(found->cut[1].bytes[31], 'b');
    assert_ptr_equal(lt_book_closed(book, old), found);
    assert_null(lt_book_closed(book, new));
    assert_null(lt_book_successions(book, new, &count));
    /* Said again in the same words: nothing changes. */
    saying = say("80", 2, 2);
    say_succession(saying, "28112", "28111@2025-07-01", "mwcab");
    change = tell(book, saying);
    assert_false(change.altered || change.standing);
    /* The hub above stands against it; withdrawn, nothing does. */
    saying = say("VN", 3, 1);
    say_succession(saying, "28112", "28111@2025-07-01", "x");
    assert_true(tell(book, saying).altered);
    assert_int_equal(lt_book_succession_count(book), 0);
    assert_null(lt_book_successions(book, old, &count));
    lt_book_digest(book, &after);
    assert_memory_equal(&before, &after, sizeof(before));
    lt_book_free(book);
}

static void test_speaks_for(void **state)
{
    (void)state;
    struct lt_book *book = book_of_two_hubs();
    struct saying *saying = say("VN", 3, 1);
    say_unit(saying, "N@2026-01-01", "80@2025-07-01", LT_UNIT_COMMUNE, "N", "");
    say_unit(saying, "28112@2025-07-01", "80@2025-07-01", LT_UNIT_COMMUNE, "Long Cang",
             "2025-12-31");
    say_succession(saying, "28201", "28112@2025-07-01", "m");
    say_succession(saying, "28201", "28111@2025-07-01", "m"); /* the lesser one is it */
    say_succession(saying, "28111", "28112@2025-07-01", "mw");
    say_succession(saying, "28112@2025-07-01", "N@2026-01-01", "mw");
    say_succession(saying, "808", "", "c");
    tell(book, saying);
    const struct lt_place *n = place_of(book, "N@2026-01-01");
    const struct lt_place *old = place_of(book, "28111"), *school = place_of(book, "TH1");
    const struct lt_place *next = place_of(book, "28112@2025-07-01");
    assert_true(lt_book_speaks_for(book, n, old));
    assert_true(lt_book_speaks_for(book, n, school));
    assert_true(lt_book_speaks_for(book, place_of(book, "80@2025-07-01"), school));
    assert_true(lt_book_speaks_for(book, place_of(book, "80"), old));
    assert_false(lt_book_speaks_for(book, n, place_of(book, "28201")));
    assert_false(lt_book_speaks_for(book, n, place_of(book, "807")));
    assert_false(lt_book_speaks_for(book, old, n));
    assert_true(
        lt_book_speaks_for(book, place_of(book, "28111@2025-07-01"), place_of(book, "28201")));
    assert_int_equal(lt_book_generation(book, old, old), 0);
    assert_int_equal(lt_book_generation(book, old, next), 1);
    assert_int_equal(lt_book_generation(book, old, n), 2);
    assert_int_equal(lt_book_generation(book, school, n), 2);
    assert_int_equal(lt_book_generation(book, n, old), LT_DEPTH_MAX);
    assert_int_equal(lt_book_generation(book, old, place_of(book, "80")), LT_DEPTH_MAX);
    const struct lt_place *district = place_of(book, "808");
    assert_non_null(lt_book_closed(book, district));
    assert_null(lt_book_closed(book, district)->successor);
    lt_book_free(book);
}

static void test_today(void **state)
{
    (void)state;
    struct lt_book *book = book_of_two_hubs();
    struct saying *saying = say("VN", 3, 1);
    say_unit(saying, "31@2025-07-01", "VN", LT_UNIT_PROVINCE, "Hải Phòng", "");
    say_succession(saying, "80", "80@2025-07-01", "mw");
    say_succession(saying, "28111", "28111@2025-07-01", "mw");
    say_succession(saying, "28112", "28111@2025-07-01", "m");
    say_succession(saying, "28112", "28112@2025-07-01", "");
    say_succession(saying, "28201", "28111@2025-07-01", "m");
    say_succession(saying, "28201", "31@2025-07-01", "");
    tell(book, saying);
    const lt_day day = day_at("2026-01-01"), then = day_at("2020-01-01");
    const struct {
        const char *unit, *today;
    } cases[] = {
        {"VN", "VN"},
        {"80", "80@2025-07-01"},
        {"28111", "28111@2025-07-01"},
        {"28112", "80@2025-07-01"}, /* split within one province */
        {"28201", "VN"}, /* across two */
        {"TH1", "TH1"}, /* open */
        {"807", "80@2025-07-01"}, /* no successor: with its parent */
        {"30", "VN"},
        {"28111@2025-07-01", "28111@2025-07-01"},
    };
    const struct lt_place *all[20];
    assert_int_equal(lt_book_place_count(book), 14);
    lt_book_today_all(book, day, all);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct lt_place *unit = place_of(book, cases[i].unit);
        const struct lt_place *expected = place_of(book, cases[i].today);
        assert_ptr_equal(lt_book_today(book, unit, day), expected);
        assert_ptr_equal(all[unit->number], expected);
    }
    /* In the tree of an earlier day the old units live, the new ones lie where their parents do. */
    const struct lt_place *old = place_of(book, "28112");
    assert_ptr_equal(lt_book_today(book, old, then), old);
    assert_ptr_equal(lt_book_today(book, place_of(book, "28111@2025-07-01"), then),
                     place_of(book, "VN"));
    lt_book_free(book);
}

/* A district outlived its province and is said to have gone without a successor: what ended with the province
 * lies where that does, as it would if nothing were said of the district; what outlived it, at the top. */
static void test_today_of_none(void **state)
{
    (void)state;
    for (int said = 0; said < 2; said++) {
        struct lt_book *book = book_of_two_hubs();
        struct saying *saying = say("VN", 3, 1);
        say_unit(saying, "D", "80", LT_UNIT_DISTRICT, "D", "2025-12-31");
        say_unit(saying, "C", "D", LT_UNIT_COMMUNE, "C", "2025-06-30");
        say_unit(saying, "L", "D", LT_UNIT_COMMUNE, "L", "2025-08-31");
        say_succession(saying, "80", "80@2025-07-01", "mw");
        if (said)
            say_succession(saying, "D", "", "");
        tell(book, saying);
        const lt_day day = day_at("2026-01-01");
        assert_int_equal(lt_book_succession_count(book), 1 + said);
        assert_ptr_equal(lt_book_today(book, place_of(book, "C"), day),
                         place_of(book, "80@2025-07-01"));
        assert_ptr_equal(lt_book_today(book, place_of(book, "L"), day), place_of(book, "VN"));
        lt_book_free(book);
    }
}

/* Bounds of one question: a unit that went into hundreds, each of which went into one more. */
static void test_today_of_hundreds(void **state)
{
    (void)state;
    struct lt_book *book = book_of_two_hubs();
    uint64_t seq = 3;
    for (unsigned i = 0; i < 300; i++) {
        char part[20];
        struct saying *saying = say("VN", seq++, 1);
        snprintf(part, sizeof(part), "H%03u@2025-07-01", i);
        say_unit(saying, part, "80@2025-07-01", LT_UNIT_COMMUNE, "H", "2025-12-31");
        say_succession(saying, "28201", part, "");
        say_succession(saying, part, "28112@2025-07-01", "mw");
        tell(book, saying);
        const struct lt_place *today =
            lt_book_today(book, place_of(book, "28201"), day_at("2026-01-01"));
        assert_ptr_equal(today, place_of(book, i < 256 ? "28112@2025-07-01" : "VN"));
    }
    lt_book_free(book);
}

/* What hostile or confused hubs tell never leads in a circle. */
static void test_circles(void **state)
{
    (void)state;
    struct lt_book *book = sample_book();
    struct saying *saying = say("VN", 3, 1);
    say_succession(saying, "28111", "28112", "mw");
    say_succession(saying, "28112", "28111", "mw");
    say_succession(saying, "28112", "28112", "mw");
    say_unit(saying, "A", "B", LT_UNIT_DISTRICT, "A", "2020-12-31");
    say_unit(saying, "B", "A", LT_UNIT_DISTRICT, "B", "2020-12-31");
    say_unit(saying, "C", "P", LT_UNIT_COMMUNE, "C", "2022-12-31");
    say_unit(saying, "P", "VN", LT_UNIT_DISTRICT, "P", "2021-12-31");
    say_succession(saying, "P", "C", "mw");
    tell(book, saying);
    const lt_day day = day_at("2026-01-01");
    assert_int_equal(lt_book_succession_count(book), 1);
    assert_null(lt_book_today(book, place_of(book, "A"), day));
    assert_ptr_equal(lt_book_today(book, place_of(book, "C"), day), place_of(book, "VN"));
    assert_ptr_equal(lt_book_today(book, place_of(book, "P"), day), place_of(book, "VN"));
    assert_false(lt_book_speaks_for(book, place_of(book, "80"), place_of(book, "A")));
    assert_true(lt_book_speaks_for(book, place_of(book, "C"), place_of(book, "P")));
    lt_book_free(book);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_succession), cmocka_unit_test(test_speaks_for),
        cmocka_unit_test(test_today),      cmocka_unit_test(test_today_of_none),
        cmocka_unit_test(test_circles),    cmocka_unit_test(test_today_of_hundreds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
