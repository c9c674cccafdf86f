/* unit_table.h - an operator's file of units: read, resolved against the book, put in order.
 *
 *   code,parent,level,type,nature,name,valid_from,valid_to
 *
 * in any order; type, nature and the dates may be missing. An empty parent is the hub's own unit; else
 * the parent is the unit of that code, in the file or the book, that exists on the row's first day. What
 * the book says already is left out, so the same file again changes nothing. Pure but for memory. */
#ifndef LT_UNIT_TABLE_H
#define LT_UNIT_TABLE_H

#include "hub/csv.h"
#include "proto/rules.h"

struct lt_unit_row {
    struct lt_unit unit;
    lt_day valid_to;
    char parent_code[LT_CODE_BYTES_MAX + 1];
    struct lt_unit parent; /* resolved; code empty: the top of the tree */
    uint8_t level, nature;
    const char *type, *name;
    unsigned depth; /* below what the file does not hold */
};

struct lt_unit_table {
    struct lt_csv csv;
    struct lt_unit_row *rows;
    size_t count;
};

enum lt_result lt_unit_table_read(struct lt_bytes bytes, struct lt_unit_table *ret_table,
                                  struct lt_sheet_fault *ret_fault);
void lt_unit_table_free(struct lt_unit_table *table);

/* What is to be said. */
struct lt_unit_plan {
    Lienthong__Directive **items; /* in an order in which each prefix fits the book */
    size_t *rows; /* of the table */
    size_t count, unchanged;
    void *memory;
};
/* Resolves parents (into the rows) and leaves out what the book holds. Borrows from the table. */
enum lt_result lt_unit_table_plan(struct lt_unit_table *table, const struct lt_book *book,
                                  const struct lt_unit *own, bool is_top,
                                  struct lt_unit_plan *ret_plan, struct lt_sheet_fault *ret_fault);
void lt_unit_plan_free(struct lt_unit_plan *plan);
/* The fault of a row that lt_book_check_units refused. */
void lt_unit_table_refused(const struct lt_unit_table *table, size_t row, const char *reason,
                           struct lt_sheet_fault *ret_fault);

#endif
