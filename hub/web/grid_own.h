/* grid_own.h - the inside of a grid; private to hub/web/grid*.c. */
#ifndef LT_WEB_GRID_OWN_H
#define LT_WEB_GRID_OWN_H

#include "hub/web/grid.h"

struct lt_grid_cell {
    size_t text, href, tone; /* in `texts`; 0: none */
    int64_t number;
    bool none;
};

struct lt_grid {
    struct lt_grid_column columns[LT_GRID_COLUMNS_MAX];
    size_t column_count;
    struct lt_grid_cell *cells;
    size_t cell_count, capacity;
    size_t *order; /* rows as they are shown; NULL: as they came */
    struct lt_out texts;
    bool failed, goes_on, grouped;
};

const struct lt_grid_cell *lt_grid_at(const struct lt_grid *grid, size_t row, size_t column);
const char *lt_grid_text_of(const struct lt_grid *grid, size_t text);
const char *lt_grid_head(const struct lt_grid_column *column);

#endif
