#include "hub/cell_block.h"

#include <assert.h>
#include <string.h>

enum { MASK_AT = 1, HEAD_BYTES = 8 };
_Static_assert(MASK_AT + (LT_CELL_LINE_BYTES + 7) / 8 == HEAD_BYTES, "a bit for each column");

static bool differs(const uint8_t *bytes, unsigned column)
{
    return (bytes[MASK_AT + column / 8] >> column % 8 & 1) != 0;
}

bool lt_cell_block_open(struct lt_bytes bytes, struct lt_cell_block *ret_block)
{
    if (bytes.size < HEAD_BYTES + LT_CELL_LINE_BYTES || bytes.data[0] == 0)
        return false;
    const uint8_t *at = bytes.data + HEAD_BYTES, *end = bytes.data + bytes.size;
    ret_block->count = bytes.data[0];
    for (unsigned c = 0; c < LT_CELL_LINE_BYTES; c++) {
        uint8_t step = differs(bytes.data, c);
        size_t size = step ? ret_block->count : 1;
        ret_block->columns[c] = at;
        ret_block->steps[c] = step;
        if ((size_t)(end - at) < size)
            return false;
        at += size;
    }
    return at == end;
}

void lt_cell_block_line(const struct lt_cell_block *block, unsigned i,
                        struct lt_cell_line *ret_line)
{
    for (unsigned c = 0; c < LT_CELL_LINE_BYTES; c++)
        ret_line->bytes[c] = block->columns[c][i * block->steps[c]];
}

void lt_cell_block_lines(const struct lt_cell_block *block, struct lt_cell_line *ret_lines)
{
    lt_cell_block_line(block, 0, &ret_lines[0]);
    for (unsigned i = 1; i < block->count; i++)
        ret_lines[i] = ret_lines[0];
    for (unsigned c = 0; c < LT_CELL_LINE_BYTES; c++)
        for (unsigned i = 1; block->steps[c] != 0 && i < block->count; i++)
            ret_lines[i].bytes[c] = block->columns[c][i];
}

/* First of low … high-1 in an ascending column that is not less than `byte`. */
static unsigned first_from(const uint8_t *column, unsigned low, unsigned high, unsigned byte)
{
    while (low < high) {
        unsigned middle = (low + high) / 2;
        if (column[middle] < byte)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Lines low … high-1 agree with `dims` in the columns seen, so the next column ascends among them. */
unsigned lt_cell_block_find(const struct lt_cell_block *block,
                            const uint8_t dims[LT_CELL_LINE_DIMS], bool *ret_equal)
{
    unsigned low = 0, high = block->count;
    *ret_equal = false;
    for (unsigned c = 0; c < LT_CELL_LINE_DIMS; c++) {
        const uint8_t *column = block->columns[c];
        if (block->steps[c] == 0) {
            if (column[0] != dims[c])
                return column[0] < dims[c] ? high : low;
            continue;
        }
        low = first_from(column, low, high, dims[c]);
        high = first_from(column, low, high, dims[c] + 1u);
        if (low == high)
            return low;
    }
    *ret_equal = true;
    return low;
}

static void mark_differing(const struct lt_cell_line *lines, unsigned count, uint8_t *ret_differs)
{
    memset(ret_differs, 0, LT_CELL_LINE_BYTES);
    for (unsigned i = 1; i < count; i++)
        for (unsigned c = 0; c < LT_CELL_LINE_BYTES; c++)
            ret_differs[c] |= lines[i].bytes[c] ^ lines[0].bytes[c];
}

size_t lt_cell_block_pack(const struct lt_cell_line *lines, unsigned count,
                          uint8_t ret_bytes[LT_BLOCK_BYTES_MAX])
{
    uint8_t differing[LT_CELL_LINE_BYTES];
    size_t size = HEAD_BYTES;
    assert(count >= 1);
    if (count > LT_BLOCK_LINES_MAX)
        return 0;
    mark_differing(lines, count, differing);
    for (unsigned c = 0; c < LT_CELL_LINE_BYTES; c++)
        size += differing[c] != 0 ? count : 1;
    if (size > LT_BLOCK_BYTES_MAX)
        return 0;
    memset(ret_bytes, 0, HEAD_BYTES);
    ret_bytes[0] = (uint8_t)count;
    uint8_t *at = ret_bytes + HEAD_BYTES;
    for (unsigned c = 0; c < LT_CELL_LINE_BYTES; c++) {
        unsigned bytes = differing[c] != 0 ? count : 1;
        ret_bytes[MASK_AT + c / 8] |= (uint8_t)((differing[c] != 0) << c % 8);
        for (unsigned i = 0; i < bytes; i++)
            at[i] = lines[i].bytes[c];
        at += bytes;
    }
    return size;
}

/* Does the line agree with what stands once, in the columns from `first` on? */
static bool agrees(const struct lt_cell_block *block, unsigned first,
                   const struct lt_cell_line *line)
{
    for (unsigned c = first; c < LT_CELL_LINE_BYTES; c++)
        if (block->steps[c] == 0 && block->columns[c][0] != line->bytes[c])
            return false;
    return true;
}

bool lt_cell_block_set(uint8_t *bytes, const struct lt_cell_block *block, unsigned at,
                       const struct lt_cell_line *line)
{
    if (!agrees(block, LT_CELL_LINE_DIMS, line))
        return false;
    for (unsigned c = LT_CELL_LINE_DIMS; c < LT_CELL_LINE_BYTES; c++)
        if (block->steps[c] != 0)
            bytes[(size_t)(block->columns[c] - bytes) + at] = line->bytes[c];
    return true;
}

bool lt_cell_block_insert(const struct lt_cell_block *block, unsigned at,
                          const struct lt_cell_line *line, uint8_t ret_bytes[LT_BLOCK_BYTES_MAX],
                          size_t *ret_size)
{
    const uint8_t *from = block->columns[0] - HEAD_BYTES;
    size_t size = HEAD_BYTES;
    unsigned count = block->count;
    if (count == LT_BLOCK_LINES_MAX || !agrees(block, 0, line))
        return false;
    for (unsigned c = 0; c < LT_CELL_LINE_BYTES; c++)
        size += block->steps[c] != 0 ? count + 1 : 1;
    if (size > LT_BLOCK_BYTES_MAX)
        return false;
    memcpy(ret_bytes, from, HEAD_BYTES);
    ret_bytes[0] = (uint8_t)(count + 1);
    uint8_t *to = ret_bytes + HEAD_BYTES;
    for (unsigned c = 0; c < LT_CELL_LINE_BYTES; c++) {
        const uint8_t *column = block->columns[c];
        if (block->steps[c] == 0) {
            *to++ = column[0];
            continue;
        }
        memcpy(to, column, at);
        to[at] = line->bytes[c];
        memcpy(to + at + 1, column + at, count - at);
        to += count + 1;
    }
    *ret_size = size;
    return true;
}

void lt_cell_line_make(const struct lt_cell_key *key, const int64_t sums[3],
                       struct lt_cell_line *ret_line)
{
    uint8_t *to = ret_line->bytes + LT_CELL_LINE_DIMS;
    memcpy(ret_line->bytes, key->bytes + LT_CELL_PREFIX_BYTES, LT_CELL_LINE_DIMS);
    lt_put_u64(to, (uint64_t)sums[0]);
    lt_put_u64(to + 8, (uint64_t)sums[1] - (uint64_t)sums[0]);
    lt_put_u64(to + 16, (uint64_t)sums[2]);
}

void lt_cell_line_sums(const struct lt_cell_line *line, int64_t ret_sums[3])
{
    const uint8_t *from = line->bytes + LT_CELL_LINE_DIMS;
    ret_sums[0] = (int64_t)lt_get_u64(from);
    ret_sums[1] = (int64_t)(lt_get_u64(from) + lt_get_u64(from + 8));
    ret_sums[2] = (int64_t)lt_get_u64(from + 16);
}
