#include <stdlib.h>
#include <string.h>

#include "agent/journal_store.h"

/* A change on its way into the tables. */
struct arrival {
    struct lt_txn *txn;
    uint64_t record;
    bool fresh; /* it makes a new record */
    bool others; /* its record is another unit's, which this one succeeds */
    struct version_row version;
    struct lt_record_id id; /* of this change */
};

enum lt_kind lt_change_kind(const Lienthong__Change *change)
{
    if (change->award != NULL)
        return LT_KIND_AWARD;
    if (change->proposal != NULL)
        return LT_KIND_PROPOSAL;
    if (change->movement != NULL)
        return LT_KIND_MOVEMENT;
    if (change->pledge != NULL)
        return LT_KIND_PLEDGE;
    if (change->score != NULL)
        return LT_KIND_SCORE;
    if (change->exemplar != NULL)
        return LT_KIND_EXEMPLAR;
    return change->declaration != NULL ? LT_KIND_DECLARATION : (enum lt_kind)0;
}

/* ---- Drafts that arrive signed, groups that move ---- */

void lt_index_move_group(struct lt_txn *txn, const struct lt_row_ref *from,
                         const struct lt_row_ref *to)
{
    uint64_t number;
    struct draft_row draft;
    if (lt_row_ref_equal(from, to))
        return;
    while (lt_row_next_of_group(txn, from, 0, &number) && lt_row_get_draft(txn, number, &draft)) {
        struct lt_row_ref saw = draft.saw;
        lt_row_change_draft(txn, number, to, &saw, draft.unseen);
    }
}

/* Rule 3: the draft that arrived, and this journal's earlier ones of its record. */
static void drop_judged(struct lt_txn *txn, const struct lt_row_ref *ref)
{
    uint64_t last, number = 0;
    struct draft_row draft;
    if (!lt_row_draft_of_ref(txn, ref, &last) || !lt_row_get_draft(txn, last, &draft))
        return;
    struct lt_row_ref group = draft.group;
    while (lt_row_next_of_group(txn, &group, 0, &number) && number <= last)
        lt_row_delete_draft(txn, number);
}

/* Another version came to a record that has drafts: their clerks did not know of it. A clerk whose own earlier draft it
 * is knew that, but not what a copy of his machine replaced unseen when it signed it. */
static void meet_drafts(struct lt_txn *txn, const struct lt_row_ref *group,
                        const struct version_row *version)
{
    uint64_t number = 0;
    struct draft_row draft;
    while (lt_row_next_of_group(txn, group, number, &number) &&
           lt_row_get_draft(txn, number, &draft))
        if (version->unseen || !lt_row_ref_equal(&draft.saw, &version->ref))
            lt_row_meet_draft(txn, number);
}

/* ---- Records ---- */

static uint64_t new_record(struct lt_txn *txn)
{
    struct lt_bytes key, value;
    uint64_t last = 0;
    struct lt_cursor *cursor = lt_cursor_open(txn, T_RECORD);
    if (lt_cursor_last(cursor, &key, &value) && key.size == sizeof(last))
        memcpy(&last, key.data, sizeof(last));
    lt_cursor_close(cursor);
    return last + 1;
}

/* `from` turns out to be `to`: rule 5. */
static void merge_records(struct lt_txn *txn, uint64_t from, uint64_t to)
{
    struct record_row from_row, to_row;
    struct version_row *versions = NULL;
    struct ref_row ref;
    if (from == to || !lt_row_get_record(txn, from, &from_row) ||
        !lt_row_get_record(txn, to, &to_row))
        return;
    size_t count = lt_row_versions(txn, from, &versions);
    lt_row_delete_versions(txn, from, versions, count);
    for (size_t i = 0; i < count; i++) {
        const struct version_row *version = &versions[i];
        struct lt_record_id id = {version->stamp.update, version->stamp.index};
        lt_row_put_version(txn, to, version);
        lt_row_delete_natural(txn, &version->natural, from);
        lt_row_put_natural(txn, &version->natural, to);
        if (version->puts)
            lt_row_put_rid(txn, &id, to);
        if (lt_row_get_ref(txn, &version->ref, &ref) && ref.record == from) {
            ref.record = to;
            lt_row_put_ref(txn, &version->ref, &ref);
        }
    }
    free(versions);
    lt_row_delete_record(txn, from);
    lt_index_move_group(txn, &from_row.ref, &to_row.ref);
}

/* Rule 5, a further change with a pair that is known: whose record is whose. */
static void join_pair(struct arrival *arrival, const struct ref_row *known)
{
    struct lt_txn *txn = arrival->txn;
    const struct version_row *version = &arrival->version;
    struct record_row record;
    if (lt_stamp_cmp(&known->stamp, &version->stamp) < 0) {
        if (version->puts) { /* its record is the known one's */
            arrival->record = known->record;
            arrival->fresh = false;
        }
        return;
    }
    bool known_puts = lt_row_get_record(txn, known->record, &record) &&
                      lt_stamp_cmp(&record.put, &known->stamp) == 0;
    if (known_puts && version->puts) {
        arrival->record = known->record;
        arrival->fresh = false;
        record.put = version->stamp;
        lt_row_put_record(txn, known->record, &record);
    } else if (known_puts) {
        merge_records(txn, known->record, arrival->record);
    }
}

/* The record of another unit that a change is the first to name. */
static uint64_t others_record(struct lt_txn *txn, const struct lt_record_id *id, uint8_t kind)
{
    uint64_t number = new_record(txn);
    struct lt_stamp put = {0, id->update, id->index};
    struct record_row record = {lt_row_made_ref(id), kind, put};
    struct ref_row ref = {number, put};
    lt_row_put_record(txn, number, &record);
    lt_row_put_rid(txn, id, number);
    lt_row_put_ref(txn, &record.ref, &ref);
    return number;
}

/* Which record a change is of. False: it is of none. What is not here is another unit's, or the hubs
 * quarantine it. */
static bool find_record(struct arrival *arrival, const Lienthong__Change *change)
{
    struct record_row record;
    struct lt_record_id id = arrival->id;
    arrival->fresh = change->record == NULL;
    if (arrival->fresh)
        return change->op == LIENTHONG__OP__OP_PUT;
    id.index = change->record->index;
    if (change->record->update.len == sizeof(id.update.bytes))
        memcpy(id.update.bytes, change->record->update.data, sizeof(id.update.bytes));
    if (!lt_row_get_rid(arrival->txn, &id, &arrival->record))
        arrival->record = others_record(arrival->txn, &id, (uint8_t)lt_change_kind(change));
    arrival->others =
        lt_row_get_record(arrival->txn, arrival->record, &record) && lt_row_is_others(&record);
    return true;
}

static void store_arrival(struct arrival *arrival)
{
    struct lt_txn *txn = arrival->txn;
    const struct version_row *version = &arrival->version;
    struct ref_row known;
    struct record_row record;
    bool is_known = lt_row_get_ref(txn, &version->ref, &known);
    if (is_known)
        join_pair(arrival, &known);
    if (arrival->fresh) {
        arrival->record = new_record(txn);
        record = (struct record_row){version->ref, version->kind, version->stamp};
        lt_row_put_record(txn, arrival->record, &record);
    }
    if (version->puts)
        lt_row_put_rid(txn, &arrival->id, arrival->record);
    lt_row_put_version(txn, arrival->record, version);
    lt_row_put_natural(txn, &version->natural, arrival->record);
    if (!is_known || lt_stamp_cmp(&version->stamp, &known.stamp) < 0) {
        known = (struct ref_row){arrival->record, version->stamp};
        lt_row_put_ref(txn, &version->ref, &known);
    }
    drop_judged(txn, &version->ref);
    if (lt_row_get_record(txn, known.record, &record))
        lt_index_move_group(txn, &version->ref, &record.ref);
    if (lt_row_get_record(txn, arrival->record, &record))
        meet_drafts(txn, &record.ref, version);
}

static void index_change(struct lt_journal *journal, struct lt_txn *txn,
                         const struct lt_update *update, uint64_t position,
                         const Lienthong__ReportBody *body, uint32_t index,
                         const Lienthong__Person *person)
{
    const Lienthong__Change *change = body->changes[index];
    struct arrival arrival = {.txn = txn, .id = {update->id, index}};
    struct version_row *version = &arrival.version;
    if (!find_record(&arrival, change))
        return;
    version->stamp = (struct lt_stamp){update->frame.seq, update->id, index};
    version->position = position;
    version->told_ref = change->import > 0;
    version->ref = lt_row_made_ref(&arrival.id);
    if (version->told_ref)
        version->ref = (struct lt_row_ref){body->imports[change->import - 1], change->row};
    version->unseen = change->unseen;
    version->puts = arrival.fresh;
    version->op = (uint8_t)change->op;
    version->kind = (uint8_t)lt_change_kind(change);
    const struct lt_unit *author = arrival.others ? &lt_predecessor_any.unit : &journal->site.unit;
    version->value = lt_change_value(body, author, index, person);
    if (version->kind != 0 && !arrival.others)
        lt_natural_key(body, &journal->site.unit, index, person, &version->natural);
    store_arrival(&arrival);
}

void lt_index_update(struct lt_journal *journal, struct lt_txn *txn, const struct lt_update *update,
                     uint64_t position, const Lienthong__ReportBody *body,
                     const Lienthong__Personal *personal, struct lt_arena *arena)
{
    for (uint32_t i = 0; i < body->n_changes && lt_txn_error(txn) == LT_OK; i++) {
        const Lienthong__Person *person =
            personal != NULL ? lt_personal_find(personal, i, arena) : NULL;
        index_change(journal, txn, update, position, body, i, person);
    }
}

/* ---- Updates of a newer program ---- */

void lt_index_unread(struct lt_txn *txn, uint32_t body_version)
{
    uint8_t bytes[4];
    struct lt_bytes value;
    if (lt_get(txn, T_SITE, lt_row_name_key("unread"), &value)) {
        struct lt_row_reader row = lt_row_read(value);
        uint32_t least = (uint32_t)lt_row_take_number(&row, 4);
        body_version = least < body_version ? least : body_version;
    }
    struct lt_row_writer row = lt_row_write(bytes, sizeof(bytes));
    lt_row_give_number(&row, body_version, 4);
    lt_put(txn, T_SITE, lt_row_name_key("unread"), lt_row_bytes(&row));
}

bool lt_journal_unread(struct lt_journal *journal)
{
    struct lt_bytes value;
    struct lt_txn *txn = lt_txn_begin(journal->env, false);
    if (txn == NULL)
        return false;
    const bool unread = lt_get(txn, T_SITE, lt_row_name_key("unread"), &value);
    lt_txn_abort(txn);
    return unread;
}

/* Natural keys are made by rules that have changed: release 0.1.0 folded decision numbers otherwise. */
enum { NATURAL_RULES = 2 };

static bool has_natural_rules(struct lt_txn *txn)
{
    struct lt_bytes value;
    if (!lt_get(txn, T_SITE, lt_row_name_key("natural"), &value))
        return false;
    struct lt_row_reader row = lt_row_read(value);
    return lt_row_take_number(&row, 4) == NATURAL_RULES;
}

static void put_natural_rules(struct lt_txn *txn)
{
    uint8_t bytes[4];
    struct lt_row_writer row = lt_row_write(bytes, sizeof(bytes));
    lt_row_give_number(&row, NATURAL_RULES, 4);
    lt_put(txn, T_SITE, lt_row_name_key("natural"), lt_row_bytes(&row));
}

static void index_again(struct lt_journal *journal, struct lt_txn *txn, struct lt_arena *arena,
                        uint64_t position)
{
    struct lt_bytes bytes;
    struct lt_update update;
    Lienthong__ReportBody *body;
    Lienthong__Personal *personal = NULL;
    lt_arena_reset(arena);
    if (!lt_log_at(txn, position, &bytes) || lt_update_open(bytes, &update) != LT_OK) {
        lt_txn_fail(txn, LT_CORRUPT);
        return;
    }
    enum lt_result result = lt_report_read(&update, arena, &body);
    if (result == LT_OK)
        result = lt_journal_persons(journal, txn, &update, body, arena, &personal);
    if (result == LT_VERSION)
        lt_index_unread(txn, update.frame.body_version);
    else if (result != LT_OK)
        lt_txn_fail(txn, result);
    else
        lt_index_update(journal, txn, &update, position, body, personal, arena);
}

/* Its natural key by the rules of today. */
static void draft_again(struct lt_journal *journal, struct lt_txn *txn, struct lt_arena *arena,
                        struct draft_row *draft)
{
    lt_arena_reset(arena);
    ProtobufCAllocator *allocator = lt_arena_allocator(arena);
    Lienthong__ReportBody *body =
        lienthong__report_body__unpack(allocator, draft->body.size, draft->body.data);
    Lienthong__Person *person =
        draft->person.size == 0
            ? NULL
            : lienthong__person__unpack(allocator, draft->person.size, draft->person.data);
    uint8_t *copy = malloc(draft->body.size + draft->person.size + 1);
    if (body == NULL || copy == NULL || (draft->person.size > 0 && person == NULL)) {
        free(copy);
        lt_txn_fail(txn, LT_NO_MEMORY);
        return;
    }
    memcpy(copy, draft->body.data, draft->body.size);
    memcpy(copy + draft->body.size, draft->person.data, draft->person.size);
    draft->body.data = copy;
    draft->person.data = copy + draft->body.size;
    if (draft->kind != 0 && !draft->others && body->n_changes == 1)
        lt_natural_key(body, &journal->site.unit, 0, person, &draft->natural);
    lt_row_put_draft(txn, draft);
    free(copy);
}

static void clear_derived(struct lt_journal *journal, struct lt_txn *txn, struct lt_arena *arena)
{
    static const lt_table derived[] = {T_RECORD, T_VERSION, T_RID, T_REF, T_NATURAL, T_ALIKE};
    struct draft_row draft;
    uint64_t number = 0;
    for (size_t i = 0; i < sizeof(derived) / sizeof(derived[0]); i++)
        lt_clear(txn, derived[i]);
    while (lt_row_next_draft(txn, number, &draft)) {
        number = draft.number;
        draft_again(journal, txn, arena, &draft);
    }
    lt_delete(txn, T_SITE, lt_row_name_key("unread"));
    put_natural_rules(txn);
}

static void derive_again(struct lt_journal *journal, struct lt_txn *txn, struct lt_arena *arena)
{
    enum { SLICE = 256 };
    uint64_t positions[SLICE];
    struct lt_chain chain = lt_journal_chain(journal);
    uint64_t after = 0;
    clear_derived(journal, txn, arena);
    while (lt_txn_error(txn) == LT_OK) {
        size_t count = lt_log_chain_positions(txn, &chain, after, positions, SLICE);
        for (size_t i = 0; i < count && lt_txn_error(txn) == LT_OK; i++)
            index_again(journal, txn, arena, positions[i]);
        if (count < SLICE)
            return;
        after = positions[count - 1];
    }
}

void lt_index_again(struct lt_journal *journal, struct lt_txn *txn)
{
    struct lt_arena *arena = lt_arena_new(2 * LT_UNPACK_BYTES_MAX);
    if (arena == NULL) {
        lt_txn_fail(txn, LT_NO_MEMORY);
        return;
    }
    derive_again(journal, txn, arena);
    lt_arena_free(arena);
}

enum lt_result lt_index_catch_up(struct lt_journal *journal)
{
    struct lt_bytes value;
    struct lt_txn *txn = lt_txn_begin(journal->env, false);
    if (txn == NULL)
        return LT_NO_MEMORY;
    bool due = !has_natural_rules(txn);
    if (lt_get(txn, T_SITE, lt_row_name_key("unread"), &value)) {
        struct lt_row_reader row = lt_row_read(value);
        due = due || lt_row_take_number(&row, 4) <= LT_BODY_VERSION;
    }
    enum lt_result result = lt_txn_commit(txn);
    if (result != LT_OK || !due)
        return result;
    txn = lt_txn_begin(journal->env, true);
    if (txn == NULL)
        return LT_NO_MEMORY;
    lt_index_again(journal, txn);
    return lt_txn_commit(txn);
}
