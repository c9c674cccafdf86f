#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/text.h"
#include "hub/web/fleet.h"
#include "hub/web/grid_own.h"

struct lt_grid *lt_grid_new(const struct lt_grid_column *columns, size_t count)
{
    struct lt_grid *grid = count <= LT_GRID_COLUMNS_MAX ? calloc(1, sizeof *grid) : NULL;
    if (grid == NULL)
        return NULL;
    memcpy(grid->columns, columns, count * sizeof *columns);
    grid->column_count = count;
    lt_out_bytes(&grid->texts, "", 1); /* so that 0 is no text */
    return grid;
}

void lt_grid_free(struct lt_grid *grid)
{
    if (grid == NULL)
        return;
    free(grid->cells);
    free(grid->order);
    lt_out_free(&grid->texts);
    free(grid);
}

static size_t keep(struct lt_grid *grid, const char *text)
{
    size_t at = grid->texts.size;
    if (text == NULL || text[0] == '\0')
        return 0;
    lt_out_bytes(&grid->texts, text, strlen(text) + 1);
    return at;
}

static void add(struct lt_grid *grid, const char *text, const char *href, const char *tone,
                int64_t number, bool none)
{
    if (grid->cell_count == grid->capacity) {
        size_t capacity = grid->capacity == 0 ? 1024 : grid->capacity * 2;
        struct lt_grid_cell *cells = grid->failed || capacity > 2 * LT_GRID_CELLS_MAX
                                         ? NULL
                                         : realloc(grid->cells, capacity * sizeof *cells);
        grid->failed = cells == NULL;
        if (cells == NULL)
            return;
        grid->cells = cells;
        grid->capacity = capacity;
    }
    grid->cells[grid->cell_count++] =
        (struct lt_grid_cell){keep(grid, text), keep(grid, href), keep(grid, tone), number, none};
}

void lt_grid_text(struct lt_grid *grid, const char *text)
{
    add(grid, text, NULL, NULL, 0, false);
}

void lt_grid_link(struct lt_grid *grid, const char *text, const char *href)
{
    add(grid, text, href, NULL, 0, false);
}

void lt_grid_tone(struct lt_grid *grid, const char *text, const char *tone)
{
    add(grid, text, NULL, tone, 0, false);
}

void lt_grid_number(struct lt_grid *grid, int64_t number)
{
    add(grid, NULL, NULL, NULL, number, false);
}

void lt_grid_number_link(struct lt_grid *grid, int64_t number, const char *href)
{
    add(grid, NULL, href, NULL, number, false);
}

void lt_grid_time(struct lt_grid *grid, int64_t at)
{
    add(grid, NULL, NULL, NULL, at, at == 0);
}

void lt_grid_none(struct lt_grid *grid)
{
    add(grid, NULL, NULL, NULL, 0, true);
}

void lt_grid_grouped(struct lt_grid *grid)
{
    grid->grouped = true;
}

void lt_grid_goes_on(struct lt_grid *grid)
{
    grid->goes_on = true;
}

size_t lt_grid_rows(const struct lt_grid *grid)
{
    return grid->cell_count / grid->column_count;
}

bool lt_grid_failed(const struct lt_grid *grid)
{
    return grid->failed || grid->texts.failed;
}

const struct lt_grid_cell *lt_grid_at(const struct lt_grid *grid, size_t row, size_t column)
{
    size_t at = grid->order != NULL ? grid->order[row] : row;
    return &grid->cells[at * grid->column_count + column];
}

const char *lt_grid_text_of(const struct lt_grid *grid, size_t text)
{
    return text == 0 || grid->texts.failed ? "" : grid->texts.bytes + text;
}

const char *lt_grid_head(const struct lt_grid_column *column)
{
    return lt_text(column->vietnamese, column->english);
}

/* ---- Order ---- */

struct sorting {
    const struct lt_grid *grid;
    size_t column;
    bool descending;
    char **folded; /* texts of the column by row; NULL: numbers */
};

/* What is not known stands last, in either direction. */
static int compare(const void *a, const void *b, void *context)
{
    const struct sorting *sorting = context;
    const struct lt_grid *grid = sorting->grid;
    const size_t left = *(const size_t *)a, right = *(const size_t *)b;
    const struct lt_grid_cell *one = &grid->cells[left * grid->column_count + sorting->column];
    const struct lt_grid_cell *other = &grid->cells[right * grid->column_count + sorting->column];
    int order = 0;
    if (one->none != other->none)
        return one->none ? 1 : -1;
    if (grid->columns[sorting->column].kind == LT_GRID_TEXT) {
        order = strcmp(sorting->folded[left], sorting->folded[right]);
        if (order == 0)
            order = strcmp(lt_grid_text_of(grid, one->text), lt_grid_text_of(grid, other->text));
    } else
        order = (one->number > other->number) - (one->number < other->number);
    if (order == 0)
        return (left > right) - (left < right);
    return sorting->descending ? -order : order;
}

/* As readers look for them: Đ with D, Â with A, whatever their case. NULL: memory. */
static char **fold(const struct lt_grid *grid, size_t column, size_t rows)
{
    char **folded = calloc(rows + 1, sizeof *folded);
    bool good = folded != NULL;
    for (size_t i = 0; good && i < rows; i++) {
        const struct lt_grid_cell *cell = &grid->cells[i * grid->column_count + column];
        folded[i] = lt_fleet_fold(lt_grid_text_of(grid, cell->text));
        if (folded[i] == NULL) /* no letters to Unicode */
            folded[i] = strdup(lt_grid_text_of(grid, cell->text));
        good = folded[i] != NULL;
    }
    if (good || folded == NULL)
        return folded;
    for (size_t i = 0; i < rows; i++)
        free(folded[i]);
    free(folded);
    return NULL;
}

bool lt_grid_sort(struct lt_grid *grid, const char *name, bool descending)
{
    struct sorting sorting = {grid, 0, descending, NULL};
    size_t rows = lt_grid_rows(grid);
    while (sorting.column < grid->column_count &&
           strcmp(grid->columns[sorting.column].name, name) != 0)
        sorting.column++;
    if (sorting.column == grid->column_count)
        return false;
    free(grid->order);
    grid->order = malloc((rows + 1) * sizeof *grid->order);
    grid->failed = grid->failed || grid->order == NULL;
    for (size_t i = 0; i < rows && grid->order != NULL; i++)
        grid->order[i] = i;
    const bool text = grid->columns[sorting.column].kind == LT_GRID_TEXT;
    if (text)
        sorting.folded = fold(grid, sorting.column, rows);
    grid->failed = grid->failed || (text && sorting.folded == NULL);
    if (!grid->failed)
        qsort_r(grid->order, rows, sizeof *grid->order, compare, &sorting);
    for (size_t i = 0; sorting.folded != NULL && i < rows; i++)
        free(sorting.folded[i]);
    free(sorting.folded);
    return true;
}
