/* The forms of circular 2/2023 and of provinces, filled from a ledger and compared with figures that were
 * computed by hand from tests/unit/form_world.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "hub/form_show.h"
#include "hub/form_store.h"
#include "hub/form_words.h"
#include "tests/unit/form_world.h"

struct fixture {
    struct world world;
    char *dir;
    struct lt_ledger *ledger;
    struct lt_form_store store;
};

static int begin(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    char reason[LT_FORM_REASON_MAX] = "";
    assert_non_null(fixture);
    fixture->dir = world_dir();
    fixture->ledger = form_ledger(&fixture->world, fixture->dir);
    if (lt_form_store_open(NULL, &fixture->store, reason) != LT_OK)
        fail_msg("%s", reason);
    *state = fixture;
    return 0;
}

static int end(void **state)
{
    struct fixture *fixture = *state;
    lt_form_store_close(&fixture->store);
    lt_ledger_close(fixture->ledger);
    world_remove(fixture->dir);
    world_free(&fixture->world);
    free(fixture);
    return 0;
}

static enum lt_result try_fill(struct fixture *fixture, const struct lt_form *form,
                               const char *place, const char *period, bool decided,
                               struct lt_filled *ret_filled, char reason[400])
{
    struct lt_figures_query query = {.decided = decided};
    enum lt_result result = lt_form_period(period, &query, reason);
    if (result == LT_OK)
        result = lt_figures_find_place(lt_ledger_book(fixture->ledger), place, &query, reason);
    if (result == LT_OK)
        result = lt_form_fill(fixture->ledger, form, &query, 1735000000, ret_filled, reason);
    return result;
}

static const struct lt_form *form_of(struct fixture *fixture, const char *name)
{
    const struct lt_form *form = NULL;
    char reason[LT_FORM_REASON_MAX];
    assert_int_equal(lt_form_store_find(&fixture->store, name, NULL, 2024, &form, reason), LT_OK);
    return form;
}

static void fill(struct fixture *fixture, const char *name, const char *place, const char *period,
                 bool decided, struct lt_filled *ret_filled)
{
    char reason[400] = "";
    if (try_fill(fixture, form_of(fixture, name), place, period, decided, ret_filled, reason) !=
        LT_OK)
        fail_msg("%s: %s", name, reason);
}

/* The row of a code, or of a value of one that goes by each, as "a b c": . empty, ? missing, 12.5%. */
static void expect_row(const struct lt_filled *filled, const char *code, const char *expected)
{
    char told[1000] = "";
    size_t used = 0, row = 0;
    while (row < filled->rows.count &&
           strcmp(filled->rows.lines[row].value != NULL ? filled->rows.lines[row].value
                                                        : filled->rows.lines[row].line->code,
                  code) != 0)
        row++;
    if (row == filled->rows.count)
        fail_msg("no row %s", code);
    for (size_t c = 0; c < filled->columns.count; c++) {
        const struct lt_filled_cell *cell = lt_filled_cell(filled, row, c);
        const char *space = c == 0 ? "" : " ";
        if (cell->state == LT_FILLED_NUMBER)
            used += (size_t)snprintf(told + used, sizeof told - used, "%s%lld", space,
                                     (long long)cell->value);
        else if (cell->state == LT_FILLED_SHARE)
            used += (size_t)snprintf(told + used, sizeof told - used, "%s%lld.%lld%%", space,
                                     (long long)cell->value / 10, (long long)cell->value % 10);
        else
            used += (size_t)snprintf(told + used, sizeof told - used, "%s%s", space,
                                     cell->state == LT_FILLED_MISSING ? "?" : ".");
    }
    if (strcmp(told, expected) != 0)
        fail_msg("row %s is %s, not %s", code, told, expected);
}

static void movements_are_launches_by_who_launched(void **state)
{
    struct lt_filled filled;
    fill(*state, "0601", "80", "2024", false, &filled);
    expect_row(&filled, "01", "3 0 2 1");
    expect_row(&filled, "02", "0 0 0 0");
    expect_row(&filled, "03", "2 0 2 0");
    expect_row(&filled, "04", "0 0 0 0");
    expect_row(&filled, "05", "1 0 0 1");
    expect_row(&filled, "06", "1 0 0 1");
    expect_row(&filled, "07", "1 0 1 0");
    expect_row(&filled, "08", "0 0 0 0");
    expect_row(&filled, "09", "1 0 1 0");
    expect_row(&filled, "10", "0 0 0 0");
    expect_row(&filled, "11", "2 0 2 0");
    expect_row(&filled, "12", "1 0 0 1");
    assert_int_equal(filled.fault_count, 0);
    lt_filled_clear(&filled);
}

static void awards_of_the_state(void **state)
{
    struct lt_filled filled;
    fill(*state, "0602", "80", "2024", false, &filled);
    /* total | orders | medals | GT HCM | GT NN | honours | flag | diploma | CSTD | other */
    expect_row(&filled, "01", "1262 3 3 4 5 1 2 6 10 9 1200 9 10");
    expect_row(&filled, "02", "11 1 0 4 5 1 0 0 0 0 0 0 0");
    expect_row(&filled, "03", "1251 2 3 0 0 0 2 6 10 9 1200 9 10");
    expect_row(&filled, "06", "25 3 0 4 0 0 0 0 10 8 0 0 0");
    expect_row(&filled, "07", "4 1 0 0 0 0 0 0 3 0 0 0 0");
    expect_row(&filled, "08", "1 0 0 0 0 0 0 0 0 1 0 0 0");
    expect_row(&filled, "09", "1236 0 3 0 5 1 2 6 0 0 1200 9 10");
    expect_row(&filled, "10", "3 0 3 0 0 0 0 0 0 0 0 0 0");
    expect_row(&filled, "11", "9 0 0 0 0 0 0 0 0 0 0 9 0");
    expect_row(&filled, "12", "1200 0 0 0 0 0 0 0 0 0 1200 0 0");
    expect_row(&filled, "13", "6 0 0 0 0 0 0 6 0 0 0 0 0");
    expect_row(&filled, "14", "18 0 0 0 5 1 2 0 0 0 0 0 10");
    expect_row(&filled, "15", "15 2 3 0 0 0 0 0 10 0 0 0 0");
    expect_row(&filled, "16", "1209 0 0 0 0 0 0 0 0 9 1200 0 0");
    expect_row(&filled, "17", "10 0 0 0 0 0 0 0 0 0 0 0 10");
    expect_row(&filled, "18", "10 1 0 4 5 0 0 0 0 0 0 0 0");
    expect_row(&filled, "19", "3 0 0 0 0 1 2 0 0 0 0 0 0");
    expect_row(&filled, "20", "6 0 0 0 0 0 0 6 0 0 0 0 0");
    expect_row(&filled, "21", "9 0 0 0 0 0 0 0 0 0 0 9 0");
    assert_int_equal(filled.fault_count, 0);
    lt_filled_clear(&filled);
}

static void awards_of_the_province(void **state)
{
    struct lt_filled filled;
    fill(*state, "0603", "80", "2024", false, &filled);
    expect_row(&filled, "01", "240 203 11 12 14");
    expect_row(&filled, "02", "52 40 0 12 0");
    expect_row(&filled, "03", "5 5 0 0 0");
    expect_row(&filled, "04", "2 2 0 0 0");
    expect_row(&filled, "05", "186 161 11 0 14");
    expect_row(&filled, "06", "0 0 0 0 0");
    expect_row(&filled, "07", "0 0 0 0 0");
    expect_row(&filled, "08", "0 0 0 0 0");
    expect_row(&filled, "09", "61 61 0 0 0");
    expect_row(&filled, "10", "125 100 11 0 14");
    expect_row(&filled, "11", "207 196 11 0 0");
    expect_row(&filled, "12", "19 7 0 12 0");
    expect_row(&filled, "13", "0 0 0 0 0");
    expect_row(&filled, "14", "0 0 0 0 0");
    expect_row(&filled, "15", "13 0 0 0 13");
    expect_row(&filled, "16", "1 0 0 0 1");
    expect_row(&filled, "17", "0 0 0 0 0");
    lt_filled_clear(&filled);
    fill(*state, "0603", "80", "2024", true, &filled); /* less what was decided in 2025 */
    expect_row(&filled, "01", "140 103 11 12 14");
    lt_filled_clear(&filled);
    fill(*state, "0603", "80", "2025", true, &filled);
    expect_row(&filled, "01", "100 100 0 0 0");
    lt_filled_clear(&filled);
}

static void a_part_of_a_year_is_of_its_decisions(void **state)
{
    struct lt_filled filled;
    fill(*state, "0603", "80", "2024-01", true, &filled);
    expect_row(&filled, "01", "35 35 0 0 0");
    lt_filled_clear(&filled);
    fill(*state, "0603", "80", "2024-Q1", true, &filled);
    expect_row(&filled, "01", "42 42 0 0 0");
    lt_filled_clear(&filled);
    fill(*state, "0603", "80", "2024-H2", true, &filled);
    expect_row(&filled, "01", "62 61 0 0 1");
    lt_filled_clear(&filled);
}

static void places_that_said_nothing_are_missing(void **state)
{
    struct lt_filled filled;
    fill(*state, "DP01", "807", "2024", false, &filled);
    expect_row(&filled, "01", "57 57");
    expect_row(&filled, "28159", "50 50");
    expect_row(&filled, "28162", "0 0"); /* declared nil */
    expect_row(&filled, "28165", "7 7");
    expect_row(&filled, "28168", "? ?");
    assert_int_equal(filled.rows.count, 5);
    assert_int_equal(filled.units, 4);
    assert_int_equal(filled.heard, 3);
    assert_int_equal(filled.complete, 1);
    assert_int_equal(filled.nil, 1);
    lt_filled_clear(&filled);
    fill(*state, "0603", "30", "2024", false, &filled); /* nobody there has said anything */
    expect_row(&filled, "01", "? ? ? ? ?");
    assert_true(filled.silent);
    lt_filled_clear(&filled);
    fill(*state, "0603", "28162", "2024", false, &filled); /* declared: zeros */
    expect_row(&filled, "01", "0 0 0 0 0");
    lt_filled_clear(&filled);
}

/* In the tree of a day the places are those that live then. Nothing was reorganised here: equal figures. */
static void the_tree_of_a_day(void **state)
{
    struct fixture *fixture = *state;
    struct lt_figures_query query = {0};
    struct lt_filled filled;
    char reason[400] = "", foot[LT_FORM_LINE_MAX];
    bool said = false;
    assert_int_equal(lt_form_period("2024", &query, reason), LT_OK);
    assert_int_equal(lt_figures_parse_tree("2025-07-01", 0, &query, reason), LT_OK);
    assert_int_equal(lt_figures_find_place(lt_ledger_book(fixture->ledger), "807", &query, reason),
                     LT_OK);
    assert_int_equal(
        lt_form_fill(fixture->ledger, form_of(fixture, "DP01"), &query, 0, &filled, reason), LT_OK);
    expect_row(&filled, "01", "57 57");
    expect_row(&filled, "28159", "50 50");
    expect_row(&filled, "28168", "? ?");
    for (size_t i = 0; lt_form_foot(&filled, i, foot); i++)
        said = said || strstr(foot, "01/07/2025") != NULL || strstr(foot, "2025-07-01") != NULL;
    assert_true(said);
    lt_filled_clear(&filled);
}

static void a_district_of_no_unit_below(void **state)
{
    struct lt_filled filled;
    fill(*state, "DP01", "80", "2024", false, &filled);
    /* columns: total, then by code, of which the state's and the province's are told at the province */
    assert_int_equal(filled.rows.count, 3);
    assert_string_equal(filled.rows.lines[1].value, "80");
    assert_string_equal(filled.rows.lines[2].value, "807");
    assert_int_equal(lt_filled_cell(&filled, 0, 0)->value, 1262 + 254 + 57);
    assert_int_equal(lt_filled_cell(&filled, 1, 0)->value, 1262 + 254);
    assert_int_equal(lt_filled_cell(&filled, 2, 0)->value, 57);
    lt_filled_clear(&filled);
}

static void titles_in_parts_and_shares(void **state)
{
    struct lt_filled filled;
    fill(*state, "DP02", "807", "2024", false, &filled);
    expect_row(&filled, "GK", "57 20 0 0 37 7 30 20 37 0 0 35.1% 64.9% 0.0% 0.0%");
    expect_row(&filled, "01", "57 20 0 0 37 7 30 20 37 0 0 35.1% 64.9% 0.0% 0.0%");
    lt_filled_clear(&filled);
    fill(*state, "DP02", "28162", "2024", false, &filled);
    expect_row(&filled, "01", "0 0 0 0 0 0 0 0 0 0 0 . . . .");
    lt_filled_clear(&filled);
}

static void movements_months_and_years(void **state)
{
    struct lt_filled filled;
    fill(*state, "DP03", "80", "2024", false, &filled);
    expect_row(&filled, "=Chuyển đổi số", "7 0 7 0 0 0 0 7 0");
    expect_row(&filled, "01", "7 0 7 0 0 0 0 7 0");
    lt_filled_clear(&filled);
    fill(*state, "DP04", "807", "2024", true, &filled);
    expect_row(&filled, "GK", "57 20 7 0 27 0 0 30 30 57 0 0 0 0 0 0 0 0 0");
    lt_filled_clear(&filled);
    fill(*state, "DP05", "80", "2023..2025", true, &filled);
    expect_row(&filled, "BK_BT", "203 ? 103 100"); /* of 2023 nothing was said */
    assert_true(!filled.columns.lines[3].missing); /* of 2025 neither, but a decision is of then */
    lt_filled_clear(&filled);
    fill(*state, "DP05", "30", "2023..2024", false, &filled);
    expect_row(&filled, "01", "? ? ?");
    lt_filled_clear(&filled);
}

/* 28162 declared 2024 nil, and said nothing of 2023; 28168 never said anything. */
static void places_by_years(void **state)
{
    static const char text[] =
        "{\"form\": \"X\", \"version\": \"1\", \"title\": \"T\", \"rows\": ["
        "{\"code\": \"1\", \"each\": \"place\"}, {\"code\": \"2\", \"text\": \"sum\","
        " \"sum\": [\"1\"]}], \"columns\": [{\"code\": \"1\", \"each\": \"year\"}]}";
    struct fixture *fixture = *state;
    struct lt_form *form;
    struct lt_filled filled;
    char reason[LT_FORM_REASON_MAX] = "";
    if (lt_form_read((struct lt_bytes){(const uint8_t *)text, sizeof text - 1}, &form, reason) !=
            LT_OK ||
        try_fill(fixture, form, "807", "2023..2024", false, &filled, reason) != LT_OK)
        fail_msg("%s", reason);
    expect_row(&filled, "28159", "? 50");
    expect_row(&filled, "28162", "? 0");
    expect_row(&filled, "28168", "? ?");
    expect_row(&filled, "2", "? 57");
    lt_filled_clear(&filled);
    lt_form_free(form);
}

/* A form of one's own, with each thing that a file can say. */
static void a_form_of_ones_own(void **state)
{
    struct fixture *fixture = *state;
    static const char text[] =
        "{\"form\": \"X\", \"version\": \"1\", \"title\": \"T\", \"rows\": ["
        "{\"code\": \"1\", \"text\": \"all\"},"
        "{\"code\": \"2\", \"text\": \"exemplars\", \"where\": [\"kind=exemplar\"]},"
        "{\"code\": \"3\", \"text\": \"revoked\", \"where\": [\"status=revoked\"]},"
        "{\"code\": \"4\", \"text\": \"not GK, not of the state\", \"where\": [\"code!=GK\","
        "  \"level!=state\"]},"
        "{\"code\": \"5\", \"text\": \"no category\", \"where\": [\"category=\"]},"
        "{\"code\": \"6\", \"text\": \"less\", \"minus\": [\"1\", \"4\"]},"
        "{\"code\": \"7\", \"text\": \"share\", \"share\": [\"6\", \"1\"]},"
        "{\"heading\": true, \"text\": \"by level\"},"
        "{\"code\": \"8\", \"each\": \"level\"},"
        "{\"code\": \"9\", \"text\": \"sum of levels\", \"sum\": [\"8\"]},"
        "{\"code\": \"10\", \"each\": \"movement\", \"where\": [\"movement!=\"]}],"
        "\"columns\": [{\"code\": \"1\", \"text\": \"a\"},"
        "{\"code\": \"2\", \"text\": \"not enterprises\", \"where\": ["
        "  \"recipient!=enterprise\"]},"
        "{\"code\": \"3\", \"text\": \"share\", \"share\": [\"2\", \"1\"]}],"
        "\"checks\": [{\"sum\": [\"8\"], \"is\": [\"1\"]}, {\"sum\": [\"4\"], \"is\": ["
        "\"1\"]}]}";
    struct lt_form *form;
    struct lt_filled filled;
    char reason[LT_FORM_REASON_MAX] = "";
    if (lt_form_read((struct lt_bytes){(const uint8_t *)text, sizeof text - 1}, &form, reason) !=
        LT_OK)
        fail_msg("%s", reason);
    if (try_fill(fixture, form, "80", "2024", false, &filled, reason) != LT_OK)
        fail_msg("%s", reason);
    expect_row(&filled, "1", "1573 1564 99.4%");
    expect_row(&filled, "2", "90 90 100.0%");
    expect_row(&filled, "3", "50 50 100.0%");
    expect_row(&filled, "4", "254 249 98.0%");
    expect_row(&filled, "5", "114 105 92.1%");
    expect_row(&filled, "6", "1319 1315 99.7%");
    expect_row(&filled, "7", "83.9% 84.1% .");
    expect_row(&filled, "state", "1262 1258 99.7%");
    expect_row(&filled, "province", "254 249 98.0%");
    expect_row(&filled, "commune", "57 57 100.0%");
    expect_row(&filled, "9", "1573 1564 99.4%");
    expect_row(&filled, "=Chuyển đổi số", "7 7 100.0%");
    assert_int_equal(filled.rows.count, 13); /* no row for what is of no movement */
    assert_int_equal(filled.fault_count, 2); /* the second check, in two columns */
    assert_int_equal(filled.faults[0].check, 1);
    assert_int_equal(filled.faults[0].left, 254);
    assert_int_equal(filled.faults[0].right, 1573);
    lt_filled_clear(&filled);
    lt_form_free(form);
}

static void what_cannot_be_asked_is_refused(void **state)
{
    struct fixture *fixture = *state;
    struct lt_filled filled;
    char reason[400] = "";
    assert_int_equal(
        try_fill(fixture, form_of(fixture, "DP04"), "80", "2024", false, &filled, reason),
        LT_USAGE);
    assert_non_null(strstr(reason, "decided"));
    assert_int_equal(
        try_fill(fixture, form_of(fixture, "0601"), "80", "2024", true, &filled, reason), LT_USAGE);
    assert_int_equal(
        try_fill(fixture, form_of(fixture, "0603"), "80", "2024-Q1", false, &filled, reason),
        LT_USAGE);
    assert_int_equal(
        try_fill(fixture, form_of(fixture, "0603"), "80", "2024-Q5", true, &filled, reason),
        LT_USAGE);
    assert_int_equal(
        try_fill(fixture, form_of(fixture, "0603"), "80", "2024-13", true, &filled, reason),
        LT_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(movements_are_launches_by_who_launched),
        cmocka_unit_test(awards_of_the_state),
        cmocka_unit_test(awards_of_the_province),
        cmocka_unit_test(a_part_of_a_year_is_of_its_decisions),
        cmocka_unit_test(places_that_said_nothing_are_missing),
        cmocka_unit_test(the_tree_of_a_day),
        cmocka_unit_test(a_district_of_no_unit_below),
        cmocka_unit_test(titles_in_parts_and_shares),
        cmocka_unit_test(movements_months_and_years),
        cmocka_unit_test(places_by_years),
        cmocka_unit_test(a_form_of_ones_own),
        cmocka_unit_test(what_cannot_be_asked_is_refused),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
