/* The operator's files: units and catalogue. Errors name line and column; all rows or none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/text.h"
#include "hub/commands.h"
#include "hub/figures.h"
#include "hub/title_table.h"
#include "hub/unit_table.h"
#include "hub/ledger.h"

#define UNITS  "code,parent,level,type,nature,name,valid_from,valid_to\n"
#define TITLES "code,kind,name,name_en,recipients,levels,law,valid_from,valid_to\n"

static char dir[] = "/tmp/operator_tables_test.XXXXXX";

static struct lt_bytes bytes_of(const char *text)
{
    return (struct lt_bytes){(const uint8_t *)text, strlen(text)};
}

/* Reads and, when that goes well, plans a file for the hub VN over an empty book. */
static enum lt_result plan_units(const char *text, bool is_top, struct lt_sheet_fault *fault)
{
    struct lt_unit_table table;
    struct lt_unit_plan plan;
    struct lt_unit own;
    assert_int_equal(lt_unit_make("VN", 0, &own), LT_OK);
    enum lt_result result = lt_unit_table_read(bytes_of(text), &table, fault);
    if (result != LT_OK) {
        return result;
    }
    struct lt_book *book = lt_book_new();
    result = lt_unit_table_plan(&table, book, &own, is_top, &plan, fault);
    if (result == LT_OK) {
        lt_unit_plan_free(&plan);
    }
    lt_unit_table_free(&table);
    lt_book_free(book);
    return result;
}

static void unit_faults_are_named(void **state)
{
    static const struct {
        const char *text;
        uint32_t line, column;
        const char *said;
    } cases[] = {
        {"code,parent,level\n1,,commune\n", 1, 0, "'name' is missing"},
        {"code,parent,level,name,colour\n", 1, 5, "colour"},
        {"code,parent,level,name,CODE\n", 1, 5, "twice"},
        {UNITS "1,,commune,,,A,,\n2,,xã,,,B,,\n", 3, 3, "level: 'xã' is none of: nation"},
        {UNITS "1,,commune,,office,A,,\n", 2, 5, "nature"},
        {UNITS "a b,,commune,,,A,,\n", 2, 1, "code"},
        {UNITS "1,\"?\",commune,,,A,,\n", 2, 2, "parent"},
        {UNITS "1,,commune,,,,,\n", 2, 6, "name: the name is missing"},
        {UNITS "1,,commune,,,\"A\nB\",,\n", 2, 6, "line end"},
        {UNITS "1,,commune,,,A,2025-02-29,\n", 2, 7, "valid_from: '2025-02-29'"},
        {UNITS "1,,commune,,,A,2025-07-01,30/06/2025\n", 2, 8, "before the first"},
        {UNITS "1,,commune,,,A,,\n2,3,commune,,,B,,\n", 3, 2, "no unit 3"},
        {UNITS "8,,province,,,A,,2025-06-30\n1,8,commune,,,B,2025-07-01,\n", 3, 2, "2025-07-01"},
        {UNITS "1,1,commune,,,A,,\n", 2, 2, "its own parent"},
        {UNITS "1,2,commune,,,A,,\n2,3,commune,,,B,,\n3,2,commune,,,C,,\n", 3, 2, "2 > 3 > 2"},
        {UNITS, 1, 0, "no row"},
        {UNITS "1,,commune,,,A,,,,x\n", 2, 10, "more cells"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct lt_sheet_fault fault = {.line = 99};
        assert_int_not_equal(plan_units(cases[i].text, true, &fault), LT_OK);
        assert_int_equal(fault.line, cases[i].line);
        assert_int_equal(fault.column, cases[i].column);
        if (strstr(fault.text, cases[i].said) == NULL) {
            fail_msg("'%s' is not in '%s'", cases[i].said, fault.text);
        }
    }
}

static void own_unit_is_the_hub_aboves(void **state)
{
    struct lt_sheet_fault fault;
    (void)state;
    assert_int_equal(plan_units(UNITS "VN,,nation,,,A,,\n", true, &fault), LT_OK);
    assert_int_not_equal(plan_units(UNITS "VN,,nation,,,A,,\n", false, &fault), LT_OK);
    assert_non_null(strstr(fault.text, "the hub above"));
}

/* File order, separators, header order and BOM do not matter; parents come first. */
static void parents_come_first(void **state)
{
    struct lt_unit_table table;
    struct lt_unit_plan plan;
    struct lt_sheet_fault fault;
    struct lt_unit own;
    (void)state;
    assert_int_equal(lt_unit_make("VN", 0, &own), LT_OK);
    assert_int_equal(
        lt_unit_table_read(bytes_of("\xef\xbb\xbfNAME;parent;level;Code;valid_from\n"
                                    "C;2;commune;3;2025-07-01\nB;1;district;2;\nA;;province;1;\n"),
                           &table, &fault),
        LT_OK);
    struct lt_book *book = lt_book_new();
    assert_int_equal(lt_unit_table_plan(&table, book, &own, true, &plan, &fault), LT_OK);
    assert_int_equal(plan.count, 3);
    assert_string_equal(plan.items[0]->unit->unit->code, "1");
    assert_string_equal(plan.items[0]->unit->parent->code, "VN");
    assert_string_equal(plan.items[1]->unit->unit->code, "2");
    assert_string_equal(plan.items[2]->unit->unit->code, "3");
    assert_int_equal(plan.items[2]->unit->unit->valid_from, 20270);
    assert_int_equal(plan.items[2]->unit->parent->valid_from, 0);
    assert_int_equal(plan.items[2]->unit->nature, LIENTHONG__NATURE__NATURE_ADMINISTRATIVE);
    lt_unit_plan_free(&plan);
    lt_unit_table_free(&table);
    lt_book_free(book);
}

static void title_faults_are_named(void **state)
{
    static const struct {
        const char *text;
        uint32_t line, column;
        const char *said;
    } cases[] = {
        {TITLES "GK,paper,A,,,,,,\n", 2, 2, "neither title nor form"},
        {TITLES "GK,form,,,,,,,\n", 2, 3, "the name is missing"},
        {TITLES "GK,form,A,,person,,,,\n", 2, 5, "'person' is not known"},
        {TITLES "GK,form,A,,individual individual,,,,\n", 2, 5, "said twice"},
        {TITLES "GK,form,A,,,village,,,\n", 2, 6, "'village'"},
        {TITLES "GK,form,A,,,,,,2023-12-31\nGK,form,B,,,,,2023-12-31,\n", 3, 8, "by line 2"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct lt_title_table table;
        struct lt_sheet_fault fault = {.line = 99};
        assert_int_not_equal(lt_title_table_read(bytes_of(cases[i].text), &table, &fault), LT_OK);
        assert_int_equal(fault.line, cases[i].line);
        assert_int_equal(fault.column, cases[i].column);
        assert_non_null(strstr(fault.text, cases[i].said));
    }
}

/* ---- Into a real ledger ---- */

static int command(int (*run)(int, char **), const char *const *words)
{
    char copies[12][300], *argv[13];
    int argc = 0;
    for (; words[argc] != NULL; argc++) {
        snprintf(copies[argc], sizeof(copies[argc]), "%s", words[argc]);
        argv[argc] = copies[argc];
    }
    argv[argc] = NULL;
    return run(argc, argv);
}

static int import(int (*run)(int, char **), const char *name, const char *text)
{
    char path[300];
    snprintf(path, sizeof(path), "%s/%s", dir, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
    return command(run, (const char *[]){name, "--dir", dir, "import", path, NULL});
}

struct counts {
    uint64_t updates, places, titles;
    bool open; /* unit 1 */
};
static struct counts count(void)
{
    struct lt_ledger *ledger;
    struct lt_ledger_counts counts;
    struct lt_unit one;
    char reason[200];
    assert_int_equal(lt_ledger_open(dir, true, &ledger, reason), LT_OK);
    assert_int_equal(lt_unit_make("1", 0, &one), LT_OK);
    lt_ledger_counts(ledger, false, &counts);
    const struct lt_book *book = lt_ledger_book(ledger);
    const struct lt_place *place = lt_book_place(book, &one);
    struct counts result = {counts.updates, lt_book_place_count(book), lt_book_title_count(book),
                            place != NULL && place->valid_to == 0};
    lt_ledger_close(ledger);
    return result;
}

/* A province of 2,500 communes, then the same closed and a new tree under the same codes, in one file
 * that needs several updates: every one of them fits the book. */
static void tree_is_replaced_in_one_file(void **state)
{
    enum { COMMUNES = 2500 };
    char *text = malloc(2 * COMMUNES * 80 + 400);
    (void)state;
    assert_non_null(text);
    size_t at = (size_t)sprintf(text, UNITS "1,,province,,,A,,\n");
    for (int i = 0; i < COMMUNES; i++) {
        at += (size_t)sprintf(text + at, "%05d,1,commune,xa,,Xã số %d,,\n", i + 10000, i);
    }
    struct counts before = count();
    assert_int_equal(import(lt_hub_cmd_units, "units", text), 0);
    struct counts after = count();
    assert_int_equal(after.places, before.places + COMMUNES + 1);
    assert_int_equal(after.updates, before.updates + 2); /* 2,000 at most each */
    assert_int_equal(import(lt_hub_cmd_units, "units", text), 0);
    assert_int_equal(count().updates, after.updates); /* nothing new was said */
    at = (size_t)sprintf(text, UNITS "1,,province,,,A,,2025-06-30\n1,,province,,,B,2025-07-01,\n");
    for (int i = 0; i < COMMUNES; i++) {
        at += (size_t)sprintf(text + at,
                              "%05d,1,commune,xa,,Xã số %d,,2025-06-30\n"
                              "%05d,1,commune,xa,,Xã mới %d,01/07/2025,\n",
                              i + 10000, i, i + 10000, i);
    }
    assert_int_equal(import(lt_hub_cmd_units, "units", text), 0);
    assert_int_equal(count().places, before.places + 2 * (COMMUNES + 1));
    assert_false(count().open);
    free(text);
}

/* The whole tree may be imported at a hub below: what the tree says already is no change. */
static void own_unit_as_the_tree_says(void **state)
{
    static const char *const texts[] = {UNITS "VN,,nation,,,VN,,\n80,,province,,,A,,\n",
                                        UNITS "VN,,nation,,,VN,,\n80,VN,province,,,A,,\n"};
    struct lt_unit own;
    struct lt_ledger *ledger;
    char reason[200];
    (void)state;
    assert_int_equal(import(lt_hub_cmd_units, "units", UNITS "80,,province,,,A,,\n"), 0);
    assert_int_equal(lt_unit_make("80", 0, &own), LT_OK);
    assert_int_equal(lt_ledger_open(dir, true, &ledger, reason), LT_OK);
    for (size_t i = 0; i < 2; i++) {
        struct lt_unit_table table;
        struct lt_unit_plan plan;
        struct lt_sheet_fault fault;
        assert_int_equal(lt_unit_table_read(bytes_of(texts[i]), &table, &fault), LT_OK);
        assert_int_equal(
            lt_unit_table_plan(&table, lt_ledger_book(ledger), &own, false, &plan, &fault), LT_OK);
        assert_int_equal(plan.count, 0);
        assert_int_equal(plan.unchanged, 2);
        lt_unit_plan_free(&plan);
        lt_unit_table_free(&table);
    }
    lt_ledger_close(ledger);
}

static void one_bad_row_changes_nothing(void **state)
{
    (void)state;
    struct counts before = count();
    assert_int_not_equal(import(lt_hub_cmd_units, "units",
                                UNITS "5,,province,,,A,,\n6,5,commune,,,B,,\n5,,province,,,C,,\n"),
                         0);
    assert_int_not_equal(import(lt_hub_cmd_units, "units", UNITS "7,8,commune,,,A,,\n"), 0);
    /* the code is still borne by another */
    assert_int_not_equal(
        import(lt_hub_cmd_units, "units", UNITS "1,,province,,,A,2024-01-01,2026-01-01\n"), 0);
    struct counts after = count();
    assert_int_equal(after.updates, before.updates);
    assert_int_equal(after.places, before.places);
}

static void catalogue_is_idempotent(void **state)
{
    static const char text[] =
        TITLES "GK,form,Giấy khen,Certificate of Merit,collective household individual,commune,"
               "06/2022/QH15,2024-01-01,\nLDTT,title,Lao động tiên tiến,,individual,,,,2023-12-31\n"
               "LDTT,title,Lao động tiên tiến,,individual,,,2024-01-01,\n";
    (void)state;
    struct counts before = count();
    assert_int_equal(import(lt_hub_cmd_catalog, "catalog", text), 0);
    struct counts after = count();
    assert_int_equal(after.titles, before.titles + 3);
    assert_int_equal(after.updates, before.updates + 1);
    assert_int_equal(import(lt_hub_cmd_catalog, "catalog", text), 0);
    assert_int_equal(count().updates, after.updates);
    /* not beside an entry that is there, but in its place when that is closed in the same file */
    assert_int_not_equal(import(lt_hub_cmd_catalog, "catalog",
                                TITLES "GK,form,Giấy khen mới,,individual,,,2025-07-01,\n"),
                         0);
    assert_int_equal(count().updates, after.updates);
    assert_int_equal(import(lt_hub_cmd_catalog, "catalog",
                            TITLES "GK,form,Giấy khen,,individual,,,2024-01-01,2025-06-30\n"
                                   "GK,form,Giấy khen mới,,individual,,,2025-07-01,\n"),
                     0);
}

/* A figure of last year's awards names the title as last year's law did. */
static void titles_are_named_as_in_their_year(void **state)
{
    static const struct {
        int year;
        const char *said, *unsaid;
    } cases[] = {{2024, "GK Giấy khen ", "mới"}, {2026, "GK Giấy khen mới", "never"}};
    struct lt_ledger *ledger;
    struct lt_unit own;
    char reason[200], code[] = "GK";
    (void)state;
    lt_text_language("vi");
    assert_int_equal(lt_unit_make("VN", 0, &own), LT_OK);
    assert_int_equal(lt_ledger_open(dir, true, &ledger, reason), LT_OK);
    const struct lt_book *book = lt_ledger_book(ledger);
    for (size_t i = 0; i < 2; i++) {
        struct lt_figure row = {.count = 1, .quantity = 1};
        struct lt_figures figures = {.count = 1, .rows = &row};
        struct lt_figures_query query = {.place = lt_book_place(book, &own),
                                         .year_from = cases[i].year,
                                         .year_to = cases[i].year,
                                         .by_count = 1,
                                         .by = {LT_DIM_CODE}};
        row.values[0] = code;
        char *table = lt_figures_table(&query, &figures, book);
        assert_non_null(table);
        assert_non_null(strstr(table, cases[i].said));
        assert_null(strstr(table, cases[i].unsaid));
        free(table);
    }
    lt_ledger_close(ledger);
    lt_text_language(NULL);
}

static int set_up(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(dir));
    return command(lt_hub_cmd_init, (const char *[]){"init", "VN", "--dir", dir, NULL});
}

static int tear_down(void **state)
{
    char line[100];
    (void)state;
    snprintf(line, sizeof(line), "rm -rf '%s'", dir);
    return system(line);
}

int main(void)
{
    setenv("LANG", "en_US.UTF-8", 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unit_faults_are_named),
        cmocka_unit_test(own_unit_is_the_hub_aboves),
        cmocka_unit_test(parents_come_first),
        cmocka_unit_test(title_faults_are_named),
        cmocka_unit_test(tree_is_replaced_in_one_file),
        cmocka_unit_test(own_unit_as_the_tree_says),
        cmocka_unit_test(one_bad_row_changes_nothing),
        cmocka_unit_test(catalogue_is_idempotent),
        cmocka_unit_test(titles_are_named_as_in_their_year),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
