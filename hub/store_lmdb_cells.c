#include "hub/store_lmdb.h"

#include <stdlib.h>
#include <string.h>

/* Lines and cells are the same to the store: a key, and sums that are added to. Rows are read and
 * written through one cursor in the order of their keys, so neighbours cost no descent. */

static MDB_val val(const void *data, size_t size)
{
    return (MDB_val){size, (void *)(uintptr_t)data};
}

/* Adds `sums` to the row; `tail` follows them in a new row. A row of zeros is deleted. */
static void add_to_row(struct lt_store_txn *txn, enum lt_state_table table,
                       const uint8_t *key_bytes, size_t key_size, const int64_t *sums,
                       size_t sum_count, const uint8_t tail[4], size_t tail_size)
{
    uint8_t row[3 * 8 + 4];
    size_t row_size = sum_count * 8 + tail_size;
    bool zero = true;
    MDB_val key = val(key_bytes, key_size), value = {0, NULL};
    MDB_cursor *cursor = lt_store_cursor(txn, table);
    if (cursor == NULL)
        return;
    int code = mdb_cursor_get(cursor, &key, &value, MDB_SET);
    if (code != 0 && code != MDB_NOTFOUND) {
        lt_store_note_code(txn, code);
        return;
    }
    if (code == 0 && value.mv_size != row_size) {
        lt_store_fail(txn, LT_CORRUPT);
        return;
    }
    for (size_t i = 0; i < sum_count; i++) {
        int64_t sum = code == 0 ? (int64_t)lt_get_u64((const uint8_t *)value.mv_data + 8 * i) : 0;
        if (__builtin_add_overflow(sum, sums[i], &sum) || sum < 0) {
            lt_store_fail(txn, LT_CORRUPT); /* never counted below nothing */
            return;
        }
        zero = zero && sum == 0;
        lt_put_u64(row + 8 * i, (uint64_t)sum);
    }
    memcpy(row + 8 * sum_count, tail, tail_size);
    if (zero) {
        if (code == 0)
            lt_store_note_code(txn, mdb_cursor_del(cursor, 0));
        return;
    }
    value = val(row, row_size);
    key = val(key_bytes, key_size);
    lt_store_note_code(txn, mdb_cursor_put(cursor, &key, &value, code == 0 ? MDB_CURRENT : 0));
}

/* ---- Lines ---- */

enum { LINE_ROW_BYTES = 20, CELL_ROW_BYTES = 24 };

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

void lt_store_add_lines(struct lt_store_txn *txn, const struct lt_line_row *lines, size_t count)
{
    for (size_t i = 0; i < count && lt_store_error(txn) == LT_OK; i++) {
        int64_t sums[2] = {lines[i].count, lines[i].quantity};
        uint8_t tail[4];
        lt_put_u32(tail, lines[i].authority);
        add_to_row(txn, LT_STATE_SCOPES, lines[i].key.bytes, LT_LINE_KEY_BYTES, sums, 2, tail, 4);
    }
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

/* ---- Cells ---- */

void lt_store_add_cells(struct lt_store_txn *txn, const struct lt_cell *cells, size_t count)
{
    for (size_t i = 0; i < count && lt_store_error(txn) == LT_OK; i++) {
        int64_t sums[3] = {cells[i].count, cells[i].quantity, cells[i].unconfirmed};
        static const uint8_t none[4];
        add_to_row(txn, LT_STATE_CELLS, cells[i].key.bytes, LT_CELL_KEY_BYTES, sums, 3, none, 0);
    }
}

void lt_store_cells(struct lt_store_txn *txn, const struct lt_cell_key *from,
                    const struct lt_cell_key *to, lt_cell_seen *seen, void *context)
{
    MDB_val key = val(from->bytes, LT_CELL_KEY_BYTES), value;
    MDB_cursor *cursor = lt_store_cursor(txn, LT_STATE_CELLS);
    int code = cursor == NULL ? MDB_NOTFOUND : mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE);
    while (code == 0) {
        struct lt_cell cell;
        if (key.mv_size != LT_CELL_KEY_BYTES || value.mv_size != CELL_ROW_BYTES) {
            lt_store_fail(txn, LT_CORRUPT);
            return;
        }
        if (memcmp(key.mv_data, to->bytes, LT_CELL_KEY_BYTES) >= 0)
            return;
        const uint8_t *row = value.mv_data;
        memcpy(cell.key.bytes, key.mv_data, LT_CELL_KEY_BYTES);
        cell.count = (int64_t)lt_get_u64(row);
        cell.quantity = (int64_t)lt_get_u64(row + 8);
        cell.unconfirmed = (int64_t)lt_get_u64(row + 16);
        if (!seen(context, &cell))
            return;
        code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT);
    }
    lt_store_note_code(txn, code);
}

/* ---- Comparing ---- */

struct lt_walk {
    struct lt_store_txn *txn;
    struct lt_cursor *cursor;
    bool begun;
};

const char *lt_state_table_name(enum lt_state_table table)
{
    static const char *const names[LT_STATE_TABLES] = {"cells",      "scopes", "versions",
                                                       "quarantine", "runs",   "tallies"};
    return names[table];
}

struct lt_walk *lt_store_walk(struct lt_store_txn *txn, enum lt_state_table table)
{
    struct lt_walk *walk = calloc(1, sizeof *walk);
    if (walk == NULL) {
        lt_store_fail(txn, LT_NO_MEMORY);
        return NULL;
    }
    walk->txn = txn;
    walk->cursor = lt_cursor_open(txn->txn, lt_store_table(txn, table));
    return walk;
}

bool lt_walk_next(struct lt_walk *walk, struct lt_bytes *ret_key, struct lt_bytes *ret_value)
{
    if (walk == NULL)
        return false;
    if (walk->begun)
        return lt_cursor_next(walk->cursor, ret_key, ret_value);
    walk->begun = true;
    return lt_cursor_seek(walk->cursor, (struct lt_bytes){NULL, 0}, ret_key, ret_value);
}

void lt_walk_end(struct lt_walk *walk)
{
    if (walk == NULL)
        return;
    lt_cursor_close(walk->cursor);
    free(walk);
}

uint64_t lt_store_entries(struct lt_store_txn *txn, enum lt_state_table table)
{
    return lt_entries(txn->txn, lt_store_table(txn, table));
}

void lt_store_put_row(struct lt_store_txn *txn, enum lt_state_table table, struct lt_bytes key,
                      struct lt_bytes value)
{
    lt_put(txn->txn, lt_store_table(txn, table), key, value);
}
