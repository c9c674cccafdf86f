#include "hub/behind.h"

#include <stdlib.h>
#include <string.h>

#include "hub/dimension.h"
#include "hub/sums.h"
#include "hub/words.h"

struct lt_behind {
    pthread_mutex_t lock; /* of all that follows */
    bool known;
    struct state {
        uint64_t last, generations, directives;
    } state; /* that they were gathered from */
    struct pair {
        uint32_t teller, place; /* dictionary numbers */
    } * pairs; /* of lines whose place is not at or below their teller's */
    size_t count;
};

struct lt_behind *lt_behind_new(void)
{
    struct lt_behind *behind = calloc(1, sizeof *behind);
    if (behind != NULL)
        pthread_mutex_init(&behind->lock, NULL);
    return behind;
}

void lt_behind_free(struct lt_behind *behind)
{
    if (behind == NULL)
        return;
    pthread_mutex_destroy(&behind->lock);
    free(behind->pairs);
    free(behind);
}

/* ---- Who tells of places that are not theirs ---- */

static bool is_theirs(const struct lt_lineage *lineage, uint32_t teller)
{
    for (uint32_t i = 0; i < lineage->count; i++)
        if (lineage->numbers[i] == teller)
            return true;
    return false;
}

static bool gather_line(struct lt_words *words, struct lt_store_txn *txn, const uint8_t *bytes,
                        struct lt_sums *pairs)
{
    struct lt_line_key key = {.bytes = {0}};
    memcpy(key.bytes, bytes, LT_LINE_KEY_BYTES);
    const struct pair pair = {lt_line_key_teller(&key), lt_line_key_place(&key)};
    if (pair.teller == pair.place)
        return true;
    const struct lt_lineage *lineage = lt_words_lineage(words, txn, pair.place);
    if (lineage == NULL)
        return false;
    if (is_theirs(lineage, pair.teller) || lt_sums_at(pairs, &pair, 0) != NULL)
        return true;
    lt_store_fail(txn, LT_NO_MEMORY);
    return false;
}

static bool keep(struct lt_behind *behind, const struct lt_sums *pairs)
{
    struct pair *kept = calloc(pairs->count + 1, sizeof *kept);
    if (kept == NULL)
        return false;
    for (size_t i = 0; i < pairs->count; i++) {
        const struct lt_sum *sum = (const void *)(pairs->entries + i * pairs->stride);
        memcpy(&kept[i], sum->key, sizeof kept[i]);
    }
    free(behind->pairs);
    behind->pairs = kept;
    behind->count = pairs->count;
    return true;
}

static enum lt_result gather(struct lt_behind *behind, struct lt_store_txn *txn,
                             struct lt_words *words)
{
    struct lt_marks marks;
    struct lt_bytes key, value;
    struct lt_sums pairs;
    lt_store_marks(txn, &marks);
    const struct state state = {lt_log_last(lt_store_log(txn)), marks.generations,
                                marks.directives};
    if (behind->known && memcmp(&state, &behind->state, sizeof state) == 0)
        return LT_OK;
    lt_sums_init(&pairs, sizeof(struct pair) / 8, 0);
    struct lt_walk *walk = lt_store_walk(txn, LT_STATE_SCOPES);
    while (walk != NULL && lt_walk_next(walk, &key, &value))
        if (key.size != LT_LINE_KEY_BYTES || !gather_line(words, txn, key.data, &pairs))
            break;
    if (walk != NULL)
        lt_walk_end(walk);
    if (lt_store_error(txn) == LT_OK && !keep(behind, &pairs))
        lt_store_fail(txn, LT_NO_MEMORY);
    lt_sums_free(&pairs);
    behind->known = lt_store_error(txn) == LT_OK;
    behind->state = state;
    return lt_store_error(txn);
}

/* ---- Who may have told of the place ---- */

/* Marks those who have lines at or below the place that is not theirs, by their numbers in the book. */
static void mark_far(const struct lt_behind *behind, struct lt_store_txn *txn,
                     struct lt_words *words, const struct lt_place *place, bool *told)
{
    for (size_t i = 0; i < behind->count; i++) {
        const struct lt_lineage *there = lt_words_lineage(words, txn, behind->pairs[i].place);
        if (there == NULL || there->place == NULL || !lt_place_within(there->place, place))
            continue;
        const struct lt_lineage *teller = lt_words_lineage(words, txn, behind->pairs[i].teller);
        if (teller != NULL && teller->place != NULL)
            told[teller->place->number] = true;
    }
}

static int by_unit(const void *a, const void *b)
{
    const struct lt_place *const *left = a, *const *right = b;
    return lt_unit_cmp(&(*left)->unit, &(*right)->unit);
}

static bool is_near(const struct lt_place *teller, const struct lt_place *place)
{
    return lt_place_within(teller, place) || lt_place_within(place, teller);
}

/* Those near by, or the others, in the order of their units. The book's read lock is held. */
static enum lt_result tellers_of(struct lt_behind *behind, struct lt_store_txn *txn,
                                 const struct lt_book *book, const struct lt_place *place, bool far,
                                 const struct lt_place **tellers, size_t *ret_count)
{
    const size_t all = lt_book_place_count(book);
    struct lt_words *words = lt_words_new(book);
    bool *told = calloc(all + 1, sizeof *told);
    enum lt_result result = words == NULL || told == NULL ? LT_NO_MEMORY : LT_OK;
    *ret_count = 0;
    if (result == LT_OK && far) {
        pthread_mutex_lock(&behind->lock);
        result = gather(behind, txn, words);
        if (result == LT_OK)
            mark_far(behind, txn, words, place, told);
        pthread_mutex_unlock(&behind->lock);
    }
    for (size_t i = 0; i < all && result == LT_OK; i++) {
        const struct lt_place *teller = lt_book_place_at(book, i);
        if (is_near(teller, place) ? !far : told[i])
            tellers[(*ret_count)++] = teller;
    }
    if (*ret_count > 1)
        qsort(tellers, *ret_count, sizeof(const struct lt_place *), by_unit);
    lt_words_free(words);
    free(told);
    return result;
}

/* *ret_tellers is the caller's to free. */
static enum lt_result find_tellers(struct lt_behind *behind, struct lt_ledger *ledger,
                                   const struct lt_place *place, bool far,
                                   const struct lt_place ***ret_tellers, size_t *ret_count)
{
    struct lt_store_txn *txn = lt_store_begin(lt_ledger_store(ledger), false);
    if (txn == NULL)
        return LT_NO_MEMORY;
    pthread_rwlock_rdlock(lt_ledger_book_lock(ledger));
    const struct lt_book *book = lt_ledger_book(ledger);
    *ret_tellers = calloc(lt_book_place_count(book) + 1, sizeof(const struct lt_place *));
    const enum lt_result result =
        *ret_tellers == NULL ? LT_NO_MEMORY
                             : tellers_of(behind, txn, book, place, far, *ret_tellers, ret_count);
    pthread_rwlock_unlock(lt_ledger_book_lock(ledger));
    lt_store_abort(txn);
    return result;
}

/* ---- Has he told anything of the kind? ---- */

struct telling {
    const struct lt_counted_query *query;
    uint32_t code; /* 0: any */
    bool any;
};

static bool look_at_cell(void *context, const struct lt_cell *cell)
{
    struct telling *telling = context;
    struct lt_dims dims;
    lt_cell_key_dims(&cell->key, &dims);
    telling->any = lt_cell_key_basis(&cell->key) !=
                       (telling->query->decided ? LT_BASIS_ACHIEVED : LT_BASIS_DECIDED) &&
                   (telling->code == 0 || dims.code == telling->code) &&
                   (telling->query->kind == 0 || dims.kind == telling->query->kind) &&
                   (telling->query->recipient == 0 ||
                    lt_recipient_meets(telling->query->recipient, dims.recipient));
    return !telling->any;
}

static enum lt_result has_told(struct lt_ledger *ledger, const struct lt_place *teller,
                               const struct lt_counted_query *query, bool *ret_told)
{
    static const struct lt_dims none;
    struct telling telling = {.query = query};
    struct lt_cell_key from, to;
    struct lt_store_txn *txn = lt_store_begin(lt_ledger_store(ledger), false);
    if (txn == NULL)
        return LT_NO_MEMORY;
    const bool coded = query->code != NULL && query->code[0] != '\0';
    const uint32_t unit = LT_TOLD | lt_words_find_unit(txn, &teller->unit);
    telling.code = coded ? lt_words_find_text(txn, query->code) : 0;
    lt_cell_key_make(unit, LT_BASIS_BOTH, (uint16_t)query->year_from, 0, &none, &from);
    lt_cell_key_make(unit, LT_BASIS_BOTH,
                     query->year_from == 0 ? UINT16_MAX : (uint16_t)(query->year_to + 1), 0, &none,
                     &to);
    if (unit != LT_TOLD && (!coded || telling.code != 0))
        lt_store_cells(txn, &from, &to, look_at_cell, &telling);
    const enum lt_result result = lt_store_error(txn);
    lt_store_abort(txn);
    *ret_told = telling.any;
    return result;
}

/* ---- Each of them ---- */

static enum lt_result tell_some(struct lt_behind *behind, struct lt_ledger *ledger,
                                const struct lt_counted_query *query, bool far,
                                lt_teller_seen *seen, void *context, bool *more)
{
    const struct lt_place **tellers = NULL;
    size_t count = 0;
    bool told = false;
    enum lt_result result = find_tellers(behind, ledger, query->place, far, &tellers, &count);
    for (size_t i = 0; i < count && *more && result == LT_OK; i++) {
        result = has_told(ledger, tellers[i], query, &told);
        if (result == LT_OK && told)
            *more = seen(context, tellers[i]);
    }
    free(tellers);
    return result;
}

enum lt_result lt_behind_tellers(struct lt_behind *behind, struct lt_ledger *ledger,
                                 const struct lt_counted_query *query, lt_teller_seen *seen,
                                 void *context)
{
    bool more = true;
    if (lt_ledger_due(ledger))
        return LT_NOT_READY;
    enum lt_result result = tell_some(behind, ledger, query, false, seen, context, &more);
    if (result == LT_OK && more)
        result = tell_some(behind, ledger, query, true, seen, context, &more);
    return result;
}

/* ---- Their records ---- */

struct walking {
    struct lt_ledger *ledger;
    const struct lt_counted_query *query;
    struct lt_counting *counting;
    lt_counted_seen *seen;
    void *context;
    enum lt_result result;
};

static bool walk(void *context, const struct lt_place *teller)
{
    struct walking *walking = context;
    bool more = true;
    walking->result =
        lt_records_counted_by(walking->ledger, teller, walking->query, walking->counting,
                              walking->seen, walking->context, &more);
    return more && walking->result == LT_OK;
}

enum lt_result lt_behind_each(struct lt_behind *behind, struct lt_ledger *ledger,
                              const struct lt_counted_query *query, lt_counted_seen *seen,
                              void *context)
{
    struct lt_counting *counting = lt_counting_new(lt_ledger_book(ledger));
    struct walking walking = {ledger, query, counting, seen, context, LT_OK};
    if (counting == NULL)
        return LT_NO_MEMORY;
    const enum lt_result result = lt_behind_tellers(behind, ledger, query, walk, &walking);
    lt_counting_free(counting);
    if (result == LT_NOT_READY)
        return lt_records_counted_each(ledger, query, seen, context);
    return result != LT_OK ? result : walking.result;
}
