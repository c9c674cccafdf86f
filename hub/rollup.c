#include "hub/rollup.h"

#include <stdlib.h>
#include <string.h>

#include "hub/scope_lines.h"
#include "hub/sums.h"

/* Bounds of what gathers in memory, whatever a transaction holds. */
enum { LINES_GATHERED_MAX = 1 << 17, CELLS_GATHERED_MAX = 1 << 17 };

struct lt_rollup {
    struct lt_words *words;
    struct lt_sums lines; /* by line key: count, quantity; tag: authority */
    struct lt_sums cells; /* by cell key: count, quantity, unconfirmed */
    /* scratch of a flush */
    struct lt_line_rows deltas, stored, merged;
    struct lt_line *before, *after;
    uint32_t *order;
    size_t line_capacity;
};

struct lt_rollup *lt_rollup_new(struct lt_words *words, uint64_t seed)
{
    struct lt_rollup *rollup = calloc(1, sizeof *rollup);
    if (rollup == NULL)
        return NULL;
    rollup->words = words;
    lt_sums_init(&rollup->lines, sizeof(struct lt_line_key) / 8, seed);
    lt_sums_init(&rollup->cells, sizeof(struct lt_cell_key) / 8, seed);
    return rollup;
}

static void free_scratch(struct lt_rollup *rollup)
{
    free(rollup->deltas.items);
    free(rollup->stored.items);
    free(rollup->merged.items);
    free(rollup->before);
    free(rollup->after);
    free(rollup->order);
    rollup->deltas = rollup->stored = rollup->merged = (struct lt_line_rows){0};
    rollup->before = rollup->after = NULL;
    rollup->order = NULL;
    rollup->line_capacity = 0;
}

void lt_rollup_free(struct lt_rollup *rollup)
{
    if (rollup == NULL)
        return;
    lt_sums_free(&rollup->lines);
    lt_sums_free(&rollup->cells);
    free_scratch(rollup);
    free(rollup);
}

void lt_rollup_forget(struct lt_rollup *rollup)
{
    lt_sums_empty(&rollup->lines);
    lt_sums_empty(&rollup->cells);
}

/* ---- Gathering ---- */

void lt_rollup_add(struct lt_rollup *rollup, struct lt_store_txn *txn, const struct lt_fact *fact,
                   int sign)
{
    struct lt_line_key key;
    lt_scope_line_key(rollup->words, txn, fact, &key);
    uint32_t authority = lt_words_place(rollup->words, txn, fact->authority);
    struct lt_sum *sum = lt_sums_at(&rollup->lines, &key, authority);
    if (sum == NULL) {
        lt_store_fail(txn, LT_NO_MEMORY);
        return;
    }
    sum->a += sign;
    sum->b += sign * (int64_t)fact->quantity;
    if (rollup->lines.count >= LINES_GATHERED_MAX)
        lt_rollup_flush(rollup, txn);
}

/* ---- Cells ---- */

static void flush_cells(struct lt_rollup *rollup, struct lt_store_txn *txn)
{
    enum { BATCH = 256 };
    struct lt_cell cells[BATCH];
    size_t count = 0;
    if (!lt_sums_sort(&rollup->cells)) {
        lt_store_fail(txn, LT_NO_MEMORY);
        return;
    }
    for (size_t i = 0; i < rollup->cells.count; i++) {
        const struct lt_sum *sum = lt_sums_sorted(&rollup->cells, i);
        if (sum->a == 0 && sum->b == 0 && sum->c == 0)
            continue;
        memcpy(cells[count].key.bytes, sum->key, LT_CELL_KEY_BYTES);
        cells[count].count = sum->a;
        cells[count].quantity = sum->b;
        cells[count].unconfirmed = sum->c;
        if (++count == BATCH) {
            lt_store_add_cells(txn, cells, count);
            count = 0;
        }
    }
    lt_store_add_cells(txn, cells, count);
    lt_sums_empty(&rollup->cells);
}

struct amount {
    int64_t count, quantity, unconfirmed;
};

static void add_at(struct lt_rollup *rollup, struct lt_store_txn *txn, uint32_t place,
                   struct lt_cell_key *key, const struct amount *amount)
{
    lt_cell_key_set_place(key, place);
    struct lt_sum *sum = lt_sums_at(&rollup->cells, key, 0);
    if (sum == NULL) {
        lt_store_fail(txn, LT_NO_MEMORY);
        return;
    }
    sum->a += amount->count;
    sum->b += amount->quantity;
    sum->c += amount->unconfirmed;
}

static void add_under(struct lt_rollup *rollup, struct lt_store_txn *txn,
                      const struct lt_lineage *lineage, struct lt_cell_key *key,
                      const struct amount *amount)
{
    for (uint32_t i = 0; i < lineage->count; i++)
        add_at(rollup, txn, lineage->numbers[i], key, amount);
    if (lineage->place != NULL && lineage->place->parent == NULL)
        add_at(rollup, txn, LT_OWN | lineage->numbers[0], key, amount);
}

/* Adds an amount to the cells of these dimensions, under one year or under that of each basis. A month is
 * of the decision: where the years differ, of its year alone. */
static void add_cells(struct lt_rollup *rollup, struct lt_store_txn *txn,
                      const struct lt_lineage *lineage, const struct lt_dims *dims,
                      const struct amount *amount)
{
    struct lt_cell_key key;
    if (dims->year == dims->decided_year && dims->span_from == 0) {
        lt_cell_key_make(0, LT_BASIS_BOTH, dims->year, 0, dims, &key);
        add_under(rollup, txn, lineage, &key, amount);
    } else {
        struct lt_dims achieved = *dims;
        if (dims->decided_year != 0)
            achieved.month = 0;
        if (dims->year != 0) {
            lt_cell_key_make(0, LT_BASIS_ACHIEVED, dims->year, dims->span_from, &achieved, &key);
            add_under(rollup, txn, lineage, &key, amount);
        }
        if (dims->decided_year != 0) {
            lt_cell_key_make(0, LT_BASIS_DECIDED, dims->decided_year, 0, dims, &key);
            add_under(rollup, txn, lineage, &key, amount);
        }
    }
    if (rollup->cells.count >= CELLS_GATHERED_MAX)
        flush_cells(rollup, txn);
}

/* Adds what a line counts to the cells of its place and of all above it. */
static void add_to_cells(struct lt_rollup *rollup, struct lt_store_txn *txn,
                         const struct lt_line_key *line, const struct amount *amount)
{
    struct lt_dims dims;
    if (amount->count == 0 && amount->quantity == 0 && amount->unconfirmed == 0)
        return;
    const struct lt_lineage *lineage =
        lt_words_lineage(rollup->words, txn, lt_line_key_place(line));
    if (lineage == NULL)
        return;
    lt_line_key_dims(line, &dims);
    add_cells(rollup, txn, lineage, &dims, amount);
}

/* Adds what a teller says, counted or not, to what he says in all. */
static void add_told(struct lt_rollup *rollup, struct lt_store_txn *txn,
                     const struct lt_line_row *line)
{
    const struct lt_lineage told = {.count = 1,
                                    .numbers = {LT_TOLD | lt_line_key_teller(&line->key)}};
    const struct amount amount = {line->count, line->quantity, 0};
    struct lt_dims all;
    lt_line_key_dims(&line->key, &all);
    const struct lt_dims dims = {.year = all.year,
                                 .span_from = all.span_from,
                                 .decided_year = all.decided_year,
                                 .month = all.month,
                                 .kind = all.kind,
                                 .code = all.code,
                                 .recipient = all.recipient,
                                 .status = all.status};
    add_cells(rollup, txn, &told, &dims, &amount);
}

/* ---- The law over a scope ---- */

static bool line_room(struct lt_rollup *rollup, size_t count)
{
    if (count <= rollup->line_capacity)
        return true;
    size_t capacity = count * 2;
    struct lt_line *before = realloc(rollup->before, capacity * sizeof *before);
    if (before != NULL)
        rollup->before = before;
    struct lt_line *after = realloc(rollup->after, capacity * sizeof *after);
    if (after != NULL)
        rollup->after = after;
    uint32_t *order = realloc(rollup->order, capacity * sizeof *order);
    if (order != NULL)
        rollup->order = order;
    if (before == NULL || after == NULL || order == NULL)
        return false;
    rollup->line_capacity = capacity;
    return true;
}

static struct amount counted(const struct lt_line *line, int sign)
{
    return (struct amount){
        .count = sign * line->counted_count,
        .quantity = sign * line->counted_quantity,
        .unconfirmed = line->unconfirmed ? sign * line->counted_quantity : 0,
    };
}

/* Stored lines and changes of a scope, both sorted, as they will be: lines of zero left out. */
static bool merge_lines(struct lt_rollup *rollup)
{
    const struct lt_line_rows *stored = &rollup->stored, *deltas = &rollup->deltas;
    size_t i = 0, j = 0;
    rollup->merged.count = 0;
    while (i < stored->count || j < deltas->count) {
        int order = i == stored->count   ? 1
                    : j == deltas->count ? -1
                                         : memcmp(stored->items[i].key.bytes,
                                                  deltas->items[j].key.bytes, LT_LINE_KEY_BYTES);
        struct lt_line_row row = order <= 0 ? stored->items[i++] : deltas->items[j];
        if (order == 0) {
            row.count += deltas->items[j].count;
            row.quantity += deltas->items[j].quantity;
        }
        j += order >= 0;
        if ((row.count != 0 || row.quantity != 0) && !lt_line_rows_add(&rollup->merged, &row))
            return false;
    }
    return true;
}

/* Adds or takes away that tellers differ about a scope. Its lines were judged. */
static void add_difference(struct lt_rollup *rollup, struct lt_store_txn *txn,
                           const struct lt_line_rows *rows, struct lt_line *lines, int sign)
{
    const struct lt_place *place;
    struct lt_dims dims;
    int64_t most;
    if (!lt_scope_differs(lines, rows->count, &most) ||
        !lt_scope_summary(rows, lines, &place, &dims))
        return;
    const struct amount amount = {sign, sign * most, 0};
    const uint32_t number = lt_words_place(rollup->words, txn, place);
    const struct lt_lineage *lineage = lt_words_lineage(rollup->words, txn, number);
    if (lineage != NULL)
        add_cells(rollup, txn, lineage, &dims, &amount);
}

static void settle_by_law(struct lt_rollup *rollup, struct lt_store_txn *txn,
                          const uint8_t scope[LT_SCOPE_BYTES])
{
    rollup->stored.count = 0;
    lt_store_scope(txn, scope, &rollup->stored);
    if (!merge_lines(rollup) || !line_room(rollup, rollup->stored.count + rollup->deltas.count)) {
        lt_store_fail(txn, LT_NO_MEMORY);
        return;
    }
    lt_scope_judge(rollup->words, txn, &rollup->stored, rollup->before, rollup->order);
    lt_scope_judge(rollup->words, txn, &rollup->merged, rollup->after, rollup->order);
    if (lt_store_error(txn) != LT_OK)
        return;
    for (size_t i = 0; i < rollup->stored.count; i++) {
        struct amount amount = counted(&rollup->before[i], -1);
        add_to_cells(rollup, txn, &rollup->stored.items[i].key, &amount);
    }
    for (size_t i = 0; i < rollup->merged.count; i++) {
        struct amount amount = counted(&rollup->after[i], 1);
        add_to_cells(rollup, txn, &rollup->merged.items[i].key, &amount);
    }
    add_difference(rollup, txn, &rollup->stored, rollup->before, -1);
    add_difference(rollup, txn, &rollup->merged, rollup->after, 1);
}

static bool one_teller_names_only(const struct lt_line_row *first, const struct lt_line_row *last)
{
    return !lt_line_key_total(&last->key) &&
           lt_line_key_teller(&first->key) == lt_line_key_teller(&last->key);
}

/* Where one teller alone names lines, all of them count: the common case, without reading the scope. */
static bool settle_simply(struct lt_rollup *rollup, struct lt_store_txn *txn,
                          const uint8_t scope[LT_SCOPE_BYTES])
{
    struct lt_line_row first, last, sample = rollup->deltas.items[0];
    struct lt_line line;
    if (!one_teller_names_only(&sample, &rollup->deltas.items[rollup->deltas.count - 1]))
        return false;
    if (lt_store_scope_ends(txn, scope, &first, &last) &&
        (!one_teller_names_only(&first, &last) ||
         lt_line_key_teller(&first.key) != lt_line_key_teller(&sample.key)))
        return false;
    sample.count = sample.quantity = 1;
    if (!lt_scope_line(rollup->words, txn, &sample, &line))
        return true;
    lt_scope_law(&line, 1);
    if (line.counted_count != 1)
        return false;
    for (size_t i = 0; i < rollup->deltas.count; i++) {
        const struct lt_line_row *delta = &rollup->deltas.items[i];
        struct amount amount = {delta->count, delta->quantity,
                                line.unconfirmed ? delta->quantity : 0};
        add_to_cells(rollup, txn, &delta->key, &amount);
    }
    return true;
}

static void settle_scope(struct lt_rollup *rollup, struct lt_store_txn *txn)
{
    if (rollup->deltas.count == 0)
        return;
    const uint8_t *scope = rollup->deltas.items[0].key.bytes;
    if (!settle_simply(rollup, txn, scope))
        settle_by_law(rollup, txn, scope);
    for (size_t i = 0; i < rollup->deltas.count; i++)
        add_told(rollup, txn, &rollup->deltas.items[i]);
    lt_store_add_lines(txn, rollup->deltas.items, rollup->deltas.count);
    rollup->deltas.count = 0;
}

void lt_rollup_flush(struct lt_rollup *rollup, struct lt_store_txn *txn)
{
    if (!lt_sums_sort(&rollup->lines)) {
        lt_store_fail(txn, LT_NO_MEMORY);
        return;
    }
    rollup->deltas.count = 0;
    for (size_t i = 0; i < rollup->lines.count && lt_store_error(txn) == LT_OK; i++) {
        const struct lt_sum *sum = lt_sums_sorted(&rollup->lines, i);
        struct lt_line_row row = {.count = sum->a, .quantity = sum->b, .authority = sum->tag};
        if (sum->a == 0 && sum->b == 0)
            continue;
        memcpy(row.key.bytes, sum->key, sizeof row.key.bytes);
        if (rollup->deltas.count > 0 &&
            memcmp(row.key.bytes, rollup->deltas.items[0].key.bytes, LT_SCOPE_BYTES) != 0)
            settle_scope(rollup, txn);
        if (!lt_line_rows_add(&rollup->deltas, &row))
            lt_store_fail(txn, LT_NO_MEMORY);
    }
    settle_scope(rollup, txn);
    flush_cells(rollup, txn);
    lt_sums_empty(&rollup->lines);
    if (rollup->line_capacity > LINES_GATHERED_MAX)
        free_scratch(rollup);
}
