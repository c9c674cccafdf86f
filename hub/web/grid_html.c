/* A grid as a table of a page. */
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "agent/text.h"
#include "hub/print.h"
#include "hub/web/grid_own.h"

static void time_cell(int64_t at, struct lt_out *out)
{
    char when[LT_WHEN_TEXT_MAX], machine[32] = "";
    struct tm parts;
    time_t seconds = (time_t)at;
    lt_text_when(at, when);
    if (gmtime_r(&seconds, &parts) != NULL &&
        strftime(machine, sizeof machine, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0)
        machine[0] = '\0';
    lt_out_print(out, "<time datetime=\"%s\">%s</time>", machine, when);
}

static bool is_number(const struct lt_grid_column *column)
{
    return column->kind == LT_GRID_NUMBER || column->kind == LT_GRID_POINTS;
}

static void cell(const struct lt_grid *grid, const struct lt_grid_cell *cell,
                 const struct lt_grid_column *column, struct lt_out *out)
{
    char number[LT_NUMBER_TEXT_MAX];
    const char *tone = lt_grid_text_of(grid, cell->tone);
    const char *href = lt_grid_text_of(grid, cell->href);
    lt_out_raw(out, is_number(column) ? "<td class=\"n\" data-head=\"" : "<td data-head=\"");
    lt_out_text(out, lt_grid_head(column));
    lt_out_raw(out, "\">");
    if (tone[0] != '\0')
        lt_out_print(out, "<span class=\"tone %s\">", tone);
    if (href[0] != '\0') {
        lt_out_raw(out, "<a href=\"");
        lt_out_text(out, href);
        lt_out_raw(out, "\">");
    }
    if (cell->none) {
        lt_out_print(out, "<span class=\"none\" title=\"%s\">%s</span>",
                     lt_text("chưa báo cáo, hoặc chưa biết", "not told, or not known"),
                     column->kind == LT_GRID_TIME ? "–" : "…");
    } else if (column->kind == LT_GRID_TEXT) {
        lt_out_text(out, lt_grid_text_of(grid, cell->text));
    } else if (column->kind == LT_GRID_TIME) {
        time_cell(cell->number, out);
    } else {
        if (column->kind == LT_GRID_POINTS)
            lt_points_text(cell->number, lt_text_is_english() ? '.' : ',', number);
        else
            lt_text_number(cell->number, number);
        lt_out_raw(out, number);
    }
    lt_out_raw(out, href[0] != '\0' ? "</a>" : "");
    lt_out_raw(out, tone[0] != '\0' ? "</span></td>" : "</td>");
}

/* Is the first column a heading above its rows? */
static bool is_grouped(const struct lt_grid *grid, const struct lt_grid_view *view)
{
    return grid->grouped && view->sort == NULL;
}

static bool is_column(const struct lt_grid *grid, const struct lt_grid_view *view, size_t column)
{
    return grid->columns[column].vietnamese != NULL && (column > 0 || !is_grouped(grid, view));
}

static void link_to(const struct lt_grid_view *view, struct lt_out *out)
{
    lt_out_raw(out, "<a href=\"");
    lt_out_text(out, view->address);
    lt_out_raw(out, strchr(view->address, '?') != NULL ? "&amp;" : "?");
}

static void heads(const struct lt_grid *grid, const struct lt_grid_view *view, struct lt_out *out)
{
    lt_out_raw(out, "<thead><tr>");
    for (size_t i = 0; i < grid->column_count; i++) {
        const struct lt_grid_column *column = &grid->columns[i];
        if (!is_column(grid, view, i))
            continue;
        bool sorted = view->sort != NULL && strcmp(view->sort, column->name) == 0;
        lt_out_print(out, "<th scope=\"col\"%s%s>", is_number(column) ? " class=\"n\"" : "",
                     !sorted            ? ""
                     : view->descending ? " aria-sort=\"descending\""
                                        : " aria-sort=\"ascending\"");
        if (view->address != NULL) {
            link_to(view, out);
            lt_out_print(out, "sort=%s%s\">", column->name,
                         sorted && !view->descending ? "&amp;desc=1" : "");
        }
        lt_out_text(out, lt_grid_head(column));
        lt_out_raw(out, !sorted ? "" : view->descending ? " ↓" : " ↑");
        lt_out_raw(out, view->address != NULL ? "</a></th>" : "</th>");
    }
    lt_out_raw(out, "</tr></thead>");
}

static void way(const struct lt_grid_view *view, size_t page, const char *words, struct lt_out *out)
{
    link_to(view, out);
    if (view->sort != NULL)
        lt_out_print(out, "sort=%s%s&amp;", view->sort, view->descending ? "&amp;desc=1" : "");
    lt_out_print(out, "page=%zu\">%s</a> ", page, words);
}

static void ways(const struct lt_grid *grid, const struct lt_grid_view *view, size_t rows,
                 struct lt_out *out)
{
    char total[LT_NUMBER_TEXT_MAX];
    size_t pages = view->page_rows == 0 ? 1 : (rows + view->page_rows - 1) / view->page_rows;
    if ((pages < 2 && !grid->goes_on) || view->address == NULL)
        return;
    lt_text_number((int64_t)rows, total);
    lt_out_print(out, "<nav class=\"pages\" aria-label=\"%s\">", lt_text("Trang", "Pages"));
    if (view->page > 1) {
        way(view, 1, lt_text("Đầu", "First"), out);
        way(view, view->page - 1, lt_text("Trước", "Previous"), out);
    }
    if (grid->goes_on)
        lt_out_print(out, lt_text("<span>Trang %zu</span> ", "<span>Page %zu</span> "), view->page);
    else
        lt_out_print(out,
                     lt_text("<span>Trang %zu / %zu, %s dòng</span> ",
                             "<span>Page %zu of %zu, %s rows</span> "),
                     view->page, pages, total);
    if (view->page < pages || grid->goes_on)
        way(view, view->page + 1, lt_text("Sau", "Next"), out);
    if (view->page < pages && !grid->goes_on)
        way(view, pages, lt_text("Cuối", "Last"), out);
    if (rows <= LT_GRID_WHOLE_MAX && !grid->goes_on) {
        link_to(view, out);
        if (view->sort != NULL)
            lt_out_print(out, "sort=%s%s&amp;", view->sort, view->descending ? "&amp;desc=1" : "");
        lt_out_print(out, "whole=1\">%s</a>", lt_text("Tất cả, để in", "All, to be printed"));
    }
    lt_out_raw(out, "</nav>");
}

/* The heading of the group that begins with the row; nothing within a group. */
static void group(const struct lt_grid *grid, const struct lt_grid_view *view, size_t row,
                  bool first, struct lt_out *out)
{
    size_t width = 0;
    const char *text = lt_grid_text_of(grid, lt_grid_at(grid, row, 0)->text);
    if (!is_grouped(grid, view) ||
        (!first && strcmp(text, lt_grid_text_of(grid, lt_grid_at(grid, row - 1, 0)->text)) == 0))
        return;
    for (size_t i = 0; i < grid->column_count; i++)
        width += is_column(grid, view, i);
    lt_out_print(out, "<tr class=\"group\"><th scope=\"colgroup\" colspan=\"%zu\">", width);
    lt_out_text(out, text);
    lt_out_raw(out, "</th></tr>\n");
}

void lt_grid_html(const struct lt_grid *grid, const struct lt_grid_view *view, struct lt_out *out)
{
    size_t rows = lt_grid_rows(grid), from = 0, to = rows;
    if (view->page_rows > 0) {
        from = (view->page - 1) * view->page_rows;
        from = from < rows ? from : rows;
        to = from + view->page_rows < rows ? from + view->page_rows : rows;
    }
    lt_out_raw(out, "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"");
    lt_out_text(out, view->caption != NULL ? view->caption : "");
    lt_out_raw(out, "\"><table><caption class=\"aloud\">");
    lt_out_text(out, view->caption != NULL ? view->caption : "");
    lt_out_raw(out, "</caption>");
    heads(grid, view, out);
    lt_out_raw(out, "<tbody>");
    for (size_t row = from; row < to && !out->failed; row++) {
        group(grid, view, row, row == from, out);
        lt_out_raw(out, "<tr>");
        for (size_t column = 0; column < grid->column_count; column++)
            if (is_column(grid, view, column))
                cell(grid, lt_grid_at(grid, row, column), &grid->columns[column], out);
        lt_out_raw(out, "</tr>\n");
    }
    lt_out_raw(out, "</tbody></table></div>");
    if (rows == 0)
        lt_out_print(out, "<p class=\"empty\">%s</p>", lt_text("Không có gì.", "Nothing."));
    ways(grid, view, rows, out);
}
