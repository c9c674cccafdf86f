#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/text.h"
#include "hub/figures.h"
#include "hub/unread.h"

/* ---- JSON ---- */

static json_t *value_json(enum lt_dimension dimension, const struct lt_figure *row, size_t i)
{
    bool number =
        lt_dimension_counted(dimension) || (dimension == LT_DIM_YEAR && row->numbers[i] >> 16 == 0);
    return number ? json_integer((json_int_t)row->numbers[i]) : json_string(row->values[i]);
}

static json_t *cells_json(const struct lt_figures_query *query, const struct lt_figures *figures)
{
    json_t *cells = json_array();
    for (size_t i = 0; cells != NULL && i < figures->count; i++) {
        const struct lt_figure *row = &figures->rows[i];
        json_t *cell = json_object();
        int bad = cell == NULL;
        for (size_t j = 0; j < query->by_count; j++)
            bad |= json_object_set_new(cell, lt_dimension_name(query->by[j]),
                                       value_json(query->by[j], row, j));
        bad |= json_object_set_new(cell, "count", json_integer((json_int_t)row->count));
        bad |= json_object_set_new(cell, "quantity", json_integer((json_int_t)row->quantity));
        bad |= json_object_set_new(cell, "unconfirmed", json_integer((json_int_t)row->unconfirmed));
        if (row->unallocated)
            bad |= json_object_set_new(cell, "unallocated", json_true());
        if (json_array_append_new(cells, cell) != 0 || bad != 0) {
            json_decref(cells);
            return NULL;
        }
    }
    return cells;
}

/* NULL: it is not narrowed, and says nothing of it: publications keep the bytes that they had. */
static json_t *conditions_json(const struct lt_figures_query *query)
{
    json_t *conditions = query->where_count > 0 ? json_object() : NULL;
    for (size_t i = 0; i < query->where_count; i++)
        json_object_set_new(conditions, lt_dimension_name(query->where[i].dimension),
                            json_string(query->where[i].value));
    return conditions;
}

char *lt_figures_json(const struct lt_figures_query *query, const struct lt_figures *figures)
{
    const struct lt_place *place = query->place;
    char period[LT_FIGURES_PERIOD_MAX], directives[65], from[11] = "", tree[11] = "";
    struct lt_figures_query years = *query;
    char year[LT_FIGURES_PERIOD_MAX];
    if (place->unit.valid_from != 0)
        lt_day_format_iso(place->unit.valid_from, from);
    if (query->tree != 0)
        lt_day_format_iso(query->tree, tree);
    lt_figures_period_text(query, period);
    years.month_from = years.month_to = 0;
    lt_figures_period_text(&years, year);
    lt_hex(figures->directives.bytes, 32, directives);
    json_t *cells = cells_json(query, figures);
    json_t *document =
        cells == NULL
            ? NULL
            : json_pack(
                  "{s:s, s:{s:s, s:s, s:s}, s:s, s:s, s:s, s:s, s:o*, s:s, s:I, s:b, s:I, s:o}",
                  "schema", "lienthong.figures/1", "place", "code", place->unit.code, "valid_from",
                  from, "name", place->name, "year", year, "period", period, "tree", tree, "basis",
                  query->decided ? "decided" : "achieved", "where", conditions_json(query),
                  "directives", directives, "updates", (json_int_t)figures->updates, "rebuilding",
                  (int)figures->rebuilding, "unread_updates", (json_int_t)figures->unread, "cells",
                  cells);
    char *text = document == NULL ? NULL : json_dumps(document, JSON_INDENT(1));
    json_decref(document);
    return text;
}

/* ---- A table ---- */

enum { NUMBERS = 3, COLUMNS_MAX = LT_DIM_COUNT + NUMBERS };

/* Columns that a text takes on a terminal: characters that are not combined, none of them wide. */
static size_t width_of(const char *text)
{
    size_t width = 0;
    for (; *text != '\0'; text++)
        width += ((unsigned char)*text & 0xc0) != 0x80;
    return width;
}

/* As it was called in the year shown (the last one asked for): at its end, else at its beginning. */
static const char *title_name(const struct lt_figures_query *query, const struct lt_book *book,
                              const struct lt_figure *row, const char *code)
{
    int year = query->year_to;
    for (size_t i = 0; i < query->by_count; i++)
        if (query->by[i] == LT_DIM_YEAR)
            year = (int)(row->numbers[i] & 0xffff);
    lt_day first, last;
    const struct lt_title *title = NULL;
    if (lt_day_make(year, 1, 1, &first) == LT_OK && lt_day_make(year, 12, 31, &last) == LT_OK) {
        title = lt_book_title(book, code, last);
        title = title != NULL ? title : lt_book_title(book, code, first);
    }
    title = title != NULL ? title : lt_book_title(book, code, 0);
    return title == NULL ? "" : lt_text(title->name, title->name_en);
}

void lt_figures_cell(const struct lt_figures_query *query, const struct lt_book *book,
                     const struct lt_figure *row, size_t column, char *ret_text, size_t max)
{
    const int64_t numbers[NUMBERS] = {row->count, row->quantity, row->unconfirmed};
    if (column >= query->by_count) {
        lt_text_number(numbers[column - query->by_count], ret_text);
        return;
    }
    enum lt_dimension dimension = query->by[column];
    const char *value = row->values[column], *name = "";
    struct lt_unit unit;
    bool dated;
    if (lt_dimension_listed(dimension)) {
        value = lt_dimension_show(dimension, (uint8_t)row->numbers[column]);
    } else if (lt_dimension_counted(dimension) && row->numbers[column] == 0) {
        value = "";
    } else if (dimension == LT_DIM_CODE) {
        name = title_name(query, book, row, value);
    } else if (dimension == LT_DIM_PLACE && row->unallocated) {
        name =
            lt_text("(chưa phân bổ được cho đơn vị trực thuộc)", "(not allocated to a unit below)");
    } else if (dimension == LT_DIM_PLACE && lt_unit_parse(value, &unit, &dated) == LT_OK) {
        const struct lt_place *place = lt_book_place(book, &unit);
        name = place == NULL ? "" : place->name;
    }
    (void)snprintf(ret_text, max, "%s%s%s", value[0] == '\0' ? "–" : value,
                   name[0] == '\0' ? "" : " ", name);
}

const char *lt_figures_head(const struct lt_figures_query *query, size_t column)
{
    if (column < query->by_count)
        return lt_dimension_label(query->by[column]);
    column -= query->by_count;
    return column == 0   ? lt_text("Bản ghi", "Records")
           : column == 1 ? lt_text("Lượt", "Awards")
                         : lt_text("Chưa xác nhận", "Unconfirmed");
}

static void put_cell(FILE *out, const char *text, size_t width, bool right, bool last)
{
    size_t pad = width - width_of(text);
    if (right)
        (void)fprintf(out, "%*s", (int)pad, "");
    (void)fputs(text, out);
    if (!right && !last)
        (void)fprintf(out, "%*s", (int)pad, "");
    (void)fputs(last ? "\n" : "  ", out);
}

void lt_figures_manner_text(const struct lt_figures_query *query,
                            char ret_text[LT_FIGURES_MANNER_MAX])
{
    char day[11];
    int size = snprintf(
        ret_text, LT_FIGURES_MANNER_MAX, "%s",
        query->decided ? lt_text(", theo ngày quyết định", ", by date of decision")
                       : lt_text(", theo thời gian lập thành tích", ", by period of achievement"));
    if (query->tree == 0)
        return;
    lt_day_format_iso(query->tree, day);
    (void)snprintf(ret_text + size, LT_FIGURES_MANNER_MAX - (size_t)size,
                   lt_text(", theo cây đơn vị ngày %s", ", in the tree of %s"), day);
}

void lt_figures_filter_text(const struct lt_figures_query *query,
                            char ret_text[LT_FIGURES_FILTER_MAX])
{
    size_t size = 0;
    ret_text[0] = '\0';
    for (size_t i = 0; i < query->where_count && size < LT_FIGURES_FILTER_MAX; i++) {
        const enum lt_dimension dimension = query->where[i].dimension;
        const char *value = query->where[i].value;
        if (lt_dimension_listed(dimension))
            value = lt_dimension_show(dimension, lt_dimension_value(dimension, value));
        size += (size_t)snprintf(ret_text + size, LT_FIGURES_FILTER_MAX - size, "; %s: %s",
                                 lt_dimension_label(dimension), value[0] == '\0' ? "–" : value);
    }
}

void lt_figures_title(FILE *out, const struct lt_figures_query *query,
                      const struct lt_figures *figures)
{
    char period[LT_FIGURES_PERIOD_MAX], unit[LT_UNIT_TEXT_MAX];
    char manner[LT_FIGURES_MANNER_MAX], filter[LT_FIGURES_FILTER_MAX];
    lt_figures_manner_text(query, manner);
    lt_figures_period_text(query, period);
    lt_unit_format(&query->place->unit, unit);
    (void)fprintf(out,
                  query->month_from != 0 ? lt_text("%s (%s), kỳ %s%s", "%s (%s), period %s%s")
                                         : lt_text("%s (%s), năm %s%s", "%s (%s), year %s%s"),
                  query->place->name, unit, period, manner);
    lt_figures_filter_text(query, filter);
    (void)fprintf(out, "%s\n", filter);
    if (figures->rebuilding)
        (void)fputs(
            lt_text("Đang tính lại theo chỉ thị mới; số liệu dưới đây là trước đó.\n",
                    "Being judged again by new directives; these are the figures before.\n"),
            out);
    lt_unread_tell(out, figures->unread);
}

char *lt_figures_table(const struct lt_figures_query *query, const struct lt_figures *figures,
                       const struct lt_book *book)
{
    char *table = NULL, text[LT_LONG_TEXT_BYTES_MAX * 2];
    size_t size = 0, widths[COLUMNS_MAX], columns = query->by_count + NUMBERS;
    FILE *out = open_memstream(&table, &size);
    if (out == NULL)
        return NULL;
    lt_figures_title(out, query, figures);
    for (size_t j = 0; j < columns; j++) {
        widths[j] = width_of(lt_figures_head(query, j));
        for (size_t i = 0; i < figures->count; i++) {
            lt_figures_cell(query, book, &figures->rows[i], j, text, sizeof text);
            widths[j] = width_of(text) > widths[j] ? width_of(text) : widths[j];
        }
    }
    for (size_t j = 0; j < columns; j++)
        put_cell(out, lt_figures_head(query, j), widths[j], j >= query->by_count, j + 1 == columns);
    for (size_t i = 0; i < figures->count; i++)
        for (size_t j = 0; j < columns; j++) {
            lt_figures_cell(query, book, &figures->rows[i], j, text, sizeof text);
            put_cell(out, text, widths[j], j >= query->by_count, j + 1 == columns);
        }
    if (figures->count == 0)
        (void)fputs(lt_text("(không có số liệu)\n", "(nothing)\n"), out);
    if (fclose(out) != 0) {
        free(table);
        return NULL;
    }
    return table;
}
