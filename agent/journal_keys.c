/* Rows that lead from a name to a record: references, identities, natural keys. */
#include <stdlib.h>
#include <string.h>

#include "agent/journal_store.h"

enum { RID_BYTES = 32 + 4, REF_ROW_BYTES = 8 + 8 + 32 + 4, NATURAL_KEY_BYTES = 16 + 8 };

static struct lt_bytes ref_key(const struct lt_row_ref *ref, uint8_t bytes[REF_BYTES])
{
    struct lt_row_writer row = lt_row_write(bytes, REF_BYTES);
    lt_row_give_number(&row, ref->import, 8);
    lt_row_give_number(&row, ref->row, 4);
    return lt_row_bytes(&row);
}

bool lt_row_get_ref(struct lt_txn *txn, const struct lt_row_ref *ref, struct ref_row *ret_row)
{
    uint8_t key[REF_BYTES];
    struct lt_bytes value;
    if (!lt_get(txn, T_REF, ref_key(ref, key), &value))
        return false;
    struct lt_row_reader row = lt_row_read(value);
    ret_row->record = lt_row_take_number(&row, 8);
    ret_row->stamp.seq = lt_row_take_number(&row, 8);
    lt_row_take(&row, ret_row->stamp.update.bytes, 32);
    ret_row->stamp.index = (uint32_t)lt_row_take_number(&row, 4);
    if (row.short_row)
        lt_txn_fail(txn, LT_CORRUPT);
    return !row.short_row;
}

void lt_row_put_ref(struct lt_txn *txn, const struct lt_row_ref *ref, const struct ref_row *ref_row)
{
    uint8_t key[REF_BYTES], bytes[REF_ROW_BYTES];
    struct lt_row_writer row = lt_row_write(bytes, sizeof(bytes));
    lt_row_give_number(&row, ref_row->record, 8);
    lt_row_give_number(&row, ref_row->stamp.seq, 8);
    lt_row_give(&row, ref_row->stamp.update.bytes, 32);
    lt_row_give_number(&row, ref_row->stamp.index, 4);
    lt_put(txn, T_REF, ref_key(ref, key), lt_row_bytes(&row));
}

static struct lt_bytes rid_key(const struct lt_record_id *id, uint8_t bytes[RID_BYTES])
{
    struct lt_row_writer row = lt_row_write(bytes, RID_BYTES);
    lt_row_give(&row, id->update.bytes, 32);
    lt_row_give_number(&row, id->index, 4);
    return lt_row_bytes(&row);
}

bool lt_row_get_rid(struct lt_txn *txn, const struct lt_record_id *id, uint64_t *ret_number)
{
    uint8_t key[RID_BYTES];
    struct lt_bytes value;
    if (!lt_get(txn, T_RID, rid_key(id, key), &value))
        return false;
    struct lt_row_reader row = lt_row_read(value);
    *ret_number = lt_row_take_number(&row, 8);
    return true;
}

void lt_row_put_rid(struct lt_txn *txn, const struct lt_record_id *id, uint64_t number)
{
    uint8_t key[RID_BYTES], bytes[8];
    struct lt_row_writer row = lt_row_write(bytes, sizeof(bytes));
    lt_row_give_number(&row, number, 8);
    lt_put(txn, T_RID, rid_key(id, key), lt_row_bytes(&row));
}

void lt_row_put_alias(struct lt_txn *txn, const struct lt_row_ref *ref, const struct lt_row_ref *to)
{
    uint8_t key[REF_BYTES], value[REF_BYTES];
    lt_put(txn, T_ALIAS, ref_key(ref, key), ref_key(to, value));
}

static bool get_alias(struct lt_txn *txn, const struct lt_row_ref *ref, struct lt_row_ref *ret_to)
{
    uint8_t key[REF_BYTES];
    struct lt_bytes value;
    if (!lt_get(txn, T_ALIAS, ref_key(ref, key), &value))
        return false;
    struct lt_row_reader row = lt_row_read(value);
    ret_to->import = lt_row_take_number(&row, 8);
    ret_to->row = (uint32_t)lt_row_take_number(&row, 4);
    return true;
}

struct lt_row_ref lt_row_made_ref(const struct lt_record_id *id)
{
    struct lt_row_reader row = lt_row_read((struct lt_bytes){id->update.bytes, 8});
    struct lt_row_ref ref = {lt_row_take_number(&row, 8), id->index};
    return ref;
}

/* A reference that the chain or a pending draft knows, or under which drafts of another unit's record wait. */
static bool direct(struct lt_txn *txn, const struct lt_row_ref *ref, struct lt_row_ref *ret_group,
                   uint64_t *ret_record)
{
    struct ref_row known;
    struct record_row record;
    struct draft_row draft;
    uint64_t number;
    if (lt_row_get_ref(txn, ref, &known) && lt_row_get_record(txn, known.record, &record)) {
        *ret_group = record.ref;
        *ret_record = known.record;
        return true;
    }
    if (!lt_row_draft_of_ref(txn, ref, &number) && !lt_row_next_of_group(txn, ref, 0, &number))
        return false;
    if (!lt_row_get_draft(txn, number, &draft))
        return false;
    struct lt_row_ref group = draft.group;
    *ret_group = group;
    *ret_record = lt_row_get_ref(txn, &group, &known) ? known.record : 0;
    return true;
}

bool lt_row_canonical(struct lt_txn *txn, const struct lt_row_ref *ref,
                      struct lt_row_ref *ret_group, uint64_t *ret_record)
{
    struct lt_row_ref to = *ref;
    for (int hops = 0; hops < 4; hops++) { /* a row held by a draft that was already in */
        if (direct(txn, &to, ret_group, ret_record))
            return true;
        if (!get_alias(txn, &to, &to))
            return false;
    }
    return false;
}

/* ---- Natural keys ---- */

static bool no_key(const uint8_t key[16])
{
    static const uint8_t none[16];
    return memcmp(key, none, sizeof(none)) == 0;
}

static struct lt_bytes natural_key(const uint8_t key[16], uint64_t number,
                                   uint8_t bytes[NATURAL_KEY_BYTES])
{
    struct lt_row_writer row = lt_row_write(bytes, NATURAL_KEY_BYTES);
    lt_row_give(&row, key, 16);
    lt_row_give_number(&row, number, 8);
    return lt_row_bytes(&row);
}

void lt_row_put_natural(struct lt_txn *txn, const struct lt_natural *natural, uint64_t number)
{
    uint8_t key[NATURAL_KEY_BYTES];
    struct lt_bytes nothing = {NULL, 0};
    if (!no_key(natural->exact))
        lt_put(txn, T_NATURAL, natural_key(natural->exact, number, key), nothing);
    if (!no_key(natural->alike))
        lt_put(txn, T_ALIKE, natural_key(natural->alike, number, key), nothing);
}

void lt_row_delete_natural(struct lt_txn *txn, const struct lt_natural *natural, uint64_t number)
{
    uint8_t key[NATURAL_KEY_BYTES];
    lt_delete(txn, T_NATURAL, natural_key(natural->exact, number, key));
    lt_delete(txn, T_ALIKE, natural_key(natural->alike, number, key));
}

size_t lt_row_naturals(struct lt_txn *txn, const uint8_t key[16], bool alike,
                       uint64_t **ret_numbers)
{
    struct lt_bytes found, value;
    uint64_t *numbers = NULL;
    size_t count = 0;
    struct lt_cursor *cursor = lt_cursor_open(txn, alike ? T_ALIKE : T_NATURAL);
    bool more = !no_key(key) && lt_cursor_seek(cursor, (struct lt_bytes){key, 16}, &found, &value);
    while (more && found.size == NATURAL_KEY_BYTES && memcmp(found.data, key, 16) == 0) {
        if ((count & (count - 1)) == 0) { /* grows at powers of two */
            uint64_t *grown = realloc(numbers, (count == 0 ? 1 : 2 * count) * sizeof(*numbers));
            if (grown == NULL) {
                lt_txn_fail(txn, LT_NO_MEMORY);
                break;
            }
            numbers = grown;
        }
        struct lt_row_reader row = lt_row_read((struct lt_bytes){found.data + 16, 8});
        numbers[count++] = lt_row_take_number(&row, 8);
        more = lt_cursor_next(cursor, &found, &value);
    }
    lt_cursor_close(cursor);
    if (count == 0) {
        free(numbers);
        return 0;
    }
    *ret_numbers = numbers;
    return count;
}
