/* list_rows.h - what a list of each kind of record shows: columns, groups, and the cells of a record.
 *
 * Cells are borrowed from the record and from the cells' own room. One thread. */
#ifndef LT_LIST_ROWS_H
#define LT_LIST_ROWS_H

#include "hub/items.h"
#include "hub/print.h"
#include "proto/standing.h"

enum { LT_LIST_GROUPS_MAX = 3, LT_LIST_TEXTS_MAX = 12, LT_LIST_TEXT_BYTES = 80 };

struct lt_list_cells {
    const char *cells[LT_PRINT_COLUMNS_MAX];
    char texts[LT_LIST_TEXTS_MAX][LT_LIST_TEXT_BYTES]; /* what is not borrowed */
    size_t text_count;
    char *grown; /* a list of units or totals; freed by the next fill */
};

struct lt_list_kind {
    const char *name, *schema;
    uint8_t kind; /* enum lt_kind */
    const struct lt_print_column *columns;
    size_t column_count;
    struct {
        const char *vietnamese, *english; /* NULL: no more groups */
    } groups[LT_LIST_GROUPS_MAX];
    uint8_t (*group_of)(const struct lt_item_view *view);
    void (*fill)(const struct lt_item_view *view, const struct lt_book *book,
                 struct lt_list_cells *cells);
};

/* By the name of the command; NULL: there is none. */
const struct lt_list_kind *lt_list_kind_of(const char *name);
/* Fills every cell, "" for what is not stated. */
void lt_list_fill(const struct lt_list_kind *kind, const struct lt_item_view *view,
                  const struct lt_book *book, struct lt_list_cells *ret_cells);

#endif
