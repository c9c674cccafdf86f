#include <stdlib.h>
#include <string.h>

#include "hub/cell_block.h"
#include "hub/store_lmdb.h"

/* Rows as they are, but for cells: they are told one by one, whatever blocks they lie in. */

struct lt_walk {
    struct lt_store_txn *txn;
    struct lt_cursor *cursor;
    bool begun, cells;
    struct lt_cell_block block;
    unsigned at; /* next line of the block */
    uint8_t key[LT_CELL_KEY_BYTES];
    uint8_t sums[24]; /* count, quantity, unconfirmed */
};

const char *lt_state_table_name(enum lt_state_table table)
{
    static const char *const names[LT_STATE_TABLES] = {"cells", "scopes",  "versions", "quarantine",
                                                       "runs",  "tallies", "items",    "awaited"};
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
    walk->cells = table == LT_STATE_CELLS;
    walk->cursor = lt_cursor_open(txn->txn, lt_store_table(txn, table));
    return walk;
}

static bool next_row(struct lt_walk *walk, struct lt_bytes *ret_key, struct lt_bytes *ret_value)
{
    if (walk->begun)
        return lt_cursor_next(walk->cursor, ret_key, ret_value);
    walk->begun = true;
    return lt_cursor_seek(walk->cursor, (struct lt_bytes){NULL, 0}, ret_key, ret_value);
}

static bool next_block(struct lt_walk *walk)
{
    struct lt_bytes key, value;
    if (!next_row(walk, &key, &value))
        return false;
    if (key.size != LT_CELL_KEY_BYTES || !lt_cell_block_open(value, &walk->block)) {
        lt_store_fail(walk->txn, LT_CORRUPT);
        return false;
    }
    memcpy(walk->key, key.data, sizeof walk->key);
    walk->at = 0;
    return true;
}

bool lt_walk_next(struct lt_walk *walk, struct lt_bytes *ret_key, struct lt_bytes *ret_value)
{
    if (walk == NULL)
        return false;
    if (!walk->cells)
        return next_row(walk, ret_key, ret_value);
    if (walk->at == walk->block.count && !next_block(walk))
        return false;
    struct lt_cell_line line;
    struct lt_cell cell;
    lt_cell_block_line(&walk->block, walk->at++, &line);
    lt_cell_of_line(walk->key, &line, &cell);
    memcpy(walk->key, cell.key.bytes, sizeof walk->key);
    lt_put_u64(walk->sums, (uint64_t)cell.count);
    lt_put_u64(walk->sums + 8, (uint64_t)cell.quantity);
    lt_put_u64(walk->sums + 16, (uint64_t)cell.unconfirmed);
    *ret_key = (struct lt_bytes){walk->key, sizeof walk->key};
    *ret_value = (struct lt_bytes){walk->sums, sizeof walk->sums};
    return true;
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
    uint64_t count = 0;
    if (table != LT_STATE_CELLS)
        return lt_entries(txn->txn, lt_store_table(txn, table));
    struct lt_walk *walk = lt_store_walk(txn, table);
    while (walk != NULL && next_block(walk))
        count += walk->block.count;
    lt_walk_end(walk);
    return count;
}

static bool same_cell(void *context, const struct lt_cell *cell)
{
    *(struct lt_cell *)context = *cell;
    return false;
}

/* A cell's sums, by adding what they are more than those that are there. */
static void put_cell(struct lt_store_txn *txn, struct lt_bytes key, struct lt_bytes value)
{
    struct lt_cell cell = {.count = 0}, there = {.count = 0};
    struct lt_cell_key beyond;
    if (key.size != LT_CELL_KEY_BYTES || value.size != sizeof((struct lt_walk *)NULL)->sums) {
        lt_store_fail(txn, LT_CORRUPT);
        return;
    }
    memcpy(cell.key.bytes, key.data, key.size);
    beyond = cell.key;
    for (size_t i = LT_CELL_KEY_BYTES; i > 0 && ++beyond.bytes[i - 1] == 0;)
        i--;
    lt_store_cells(txn, &cell.key, &beyond, same_cell, &there);
    cell.count = (int64_t)lt_get_u64(value.data) - there.count;
    cell.quantity = (int64_t)lt_get_u64(value.data + 8) - there.quantity;
    cell.unconfirmed = (int64_t)lt_get_u64(value.data + 16) - there.unconfirmed;
    lt_store_add_cells(txn, &cell, 1);
}

void lt_store_put_row(struct lt_store_txn *txn, enum lt_state_table table, struct lt_bytes key,
                      struct lt_bytes value)
{
    if (table == LT_STATE_CELLS)
        put_cell(txn, key, value);
    else
        lt_put(txn->txn, lt_store_table(txn, table), key, value);
}
