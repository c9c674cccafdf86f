#include "hub/store_lmdb.h"

#include <stdlib.h>
#include <string.h>

/* Lines are read and written through one cursor in the order of their keys, so neighbours cost no
 * descent. */

enum { LINE_ROW_BYTES = 20 };

static MDB_val val(const void *data, size_t size)
{
    return (MDB_val){size, (void *)(uintptr_t)data};
}

bool lt_line_rows_add(struct lt_line_rows *rows, const struct lt_line_row *row)
{
    if (rows->count == rows->capacity) {
        size_t capacity = rows->capacity == 0 ? 64 : rows->capacity * 2;
        struct lt_line_row *items = realloc(rows->items, capacity * sizeof *items);
        if (items == NULL)
            return false;
        rows->items = items;
        rows->capacity = capacity;
    }
    rows->items[rows->count++] = *row;
    return true;
}

static void add_line(struct lt_store_txn *txn, const struct lt_line_row *line)
{
    uint8_t row[LINE_ROW_BYTES];
    int64_t sums[2] = {0, 0};
    MDB_val key = val(line->key.bytes, LT_LINE_KEY_BYTES), value = {0, NULL};
    MDB_cursor *cursor = lt_store_cursor(txn, LT_STATE_SCOPES);
    if (cursor == NULL)
        return;
    int code = mdb_cursor_get(cursor, &key, &value, MDB_SET);
    lt_store_note_code(txn, code);
    if (code == 0 && value.mv_size != LINE_ROW_BYTES)
        lt_store_fail(txn, LT_CORRUPT);
    if (lt_store_error(txn) != LT_OK)
        return;
    for (size_t i = 0; code == 0 && i < 2; i++)
        sums[i] = (int64_t)lt_get_u64((const uint8_t *)value.mv_data + 8 * i);
    if (__builtin_add_overflow(sums[0], line->count, &sums[0]) || sums[0] < 0 ||
        __builtin_add_overflow(sums[1], line->quantity, &sums[1]) || sums[1] < 0) {
        lt_store_fail(txn, LT_CORRUPT); /* never counted below nothing */
        return;
    }
    if (sums[0] == 0 && sums[1] == 0) {
        lt_store_note_code(txn, code == 0 ? mdb_cursor_del(cursor, 0) : 0);
        return;
    }
    lt_put_u64(row, (uint64_t)sums[0]);
    lt_put_u64(row + 8, (uint64_t)sums[1]);
    lt_put_u32(row + 16, line->authority);
    key = val(line->key.bytes, LT_LINE_KEY_BYTES);
    value = val(row, sizeof row);
    lt_store_note_code(txn, mdb_cursor_put(cursor, &key, &value, code == 0 ? MDB_CURRENT : 0));
}

void lt_store_add_lines(struct lt_store_txn *txn, const struct lt_line_row *lines, size_t count)
{
    for (size_t i = 0; i < count && lt_store_error(txn) == LT_OK; i++)
        add_line(txn, &lines[i]);
}

/* False when the row is of another scope. */
static bool line_of(struct lt_store_txn *txn, const uint8_t scope[LT_SCOPE_BYTES],
                    const MDB_val *key, const MDB_val *value, struct lt_line_row *ret_row)
{
    if (key->mv_size != LT_LINE_KEY_BYTES || value->mv_size != LINE_ROW_BYTES) {
        lt_store_fail(txn, LT_CORRUPT);
        return false;
    }
    if (memcmp(key->mv_data, scope, LT_SCOPE_BYTES) != 0)
        return false;
    const uint8_t *row = value->mv_data;
    memset(ret_row->key.bytes, 0, sizeof ret_row->key.bytes);
    memcpy(ret_row->key.bytes, key->mv_data, LT_LINE_KEY_BYTES);
    ret_row->count = (int64_t)lt_get_u64(row);
    ret_row->quantity = (int64_t)lt_get_u64(row + 8);
    ret_row->authority = lt_get_u32(row + 16);
    return true;
}

static bool line_step(struct lt_store_txn *txn, const uint8_t scope[LT_SCOPE_BYTES],
                      MDB_cursor_op op, const uint8_t *from, size_t size,
                      struct lt_line_row *ret_row)
{
    MDB_val key = val(from, size), value;
    MDB_cursor *cursor = lt_store_cursor(txn, LT_STATE_SCOPES);
    if (cursor == NULL)
        return false;
    int code = mdb_cursor_get(cursor, &key, &value, op);
    lt_store_note_code(txn, code);
    return code == 0 && line_of(txn, scope, &key, &value, ret_row);
}

bool lt_store_scope_ends(struct lt_store_txn *txn, const uint8_t scope[LT_SCOPE_BYTES],
                         struct lt_line_row *ret_first, struct lt_line_row *ret_last)
{
    struct lt_line_row first, last;
    uint8_t beyond[LT_LINE_KEY_BYTES];
    if (!line_step(txn, scope, MDB_SET_RANGE, scope, LT_SCOPE_BYTES, &first))
        return false;
    memcpy(beyond, scope, LT_SCOPE_BYTES);
    memset(beyond + LT_SCOPE_BYTES, 0xff, sizeof beyond - LT_SCOPE_BYTES);
    MDB_val key = val(beyond, sizeof beyond), value;
    int code = mdb_cursor_get(txn->cursors[LT_STATE_SCOPES], &key, &value, MDB_SET_RANGE);
    lt_store_note_code(txn, code);
    MDB_cursor_op op = code == MDB_NOTFOUND ? MDB_LAST : MDB_PREV;
    if (!line_step(txn, scope, op, NULL, 0, &last))
        return false;
    *ret_first = first;
    *ret_last = last;
    return true;
}

void lt_store_scope(struct lt_store_txn *txn, const uint8_t scope[LT_SCOPE_BYTES],
                    struct lt_line_rows *rows)
{
    struct lt_line_row row;
    bool more = line_step(txn, scope, MDB_SET_RANGE, scope, LT_SCOPE_BYTES, &row);
    while (more) {
        if (!lt_line_rows_add(rows, &row)) {
            lt_store_fail(txn, LT_NO_MEMORY);
            return;
        }
        more = line_step(txn, scope, MDB_NEXT, NULL, 0, &row);
    }
}
