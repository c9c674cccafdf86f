/* Where units lie today when what they went into has ended too, has not begun, met again, went into hundreds or into two trees;
 * which closing of several counts; and lines of main successors that are longer than are followed. */
#include "tests/unit/standing_samples.h"

/* Units below the top, told in updates of so many items as one may have. */
struct teller {
    struct lt_book *book;
    struct saying *saying;
    uint64_t seq;
};

static void say_next(struct teller *teller)
{
    if (teller->saying != NULL && teller->saying->body.n_items + 1 >= SAID_ITEMS_MAX) {
        tell(teller->book, teller->saying);
        teller->saying = NULL;
    }
    if (teller->saying == NULL)
        teller->saying = say("VN", ++teller->seq, 1);
}

static void enter(struct teller *teller, const char *unit, const char *parent, const char *last)
{
    say_next(teller);
    say_unit(teller->saying, unit, parent, LT_UNIT_COMMUNE, "", last);
}

static void went(struct teller *teller, const char *unit, const char *successor, const char *how)
{
    say_next(teller);
    say_succession(teller->saying, unit, successor, how);
}

static struct teller begin(void)
{
    return (struct teller){.book = sample_book(), .seq = 1};
}

static struct lt_book *told(struct teller *teller)
{
    if (teller->saying != NULL)
        tell(teller->book, teller->saying);
    return teller->book;
}

static const char *today(const struct lt_book *book, const char *unit, const char *day)
{
    const struct lt_place *place = lt_book_today(book, place_of(book, unit), day_at(day));
    return place == NULL ? "nowhere" : place->unit.code;
}

/* ---- Closings of a chain ---- */

static void the_main_successions_cut_closes(void **state)
{
    (void)state;
    static const struct {
        const char *first, *second, *closes; /* the letter of the cut; "": open */
    } cases[] = {{"ca", "mcb", "b"}, {"mca", "cb", "a"}, {"ca", "cb", "a"},
                 {"", "cb", "b"},    {"m", "", ""},      {"ca", "m", "a"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct teller teller = begin();
        enter(&teller, "U", "VN", "2020-12-31");
        enter(&teller, "A", "VN", "");
        enter(&teller, "B", "VN", "");
        went(&teller, "U", "A", cases[i].first);
        went(&teller, "U", "B", cases[i].second);
        struct lt_book *book = told(&teller);
        const struct lt_succession *closed = lt_book_closed(book, place_of(book, "U"));
        assert_int_equal(closed != NULL, cases[i].closes[0] != '\0');
        if (closed != NULL)
            assert_int_equal(closed->cut[0].bytes[0], cases[i].closes[0]);
        lt_book_free(book);
    }
}

/* Each ends a year after the one before it. */
static void a_line_of_successors_is_followed_so_far(void **state)
{
    (void)state;
    enum { LINE = LT_DEPTH_MAX + 4 };
    struct teller teller = begin();
    char codes[LINE + 1][8];
    for (int i = 0; i <= LINE; i++) {
        char last[16] = "";
        (void)snprintf(codes[i], sizeof codes[i], "S%d", i);
        if (i < LINE)
            (void)snprintf(last, sizeof last, "%d-12-31", 2000 + i);
        enter(&teller, codes[i], "VN", last);
    }
    for (int i = 0; i < LINE; i++)
        went(&teller, codes[i], codes[i + 1], "mw");
    struct lt_book *book = told(&teller);
    for (int i = 1; i <= LINE; i++) {
        const struct lt_place *author = place_of(book, codes[i]), *first = place_of(book, codes[0]);
        assert_int_equal(lt_book_speaks_for(book, author, first), i < LT_DEPTH_MAX);
        assert_int_equal(lt_book_generation(book, first, author),
                         i < LT_DEPTH_MAX ? i : LT_DEPTH_MAX);
    }
    assert_string_equal(today(book, "S0", "2019-12-31"), "S19");
    assert_string_equal(today(book, "S0", "2024-06-01"),
                        codes[LINE]); /* today's tree is looked for to its end */
    lt_book_free(book);
}

/* ---- Today ---- */

/* Into two, which met again; of which one ended before the other. */
static void what_parted_and_met_lies_in_one(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
    } ends[] = {
        {"2021-12-31", "2021-12-31"}, {"2021-12-31", "2022-12-31"}, {"2022-12-31", "2021-12-31"}};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        struct teller teller = begin();
        enter(&teller, "U", "VN", "2020-12-31");
        enter(&teller, "A", "VN", ends[i].a);
        enter(&teller, "B", "VN", ends[i].b);
        enter(&teller, "C", "VN", "2023-12-31");
        enter(&teller, "D", "VN", "");
        went(&teller, "U", "A", "m");
        went(&teller, "U", "B", "");
        went(&teller, "A", "C", "mw");
        went(&teller, "B", "C", "mw");
        went(&teller, "C", "D", "mw");
        struct lt_book *book = told(&teller);
        assert_string_equal(today(book, "U", "2020-12-31"), "U");
        assert_string_equal(today(book, "U", "2021-06-01"), "VN"); /* in both: above them */
        assert_string_equal(today(book, "U", "2023-06-01"), "C");
        assert_string_equal(today(book, "U", "2024-06-01"), "D");
        lt_book_free(book);
    }
}

/* On a day before its successor begins a unit lies where that will. */
static void what_has_not_begun_lies_where_its_parent_does(void **state)
{
    (void)state;
    struct teller teller = begin();
    enter(&teller, "P", "VN", "");
    enter(&teller, "U", "P", "2020-12-31");
    enter(&teller, "W", "P", "2020-12-31");
    enter(&teller, "S@2021-06-01", "P", "");
    enter(&teller, "T@2021-06-01", "P", "2021-12-31");
    went(&teller, "U", "S@2021-06-01", "");
    went(&teller, "U", "T@2021-06-01", "m");
    went(&teller, "W", "T@2021-06-01", "mw");
    struct lt_book *book = told(&teller);
    assert_string_equal(today(book, "U", "2021-03-01"), "P");
    assert_string_equal(today(book, "W", "2021-03-01"), "P");
    assert_string_equal(today(book, "W", "2021-07-01"), "T");
    assert_string_equal(today(book, "W", "2022-07-01"), "P"); /* T went into nothing */
    lt_book_free(book);
}

/* A school outlives its commune, district and province: what is in it and elsewhere lies above the dead. */
static void above_what_ended_the_next_that_lives(void **state)
{
    (void)state;
    struct teller teller = begin();
    enter(&teller, "U", "VN", "2020-12-31");
    went(&teller, "U", "TH1", "m");
    went(&teller, "U", "28111@2025-07-01", "");
    enter(&teller, "V", "VN", "2025-06-30");
    went(&teller, "V", "28111@2025-07-01", "m");
    went(&teller, "V", "TH1", "");
    struct lt_book *book = told(&teller);
    assert_string_equal(today(book, "V", "2026-01-01"), "VN");
    assert_string_equal(today(book, "TH1", "2026-01-01"), "TH1");
    lt_book_free(book);
}

/* Into two trees: nowhere. */
static void what_went_into_two_trees_lies_in_none(void **state)
{
    (void)state;
    struct teller teller = begin();
    enter(&teller, "X1", "", "");
    enter(&teller, "X2", "X1", "");
    enter(&teller, "U", "VN", "2020-12-31");
    enter(&teller, "W", "VN", "2020-06-30");
    went(&teller, "U", "30", "m");
    went(&teller, "U", "X2", "");
    went(&teller, "W", "U", "m");
    went(&teller, "W", "SO80", "");
    struct lt_book *book = told(&teller);
    assert_string_equal(today(book, "U", "2021-01-01"), "nowhere");
    assert_string_equal(today(book, "W", "2021-01-01"), "nowhere");
    assert_string_equal(today(book, "W", "2020-12-31"), "VN");
    const struct lt_place **all =
        calloc(lt_book_place_count(book), sizeof(const struct lt_place *));
    lt_book_today_all(book, day_at("2021-01-01"), all);
    assert_null(all[place_of(book, "U")->number]);
    assert_ptr_equal(all[place_of(book, "30")->number], place_of(book, "30"));
    free(all);
    lt_book_free(book);
}

/* Into more than are looked at: at the top while that lives, else nowhere. */
static void what_went_into_hundreds_lies_at_the_top(void **state)
{
    (void)state;
    enum { PARTS = 300 };
    for (int top = 0; top < 3; top++) {
        struct teller teller = begin();
        const char *above = top == 2 ? "X1" : "VN";
        if (top == 2) { /* a book whose top is no unit of the tree */
            struct lt_key root;
            struct lt_secret secret;
            const struct lt_unit unit = unit_at("VN");
            lt_book_free(teller.book);
            teller.book = lt_book_new();
            teller.seq = 0;
            root_keys(&root, &secret);
            lt_book_pin(teller.book, &root, &unit);
            say_next(&teller);
            say_grant(teller.saying, "VN", LIENTHONG__ROLE__ROLE_HUB, 1, 101, &secret);
            enter(&teller, "X1", "", "");
        }
        if (top == 1)
            enter(&teller, "VN", "", "2024-12-31");
        enter(&teller, "U", above, "2020-12-31");
        enter(&teller, "Z", above, "");
        for (int i = 0; i < PARTS; i++) {
            char code[8];
            (void)snprintf(code, sizeof code, "P%03d", i);
            enter(&teller, code, above, "2021-12-31");
            went(&teller, "U", code, "");
            went(&teller, code, "Z", "w");
        }
        struct lt_book *book = told(&teller);
        assert_string_equal(today(book, "U", "2022-06-01"), top == 2 ? "nowhere" : "VN");
        assert_string_equal(today(book, "U", "2025-06-01"), top == 0 ? "VN" : "nowhere");
        assert_string_equal(today(book, "P299", "2022-06-01"), "Z");
        lt_book_free(book);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_main_successions_cut_closes),
        cmocka_unit_test(a_line_of_successors_is_followed_so_far),
        cmocka_unit_test(what_parted_and_met_lies_in_one),
        cmocka_unit_test(what_has_not_begun_lies_where_its_parent_does),
        cmocka_unit_test(above_what_ended_the_next_that_lives),
        cmocka_unit_test(what_went_into_two_trees_lies_in_none),
        cmocka_unit_test(what_went_into_hundreds_lies_at_the_top),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
