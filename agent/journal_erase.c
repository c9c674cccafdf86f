/* journal_erase - persons that redactions take out of a journal: of its log, its index and its drafts. */
#include <stdlib.h>
#include <string.h>

#include "agent/erasure.h"
#include "agent/journal_store.h"
#include "proto/standing.h"

/* What is still to be done with what directives have said; by that, a value of one byte. */
#define DUE_NOTE "erase"
enum { DUE_ERASE = 1, DUE_INDEX = 2 };

/* Does a draft speak of a record that was erased? */
static bool of_erased(struct lt_journal *journal, struct lt_txn *txn, const struct draft_row *draft)
{
    struct lt_row_ref group;
    struct record_row row;
    uint64_t record = 0;
    const struct lt_chain chain = lt_journal_chain(journal);
    struct lt_record_id id = draft->named;
    if (!draft->others) {
        if (!lt_row_canonical(txn, &draft->group, &group, &record) || record == 0 ||
            !lt_row_get_record(txn, record, &row))
            return false;
        id = (struct lt_record_id){row.put.update, row.put.index};
    }
    return lt_erasure_is_noted(txn, &chain, &id);
}

/* The draft stays; who it speaks of goes. */
static void strip(struct lt_journal *journal, struct lt_txn *txn, struct lt_arena *arena,
                  struct draft_row *draft)
{
    lt_arena_reset(arena);
    Lienthong__ReportBody *body = lienthong__report_body__unpack(
        lt_arena_allocator(arena), draft->body.size, draft->body.data);
    uint8_t *copy = malloc(draft->body.size + 1);
    if (body == NULL || copy == NULL) {
        free(copy);
        lt_txn_fail(txn, LT_NO_MEMORY);
        return;
    }
    memcpy(copy, draft->body.data, draft->body.size);
    draft->body.data = copy;
    draft->person = (struct lt_bytes){NULL, 0};
    lt_row_delete_draft(txn, draft->number);
    draft->value = lt_change_value(
        body, draft->others ? &lt_predecessor_any.unit : &journal->site.unit, 0, NULL);
    if (draft->kind != 0 && !draft->others)
        lt_natural_key(body, &journal->site.unit, 0, NULL, &draft->natural);
    lt_row_put_draft(txn, draft);
    free(copy);
}

static void strip_drafts(struct lt_journal *journal, struct lt_txn *txn)
{
    struct draft_row draft;
    uint64_t number = 0;
    struct lt_arena *arena = lt_arena_new(LT_UNPACK_BYTES_MAX);
    if (arena == NULL) {
        lt_txn_fail(txn, LT_NO_MEMORY);
        return;
    }
    while (lt_row_next_draft(txn, number, &draft)) {
        number = draft.number;
        if (draft.person.size > 0 && of_erased(journal, txn, &draft))
            strip(journal, txn, arena, &draft);
    }
    lt_arena_free(arena);
}

/* What was read from the log before holds names: natural keys, values, bodies. */
static void forget(struct lt_journal *journal, struct lt_txn *txn)
{
    lt_bodies_drop(journal);
    strip_drafts(journal, txn);
    lt_index_again(journal, txn);
}

static uint8_t noted_in(struct lt_txn *txn)
{
    struct lt_bytes value;
    return lt_get(txn, T_SITE, lt_row_name_key(DUE_NOTE), &value) && value.size == 1 ? value.data[0]
                                                                                     : 0;
}

/* A key of our unit: names that could not be read may be read now. */
static bool hands_key(const struct lt_journal *journal, const Lienthong__Directive *item)
{
    const Lienthong__Unit *unit = item->unit_box != NULL ? item->unit_box->unit : NULL;
    return unit != NULL && item->unit_box->machine.len > 0 &&
           strcmp(unit->code, journal->site.unit.code) == 0;
}

void lt_erase_note(struct lt_journal *journal, struct lt_txn *txn,
                   const Lienthong__DirectiveBody *body)
{
    uint8_t due = noted_in(txn);
    for (size_t i = 0; i < body->n_items; i++) {
        if (hands_key(journal, body->items[i]))
            due = DUE_INDEX;
        else if (body->items[i]->redaction != NULL && due == 0)
            due = DUE_ERASE;
    }
    if (due != 0)
        lt_put(txn, T_SITE, lt_row_name_key(DUE_NOTE), (struct lt_bytes){&due, 1});
}

void lt_erase_arrived(struct lt_journal *journal, struct lt_txn *txn,
                      const struct lt_update *update, uint64_t position,
                      const Lienthong__ReportBody *body, const Lienthong__Personal *personal,
                      struct lt_arena *arena)
{
    uint64_t updates = 0;
    const struct lt_chain own = lt_journal_chain(journal);
    const struct lt_book *book = lt_journal_book_in(journal, txn);
    if (book != NULL)
        lt_erasure_arrived(txn, book, update, body, &own, &updates);
    if (updates == 0)
        lt_index_update(journal, txn, update, position, body, personal, arena);
    else
        forget(journal, txn); /* this update is indexed with the rest */
}

/* In a transaction that only reads: is there something to do? */
static enum lt_result look(struct lt_journal *journal, bool *ret_due)
{
    const struct lt_chain own = lt_journal_chain(journal);
    struct lt_txn *txn = lt_txn_begin(journal->env, false);
    if (txn == NULL)
        return LT_NO_MEMORY;
    const struct lt_book *book = lt_journal_book_in(journal, txn);
    *ret_due = noted_in(txn) != 0 || (book != NULL && lt_erasure_is_due(txn, book, &own));
    return lt_txn_commit(txn);
}

enum lt_result lt_erase_due(struct lt_journal *journal)
{
    bool due = false;
    uint64_t updates = 0;
    const struct lt_chain own = lt_journal_chain(journal);
    enum lt_result result = look(journal, &due);
    if (result != LT_OK || !due)
        return result;
    struct lt_txn *txn = lt_txn_begin(journal->env, true);
    if (txn == NULL)
        return LT_NO_MEMORY;
    const struct lt_book *book = lt_journal_book_in(journal, txn);
    if (book != NULL)
        lt_erasure_apply(txn, book, &own, &updates);
    if (updates > 0 || noted_in(txn) == DUE_INDEX)
        forget(journal, txn);
    else
        strip_drafts(journal, txn);
    lt_delete(txn, T_SITE, lt_row_name_key(DUE_NOTE));
    journal->counted = false;
    return lt_txn_commit(txn);
}

enum lt_result lt_erase_catch_up(struct lt_journal *journal)
{
    struct lt_txn *txn = lt_txn_begin(journal->env, false);
    if (txn == NULL)
        return LT_NO_MEMORY;
    const bool due = noted_in(txn) != 0;
    const enum lt_result result = lt_txn_commit(txn);
    return result != LT_OK || !due ? result : lt_erase_due(journal);
}
