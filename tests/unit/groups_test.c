/* Groups of tuples: each has one number, and leads back to its tuple; small numbers, great ones, and so many
 * that the table gives way to hashing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "hub/groups.h"

enum { LEVELS = 3, BATCH = 255 };

static uint32_t draw(uint64_t *seed, uint32_t below)
{
    *seed = *seed * 6364136223846793005 + 1442695040888963407;
    return (uint32_t)((*seed >> 33) % below);
}

struct met {
    uint32_t numbers[LEVELS], group;
};

static int by_numbers(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(uint32_t) * LEVELS);
}

/* `below[i]` bounds the numbers of dimension i; those of dimension `great` lie far apart. */
static void check(const uint32_t below[LEVELS], size_t great, size_t batches)
{
    struct lt_groups *groups = lt_groups_new(LEVELS);
    struct met *met = calloc(batches * BATCH, sizeof *met);
    uint32_t numbers[LEVELS][BATCH], found[BATCH];
    uint64_t seed = 11;
    size_t count = 0, distinct = 0;
    assert_true(groups != NULL && met != NULL);
    for (size_t batch = 0; batch < batches; batch++) {
        memset(found, 0, sizeof found);
        for (size_t level = 0; level < LEVELS; level++) {
            for (size_t i = 0; i < BATCH; i++)
                numbers[level][i] = draw(&seed, below[level]) * (level == great ? 2654435761u : 1);
            assert_true(lt_groups_step(groups, level, found, numbers[level], BATCH, found));
        }
        for (size_t i = 0; i < BATCH; i++, count++) {
            uint32_t back[LEVELS];
            lt_groups_tuple(groups, LEVELS - 1, found[i], back);
            for (size_t level = 0; level < LEVELS; level++) {
                met[count].numbers[level] = numbers[level][i];
                assert_int_equal(back[level], numbers[level][i]);
            }
            met[count].group = found[i];
        }
    }
    qsort(met, count, sizeof *met, by_numbers);
    for (size_t i = 0; i < count; i++) {
        bool new = i == 0 || by_numbers(&met[i], &met[i - 1]) != 0;
        distinct += new;
        if (!new)
            assert_int_equal(met[i].group, met[i - 1].group);
    }
    assert_int_equal(lt_groups_count(groups, LEVELS - 1), distinct);
    free(met);
    lt_groups_free(groups);
}

static void small_numbers(void **state)
{
    (void)state;
    check((uint32_t[]){5, 12, 30}, LEVELS, 40);
    check((uint32_t[]){1, 1, 1}, LEVELS, 2);
}

static void great_numbers(void **state)
{
    (void)state;
    check((uint32_t[]){5, 40, 30}, 1, 40);
    check((uint32_t[]){3, 12, 5000}, 2, 80);
}

static void more_than_the_table_holds(void **state)
{
    (void)state;
    check((uint32_t[]){40, 2000, 30}, LEVELS, 600);
    check((uint32_t[]){40, 2000, 3000}, 0, 600);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_numbers),
        cmocka_unit_test(great_numbers),
        cmocka_unit_test(more_than_the_table_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
