/* grid.h - rows described once, and written as a page's table, JSON, CSV or a workbook.
 *
 * Cells are copied. A number that is not known is "…" on a page, null in JSON, empty elsewhere; times are
 * seconds since 1970. Pages show a slice and sort in place; data is whole. Texts follow the language of the
 * thread. One thread. */
#ifndef LT_WEB_GRID_H
#define LT_WEB_GRID_H

#include <stdint.h>

#include "hub/web/out.h"
#include "proto/result.h"

enum {
    LT_GRID_COLUMNS_MAX = 64,
    LT_GRID_CELLS_MAX = 4 * 1000 * 1000,
    LT_GRID_WHOLE_MAX = 5000 /* rows that a page may show at once, to be printed */
};

enum lt_grid_kind {
    LT_GRID_TEXT,
    LT_GRID_NUMBER,
    LT_GRID_POINTS /* in hundredths */,
    LT_GRID_TIME
};

struct lt_grid_column {
    const char *name; /* in data, and in ?sort= */
    const char *vietnamese, *english; /* head on a page; NULL: in data only */
    enum lt_grid_kind kind;
};

struct lt_grid;
/* `columns` are copied, their texts borrowed. NULL: memory. */
struct lt_grid *lt_grid_new(const struct lt_grid_column *columns, size_t count);
void lt_grid_free(struct lt_grid *grid); /* NULL ok */

/* The cells of a row come one after the other, in the order of the columns. */
void lt_grid_text(struct lt_grid *grid, const char *text);
/* `href` an address of ours; `tone` a class of the style sheet ("bad", "warn", "good"), or NULL. */
void lt_grid_link(struct lt_grid *grid, const char *text, const char *href);
void lt_grid_tone(struct lt_grid *grid, const char *text, const char *tone);
void lt_grid_number(struct lt_grid *grid, int64_t number);
void lt_grid_number_link(struct lt_grid *grid, int64_t number, const char *href);
void lt_grid_time(struct lt_grid *grid, int64_t at); /* 0: never */
void lt_grid_none(struct lt_grid *grid); /* not known; hidden */

/* The first column says to which group a row belongs: in the order that they came a page has it once, above the group's rows. */
void lt_grid_grouped(struct lt_grid *grid);
/* More rows follow than it holds: a page says that it goes on, and not how far. */
void lt_grid_goes_on(struct lt_grid *grid);

size_t lt_grid_rows(const struct lt_grid *grid);
/* Out of memory, or of cells: what it holds is not whole. */
bool lt_grid_failed(const struct lt_grid *grid);

/* Stable; false: no column of that name. */
bool lt_grid_sort(struct lt_grid *grid, const char *name, bool descending);

struct lt_grid_view {
    const char *address; /* with its query, without sort and page; NULL: heads are no links */
    const char *sort; /* NULL: as it came */
    bool descending;
    size_t page, page_rows; /* from 1; rows of a page, 0: all */
    const char *caption; /* read aloud by screen readers */
};
/* The table, and the ways to other pages. */
void lt_grid_html(const struct lt_grid *grid, const struct lt_grid_view *view, struct lt_out *out);
/* "rows":[{…}…] without what stands around. */
void lt_grid_json(const struct lt_grid *grid, struct lt_out *out);
void lt_grid_csv(const struct lt_grid *grid, struct lt_out *out);
/* LT_IO, LT_NO_MEMORY. `title` and `notes` (NULL: none) stand above the heads. */
enum lt_result lt_grid_xlsx(const struct lt_grid *grid, const char *title, const char *notes,
                            struct lt_out *out);

#endif
