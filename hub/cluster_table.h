/* cluster_table.h - clusters and movements from above as files: read, resolved against the book, and
 * turned into directives for what the book does not say yet.
 *
 *   clusters    code,name,level,year,managing,lead,members     members: codes apart by blanks
 *   movements   code,name,launcher,scope,from,to,method,implements
 *
 * in any order. Units are CODE or CODE@DATE; a bare code means the unit that bears it in the cluster's year,
 * on the movement's first day if it is
 * stated. Pure but for memory. */
#ifndef LT_CLUSTER_TABLE_H
#define LT_CLUSTER_TABLE_H

#include "hub/entry_plan.h"

/* On failure *ret_fault names line, column and reason. */
enum lt_result lt_cluster_table_plan(struct lt_bytes bytes, const struct lt_book *book,
                                     struct lt_entry_plan *plan, struct lt_sheet_fault *ret_fault);
enum lt_result lt_movement_table_plan(struct lt_bytes bytes, const struct lt_book *book,
                                      struct lt_entry_plan *plan, struct lt_sheet_fault *ret_fault);

#endif
