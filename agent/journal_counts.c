#include <stdlib.h>
#include <string.h>

#include "agent/journal_store.h"

enum { SLICE_RECORDS = 500 };

/* ---- Records ---- */

static void count_record(struct lt_journal *journal, struct lt_txn *txn, uint64_t record,
                         struct lt_journal_counts *counts)
{
    struct history history;
    if (lt_history_load(journal, txn, record, true, &history) != LT_OK)
        return;
    counts->records++;
    counts->retracted += history.versions[history.current].op != LIENTHONG__OP__OP_PUT;
    counts->contested += history.contested;
    counts->quarantined += !history.counts;
    lt_history_free(&history);
}

/* Judges everything, in slices; the answer is kept until the log grows. */
static bool count_records(struct lt_journal *journal, struct lt_journal_counts *counts,
                          uint64_t *ret_position)
{
    uint64_t record = 0;
    bool more = true;
    while (more) {
        struct lt_txn *txn = lt_txn_begin(journal->env, false);
        if (txn == NULL)
            return false;
        *ret_position = lt_log_last(txn);
        for (int i = 0; i < SLICE_RECORDS && more; i++) {
            more = lt_row_next_record(txn, record, &record);
            if (more)
                count_record(journal, txn, record, counts);
        }
        if (lt_txn_commit(txn) != LT_OK)
            return false;
    }
    return true;
}

/* ---- Updates ---- */

/* When the first update was signed that a receipt (NULL: none) does not cover; 0: all are covered. */
static int64_t first_lacking(struct lt_journal *journal, struct lt_txn *txn,
                             const struct lt_statement *statement)
{
    struct lt_chain chain = lt_journal_chain(journal);
    uint64_t position;
    size_t count = lt_log_lacking(txn, &chain, statement != NULL ? statement->tips : NULL,
                                  statement != NULL ? statement->tip_count : 0, &position, 1);
    const struct body *body = count > 0 ? lt_bodies_load(journal, txn, position) : NULL;
    return body != NULL ? body->report->signed_at : 0;
}

static void count_updates(struct lt_journal *journal, struct lt_txn *txn,
                          struct lt_journal_counts *counts)
{
    struct lt_chain chain = lt_journal_chain(journal);
    struct draft_row draft;
    const struct lt_statement *top = NULL;
    struct lt_held_receipt *held = calloc(LT_HELLO_RECEIPTS_MAX, sizeof(*held));
    size_t count = held != NULL ? lt_receipts_held(journal, txn, held, LT_HELLO_RECEIPTS_MAX) : 0;
    counts->updates = lt_log_count(txn, &chain);
    for (size_t i = 0; i < count; i++) {
        const struct lt_statement *statement = &held[i].statement;
        if (lt_unit_cmp(&statement->hub, &journal->site.parent) == 0)
            counts->updates_at_parent = held[i].covered;
        if (statement->top && lt_unit_cmp(&statement->hub, &journal->site.top) == 0) {
            counts->updates_counted = held[i].covered;
            top = statement;
        }
    }
    if (counts->updates_counted < counts->updates)
        counts->oldest_waiting_at = first_lacking(journal, txn, top);
    free(held);
    counts->drafts = lt_entries(txn, T_DRAFT);
    if (lt_row_next_draft(txn, 0, &draft) &&
        (counts->oldest_waiting_at == 0 || draft.drafted_at < counts->oldest_waiting_at))
        counts->oldest_waiting_at = draft.drafted_at;
}

static uint64_t count_refused(struct lt_txn *txn)
{
    struct lt_bytes key, value;
    uint64_t refused = 0;
    struct lt_cursor *cursor = lt_cursor_open(txn, T_IMPORT);
    bool more = lt_cursor_seek(cursor, (struct lt_bytes){NULL, 0}, &key, &value);
    for (; more; more = lt_cursor_next(cursor, &key, &value)) {
        struct lt_row_reader row = lt_row_read(value);
        uint8_t skipped[32 + 8 + 4 + 4];
        lt_row_take(&row, skipped, sizeof(skipped));
        refused += lt_row_take_number(&row, 4);
    }
    lt_cursor_close(cursor);
    return refused;
}

void lt_journal_count_updates(struct lt_journal *journal, struct lt_journal_counts *ret_counts)
{
    struct lt_journal_counts counts = {.drafts = 0};
    struct lt_txn *txn = lt_txn_begin(journal->env, false);
    if (txn != NULL) {
        count_updates(journal, txn, &counts);
        lt_txn_abort(txn);
    }
    *ret_counts = counts;
}

void lt_journal_counts(struct lt_journal *journal, struct lt_journal_counts *ret_counts)
{
    struct lt_journal_counts counts = {.drafts = 0}, records = {.drafts = 0};
    uint64_t position = 0;
    struct lt_txn *txn = lt_txn_begin(journal->env, false);
    if (txn != NULL) {
        count_updates(journal, txn, &counts);
        counts.refused = count_refused(txn);
        position = lt_log_last(txn);
        lt_txn_abort(txn);
    }
    if (!journal->counted || journal->counted_position != position) {
        journal->counted = count_records(journal, &records, &position);
        journal->counted_position = position;
        journal->counts = records;
    }
    counts.records = journal->counts.records;
    counts.retracted = journal->counts.retracted;
    counts.contested = journal->counts.contested;
    counts.quarantined = journal->counts.quarantined;
    counts.disk_free_bytes = lt_env_disk_free(journal->env);
    *ret_counts = counts;
}
