/* obligation_table.h - who owes what for which period by when, as a file.
 *
 *   unit,within,level,nature,kind,period,due,exempt
 *
 * in any order. unit: one unit; or it is empty, and within, level and nature describe units (empty: this hub's
 * whole tree, any level, any nature). kind: what is owed (empty: everything). period: 2024, 2024/2025,
 * 2020-2025, 2024-05, 2024-Q1, 2024-H1. due: the last day. exempt: yes, or empty. Pure but for memory. */
#ifndef LT_OBLIGATION_TABLE_H
#define LT_OBLIGATION_TABLE_H

#include "hub/entry_plan.h"

enum lt_result lt_obligation_table_plan(struct lt_bytes bytes, const struct lt_book *book,
                                        struct lt_entry_plan *plan,
                                        struct lt_sheet_fault *ret_fault);

#endif
