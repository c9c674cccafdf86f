#include "hub/store_lmdb.h"

#include <stdlib.h>
#include <string.h>

/* Lines are read and written through one cursor in the order of their keys, so neighbours cost no
 * descent. */

enum { LINE_ROW_BYTES = 20 };

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
    const struct lt_bytes key = {line->key.bytes, LT_LINE_KEY_BYTES};
    struct lt_bytes value = {NULL, 0};
    struct lt_cursor *cursor = lt_store_cursor(txn, LT_STATE_SCOPES);
    const bool there = lt_cursor_find(cursor, key, &value);
    if (there && value.size != LINE_ROW_BYTES)
        lt_store_fail(txn, LT_CORRUPT);
    if (lt_store_error(txn) != LT_OK)
        return;
    for (size_t i = 0; there && i < 2; i++)
        sums[i] = (int64_t)lt_get_u64(value.data + 8 * i);
    if (__builtin_add_overflow(sums[0], line->count, &sums[0]) || sums[0] < 0 ||
        __builtin_add_overflow(sums[1], line->quantity, &sums[1]) || sums[1] < 0) {
        lt_store_fail(txn, LT_CORRUPT); /* never counted below nothing */
        return;
    }
    if (sums[0] == 0 && sums[1] == 0) {
        if (there)
            lt_cursor_delete(cursor);
        return;
    }
    lt_put_u64(row, (uint64_t)sums[0]);
    lt_put_u64(row + 8, (uint64_t)sums[1]);
    lt_put_u32(row + 16, line->authority);
    lt_cursor_put(cursor, key, (struct lt_bytes){row, sizeof row});
}

void lt_store_add_lines(struct lt_store_txn *txn, const struct lt_line_row *lines, size_t count)
{
    for (size_t i = 0; i < count && lt_store_error(txn) == LT_OK; i++)
        add_line(txn, &lines[i]);
}

/* False when the row is of another scope. */
static bool line_of(struct lt_store_txn *txn, const uint8_t scope[LT_SCOPE_BYTES],
                    struct lt_bytes key, struct lt_bytes value, struct lt_line_row *ret_row)
{
    if (key.size != LT_LINE_KEY_BYTES || value.size != LINE_ROW_BYTES) {
        lt_store_fail(txn, LT_CORRUPT);
        return false;
    }
    if (memcmp(key.data, scope, LT_SCOPE_BYTES) != 0)
        return false;
    const uint8_t *row = value.data;
    memset(ret_row->key.bytes, 0, sizeof ret_row->key.bytes);
    memcpy(ret_row->key.bytes, key.data, LT_LINE_KEY_BYTES);
    ret_row->count = (int64_t)lt_get_u64(row);
    ret_row->quantity = (int64_t)lt_get_u64(row + 8);
    ret_row->authority = lt_get_u32(row + 16);
    return true;
}

/* The first line of a scope. */
static bool first_line(struct lt_store_txn *txn, const uint8_t scope[LT_SCOPE_BYTES],
                       struct lt_line_row *ret_row)
{
    struct lt_bytes key, value;
    return lt_cursor_seek(lt_store_cursor(txn, LT_STATE_SCOPES),
                          (struct lt_bytes){scope, LT_SCOPE_BYTES}, &key, &value) &&
           line_of(txn, scope, key, value, ret_row);
}

bool lt_store_scope_ends(struct lt_store_txn *txn, const uint8_t scope[LT_SCOPE_BYTES],
                         struct lt_line_row *ret_first, struct lt_line_row *ret_last)
{
    struct lt_line_row first, last;
    struct lt_bytes key, value;
    uint8_t beyond[LT_LINE_KEY_BYTES];
    struct lt_cursor *cursor = lt_store_cursor(txn, LT_STATE_SCOPES);
    if (!first_line(txn, scope, &first))
        return false;
    memcpy(beyond, scope, LT_SCOPE_BYTES);
    memset(beyond + LT_SCOPE_BYTES, 0xff, sizeof beyond - LT_SCOPE_BYTES);
    bool found = lt_cursor_seek(cursor, (struct lt_bytes){beyond, sizeof beyond}, &key, &value)
                     ? lt_cursor_previous(cursor, &key, &value)
                     : lt_cursor_last(cursor, &key, &value);
    if (!found || !line_of(txn, scope, key, value, &last))
        return false;
    *ret_first = first;
    *ret_last = last;
    return true;
}

void lt_store_scope(struct lt_store_txn *txn, const uint8_t scope[LT_SCOPE_BYTES],
                    struct lt_line_rows *rows)
{
    struct lt_line_row row;
    struct lt_bytes key, value;
    bool more = first_line(txn, scope, &row);
    while (more) {
        if (!lt_line_rows_add(rows, &row)) {
            lt_store_fail(txn, LT_NO_MEMORY);
            return;
        }
        more = lt_cursor_next(lt_store_cursor(txn, LT_STATE_SCOPES), &key, &value) &&
               line_of(txn, scope, key, value, &row);
    }
}
