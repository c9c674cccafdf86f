/* A grid as data: JSON, CSV, a workbook. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <xlsxwriter.h>

#include "agent/text.h"
#include "hub/print.h"
#include "hub/web/grid_own.h"
#include "hub/web/memory_file.h"

enum { WHEN_MAX = 32, COLUMN_WIDTH = 18, ROWS_OF_A_SHEET = 1048576 };

static void iso_time(int64_t at, char ret_text[WHEN_MAX])
{
    struct tm parts;
    time_t seconds = (time_t)at;
    if (gmtime_r(&seconds, &parts) == NULL ||
        strftime(ret_text, WHEN_MAX, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0)
        ret_text[0] = '\0';
}

static void points(int64_t number, struct lt_out *out)
{
    char text[LT_NUMBER_TEXT_MAX];
    lt_points_text(number, '.', text);
    lt_out_raw(out, text);
}

static void json_cell(const struct lt_grid *grid, const struct lt_grid_cell *cell,
                      enum lt_grid_kind kind, struct lt_out *out)
{
    if (cell->none)
        lt_out_raw(out, "null");
    else if (kind == LT_GRID_TEXT)
        lt_out_json(out, lt_grid_text_of(grid, cell->text));
    else if (kind == LT_GRID_POINTS)
        points(cell->number, out);
    else
        lt_out_print(out, "%" PRId64, cell->number);
}

void lt_grid_json(const struct lt_grid *grid, struct lt_out *out)
{
    lt_out_raw(out, "\"rows\":[");
    for (size_t row = 0; row < lt_grid_rows(grid) && !out->failed; row++) {
        lt_out_raw(out, row == 0 ? "\n{" : ",\n{");
        for (size_t column = 0; column < grid->column_count; column++) {
            lt_out_raw(out, column == 0 ? "" : ",");
            lt_out_json(out, grid->columns[column].name);
            lt_out_raw(out, ":");
            json_cell(grid, lt_grid_at(grid, row, column), grid->columns[column].kind, out);
        }
        lt_out_raw(out, "}");
    }
    lt_out_raw(out, "\n]");
}

static void csv_cell(const struct lt_grid *grid, const struct lt_grid_cell *cell,
                     enum lt_grid_kind kind, struct lt_out *out)
{
    char when[WHEN_MAX];
    if (cell->none)
        return;
    switch (kind) {
    case LT_GRID_TEXT:
        lt_out_csv(out, lt_grid_text_of(grid, cell->text));
        return;
    case LT_GRID_NUMBER:
        lt_out_print(out, "%" PRId64, cell->number);
        return;
    case LT_GRID_POINTS:
        points(cell->number, out);
        return;
    case LT_GRID_TIME:
        iso_time(cell->number, when);
        lt_out_raw(out, when);
        return;
    }
}

void lt_grid_csv(const struct lt_grid *grid, struct lt_out *out)
{
    lt_out_raw(out, "\xEF\xBB\xBF");
    for (size_t column = 0; column < grid->column_count; column++) {
        lt_out_raw(out, column == 0 ? "" : ",");
        lt_out_csv(out, grid->columns[column].name);
    }
    lt_out_raw(out, "\r\n");
    for (size_t row = 0; row < lt_grid_rows(grid) && !out->failed; row++) {
        for (size_t column = 0; column < grid->column_count; column++) {
            lt_out_raw(out, column == 0 ? "" : ",");
            csv_cell(grid, lt_grid_at(grid, row, column), grid->columns[column].kind, out);
        }
        lt_out_raw(out, "\r\n");
    }
}

/* ---- A workbook ---- */

/* Texts are strings, so nothing that a peer wrote is a formula; longer ones than a cell holds are cut. */
static void xlsx_cell(lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column,
                      const struct lt_grid *grid, const struct lt_grid_cell *cell,
                      enum lt_grid_kind kind)
{
    char when[WHEN_MAX];
    if (cell->none)
        return;
    switch (kind) {
    case LT_GRID_TEXT:
        (void)worksheet_write_string(sheet, row, column, lt_grid_text_of(grid, cell->text), NULL);
        return;
    case LT_GRID_NUMBER:
        (void)worksheet_write_number(sheet, row, column, (double)cell->number, NULL);
        return;
    case LT_GRID_POINTS:
        (void)worksheet_write_number(sheet, row, column, (double)cell->number / 100, NULL);
        return;
    case LT_GRID_TIME:
        iso_time(cell->number, when);
        (void)worksheet_write_string(sheet, row, column, when, NULL);
        return;
    }
}

static void fill_sheet(lxw_worksheet *sheet, lxw_format *bold, const struct lt_grid *grid,
                       const char *title, const char *notes)
{
    lxw_row_t at = 0;
    lxw_col_t shown = 0;
    (void)worksheet_write_string(sheet, at++, 0, title, bold);
    if (notes != NULL)
        (void)worksheet_write_string(sheet, at++, 0, notes, NULL);
    at++;
    for (size_t column = 0; column < grid->column_count; column++) {
        if (grid->columns[column].vietnamese == NULL)
            continue;
        (void)worksheet_write_string(sheet, at, shown, lt_grid_head(&grid->columns[column]), bold);
        for (size_t row = 0; row < lt_grid_rows(grid) && row + at + 1 < ROWS_OF_A_SHEET; row++)
            xlsx_cell(sheet, at + 1 + (lxw_row_t)row, shown, grid, lt_grid_at(grid, row, column),
                      grid->columns[column].kind);
        shown++;
    }
    (void)worksheet_set_column(sheet, 0, shown > 0 ? shown - 1 : 0, COLUMN_WIDTH, NULL);
    worksheet_freeze_panes(sheet, at + 1, 0);
    worksheet_set_paper(sheet, 9); /* A4 */
    worksheet_set_landscape(sheet);
    worksheet_fit_to_pages(sheet, 1, 0);
    (void)worksheet_set_footer(sheet, "&R&P / &N");
    (void)worksheet_repeat_rows(sheet, at, at);
}

enum lt_result lt_grid_xlsx(const struct lt_grid *grid, const char *title, const char *notes,
                            struct lt_out *out)
{
    struct lt_memory_file file;
    if (lt_memory_file_open(&file) != LT_OK)
        return LT_IO;
    lxw_workbook *book = workbook_new(file.path);
    lxw_worksheet *sheet = book != NULL ? workbook_add_worksheet(book, NULL) : NULL;
    lxw_format *bold = book != NULL ? workbook_add_format(book) : NULL;
    if (sheet != NULL && bold != NULL) {
        format_set_bold(bold);
        fill_sheet(sheet, bold, grid, title, notes);
    }
    lxw_error error = book != NULL ? workbook_close(book) : LXW_ERROR_MEMORY_MALLOC_FAILED;
    enum lt_result result = lt_memory_file_take(&file, out);
    return error != LXW_NO_ERROR || sheet == NULL ? LT_IO : result;
}
