#include "hub/store_lmdb.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ---- Rows in general ---- */

static bool get(struct lt_store_txn *txn, enum lt_state_table table, const void *key, size_t size,
                struct lt_bytes *ret_value)
{
    return lt_get(txn->txn, lt_store_table(txn, table), (struct lt_bytes){key, size}, ret_value);
}

static void put(struct lt_store_txn *txn, enum lt_state_table table, const void *key,
                size_t key_size, const void *value, size_t value_size)
{
    lt_cursor_put(lt_store_cursor(txn, table), (struct lt_bytes){key, key_size},
                  (struct lt_bytes){value, value_size});
}

/* First row at or after `from`; each next. */
static bool seek(struct lt_store_txn *txn, enum lt_state_table table, const void *from, size_t size,
                 struct lt_bytes *ret_key, struct lt_bytes *ret_value)
{
    return lt_cursor_seek(lt_store_cursor(txn, table), (struct lt_bytes){from, size}, ret_key,
                          ret_value);
}

static bool next(struct lt_store_txn *txn, enum lt_state_table table, struct lt_bytes *ret_key,
                 struct lt_bytes *ret_value)
{
    return lt_cursor_next(lt_store_cursor(txn, table), ret_key, ret_value);
}

static bool corrupt(struct lt_store_txn *txn)
{
    lt_store_fail(txn, LT_CORRUPT);
    return false;
}

void lt_store_clear(struct lt_store_txn *txn, unsigned generation)
{
    lt_store_use(txn, txn->generation); /* no cursor stays open on what goes */
    for (unsigned i = 0; i < LT_STATE_TABLES; i++)
        lt_clear(txn->txn, LT_T_STATE + generation * LT_STATE_TABLES + i);
}

/* ---- Tallies ---- */

void lt_store_tally(struct lt_store_txn *txn, struct lt_tally *ret_tally)
{
    static const uint8_t key[4];
    struct lt_bytes row;
    *ret_tally = (struct lt_tally){0};
    if (!get(txn, LT_STATE_TALLIES, key, sizeof key, &row))
        return;
    if (row.size != 32) {
        corrupt(txn);
        return;
    }
    const uint8_t *b = row.data;
    *ret_tally =
        (struct lt_tally){lt_get_u64(b), lt_get_u64(b + 8), lt_get_u64(b + 16), lt_get_u64(b + 24)};
}

void lt_store_set_tally(struct lt_store_txn *txn, const struct lt_tally *tally)
{
    static const uint8_t key[4];
    uint8_t row[32];
    if (tally->changes == 0 && tally->quarantined == 0)
        return; /* nothing was told as yet: no row, whoever asks to store it */
    lt_put_u64(row, tally->changes);
    lt_put_u64(row + 8, tally->records);
    lt_put_u64(row + 16, tally->quarantined);
    lt_put_u64(row + 24, tally->contested);
    put(txn, LT_STATE_TALLIES, key, sizeof key, row, sizeof row);
}

enum { CHAIN_TALLY_BYTES = 8 + 32 + 8 };

void lt_store_chain_tally(struct lt_store_txn *txn, uint32_t unit, struct lt_chain_tally *ret_tally)
{
    uint8_t key[4];
    struct lt_bytes row;
    assert(unit != 0);
    *ret_tally = (struct lt_chain_tally){0};
    lt_put_u32(key, unit);
    if (!get(txn, LT_STATE_TALLIES, key, sizeof key, &row))
        return;
    if (row.size != CHAIN_TALLY_BYTES) {
        corrupt(txn);
        return;
    }
    ret_tally->quarantined = lt_get_u64(row.data);
    memcpy(ret_tally->sum, row.data + 8, 32);
    ret_tally->contested = lt_get_u64(row.data + 40);
}

void lt_store_set_chain_tally(struct lt_store_txn *txn, uint32_t unit,
                              const struct lt_chain_tally *tally)
{
    uint8_t key[4], row[CHAIN_TALLY_BYTES];
    assert(unit != 0);
    lt_put_u32(key, unit);
    lt_put_u64(row, tally->quarantined);
    memcpy(row + 8, tally->sum, 32);
    lt_put_u64(row + 40, tally->contested);
    put(txn, LT_STATE_TALLIES, key, sizeof key, row, sizeof row);
}

/* ---- Quarantine ---- */

enum { AT_BYTES = 12 };

static void at_key(const struct lt_at *at, uint8_t ret_key[AT_BYTES])
{
    lt_put_u64(ret_key, at->position);
    lt_put_u32(ret_key + 8, at->index);
}

static struct lt_at at_of(const uint8_t *key)
{
    return (struct lt_at){lt_get_u64(key), lt_get_u32(key + 8)};
}

int lt_at_cmp(const struct lt_at *a, const struct lt_at *b)
{
    if (a->position != b->position)
        return a->position < b->position ? -1 : 1;
    return (a->index > b->index) - (a->index < b->index);
}

void lt_store_quarantine(struct lt_store_txn *txn, const struct lt_quarantined *changes,
                         size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint8_t key[AT_BYTES], verdict = (uint8_t)changes[i].verdict;
        at_key(&changes[i].at, key);
        put(txn, LT_STATE_QUARANTINE, key, sizeof key, &verdict, 1);
    }
}

void lt_store_unquarantine(struct lt_store_txn *txn, const struct lt_at *at)
{
    uint8_t bytes[AT_BYTES];
    at_key(at, bytes);
    struct lt_bytes value;
    struct lt_cursor *cursor = lt_store_cursor(txn, LT_STATE_QUARANTINE);
    if (lt_cursor_find(cursor, (struct lt_bytes){bytes, sizeof bytes}, &value))
        lt_cursor_delete(cursor);
    else
        corrupt(txn);
}

enum lt_verdict lt_store_verdict(struct lt_store_txn *txn, const struct lt_at *at)
{
    uint8_t key[AT_BYTES];
    struct lt_bytes row;
    at_key(at, key);
    if (!get(txn, LT_STATE_QUARANTINE, key, sizeof key, &row) || row.size != 1)
        return LT_COUNTS;
    return (enum lt_verdict) * row.data;
}

size_t lt_store_quarantined(struct lt_store_txn *txn, const struct lt_at *from,
                            struct lt_quarantined *ret_rows, size_t max)
{
    uint8_t start[AT_BYTES];
    size_t count = 0;
    at_key(from, start);
    struct lt_bytes key, value;
    bool more = seek(txn, LT_STATE_QUARANTINE, start, sizeof start, &key, &value);
    while (more && count < max) {
        if (key.size != AT_BYTES || value.size != 1) {
            corrupt(txn);
            break;
        }
        ret_rows[count++] =
            (struct lt_quarantined){at_of(key.data), (enum lt_verdict) * value.data};
        more = next(txn, LT_STATE_QUARANTINE, &key, &value);
    }
    return count;
}

/* ---- Versions ---- */

/* seq 8, update 32, import 8, row 4, value 8, op 1, flags 1 */
enum { VERSION_BYTES = 62, FLAG_COUNTS = 1, FLAG_UNSEEN = 2 };

static void version_pack(const struct lt_version *version, uint8_t ret_row[VERSION_BYTES])
{
    lt_put_u64(ret_row, version->stamp.seq);
    memcpy(ret_row + 8, version->stamp.update.bytes, 32);
    lt_put_u64(ret_row + 40, version->import);
    lt_put_u32(ret_row + 48, version->row);
    lt_put_u64(ret_row + 52, version->value);
    ret_row[60] = version->op;
    ret_row[61] =
        (uint8_t)((version->counts ? FLAG_COUNTS : 0) | (version->unseen ? FLAG_UNSEEN : 0));
}

static void version_unpack(const uint8_t *row, const struct lt_at *at,
                           struct lt_version *ret_version)
{
    *ret_version = (struct lt_version){
        .stamp = {.seq = lt_get_u64(row), .index = at->index},
        .import = lt_get_u64(row + 40),
        .row = lt_get_u32(row + 48),
        .value = lt_get_u64(row + 52),
        .op = row[60],
        .counts = (row[61] & FLAG_COUNTS) != 0,
        .unseen = (row[61] & FLAG_UNSEEN) != 0,
    };
    memcpy(ret_version->stamp.update.bytes, row + 8, 32);
}

static bool rows_room(struct lt_version_rows *rows)
{
    if (rows->count < rows->capacity)
        return true;
    size_t capacity = rows->capacity == 0 ? 8 : rows->capacity * 2;
    struct lt_version_row *items = realloc(rows->items, capacity * sizeof *items);
    if (items == NULL)
        return false;
    rows->items = items;
    rows->capacity = capacity;
    return true;
}

void lt_store_versions(struct lt_store_txn *txn, const struct lt_at *root,
                       struct lt_version_rows *rows)
{
    uint8_t prefix[AT_BYTES];
    at_key(root, prefix);
    struct lt_bytes key, value;
    bool more = seek(txn, LT_STATE_VERSIONS, prefix, sizeof prefix, &key, &value);
    for (; more && memcmp(key.data, prefix, AT_BYTES) == 0;
         more = next(txn, LT_STATE_VERSIONS, &key, &value)) {
        if (key.size == AT_BYTES)
            continue; /* an alias */
        if (key.size != 2 * AT_BYTES || value.size != VERSION_BYTES) {
            corrupt(txn);
            return;
        }
        if (!rows_room(rows)) {
            lt_store_fail(txn, LT_NO_MEMORY);
            return;
        }
        struct lt_version_row *row = &rows->items[rows->count++];
        row->at = at_of(key.data + AT_BYTES);
        version_unpack(value.data, &row->at, &row->version);
    }
}

void lt_store_put_versions(struct lt_store_txn *txn, const struct lt_at *root,
                           const struct lt_version_row *rows, size_t count)
{
    uint8_t key[2 * AT_BYTES], row[VERSION_BYTES];
    at_key(root, key);
    for (size_t i = 0; i < count; i++) {
        at_key(&rows[i].at, key + AT_BYTES);
        version_pack(&rows[i].version, row);
        put(txn, LT_STATE_VERSIONS, key, sizeof key, row, sizeof row);
    }
}

void lt_store_drop_versions(struct lt_store_txn *txn, const struct lt_at *root)
{
    uint8_t prefix[AT_BYTES];
    at_key(root, prefix);
    for (;;) {
        struct lt_bytes key, value;
        bool found = seek(txn, LT_STATE_VERSIONS, prefix, sizeof prefix, &key, &value);
        if (found && key.size == AT_BYTES && memcmp(key.data, prefix, AT_BYTES) == 0)
            found = next(txn, LT_STATE_VERSIONS, &key, &value);
        if (!found || memcmp(key.data, prefix, AT_BYTES) != 0)
            return;
        lt_cursor_delete(txn->cursors[LT_STATE_VERSIONS]);
    }
}

bool lt_store_alias(struct lt_store_txn *txn, const struct lt_at *record, struct lt_at *ret_root)
{
    uint8_t key[AT_BYTES];
    struct lt_bytes row;
    at_key(record, key);
    if (!get(txn, LT_STATE_VERSIONS, key, sizeof key, &row))
        return false;
    if (row.size != AT_BYTES)
        return corrupt(txn);
    *ret_root = at_of(row.data);
    return true;
}

void lt_store_set_alias(struct lt_store_txn *txn, const struct lt_at *record,
                        const struct lt_at *root)
{
    uint8_t key[AT_BYTES], row[AT_BYTES];
    at_key(record, key);
    at_key(root, row);
    put(txn, LT_STATE_VERSIONS, key, sizeof key, row, sizeof row);
}

/* ---- Runs ---- */

enum { RUN_KEY_BYTES = 24, RUN_PREFIX_BYTES = 12 };

bool lt_runs_add(struct lt_runs *runs, const struct lt_run *run)
{
    if (runs->count == runs->capacity) {
        size_t capacity = runs->capacity == 0 ? 16 : runs->capacity * 2;
        struct lt_run *items = realloc(runs->items, capacity * sizeof *items);
        if (items == NULL)
            return false;
        runs->items = items;
        runs->capacity = capacity;
    }
    runs->items[runs->count++] = *run;
    return true;
}

static void run_key(const struct lt_run *run, uint32_t row, uint64_t position,
                    uint8_t ret_key[RUN_KEY_BYTES])
{
    lt_put_u32(ret_key, run->unit);
    lt_put_u64(ret_key + 4, run->import);
    lt_put_u32(ret_key + 12, row);
    lt_put_u64(ret_key + 16, position);
}

void lt_store_add_runs(struct lt_store_txn *txn, const struct lt_run *runs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint8_t key[RUN_KEY_BYTES], row[4];
        run_key(&runs[i], runs[i].first_row, runs[i].position, key);
        lt_put_u32(row, runs[i].last_row);
        put(txn, LT_STATE_RUNS, key, sizeof key, row, sizeof row);
    }
}

/* A run lies within one stretch of LT_RUN_ROWS_MAX rows, so what overlaps it begins in there. */
static void overlaps(struct lt_store_txn *txn, const struct lt_run *run, struct lt_runs *found)
{
    uint8_t from[RUN_KEY_BYTES];
    run_key(run, run->first_row - run->first_row % LT_RUN_ROWS_MAX, 0, from);
    struct lt_bytes key, value;
    bool more = seek(txn, LT_STATE_RUNS, from, sizeof from, &key, &value);
    for (; more && memcmp(key.data, from, RUN_PREFIX_BYTES) == 0;
         more = next(txn, LT_STATE_RUNS, &key, &value)) {
        if (key.size != RUN_KEY_BYTES || value.size != 4) {
            corrupt(txn);
            return;
        }
        const uint8_t *row = key.data + RUN_PREFIX_BYTES;
        struct lt_run other = {run->unit, run->import, lt_get_u32(row), lt_get_u32(value.data),
                               lt_get_u64(row + 4)};
        if (other.first_row > run->last_row)
            return;
        if (other.last_row >= run->first_row && !lt_runs_add(found, &other)) {
            lt_store_fail(txn, LT_NO_MEMORY);
            return;
        }
    }
}

void lt_store_overlaps(struct lt_store_txn *txn, const struct lt_run *runs, size_t count,
                       struct lt_runs *found)
{
    for (size_t i = 0; i < count; i++)
        overlaps(txn, &runs[i], found);
}
