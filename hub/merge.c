#include "hub/merge.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "hub/records.h"
#include "proto/standing.h"

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
    merge->folded = UINT64_MAX;
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

static bool within_cut(struct lt_store_txn *log, const struct lt_update *update,
                       const struct lt_hash *cut, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (lt_hash_cmp(&cut[i], &update->id) == 0 ||
            lt_log_is_ancestor(lt_store_log(log), &update->id, &cut[i]))
            return true;
    return false;
}

bool lt_merge_revoked(const struct lt_book *book, struct lt_store_txn *log,
                      const struct lt_update *update)
{
    const struct lt_revocation *revocation =
        lt_book_revocation(book, &update->frame.chain, &update->frame.key);
    if (revocation == NULL)
        return false;
    return !within_cut(log, update, revocation->cut, revocation->cut_count) &&
           !lt_book_endorsed(book, revocation, &update->id);
}

enum lt_verdict lt_merge_cut(const struct lt_book *book, struct lt_store_txn *log,
                             const struct lt_update *update)
{
    const struct lt_place *unit = lt_book_place(book, &update->frame.chain.unit);
    const struct lt_succession *closed = unit == NULL ? NULL : lt_book_closed(book, unit);
    if (lt_merge_revoked(book, log, update))
        return LT_V_REVOKED;
    return closed != NULL && !within_cut(log, update, closed->cut, closed->cut_count) ? LT_V_CLOSED
                                                                                      : LT_COUNTS;
}

static void hash_quarantined(const struct lt_update *update, uint32_t index,
                             enum lt_verdict verdict, struct lt_hash *ret_hash)
{
    uint8_t said[32 + 4 + 1];
    memcpy(said, update->id.bytes, 32);
    lt_put_u32(said + 32, index);
    said[36] = (uint8_t)verdict;
    lt_hash_of(said, sizeof said, ret_hash);
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
    struct lt_hash hash;
    lt_store_quarantine(merge->txn, &row, 1);
    merge->tally.quarantined++;
    if (!read_chain_tally(merge))
        return; /* the transaction has failed */
    merge->chain_tally.quarantined++;
    hash_quarantined(update, at->index, verdict, &hash);
    sodium_add(merge->chain_tally.sum, hash.bytes, 32);
}

/* The reverse, for a change of merge->update. */
static void unquarantine(struct lt_merge *merge, const struct lt_at *at)
{
    struct lt_hash hash;
    const enum lt_verdict verdict = lt_store_verdict(merge->txn, at);
    lt_store_unquarantine(merge->txn, at);
    merge->tally.quarantined--;
    if (!read_chain_tally(merge))
        return;
    merge->chain_tally.quarantined--;
    hash_quarantined(merge->update, at->index, verdict, &hash);
    sodium_sub(merge->chain_tally.sum, hash.bytes, 32);
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

/* In the update at run->position; `but` is another change. */
static bool find_row(struct lt_merge *merge, const struct lt_run *run, uint32_t row,
                     const struct lt_at *but, struct lt_at *ret_record)
{
    for (uint32_t i = 0;; i++) {
        const struct lt_decoded *decoded = lt_reader_at(merge->reader, merge->log, run->position);
        const Lienthong__ReportBody *body = decoded == NULL ? NULL : decoded->body;
        if (body == NULL || i >= body->n_changes)
            return false;
        const Lienthong__Change *change = body->changes[i];
        const struct lt_at at = {run->position, i};
        if (change->import != 0 && body->imports[change->import - 1] == run->import &&
            change->row == row && lt_at_cmp(&at, but) != 0 && lt_record_of(merge, &at, ret_record))
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
            find_row(merge, run, key->row, &(struct lt_at){position, key->index}, ret_record))
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
    enum lt_verdict cut; /* LT_V_REVOKED, LT_V_CLOSED: that is all there is to say */
};

static enum lt_verdict judge(struct lt_merge *merge, const struct folding *folding, uint32_t index,
                             struct lt_fact *ret_fact)
{
    const struct lt_place *speaker = folding->author;
    if (folding->cut != LT_COUNTS)
        return folding->cut;
    if (folding->author == NULL)
        return LT_V_UNKNOWN_UNIT;
    if (folding->body->changes[index]->record != NULL)
        speaker = lt_record_speaker(merge, &(struct lt_at){folding->position, index});
    return lt_judge(merge->book, speaker == NULL ? folding->author : speaker, folding->body, index,
                    ret_fact);
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
    if (verdict == LT_COUNTS)
        return;
    lt_merge_quarantine(merge, folding->update, &at, verdict);
    if (change->record != NULL)
        lt_record_await(merge, &at);
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

/* ---- Changes that waited ---- */

/* The record of another change with the same row of the same import, if there is one. */
static bool find_twin_of(struct lt_merge *merge, const struct folding *folding,
                         const struct lt_at *at, struct lt_at *ret_record)
{
    const Lienthong__Change *change = folding->body->changes[at->index];
    if (change->import == 0)
        return false;
    const struct lt_run run = {
        .unit = lt_words_unit(merge->words, merge->txn, &folding->update->frame.chain.unit),
        .import = folding->body->imports[change->import - 1],
        .first_row = change->row,
        .last_row = change->row};
    const uint32_t row = change->row;
    merge->overlaps.count = 0;
    lt_store_overlaps(merge->txn, &run, 1, &merge->overlaps);
    for (size_t i = 0; i < merge->overlaps.count; i++)
        if (find_row(merge, &merge->overlaps.items[i], row, at, ret_record))
            return true;
    return false;
}

/* Judged anew, now that what it names is there. */
static void enter_one(struct lt_merge *merge, const struct lt_at *at)
{
    struct lt_decoded *decoded = lt_reader_at(merge->reader, merge->log, at->position);
    struct lt_fact fact;
    struct lt_at twin;
    if (decoded == NULL || decoded->body == NULL)
        return;
    const struct lt_update update = decoded->update; /* the reader may need its room */
    struct folding folding = {
        .position = at->position,
        .update = &update,
        .body = decoded->body,
        .author = lt_book_place(merge->book, &update.frame.chain.unit),
        .cut = lt_merge_cut(merge->book, merge->log, &update),
    };
    merge->update = &update;
    unquarantine(merge, at);
    enum lt_verdict verdict = judge(merge, &folding, at->index, &fact);
    decoded = lt_reader_at(merge->reader, merge->log, at->position);
    folding.body = decoded == NULL ? NULL : decoded->body;
    const bool twinned = folding.body != NULL && find_twin_of(merge, &folding, at, &twin);
    verdict = lt_record_enter(merge, at, verdict, twinned ? &twin : NULL);
    if (verdict != LT_COUNTS)
        lt_merge_quarantine(merge, &update, at, verdict);
    end_update(merge);
}

static void enter_awaited(struct lt_merge *merge, const struct lt_hash *update)
{
    struct lt_at at;
    while (lt_store_error(merge->txn) == LT_OK && lt_store_awaited(merge->txn, update, &at))
        enter_one(merge, &at);
}

void lt_merge_update(struct lt_merge *merge, uint64_t position, const struct lt_update *update,
                     const Lienthong__ReportBody *body)
{
    struct folding folding = {
        .position = position,
        .update = update,
        .body = body,
        .author = lt_book_place(merge->book, &update->frame.chain.unit),
        .cut = lt_merge_cut(merge->book, merge->log, update),
    };
    merge->update = update;
    merge->folded = position;
    if (body == NULL) {
        lt_merge_quarantine(merge, update, &(struct lt_at){position, UINT32_MAX},
                            folding.cut != LT_COUNTS ? folding.cut : LT_V_NEWER_BODY);
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
    enter_awaited(merge, &update->id);
    merge->folded = UINT64_MAX;
}
