/* form_compute.h - the cells of a filled form that are computed from others, and its checks; for the
 * filling of forms only (form_fill.h). Pure.
 *
 * Rows that are sums or differences come first, in every counted column; then such columns, in all rows;
 * then rows that are shares, then columns. Where a share of rows meets a share of columns stands nothing. */
#ifndef LT_FORM_COMPUTE_H
#define LT_FORM_COMPUTE_H

#include "hub/form_fill.h"

void lt_filled_compute(struct lt_filled *filled);
/* Compares the sums that the form says are equal, in every column that is no share. */
void lt_filled_check(struct lt_filled *filled);

#endif
