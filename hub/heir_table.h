/* heir_table.h - successions as a file: which unit has gone into which, read, resolved against the book and
 * turned into directives for what the book does not say yet.
 *
 *   code,valid_from,valid_to,successor,successor_valid_from,part,main
 *
 * in any order; valid_from, valid_to and main may be left out. A unit is the one of its code that ends on
 * valid_to, or, without one, the only one that has ended; a successor the one that begins on
 * successor_valid_from. part is whole or split; main is yes, no or empty: of a unit that went whole the one
 * successor speaks for it, of a split one nobody does unless the file says who. Pure but for memory. */
#ifndef LT_HEIR_TABLE_H
#define LT_HEIR_TABLE_H

#include "hub/entry_plan.h"

/* Items stand by unit, so that a split is said whole. On failure *ret_fault names line, column and reason. */
enum lt_result lt_heir_table_plan(struct lt_bytes bytes, const struct lt_book *book,
                                  struct lt_entry_plan *plan, struct lt_sheet_fault *ret_fault);

#endif
