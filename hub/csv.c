#include "hub/csv.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void trim_all(struct lt_sheet *sheet)
{
    for (size_t i = 0; i < sheet->cell_count; i++) {
        char *cell = sheet->bytes + sheet->cells[i];
        size_t length = strlen(cell);
        while (length > 0 && is_space(cell[length - 1])) {
            cell[--length] = '\0';
        }
        while (is_space(sheet->bytes[sheet->cells[i]])) {
            sheet->cells[i]++;
        }
    }
}

static enum lt_result find_columns(struct lt_csv *csv, struct lt_sheet_fault *ret_fault)
{
    const struct lt_sheet_row *header = &csv->sheet.rows[0];
    for (size_t c = 0; c < csv->column_count; c++) {
        csv->at[c] = -1;
    }
    for (uint32_t i = 0; i < header->count; i++) {
        const char *name = lt_table_cell(&csv->sheet, 0, i);
        size_t c = 0;
        while (c < csv->column_count && strcasecmp(csv->columns[c].name, name) != 0) {
            c++;
        }
        if (name[0] == '\0') {
            continue;
        }
        if (c == csv->column_count) {
            return lt_table_fault(ret_fault, LT_MALFORMED, header->line, i + 1,
                                  "no column '%.60s' is known", name);
        }
        if (csv->at[c] >= 0) {
            return lt_table_fault(ret_fault, LT_MALFORMED, header->line, i + 1,
                                  "the column '%.60s' stands twice", name);
        }
        csv->at[c] = (int)i;
    }
    for (size_t c = 0; c < csv->column_count; c++) {
        if (csv->columns[c].needed && csv->at[c] < 0) {
            return lt_table_fault(ret_fault, LT_MALFORMED, header->line, 0,
                                  "the column '%s' is missing", csv->columns[c].name);
        }
    }
    return LT_OK;
}

static enum lt_result check_rows(const struct lt_csv *csv, struct lt_sheet_fault *ret_fault)
{
    const struct lt_sheet *sheet = &csv->sheet;
    const struct lt_sheet_row *header = &sheet->rows[0];
    if (sheet->row_count == 1) {
        return lt_table_fault(ret_fault, LT_MALFORMED, header->line, 0,
                              "no row stands below the header line");
    }
    for (size_t i = 1; i < sheet->row_count; i++) {
        for (uint32_t c = header->count; c < sheet->rows[i].count; c++) {
            if (lt_table_cell(sheet, i, c)[0] != '\0') {
                return lt_table_fault(ret_fault, LT_MALFORMED, sheet->rows[i].line, c + 1,
                                      "the row has more cells than the header line");
            }
        }
    }
    return LT_OK;
}

enum lt_result lt_csv_read(struct lt_bytes bytes, const struct lt_csv_column *columns,
                           size_t column_count, struct lt_csv *ret_csv,
                           struct lt_sheet_fault *ret_fault)
{
    struct lt_csv csv = {.columns = columns, .column_count = column_count};
    assert(column_count <= LT_CSV_COLUMNS_MAX);
    enum lt_result result = lt_table_read(bytes, &csv.sheet, ret_fault);
    if (result != LT_OK) {
        return result;
    }
    trim_all(&csv.sheet);
    result = csv.sheet.row_count > 0
                 ? find_columns(&csv, ret_fault)
                 : lt_table_fault(ret_fault, LT_MALFORMED, 0, 0, "the file has no header line");
    if (result == LT_OK) {
        result = check_rows(&csv, ret_fault);
    }
    if (result != LT_OK) {
        lt_table_free(&csv.sheet);
        return result;
    }
    *ret_csv = csv;
    return LT_OK;
}

void lt_csv_free(struct lt_csv *csv)
{
    lt_table_free(&csv->sheet);
}

size_t lt_csv_rows(const struct lt_csv *csv)
{
    return csv->sheet.row_count - 1;
}

uint32_t lt_csv_line(const struct lt_csv *csv, size_t row)
{
    return csv->sheet.rows[row + 1].line;
}

const char *lt_csv_cell(const struct lt_csv *csv, size_t row, size_t column)
{
    return csv->at[column] < 0 ? "" : lt_table_cell(&csv->sheet, row + 1, (size_t)csv->at[column]);
}

enum lt_result lt_csv_fault(const struct lt_csv *csv, size_t row, size_t column,
                            struct lt_sheet_fault *ret_fault, const char *format, ...)
{
    char text[200];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    return lt_table_fault(ret_fault, LT_MALFORMED, lt_csv_line(csv, row),
                          (uint32_t)(csv->at[column] + 1), "%s: %s", csv->columns[column].name,
                          text);
}

enum lt_result lt_csv_day(const struct lt_csv *csv, size_t row, size_t column, lt_day *ret_day,
                          struct lt_sheet_fault *ret_fault)
{
    const char *cell = lt_csv_cell(csv, row, column);
    int year, month, day, end = 0;
    if (cell[0] == '\0') {
        *ret_day = 0;
        return LT_OK;
    }
    if (lt_day_parse_iso(cell, ret_day) == LT_OK ||
        /* NOLINTNEXTLINE(cert-err34-c): of two and four digits nothing overflows */
        (sscanf(cell, "%2d/%2d/%4d%n", &day, &month, &year, &end) == 3 && cell[end] == '\0' &&
         lt_day_make(year, month, day, ret_day) == LT_OK)) {
        return LT_OK;
    }
    return lt_csv_fault(csv, row, column, ret_fault,
                        "'%.40s' is no date of the form 2025-07-01 or 01/07/2025", cell);
}

enum lt_result lt_csv_text(const struct lt_csv *csv, size_t row, size_t column, size_t bytes_max,
                           const char **ret_text, struct lt_sheet_fault *ret_fault)
{
    const char *cell = lt_csv_cell(csv, row, column);
    if (strlen(cell) > bytes_max) {
        return lt_csv_fault(csv, row, column, ret_fault, "longer than %zu bytes", bytes_max);
    }
    for (const char *at = cell; *at != '\0'; at++) {
        if ((unsigned char)*at < ' ' || *at == 0x7f) {
            return lt_csv_fault(csv, row, column, ret_fault,
                                "a line end or another control character within the cell");
        }
    }
    *ret_text = cell;
    return LT_OK;
}
