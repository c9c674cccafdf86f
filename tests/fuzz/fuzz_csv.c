/* fuzz_csv.c - a clerk's file: the table, its columns, its values and its rows, read against a book. What was read
 * is written and read again as the same; what a row says has the shape of a report. The first byte chooses the kind of
 * the rows and their author. */
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <string.h>

#include <utf8proc.h>

#include "agent/legacy.h"
#include "agent/rows.h"
#include "tests/fuzz/small_book.h"

static void read_values(const char *text)
{
    lt_day day;
    uint64_t count;
    int64_t points;
    uint32_t year;
    bool yes;
    Lienthong__Period period, again;
    char back[LT_VALUE_TEXT_MAX];
    if (lt_value_day(text, &day) == NULL) {
        lt_day same = 0;
        lt_value_format_day(day, back);
        FUZZ_CHECK(day == 0 || (lt_value_day(back, &same) == NULL && same == day));
    }
    if (lt_value_count(text, &count) == NULL) {
        FUZZ_CHECK(count <= LT_QUANTITY_MAX);
    }
    if (lt_value_points(text, &points) == NULL) {
        int64_t same = 0;
        lt_value_format_points(points, back);
        FUZZ_CHECK(lt_value_points(back, &same) == NULL && same == points);
    }
    if (lt_value_period(text, &period) == NULL && period.day != 0) {
        lt_value_format_period(&period, back);
        FUZZ_CHECK(lt_value_period(back, &again) == NULL && again.day == period.day);
    }
    if (lt_value_declared_period(text, &period) == NULL) {
        lt_value_format_period(&period, back);
        FUZZ_CHECK(lt_value_declared_period(back, &again) == NULL && again.kind == period.kind &&
                   again.from == period.from && again.to == period.to);
    }
    (void)lt_value_year(text, &year);
    (void)lt_value_yes(text, &yes);
    (void)lt_value_word(LT_WORDS_CATEGORY, text);
    (void)lt_column_has_identity_number(text);
}

/* A body of one change, as the journal would sign it. */
static void check_said(const struct lt_said *said)
{
    struct lt_update update = {.frame.chain.stream = LT_STREAM_REPORT, .frame.body_version = 1};
    Lienthong__ReportBody *body;
    if (said->body == NULL)
        return;
    const size_t size = lienthong__report_body__get_packed_size(said->body);
    uint8_t *bytes = malloc(size + 1);
    struct lt_arena *arena = lt_arena_new(LT_UNPACK_BYTES_MAX);
    FUZZ_CHECK(bytes && arena && lienthong__report_body__pack(said->body, bytes) == size);
    update.body = (struct lt_bytes){bytes, size};
    FUZZ_CHECK(lt_report_read(&update, arena, &body) == LT_OK && body->n_changes == 1);
    lt_arena_free(arena);
    free(bytes);
}

static void read_rows(const struct lt_sheet *sheet, const struct lt_columns *columns,
                      uint8_t choice)
{
    static const struct lt_book *book;
    struct lt_arena *arena = lt_arena_new(4 * 1024 * 1024);
    book = book != NULL ? book : told_book();
    FUZZ_CHECK(arena);
    struct lt_rows rows = {
        .book = book,
        .author = lt_book_place_at(book, choice / LT_KIND_DECLARATION % lt_book_place_count(book)),
        .sheet = sheet,
        .columns = columns,
        .arena = arena,
        .kind = (uint8_t)(1 + choice % LT_KIND_DECLARATION)};
    FUZZ_CHECK(lt_rows_begin(&rows) == LT_OK);
    for (size_t row = columns->header_row + 1; row < sheet->row_count && row < 50; row++) {
        struct lt_said said;
        struct lt_row_fault fault;
        enum lt_result result = lt_rows_read(&rows, row, &said, &fault);
        FUZZ_CHECK(result == LT_OK || result == LT_REFUSED || result == LT_NO_MEMORY);
        if (result == LT_OK)
            check_said(&said);
        if (result == LT_REFUSED) {
            FUZZ_CHECK(fault.column >= -1 && fault.column < LT_COLUMN_COUNT &&
                       strlen(fault.text) < sizeof(fault.text));
        }
    }
    lt_arena_free(arena);
}

/* The same cells again. */
static void write_and_read(const struct lt_sheet *sheet)
{
    char *text = NULL;
    size_t size = 0;
    struct lt_sheet again;
    struct lt_sheet_fault fault;
    FILE *out = open_memstream(&text, &size);
    FUZZ_CHECK(out);
    lt_table_write_bom(out);
    for (size_t row = 0; row < sheet->row_count; row++) {
        for (size_t column = 0; column < sheet->rows[row].count; column++) {
            lt_table_write(out, lt_table_cell(sheet, row, column), sheet->separator, column == 0);
        }
        lt_table_end_row(out);
    }
    FUZZ_CHECK(fclose(out) == 0);
    enum lt_result result =
        lt_table_read((struct lt_bytes){(const uint8_t *)text, size}, &again, &fault);
    if (result == LT_OK) {
        /* Where the separator is found anew it may be another one. */
        const bool same = again.separator == sheet->separator;
        FUZZ_CHECK(!same || again.row_count == sheet->row_count);
        for (size_t row = 0; same && row < sheet->row_count; row++) {
            for (size_t column = 0; column < sheet->rows[row].count; column++) {
                FUZZ_CHECK(strcmp(lt_table_cell(&again, row, column),
                                  lt_table_cell(sheet, row, column)) == 0);
            }
        }
        lt_table_free(&again);
    }
    free(text);
}

/* As intake reads it: in an old encoding too. */
static void read_any(struct lt_bytes bytes)
{
    struct lt_sheet sheet;
    struct lt_sheet_fault fault;
    if (lt_legacy_read(bytes, &sheet, &fault) == LT_OK) {
        for (size_t row = 0; row < sheet.row_count; row++) {
            for (size_t column = 0; column < sheet.rows[row].count; column++) {
                utf8proc_int32_t point;
                const char *at = lt_table_cell(&sheet, row, column);
                while (*at != '\0') {
                    utf8proc_ssize_t step =
                        utf8proc_iterate((const utf8proc_uint8_t *)at, -1, &point);
                    FUZZ_CHECK(step > 0);
                    at += step;
                }
            }
        }
        lt_table_free(&sheet);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lt_sheet sheet;
    struct lt_columns columns;
    struct lt_sheet_fault fault;
    if (size > 0) {
        read_any((struct lt_bytes){data + 1, size - 1});
    }
    if (size < 1 || lt_table_read((struct lt_bytes){data + 1, size - 1}, &sheet, &fault) != LT_OK) {
        return 0;
    }
    for (size_t row = 0; row < sheet.row_count; row++) {
        for (size_t column = 0; column < sheet.rows[row].count; column++) {
            read_values(lt_table_cell(&sheet, row, column));
        }
    }
    if (lt_columns_find(&sheet, &columns, &fault) == LT_OK) {
        read_rows(&sheet, &columns, data[0]);
    }
    write_and_read(&sheet);
    lt_table_free(&sheet);
    return 0;
}
