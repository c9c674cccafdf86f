#include <stdlib.h>
#include <string.h>

#include "agent/journal_store.h"

enum {
    STAMP_BYTES = 8 + 32 + 4,
    DRAFT_HEAD_BYTES = 3 * REF_BYTES + 1 + 1 + 1 + 8 + 32 + 8 + 4 + 4,
    NAMED_BYTES = 32 + 4,
    RECORD_BYTES = REF_BYTES + 1 + STAMP_BYTES,
    VERSION_KEY_BYTES = 8 + STAMP_BYTES,
    VERSION_BYTES = 8 + REF_BYTES + 1 + 1 + 1 + 8 + 32,
    NATURAL_KEY_BYTES = 16 + 8,
    GROUP_KEY_BYTES = REF_BYTES + 8,
};

bool lt_row_ref_equal(const struct lt_row_ref *a, const struct lt_row_ref *b)
{
    return a->import == b->import && a->row == b->row;
}

static void give_ref(struct lt_row_writer *row, const struct lt_row_ref *ref)
{
    lt_row_give_number(row, ref->import, 8);
    lt_row_give_number(row, ref->row, 4);
}

static struct lt_row_ref take_ref(struct lt_row_reader *row)
{
    struct lt_row_ref ref;
    ref.import = lt_row_take_number(row, 8);
    ref.row = (uint32_t)lt_row_take_number(row, 4);
    return ref;
}

static void give_stamp(struct lt_row_writer *row, const struct lt_stamp *stamp)
{
    lt_row_give_number(row, stamp->seq, 8);
    lt_row_give(row, stamp->update.bytes, 32);
    lt_row_give_number(row, stamp->index, 4);
}

static struct lt_stamp take_stamp(struct lt_row_reader *row)
{
    struct lt_stamp stamp;
    stamp.seq = lt_row_take_number(row, 8);
    lt_row_take(row, stamp.update.bytes, 32);
    stamp.index = (uint32_t)lt_row_take_number(row, 4);
    return stamp;
}

static struct lt_bytes ref_key(const struct lt_row_ref *ref, uint8_t bytes[REF_BYTES])
{
    struct lt_row_writer row = lt_row_write(bytes, REF_BYTES);
    give_ref(&row, ref);
    return lt_row_bytes(&row);
}

struct lt_bytes lt_row_number_key(const uint64_t *number)
{
    struct lt_bytes key = {(const uint8_t *)number, sizeof(*number)};
    return key;
}

static uint64_t key_number(struct lt_bytes key)
{
    uint64_t number = 0;
    if (key.size == sizeof(number))
        memcpy(&number, key.data, sizeof(number));
    return number;
}

static bool checked(struct lt_txn *txn, bool good)
{
    if (!good)
        lt_txn_fail(txn, LT_CORRUPT);
    return good;
}

/* The first integer key after `after`. */
static bool next_number(struct lt_txn *txn, lt_table table, uint64_t after, uint64_t *ret_number)
{
    struct lt_bytes key, value;
    uint64_t from = after + 1;
    struct lt_cursor *cursor = lt_cursor_open(txn, table);
    bool found = lt_cursor_seek(cursor, lt_row_number_key(&from), &key, &value);
    if (found)
        *ret_number = key_number(key);
    lt_cursor_close(cursor);
    return found;
}

/* ---- Drafts ---- */

enum { DRAFT_UNSEEN = 1, DRAFT_APART = 2, DRAFT_OTHERS = 4, DRAFT_MET = 8 };

static unsigned draft_flags(const struct draft_row *draft, bool unseen)
{
    return (unseen ? (unsigned)DRAFT_UNSEEN : 0U) | (draft->apart ? (unsigned)DRAFT_APART : 0U) |
           (draft->others ? (unsigned)DRAFT_OTHERS : 0U) | (draft->met ? (unsigned)DRAFT_MET : 0U);
}

static bool parse_draft(struct lt_txn *txn, uint64_t number, struct lt_bytes value,
                        struct draft_row *ret_row)
{
    struct lt_row_reader row = lt_row_read(value);
    ret_row->number = number;
    ret_row->ref = take_ref(&row);
    ret_row->group = take_ref(&row);
    ret_row->saw = take_ref(&row);
    uint64_t flags = lt_row_take_number(&row, 1);
    ret_row->unseen = (flags & DRAFT_UNSEEN) != 0;
    ret_row->apart = (flags & DRAFT_APART) != 0;
    ret_row->others = (flags & DRAFT_OTHERS) != 0;
    ret_row->met = (flags & DRAFT_MET) != 0;
    ret_row->op = (uint8_t)lt_row_take_number(&row, 1);
    ret_row->kind = (uint8_t)lt_row_take_number(&row, 1);
    ret_row->value = lt_row_take_number(&row, 8);
    lt_row_take(&row, ret_row->natural.exact, 16);
    lt_row_take(&row, ret_row->natural.alike, 16);
    ret_row->drafted_at = (int64_t)lt_row_take_number(&row, 8);
    ret_row->body.size = (size_t)lt_row_take_number(&row, 4);
    ret_row->person.size = (size_t)lt_row_take_number(&row, 4);
    ret_row->named = (struct lt_record_id){.index = 0};
    if (ret_row->others) {
        lt_row_take(&row, ret_row->named.update.bytes, 32);
        ret_row->named.index = (uint32_t)lt_row_take_number(&row, 4);
    }
    ret_row->body.data = row.at;
    ret_row->person.data = row.at + ret_row->body.size;
    return checked(txn, !row.short_row && (size_t)(row.end - row.at) ==
                                              ret_row->body.size + ret_row->person.size);
}

bool lt_row_get_draft(struct lt_txn *txn, uint64_t number, struct draft_row *ret_row)
{
    struct lt_bytes value;
    return lt_get(txn, T_DRAFT, lt_row_number_key(&number), &value) &&
           parse_draft(txn, number, value, ret_row);
}

bool lt_row_draft_of_ref(struct lt_txn *txn, const struct lt_row_ref *ref, uint64_t *ret_number)
{
    uint8_t key[REF_BYTES];
    struct lt_bytes value;
    if (!lt_get(txn, T_DRAFTREF, ref_key(ref, key), &value))
        return false;
    struct lt_row_reader row = lt_row_read(value);
    *ret_number = lt_row_take_number(&row, 8);
    return checked(txn, !row.short_row);
}

static void put_of_group(struct lt_txn *txn, const struct lt_row_ref *group, uint64_t number,
                         bool there)
{
    uint8_t bytes[GROUP_KEY_BYTES];
    struct lt_row_writer key = lt_row_write(bytes, sizeof(bytes));
    give_ref(&key, group);
    lt_row_give_number(&key, number, 8);
    if (there)
        lt_put(txn, T_DRAFTOF, lt_row_bytes(&key), (struct lt_bytes){NULL, 0});
    else
        lt_delete(txn, T_DRAFTOF, lt_row_bytes(&key));
}

void lt_row_put_draft(struct lt_txn *txn, const struct draft_row *draft)
{
    size_t room = DRAFT_HEAD_BYTES + NAMED_BYTES + draft->body.size + draft->person.size;
    uint8_t key[REF_BYTES], number[8];
    uint8_t *bytes = malloc(room);
    if (bytes == NULL) {
        lt_txn_fail(txn, LT_NO_MEMORY);
        return;
    }
    struct lt_row_writer row = lt_row_write(bytes, room);
    give_ref(&row, &draft->ref);
    give_ref(&row, &draft->group);
    give_ref(&row, &draft->saw);
    lt_row_give_number(&row, draft_flags(draft, draft->unseen), 1);
    lt_row_give_number(&row, draft->op, 1);
    lt_row_give_number(&row, draft->kind, 1);
    lt_row_give_number(&row, draft->value, 8);
    lt_row_give(&row, draft->natural.exact, 16);
    lt_row_give(&row, draft->natural.alike, 16);
    lt_row_give_number(&row, (uint64_t)draft->drafted_at, 8);
    lt_row_give_number(&row, draft->body.size, 4);
    lt_row_give_number(&row, draft->person.size, 4);
    if (draft->others) {
        lt_row_give(&row, draft->named.update.bytes, 32);
        lt_row_give_number(&row, draft->named.index, 4);
    }
    lt_row_give(&row, draft->body.data, draft->body.size);
    lt_row_give(&row, draft->person.data, draft->person.size);
    lt_put(txn, T_DRAFT, lt_row_number_key(&draft->number), lt_row_bytes(&row));
    free(bytes);

    row = lt_row_write(number, sizeof(number));
    lt_row_give_number(&row, draft->number, 8);
    lt_put(txn, T_DRAFTREF, ref_key(&draft->ref, key), lt_row_bytes(&row));
    put_of_group(txn, &draft->group, draft->number, true);
    lt_row_put_natural(txn, &draft->natural, draft->number | DRAFT_BIT);
}

static void rewrite_draft(struct lt_txn *txn, const struct draft_row *draft, struct lt_bytes value,
                          const struct lt_row_ref *group, const struct lt_row_ref *saw,
                          unsigned flags)
{
    uint64_t number = draft->number;
    uint8_t *bytes = malloc(value.size);
    if (bytes == NULL) {
        lt_txn_fail(txn, LT_NO_MEMORY);
        return;
    }
    memcpy(bytes, value.data, value.size);
    struct lt_row_writer row = lt_row_write(bytes + REF_BYTES, 2 * REF_BYTES + 1);
    give_ref(&row, group);
    give_ref(&row, saw);
    lt_row_give_number(&row, flags, 1);
    put_of_group(txn, &draft->group, number, false);
    put_of_group(txn, group, number, true);
    lt_put(txn, T_DRAFT, lt_row_number_key(&number), (struct lt_bytes){bytes, value.size});
    free(bytes);
}

void lt_row_change_draft(struct lt_txn *txn, uint64_t number, const struct lt_row_ref *group,
                         const struct lt_row_ref *saw, bool unseen)
{
    struct lt_bytes value;
    struct draft_row draft;
    if (lt_get(txn, T_DRAFT, lt_row_number_key(&number), &value) &&
        parse_draft(txn, number, value, &draft))
        rewrite_draft(txn, &draft, value, group, saw, draft_flags(&draft, unseen));
}

void lt_row_meet_draft(struct lt_txn *txn, uint64_t number)
{
    struct lt_bytes value;
    struct draft_row draft;
    if (!lt_get(txn, T_DRAFT, lt_row_number_key(&number), &value) ||
        !parse_draft(txn, number, value, &draft) || draft.met)
        return;
    const struct lt_row_ref group = draft.group, saw = draft.saw;
    draft.met = true;
    rewrite_draft(txn, &draft, value, &group, &saw, draft_flags(&draft, draft.unseen));
}

void lt_row_delete_draft(struct lt_txn *txn, uint64_t number)
{
    struct draft_row draft;
    uint8_t key[REF_BYTES];
    if (!lt_row_get_draft(txn, number, &draft))
        return;
    struct lt_row_ref ref = draft.ref, group = draft.group;
    struct lt_natural natural = draft.natural;
    lt_delete(txn, T_DRAFT, lt_row_number_key(&number));
    lt_delete(txn, T_DRAFTREF, ref_key(&ref, key));
    put_of_group(txn, &group, number, false);
    lt_row_delete_natural(txn, &natural, number | DRAFT_BIT);
}

bool lt_row_next_draft(struct lt_txn *txn, uint64_t after, struct draft_row *ret_row)
{
    uint64_t number;
    return next_number(txn, T_DRAFT, after, &number) && lt_row_get_draft(txn, number, ret_row);
}

/* A key of draftof within a group: its draft's number. */
static bool group_number(struct lt_bytes key, const struct lt_row_ref *group, uint64_t *ret_number)
{
    struct lt_row_reader row = lt_row_read(key);
    struct lt_row_ref found = take_ref(&row);
    uint64_t number = lt_row_take_number(&row, 8);
    if (row.short_row || !lt_row_ref_equal(&found, group))
        return false;
    *ret_number = number;
    return true;
}

bool lt_row_next_of_group(struct lt_txn *txn, const struct lt_row_ref *group, uint64_t after,
                          uint64_t *ret_number)
{
    uint8_t bytes[GROUP_KEY_BYTES];
    struct lt_bytes key, value;
    struct lt_row_writer from = lt_row_write(bytes, sizeof(bytes));
    give_ref(&from, group);
    lt_row_give_number(&from, after + 1, 8);
    struct lt_cursor *cursor = lt_cursor_open(txn, T_DRAFTOF);
    bool found = lt_cursor_seek(cursor, lt_row_bytes(&from), &key, &value) &&
                 group_number(key, group, ret_number);
    lt_cursor_close(cursor);
    return found;
}

bool lt_row_last_of_group(struct lt_txn *txn, const struct lt_row_ref *group,
                          struct draft_row *ret_row)
{
    uint8_t bytes[GROUP_KEY_BYTES];
    struct lt_bytes key, value;
    uint64_t number = 0;
    struct lt_row_writer beyond = lt_row_write(bytes, sizeof(bytes));
    give_ref(&beyond, group);
    lt_row_give_number(&beyond, UINT64_MAX, 8);
    struct lt_cursor *cursor = lt_cursor_open(txn, T_DRAFTOF);
    bool found = lt_cursor_seek(cursor, lt_row_bytes(&beyond), &key, &value)
                     ? lt_cursor_previous(cursor, &key, &value)
                     : lt_cursor_last(cursor, &key, &value);
    found = found && group_number(key, group, &number);
    lt_cursor_close(cursor);
    return found && lt_row_get_draft(txn, number, ret_row);
}

/* ---- Records ---- */

bool lt_row_get_record(struct lt_txn *txn, uint64_t number, struct record_row *ret_row)
{
    struct lt_bytes value;
    if (!lt_get(txn, T_RECORD, lt_row_number_key(&number), &value))
        return false;
    struct lt_row_reader row = lt_row_read(value);
    ret_row->ref = take_ref(&row);
    ret_row->kind = (uint8_t)lt_row_take_number(&row, 1);
    ret_row->put = take_stamp(&row);
    return checked(txn, !row.short_row);
}

void lt_row_put_record(struct lt_txn *txn, uint64_t number, const struct record_row *record)
{
    uint8_t bytes[RECORD_BYTES];
    struct lt_row_writer row = lt_row_write(bytes, sizeof(bytes));
    give_ref(&row, &record->ref);
    lt_row_give_number(&row, record->kind, 1);
    give_stamp(&row, &record->put);
    lt_put(txn, T_RECORD, lt_row_number_key(&number), lt_row_bytes(&row));
}

void lt_row_delete_record(struct lt_txn *txn, uint64_t number)
{
    lt_delete(txn, T_RECORD, lt_row_number_key(&number));
}

bool lt_row_next_record(struct lt_txn *txn, uint64_t after, uint64_t *ret_number)
{
    return next_number(txn, T_RECORD, after, ret_number);
}

/* ---- Versions ---- */

static struct lt_bytes version_key(uint64_t record, const struct lt_stamp *stamp,
                                   uint8_t bytes[VERSION_KEY_BYTES])
{
    struct lt_row_writer key = lt_row_write(bytes, VERSION_KEY_BYTES);
    lt_row_give_number(&key, record, 8);
    give_stamp(&key, stamp);
    return lt_row_bytes(&key);
}

void lt_row_put_version(struct lt_txn *txn, uint64_t record, const struct version_row *version)
{
    uint8_t key[VERSION_KEY_BYTES], bytes[VERSION_BYTES];
    struct lt_row_writer row = lt_row_write(bytes, sizeof(bytes));
    unsigned flags =
        (version->told_ref ? 1u : 0) | (version->unseen ? 2u : 0) | (version->puts ? 4u : 0);
    lt_row_give_number(&row, version->position, 8);
    give_ref(&row, &version->ref);
    lt_row_give_number(&row, flags, 1);
    lt_row_give_number(&row, version->op, 1);
    lt_row_give_number(&row, version->kind, 1);
    lt_row_give_number(&row, version->value, 8);
    lt_row_give(&row, version->natural.exact, 16);
    lt_row_give(&row, version->natural.alike, 16);
    lt_put(txn, T_VERSION, version_key(record, &version->stamp, key), lt_row_bytes(&row));
}

static bool parse_version(struct lt_bytes key, struct lt_bytes value, struct version_row *ret_row)
{
    struct lt_row_reader head = lt_row_read(key), row = lt_row_read(value);
    lt_row_take_number(&head, 8);
    ret_row->stamp = take_stamp(&head);
    ret_row->position = lt_row_take_number(&row, 8);
    ret_row->ref = take_ref(&row);
    uint64_t flags = lt_row_take_number(&row, 1);
    ret_row->told_ref = (flags & 1) != 0;
    ret_row->unseen = (flags & 2) != 0;
    ret_row->puts = (flags & 4) != 0;
    ret_row->op = (uint8_t)lt_row_take_number(&row, 1);
    ret_row->kind = (uint8_t)lt_row_take_number(&row, 1);
    ret_row->value = lt_row_take_number(&row, 8);
    lt_row_take(&row, ret_row->natural.exact, 16);
    lt_row_take(&row, ret_row->natural.alike, 16);
    return !head.short_row && !row.short_row;
}

size_t lt_row_versions(struct lt_txn *txn, uint64_t record, struct version_row **ret_rows)
{
    uint8_t prefix[8];
    struct lt_bytes key, value;
    struct version_row *rows = NULL;
    size_t count = 0, capacity = 0;
    struct lt_row_writer from = lt_row_write(prefix, sizeof(prefix));
    lt_row_give_number(&from, record, 8);
    struct lt_cursor *cursor = lt_cursor_open(txn, T_VERSION);
    bool more = lt_cursor_seek(cursor, lt_row_bytes(&from), &key, &value);
    while (more && key.size > sizeof(prefix) && memcmp(key.data, prefix, sizeof(prefix)) == 0) {
        if (count == capacity) {
            struct version_row *grown = realloc(rows, (capacity * 2 + 2) * sizeof(*rows));
            if (grown == NULL) {
                lt_txn_fail(txn, LT_NO_MEMORY);
                break;
            }
            rows = grown;
            capacity = capacity * 2 + 2;
        }
        if (!checked(txn, parse_version(key, value, &rows[count])))
            break;
        count++;
        more = lt_cursor_next(cursor, &key, &value);
    }
    lt_cursor_close(cursor);
    if (lt_txn_error(txn) != LT_OK || count == 0) {
        free(rows);
        return 0;
    }
    *ret_rows = rows;
    return count;
}

void lt_row_delete_versions(struct lt_txn *txn, uint64_t record, const struct version_row *rows,
                            size_t count)
{
    uint8_t key[VERSION_KEY_BYTES];
    for (size_t i = 0; i < count; i++)
        lt_delete(txn, T_VERSION, version_key(record, &rows[i].stamp, key));
}
