/* The reader of form files: what it takes, and what it refuses, with where and why. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "hub/form_store.h"

static enum lt_result read_text(const char *text, struct lt_form **ret_form,
                                char reason[LT_FORM_REASON_MAX])
{
    return lt_form_read((struct lt_bytes){(const uint8_t *)text, strlen(text)}, ret_form, reason);
}

/* A form whose rows, columns and further members are given. */
static char *form_text(const char *rows, const char *columns, const char *more)
{
    char *text = NULL;
    if (asprintf(&text,
                 "{\"form\": \"X\", \"version\": \"1\", \"title\": \"T\", \"rows\": %s, "
                 "\"columns\": %s%s}",
                 rows, columns, more) < 0)
        abort();
    return text;
}

#define ROW "[{\"code\": \"1\", \"text\": \"a\"}]"

static void refused(const char *rows, const char *columns, const char *more, const char *why)
{
    char *text = form_text(rows, columns, more), reason[LT_FORM_REASON_MAX] = "";
    struct lt_form *form = NULL;
    enum lt_result result = read_text(text, &form, reason);
    if (result != LT_MALFORMED || strncmp(reason, why, strlen(why)) != 0)
        fail_msg("%s: %s: \"%s\" instead of \"%s\"", text, lt_result_text(result), reason, why);
    assert_null(form);
    free(text);
}

static void a_form_is_read(void **state)
{
    (void)state;
    char reason[LT_FORM_REASON_MAX] = "";
    struct lt_form *form = NULL;
    char *text = form_text(
        "[{\"code\": \"01\", \"text\": {\"vi\": \"Tổng\", \"en\": \"Total\"}, \"bold\": true},"
        " {\"heading\": true, \"text\": \"h\"},"
        " {\"code\": \"02\", \"text\": \"b\", \"indent\": 2, \"where\": [\"code=HC_*|GK\","
        "  \"recipient!=household\", \"type=\"]},"
        " {\"code\": \"03\", \"text\": \"c\", \"minus\": [\"01\", \"02\"]},"
        " {\"code\": \"04\", \"text\": \"d\", \"share\": [\"03\", \"01\"]},"
        " {\"code\": \"05\", \"each\": \"place\"}]",
        "[{\"code\": \"1\", \"text\": \"x\"}, {\"text\": \"g\", \"where\": [\"level=state\"],"
        " \"columns\": [{\"code\": \"2\", \"text\": \"y\"}, {\"text\": \"gg\", \"columns\":"
        " [{\"code\": \"3\", \"each\": \"month\"}]}]}]",
        ", \"valid_from\": 2023, \"basis\": \"decided\", \"checks\": [{\"sum\": [\"02\", \"03\"],"
        " \"is\": [\"01\"]}], \"notes\": [{\"text\": \"n\"}]");
    if (read_text(text, &form, reason) != LT_OK)
        fail_msg("%s", reason);
    assert_int_equal(form->rows.count, 6);
    assert_true(form->rows.lines[0].bold && form->decided && !form->achieved);
    assert_int_equal(form->rows.lines[1].op, LT_FORM_HEADING);
    const struct lt_form_filter *where = &form->rows.lines[2].where;
    assert_int_equal(where->count, 3);
    assert_int_equal(where->conditions[0].value_count, 2);
    assert_true(where->conditions[0].values[0].prefix && !where->conditions[0].values[1].prefix);
    assert_true(where->conditions[1].except);
    assert_int_equal(where->conditions[2].values[0].number, 0);
    assert_int_equal(form->rows.lines[4].refs[0], 3);
    assert_true(form->rows.lines[5].each);
    assert_int_equal(form->columns.count, 5);
    assert_int_equal(form->columns.depth, 3);
    assert_int_equal(form->columns.lines[4].parent, 3);
    assert_int_equal(form->columns.lines[4].depth, 2);
    assert_int_equal(form->check_count, 1);
    lt_form_free(form);
    free(text);
}

static void bad_files_are_refused_with_where_and_why(void **state)
{
    (void)state;
    refused("[", ROW, "", "line 1, column ");
    refused("[]", ROW, "", "rows: a list is needed, of one row at least");
    refused(ROW, "3", "", "columns: a list is needed, of one column at least");
    refused("[3]", ROW, "", "rows[0]: an object {…} is needed");
    refused(ROW, ROW, ", \"colour\": 1", "no member \"colour\" is known; there are: form version");
    refused("[{\"code\": \"1\", \"text\": \"a\", \"wher\": []}]", ROW, "",
            "rows[0]: no member \"wher\" is known");
    refused("[{\"text\": \"a\"}]", ROW, "", "rows[0].code: is needed");
    refused("[{\"code\": \"1\"}]", ROW, "", "rows[0].text: is needed");
    refused("[{\"code\": \"1\", \"text\": {\"en\": \"a\"}}]", ROW, "",
            "rows[0].text.vi: is needed");
    refused("[{\"code\": \"1\", \"text\": \"a\\nb\"}]", ROW, "", "rows[0].text: a line end");
    refused("[{\"code\": \"1\", \"text\": \"a\"}, {\"code\": \"1\", \"text\": \"b\"}]", ROW, "",
            "rows[1]: the code \"1\" stands twice");
    refused(ROW,
            "[{\"code\": \"1\", \"text\": \"a\"}, {\"text\": \"g\", \"columns\": [{\"code\": \"1\","
            " \"text\": \"b\"}]}]",
            "", "columns[1].columns[0]: the code \"1\" stands twice");
    refused(ROW, "[{\"text\": \"g\", \"columns\": []}]", "",
            "columns[0].columns: a list is needed");
    refused(ROW,
            "[{\"text\": \"1\", \"columns\": [{\"text\": \"2\", \"columns\": [{\"text\": \"3\", "
            "\"columns\": [{\"text\": \"4\", \"columns\": [{\"text\": \"5\", \"code\": \"1\"}]}]}]}"
            "]}]",
            "", "columns[0].columns[0].columns[0].columns[0].columns: more than 4 levels");
    refused("[{\"code\": \"1\", \"text\": \"a\", \"indent\": 9}]", ROW, "", "rows[0]: indent");
    refused("[{\"code\": \"1\", \"text\": \"a\", \"bold\": 1}]", ROW, "", "rows[0].bold: true or");
    refused(ROW, ROW, ", \"basis\": \"guessed\"", "basis: achieved or decided, not \"guessed\"");
    refused(ROW, ROW, ", \"measure\": \"kg\"", "measure: quantity or records, not \"kg\"");
    refused(ROW, ROW, ", \"valid_from\": 20244", "valid_from: a year from 1945");
    refused(ROW, ROW, ", \"form\": \"Y\"", "line 1, column ");
    refused(ROW, ROW, ", \"notes\": [\"n\"]", "notes[0]: an object {…} is needed");
}

static void bad_conditions_are_refused(void **state)
{
    (void)state;
    refused(ROW, ROW, ", \"where\": \"code=GK\"", "where: a list of at most 16 conditions");
    refused(ROW, ROW, ", \"where\": [\"code\"]",
            "where[0]: \"code\": DIM=VALUE or DIM!=VALUE is needed");
    refused(ROW, ROW, ", \"where\": [\"kind=award\", \"colour=red\"]",
            "where[1]: no dimension \"colour\"; there are: place, year");
    refused(ROW, "[{\"code\": \"1\", \"text\": \"a\", \"where\": [\"recipient=crowd\"]}]", "",
            "columns[0].where[0]: recipient has no value \"crowd\"; there are: collective");
    refused(ROW, ROW, ", \"where\": [\"month=13\"]",
            "where[0]: month is a number from 1 to 12, not \"13\"");
    refused(ROW, ROW, ", \"where\": [\"quarter=x\"]", "where[0]: quarter is a number from 1 to 4");
    refused(ROW, ROW, ", \"where\": [\"place=80\"]",
            "where[0]: place comes with the question, not with the form");
    refused(ROW, ROW, ", \"where\": [3]", "where[0]: a text is needed");
}

static void bad_references_are_refused(void **state)
{
    (void)state;
#define TWO "{\"code\": \"1\", \"text\": \"a\"}, {\"code\": \"2\", \"text\": \"b\", "
    refused("[" TWO "\"sum\": [\"1\", \"3\"]}]", ROW, "",
            "rows.2.sum[1]: there is none of the code \"3\"");
    refused("[" TWO "\"sum\": []}]", ROW, "", "rows.2.sum: a list of 1 to 64 codes is needed");
    refused("[" TWO "\"share\": [\"1\"]}]", ROW, "", "rows.2.share: 2 codes at least, 2 at most");
    refused("[" TWO "\"sum\": [\"2\"]}]", ROW, "", "rows.2.sum: \"2\" is computed itself");
    refused("[" TWO "\"sum\": [\"3\"]}, {\"code\": \"3\", \"text\": \"c\", \"sum\": [\"2\"]}]", ROW,
            "", "rows.2.sum: \"3\" is computed itself and does not stand before this one");
    refused("[" TWO "\"share\": [\"1\", \"1\"]}, {\"code\": \"3\", \"text\": \"c\", \"sum\": "
            "[\"2\"]}]",
            ROW, "", "rows.3.sum: \"2\" is a percentage");
    refused("[" TWO "\"sum\": [\"1\"], \"minus\": [\"1\", \"1\"]}]", ROW, "",
            "rows[1]: only one of sum, minus, share, each, heading, columns");
    refused("[" TWO "\"sum\": [\"1\"], \"where\": []}]", ROW, "",
            "rows[1]: what is computed has no conditions");
    refused("[{\"code\": \"1\", \"each\": \"colour\"}]", ROW, "",
            "rows[0]: each: no dimension \"colour\"");
    refused("[{\"code\": \"1\", \"each\": \"code\", \"text\": \"t\"}]", ROW, "",
            "rows[0]: what goes by each value has no text of its own");
    refused("[{\"code\": \"1\", \"each\": \"code\"}]", "[{\"code\": \"1\", \"each\": \"code\"}]",
            "", "rows and columns both go by each code");
    refused(ROW, ROW, ", \"checks\": [{\"sum\": [\"1\"], \"is\": [\"7\"]}]",
            "checks[0].is[0]: there is none of the code \"7\"");
}

static void bounds_are_kept(void **state)
{
    (void)state;
    char reason[LT_FORM_REASON_MAX] = "";
    struct lt_form *form = NULL;
    char *large = calloc(1, LT_FORM_BYTES_MAX + 1), *rows = calloc(1, 64 * 1024);
    assert_true(large != NULL && rows != NULL);
    assert_int_equal(
        lt_form_read((struct lt_bytes){(uint8_t *)large, LT_FORM_BYTES_MAX + 1}, &form, reason),
        LT_TOO_LARGE);
    size_t used = (size_t)sprintf(rows, "[");
    for (int i = 0; i <= LT_FORM_ROWS_MAX; i++)
        used += (size_t)sprintf(rows + used, "%s{\"code\": \"%d\", \"text\": \"a\"}",
                                i == 0 ? "" : ", ", i);
    (void)sprintf(rows + used, "]");
    refused(rows, ROW, "", "rows[400]: more than 400 rows");
    free(large);
    free(rows);
}

/* What this program brings: the ministry's three, and the province's tables. */
static void the_forms_that_are_compiled_in(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *first, *last; /* codes of rows */
        size_t columns;
    } wanted[] = {{"0601", "01", "12", 4},
                  {"0602", "01", "21", 13},
                  {"0603", "01", "17", 5},
                  {"DP01", "01", "02", 2},
                  {"DP05", "01", "02", 2}};
    struct lt_form_store store;
    char reason[LT_FORM_REASON_MAX] = "";
    const struct lt_form *form;
    if (lt_form_store_open(NULL, &store, reason) != LT_OK)
        fail_msg("%s", reason);
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        size_t leaves = 0;
        assert_int_equal(lt_form_store_find(&store, wanted[i].name, NULL, 2024, &form, reason),
                         LT_OK);
        assert_string_equal(form->rows.lines[0].code, wanted[i].first);
        assert_string_equal(form->rows.lines[form->rows.count - 1].code, wanted[i].last);
        for (size_t c = 0; c < form->columns.count; c++)
            leaves += form->columns.lines[c].op != LT_FORM_HEADING;
        assert_int_equal(leaves, wanted[i].columns);
    }
    assert_int_equal(lt_form_store_find(&store, "0602", "9/9999", 2024, &form, reason),
                     LT_NOT_FOUND);
    assert_non_null(strstr(reason, "2/2023/TT-BNV"));
    lt_form_store_close(&store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_form_is_read),
        cmocka_unit_test(bad_files_are_refused_with_where_and_why),
        cmocka_unit_test(bad_conditions_are_refused),
        cmocka_unit_test(bad_references_are_refused),
        cmocka_unit_test(bounds_are_kept),
        cmocka_unit_test(the_forms_that_are_compiled_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
