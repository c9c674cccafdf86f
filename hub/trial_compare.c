#include "hub/trial_compare.h"

#include <stdlib.h>
#include <string.h>

#include "hub/sums.h"
#include "hub/words.h"

/* Place 4, year 2, span 2, kind 1, basis 1, padding: count, quantity as the difference after less before; and
 * before alone in a second table. */
struct key {
    uint32_t place;
    uint16_t year, span_from;
    uint8_t kind, basis, zero[6];
};

struct comparing {
    struct lt_sums before, after;
    struct lt_sums *into;
    bool no_memory;
};

static bool add_cell(void *context, const struct lt_cell *cell)
{
    struct comparing *comparing = context;
    struct lt_dims dims;
    struct key key = {.place = lt_cell_key_place(&cell->key)};
    lt_cell_key_dims(&cell->key, &dims);
    if ((key.place & (LT_OWN | LT_TOLD)) != 0 || dims.kind == LT_CELL_DIFFERENCE)
        return true;
    key.year = dims.year;
    key.span_from = dims.span_from;
    key.kind = dims.kind;
    key.basis = (uint8_t)lt_cell_key_basis(&cell->key);
    struct lt_sum *sum = lt_sums_at(comparing->into, &key, 0);
    comparing->no_memory = sum == NULL;
    if (sum == NULL)
        return false;
    sum->a += cell->count;
    sum->b += cell->quantity;
    return true;
}

static void add_all(struct comparing *comparing, struct lt_store_txn *txn, struct lt_sums *into)
{
    struct lt_cell_key from, to;
    memset(&from, 0, sizeof from);
    memset(&to, 0xff, sizeof to);
    comparing->into = into;
    lt_store_cells(txn, &from, &to, add_cell, comparing);
}

/* ---- What moves ---- */

static unsigned depth_of(const struct lt_book *book, const struct lt_unit *unit)
{
    unsigned depth = 0;
    const struct lt_place *place = lt_book_place(book, unit);
    for (; place != NULL && place->parent != NULL && depth < LT_DEPTH_MAX; place = place->parent)
        depth++;
    return depth;
}

static _Thread_local const struct lt_book *sorting;

static int by_place(const void *a, const void *b)
{
    const struct lt_moved *left = a, *right = b;
    int order = (int)depth_of(sorting, &left->place) - (int)depth_of(sorting, &right->place);
    if (order == 0)
        order = lt_unit_cmp(&left->place, &right->place);
    if (order == 0)
        order = left->year - right->year;
    if (order == 0)
        order = left->span_from - right->span_from;
    if (order == 0)
        order = left->kind - right->kind;
    return order != 0 ? order : left->basis - right->basis;
}

static bool add_moved(struct lt_trial *trial, struct lt_store_txn *scratch, const struct key *key,
                      const struct lt_sum *before, const struct lt_sum *after)
{
    struct lt_moved moved = {
        .year = key->year, .span_from = key->span_from, .kind = key->kind, .basis = key->basis};
    if (!lt_words_unit_at(scratch, key->place, &moved.place))
        return false;
    moved.count_before = before == NULL ? 0 : before->a;
    moved.quantity_before = before == NULL ? 0 : before->b;
    moved.count_after = after == NULL ? 0 : after->a;
    moved.quantity_after = after == NULL ? 0 : after->b;
    trial->moved[trial->moved_count++] = moved;
    return true;
}

/* Both tables are sorted by the same keys. */
static enum lt_result move_all(struct comparing *comparing, struct lt_store_txn *scratch,
                               struct lt_trial *trial)
{
    size_t i = 0, j = 0;
    trial->moved =
        calloc(comparing->before.count + comparing->after.count + 1, sizeof *trial->moved);
    if (trial->moved == NULL || !lt_sums_sort(&comparing->before) ||
        !lt_sums_sort(&comparing->after))
        return LT_NO_MEMORY;
    while (i < comparing->before.count || j < comparing->after.count) {
        const struct lt_sum *before =
            i < comparing->before.count ? lt_sums_sorted(&comparing->before, i) : NULL;
        const struct lt_sum *after =
            j < comparing->after.count ? lt_sums_sorted(&comparing->after, j) : NULL;
        const int order = before == NULL  ? 1
                          : after == NULL ? -1
                                          : memcmp(before->key, after->key, sizeof(struct key));
        struct key key;
        /* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): one of the two lists goes on */
        memcpy(&key, order <= 0 ? before->key : after->key, sizeof key);
        i += order <= 0;
        j += order >= 0;
        if (order == 0 && before->a == after->a && before->b == after->b)
            continue;
        if (!add_moved(trial, scratch, &key, order <= 0 ? before : NULL, order >= 0 ? after : NULL))
            return lt_store_error(scratch);
    }
    return LT_OK;
}

/* ---- What stops or begins to count ---- */

static void compare_quarantine(struct lt_store_txn *live, struct lt_store_txn *scratch,
                               struct lt_trial *trial)
{
    struct lt_bytes key, value, its_key, its_value;
    struct lt_walk *now = lt_store_walk(live, LT_STATE_QUARANTINE);
    struct lt_walk *then = lt_store_walk(scratch, LT_STATE_QUARANTINE);
    bool here = lt_walk_next(now, &key, &value), there = lt_walk_next(then, &its_key, &its_value);
    while (here || there) {
        const int order = !here ? 1 : !there ? -1 : memcmp(key.data, its_key.data, key.size);
        if (order < 0)
            trial->released++;
        if (order > 0) {
            const uint8_t verdict = its_value.size == 1 ? its_value.data[0] : 0;
            trial->quarantined++;
            trial->verdicts[verdict <= LT_V_CLOSED ? verdict : 0]++;
        }
        if (order <= 0)
            here = lt_walk_next(now, &key, &value);
        if (order >= 0)
            there = lt_walk_next(then, &its_key, &its_value);
    }
    lt_walk_end(now);
    lt_walk_end(then);
}

enum lt_result lt_trial_compare(struct lt_store_txn *live, struct lt_store_txn *scratch,
                                const struct lt_book *book, struct lt_trial *trial)
{
    struct comparing comparing = {.no_memory = false};
    _Static_assert(sizeof(struct key) == 16, "whole words");
    lt_sums_init(&comparing.before, sizeof(struct key) / 8, 0);
    lt_sums_init(&comparing.after, sizeof(struct key) / 8, 0);
    add_all(&comparing, live, &comparing.before);
    if (!comparing.no_memory)
        add_all(&comparing, scratch, &comparing.after);
    enum lt_result result =
        comparing.no_memory ? LT_NO_MEMORY : move_all(&comparing, scratch, trial);
    lt_sums_free(&comparing.before);
    lt_sums_free(&comparing.after);
    if (result == LT_OK)
        compare_quarantine(live, scratch, trial);
    if (result == LT_OK)
        result = lt_store_error(live) != LT_OK ? lt_store_error(live) : lt_store_error(scratch);
    sorting = book;
    if (result == LT_OK && trial->moved_count > 1)
        qsort(trial->moved, trial->moved_count, sizeof *trial->moved, by_place);
    return result;
}
