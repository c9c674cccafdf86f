/* title_table.h - the catalogue of titles and forms as a file: read and compared with the book.
 *
 *   code,kind,name,name_en,recipients,levels,law,valid_from,valid_to
 *
 * in any order; kind is title or form; recipients and levels are words apart by spaces, none meaning
 * all. What the book says already is left out. Pure but for memory. */
#ifndef LT_TITLE_TABLE_H
#define LT_TITLE_TABLE_H

#include "hub/csv.h"
#include "proto/rules.h"

struct lt_title_table {
    struct lt_csv csv;
    size_t count;
    struct lt_title_row *rows;
};

enum lt_result lt_title_table_read(struct lt_bytes bytes, struct lt_title_table *ret_table,
                                   struct lt_sheet_fault *ret_fault);
void lt_title_table_free(struct lt_title_table *table);

/* Directives for what the book does not say; borrowed from the table, the array is malloc'ed. */
/* A row whose dates overlap an entry of the book that the file does not replace: LT_MALFORMED. */
enum lt_result lt_title_table_check(const struct lt_title_table *table, const struct lt_book *book,
                                    struct lt_sheet_fault *ret_fault);
enum lt_result lt_title_table_plan(struct lt_title_table *table, const struct lt_book *book,
                                   Lienthong__Directive ***ret_items, size_t *ret_count);

#endif
