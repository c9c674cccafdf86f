/* scan_columns.h - what the columns of a block of cells say of dimensions and sums.
 *
 * Numbers are given for all lines of a block at a time, or once where all lines agree. Loops over the bytes of a
 * column are written so that the compiler makes vectors of them. Pure; any thread. */
#ifndef LT_SCAN_COLUMNS_H
#define LT_SCAN_COLUMNS_H

#include "hub/cell_block.h"
#include "hub/dimension.h"

/* The one column of a dimension; -1: it lies in several. */
int lt_columns_byte(enum lt_dimension dimension);
/* What a byte says of a dimension that lies in one column. */
uint32_t lt_columns_number(enum lt_dimension dimension, uint8_t byte);

/* The numbers of a dimension (not place, nor year) in all lines; 1: they are the one in ret_numbers[0], else as
 * many as there are lines. */
size_t lt_columns_numbers(const struct lt_cell_block *block, enum lt_dimension dimension,
                          uint32_t *ret_numbers);
void lt_columns_fill(uint32_t *restrict ret_numbers, uint32_t number, size_t count);

/* One of the sums of all lines: what they share and a byte of each; or where they differ in more, each in
 * `wide`. */
struct lt_sum_column {
    uint64_t common;
    const uint8_t *bytes;
    const uint64_t *wide; /* NULL: `common` + a byte */
};
/* 0: count; 1: quantity beyond the count; 2: unconfirmed. `wide` has room for all lines. */
void lt_columns_sum(const struct lt_cell_block *block, unsigned sum, uint64_t *wide,
                    struct lt_sum_column *ret_column);

#endif
