#include "agent/env.h"

#include <assert.h>
#include <lmdb.h>
#include <stdlib.h>
#include <string.h>

#include "agent/env_store.h"

struct lt_cursor {
    struct lt_txn *txn;
    lt_table table;
    MDB_cursor *raw;
};

/* ---- Rows ---- */

static MDB_val to_raw(struct lt_bytes bytes)
{
    MDB_val value = {bytes.size, (void *)(uintptr_t)bytes.data};
    return value;
}

static struct lt_bytes from_raw(const MDB_val *value)
{
    struct lt_bytes bytes = {value->mv_data, value->mv_size};
    return bytes;
}

/* What was read is what was written, or the transaction has failed. */
static bool untag(struct lt_txn *txn, lt_table table, struct lt_bytes key, const MDB_val *raw,
                  struct lt_bytes *ret_value)
{
    struct lt_bytes value = from_raw(raw);
    if (!lt_env_untag(txn->env->seeds[table], key, &value)) {
        lt_txn_fail(txn, LT_CORRUPT);
        return false;
    }
    *ret_value = value;
    return true;
}

static void note(struct lt_txn *txn, int code)
{
    if (code != 0 && txn->error == LT_OK)
        txn->error = lt_env_map(code);
}

static MDB_dbi dbi(const struct lt_txn *txn, lt_table table)
{
    assert(table < txn->env->table_count);
    return txn->env->tables[table];
}

bool lt_get(struct lt_txn *txn, lt_table table, struct lt_bytes key, struct lt_bytes *ret_value)
{
    MDB_val raw_key = to_raw(key);
    MDB_val raw_value;
    assert(key.size > 0);
    if (txn->error != LT_OK)
        return false;
    int code = mdb_get(txn->raw, dbi(txn, table), &raw_key, &raw_value);
    if (code != 0) {
        note(txn, code == MDB_NOTFOUND ? 0 : code);
        return false;
    }
    return untag(txn, table, key, &raw_value, ret_value);
}

static void write_tagged(struct lt_txn *txn, lt_table table, struct lt_bytes key,
                         struct lt_bytes value, uint8_t *to)
{
    const uint64_t tag = lt_env_tag(txn->env->seeds[table], key, value);
    if (value.size > 0)
        memmove(to, value.data, value.size);
    memcpy(to + value.size, &tag, sizeof(tag));
}

static void put(struct lt_txn *txn, lt_table table, struct lt_bytes key, struct lt_bytes value,
                unsigned flags)
{
    MDB_val raw_key = to_raw(key);
    MDB_val raw_value = {value.size + LT_ENV_TAG_BYTES, NULL};
    assert(key.size > 0 && txn->write);
    if (txn->error != LT_OK)
        return;
    int code = mdb_put(txn->raw, dbi(txn, table), &raw_key, &raw_value, flags | MDB_RESERVE);
    note(txn, code);
    txn->changed = true;
    if (code == 0)
        write_tagged(txn, table, key, value, raw_value.mv_data);
}

void lt_put(struct lt_txn *txn, lt_table table, struct lt_bytes key, struct lt_bytes value)
{
    put(txn, table, key, value, 0);
}

void lt_append(struct lt_txn *txn, lt_table table, struct lt_bytes key, struct lt_bytes value)
{
    put(txn, table, key, value, MDB_APPEND);
}

void lt_delete(struct lt_txn *txn, lt_table table, struct lt_bytes key)
{
    MDB_val raw_key = to_raw(key);
    assert(key.size > 0 && txn->write);
    if (txn->error != LT_OK)
        return;
    int code = mdb_del(txn->raw, dbi(txn, table), &raw_key, NULL);
    note(txn, code == MDB_NOTFOUND ? 0 : code);
    txn->changed = txn->changed || code == 0;
}

void lt_clear(struct lt_txn *txn, lt_table table)
{
    assert(txn->write);
    if (txn->error == LT_OK)
        note(txn, mdb_drop(txn->raw, dbi(txn, table), 0));
    txn->changed = true;
}

uint64_t lt_entries(struct lt_txn *txn, lt_table table)
{
    MDB_stat stat;
    if (txn->error != LT_OK)
        return 0;
    int code = mdb_stat(txn->raw, dbi(txn, table), &stat);
    note(txn, code);
    return code == 0 ? stat.ms_entries : 0;
}

/* ---- Cursors ---- */

struct lt_cursor *lt_cursor_open(struct lt_txn *txn, lt_table table)
{
    if (txn->error != LT_OK)
        return NULL;
    struct lt_cursor *cursor = calloc(1, sizeof(*cursor));
    if (cursor == NULL) {
        lt_txn_fail(txn, LT_NO_MEMORY);
        return NULL;
    }
    cursor->txn = txn;
    cursor->table = table;
    int code = mdb_cursor_open(txn->raw, dbi(txn, table), &cursor->raw);
    if (code != 0) {
        note(txn, code);
        free(cursor);
        return NULL;
    }
    return cursor;
}

static bool step(struct lt_cursor *cursor, struct lt_bytes from, MDB_cursor_op op,
                 struct lt_bytes *ret_key, struct lt_bytes *ret_value)
{
    if (cursor == NULL || cursor->txn->error != LT_OK)
        return false;
    MDB_val key = to_raw(from);
    MDB_val value;
    int code = mdb_cursor_get(cursor->raw, &key, &value, op);
    if (code != 0) {
        note(cursor->txn, code == MDB_NOTFOUND ? 0 : code);
        return false;
    }
    *ret_key = from_raw(&key);
    return untag(cursor->txn, cursor->table, *ret_key, &value, ret_value);
}

bool lt_cursor_seek(struct lt_cursor *cursor, struct lt_bytes from, struct lt_bytes *ret_key,
                    struct lt_bytes *ret_value)
{
    return step(cursor, from, from.size == 0 ? MDB_FIRST : MDB_SET_RANGE, ret_key, ret_value);
}

bool lt_cursor_next(struct lt_cursor *cursor, struct lt_bytes *ret_key, struct lt_bytes *ret_value)
{
    return step(cursor, (struct lt_bytes){NULL, 0}, MDB_NEXT, ret_key, ret_value);
}

bool lt_cursor_last(struct lt_cursor *cursor, struct lt_bytes *ret_key, struct lt_bytes *ret_value)
{
    return step(cursor, (struct lt_bytes){NULL, 0}, MDB_LAST, ret_key, ret_value);
}

bool lt_cursor_previous(struct lt_cursor *cursor, struct lt_bytes *ret_key,
                        struct lt_bytes *ret_value)
{
    return step(cursor, (struct lt_bytes){NULL, 0}, MDB_PREV, ret_key, ret_value);
}

bool lt_cursor_find(struct lt_cursor *cursor, struct lt_bytes key, struct lt_bytes *ret_value)
{
    struct lt_bytes found;
    return step(cursor, key, MDB_SET_KEY, &found, ret_value);
}

void lt_cursor_put(struct lt_cursor *cursor, struct lt_bytes key, struct lt_bytes value)
{
    MDB_val raw_key = to_raw(key);
    MDB_val raw_value = {value.size + LT_ENV_TAG_BYTES, NULL};
    if (cursor == NULL || cursor->txn->error != LT_OK)
        return;
    assert(key.size > 0 && cursor->txn->write);
    int code = mdb_cursor_put(cursor->raw, &raw_key, &raw_value, MDB_RESERVE);
    note(cursor->txn, code);
    cursor->txn->changed = true;
    if (code == 0)
        write_tagged(cursor->txn, cursor->table, key, value, raw_value.mv_data);
}

void lt_cursor_delete(struct lt_cursor *cursor)
{
    if (cursor == NULL || cursor->txn->error != LT_OK)
        return;
    assert(cursor->txn->write);
    note(cursor->txn, mdb_cursor_del(cursor->raw, 0));
    cursor->txn->changed = true;
}

void lt_cursor_close(struct lt_cursor *cursor)
{
    if (cursor == NULL)
        return;
    mdb_cursor_close(cursor->raw);
    free(cursor);
}
