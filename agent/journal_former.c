/* What a record said before it was corrected. */
#include "agent/journal_store.h"

struct former {
    struct lt_journal *journal;
    struct lt_txn *txn;
    struct lt_arena *arena;
    const struct lt_row_ref *row;
    Lienthong__ReportBody *body;
    Lienthong__Person *person;
};

/* Whether it could be read as it was said: a name may have been erased since. */
static enum lt_result check(const struct former *former, uint64_t value)
{
    const struct lt_unit *author = &former->journal->site.unit;
    return lt_change_value(former->body, author, 0, former->person) == value ? LT_OK : LT_NOT_FOUND;
}

static enum lt_result of_version(struct former *former, const struct version_row *version)
{
    if (version->op != LIENTHONG__OP__OP_PUT)
        return LT_NOT_FOUND;
    const struct body *body = lt_bodies_load(former->journal, former->txn, version->position);
    if (body == NULL)
        return lt_txn_error(former->txn) != LT_OK ? lt_txn_error(former->txn) : LT_NOT_FOUND;
    if (body->personal != NULL && lt_personal_hidden(body->personal, version->stamp.index))
        return LT_NOT_FOUND;
    if (body->personal != NULL)
        former->person = (Lienthong__Person *)(uintptr_t)lt_personal_find(
            body->personal, version->stamp.index, former->arena);
    enum lt_result result =
        lt_batch_single(body->report, version->stamp.index, former->arena, &former->body);
    return result == LT_OK ? check(former, version->value) : result;
}

static enum lt_result of_draft(struct former *former, uint64_t number)
{
    ProtobufCAllocator *allocator = lt_arena_allocator(former->arena);
    struct draft_row draft;
    if (!lt_row_get_draft(former->txn, number, &draft) || draft.op != LIENTHONG__OP__OP_PUT)
        return LT_NOT_FOUND;
    former->body = lienthong__report_body__unpack(allocator, draft.body.size, draft.body.data);
    if (draft.person.size > 0)
        former->person = lienthong__person__unpack(allocator, draft.person.size, draft.person.data);
    if (former->body == NULL || (draft.person.size > 0 && former->person == NULL))
        return LT_NO_MEMORY;
    return check(former, draft.value);
}

/* Of a record without drafts: what stands when `stands`, else what counted before the row said what stands. */
static enum lt_result of_record(struct former *former, uint64_t record, bool stands)
{
    struct history history;
    enum lt_result result = lt_history_load(former->journal, former->txn, record, true, &history);
    if (result != LT_OK)
        return result;
    size_t at = history.current;
    bool good = history.counts && !history.contested && !lt_row_is_others(&history.row);
    if (good && !stands) {
        good = lt_row_ref_equal(&history.versions[at].ref, former->row);
        do
            good = good && at-- > 0;
        while (good && (history.ignored[at] || history.verdicts[at] != LT_COUNTS));
    }
    result = good ? of_version(former, &history.versions[at]) : LT_NOT_FOUND;
    lt_history_free(&history);
    return result;
}

static enum lt_result find(struct former *former)
{
    struct lt_row_ref group;
    struct draft_row draft;
    uint64_t record, number = 0, before = 0, last;
    if (!lt_row_canonical(former->txn, former->row, &group, &record))
        return LT_NOT_FOUND;
    if (!lt_row_last_of_group(former->txn, &group, &draft))
        return record != 0 ? of_record(former, record, false) : LT_NOT_FOUND;
    if (!lt_row_ref_equal(&draft.ref, former->row) || draft.others)
        return LT_NOT_FOUND;
    last = draft.number;
    while (lt_row_next_of_group(former->txn, &group, number, &number) && number != last)
        before = number;
    if (before != 0)
        return of_draft(former, before);
    return record != 0 ? of_record(former, record, true) : LT_NOT_FOUND;
}

enum lt_result lt_journal_former(struct lt_journal *journal, const struct lt_row_ref *row,
                                 struct lt_arena *arena, Lienthong__ReportBody **ret_body,
                                 Lienthong__Person **ret_person)
{
    struct former former = {.journal = journal, .arena = arena, .row = row};
    former.txn = lt_txn_begin(journal->env, false);
    if (former.txn == NULL)
        return LT_NO_MEMORY;
    enum lt_result result = find(&former);
    enum lt_result error = lt_txn_commit(former.txn);
    if (error != LT_OK)
        return error;
    if (result == LT_OK) {
        *ret_body = former.body;
        *ret_person = former.person;
    }
    return result;
}

bool lt_journal_row(struct lt_journal *journal, const struct lt_row_ref *row,
                    struct lt_row_ref *ret_record, bool *ret_said)
{
    struct lt_row_ref group;
    struct ref_row ref;
    uint64_t record, number;
    struct lt_txn *txn = lt_txn_begin(journal->env, false);
    bool found = txn != NULL && lt_row_canonical(txn, row, &group, &record);
    bool said = found && (lt_row_get_ref(txn, row, &ref) || lt_row_draft_of_ref(txn, row, &number));
    found = found && lt_txn_error(txn) == LT_OK;
    lt_txn_abort(txn);
    if (found) {
        *ret_record = group;
        *ret_said = said;
    }
    return found;
}
