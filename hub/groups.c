#include "hub/groups.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "hub/sums.h"

/* Numbers below SMALL, years among them, are looked up in an array; the table of children has at most DIRECT_MAX
 * entries. */
enum { SMALL = 2304, WIDTH_FIRST = 16, ROWS_FIRST = 16, DIRECT_MAX = 1 << 18 };

struct level {
    uint32_t small[SMALL]; /* number -> value, 1 …; 0: not met */
    struct lt_sums large; /* of numbers from SMALL on; tag: value */
    uint32_t values; /* given so far */
    uint32_t *direct; /* [group before * width + value - 1] -> group + 1; NULL: `hashed` instead */
    size_t width, rows;
    struct lt_sums hashed; /* of (group before, value); tag: group + 1 */
    uint32_t *before, *numbers; /* of each group */
    size_t count, capacity;
};

struct lt_groups {
    size_t level_count;
    struct level levels[];
};

struct lt_groups *lt_groups_new(size_t levels)
{
    assert(levels >= 1 && levels <= LT_GROUPS_LEVELS_MAX);
    struct lt_groups *groups = calloc(1, sizeof *groups + levels * sizeof groups->levels[0]);
    if (groups == NULL)
        return NULL;
    while (groups->level_count < levels) {
        struct level *level = &groups->levels[groups->level_count++];
        lt_sums_init(&level->large, 1, 0);
        lt_sums_init(&level->hashed, 1, 0);
        level->width = WIDTH_FIRST;
        level->rows = ROWS_FIRST;
        level->direct = calloc(level->width * level->rows, sizeof *level->direct);
        if (level->direct == NULL) {
            lt_groups_free(groups);
            return NULL;
        }
    }
    return groups;
}

void lt_groups_free(struct lt_groups *groups)
{
    if (groups == NULL)
        return;
    for (size_t i = 0; i < groups->level_count; i++) {
        struct level *level = &groups->levels[i];
        lt_sums_free(&level->large);
        lt_sums_free(&level->hashed);
        free(level->direct);
        free(level->before);
        free(level->numbers);
    }
    free(groups);
}

/* 0: out of memory. */
static uint32_t value_of(struct level *level, uint32_t number)
{
    uint64_t key = number;
    if (number < SMALL) {
        if (level->small[number] == 0)
            level->small[number] = ++level->values;
        return level->small[number];
    }
    struct lt_sum *found = lt_sums_at(&level->large, &key, 0);
    if (found == NULL)
        return 0;
    if (found->tag == 0)
        found->tag = ++level->values;
    return found->tag;
}

static struct lt_sum *hashed_at(struct level *level, size_t before, size_t value)
{
    uint64_t key = (uint64_t)before << 32 | value;
    return lt_sums_at(&level->hashed, &key, 0);
}

static bool direct_to_hashed(struct level *level)
{
    for (size_t i = 0; i < level->width * level->rows; i++) {
        if (level->direct[i] == 0)
            continue;
        struct lt_sum *sum = hashed_at(level, i / level->width, i % level->width + 1);
        if (sum == NULL)
            return false;
        sum->tag = level->direct[i];
    }
    free(level->direct);
    level->direct = NULL;
    level->rows = 0;
    return true;
}

/* Room in the table for a group before and a value, or no table any more. */
static bool direct_room(struct level *level, size_t before, size_t value)
{
    size_t width = level->width, rows = level->rows;
    if (level->direct == NULL || (before < rows && value <= width))
        return true;
    while (width < value)
        width *= 2;
    while (rows <= before)
        rows *= 2;
    if (width * rows > DIRECT_MAX)
        return direct_to_hashed(level);
    uint32_t *direct = calloc(width * rows, sizeof *direct);
    if (direct == NULL)
        return false;
    for (size_t i = 0; i < level->rows; i++)
        memcpy(direct + i * width, level->direct + i * level->width, level->width * sizeof *direct);
    free(level->direct);
    level->direct = direct;
    level->width = width;
    level->rows = rows;
    return true;
}

/* A new group + 1; 0: out of memory. */
static uint32_t give(struct level *level, uint32_t before, uint32_t number)
{
    if (level->count == level->capacity) {
        size_t capacity = level->capacity == 0 ? 64 : level->capacity * 2;
        uint32_t *befores = realloc(level->before, capacity * sizeof *befores);
        if (befores == NULL)
            return 0;
        level->before = befores;
        uint32_t *numbers = realloc(level->numbers, capacity * sizeof *numbers);
        if (numbers == NULL)
            return 0;
        level->numbers = numbers;
        level->capacity = capacity;
    }
    level->before[level->count] = before;
    level->numbers[level->count] = number;
    return (uint32_t)++level->count;
}

/* The group + 1 of one tuple, met before or not; 0: out of memory. */
static uint32_t find_or_give(struct level *level, uint32_t before, uint32_t number)
{
    uint32_t value = value_of(level, number);
    if (value == 0 || !direct_room(level, before, value))
        return 0;
    struct lt_sum *hashed = NULL;
    if (level->direct == NULL && (hashed = hashed_at(level, before, value)) == NULL)
        return 0;
    uint32_t *slot =
        hashed != NULL ? &hashed->tag : &level->direct[before * level->width + value - 1];
    if (*slot == 0)
        *slot = give(level, before, number);
    return *slot;
}

/* The usual case: from `i` on, up to the first tuple that is not in the table of small numbers. */
static size_t step_known(const struct level *level, const uint32_t *groups_in,
                         const uint32_t *numbers, size_t i, size_t count, uint32_t *ret_groups)
{
    const uint32_t *small = level->small, *direct = level->direct;
    const size_t width = level->width, rows = level->rows;
    for (; i < count; i++) {
        uint32_t number = numbers[i], before = groups_in[i];
        if (number >= SMALL || before >= rows)
            break;
        uint32_t value = small[number];
        if (value - 1 >= width) /* 0 too */
            break;
        uint32_t found = direct[before * width + value - 1];
        if (found == 0)
            break;
        ret_groups[i] = found - 1;
    }
    return i;
}

bool lt_groups_step(struct lt_groups *groups, size_t level_number, const uint32_t *groups_in,
                    const uint32_t *numbers, size_t count, uint32_t *ret_groups)
{
    struct level *level = &groups->levels[level_number];
    size_t i = 0;
    while ((i = step_known(level, groups_in, numbers, i, count, ret_groups)) < count) {
        uint32_t found = find_or_give(level, groups_in[i], numbers[i]);
        if (found == 0)
            return false;
        ret_groups[i++] = found - 1;
    }
    return true;
}

size_t lt_groups_count(const struct lt_groups *groups, size_t level)
{
    return groups->levels[level].count;
}

void lt_groups_tuple(const struct lt_groups *groups, size_t level, uint32_t group,
                     uint32_t *ret_numbers)
{
    for (size_t i = level + 1; i-- > 0;) {
        ret_numbers[i] = groups->levels[i].numbers[group];
        group = groups->levels[i].before[group];
    }
}
