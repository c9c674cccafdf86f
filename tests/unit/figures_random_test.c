/* Figures by any dimensions and conditions, of any place, in the tree as it was and in that of a day, are what
 * counting the plain way gives. A small country before and after a reform. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/unit/hub_world.h"

#include "tests/unit/figures_plain.h"

enum { REPORTS = 60, CHANGES = 40, ITEMS_MAX = 120 };

static const char *const titles[] = {"GK", "LDTT", "BK_BT", "CSTD_CS"};

/* code, parent, level; new: since 1 July 2025, old: until the day before. */
static const struct {
    const char *code, *parent;
    int level;
    enum { ALWAYS, OLD, NEW } time;
} tree[] = {
    {"VN", NULL, 1, ALWAYS},  {"80", "VN", 2, OLD},     {"807", "80", 3, OLD},
    {"28159", "807", 4, OLD}, {"28162", "807", 4, OLD}, {"28165", "807", 4, OLD},
    {"28168", "807", 4, OLD}, {"30", "VN", 2, OLD},     {"297", "30", 3, OLD},
    {"10999", "297", 4, OLD}, {"11002", "297", 4, OLD}, {"31", "VN", 2, OLD},
    {"301", "31", 3, OLD},    {"11111", "301", 4, OLD}, {"90", "VN", 2, ALWAYS},
    {"80", "VN", 2, NEW},     {"28159", "80", 4, NEW},  {"28168", "80", 4, NEW},
    {"11111", "80", 4, NEW},  {"30", "VN", 2, NEW},     {"10999", "30", 4, NEW},
};
enum { UNITS = sizeof tree / sizeof tree[0] };

/* Districts have no successor: they lie where their province does. */
static const struct {
    const char *unit, *successor;
    bool whole;
} successions[] = {
    {"80", "80", true},        {"31", "80", true},        {"30", "30", true},
    {"28159", "28159", true},  {"28162", "28159", true},  {"28165", "28159", false},
    {"28165", "28168", false}, {"28168", "28168", true},  {"11111", "11111", true},
    {"10999", "10999", true},  {"11002", "10999", false}, {"11002", "28168", false},
};
enum { SUCCESSIONS = sizeof successions / sizeof successions[0] };

struct fixture {
    struct world world;
    char *dir;
    struct lt_ledger *ledger;
    uint64_t seed;
    lt_day reform;
};

static uint32_t draw(struct fixture *fixture, uint32_t below)
{
    fixture->seed = fixture->seed * 6364136223846793005 + 1442695040888963407;
    return (uint32_t)((fixture->seed >> 33) % below);
}

static struct lt_unit unit_of(const struct fixture *fixture, const char *code, bool new)
{
    struct lt_unit unit = world_unit_of(code);
    unit.valid_from = new ? fixture->reform : 0;
    return unit;
}

static void make_world(struct fixture *fixture)
{
    struct world *world = &fixture->world;
    world->units = calloc(WORLD_UNITS_MAX, sizeof *world->units);
    assert_true(world->units != NULL && sodium_init() >= 0);
    world_key("root", &world->root, &world->root_secret);
    for (size_t i = 0; i < UNITS; i++) {
        bool new = tree[i].time == NEW;
        world_add(world, tree[i].code, tree[i].parent, tree[i].level);
        world->units[i].unit = unit_of(fixture, tree[i].code, new);
        if (tree[i].parent != NULL)
            world->units[i].parent =
                unit_of(fixture, tree[i].parent, new &&strcmp(tree[i].parent, "VN") != 0);
    }
}

/* Top, catalogue, both trees, keys and successions. */
static void constitution(struct fixture *fixture)
{
    static struct world_item items[ITEMS_MAX];
    static Lienthong__Succession told[SUCCESSIONS];
    static Lienthong__Unit units[SUCCESSIONS][2];
    static struct lt_unit known[SUCCESSIONS][2];
    static Lienthong__Directive *list[ITEMS_MAX];
    struct signed_update update;
    size_t count = 0;
    item_grant(&fixture->world, &items[count++], 0, true);
    for (size_t i = 0; i < UNITS; i++) {
        item_unit(&items[count], &fixture->world.units[i]);
        items[count++].entry.valid_to = tree[i].time == OLD ? fixture->reform - 1 : 0;
        item_grant(&fixture->world, &items[count++], i, false);
    }
    for (size_t i = 0; i < sizeof titles / sizeof titles[0]; i++)
        item_title(&items[count++], (char *)(uintptr_t)titles[i]);
    for (size_t i = 0; i < SUCCESSIONS; i++) {
        known[i][0] = unit_of(fixture, successions[i].unit, false);
        known[i][1] = unit_of(fixture, successions[i].successor, true);
        for (size_t j = 0; j < 2; j++) {
            lienthong__unit__init(&units[i][j]);
            units[i][j].code = known[i][j].code;
            units[i][j].valid_from = known[i][j].valid_from;
        }
        lienthong__succession__init(&told[i]);
        told[i].unit = &units[i][0];
        told[i].successor = &units[i][1];
        told[i].whole = told[i].main = successions[i].whole;
        item_init(&items[count]);
        items[count++].directive.succession = &told[i];
    }
    for (size_t i = 0; i < count; i++)
        list[i] = &items[i].directive;
    world_direct(&fixture->world, list, count, &update);
    assert_int_equal(world_commit(fixture->ledger, &update), LT_OK);
    signed_free(&update);
}

static void draw_say(struct fixture *fixture, struct say *say, char number[16])
{
    static const char *const fields[] = {"y_te", "giao_duc", "kinh_te", ""};
    static const char *const movements[] = {"nong_thon_moi", "", ""};
    memset(say, 0, sizeof *say);
    say->year = 2019 + (int)draw(fixture, 7);
    say->code = titles[draw(fixture, 4)];
    say->recipient = 1 + (int)draw(fixture, 4);
    say->category = say->recipient == 4 ? (int)draw(fixture, 6) : 0;
    say->sex = say->recipient == 4 ? (int)draw(fixture, 3) : 0;
    say->type = (int)draw(fixture, 6);
    say->status = draw(fixture, 6) == 0 ? 2 : 1;
    say->field = fields[draw(fixture, 4)];
    say->movement = movements[draw(fixture, 3)];
    say->span_from = draw(fixture, 8) == 0 ? say->year - 4 : 0;
    say->quantity = draw(fixture, 3) == 0 ? 1 + draw(fixture, 100000) : 0;
    if (draw(fixture, 4) != 0) {
        (void)snprintf(number, 16, "%u/QD", draw(fixture, 1u << 30));
        say->number = number;
        (void)lt_day_make(say->year + (int)draw(fixture, 2), 1 + (int)draw(fixture, 12), 9,
                          &say->date);
    }
    say->pledge = draw(fixture, 15) == 0;
    if (say->pledge)
        say->movement = "Cụm 1";
}

static int begin(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    struct lt_hash tips[UNITS];
    uint64_t seqs[UNITS] = {0};
    assert_non_null(fixture);
    fixture->seed = 7;
    assert_int_equal(lt_day_make(2025, 7, 1, &fixture->reform), LT_OK);
    make_world(fixture);
    fixture->dir = world_dir();
    fixture->ledger = world_ledger(&fixture->world, fixture->dir, 0);
    constitution(fixture);
    for (size_t i = 0; i < REPORTS; i++) {
        static struct say says[CHANGES];
        static char numbers[CHANGES][16];
        struct signed_update update;
        size_t unit = i < UNITS ? i : draw(fixture, UNITS);
        for (size_t j = 0; j < CHANGES; j++)
            draw_say(fixture, &says[j], numbers[j]);
        world_report(&fixture->world, unit, &tips[unit], seqs[unit] > 0, seqs[unit] + 1, says,
                     CHANGES, &update);
        seqs[unit]++;
        tips[unit] = update.arrival.update.id;
        assert_int_equal(world_commit(fixture->ledger, &update), LT_OK);
        signed_free(&update);
    }
    struct lt_ledger_counts counts;
    lt_ledger_counts(fixture->ledger, false, &counts);
    assert_true(counts.records > REPORTS * CHANGES / 2);
    *state = fixture;
    return 0;
}

static int end(void **state)
{
    struct fixture *fixture = *state;
    lt_ledger_close(fixture->ledger);
    world_remove(fixture->dir);
    world_free(&fixture->world);
    free(fixture);
    return 0;
}

static void draw_by(struct fixture *fixture, struct lt_figures_query *query)
{
    query->by_count = draw(fixture, 4);
    if (draw(fixture, 30) == 0)
        query->by_count = LT_DIM_COUNT;
    for (size_t i = 0; i < query->by_count; i++) {
        enum lt_dimension dimension;
        bool twice;
        do {
            dimension = draw(fixture, 4) == 0 ? LT_DIM_PLACE
                                              : (enum lt_dimension)draw(fixture, LT_DIM_COUNT);
            twice = false;
            for (size_t j = 0; j < i; j++)
                twice = twice || query->by[j] == dimension;
        } while (twice);
        query->by[i] = dimension;
    }
}

/* A condition on what some row of the answer without it says. Its value is kept in `value`. */
static void draw_where(struct fixture *fixture, struct lt_figures_query *query, char value[64])
{
    struct lt_figures_query all = *query;
    struct lt_figures figures;
    char reason[400];
    all.by_count = 1;
    all.by[0] = (enum lt_dimension)draw(fixture, LT_DIM_COUNT);
    all.where_count = 0;
    assert_int_equal(lt_figures_ask(fixture->ledger, &all, &figures, reason), LT_OK);
    if (figures.count > 0) {
        const struct lt_figure *row = &figures.rows[draw(fixture, (uint32_t)figures.count)];
        (void)snprintf(value, 64, "%s", row->values[0]);
        query->where[query->where_count].dimension = all.by[0];
        query->where[query->where_count++].value = value;
    }
    lt_figures_clear(&figures);
}

static void draw_question(struct fixture *fixture, bool on_a_day, struct lt_figures_query *query)
{
    const struct lt_book *book = lt_ledger_book(fixture->ledger);
    *query = (struct lt_figures_query){.decided = draw(fixture, 2) == 0};
    query->year_from = 2018 + (int)draw(fixture, 8);
    query->year_to = query->year_from + (int)draw(fixture, 3);
    query->span = !query->decided && draw(fixture, 5) == 0;
    if (query->span)
        query->year_to = query->year_from + 4;
    if (query->decided && draw(fixture, 3) == 0) {
        query->year_to = query->year_from;
        query->month_from = 1 + (int)draw(fixture, 12);
        query->month_to = query->month_from + (int)draw(fixture, 13 - (uint32_t)query->month_from);
    }
    if (on_a_day)
        query->tree = fixture->reform + (draw(fixture, 4) == 0 ? -1 : 100);
    do {
        query->place = lt_book_place_at(book, draw(fixture, UNITS));
    } while (query->tree != 0 && lt_book_today(book, query->place, query->tree) != query->place);
    draw_by(fixture, query);
}

static size_t ask_many(struct fixture *fixture, bool on_a_day, int questions)
{
    size_t rows = 0;
    for (int i = 0; i < questions; i++) {
        struct lt_figures_query query;
        char values[2][64];
        draw_question(fixture, on_a_day, &query);
        for (uint32_t j = draw(fixture, 3); j > 0; j--)
            draw_where(fixture, &query, values[j - 1]);
        rows += plain_compare(fixture->ledger, &query);
    }
    return rows;
}

static void any_question_is_answered_as_plainly(void **state)
{
    assert_true(ask_many(*state, false, 2500) > 2500);
}

static void and_in_the_tree_of_a_day(void **state)
{
    assert_true(ask_many(*state, true, 1500) > 1500);
}

static void expect_rows(struct fixture *fixture, const char *place, const char *tree_day,
                        const char *year, const char *by, struct lt_figures *ret_figures)
{
    struct lt_figures_query query = {.decided = false};
    char reason[400] = "";
    if (tree_day != NULL)
        assert_int_equal(lt_figures_parse_tree(tree_day, 0, &query, reason), LT_OK);
    assert_int_equal(lt_figures_parse_year(year, &query, reason), LT_OK);
    assert_int_equal(lt_figures_parse_by(by, &query, reason), LT_OK);
    if (lt_figures_find_place(lt_ledger_book(fixture->ledger), place, &query, reason) != LT_OK ||
        lt_figures_ask(fixture->ledger, &query, ret_figures, reason) != LT_OK)
        fail_msg("%s", reason);
}

static int64_t total(const struct lt_figures *figures, const char *place)
{
    int64_t sum = 0;
    for (size_t i = 0; i < figures->count; i++)
        if (place == NULL || strcmp(figures->rows[i].values[0], place) == 0)
            sum += figures->rows[i].quantity;
    return sum;
}

/* Nothing is lost and nothing counts twice: the provinces of today and what is not allocated are the nation as
 * it was, in every year. */
static void todays_provinces_add_up_to_the_nation_as_it_was(void **state)
{
    struct fixture *fixture = *state;
    static const char *const years[] = {"2019", "2022", "2024", "2025", "2019..2025"};
    for (size_t i = 0; i < sizeof years / sizeof years[0]; i++) {
        struct lt_figures was, now, whole, province, communes;
        expect_rows(fixture, "VN", NULL, years[i], "code", &was);
        expect_rows(fixture, "VN", "2025-07-01", years[i], "place", &now);
        expect_rows(fixture, "VN", "2025-07-01", years[i], "code", &whole);
        expect_rows(fixture, "80", "2025-07-01", years[i], "code", &province);
        expect_rows(fixture, "80", "2025-07-01", years[i], "place", &communes);
        assert_true(total(&was, NULL) > 0);
        assert_true(total(&now, "VN") > 0 && total(&now, "80@2025-07-01") > 0);
        assert_int_equal(total(&now, NULL), total(&was, NULL));
        assert_int_equal(total(&whole, NULL), total(&was, NULL));
        assert_int_equal(total(&province, NULL), total(&now, "80@2025-07-01"));
        assert_int_equal(total(&communes, NULL), total(&province, NULL));
        assert_true(total(&communes, "28159@2025-07-01") > 0);
        for (size_t j = 0; j < now.count; j++) /* 11002 went to two provinces */
            assert_int_equal(now.rows[j].unallocated, strcmp(now.rows[j].values[0], "VN") == 0);
        lt_figures_clear(&was);
        lt_figures_clear(&now);
        lt_figures_clear(&whole);
        lt_figures_clear(&province);
        lt_figures_clear(&communes);
    }
}

static void what_cannot_be_allocated_is_told(void **state)
{
    struct fixture *fixture = *state;
    struct lt_figures_query query = {.decided = false};
    struct lt_figures figures;
    char reason[400];
    assert_int_equal(lt_figures_parse_tree("today", fixture->reform + 9, &query, reason), LT_OK);
    assert_int_equal(lt_figures_parse_period("2022", &query, reason), LT_OK);
    assert_int_equal(lt_figures_parse_by("place", &query, reason), LT_OK);
    const struct lt_book *book = lt_ledger_book(fixture->ledger);
    assert_int_equal(lt_figures_find_place(book, "80", &query, reason), LT_OK);
    assert_int_equal(lt_figures_ask(fixture->ledger, &query, &figures, reason), LT_OK);
    char *json = lt_figures_json(&query, &figures),
         *table = lt_figures_table(&query, &figures, book);
    assert_true(json != NULL && table != NULL);
    assert_non_null(strstr(json, "\"tree\": \"2025-07-10\""));
    assert_non_null(strstr(json, "\"unallocated\": true"));
    assert_non_null(strstr(json, "\"period\": \"2022\""));
    assert_non_null(strstr(table, "2025-07-10"));
    assert_true(strstr(table, "not allocated") != NULL || strstr(table, "phân bổ") != NULL);
    free(json);
    free(table);
    lt_figures_clear(&figures);
}

static void a_unit_that_has_ended_is_not_in_todays_tree(void **state)
{
    struct fixture *fixture = *state;
    const struct lt_book *book = lt_ledger_book(fixture->ledger);
    struct lt_figures_query query = {.year_from = 2022, .year_to = 2022};
    struct lt_figures figures;
    char reason[400] = "";
    assert_int_equal(lt_figures_parse_tree("2025-07-01", 0, &query, reason), LT_OK);
    assert_int_equal(lt_figures_find_place(book, "807", &query, reason), LT_NOT_FOUND);
    assert_non_null(strstr(reason, "2025-07-01"));
    assert_int_equal(lt_figures_parse_tree("last year", 0, &query, reason), LT_USAGE);
    query.tree = fixture->reform;
    const struct lt_unit ended = unit_of(fixture, "807", false);
    query.place = lt_book_place(book, &ended);
    assert_non_null(query.place);
    assert_int_equal(lt_figures_ask(fixture->ledger, &query, &figures, reason), LT_USAGE);
    assert_non_null(strstr(reason, "807"));
}

static void parts_of_a_year_are_of_the_date_of_decision(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        const char *text;
        int from, to;
    } parts[] = {{"2024-05", 5, 5}, {"2024-12", 12, 12}, {"2024-Q1", 1, 3}, {"2024-Q4", 10, 12},
                 {"2024-H1", 1, 6}, {"2024-H2", 7, 12},  {"2024", 0, 0}};
    static const char *const bad[] = {"2024-13",   "2024-Q5",    "2024-H3",    "2024-00", "24-05",
                                      "2023/2024", "2024-05-19", "2020..2024", "",        "Q1"};
    struct lt_figures_query query = {.by_count = 0};
    struct lt_figures figures;
    char reason[400] = "", text[LT_FIGURES_PERIOD_MAX];
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        assert_int_equal(lt_figures_parse_period(parts[i].text, &query, reason), LT_OK);
        assert_int_equal(query.year_from, 2024);
        assert_int_equal(query.year_to, 2024);
        assert_int_equal(query.month_from, parts[i].from);
        assert_int_equal(query.month_to, parts[i].to);
        lt_figures_period_text(&query, text);
        assert_string_equal(text, parts[i].text);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(lt_figures_parse_period(bad[i], &query, reason), LT_USAGE);
    query.place = lt_book_place_at(lt_ledger_book(fixture->ledger), 0);
    assert_int_equal(lt_figures_parse_period("2022-Q2", &query, reason), LT_OK);
    assert_int_equal(lt_figures_ask(fixture->ledger, &query, &figures, reason), LT_USAGE);
    assert_non_null(strstr(reason, "--basis decided"));
    int64_t sums[3] = {0, 0, 0};
    static const char *const asked[3] = {"2022", "2022-H1", "2022-H2"};
    for (size_t i = 0; i < 3; i++) {
        query.decided = true;
        assert_int_equal(lt_figures_parse_period(asked[i], &query, reason), LT_OK);
        assert_int_equal(lt_figures_ask(fixture->ledger, &query, &figures, reason), LT_OK);
        sums[i] = total(&figures, NULL);
        lt_figures_clear(&figures);
    }
    assert_true(sums[1] > 0 && sums[2] > 0);
    assert_int_equal(sums[1] + sums[2], sums[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_question_is_answered_as_plainly),
        cmocka_unit_test(and_in_the_tree_of_a_day),
        cmocka_unit_test(todays_provinces_add_up_to_the_nation_as_it_was),
        cmocka_unit_test(what_cannot_be_allocated_is_told),
        cmocka_unit_test(a_unit_that_has_ended_is_not_in_todays_tree),
        cmocka_unit_test(parts_of_a_year_are_of_the_date_of_decision),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
