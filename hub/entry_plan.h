/* entry_plan.h - an operator's file whose rows become directives that need nothing but the book: the
 * plan, and what the readers of such files share. Pure but for memory. */
#ifndef LT_ENTRY_PLAN_H
#define LT_ENTRY_PLAN_H

#include "hub/csv.h"
#include "proto/standing.h"

/* Directives of a file; `rows` maps an item to its row in the file. Zero-initialise; free it in any case. */
struct lt_entry_plan {
    struct lt_csv csv;
    size_t row_count; /* of the file */
    Lienthong__Directive **items;
    size_t *rows;
    size_t count;
    void *memory;
};
void lt_entry_plan_free(struct lt_entry_plan *plan);

/* Reads the file and makes room for one directive a row; `entry_size` of a row's own memory each. */
enum lt_result lt_entry_plan_begin(struct lt_bytes bytes, const struct lt_csv_column *columns,
                                   size_t column_count, size_t entry_size,
                                   struct lt_entry_plan *plan, struct lt_sheet_fault *ret_fault);
/* The unit of a word in a cell, as on a day of from..to. A fault names the candidates. */
enum lt_result lt_entry_unit(const struct lt_csv *csv, size_t row, size_t column, const char *word,
                             const struct lt_book *book, lt_day from, lt_day to,
                             const struct lt_place **ret_place, struct lt_sheet_fault *ret_fault);
/* A word of one of proto's lists; 0 for an empty cell. */
enum lt_result lt_entry_word(const struct lt_csv *csv, size_t row, size_t column,
                             const char *(*name_of)(uint8_t), uint8_t *ret_value,
                             struct lt_sheet_fault *ret_fault);
/* Copies a place's unit into the row's own room, since the book may go before the plan, and points a wire
 * unit at it. */
void lt_entry_wire(const struct lt_place *place, struct lt_unit *room, Lienthong__Unit *ret_wire);
/* protobuf-c only reads it. */
char *lt_entry_text(const char *text);

#endif
