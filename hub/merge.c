#include "hub/merge.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "hub/records.h"

struct lt_merge *lt_merge_new(const struct lt_book *book, uint64_t seed)
{
    struct lt_merge *merge = calloc(1, sizeof *merge);
    if (merge == NULL)
        return NULL;
    merge->book = book;
    merge->words = lt_words_new(book);
    merge->reader = lt_reader_new();
    merge->rollup = merge->words == NULL ? NULL : lt_rollup_new(merge->words, seed);
    if (merge->words != NULL && merge->reader != NULL && merge->rollup != NULL)
        return merge;
    lt_merge_free(merge);
    return NULL;
}

void lt_merge_free(struct lt_merge *merge)
{
    if (merge == NULL)
        return;
    lt_rollup_free(merge->rollup);
    lt_reader_free(merge->reader);
    lt_words_free(merge->words);
    free(merge->row_keys);
    free(merge->runs.items);
    free(merge->overlaps.items);
    free(merge->rows.items);
    free(merge->versions);
    free(merge);
}

void lt_merge_begin(struct lt_merge *merge, struct lt_store_txn *txn, struct lt_store_txn *log)
{
    merge->txn = txn;
    merge->log = log;
    lt_store_tally(txn, &merge->tally);
}

void lt_merge_end(struct lt_merge *merge)
{
    lt_rollup_flush(merge->rollup, merge->txn);
    lt_store_set_tally(merge->txn, &merge->tally);
    merge->txn = merge->log = NULL;
}

void lt_merge_forget(struct lt_merge *merge)
{
    lt_rollup_forget(merge->rollup);
    lt_reader_forget(merge->reader);
    lt_words_forget(merge->words);
    merge->chain_unit = 0;
    merge->update = NULL;
    merge->txn = merge->log = NULL;
}

/* ---- Quarantine ---- */

bool lt_merge_revoked(const struct lt_book *book, struct lt_store_txn *log,
                      const struct lt_update *update)
{
    const struct lt_revocation *revocation =
        lt_book_revocation(book, &update->frame.chain, &update->frame.key);
    if (revocation == NULL)
        return false;
    for (size_t i = 0; i < revocation->cut_count; i++)
        if (lt_hash_cmp(&revocation->cut[i], &update->id) == 0 ||
            lt_log_is_ancestor(lt_store_log(log), &update->id, &revocation->cut[i]))
            return false;
    return true;
}

static void sum_add(uint8_t sum[32], const struct lt_update *update, uint32_t index,
                    enum lt_verdict verdict)
{
    uint8_t said[32 + 4 + 1];
    struct lt_hash hash;
    memcpy(said, update->id.bytes, 32);
    lt_put_u32(said + 32, index);
    said[36] = (uint8_t)verdict;
    lt_hash_of(said, sizeof said, &hash);
    sodium_add(sum, hash.bytes, 32);
}

/* Of the chain of the update that is being folded. */
static bool read_chain_tally(struct lt_merge *merge)
{
    if (merge->chain_unit != 0)
        return true;
    merge->chain_unit = lt_words_unit(merge->words, merge->txn, &merge->update->frame.chain.unit);
    if (merge->chain_unit == 0)
        return false;
    lt_store_chain_tally(merge->txn, merge->chain_unit, &merge->chain_tally);
    return true;
}

void lt_merge_contest(struct lt_merge *merge, const struct lt_unit *author, int sign)
{
    struct lt_chain_tally tally;
    merge->tally.contested += (uint64_t)sign;
    if (lt_unit_cmp(author, &merge->update->frame.chain.unit) == 0) {
        if (read_chain_tally(merge))
            merge->chain_tally.contested += (uint64_t)sign;
        return;
    }
    const uint32_t unit = lt_words_unit(merge->words, merge->txn, author);
    if (unit == 0)
        return;
    lt_store_chain_tally(merge->txn, unit, &tally);
    tally.contested += (uint64_t)sign;
    lt_store_set_chain_tally(merge->txn, unit, &tally);
}

void lt_merge_count(struct lt_merge *merge, const struct lt_at *at, const struct lt_fact *fact,
                    int sign)
{
    lt_rollup_add(merge->rollup, merge->txn, fact, sign);
    if (fact->kind == LT_KIND_AWARD)
        return;
    const struct lt_item item = {.kind = (uint8_t)fact->kind,
                                 .year = (uint16_t)fact->year,
                                 .author = lt_words_place(merge->words, merge->txn, fact->author),
                                 .at = *at};
    if (sign > 0)
        lt_store_put_item(merge->txn, &item);
    else
        lt_store_drop_item(merge->txn, &item);
}

void lt_merge_quarantine(struct lt_merge *merge, const struct lt_update *update,
                         const struct lt_at *at, enum lt_verdict verdict)
{
    const struct lt_quarantined row = {*at, verdict};
    lt_store_quarantine(merge->txn, &row, 1);
    merge->tally.quarantined++;
    if (!read_chain_tally(merge))
        return; /* the transaction has failed */
    merge->chain_tally.quarantined++;
    sum_add(merge->chain_tally.sum, update, at->index, verdict);
}

static void end_update(struct lt_merge *merge)
{
    if (merge->chain_unit != 0)
        lt_store_set_chain_tally(merge->txn, merge->chain_unit, &merge->chain_tally);
    merge->chain_unit = 0;
    merge->update = NULL;
}

/* ---- Rows of imports ---- */

static int compare_rows(const void *a, const void *b)
{
    const struct lt_row_key *left = a, *right = b;
    if (left->import != right->import)
        return left->import < right->import ? -1 : 1;
    if (left->row != right->row)
        return left->row < right->row ? -1 : 1;
    return (left->index > right->index) - (left->index < right->index);
}

static bool gather_rows(struct lt_merge *merge, const Lienthong__ReportBody *body)
{
    bool sorted = true;
    merge->row_count = 0;
    if (body->n_changes > merge->row_capacity) {
        struct lt_row_key *keys = realloc(merge->row_keys, body->n_changes * sizeof *keys);
        if (keys == NULL)
            return false;
        merge->row_keys = keys;
        merge->row_capacity = body->n_changes;
    }
    for (uint32_t i = 0; i < body->n_changes; i++) {
        const Lienthong__Change *change = body->changes[i];
        uint64_t import = change->import == 0 ? 0 : body->imports[change->import - 1];
        if (import == 0)
            continue;
        struct lt_row_key *key = &merge->row_keys[merge->row_count++];
        *key = (struct lt_row_key){import, change->row, i};
        sorted = sorted && (merge->row_count == 1 || compare_rows(key - 1, key) < 0);
    }
    if (!sorted)
        qsort(merge->row_keys, merge->row_count, sizeof *merge->row_keys, compare_rows);
    return true;
}

/* Runs of consecutive rows, from the sorted rows. */
static bool gather_runs(struct lt_merge *merge, uint32_t unit, uint64_t position)
{
    struct lt_run run = {0};
    merge->runs.count = 0;
    for (size_t i = 0; i < merge->row_count; i++) {
        const struct lt_row_key *key = &merge->row_keys[i];
        if (i > 0 && key->import == run.import && key->row == run.last_row)
            continue;
        if (i > 0 && key->import == run.import && key->row == run.last_row + 1 &&
            key->row % LT_RUN_ROWS_MAX != 0) {
            run.last_row++;
            continue;
        }
        if (i > 0 && !lt_runs_add(&merge->runs, &run))
            return false;
        run = (struct lt_run){unit, key->import, key->row, key->row, position};
    }
    return merge->row_count == 0 || lt_runs_add(&merge->runs, &run);
}

/* In the update at run->position. */
static bool find_row(struct lt_merge *merge, const struct lt_run *run, uint32_t row,
                     struct lt_at *ret_record)
{
    for (uint32_t i = 0;; i++) {
        const struct lt_decoded *decoded = lt_reader_at(merge->reader, merge->log, run->position);
        const Lienthong__ReportBody *body = decoded == NULL ? NULL : decoded->body;
        if (body == NULL || i >= body->n_changes)
            return false;
        const Lienthong__Change *change = body->changes[i];
        if (change->import != 0 && body->imports[change->import - 1] == run->import &&
            change->row == row &&
            lt_record_of(merge, &(struct lt_at){run->position, i}, ret_record))
            return true;
    }
}

/* Finds the record of an earlier change that holds the same row. Earlier changes with that row are
 * one record already, so the first that speaks of a record will do. */
static bool find_twin(struct lt_merge *merge, uint64_t position, const struct lt_row_key *key,
                      struct lt_at *ret_record)
{
    for (size_t i = 0; i < merge->overlaps.count; i++) {
        const struct lt_run *run = &merge->overlaps.items[i];
        if (run->import == key->import && run->first_row <= key->row && run->last_row >= key->row &&
            find_row(merge, run, key->row, ret_record))
            return true;
    }
    for (; key > merge->row_keys && key[-1].import == key->import && key[-1].row == key->row; key--)
        if (lt_record_of(merge, &(struct lt_at){position, key[-1].index}, ret_record))
            return true;
    return false;
}

/* Does a row of this update stand twice in it, or in an earlier one too? */
static bool has_twins(const struct lt_merge *merge)
{
    if (merge->overlaps.count > 0)
        return true;
    for (size_t i = 1; i < merge->row_count; i++)
        if (merge->row_keys[i - 1].import == merge->row_keys[i].import &&
            merge->row_keys[i - 1].row == merge->row_keys[i].row)
            return true;
    return false;
}

/* ---- One update ---- */

/* What is the same for all its changes. */
struct folding {
    uint64_t position;
    const struct lt_update *update;
    const Lienthong__ReportBody *body;
    const struct lt_place *author;
    bool revoked;
};

static enum lt_verdict judge(struct lt_merge *merge, const struct folding *folding, uint32_t index,
                             struct lt_fact *ret_fact)
{
    if (folding->revoked)
        return LT_V_REVOKED;
    if (folding->author == NULL)
        return LT_V_UNKNOWN_UNIT;
    return lt_judge(merge->book, folding->author, folding->body, index, ret_fact);
}

/* A change that puts a record of its own. */
static void fold_alone(struct lt_merge *merge, const struct folding *folding, uint32_t index)
{
    struct lt_fact fact;
    enum lt_verdict verdict = judge(merge, folding, index, &fact);
    merge->tally.changes++;
    merge->tally.records++;
    if (verdict == LT_COUNTS) {
        if (folding->body->changes[index]->unseen)
            lt_merge_contest(merge, &folding->update->frame.chain.unit, 1);
        lt_merge_count(merge, &(struct lt_at){folding->position, index}, &fact, 1);
    } else {
        lt_merge_quarantine(merge, folding->update, &(struct lt_at){folding->position, index},
                            verdict);
    }
}

static const struct lt_row_key *row_of(const struct lt_merge *merge,
                                       const Lienthong__ReportBody *body, uint32_t index)
{
    const Lienthong__Change *change = body->changes[index];
    if (change->import == 0)
        return NULL;
    struct lt_row_key key = {body->imports[change->import - 1], change->row, index};
    return bsearch(&key, merge->row_keys, merge->row_count, sizeof key, compare_rows);
}

/* A change that corrects, retracts, or may hold a row twice. */
static void fold_among_others(struct lt_merge *merge, const struct folding *folding, uint32_t index,
                              bool twins)
{
    struct lt_fact fact;
    struct lt_at twin;
    const struct lt_at at = {folding->position, index};
    const Lienthong__Change *change = folding->body->changes[index];
    const struct lt_row_key *key = twins ? row_of(merge, folding->body, index) : NULL;
    bool twinned = key != NULL && find_twin(merge, folding->position, key, &twin);
    bool first = change->record == NULL && change->op == LIENTHONG__OP__OP_PUT;
    if (first && !twinned) {
        fold_alone(merge, folding, index);
        return;
    }
    enum lt_verdict verdict = judge(merge, folding, index, &fact);
    merge->tally.changes++;
    merge->tally.records += first;
    verdict = lt_record_enter(merge, &at, verdict, twinned ? &twin : NULL);
    if (verdict != LT_COUNTS)
        lt_merge_quarantine(merge, folding->update, &at, verdict);
}

static bool prepare_rows(struct lt_merge *merge, const struct folding *folding)
{
    const struct lt_unit *unit = &folding->update->frame.chain.unit;
    merge->overlaps.count = 0;
    if (!gather_rows(merge, folding->body))
        return false;
    if (merge->row_count == 0)
        return true;
    uint32_t number = folding->author != NULL
                          ? lt_words_place(merge->words, merge->txn, folding->author)
                          : lt_words_unit(merge->words, merge->txn, unit);
    if (!gather_runs(merge, number, folding->position))
        return false;
    lt_store_overlaps(merge->txn, merge->runs.items, merge->runs.count, &merge->overlaps);
    lt_store_add_runs(merge->txn, merge->runs.items, merge->runs.count);
    return true;
}

void lt_merge_update(struct lt_merge *merge, uint64_t position, const struct lt_update *update,
                     const Lienthong__ReportBody *body)
{
    struct folding folding = {
        .position = position,
        .update = update,
        .body = body,
        .author = lt_book_place(merge->book, &update->frame.chain.unit),
        .revoked = lt_merge_revoked(merge->book, merge->log, update),
    };
    merge->update = update;
    if (body == NULL) {
        lt_merge_quarantine(merge, update, &(struct lt_at){position, UINT32_MAX},
                            folding.revoked ? LT_V_REVOKED : LT_V_NEWER_BODY);
        end_update(merge);
        return;
    }
    if (!prepare_rows(merge, &folding)) {
        lt_store_fail(merge->txn, LT_NO_MEMORY);
        return;
    }
    bool twins = has_twins(merge);
    for (uint32_t i = 0; i < body->n_changes && lt_store_error(merge->txn) == LT_OK; i++) {
        const Lienthong__Change *change = body->changes[i];
        if (twins || change->record != NULL || change->op != LIENTHONG__OP__OP_PUT)
            fold_among_others(merge, &folding, i, twins);
        else
            fold_alone(merge, &folding, i);
    }
    end_update(merge);
}
