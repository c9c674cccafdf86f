/* Many drafts into one body: tables shared, references renumbered. */
#include <stdlib.h>
#include <string.h>

#include "agent/clock.h"
#include "agent/journal_store.h"

enum {
    BATCH_MAX = 500, /* rows of an update: 12 KB a hundred, so half a typical import */
    /* of body and personal part; the rest of the update is frame, signature, lengths, and the
     * keys of a sealed part */
    BATCH_BYTES_MAX = LT_UPDATE_BYTES_MAX - LT_FRAME_BYTES_MAX - 3072,
    /* what one change takes beside itself: lengths, record, import, unseen; a personal row */
    CHANGE_BYTES = 64,
    /* with its own salt when a row of the update is erased; or sealed, with leaf, salt and tag */
    ROW_BYTES = 16 + 92,
    /* drafts unpacked: their bodies are bounded by BATCH_BYTES_MAX in sum, but for the tables that
     * they share */
    BATCH_ARENA_BYTES = 64 * 1024 * 1024,
};

struct batch {
    struct lt_arena *arena;
    Lienthong__ReportBody body;
    size_t bytes; /* of body and personal part, at most */
    uint64_t imports[BATCH_MAX];
    Lienthong__Unit *units[LT_BODY_UNITS_MAX];
    Lienthong__Decision *decisions[LT_BODY_DECISIONS_MAX];
    Lienthong__Change *changes[BATCH_MAX];
    const Lienthong__Person *persons[BATCH_MAX];
};

struct batch *lt_batch_new(int64_t signed_at)
{
    struct batch *batch = calloc(1, sizeof(*batch));
    if (batch == NULL)
        return NULL;
    batch->arena = lt_arena_new(BATCH_ARENA_BYTES);
    if (batch->arena == NULL) {
        free(batch);
        return NULL;
    }
    lienthong__report_body__init(&batch->body);
    batch->body.imports = batch->imports;
    batch->body.units = batch->units;
    batch->body.decisions = batch->decisions;
    batch->body.changes = batch->changes;
    batch->body.signed_at = signed_at;
    batch->bytes = 64; /* root, time */
    return batch;
}

void lt_batch_free(struct batch *batch)
{
    if (batch == NULL)
        return;
    lt_arena_free(batch->arena);
    free(batch);
}

size_t lt_batch_count(const struct batch *batch)
{
    return batch->body.n_changes;
}

bool lt_batch_has_room(const struct batch *batch, size_t count, size_t bytes)
{
    size_t changes = batch->body.n_changes;
    return changes == 0 ||
           (count <= BATCH_MAX - changes &&
            batch->bytes + bytes + count * (CHANGE_BYTES + ROW_BYTES) <= BATCH_BYTES_MAX &&
            batch->body.n_units + count * LT_MEMBERS_MAX <= LT_BODY_UNITS_MAX);
}

/* ---- Tables ---- */

static uint32_t import_number(struct batch *batch, uint64_t import)
{
    size_t i = batch->body.n_imports;
    while (i > 0 && batch->imports[i - 1] != import) /* the last is the likeliest */
        i--;
    if (i > 0)
        return (uint32_t)i;
    batch->imports[batch->body.n_imports++] = import;
    batch->bytes += 8;
    return (uint32_t)batch->body.n_imports;
}

static bool unit_number(struct batch *batch, const Lienthong__ReportBody *from, uint32_t *number)
{
    if (*number == 0)
        return true;
    Lienthong__Unit *unit = from->units[*number - 1];
    size_t i = batch->body.n_units;
    while (i > 0 && (batch->units[i - 1]->valid_from != unit->valid_from ||
                     strcmp(batch->units[i - 1]->code, unit->code) != 0))
        i--;
    if (i == 0) {
        if (batch->body.n_units == LT_BODY_UNITS_MAX)
            return false;
        batch->units[batch->body.n_units++] = unit;
        batch->bytes += lienthong__unit__get_packed_size(unit) + 4;
        i = batch->body.n_units;
    }
    *number = (uint32_t)i;
    return true;
}

static bool same_decision(const Lienthong__Decision *a, const Lienthong__Decision *b)
{
    return a->unit == b->unit && a->level == b->level && a->date == b->date &&
           strcmp(a->number, b->number) == 0 && strcmp(a->authority, b->authority) == 0 &&
           strcmp(a->signatory, b->signatory) == 0;
}

static bool decision_number(struct batch *batch, const Lienthong__ReportBody *from,
                            uint32_t *number)
{
    if (*number == 0)
        return true;
    Lienthong__Decision *decision = from->decisions[*number - 1];
    uint32_t unit = decision->unit;
    if (!unit_number(batch, from, &unit))
        return false;
    Lienthong__Decision *copy = lt_arena_take(batch->arena, sizeof(*copy));
    if (copy == NULL)
        return false;
    *copy = *decision;
    copy->unit = unit;
    size_t i = batch->body.n_decisions;
    while (i > 0 && !same_decision(batch->decisions[i - 1], copy))
        i--;
    if (i == 0) {
        if (batch->body.n_decisions == LT_BODY_DECISIONS_MAX)
            return false;
        batch->decisions[batch->body.n_decisions++] = copy;
        batch->bytes += lienthong__decision__get_packed_size(copy) + 8;
        i = batch->body.n_decisions;
    }
    *number = (uint32_t)i;
    return true;
}

static bool renumber(struct batch *batch, const Lienthong__ReportBody *from,
                     Lienthong__Change *change)
{
    bool good = true;
    if (change->award != NULL)
        good = decision_number(batch, from, &change->award->decision) &&
               unit_number(batch, from, &change->award->place);
    if (change->proposal != NULL)
        good = good && unit_number(batch, from, &change->proposal->submitter) &&
               unit_number(batch, from, &change->proposal->place) &&
               decision_number(batch, from, &change->proposal->decision);
    if (change->movement != NULL)
        good = good && unit_number(batch, from, &change->movement->launcher);
    if (change->pledge != NULL) {
        good = good && unit_number(batch, from, &change->pledge->lead);
        for (size_t i = 0; i < change->pledge->n_members; i++)
            good = good && unit_number(batch, from, &change->pledge->members[i]);
    }
    if (change->score != NULL)
        good = good && unit_number(batch, from, &change->score->member) &&
               unit_number(batch, from, &change->score->managing);
    if (change->exemplar != NULL)
        good = good && unit_number(batch, from, &change->exemplar->place);
    return good;
}

/* ---- Changes ---- */

static Lienthong__RecordId *make_record(struct batch *batch, const struct lt_record_id *record,
                                        bool in_batch)
{
    struct stored {
        Lienthong__RecordId id;
        struct lt_hash update;
    } *stored = lt_arena_take(batch->arena, sizeof(*stored));
    if (stored == NULL)
        return NULL;
    lienthong__record_id__init(&stored->id);
    stored->id.index = record->index;
    stored->update = record->update;
    if (!in_batch) {
        stored->id.update.data = stored->update.bytes;
        stored->id.update.len = sizeof(stored->update.bytes);
    }
    return &stored->id;
}

enum lt_result lt_batch_add(struct batch *batch, const struct draft_row *draft,
                            const struct lt_record_id *record, bool in_batch, bool unseen,
                            uint32_t *ret_index)
{
    ProtobufCAllocator *allocator = lt_arena_allocator(batch->arena);
    Lienthong__ReportBody *from =
        lienthong__report_body__unpack(allocator, draft->body.size, draft->body.data);
    const Lienthong__Person *person = NULL;
    size_t index = batch->body.n_changes;
    if (from == NULL || from->n_changes != 1)
        return from == NULL ? LT_NO_MEMORY : LT_CORRUPT;
    Lienthong__Change *change = from->changes[0];
    change->record = record != NULL ? make_record(batch, record, in_batch) : NULL;
    if (draft->person.size > 0)
        person = lienthong__person__unpack(allocator, draft->person.size, draft->person.data);
    if ((record != NULL && change->record == NULL) || (draft->person.size > 0 && person == NULL) ||
        !renumber(batch, from, change))
        return LT_NO_MEMORY;
    change->import = import_number(batch, draft->ref.import);
    change->row = draft->ref.row;
    change->unseen = unseen;
    batch->changes[index] = change;
    batch->persons[index] = person;
    batch->bytes += lienthong__change__get_packed_size(change) + 8;
    batch->bytes += draft->person.size + ROW_BYTES;
    batch->body.n_changes++;
    *ret_index = (uint32_t)index;
    return LT_OK;
}

enum lt_result lt_batch_single(const Lienthong__ReportBody *from, uint32_t index,
                               struct lt_arena *arena, Lienthong__ReportBody **ret_body)
{
    ProtobufCAllocator *allocator = lt_arena_allocator(arena);
    const Lienthong__Change *change = from->changes[index];
    uint8_t *bytes = malloc(lienthong__change__get_packed_size(change) + 1);
    struct batch *batch = lt_batch_new(0);
    enum lt_result result = LT_NO_MEMORY;
    if (bytes != NULL && batch != NULL) {
        size_t size = lienthong__change__pack(change, bytes);
        batch->changes[0] = lienthong__change__unpack(allocator, size, bytes);
        batch->body.n_changes = 1;
        if (batch->changes[0] != NULL && renumber(batch, from, batch->changes[0]))
            result = LT_OK;
    }
    free(bytes);
    bytes = NULL;
    if (result == LT_OK)
        bytes = malloc(lienthong__report_body__get_packed_size(&batch->body) + 1);
    if (bytes != NULL) {
        size_t size = lienthong__report_body__pack(&batch->body, bytes);
        Lienthong__ReportBody *body = lienthong__report_body__unpack(allocator, size, bytes);
        if (body != NULL)
            *ret_body = body;
        result = body != NULL ? LT_OK : LT_NO_MEMORY;
    } else {
        result = LT_NO_MEMORY;
    }
    free(bytes);
    lt_batch_free(batch);
    return result;
}

enum lt_result lt_batch_pack(struct batch *batch, uint8_t **ret_body, size_t *ret_body_size,
                             uint8_t **ret_personal, size_t *ret_personal_size)
{
    struct lt_hash root;
    uint8_t salt[32];
    uint8_t *personal = NULL;
    size_t personal_size = 0;
    lt_random(salt, sizeof(salt));
    enum lt_result result = lt_personal_make(batch->persons, batch->body.n_changes, salt, &personal,
                                             &personal_size, &root);
    if (result != LT_OK)
        return result;
    if (personal_size > 0) {
        batch->body.personal_root.data = root.bytes;
        batch->body.personal_root.len = sizeof(root.bytes);
    }
    size_t size = lienthong__report_body__get_packed_size(&batch->body);
    uint8_t *bytes = malloc(size);
    if (bytes == NULL) {
        free(personal);
        return LT_NO_MEMORY;
    }
    *ret_body_size = lienthong__report_body__pack(&batch->body, bytes);
    *ret_body = bytes;
    *ret_personal = personal;
    *ret_personal_size = personal_size;
    batch->body.personal_root.data = NULL;
    batch->body.personal_root.len = 0;
    return LT_OK;
}
