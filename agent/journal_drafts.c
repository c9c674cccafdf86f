#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/journal_store.h"
#include "proto/message.h"

/* One import on its way in. */
struct intake {
    struct lt_journal *journal;
    struct lt_txn *txn;
    struct lt_arena *arena;
    uint64_t next_number;
};

/* ---- Checking and packing ---- */

/* The row's own body as it will be kept: one change, its tables, no record or import. A retraction
 * names a record of zeros meanwhile, for the shape's sake. */
static struct lt_bytes pack_body(const struct lt_draft *draft, struct lt_arena *arena)
{
    static uint8_t zeros[32];
    static char none[] = "";
    Lienthong__ReportBody body;
    Lienthong__Change change;
    Lienthong__RecordId record;
    Lienthong__Change *changes[] = {&change};
    struct lt_bytes packed = {NULL, 0};
    lienthong__report_body__init(&body);
    lienthong__change__init(&change);
    lienthong__record_id__init(&record);
    if (draft->op == LIENTHONG__OP__OP_PUT) {
        body = *draft->body;
        change = *draft->body->changes[0];
        change.record = NULL;
    } else {
        record.update.data = zeros;
        record.update.len = sizeof(zeros);
        change.record = &record;
    }
    change.op = (Lienthong__Op)draft->op;
    change.import = 0;
    change.row = 0;
    change.unseen = false;
    char *reason = (char *)(uintptr_t)draft->reason; /* only read */
    change.reason = reason != NULL ? reason : none;
    body.changes = changes;
    body.n_changes = 1;
    body.n_imports = 0;
    body.personal_root.len = 0;
    body.signed_at = 0;
    size_t size = lienthong__report_body__get_packed_size(&body);
    uint8_t *bytes = size <= DRAFT_BYTES_MAX ? lt_arena_take(arena, size) : NULL;
    if (bytes != NULL)
        packed = (struct lt_bytes){bytes, lienthong__report_body__pack(&body, bytes)};
    return packed;
}

static enum lt_result read_body(struct lt_bytes bytes, struct lt_arena *arena,
                                Lienthong__ReportBody **ret_body)
{
    struct lt_update update = {.body = bytes};
    update.frame.chain.stream = LT_STREAM_REPORT;
    update.frame.body_version = LT_BODY_VERSION;
    return lt_report_read(&update, arena, ret_body);
}

/* Packs the person, and reads it back as others will. */
static enum lt_result pack_person(const struct lt_draft *draft, struct lt_arena *arena,
                                  struct lt_bytes *ret_bytes, const Lienthong__Person **ret_person)
{
    ProtobufCMessage *person;
    size_t size = draft->person != NULL ? lienthong__person__get_packed_size(draft->person) : 0;
    *ret_bytes = (struct lt_bytes){NULL, 0};
    *ret_person = NULL;
    if (size == 0)
        return LT_OK;
    uint8_t *bytes = size <= DRAFT_BYTES_MAX ? lt_arena_take(arena, size) : NULL;
    if (bytes == NULL)
        return size <= DRAFT_BYTES_MAX ? LT_NO_MEMORY : LT_TOO_LARGE;
    *ret_bytes = (struct lt_bytes){bytes, lienthong__person__pack(draft->person, bytes)};
    enum lt_result result =
        lt_payload_read(*ret_bytes, &lienthong__person__descriptor, arena, &person);
    if (result == LT_OK)
        *ret_person = (const Lienthong__Person *)person;
    return result;
}

/* A row that could not be signed must never get in: it would block all after it. */
static enum lt_result fill(struct intake *intake, const struct lt_draft *draft,
                           struct draft_row *row)
{
    const struct lt_unit *author =
        draft->others ? &lt_predecessor_any.unit : &intake->journal->site.unit;
    const Lienthong__Person *person;
    Lienthong__ReportBody *body;
    lt_arena_reset(intake->arena);
    bool puts = draft->op == LIENTHONG__OP__OP_PUT;
    if (puts ? draft->body == NULL || draft->body->n_changes != 1 : !draft->corrects)
        return LT_MALFORMED;
    row->body = pack_body(draft, intake->arena);
    if (row->body.size == 0)
        return LT_TOO_LARGE;
    enum lt_result result = pack_person(draft, intake->arena, &row->person, &person);
    if (result == LT_OK)
        result = read_body(row->body, intake->arena, &body);
    if (result != LT_OK)
        return result;
    row->ref = draft->ref;
    row->op = draft->op;
    row->apart = draft->apart && !draft->corrects;
    row->others = draft->others;
    row->named = draft->named;
    row->drafted_at = draft->drafted_at;
    row->kind = (uint8_t)lt_change_kind(body->changes[0]);
    row->value = lt_change_value(body, author, 0, person);
    if (puts && !draft->others)
        lt_natural_key(body, author, 0, person, &row->natural);
    return LT_OK;
}

/* ---- Placing ---- */

/* What the clerk saw: the last draft of the record, else what it says. */
static enum lt_result note_saw(struct intake *intake, uint64_t record, struct draft_row *row)
{
    struct draft_row last;
    struct history history;
    row->saw = (struct lt_row_ref){0, 0};
    if (lt_row_last_of_group(intake->txn, &row->group, &last)) {
        row->saw = last.ref;
        return LT_OK;
    }
    if (record == 0)
        return LT_OK;
    enum lt_result result = lt_history_load(intake->journal, intake->txn, record, false, &history);
    if (result != LT_OK)
        return result == LT_NOT_FOUND ? LT_OK : result;
    row->saw = history.versions[history.current].ref;
    lt_history_free(&history);
    return LT_OK;
}

/* Is the record, or what its drafts will put, another unit's? Then which. */
static bool is_others(struct lt_txn *txn, const struct lt_row_ref *group, uint64_t record,
                      struct lt_record_id *ret_named)
{
    struct record_row row;
    struct draft_row draft;
    if (record != 0) {
        bool others = lt_row_get_record(txn, record, &row) && lt_row_is_others(&row);
        if (others)
            *ret_named = (struct lt_record_id){row.put.update, row.put.index};
        return others;
    }
    if (!lt_row_last_of_group(txn, group, &draft) || !draft.others)
        return false;
    *ret_named = draft.named;
    return true;
}

static enum lt_result place(struct intake *intake, const struct lt_draft *draft,
                            struct draft_row *row)
{
    struct lt_txn *txn = intake->txn;
    struct ref_row ref;
    uint64_t record = 0, number;
    if (draft->ref.import == 0 || lt_row_draft_of_ref(txn, &draft->ref, &number) ||
        lt_row_get_ref(txn, &draft->ref, &ref))
        return draft->ref.import == 0 ? LT_MALFORMED : LT_EXISTS;
    if (draft->corrects) {
        bool found = lt_row_canonical(txn, &draft->record, &row->group, &record);
        if (!found && !draft->others)
            return LT_NOT_FOUND;
        if (!found)
            row->group = lt_row_made_ref(&draft->named);
        else if (is_others(txn, &row->group, record, &row->named) != draft->others)
            return LT_MALFORMED; /* its references were read as another's */
    } else if (draft->apart || !lt_natural_match(intake->journal, txn, row->natural.exact, true,
                                                 &row->group, &record)) {
        row->group = draft->ref;
    }
    return note_saw(intake, record, row);
}

static enum lt_result take_draft(struct intake *intake, const struct lt_draft *draft)
{
    struct draft_row row = {.number = intake->next_number};
    enum lt_result result = fill(intake, draft, &row);
    if (result == LT_OK)
        result = place(intake, draft, &row);
    if (result == LT_OK)
        lt_row_put_draft(intake->txn, &row);
    intake->next_number++;
    return lt_txn_error(intake->txn) != LT_OK ? lt_txn_error(intake->txn) : result;
}

/* ---- Imports ---- */

static void put_import(struct lt_txn *txn, const struct lt_import *import)
{
    uint8_t head[8 + 32 + 8 + 3 * 4 + LT_LONG_TEXT_BYTES_MAX], id[8];
    size_t name = import->file != NULL ? strnlen(import->file, LT_LONG_TEXT_BYTES_MAX) : 0;
    struct lt_row_writer row = lt_row_write(head, sizeof(head));
    struct lt_row_writer key = lt_row_write(id, sizeof(id));
    lt_row_give_number(&key, import->id, 8);
    lt_row_give(&row, import->content.bytes, 32);
    lt_row_give_number(&row, (uint64_t)import->at, 8);
    lt_row_give_number(&row, import->rows, 4);
    lt_row_give_number(&row, import->accepted, 4);
    lt_row_give_number(&row, import->refused, 4);
    lt_row_give(&row, import->file, name);
    lt_put(txn, T_IMPORT, lt_row_bytes(&key), lt_row_bytes(&row));
    lt_put(txn, T_IMPORTOF, (struct lt_bytes){import->content.bytes, 32}, lt_row_bytes(&key));
}

static enum lt_result import_in(struct intake *intake, const struct lt_import *import,
                                const struct lt_draft *drafts, size_t count)
{
    struct lt_bytes key, value;
    struct lt_cursor *cursor = lt_cursor_open(intake->txn, T_DRAFT);
    if (lt_cursor_last(cursor, &key, &value) && key.size == sizeof(intake->next_number))
        memcpy(&intake->next_number, key.data, sizeof(intake->next_number));
    lt_cursor_close(cursor);
    intake->next_number++;
    for (size_t i = 0; i < count; i++) {
        enum lt_result result = take_draft(intake, &drafts[i]);
        if (result != LT_OK)
            return result;
    }
    for (size_t i = 0; i < import->held_count; i++) {
        const struct lt_row_ref row = {import->id, import->held[i].row};
        lt_row_put_alias(intake->txn, &row, &import->held[i].record);
    }
    put_import(intake->txn, import);
    return lt_txn_error(intake->txn);
}

enum lt_result lt_journal_import(struct lt_journal *journal, const struct lt_import *import,
                                 const struct lt_draft *drafts, size_t count)
{
    struct intake intake = {.journal = journal};
    enum lt_result result = LT_NO_MEMORY;
    if (import->id == 0)
        return LT_MALFORMED;
    intake.arena = lt_arena_new(2 * LT_UNPACK_BYTES_MAX);
    if (intake.arena != NULL)
        intake.txn = lt_txn_begin(journal->env, true);
    if (intake.txn != NULL) {
        result = import_in(&intake, import, drafts, count);
        if (result == LT_OK)
            result = lt_txn_commit(intake.txn);
        else
            lt_txn_abort(intake.txn);
    }
    lt_arena_free(intake.arena);
    return result;
}

bool lt_journal_import_of(struct lt_journal *journal, const struct lt_hash *content,
                          uint64_t *ret_id, int64_t *ret_at)
{
    struct lt_bytes id, value;
    struct lt_txn *txn = lt_txn_begin(journal->env, false);
    bool found = txn != NULL &&
                 lt_get(txn, T_IMPORTOF, (struct lt_bytes){content->bytes, 32}, &id) &&
                 lt_get(txn, T_IMPORT, id, &value);
    if (found) {
        struct lt_row_reader key = lt_row_read(id), row = lt_row_read(value);
        uint8_t skipped[32];
        lt_row_take(&row, skipped, sizeof(skipped));
        *ret_at = (int64_t)lt_row_take_number(&row, 8);
        *ret_id = lt_row_take_number(&key, 8);
    }
    lt_txn_abort(txn);
    return found;
}

void lt_journal_import_file(struct lt_journal *journal, uint64_t id,
                            char ret_file[LT_LONG_TEXT_BYTES_MAX + 1])
{
    enum { BEFORE = 32 + 8 + 3 * 4 };
    uint8_t bytes[8];
    struct lt_bytes value;
    struct lt_row_writer key = lt_row_write(bytes, sizeof(bytes));
    struct lt_txn *txn = lt_txn_begin(journal->env, false);
    lt_row_give_number(&key, id, 8);
    ret_file[0] = '\0';
    if (txn != NULL && lt_get(txn, T_IMPORT, lt_row_bytes(&key), &value) && value.size > BEFORE)
        snprintf(ret_file, LT_LONG_TEXT_BYTES_MAX + 1, "%.*s", (int)(value.size - BEFORE),
                 (const char *)value.data + BEFORE);
    lt_txn_abort(txn);
}

size_t lt_journal_draft_count(struct lt_journal *journal)
{
    struct lt_txn *txn = lt_txn_begin(journal->env, false);
    size_t count = txn != NULL ? (size_t)lt_entries(txn, T_DRAFT) : 0;
    lt_txn_abort(txn);
    return count;
}
