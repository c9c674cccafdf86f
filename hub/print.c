#include "hub/print.h"

#include <assert.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "agent/table.h"
#include "agent/text.h"

struct line {
    char *heading; /* NULL: a row */
    char **cells;
};

struct lt_print {
    FILE *out; /* NULL: `taker` has the rows */
    const struct lt_print_taker *taker;
    enum lt_print_format format;
    const struct lt_print_column *columns;
    size_t column_count, rows;
    struct line *lines; /* of a table */
    size_t line_count, line_capacity;
    bool no_memory;
};

struct lt_print *lt_print_begin(FILE *out, enum lt_print_format format, const char *schema,
                                const char *head, const struct lt_print_column *columns,
                                size_t count)
{
    struct lt_print *print = calloc(1, sizeof *print);
    assert(count <= LT_PRINT_COLUMNS_MAX);
    if (print == NULL)
        return NULL;
    *print =
        (struct lt_print){.out = out, .format = format, .columns = columns, .column_count = count};
    if (format == LT_PRINT_JSON)
        (void)fprintf(out, "{\"schema\":\"%s\",%s%s\"rows\":[", schema, head == NULL ? "" : head,
                      head == NULL ? "" : ",");
    if (format == LT_PRINT_CSV) {
        lt_table_write_bom(out);
        for (size_t i = 0; i < count; i++)
            lt_table_write(out, columns[i].name, ',', i == 0);
        lt_table_end_row(out);
    }
    return print;
}

struct lt_print *lt_print_to(const struct lt_print_taker *taker)
{
    struct lt_print *print = calloc(1, sizeof *print);
    if (print != NULL)
        print->taker = taker;
    return print;
}

/* ---- Cells ---- */

void lt_points_text(int64_t points, char mark, char ret_text[LT_NUMBER_TEXT_MAX])
{
    const long long size = points < 0 ? -points : points;
    (void)snprintf(ret_text, LT_NUMBER_TEXT_MAX, "%s%lld%c%02lld", points < 0 ? "-" : "",
                   size / 100, mark, size % 100);
}

/* As it stands in CSV. */
static const char *plain(const struct lt_print_column *column, const char *cell,
                         char buffer[LT_NUMBER_TEXT_MAX])
{
    if (column->kind != LT_PRINT_POINTS || cell[0] == '\0')
        return cell;
    lt_points_text(strtoll(cell, NULL, 10), '.', buffer);
    return buffer;
}

/* As it stands on a terminal. */
static char *shown(const struct lt_print_column *column, const char *cell)
{
    char buffer[LT_NUMBER_TEXT_MAX];
    if (cell[0] != '\0' && column->kind == LT_PRINT_NUMBER)
        lt_text_number(strtoll(cell, NULL, 10), buffer);
    else if (cell[0] != '\0' && column->kind == LT_PRINT_POINTS)
        lt_points_text(strtoll(cell, NULL, 10), lt_text_is_english() ? '.' : ',', buffer);
    else
        return strdup(cell);
    return strdup(buffer);
}

static json_t *value(const struct lt_print_column *column, const char *cell)
{
    if (column->kind == LT_PRINT_TEXT)
        return json_string(cell);
    if (cell[0] == '\0')
        return json_null();
    const long long number = strtoll(cell, NULL, 10);
    return column->kind == LT_PRINT_NUMBER ? json_integer((json_int_t)number)
                                           : json_real((double)number / 100);
}

/* ---- Rows ---- */

static struct line *add_line(struct lt_print *print)
{
    if (print->line_count == print->line_capacity) {
        const size_t capacity = print->line_capacity == 0 ? 64 : print->line_capacity * 2;
        struct line *grown = realloc(print->lines, capacity * sizeof *grown);
        if (grown == NULL)
            return NULL;
        print->lines = grown;
        print->line_capacity = capacity;
    }
    struct line *line = &print->lines[print->line_count++];
    *line = (struct line){0};
    return line;
}

static bool keep_row(struct lt_print *print, const char *const *cells)
{
    struct line *line = add_line(print);
    if (line == NULL)
        return false;
    line->cells = calloc(print->column_count, sizeof *line->cells);
    for (size_t i = 0; line->cells != NULL && i < print->column_count; i++) {
        line->cells[i] = shown(&print->columns[i], cells[i]);
        if (line->cells[i] == NULL)
            return false;
    }
    return line->cells != NULL;
}

static bool put_json(struct lt_print *print, const char *const *cells)
{
    json_t *object = json_object();
    int bad = object == NULL;
    for (size_t i = 0; i < print->column_count; i++)
        bad |= json_object_set_new(object, print->columns[i].name,
                                   value(&print->columns[i], cells[i]));
    char *text =
        bad != 0 ? NULL
                 : json_dumps(object, JSON_COMPACT | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(15));
    json_decref(object);
    if (text == NULL)
        return false;
    (void)fprintf(print->out, "%s%s", print->rows == 0 ? "\n" : ",\n", text);
    free(text);
    return true;
}

static void put_csv(struct lt_print *print, const char *const *cells)
{
    char buffer[LT_NUMBER_TEXT_MAX];
    for (size_t i = 0; i < print->column_count; i++)
        lt_table_write(print->out, plain(&print->columns[i], cells[i], buffer), ',', i == 0);
    lt_table_end_row(print->out);
}

void lt_print_row(struct lt_print *print, const char *const *cells)
{
    bool good = true;
    if (print->taker != NULL)
        good = print->taker->row(print->taker->context, cells);
    else if (print->format == LT_PRINT_CSV)
        put_csv(print, cells);
    else
        good = print->format == LT_PRINT_JSON ? put_json(print, cells) : keep_row(print, cells);
    print->no_memory = print->no_memory || !good;
    print->rows++;
}

void lt_print_heading(struct lt_print *print, const char *text)
{
    if (print->taker != NULL) {
        print->taker->heading(print->taker->context, text);
        return;
    }
    if (print->format != LT_PRINT_TABLE)
        return;
    struct line *line = add_line(print);
    if (line == NULL || (line->heading = strdup(text)) == NULL)
        print->no_memory = true;
}

/* ---- The table ---- */

/* Columns that a text takes on a terminal. */
static size_t width_of(const char *text)
{
    size_t width = 0;
    for (; *text != '\0'; text++)
        width += ((unsigned char)*text & 0xC0) != 0x80;
    return width;
}

static const char *label(const struct lt_print_column *column)
{
    return lt_text_is_english() ? column->english : column->vietnamese;
}

static void put_cell(FILE *out, const char *text, size_t width, bool right, bool last)
{
    const size_t used = width_of(text);
    const int pad = used < width ? (int)(width - used) : 0;
    if (right)
        (void)fprintf(out, "%*s%s", pad, "", text);
    else
        (void)fprintf(out, "%s%*s", text, last ? 0 : pad, "");
    (void)fputs(last ? "\n" : "  ", out);
}

static size_t last_shown(const struct lt_print *print)
{
    size_t last = 0;
    for (size_t i = 0; i < print->column_count; i++)
        last = print->columns[i].vietnamese != NULL ? i : last;
    return last;
}

/* The row after `at`, before a heading: widths are those of one block. */
static size_t block_end(const struct lt_print *print, size_t at)
{
    while (at < print->line_count && print->lines[at].heading == NULL)
        at++;
    return at;
}

static void widths_of(const struct lt_print *print, size_t from, size_t to,
                      size_t ret_widths[LT_PRINT_COLUMNS_MAX])
{
    for (size_t i = 0; i < print->column_count; i++) {
        ret_widths[i] =
            print->columns[i].vietnamese == NULL ? 0 : width_of(label(&print->columns[i]));
        for (size_t row = from; row < to; row++) {
            const size_t its = width_of(print->lines[row].cells[i]);
            ret_widths[i] = its > ret_widths[i] ? its : ret_widths[i];
        }
    }
}

static void put_block(const struct lt_print *print, size_t from, size_t to)
{
    size_t widths[LT_PRINT_COLUMNS_MAX];
    const size_t last = last_shown(print);
    widths_of(print, from, to, widths);
    for (size_t row = from; row <= to; row++) { /* the head first */
        for (size_t i = 0; i <= last; i++) {
            const struct lt_print_column *column = &print->columns[i];
            if (column->vietnamese != NULL)
                /* NOLINTNEXTLINE(clang-analyzer-core.CallAndMessage): widths_of has filled them */
                put_cell(print->out, row == from ? label(column) : print->lines[row - 1].cells[i],
                         widths[i], column->kind != LT_PRINT_TEXT, i == last);
        }
    }
}

static void put_nothing(const struct lt_print *print)
{
    (void)fputs(lt_text("(không có gì)\n", "(nothing)\n"), print->out);
}

static void put_table(const struct lt_print *print)
{
    size_t at = 0;
    while (at < print->line_count) {
        if (print->lines[at].heading != NULL) {
            (void)fprintf(print->out, "%s%s\n", at == 0 ? "" : "\n", print->lines[at].heading);
            at++;
            if (block_end(print, at) == at)
                put_nothing(print);
            continue;
        }
        const size_t end = block_end(print, at);
        put_block(print, at, end);
        at = end;
    }
    if (print->line_count == 0)
        put_nothing(print);
}

enum lt_result lt_print_end(struct lt_print *print, size_t *ret_rows)
{
    FILE *out = print->out;
    enum lt_result result = LT_OK;
    if (out != NULL && print->format == LT_PRINT_JSON)
        (void)fputs("\n]}\n", out);
    if (out != NULL && print->format == LT_PRINT_TABLE && !print->no_memory)
        put_table(print);
    if (print->no_memory)
        result = LT_NO_MEMORY;
    else if (out != NULL && (fflush(out) != 0 || ferror(out) != 0))
        result = LT_IO;
    if (ret_rows != NULL)
        *ret_rows = print->rows;
    for (size_t i = 0; i < print->line_count; i++) {
        for (size_t j = 0; print->lines[i].cells != NULL && j < print->column_count; j++)
            free(print->lines[i].cells[j]);
        free(print->lines[i].cells);
        free(print->lines[i].heading);
    }
    free(print->lines);
    free(print);
    return result;
}
