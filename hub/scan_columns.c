#include "hub/scan_columns.h"

int lt_columns_byte(enum lt_dimension dimension)
{
    static const int columns[LT_DIM_COUNT] = {
        [LT_DIM_PLACE] = -1,
        [LT_DIM_YEAR] = -1,
        [LT_DIM_MONTH] = LT_AT_MONTH,
        [LT_DIM_KIND] = LT_AT_KIND,
        [LT_DIM_CODE] = -1,
        [LT_DIM_LEVEL] = LT_AT_LEVEL,
        [LT_DIM_TYPE] = LT_AT_TYPE,
        [LT_DIM_RECIPIENT] = LT_AT_RECIPIENT,
        [LT_DIM_CATEGORY] = LT_AT_CATEGORY,
        [LT_DIM_SEX] = LT_AT_SEX,
        [LT_DIM_FIELD] = -1,
        [LT_DIM_MOVEMENT] = -1,
        [LT_DIM_NATURE] = LT_AT_NATURE,
        [LT_DIM_STATUS] = LT_AT_STATUS,
        [LT_DIM_QUARTER] = LT_AT_MONTH,
        [LT_DIM_HALF] = LT_AT_MONTH,
        [LT_DIM_SUBMITTED] = -1,
        [LT_DIM_POSTHUMOUS] = -1,
        [LT_DIM_SCOPE] = -1,
        [LT_DIM_LENGTH] = -1,
        [LT_DIM_METHOD] = -1,
        [LT_DIM_OUTSIDE] = LT_AT_OUTSIDE,
    };
    return columns[dimension];
}

uint32_t lt_columns_number(enum lt_dimension dimension, uint8_t byte)
{
    if (dimension == LT_DIM_QUARTER)
        return (byte + 2u) / 3;
    return dimension == LT_DIM_HALF ? (byte + 5u) / 6 : byte;
}

static uint32_t number_of_detail(enum lt_dimension dimension, uint8_t kind, uint8_t detail)
{
    if (dimension == LT_DIM_SUBMITTED)
        return lt_detail_submitted(kind, detail);
    if (dimension == LT_DIM_POSTHUMOUS)
        return lt_detail_posthumous(kind, detail);
    if (dimension == LT_DIM_SCOPE)
        return lt_detail_scope(kind, detail);
    return dimension == LT_DIM_LENGTH ? lt_detail_length(kind, detail)
                                      : lt_detail_method(kind, detail);
}

/* Loops over the bytes of a column, each in a function of its own so that it becomes vectors. */
void lt_columns_fill(uint32_t *restrict ret_numbers, uint32_t number, size_t count)
{
    for (size_t i = 0; i < count; i++)
        ret_numbers[i] = number;
}

static void widen(uint32_t *restrict ret_numbers, const uint8_t *restrict column, size_t count)
{
    for (size_t i = 0; i < count; i++)
        ret_numbers[i] = column[i];
}

static void add_shifted(uint32_t *restrict numbers, const uint8_t *restrict column, unsigned shift,
                        size_t count)
{
    for (size_t i = 0; i < count; i++)
        numbers[i] |= (uint32_t)column[i] << shift;
}

static void add_sums_shifted(uint64_t *restrict sums, const uint8_t *restrict column,
                             unsigned shift, size_t count)
{
    for (size_t i = 0; i < count; i++)
        sums[i] |= (uint64_t)column[i] << shift;
}

static void months_to_parts(uint32_t *restrict numbers, uint32_t months, size_t count)
{
    for (size_t i = 0; i < count; i++)
        numbers[i] = (numbers[i] + months - 1) / months; /* 0, not stated, stays */
}

/* Each of the following gives the numbers of a dimension in all lines; 1: they are the one in
 * ret_numbers[0], else as many as there are lines. */
static size_t bytes_of(const struct lt_cell_block *block, enum lt_dimension dimension,
                       uint32_t *ret_numbers)
{
    int at = lt_columns_byte(dimension);
    const size_t count = block->steps[at] == 0 ? 1 : block->count;
    widen(ret_numbers, block->columns[at], count);
    if (dimension == LT_DIM_QUARTER)
        months_to_parts(ret_numbers, 3, count);
    else if (dimension == LT_DIM_HALF)
        months_to_parts(ret_numbers, 6, count);
    return count;
}

static void widen_onto(uint32_t *restrict ret_numbers, uint32_t common,
                       const uint8_t *restrict column, size_t count)
{
    for (size_t i = 0; i < count; i++)
        ret_numbers[i] = common | column[i];
}

/* A big-endian number of `width` columns. Mostly the last one alone differs. */
static size_t words_of(const struct lt_cell_block *block, unsigned first, unsigned width,
                       uint32_t *ret_numbers)
{
    const unsigned last = first + width - 1;
    uint32_t common = 0;
    bool differ = false;
    for (unsigned c = first; c <= last; c++) {
        if (block->steps[c] == 0)
            common |= (uint32_t)block->columns[c][0] << 8 * (last - c);
        differ = differ || (block->steps[c] != 0 && c != last);
    }
    if (block->steps[last] != 0)
        widen_onto(ret_numbers, common, block->columns[last], block->count);
    else
        lt_columns_fill(ret_numbers, common, differ ? block->count : 1);
    for (unsigned c = first; differ && c < last; c++)
        if (block->steps[c] != 0)
            add_shifted(ret_numbers, block->columns[c], 8 * (last - c), block->count);
    return differ || block->steps[last] != 0 ? block->count : 1;
}

static size_t details_of(const struct lt_cell_block *block, enum lt_dimension dimension,
                         uint32_t *ret_numbers)
{
    const uint8_t *kinds = block->columns[LT_AT_KIND], *details = block->columns[LT_AT_DETAIL];
    const size_t kind_step = block->steps[LT_AT_KIND], detail_step = block->steps[LT_AT_DETAIL];
    const size_t count = kind_step == 0 && detail_step == 0 ? 1 : block->count;
    for (size_t i = 0; i < count; i++)
        ret_numbers[i] =
            number_of_detail(dimension, kinds[i * kind_step], details[i * detail_step]);
    return count;
}

size_t lt_columns_numbers(const struct lt_cell_block *block, enum lt_dimension dimension,
                          uint32_t *ret_numbers)
{
    if (lt_columns_byte(dimension) >= 0)
        return bytes_of(block, dimension, ret_numbers);
    if (dimension == LT_DIM_CODE)
        return words_of(block, LT_AT_CODE, 4, ret_numbers);
    if (dimension == LT_DIM_FIELD)
        return words_of(block, LT_AT_FIELD, 4, ret_numbers);
    if (dimension == LT_DIM_MOVEMENT)
        return words_of(block, LT_AT_MOVEMENT, 4, ret_numbers);
    return details_of(block, dimension, ret_numbers);
}

void lt_columns_sum(const struct lt_cell_block *block, unsigned sum, uint64_t *wide,
                    struct lt_sum_column *ret_column)
{
    static const uint8_t zeros[LT_BLOCK_LINES_MAX];
    const unsigned first = LT_CELL_LINE_DIMS + 8 * sum, last = first + 7;
    bool narrow = true;
    *ret_column =
        (struct lt_sum_column){.bytes = block->steps[last] != 0 ? block->columns[last] : zeros};
    for (unsigned c = first; c <= last; c++) {
        if (block->steps[c] == 0)
            ret_column->common |= (uint64_t)block->columns[c][0] << 8 * (last - c);
        narrow = narrow && (block->steps[c] == 0 || c == last);
    }
    if (narrow)
        return;
    for (size_t i = 0; i < block->count; i++)
        wide[i] = ret_column->common;
    for (unsigned c = first; c <= last; c++)
        if (block->steps[c] != 0)
            add_sums_shifted(wide, block->columns[c], 8 * (last - c), block->count);
    ret_column->wide = wide;
}
