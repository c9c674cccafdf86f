/* The merge law among tellers: small tables, computed by hand. VN > 80 > 807 > 28111, 28112; 808 > 28201;
 * 30. */
#include "tests/unit/rules_samples.h"

#include <time.h>

#include "proto/merge.h"

struct row {
    const char *teller, *place;
    bool total;
    int64_t count, quantity;
    uint32_t order;
    /* expected */
    int64_t counted_count, counted_quantity;
    bool revoked;
};

static struct lt_book *book;

static void check(const char *authority, bool unconfirmed, const struct row *rows, size_t count)
{
    struct lt_line lines[16];
    assert_true(count <= 16);
    for (size_t turn = 0; turn < count; turn++) {
        memset(lines, 0xa5, sizeof(lines));
        for (size_t i = 0; i < count; i++) {
            const struct row *row = &rows[(i + turn) % count];
            lines[i].teller = place_of(book, row->teller);
            lines[i].place = place_of(book, row->place);
            lines[i].authority = authority != NULL ? place_of(book, authority) : NULL;
            lines[i].stated_total = row->total;
            lines[i].count = row->count;
            lines[i].quantity = row->quantity;
            lines[i].order = row->order;
            lines[i].revoked = row->revoked;
        }
        lt_scope_law(lines, count);
        for (size_t i = 0; i < count; i++) {
            const struct row *row = &rows[(i + turn) % count];
            if (lines[i].counted_count != row->counted_count ||
                lines[i].counted_quantity != row->counted_quantity)
                fail_msg("%s of %s: %lld (%lld), not %lld (%lld)", row->teller, row->place,
                         (long long)lines[i].counted_quantity, (long long)lines[i].counted_count,
                         (long long)row->counted_quantity, (long long)row->counted_count);
            assert_int_equal(lines[i].unconfirmed, unconfirmed && row->counted_quantity > 0);
        }
    }
}

#define CHECK(authority, unconfirmed, ...)                                                         \
    do {                                                                                           \
        static const struct row rows[] = {__VA_ARGS__};                                            \
        check(authority, unconfirmed, rows, sizeof(rows) / sizeof(rows[0]));                       \
    } while (0)

/* Giấy khen of the district: 1,454 as a count by itself, by name by its communes. */
static void test_worked_example(void **state)
{
    (void)state;
    CHECK("807", false, {"807", "807", true, 1, 1454, 0, 1, 1454, false});
    CHECK("807", false, {"807", "807", true, 1, 1454, 0, 0, 0, false},
          {"28111", "28111", false, 800, 800, 0, 800, 800, false},
          {"28112", "28112", false, 654, 654, 0, 654, 654, false});
    CHECK("807", false, {"807", "807", true, 1, 1454, 0, 1, 454, false},
          {"28111", "28111", false, 600, 600, 0, 600, 600, false},
          {"28112", "28112", false, 400, 400, 0, 400, 400, false});
    /* More by name than was counted: the names count, and nothing is negative. */
    CHECK("807", false, {"807", "807", true, 1, 1000, 0, 0, 0, false},
          {"28111", "28111", false, 800, 800, 0, 800, 800, false},
          {"28112", "28112", false, 654, 654, 0, 654, 654, false});
}

/* A later decision takes an award back. */
static void test_revoked(void **state)
{
    (void)state;
    /* The authority's whole list, one of it revoked: its list counts as it is. */
    CHECK("807", false, {"807", "28111", false, 4, 4, 0, 4, 4, false},
          {"807", "28111", false, 1, 1, 1, 1, 1, true},
          {"28111", "28111", false, 5, 5, 0, 0, 0, false});
    /* It tells of the revocation alone: the communes' lists go on counting, less what it revoked. */
    CHECK("807", false, {"807", "28111", false, 1, 1, 1, 1, 1, true},
          {"28111", "28111", false, 5, 5, 0, 4, 4, false},
          {"28112", "28112", false, 3, 3, 0, 3, 3, false});
    /* The commune says so too: once. */
    CHECK("807", false, {"807", "28111", false, 1, 1, 1, 0, 0, true},
          {"28111", "28111", false, 4, 4, 0, 4, 4, false},
          {"28111", "28111", false, 1, 1, 1, 1, 1, true});
    /* Names before totals, and never below nothing. */
    CHECK("807", false, {"807", "28111", false, 4, 4, 2, 4, 4, true},
          {"28111", "28111", false, 2, 2, 0, 0, 0, false},
          {"28111", "28111", true, 1, 5, 1, 1, 1, false});
    CHECK("807", false, {"807", "28111", false, 9, 9, 1, 9, 9, true},
          {"28111", "28111", false, 5, 5, 0, 0, 0, false});
    /* Somebody else's revocation is his own list's affair. */
    CHECK("807", true, {"28111", "28111", false, 4, 4, 0, 4, 4, false},
          {"28111", "28111", false, 1, 1, 1, 1, 1, true},
          {"80", "28111", false, 5, 5, 0, 0, 0, false});
    /* Its total stays one: of two awards, one named by the commune, that one was revoked. */
    CHECK("807", false, {"807", "807", true, 1, 2, 0, 1, 1, false},
          {"807", "28111", false, 1, 1, 1, 1, 1, true},
          {"28111", "28111", false, 1, 1, 0, 0, 0, false});
    /* It names two of the four that it revokes in all. */
    CHECK("807", false, {"807", "28111", false, 2, 2, 1, 2, 2, true},
          {"807", "28111", true, 1, 4, 1, 1, 2, true},
          {"28111", "28111", false, 9, 9, 0, 5, 5, false});
    /* Nobody told of what was revoked: the revocation counts as such. */
    CHECK("807", false, {"807", "28111", false, 2, 2, 0, 2, 2, true});
}

static void test_named(void **state)
{
    (void)state;
    /* The authority's own list counts, wherever its places are; no other is added. */
    CHECK("807", false, {"807", "28111", false, 5, 5, 0, 5, 5, false},
          {"28111", "28111", false, 6, 6, 0, 0, 0, false},
          {"28112", "28112", false, 7, 7, 0, 0, 0, false},
          {"80", "807", true, 1, 50, 0, 0, 0, false});
    /* Without it the teller nearest each place. */
    CHECK("80", true, {"807", "28111", false, 5, 5, 0, 0, 0, false},
          {"28111", "28111", false, 6, 6, 0, 6, 6, false},
          {"28112", "28112", false, 7, 7, 0, 7, 7, false},
          {"807", "807", false, 2, 2, 0, 2, 2, false},
          {"807", "28201", false, 1, 1, 0, 0, 0, false},
          {"808", "28201", false, 3, 3, 1, 3, 3, false},
          {"808", "28201", false, 4, 4, 2, 4, 4, false});
    /* Equally far: the lesser unit. */
    CHECK("80", true, {"808", "30", false, 5, 5, 0, 0, 0, false},
          {"807", "30", false, 6, 6, 0, 6, 6, false});
    /* Who has taken everything back has told nothing. */
    CHECK("80", true, {"80", "80", false, 0, 0, 0, 0, 0, false},
          {"28111", "28111", false, 0, 0, 0, 0, 0, false},
          {"807", "28111", false, 5, 5, 0, 5, 5, false});
    /* One teller is the common case. */
    CHECK("80", true, {"28111", "28111", false, 5, 5, 0, 5, 5, false},
          {"28111", "28111", false, 6, 6, 1, 6, 6, false});
    CHECK(NULL, true, {"807", "807", false, 2, 2, 0, 2, 2, false});
    /* Who bears the authority's code later is not the authority. */
    CHECK("80", true, {"80@2025-07-01", "807", false, 2, 2, 0, 2, 2, false});
}

static void test_totals(void **state)
{
    (void)state;
    /* The authority's total stands against its communes' totals. */
    CHECK("807", false, {"807", "807", true, 1, 100, 0, 1, 100, false},
          {"28111", "28111", true, 1, 60, 0, 0, 0, false});
    /* A district's over its communes' when neither is the authority: what exceeds, deepest first. */
    CHECK("80", true, {"807", "807", true, 1, 100, 0, 1, 70, false},
          {"28111", "28111", true, 1, 30, 0, 1, 30, false});
    CHECK("80", true, {"807", "807", true, 1, 100, 0, 1, 45, false},
          {"28111", "28111", true, 1, 30, 0, 1, 20, false},
          {"28111", "28111", false, 10, 10, 0, 10, 10, false},
          {"28112", "28112", false, 25, 25, 0, 25, 25, false},
          {"808", "808", true, 1, 9, 0, 1, 9, false});
    /* Three levels: 80 over 807 over 28111. */
    CHECK("VN", true, {"80", "80", true, 1, 100, 0, 1, 40, false},
          {"807", "807", true, 1, 50, 0, 1, 30, false},
          {"28111", "28111", true, 1, 20, 0, 1, 20, false},
          {"808", "808", true, 1, 10, 0, 1, 10, false});
    /* A place told twice: the nearest teller, the other is not added. */
    CHECK("VN", true, {"80", "28111", true, 1, 90, 0, 0, 0, false},
          {"807", "28111", true, 1, 50, 0, 1, 50, false});
    /* Elsewhere named: another place's total is not touched. */
    CHECK("80", true, {"808", "808", true, 1, 30, 0, 1, 30, false},
          {"28111", "28111", false, 10, 10, 0, 10, 10, false});
}

static void test_dimensions(void **state)
{
    (void)state;
    /* Women 600 and men 854 were counted; 400 and 500 were named: what is left is of their kind. */
    CHECK("807", false, {"807", "807", true, 1, 600, 1, 1, 200, false},
          {"807", "807", true, 1, 854, 2, 1, 354, false},
          {"28111", "28111", false, 400, 400, 1, 400, 400, false},
          {"28111", "28111", false, 500, 500, 2, 500, 500, false});
    /* Named without saying: taken in order. */
    CHECK("807", false, {"807", "807", true, 1, 600, 1, 0, 0, false},
          {"807", "807", true, 1, 854, 2, 1, 754, false},
          {"28111", "28111", false, 700, 700, 0, 700, 700, false});
    /* More women named than counted: the men make room for them. */
    CHECK("807", false, {"807", "807", true, 1, 600, 1, 0, 0, false},
          {"807", "807", true, 1, 854, 2, 1, 754, false},
          {"28111", "28111", false, 700, 700, 1, 700, 700, false});
    CHECK("807", false, {"807", "807", true, 3, 10, 1, 3, 10, false},
          {"807", "807", true, 2, 20, 2, 2, 15, false},
          {"28112", "28112", false, 5, 5, 2, 5, 5, false});
}

/* 6,000 lines at 300 places under 100 totals, as one decision of a province might have. */
static void test_rate(void **state)
{
    (void)state;
    enum { PLACES = 300, LINES = 6000 };
    struct lt_place *places = calloc(PLACES + 1, sizeof(*places));
    struct lt_line *lines = calloc(LINES, sizeof(*lines));
    assert_true(places != NULL && lines != NULL);
    for (size_t i = 0; i <= PLACES; i++) {
        snprintf(places[i].unit.code, sizeof(places[i].unit.code), "%03zu", i);
        places[i].parent = i == 0 ? NULL : &places[(i - 1) / 4];
    }
    for (size_t i = 0; i < LINES; i++) {
        struct lt_line *line = &lines[i];
        line->place = &places[1 + i % PLACES];
        line->teller = i % 3 ? line->place : line->place->parent;
        line->authority = &places[0];
        line->stated_total = i % 60 == 0;
        line->count = 1;
        line->quantity = line->stated_total ? 500 : 1;
        line->order = (uint32_t)(i / PLACES);
    }
    const clock_t begun = clock();
    lt_scope_law(lines, LINES);
    const double taken = (double)(clock() - begun) / CLOCKS_PER_SEC;
    print_message("%d lines in %.1f ms\n", LINES, 1e3 * taken);
    assert_true(taken < 1.0);
    free(lines);
    free(places);
}

static int setup(void **state)
{
    (void)state;
    book = sample_book();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    lt_book_free(book);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_worked_example), cmocka_unit_test(test_revoked),
        cmocka_unit_test(test_named),          cmocka_unit_test(test_totals),
        cmocka_unit_test(test_dimensions),     cmocka_unit_test(test_rate),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
