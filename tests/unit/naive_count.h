/* naive_count.h - the state of a hub counted again from the design's words, in the plainest code there
 * is: everything in memory, quadratic, nothing incremental. It shares the decoder and lt_judge with
 * the program, and nothing else. For tests. */
#ifndef LT_TEST_NAIVE_COUNT_H
#define LT_TEST_NAIVE_COUNT_H

#include "tests/unit/naive_cells.h"

static int naive_cell_cmp(const void *a, const void *b)
{
    return strcmp(((const struct naive_cell *)a)->key, ((const struct naive_cell *)b)->key);
}

static void naive_count(struct naive *naive, const struct lt_book *book,
                        const struct signed_update *const *updates, size_t count)
{
    memset(naive, 0, sizeof *naive);
    naive->book = book;
    naive->updates = updates;
    naive->update_count = count;
    naive->changes = calloc(NAIVE_CHANGES_MAX, sizeof *naive->changes);
    naive->lines = calloc(NAIVE_CHANGES_MAX, sizeof *naive->lines);
    naive->cells = calloc(NAIVE_CELLS_MAX, sizeof *naive->cells);
    if (naive->changes == NULL || naive->lines == NULL || naive->cells == NULL)
        abort();
    for (size_t i = 0; i < count; i++)
        for (uint32_t j = 0; j < updates[i]->arrival.report->n_changes; j++) {
            if (naive->change_count == NAIVE_CHANGES_MAX)
                abort();
            naive->changes[naive->change_count++] =
                (struct naive_change){.update = updates[i], .update_index = i, .index = j};
        }
    for (size_t i = 0; i < naive->change_count; i++) {
        naive_judge(naive, i);
        naive->quarantined += naive->changes[i].verdict != LT_COUNTS;
    }
    naive_group(naive);
    naive_winners(naive);
    naive_tellers(naive);
    naive_cells(naive);
    qsort(naive->cells, naive->cell_count, sizeof *naive->cells, naive_cell_cmp);
}

static void naive_free(struct naive *naive)
{
    free(naive->changes);
    free(naive->lines);
    free(naive->cells);
}

#endif
