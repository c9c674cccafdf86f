#include "hub/store_lmdb.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { STORE_FORMAT = 4 };

struct lt_store {
    struct lt_env *env;
};

static const struct lt_table_spec tables[LT_T_COUNT] = {
    LT_LOG_TABLES,
    {"marks", false, 0},
    {"receipt", false, 0},
    {"word", false, 0},
    {"wordno", false, 0},
    {"blocks.0", false, 0},
    {"scopes.0", false, 0},
    {"versions.0", false, 0},
    {"quarantine.0", false, 0},
    {"runs.0", false, 0},
    {"tallies.0", false, 0},
    {"items.0", false, 0},
    {"awaited.0", false, 0},
    {"blocks.1", false, 0},
    {"scopes.1", false, 0},
    {"versions.1", false, 0},
    {"quarantine.1", false, 0},
    {"runs.1", false, 0},
    {"tallies.1", false, 0},
    {"items.1", false, 0},
    {"awaited.1", false, 0},
};

enum lt_result lt_store_open(const char *dir, bool read_only, struct lt_store **ret_store,
                             char ret_reason[200])
{
    struct lt_store *store = calloc(1, sizeof *store);
    if (store == NULL)
        return LT_NO_MEMORY;
    enum lt_result result =
        lt_env_open(dir, tables, LT_T_COUNT, STORE_FORMAT, read_only, &store->env, ret_reason);
    if (result != LT_OK) {
        free(store);
        return result;
    }
    *ret_store = store;
    return LT_OK;
}

void lt_store_close(struct lt_store *store)
{
    if (store == NULL)
        return;
    lt_env_close(store->env);
    free(store);
}

struct lt_env *lt_store_env(struct lt_store *store)
{
    return store->env;
}

/* ---- Transactions ---- */

static void close_cursors(struct lt_store_txn *txn)
{
    for (size_t i = 0; i < LT_STATE_TABLES; i++) {
        lt_cursor_close(txn->cursors[i]);
        txn->cursors[i] = NULL;
    }
}

struct lt_store_txn *lt_store_begin(struct lt_store *store, bool write)
{
    struct lt_marks marks;
    struct lt_store_txn *txn = calloc(1, sizeof *txn);
    if (txn == NULL)
        return NULL;
    txn->store = store;
    txn->txn = lt_txn_begin(store->env, write);
    if (txn->txn == NULL) {
        free(txn);
        return NULL;
    }
    lt_store_marks(txn, &marks);
    lt_store_use(txn, marks.generation);
    return txn;
}

enum lt_result lt_store_error(const struct lt_store_txn *txn)
{
    return lt_txn_error(txn->txn);
}

void lt_store_fail(struct lt_store_txn *txn, enum lt_result result)
{
    lt_txn_fail(txn->txn, result);
}

enum lt_result lt_store_commit(struct lt_store_txn *txn)
{
    close_cursors(txn);
    enum lt_result result = lt_txn_commit(txn->txn);
    free(txn);
    return result;
}

void lt_store_abort(struct lt_store_txn *txn)
{
    if (txn == NULL)
        return;
    close_cursors(txn);
    lt_txn_abort(txn->txn);
    free(txn);
}

void lt_store_use(struct lt_store_txn *txn, unsigned generation)
{
    assert(generation < 2);
    close_cursors(txn);
    txn->generation = generation;
}

unsigned lt_store_generation(const struct lt_store_txn *txn)
{
    return txn->generation;
}

struct lt_txn *lt_store_log(struct lt_store_txn *txn)
{
    return txn->txn;
}

lt_table lt_store_table(const struct lt_store_txn *txn, enum lt_state_table table)
{
    return LT_T_STATE + txn->generation * LT_STATE_TABLES + (unsigned)table;
}

struct lt_cursor *lt_store_cursor(struct lt_store_txn *txn, enum lt_state_table table)
{
    if (txn->cursors[table] == NULL)
        txn->cursors[table] = lt_cursor_open(txn->txn, lt_store_table(txn, table));
    return txn->cursors[table];
}

/* ---- Marks and notes ---- */

static struct lt_bytes text_bytes(const char *text)
{
    return (struct lt_bytes){(const uint8_t *)text, strlen(text)};
}

bool lt_store_note(struct lt_store_txn *txn, const char *name, struct lt_bytes *ret_note)
{
    return lt_get(txn->txn, LT_T_MARKS, text_bytes(name), ret_note);
}

void lt_store_set_note(struct lt_store_txn *txn, const char *name, struct lt_bytes note)
{
    lt_put(txn->txn, LT_T_MARKS, text_bytes(name), note);
}

enum { MARKS_BYTES = 4 + 8 + 8 + 1 + 8 + 8 + 1 + 8 + 4 + 4 };

void lt_store_marks(struct lt_store_txn *txn, struct lt_marks *ret_marks)
{
    struct lt_bytes row;
    *ret_marks = (struct lt_marks){.rules = LT_JUDGED_BY};
    if (!lt_store_note(txn, "marks", &row))
        return;
    if (row.size != MARKS_BYTES || lt_get_u32(row.data) > 1) {
        lt_store_fail(txn, LT_CORRUPT);
        return;
    }
    ret_marks->generation = lt_get_u32(row.data);
    ret_marks->generations = lt_get_u64(row.data + 4);
    ret_marks->directives = lt_get_u64(row.data + 12);
    ret_marks->rebuilding = row.data[20] != 0;
    ret_marks->rebuild_directives = lt_get_u64(row.data + 21);
    ret_marks->rebuild_next = lt_get_u64(row.data + 29);
    ret_marks->rebuild_cleared = row.data[37] != 0;
    ret_marks->receipt_numbers = lt_get_u64(row.data + 38);
    ret_marks->rules = lt_get_u32(row.data + 46);
    ret_marks->rebuild_rules = lt_get_u32(row.data + 50);
}

void lt_store_set_marks(struct lt_store_txn *txn, const struct lt_marks *marks)
{
    uint8_t row[MARKS_BYTES];
    lt_put_u32(row, marks->generation);
    lt_put_u64(row + 4, marks->generations);
    lt_put_u64(row + 12, marks->directives);
    row[20] = marks->rebuilding;
    lt_put_u64(row + 21, marks->rebuild_directives);
    lt_put_u64(row + 29, marks->rebuild_next);
    row[37] = marks->rebuild_cleared;
    lt_put_u64(row + 38, marks->receipt_numbers);
    lt_put_u32(row + 46, marks->rules);
    lt_put_u32(row + 50, marks->rebuild_rules);
    lt_store_set_note(txn, "marks", (struct lt_bytes){row, sizeof row});
}

/* ---- Receipts ---- */

enum { HUB_BYTES = LT_CODE_BYTES_MAX + 1 + 4, RECEIPT_KEY_BYTES = LT_CHAIN_KEY_BYTES + HUB_BYTES };

static void receipt_key(const struct lt_chain *chain, const struct lt_unit *hub,
                        uint8_t ret_key[RECEIPT_KEY_BYTES])
{
    struct lt_chain own = {LT_STREAM_DIRECTIVE, *hub};
    uint8_t key[LT_CHAIN_KEY_BYTES];
    lt_chain_to_key(chain, ret_key);
    lt_chain_to_key(&own, key);
    memcpy(ret_key + LT_CHAIN_KEY_BYTES, key + 1, HUB_BYTES);
}

void lt_store_put_receipt(struct lt_store_txn *txn, const struct lt_chain *chain,
                          const struct lt_unit *hub, struct lt_bytes bytes)
{
    uint8_t key[RECEIPT_KEY_BYTES];
    receipt_key(chain, hub, key);
    lt_put(txn->txn, LT_T_RECEIPT, (struct lt_bytes){key, sizeof key}, bytes);
}

bool lt_store_receipt(struct lt_store_txn *txn, const struct lt_chain *chain,
                      const struct lt_unit *hub, struct lt_bytes *ret_bytes)
{
    uint8_t key[RECEIPT_KEY_BYTES];
    receipt_key(chain, hub, key);
    return lt_get(txn->txn, LT_T_RECEIPT, (struct lt_bytes){key, sizeof key}, ret_bytes);
}

void lt_store_receipts(struct lt_store_txn *txn, const struct lt_chain *chain,
                       lt_stored_receipt_seen *seen, void *context)
{
    uint8_t from[LT_CHAIN_KEY_BYTES], hub_key[LT_CHAIN_KEY_BYTES];
    struct lt_bytes key, value;
    lt_chain_to_key(chain, from);
    struct lt_cursor *cursor = lt_cursor_open(txn->txn, LT_T_RECEIPT);
    bool more = lt_cursor_seek(cursor, (struct lt_bytes){from, sizeof from}, &key, &value);
    while (more && key.size == RECEIPT_KEY_BYTES && memcmp(key.data, from, sizeof from) == 0) {
        struct lt_chain hub;
        hub_key[0] = LT_STREAM_DIRECTIVE;
        memcpy(hub_key + 1, key.data + LT_CHAIN_KEY_BYTES, HUB_BYTES);
        if (lt_chain_from_key(hub_key, &hub) == LT_OK)
            seen(context, &hub.unit, value);
        more = lt_cursor_next(cursor, &key, &value);
    }
    lt_cursor_close(cursor);
}

/* ---- The dictionary ---- */

enum { WORD_BYTES_MAX = LT_TEXT_BYTES_MAX + 32 };

uint32_t lt_store_word_count(struct lt_store_txn *txn, enum lt_word_list list)
{
    uint8_t beyond[1] = {(uint8_t)(list + 1)};
    struct lt_bytes key, value;
    if (txn->word_counts[list] != 0)
        return txn->word_counts[list] - 1;
    struct lt_cursor *cursor = lt_cursor_open(txn->txn, LT_T_WORDNO);
    bool found = lt_cursor_seek(cursor, (struct lt_bytes){beyond, 1}, &key, &value);
    found = found ? lt_cursor_previous(cursor, &key, &value) : lt_cursor_last(cursor, &key, &value);
    uint32_t count =
        found && key.size == 5 && key.data[0] == (uint8_t)list ? lt_get_u32(key.data + 1) : 0;
    lt_cursor_close(cursor);
    txn->word_counts[list] = count + 1;
    return count;
}

static bool word_key(struct lt_store_txn *txn, enum lt_word_list list, struct lt_bytes word,
                     uint8_t ret_key[WORD_BYTES_MAX + 1])
{
    if (word.size > WORD_BYTES_MAX) {
        lt_store_fail(txn, LT_TOO_LARGE);
        return false;
    }
    ret_key[0] = (uint8_t)list;
    memcpy(ret_key + 1, word.data, word.size);
    return true;
}

bool lt_store_word_find(struct lt_store_txn *txn, enum lt_word_list list, struct lt_bytes word,
                        uint32_t *ret_number)
{
    uint8_t key[WORD_BYTES_MAX + 1];
    struct lt_bytes value;
    if (!word_key(txn, list, word, key) ||
        !lt_get(txn->txn, LT_T_WORD, (struct lt_bytes){key, word.size + 1}, &value))
        return false;
    if (value.size != 4) {
        lt_store_fail(txn, LT_CORRUPT);
        return false;
    }
    *ret_number = lt_get_u32(value.data);
    return true;
}

bool lt_store_word_at(struct lt_store_txn *txn, enum lt_word_list list, uint32_t number,
                      struct lt_bytes *ret_word)
{
    uint8_t key[5] = {(uint8_t)list};
    lt_put_u32(key + 1, number);
    return lt_get(txn->txn, LT_T_WORDNO, (struct lt_bytes){key, sizeof key}, ret_word);
}

uint32_t lt_store_word_add(struct lt_store_txn *txn, enum lt_word_list list, struct lt_bytes word)
{
    uint8_t key[WORD_BYTES_MAX + 1], number_key[5] = {(uint8_t)list};
    uint32_t number = lt_store_word_count(txn, list) + 1;
    if (!word_key(txn, list, word, key))
        return 0;
    lt_put_u32(number_key + 1, number);
    lt_put(txn->txn, LT_T_WORD, (struct lt_bytes){key, word.size + 1},
           (struct lt_bytes){number_key + 1, 4});
    lt_put(txn->txn, LT_T_WORDNO, (struct lt_bytes){number_key, sizeof number_key},
           (struct lt_bytes){key + 1, word.size});
    txn->word_counts[list] = number + 1;
    return number;
}
