/* The book of a country that is reorganised whole. */
#include "tests/unit/standing_samples.h"

#include <time.h>

/* A saying is full: the book hears it. */
static void next_saying(struct lt_book *book, struct saying **saying, uint64_t *seq)
{
    if ((*saying)->body.n_items < SAID_ITEMS_MAX)
        return;
    tell(book, *saying);
    *saying = say("VN", ++*seq, 1);
}

enum { OLD = 10000, NEW = 3300, DISTRICTS = 700, OLD_PROVINCES = 63, NEW_PROVINCES = 34 };

static void say_country(struct lt_book *book, uint64_t *seq)
{
    char unit[20], parent[20];
    struct saying *saying = say("VN", ++*seq, 1);
    for (unsigned i = 0; i < OLD_PROVINCES + DISTRICTS + OLD; i++) {
        const unsigned commune = i - OLD_PROVINCES - DISTRICTS;
        const int level = i < OLD_PROVINCES               ? LT_UNIT_PROVINCE
                          : i < OLD_PROVINCES + DISTRICTS ? LT_UNIT_DISTRICT
                                                          : LT_UNIT_COMMUNE;
        const char letter = "PDC"[level - LT_UNIT_PROVINCE];
        const unsigned number = letter == 'P' ? i : letter == 'D' ? i - OLD_PROVINCES : commune;
        snprintf(unit, sizeof(unit), "%c%05u", letter, number);
        snprintf(parent, sizeof(parent),
                 letter == 'P'   ? "VN"
                 : letter == 'D' ? "P%05u"
                                 : "D%05u",
                 letter == 'D' ? number % OLD_PROVINCES : number % DISTRICTS);
        next_saying(book, &saying, seq);
        say_unit(saying, unit, parent, level, "Xã", "2025-06-30");
    }
    for (unsigned i = 0; i < NEW_PROVINCES + NEW; i++) {
        const bool province = i < NEW_PROVINCES;
        snprintf(unit, sizeof(unit), "%c%05u@2025-07-01", province ? 'P' : 'C',
                 province ? i : i - NEW_PROVINCES);
        snprintf(parent, sizeof(parent), province ? "VN" : "P%05u@2025-07-01", i % NEW_PROVINCES);
        next_saying(book, &saying, seq);
        say_unit(saying, unit, parent, province ? LT_UNIT_PROVINCE : LT_UNIT_COMMUNE, "Xã", "");
    }
    tell(book, saying);
}

/* Every third commune is split in two; provinces go whole. */
static void say_reform(struct lt_book *book, uint64_t *seq)
{
    char unit[20], successor[20];
    struct saying *saying = say("VN", ++*seq, 1);
    for (unsigned i = 0; i < OLD_PROVINCES + OLD; i++) {
        const bool province = i < OLD_PROVINCES;
        const unsigned number = province ? i : i - OLD_PROVINCES;
        const unsigned into = province ? number % NEW_PROVINCES : number % NEW;
        snprintf(unit, sizeof(unit), "%c%05u", province ? 'P' : 'C', number);
        snprintf(successor, sizeof(successor), "%c%05u@2025-07-01", province ? 'P' : 'C', into);
        next_saying(book, &saying, seq);
        say_succession(saying, unit, successor, !province && number % 3 == 0 ? "m" : "mw");
        if (province || number % 3 != 0)
            continue;
        snprintf(successor, sizeof(successor), "C%05u@2025-07-01",
                 (into + NEW_PROVINCES) % (NEW - NEW % NEW_PROVINCES));
        next_saying(book, &saying, seq);
        say_succession(saying, unit, successor, "");
    }
    tell(book, saying);
}

static double seconds_since(clock_t begun)
{
    return (double)(clock() - begun) / CLOCKS_PER_SEC;
}

/* The whole country reorganised. */
static void test_reform(void **state)
{
    (void)state;
    struct lt_book *book = sample_book();
    uint64_t seq = 1;
    say_country(book, &seq);
    const size_t count = lt_book_place_count(book);
    const struct lt_place **today = calloc(count, sizeof(*today));
    assert_non_null(today);
    clock_t begun = clock();
    say_reform(book, &seq);
    const double told = seconds_since(begun);
    assert_int_equal(lt_book_succession_count(book), OLD_PROVINCES + OLD + (OLD + 2) / 3);
    begun = clock();
    lt_book_today_all(book, day_at("2026-01-01"), today);
    const double placed = seconds_since(begun);
    size_t moved = 0, unallocated = 0;
    for (size_t i = 0; i < count; i++) {
        const struct lt_place *place = lt_book_place_at(book, i);
        assert_non_null(today[i]);
        assert_int_equal(today[i]->valid_to, 0);
        moved += today[i] != place;
        unallocated += place->level == LT_UNIT_COMMUNE && today[i]->level != LT_UNIT_COMMUNE;
    }
    /* The sample's three communes have no successors. */
    assert_int_equal(moved, OLD_PROVINCES + DISTRICTS + OLD + 7);
    assert_int_equal(unallocated, (OLD + 2) / 3 + 3);
    begun = clock();
    size_t spoken = 0;
    for (size_t i = 0; i < count; i++)
        spoken += lt_book_speaks_for(book, today[i], lt_book_place_at(book, i));
    print_message("%zu successions told in %.2f s; today's tree of %zu units %.1f ms; who speaks "
                  "for them %.1f ms\n",
                  lt_book_succession_count(book), told, count, placed * 1e3,
                  seconds_since(begun) * 1e3);
    assert_true(spoken > count * 9 / 10);
    free(today);
    lt_book_free(book);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reform),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
