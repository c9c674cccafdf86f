#include "hub/scan.h"

#include <stdlib.h>
#include <string.h>

#include "hub/groups.h"
#include "hub/scan_columns.h"

enum { SUMS = 3 };

/* Values of one byte that pass. Where all but one do, or one alone, that one is compared with. */
struct byte_test {
    unsigned column;
    enum { ONE_FAILS, ONE_PASSES, BY_TABLE } how;
    uint8_t one;
    bool passes[256];
};

/* Lines that follow each other are mostly of one group: they are added to in turns, so that none waits for
 * the one before. */
enum { LANES = 4 };
struct lane_sums {
    struct lt_scan_sums lanes[LANES];
};

enum { LINES_MAX = LT_BLOCK_LINES_MAX, BYTE_TESTS_MAX = LT_SCAN_CONDITIONS_MAX + 6 };

struct lt_scan {
    struct lt_scan_asks asks;
    struct byte_test byte_tests[BYTE_TESTS_MAX];
    size_t byte_test_count;
    struct lt_scan_condition number_tests[LT_SCAN_CONDITIONS_MAX]; /* of what is no single byte */
    size_t number_test_count;
    struct lt_groups *groups; /* level 0: the heading, then the dimensions of asks.by */
    struct lane_sums *sums; /* by group */
    size_t sum_count, sum_capacity;
    /* of a scan under way */
    uint32_t heading;
    size_t groups_max;
    enum lt_result result;
    /* of a block; kept here, since on the stack they would be zeroed for each block */
    uint8_t passes[LINES_MAX]; /* 0 or 1 */
    uint8_t lines[LINES_MAX + 1]; /* those that pass */
    uint32_t numbers[LINES_MAX], line_groups[LINES_MAX];
    uint64_t wide[SUMS][LINES_MAX];
};

/* A year or a span of years is one number that sorts: single years first. What passes is of the one asked. */
static size_t numbers_of(const struct lt_scan *scan, const struct lt_cell_block *block,
                         uint16_t year, enum lt_dimension dimension, uint32_t *ret_numbers)
{
    if (dimension != LT_DIM_YEAR)
        return lt_columns_numbers(block, dimension, ret_numbers);
    ret_numbers[0] = (uint32_t)(scan->asks.span ? scan->asks.year_from : 0) << 16 | year;
    return 1;
}

/* ---- Tests ---- */

/* The test of a column, made when there is none: all pass. */
static struct byte_test *test_of(struct lt_scan *scan, unsigned column)
{
    for (size_t i = 0; i < scan->byte_test_count; i++)
        if (scan->byte_tests[i].column == column)
            return &scan->byte_tests[i];
    struct byte_test *test = &scan->byte_tests[scan->byte_test_count++];
    test->column = column;
    memset(test->passes, true, sizeof test->passes);
    return test;
}

static bool meets(const struct lt_scan_condition *condition, uint32_t number)
{
    return condition->dimension == LT_DIM_RECIPIENT ? lt_recipient_meets(condition->number, number)
                                                    : number == condition->number;
}

static void add_condition(struct lt_scan *scan, const struct lt_scan_condition *condition)
{
    int column = lt_columns_byte(condition->dimension);
    if (column < 0) {
        scan->number_tests[scan->number_test_count++] = *condition;
        return;
    }
    struct byte_test *test = test_of(scan, (unsigned)column);
    for (unsigned byte = 0; byte < 256; byte++)
        test->passes[byte] =
            test->passes[byte] &&
            meets(condition, lt_columns_number(condition->dimension, (uint8_t)byte));
}

static void pass_only(struct lt_scan *scan, unsigned column, uint8_t one)
{
    struct byte_test *test = test_of(scan, column);
    memset(test->passes, false, sizeof test->passes);
    test->passes[one] = true;
}

static void settle_how(struct byte_test *test)
{
    unsigned passing = 0, last_passing = 0, last_failing = 0;
    for (unsigned byte = 0; byte < 256; byte++) {
        passing += test->passes[byte];
        *(test->passes[byte] ? &last_passing : &last_failing) = byte;
    }
    test->how = passing == 255 ? ONE_FAILS : passing == 1 ? ONE_PASSES : BY_TABLE;
    test->one = (uint8_t)(test->how == ONE_FAILS ? last_failing : last_passing);
}

static void make_tests(struct lt_scan *scan)
{
    const struct lt_scan_asks *asks = &scan->asks;
    const uint16_t span = asks->span ? asks->year_from : 0;
    struct byte_test *basis = test_of(scan, LT_AT_BASIS);
    memset(basis->passes, false, sizeof basis->passes);
    pass_only(scan, LT_AT_SPAN, (uint8_t)(span >> 8));
    pass_only(scan, LT_AT_SPAN + 1, (uint8_t)span);
    basis->passes[LT_BASIS_BOTH] = true;
    basis->passes[asks->decided ? LT_BASIS_DECIDED : LT_BASIS_ACHIEVED] = true;
    if (!asks->all_kinds)
        pass_only(scan, LT_AT_KIND, LT_KIND_AWARD);
    if (!asks->all_statuses)
        test_of(scan, LT_AT_STATUS)->passes[LT_STATUS_REVOKED] = false;
    if (asks->month_from != 0) {
        struct byte_test *month = test_of(scan, LT_AT_MONTH);
        for (unsigned byte = 0; byte < 256; byte++)
            month->passes[byte] = byte >= asks->month_from && byte <= asks->month_to;
    }
    for (size_t i = 0; i < asks->condition_count; i++)
        add_condition(scan, &asks->conditions[i]);
    for (size_t i = 0; i < scan->byte_test_count; i++)
        settle_how(&scan->byte_tests[i]);
}

static void keep_equal(uint8_t *restrict passes, const uint8_t *restrict column, uint8_t one,
                       size_t count)
{
    for (size_t i = 0; i < count; i++)
        passes[i] &= column[i] == one;
}

static void keep_others(uint8_t *restrict passes, const uint8_t *restrict column, uint8_t one,
                        size_t count)
{
    for (size_t i = 0; i < count; i++)
        passes[i] &= column[i] != one;
}

static void keep_by_table(uint8_t *restrict passes, const uint8_t *restrict column,
                          const bool *restrict table, size_t count)
{
    for (size_t i = 0; i < count; i++)
        passes[i] &= table[column[i]];
}

static void keep_by_byte(struct lt_scan *scan, const struct lt_cell_block *block,
                         const struct byte_test *test)
{
    const uint8_t *column = block->columns[test->column];
    if (block->steps[test->column] == 0)
        return; /* all lines pass (none_pass) */
    if (test->how == BY_TABLE)
        keep_by_table(scan->passes, column, test->passes, block->count);
    else if (test->how == ONE_PASSES)
        keep_equal(scan->passes, column, test->one, block->count);
    else
        keep_others(scan->passes, column, test->one, block->count);
}

static void keep_by_number(struct lt_scan *scan, const struct lt_cell_block *block, uint16_t year,
                           const struct lt_scan_condition *condition)
{
    size_t count = numbers_of(scan, block, year, condition->dimension, scan->numbers);
    for (size_t i = 0; i < block->count; i++)
        scan->passes[i] &= meets(condition, scan->numbers[count == 1 ? 0 : i]);
}

/* Tests of what all lines share: does none pass, and do all? */
static bool none_pass(const struct lt_scan *scan, const struct lt_cell_block *block, bool *ret_all)
{
    *ret_all = scan->number_test_count == 0;
    for (size_t i = 0; i < scan->byte_test_count; i++) {
        const struct byte_test *test = &scan->byte_tests[i];
        if (block->steps[test->column] != 0)
            *ret_all = false;
        else if (!test->passes[block->columns[test->column][0]])
            return true;
    }
    return false;
}

static size_t list_passing(const uint8_t *restrict passes, size_t count,
                           uint8_t *restrict ret_lines)
{
    size_t passing = 0;
    for (size_t i = 0; i < count; i++) {
        ret_lines[passing] = (uint8_t)i;
        passing += passes[i];
    }
    return passing;
}

/* Which lines pass: none, all, many of them (marked in scan->passes) or few (listed in scan->lines). Many are
 * worked on with the others between them, which come to nothing in the end. */
enum passing { NONE, ALL, MANY, FEW };

static enum passing test_lines(struct lt_scan *scan, const struct lt_cell_block *block,
                               uint16_t year, size_t *ret_count)
{
    const size_t count = block->count;
    size_t passing = 0;
    bool all;
    *ret_count = count;
    if (none_pass(scan, block, &all))
        return NONE;
    if (all)
        return ALL;
    memset(scan->passes, 1, count);
    for (size_t i = 0; i < scan->byte_test_count; i++)
        keep_by_byte(scan, block, &scan->byte_tests[i]);
    for (size_t i = 0; i < scan->number_test_count; i++)
        keep_by_number(scan, block, year, &scan->number_tests[i]);
    for (size_t i = 0; i < count; i++)
        passing += scan->passes[i];
    if (passing == 0 || passing == count)
        return passing == 0 ? NONE : ALL;
    if (passing > count / 2)
        return MANY;
    *ret_count = list_passing(scan->passes, count, scan->lines);
    return FEW;
}

/* ---- Summing ---- */

/* Room for so many groups, and one beyond them for what is set aside. */
static bool sum_room(struct lt_scan *scan, size_t count)
{
    if (count >= scan->sum_capacity) {
        size_t capacity = scan->sum_capacity == 0 ? 256 : scan->sum_capacity;
        while (capacity <= count)
            capacity *= 2;
        struct lane_sums *sums = realloc(scan->sums, capacity * sizeof *sums);
        if (sums == NULL)
            return false;
        scan->sums = sums;
        scan->sum_capacity = capacity;
    }
    if (count > scan->sum_count)
        memset(&scan->sums[scan->sum_count], 0, (count - scan->sum_count) * sizeof *scan->sums);
    scan->sum_count = count > scan->sum_count ? count : scan->sum_count;
    return true;
}

static void pick(uint32_t *restrict numbers, const uint8_t *restrict lines, size_t count)
{
    for (size_t i = 0; i < count; i++)
        numbers[i] = numbers[lines[i]]; /* which is not before i */
}

/* The numbers of a dimension to be grouped by; the answer as of numbers_of. */
static size_t numbers_to_group(struct lt_scan *scan, const struct lt_cell_block *block,
                               uint16_t year, enum lt_dimension dimension, enum passing passing,
                               size_t count)
{
    uint32_t *numbers = scan->numbers;
    size_t some = numbers_of(scan, block, year, dimension, numbers);
    if (some > 1 && passing == FEW)
        pick(numbers, scan->lines, count);
    some = some > 1 ? count : 1;
    if (dimension == LT_DIM_RECIPIENT && !scan->asks.enterprises_apart)
        for (size_t i = 0; i < some; i++)
            if (numbers[i] == LIENTHONG__RECIPIENT__RECIPIENT_ENTERPRISE)
                numbers[i] = LIENTHONG__RECIPIENT__RECIPIENT_COLLECTIVE;
    return some;
}

static void set_aside(uint32_t *restrict groups, const uint8_t *restrict passes, uint32_t aside,
                      size_t count)
{
    for (size_t i = 0; i < count; i++)
        groups[i] = passes[i] != 0 ? groups[i] : aside;
}

/* The group of each line. Lines between many that pass are set aside, in one beyond the groups. */
static bool group_lines(struct lt_scan *scan, const struct lt_cell_block *block, uint16_t year,
                        enum passing passing, size_t count)
{
    const struct lt_scan_asks *asks = &scan->asks;
    uint32_t *groups = scan->line_groups;
    static const uint32_t none = 0;
    size_t some = 1;
    if (!lt_groups_step(scan->groups, 0, &none, &scan->heading, 1, groups))
        return false;
    for (size_t j = 0; j < asks->by_count; j++) {
        size_t numbers = numbers_to_group(scan, block, year, asks->by[j], passing, count);
        if (numbers > some)
            lt_columns_fill(groups, groups[0], count);
        else if (numbers < some)
            lt_columns_fill(scan->numbers, scan->numbers[0], count);
        some = numbers > some ? numbers : some;
        if (!lt_groups_step(scan->groups, j + 1, groups, scan->numbers, some, groups))
            return false;
    }
    if (some == 1)
        lt_columns_fill(groups, groups[0], count);
    if (!sum_room(scan, lt_groups_count(scan->groups, asks->by_count)))
        return false;
    if (passing == MANY)
        set_aside(groups, scan->passes, (uint32_t)scan->sum_count, count);
    return true;
}

static void add_narrow(struct lane_sums *restrict sums, const uint32_t *restrict groups,
                       const struct lt_sum_column columns[SUMS], size_t count)
{
    const uint64_t count_common = columns[0].common, quantity_common = columns[1].common;
    const uint64_t unconfirmed_common = columns[2].common;
    const uint8_t *restrict counts = columns[0].bytes, *restrict quantities = columns[1].bytes;
    const uint8_t *restrict unconfirmed = columns[2].bytes;
    for (size_t i = 0; i < count; i++) {
        struct lt_scan_sums *to = &sums[groups[i]].lanes[i % LANES];
        uint64_t count_of_line = count_common + counts[i];
        to->count += (int64_t)count_of_line;
        to->quantity += (int64_t)(count_of_line + quantity_common + quantities[i]);
        to->unconfirmed += (int64_t)(unconfirmed_common + unconfirmed[i]);
    }
}

static int64_t sum_at(const struct lt_sum_column *column, size_t line)
{
    return (int64_t)(column->wide != NULL ? column->wide[line]
                                          : column->common + column->bytes[line]);
}

/* `listed`: groups are of scan->lines, else of all lines. */
static void add_lines(struct lt_scan *scan, const struct lt_cell_block *block, size_t count,
                      bool listed)
{
    struct lt_sum_column columns[SUMS];
    bool narrow = true;
    for (unsigned sum = 0; sum < SUMS; sum++) {
        lt_columns_sum(block, sum, scan->wide[sum], &columns[sum]);
        narrow = narrow && columns[sum].wide == NULL;
    }
    if (narrow && !listed) {
        add_narrow(scan->sums, scan->line_groups, columns, count);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        size_t line = listed ? scan->lines[i] : i;
        struct lt_scan_sums *to = &scan->sums[scan->line_groups[i]].lanes[0];
        to->count += sum_at(&columns[0], line);
        to->quantity += sum_at(&columns[0], line) + sum_at(&columns[1], line);
        to->unconfirmed += sum_at(&columns[2], line);
    }
}

static bool add_block(void *context, uint16_t year, const struct lt_cell_block *block)
{
    struct lt_scan *scan = context;
    size_t count;
    enum passing passing = test_lines(scan, block, year, &count);
    if (passing == NONE)
        return true;
    if (!group_lines(scan, block, year, passing, count))
        scan->result = LT_NO_MEMORY;
    else if (scan->sum_count > scan->groups_max)
        scan->result = LT_TOO_LARGE;
    if (scan->result != LT_OK)
        return false;
    add_lines(scan, block, count, passing == FEW);
    return true;
}

enum lt_result lt_scan_place(struct lt_scan *scan, struct lt_store_txn *txn, uint32_t place,
                             uint32_t heading, size_t groups_max)
{
    const struct lt_scan_asks *asks = &scan->asks;
    scan->heading = heading;
    scan->groups_max = groups_max;
    scan->result = LT_OK;
    uint16_t year = asks->span ? asks->year_to : asks->year_from;
    while (year != 0 && year <= asks->year_to && scan->result == LT_OK) {
        lt_store_cell_blocks(txn, place, asks->decided ? LT_BASIS_DECIDED : LT_BASIS_ACHIEVED, year,
                             add_block, scan);
        year = year < asks->year_to ? lt_store_cell_year(txn, place, (uint16_t)(year + 1)) : 0;
    }
    return scan->result;
}

struct lt_scan *lt_scan_new(const struct lt_scan_asks *asks)
{
    struct lt_scan *scan = calloc(1, sizeof *scan);
    if (scan == NULL)
        return NULL;
    scan->asks = *asks;
    scan->groups = lt_groups_new(asks->by_count + 1);
    if (scan->groups == NULL) {
        free(scan);
        return NULL;
    }
    make_tests(scan);
    return scan;
}

void lt_scan_free(struct lt_scan *scan)
{
    if (scan == NULL)
        return;
    lt_groups_free(scan->groups);
    free(scan->sums);
    free(scan);
}

size_t lt_scan_count(const struct lt_scan *scan)
{
    return scan->sum_count;
}

void lt_scan_at(const struct lt_scan *scan, size_t i, uint32_t *ret_heading, uint32_t *ret_numbers,
                struct lt_scan_sums *ret_sums)
{
    uint32_t numbers[LT_GROUPS_LEVELS_MAX];
    lt_groups_tuple(scan->groups, scan->asks.by_count, (uint32_t)i, numbers);
    *ret_heading = numbers[0];
    memcpy(ret_numbers, numbers + 1, scan->asks.by_count * sizeof numbers[0]);
    *ret_sums = (struct lt_scan_sums){0};
    for (size_t lane = 0; lane < LANES; lane++) {
        const struct lt_scan_sums *sums = &scan->sums[i].lanes[lane];
        ret_sums->count += sums->count;
        ret_sums->quantity += sums->quantity;
        ret_sums->unconfirmed += sums->unconfirmed;
    }
}
