/* cell_block.h - many cells of one place and year in one row of the store, transposed byte by byte.
 *
 * A cell is a line of 50 bytes: the 26 of its key that follow place and year, then the count, the quantity
 * beyond the count (mostly 0) and the unconfirmed as 8 bytes each, big-endian. A block holds the first bytes of all its lines, then the second
 * bytes, and so on; where all lines agree in a byte it stands once. Neighbours are alike in most bytes, so
 * a cell takes about ten, and who asks for two dimensions reads their columns and no more.
 *
 *   lines 1 | which columns differ 7 (bit c % 8 of byte c / 8) | column 0 … column 49, 1 byte or `lines` each
 *
 * Lines ascend by their first 26 bytes, no two of which are equal. A block need not be the only way to write
 * its lines. Pure; any thread. */
#ifndef LT_CELL_BLOCK_H
#define LT_CELL_BLOCK_H

#include "hub/cell.h"
#include "proto/update.h"

enum {
    LT_CELL_LINE_BYTES = 50,
    LT_CELL_LINE_DIMS = 26, /* bytes of a line that are dimensions */
    LT_CELL_PREFIX_BYTES = LT_CELL_KEY_BYTES - LT_CELL_LINE_DIMS, /* place and year */
    LT_BLOCK_LINES_MAX = 255,
    /* Two to a page of LMDB at least, beside their keys. */
    LT_BLOCK_BYTES_MAX = 1900,
};

struct lt_cell_line {
    uint8_t bytes[LT_CELL_LINE_BYTES];
};

/* Columns of a block, in its bytes: the byte c of line i is columns[c][i * steps[c]]. */
struct lt_cell_block {
    unsigned count;
    const uint8_t *columns[LT_CELL_LINE_BYTES];
    uint8_t steps[LT_CELL_LINE_BYTES]; /* 0: all lines agree; 1 */
};

/* False: it is no block. Borrows the bytes. */
bool lt_cell_block_open(struct lt_bytes bytes, struct lt_cell_block *ret_block);
void lt_cell_block_line(const struct lt_cell_block *block, unsigned i,
                        struct lt_cell_line *ret_line);
/* All of them; room for block->count. */
void lt_cell_block_lines(const struct lt_cell_block *block, struct lt_cell_line *ret_lines);
/* The first line whose dimensions are not less than these; block->count when all are. */
unsigned lt_cell_block_find(const struct lt_cell_block *block,
                            const uint8_t dims[LT_CELL_LINE_DIMS], bool *ret_equal);
/* Packs 1 … LT_BLOCK_LINES_MAX ascending lines; the size, or 0 when they take more than
 * LT_BLOCK_BYTES_MAX. */
size_t lt_cell_block_pack(const struct lt_cell_line *lines, unsigned count,
                          uint8_t ret_bytes[LT_BLOCK_BYTES_MAX]);

/* Changes of a block in `bytes`, to which `block` is open. False: it must be packed anew for that, and
 * nothing was changed. */
bool lt_cell_block_set(uint8_t *bytes, const struct lt_cell_block *block, unsigned at,
                       const struct lt_cell_line *line);
/* The line before `at`; writes the new block to ret_bytes. */
bool lt_cell_block_insert(const struct lt_cell_block *block, unsigned at,
                          const struct lt_cell_line *line, uint8_t ret_bytes[LT_BLOCK_BYTES_MAX],
                          size_t *ret_size);

/* A cell as a line, and back. */
void lt_cell_line_make(const struct lt_cell_key *key, const int64_t sums[3],
                       struct lt_cell_line *ret_line);
void lt_cell_line_sums(const struct lt_cell_line *line, int64_t ret_sums[3]);

#endif
