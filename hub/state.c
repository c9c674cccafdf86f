#include "hub/state.h"

#include <sodium.h>
#include <string.h>

#include "hub/words.h"

enum { UNIT_BYTES = LT_CHAIN_KEY_BYTES - 1, SAID_BYTES_MAX = 256 + 3 * (LT_TEXT_BYTES_MAX + 1) };

struct digesting {
    struct lt_store_txn *txn;
    uint8_t sum[32];
};

static size_t put_text(struct lt_store_txn *txn, uint32_t number, uint8_t *ret_bytes)
{
    struct lt_bytes text;
    if (!lt_words_text_at(txn, number, &text) || text.size > LT_TEXT_BYTES_MAX)
        return 0;
    memcpy(ret_bytes, text.data, text.size);
    ret_bytes[text.size] = 0;
    return text.size + 1;
}

static bool add_cell(void *context, const struct lt_cell *cell)
{
    struct digesting *digesting = context;
    struct lt_dims dims, plain;
    struct lt_cell_key key;
    struct lt_unit unit;
    struct lt_hash hash;
    uint8_t said[SAID_BYTES_MAX], unit_key[LT_CHAIN_KEY_BYTES];
    size_t size = 0;
    lt_cell_key_dims(&cell->key, &dims);
    const uint32_t place = lt_cell_key_place(&cell->key);
    if (!lt_words_unit_at(digesting->txn, LT_CELL_UNIT(place), &unit))
        return false;
    struct lt_chain chain = {LT_STREAM_REPORT, unit};
    lt_chain_to_key(&chain, unit_key);
    memcpy(said, unit_key + 1, UNIT_BYTES);
    said[0] |= place & LT_TOLD ? 0x80 : 0; /* codes are ASCII, and have no such letters */
    said[1] |= place & LT_OWN ? 0x80 : 0;
    size += UNIT_BYTES;
    plain = dims;
    plain.code = plain.field = plain.movement = 0;
    lt_cell_key_make(0, lt_cell_key_basis(&cell->key), dims.year, dims.span_from, &plain, &key);
    memcpy(said + size, key.bytes + 4, sizeof key.bytes - 4);
    size += sizeof key.bytes - 4;
    size += put_text(digesting->txn, dims.code, said + size);
    size += put_text(digesting->txn, dims.field, said + size);
    size += put_text(digesting->txn, dims.movement, said + size);
    lt_put_u64(said + size, (uint64_t)cell->count);
    lt_put_u64(said + size + 8, (uint64_t)cell->quantity);
    lt_put_u64(said + size + 16, (uint64_t)cell->unconfirmed);
    lt_hash_of(said, size + 24, &hash);
    sodium_add(digesting->sum, hash.bytes, 32);
    return lt_store_error(digesting->txn) == LT_OK;
}

void lt_state_digest(struct lt_store_txn *txn, struct lt_hash *ret_digest)
{
    struct digesting digesting = {.txn = txn};
    struct lt_cell_key from, to;
    memset(&from, 0, sizeof from);
    memset(&to, 0xff, sizeof to);
    lt_store_cells(txn, &from, &to, add_cell, &digesting);
    memcpy(ret_digest->bytes, digesting.sum, 32);
}
