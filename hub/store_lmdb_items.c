#include "hub/store_lmdb.h"

#include <string.h>

/* Items and changes that wait: keys without values. */

enum { ITEM_BYTES = 1 + 2 + 4 + 8 + 4, AWAITED_BYTES = 32 + 8 + 4 };

static void put_key(struct lt_store_txn *txn, enum lt_state_table table, uint8_t *bytes,
                    size_t size)
{
    static const struct lt_bytes none = {NULL, 0};
    lt_cursor_put(lt_store_cursor(txn, table), (struct lt_bytes){bytes, size}, none);
}

/* Takes away what must be there. */
static void drop_key(struct lt_store_txn *txn, enum lt_state_table table, uint8_t *bytes,
                     size_t size)
{
    struct lt_bytes none;
    struct lt_cursor *cursor = lt_store_cursor(txn, table);
    if (lt_cursor_find(cursor, (struct lt_bytes){bytes, size}, &none))
        lt_cursor_delete(cursor);
    else
        lt_store_fail(txn, LT_CORRUPT);
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
    struct lt_bytes key, none;
    struct lt_cursor *cursor = lt_store_cursor(txn, LT_STATE_ITEMS);
    bool more = lt_cursor_seek(cursor, (struct lt_bytes){from, sizeof from}, &key, &none);
    for (; more; more = lt_cursor_next(cursor, &key, &none)) {
        const uint8_t *row = key.data;
        if (key.size != ITEM_BYTES) {
            lt_store_fail(txn, LT_CORRUPT);
            return;
        }
        item = (struct lt_item){row[0],
                                lt_get_u16(row + 1),
                                lt_get_u32(row + 3),
                                {lt_get_u64(row + 7), lt_get_u32(row + 15)}};
        if (item.kind != kind || item.year > last || !seen(context, &item))
            return;
    }
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
    struct lt_bytes key, none;
    struct lt_cursor *cursor = lt_store_cursor(txn, LT_STATE_AWAITED);
    if (!lt_cursor_seek(cursor, (struct lt_bytes){from, sizeof from}, &key, &none) ||
        key.size != AWAITED_BYTES || memcmp(key.data, update->bytes, 32) != 0)
        return false;
    const uint8_t *row = key.data;
    *ret_at = (struct lt_at){lt_get_u64(row + 32), lt_get_u32(row + 40)};
    lt_cursor_delete(cursor);
    return true;
}
