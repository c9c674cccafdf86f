/* The CSV reader and writer: separators, quotes, line numbers, encodings, bounds, formulas. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/table.h"
#include "agent/text.h"

static struct lt_bytes span(const char *text)
{
    return (struct lt_bytes){(const uint8_t *)text, strlen(text)};
}

static struct lt_sheet read_text(const char *text)
{
    struct lt_sheet sheet = {0};
    struct lt_sheet_fault fault = {0};
    assert_int_equal(lt_table_read(span(text), &sheet, &fault), LT_OK);
    return sheet;
}

static void refuse(struct lt_bytes bytes, enum lt_result result, uint32_t line, const char *about)
{
    struct lt_sheet sheet;
    struct lt_sheet_fault fault = {0};
    assert_int_equal(lt_table_read(bytes, &sheet, &fault), result);
    assert_int_equal(fault.line, line);
    assert_non_null(strstr(fault.text, about));
}

static void reads_cells_and_lines(void **state)
{
    (void)state;
    struct lt_sheet sheet = read_text("\xef\xbb\xbf"
                                      "a;b;c\r\n"
                                      "\"x;1\";\"say \"\"hi\"\"\";z\r\n"
                                      "\r\n"
                                      "\"two\r\nlines\";;last\n"
                                      ";;\n"
                                      "end;1.454;957,93");
    assert_int_equal(sheet.separator, ';');
    assert_int_equal(sheet.row_count, 4);
    assert_string_equal(lt_table_cell(&sheet, 0, 0), "a");
    assert_string_equal(lt_table_cell(&sheet, 1, 0), "x;1");
    assert_string_equal(lt_table_cell(&sheet, 1, 1), "say \"hi\"");
    assert_string_equal(lt_table_cell(&sheet, 2, 0), "two\r\nlines");
    assert_string_equal(lt_table_cell(&sheet, 2, 1), "");
    assert_string_equal(lt_table_cell(&sheet, 3, 2), "957,93");
    assert_string_equal(lt_table_cell(&sheet, 3, 9), "");
    assert_int_equal(sheet.rows[1].line, 2);
    assert_int_equal(sheet.rows[2].line, 4);
    assert_int_equal(sheet.rows[3].line, 7);
    lt_table_free(&sheet);
}

static void finds_the_separator(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        char separator;
    } cases[] = {
        {"a,b;c,d\n", ','},     {"a;b;c,d\n", ';'}, {"a\tb\tc;d\n", '\t'},
        {"\"a,b,c\";d\n", ';'}, {"alone\n", ','},   {"sep=;\na,b\n", ';'},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct lt_sheet sheet = read_text(cases[i].text);
        assert_int_equal(sheet.separator, cases[i].separator);
        lt_table_free(&sheet);
    }
    struct lt_sheet sheet = read_text("sep=;\r\na,b;c\r\n");
    assert_int_equal(sheet.rows[0].line, 2);
    assert_string_equal(lt_table_cell(&sheet, 0, 0), "a,b");
    lt_table_free(&sheet);
}

static void old_macintosh_line_ends(void **state)
{
    (void)state;
    struct lt_sheet sheet = read_text("a,b\r1,2\r\"x\ry\",3\r4,5");
    assert_int_equal(sheet.row_count, 4);
    assert_int_equal(sheet.rows[3].line, 5);
    lt_table_free(&sheet);
}

static void refuses_what_is_no_csv(void **state)
{
    (void)state;
    lt_text_language("en");
    refuse(span("a,b\n1,\"x"), LT_MALFORMED, 2, "never closed");
    refuse(span("a,b\n\"x\"y,2\n"), LT_MALFORMED, 2, "closing quote");
    refuse(span(""), LT_MALFORMED, 0, "empty");
    refuse(span("\n\n  ,\t\n"), LT_MALFORMED, 0, "empty");
    refuse(span("a,b\nB\xb8o,1\n"), LT_MALFORMED, 2, "0xb8 at position 2");
    refuse(span("PK\x03\x04zip"), LT_MALFORMED, 0, "Excel");
    refuse(span("\xff\xfe"
                "a"),
           LT_MALFORMED, 0, "UTF-16");
    const uint8_t zeros[] = {'a', ',', 'b', '\n', 'c', 0, '\n'};
    refuse((struct lt_bytes){zeros, sizeof(zeros)}, LT_MALFORMED, 2, "zero byte");
}

static void bounds(void **state)
{
    (void)state;
    lt_text_language("en");
    size_t size = LT_TABLE_LINE_BYTES_MAX + 100;
    char *text = malloc(size + 1);
    memset(text, 'x', size);
    memcpy(text, "a,b\n", 4);
    text[size] = '\0';
    refuse(span(text), LT_TOO_LARGE, 2, "longer than");
    memset(text, ',', size);
    refuse(span(text), LT_TOO_LARGE, 1, "columns");
    free(text);
    size = 2 * ((size_t)LT_TABLE_ROWS_MAX + 1);
    text = malloc(size + 1);
    for (size_t i = 0; i < size; i += 2) {
        memcpy(text + i, "x\n", 2);
    }
    text[size] = '\0';
    refuse(span(text), LT_TOO_LARGE, LT_TABLE_ROWS_MAX + 1, "rows");
    text[size - 2] = '\0';
    struct lt_sheet sheet = read_text(text);
    assert_int_equal(sheet.row_count, LT_TABLE_ROWS_MAX);
    lt_table_free(&sheet);
    free(text);
    static uint8_t one;
    refuse((struct lt_bytes){&one, (size_t)LT_TABLE_BYTES_MAX + 1}, LT_TOO_LARGE, 0, "64 MiB");
}

/* What is written is read as it was, and nothing begins a formula. */
static void writes_what_it_reads(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "=SUM(A1)", "+1",  "-5",         "@x", "'=x", "''-y",     "'quoted'",
        "a\"b",     "a;b", "line\nline", "",   " x",  "Hòa\ttab",
    };
    const size_t count = sizeof(texts) / sizeof(texts[0]);
    char *bytes = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&bytes, &size);
    lt_table_write_bom(stream);
    for (size_t i = 0; i < count; i++) {
        lt_table_write(stream, texts[i], ';', i == 0);
    }
    lt_table_end_row(stream);
    fclose(stream);
    assert_null(strstr(bytes, ";=") != NULL ? bytes : strstr(bytes, ";+"));
    assert_null(strstr(bytes, ";-") != NULL ? bytes : strstr(bytes, ";@"));
    struct lt_sheet sheet = read_text(bytes);
    assert_int_equal(sheet.rows[0].count, count);
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(lt_table_cell(&sheet, 0, i), texts[i]);
    }
    lt_table_free(&sheet);
    free(bytes);
}

static void cuts_between_letters(void **state)
{
    (void)state;
    assert_int_equal(lt_table_cut("abc", 10), 3);
    assert_int_equal(lt_table_cut("a\xc3\xb2z", 2), 1);
    assert_int_equal(lt_table_cut("a\xc3\xb2z", 3), 3);
    assert_int_equal(lt_table_cut("\xe1\xba\xa1", 2), 0);
    assert_int_equal(lt_table_cut("\xe1\xba", 2), 0); /* the end was cut off before */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_cells_and_lines),
        cmocka_unit_test(finds_the_separator),
        cmocka_unit_test(old_macintosh_line_ends),
        cmocka_unit_test(refuses_what_is_no_csv),
        cmocka_unit_test(bounds),
        cmocka_unit_test(writes_what_it_reads),
        cmocka_unit_test(cuts_between_letters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
