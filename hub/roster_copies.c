/* Notes of machines that were restored or are there twice. */
#include "agent/row.h"
#include "hub/roster_own.h"

enum { COPY_VERSION = 1, COPY_BYTES = 1 + 1 + LT_CHAIN_KEY_BYTES + 8 + 8 + 8 + 4 + 4 + 8 + 8 };

static struct lt_bytes key_of(const struct lt_copy *copy)
{
    return (struct lt_bytes){copy->key.bytes, sizeof(copy->key.bytes)};
}

static struct lt_bytes write_copy(const struct lt_copy *copy, uint8_t row[COPY_BYTES])
{
    const struct lt_chain chain = {LT_STREAM_REPORT, copy->unit};
    struct lt_row_writer writer = lt_row_write(row, COPY_BYTES);
    uint8_t unit[LT_CHAIN_KEY_BYTES];
    lt_chain_to_key(&chain, unit);
    lt_row_give_number(&writer, COPY_VERSION, 1);
    lt_row_give_number(&writer, (uint64_t)copy->role, 1);
    lt_row_give(&writer, unit, sizeof(unit));
    lt_row_give_number(&writer, (uint64_t)copy->restored_at, 8);
    lt_row_give_number(&writer, copy->had_seq, 8);
    lt_row_give_number(&writer, (uint64_t)copy->had_at, 8);
    lt_row_give_number(&writer, copy->lacked, 4);
    lt_row_give_number(&writer, copy->turns, 4);
    lt_row_give_number(&writer, copy->end, 8);
    lt_row_give_number(&writer, (uint64_t)copy->cloned_at, 8);
    return lt_row_bytes(&writer);
}

static bool read_copy(struct lt_bytes key, struct lt_bytes row, struct lt_copy *ret_copy)
{
    struct lt_row_reader reader = lt_row_read(row);
    struct lt_copy copy = {.restored_at = 0};
    struct lt_chain chain;
    uint8_t unit[LT_CHAIN_KEY_BYTES];
    if (key.size != sizeof(copy.key.bytes) || row.size != COPY_BYTES ||
        lt_row_take_number(&reader, 1) != COPY_VERSION) {
        return false; /* another shape: nothing was noted */
    }
    memcpy(copy.key.bytes, key.data, sizeof(copy.key.bytes));
    copy.role = lt_row_take_number(&reader, 1) == LIENTHONG__ROLE__ROLE_HUB
                    ? LIENTHONG__ROLE__ROLE_HUB
                    : LIENTHONG__ROLE__ROLE_AGENT;
    lt_row_take(&reader, unit, sizeof(unit));
    copy.restored_at = (int64_t)lt_row_take_number(&reader, 8);
    copy.had_seq = lt_row_take_number(&reader, 8);
    copy.had_at = (int64_t)lt_row_take_number(&reader, 8);
    copy.lacked = (uint32_t)lt_row_take_number(&reader, 4);
    copy.turns = (uint32_t)lt_row_take_number(&reader, 4);
    copy.end = lt_row_take_number(&reader, 8);
    copy.cloned_at = (int64_t)lt_row_take_number(&reader, 8);
    if (lt_chain_from_key(unit, &chain) != LT_OK) {
        return false;
    }
    copy.unit = chain.unit;
    *ret_copy = copy;
    return true;
}

void lt_roster_copies(struct lt_roster *roster, lt_copy_seen *seen, void *context)
{
    struct lt_bytes key, row;
    struct lt_copy copy;
    struct lt_txn *txn = lt_txn_begin(roster->env, false);
    if (txn == NULL) {
        return;
    }
    struct lt_cursor *cursor = lt_cursor_open(txn, T_COPY);
    bool more = cursor != NULL && lt_cursor_seek(cursor, (struct lt_bytes){NULL, 0}, &key, &row);
    while (more) {
        if (read_copy(key, row, &copy)) {
            seen(context, &copy);
        }
        more = lt_cursor_next(cursor, &key, &row);
    }
    if (cursor != NULL) {
        lt_cursor_close(cursor);
    }
    lt_txn_abort(txn);
}

enum lt_result lt_roster_set_copies(struct lt_roster *roster, const struct lt_copy *copies,
                                    size_t count)
{
    uint8_t row[COPY_BYTES];
    struct lt_txn *txn = lt_txn_begin(roster->env, true);
    if (txn == NULL) {
        return LT_NO_MEMORY;
    }
    for (size_t i = 0; i < count; i++) {
        if (copies[i].restored_at == 0 && copies[i].cloned_at == 0) {
            lt_delete(txn, T_COPY, key_of(&copies[i]));
        } else {
            lt_put(txn, T_COPY, key_of(&copies[i]), write_copy(&copies[i], row));
        }
    }
    return lt_txn_commit(txn);
}
