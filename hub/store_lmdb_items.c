#include "hub/store_lmdb.h"

#include <string.h>

/* Items and changes that wait: keys without values. */

enum { ITEM_BYTES = 1 + 2 + 4 + 8 + 4, AWAITED_BYTES = 32 + 8 + 4 };

static void put_key(struct lt_store_txn *txn, enum lt_state_table table, uint8_t *bytes,
                    size_t size)
{
    MDB_val key = {size, bytes}, none = {0, NULL};
    MDB_cursor *cursor = lt_store_cursor(txn, table);
    if (cursor != NULL)
        lt_store_note_code(txn, mdb_cursor_put(cursor, &key, &none, 0));
}

/* Takes away what must be there. */
static void drop_key(struct lt_store_txn *txn, enum lt_state_table table, uint8_t *bytes,
                     size_t size)
{
    MDB_val key = {size, bytes}, none;
    MDB_cursor *cursor = lt_store_cursor(txn, table);
    if (cursor == NULL)
        return;
    int code = mdb_cursor_get(cursor, &key, &none, MDB_SET);
    if (code == 0)
        lt_store_note_code(txn, mdb_cursor_del(cursor, 0));
    else if (code == MDB_NOTFOUND)
        lt_store_fail(txn, LT_CORRUPT);
    else
        lt_store_note_code(txn, code);
}

static void item_key(const struct lt_item *item, uint8_t ret_key[ITEM_BYTES])
{
    ret_key[0] = item->kind;
    lt_put_u16(ret_key + 1, item->year);
    lt_put_u32(ret_key + 3, item->author);
    lt_put_u64(ret_key + 7, item->at.position);
    lt_put_u32(ret_key + 15, item->at.index);
}

void lt_store_put_item(struct lt_store_txn *txn, const struct lt_item *item)
{
    uint8_t key[ITEM_BYTES];
    item_key(item, key);
    put_key(txn, LT_STATE_ITEMS, key, sizeof key);
}

void lt_store_drop_item(struct lt_store_txn *txn, const struct lt_item *item)
{
    uint8_t key[ITEM_BYTES];
    item_key(item, key);
    drop_key(txn, LT_STATE_ITEMS, key, sizeof key);
}

void lt_store_items(struct lt_store_txn *txn, uint8_t kind, uint16_t first, uint16_t last,
                    lt_item_seen *seen, void *context)
{
    uint8_t from[ITEM_BYTES];
    struct lt_item item = {.kind = kind, .year = first};
    item_key(&item, from);
    MDB_val key = {sizeof from, from}, none;
    MDB_cursor *cursor = lt_store_cursor(txn, LT_STATE_ITEMS);
    int code = cursor == NULL ? MDB_NOTFOUND : mdb_cursor_get(cursor, &key, &none, MDB_SET_RANGE);
    while (code == 0) {
        const uint8_t *row = key.mv_data;
        if (key.mv_size != ITEM_BYTES) {
            lt_store_fail(txn, LT_CORRUPT);
            return;
        }
        item = (struct lt_item){row[0],
                                lt_get_u16(row + 1),
                                lt_get_u32(row + 3),
                                {lt_get_u64(row + 7), lt_get_u32(row + 15)}};
        if (item.kind != kind || item.year > last || !seen(context, &item))
            return;
        code = mdb_cursor_get(cursor, &key, &none, MDB_NEXT);
    }
    lt_store_note_code(txn, code);
}

void lt_store_await(struct lt_store_txn *txn, const struct lt_hash *update, const struct lt_at *at)
{
    uint8_t key[AWAITED_BYTES];
    memcpy(key, update->bytes, 32);
    lt_put_u64(key + 32, at->position);
    lt_put_u32(key + 40, at->index);
    put_key(txn, LT_STATE_AWAITED, key, sizeof key);
}

bool lt_store_awaited(struct lt_store_txn *txn, const struct lt_hash *update, struct lt_at *ret_at)
{
    uint8_t from[32];
    memcpy(from, update->bytes, sizeof from);
    MDB_val key = {sizeof from, from}, none;
    MDB_cursor *cursor = lt_store_cursor(txn, LT_STATE_AWAITED);
    int code = cursor == NULL ? MDB_NOTFOUND : mdb_cursor_get(cursor, &key, &none, MDB_SET_RANGE);
    lt_store_note_code(txn, code);
    if (code != 0 || key.mv_size != AWAITED_BYTES || memcmp(key.mv_data, update->bytes, 32) != 0)
        return false;
    const uint8_t *row = key.mv_data;
    *ret_at = (struct lt_at){lt_get_u64(row + 32), lt_get_u32(row + 40)};
    lt_store_note_code(txn, mdb_cursor_del(cursor, 0));
    return true;
}
