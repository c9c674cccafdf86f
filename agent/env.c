#include "agent/env.h"

#include <assert.h>
#include <errno.h>
#include <lmdb.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/env_store.h"
#include "agent/text.h"

struct lt_env {
    MDB_env *raw;
    pid_t pid; /* LMDB must not be used across fork */
    bool read_only;
    atomic_int transactions; /* a live one at close is our mistake */
    struct lt_env_claim *claim;
    size_t table_count;
    MDB_dbi *tables;
};

struct lt_txn {
    struct lt_env *env;
    MDB_txn *raw; /* NULL: begin failed */
    bool write;
    enum lt_result error;
};

struct lt_cursor {
    struct lt_txn *txn;
    MDB_cursor *raw;
};

/* Hub and agent read from many threads; each holds a slot for as long as its transaction. */
enum { READERS_MAX = 1024 };

/* ---- Opening ---- */

/* The greatest map that the address space grants: it is reserved once and never has to grow. */
static int open_raw(const char *dir, size_t table_count, bool read_only, MDB_env **ret_raw)
{
    static const unsigned map_bits[] = {40, 36, 32, 30}; /* 1 TiB, 64 GiB, 4 GiB, 1 GiB */
    unsigned flags = MDB_NOTLS | (read_only ? MDB_RDONLY : 0);
    int code = ENOMEM;
    for (size_t i = 0; i < sizeof(map_bits) / sizeof(map_bits[0]) && code == ENOMEM; i++) {
        MDB_env *raw;
        if (map_bits[i] >= 8 * sizeof(size_t))
            continue;
        code = mdb_env_create(&raw);
        if (code != 0)
            return code;
        code = mdb_env_set_maxdbs(raw, (MDB_dbi)table_count);
        if (code == 0)
            code = mdb_env_set_maxreaders(raw, READERS_MAX);
        if (code == 0)
            code = mdb_env_set_mapsize(raw, (size_t)1 << map_bits[i]);
        if (code == 0)
            code = mdb_env_open(raw, dir, flags, 0600);
        if (code == 0)
            *ret_raw = raw;
        else
            mdb_env_close(raw);
    }
    return code;
}

static int open_tables(struct lt_env *env, MDB_txn *txn, const struct lt_table_spec *tables,
                       bool create, MDB_dbi *ret_meta)
{
    unsigned flags = create ? MDB_CREATE : 0;
    int code = mdb_dbi_open(txn, LT_ENV_FORMAT_TABLE, flags, ret_meta);
    for (size_t i = 0; i < env->table_count && code == 0; i++)
        code = mdb_dbi_open(txn, tables[i].name,
                            flags | (tables[i].integer_key ? MDB_INTEGERKEY : 0), &env->tables[i]);
    return code;
}

/* Without writing when all is there (so a store opens on a full disk); else makes what is missing. */
static enum lt_result prepare(struct lt_env *env, const struct lt_table_spec *tables, bool write,
                              uint32_t format, char ret_reason[200])
{
    MDB_txn *txn;
    MDB_dbi meta;
    int code = mdb_txn_begin(env->raw, NULL, write ? 0 : MDB_RDONLY, &txn);
    if (code != 0) {
        lt_env_say(ret_reason, "opening the store: %s", mdb_strerror(code));
        return lt_env_map(code);
    }
    code = open_tables(env, txn, tables, write, &meta);
    if (code != 0) {
        mdb_txn_abort(txn);
        if (code == MDB_NOTFOUND)
            return LT_NOT_FOUND;
        lt_env_say(ret_reason, "opening the store's tables: %s", mdb_strerror(code));
        return lt_env_map(code);
    }
    enum lt_result result = lt_env_format(txn, meta, format, write, ret_reason);
    if (result != LT_OK) {
        mdb_txn_abort(txn);
        return result;
    }
    code = mdb_txn_commit(txn);
    if (code == 0 && write && !lt_env_claim_sync(env->claim))
        code = errno;
    if (code != 0)
        lt_env_say(ret_reason, "making the store: %s", mdb_strerror(code));
    return lt_env_map(code);
}

/* Does a store of an earlier format hold all that it should? Then its owner knows how it grew. */
static bool can_be_raised(struct lt_env *env, const struct lt_table_spec *tables, uint32_t found)
{
    MDB_txn *txn;
    MDB_dbi table;
    bool grew = false, whole = true;
    if (mdb_txn_begin(env->raw, NULL, MDB_RDONLY, &txn) != 0)
        return false;
    for (size_t i = 0; i < env->table_count && whole; i++) {
        grew = grew || tables[i].since > found;
        if (tables[i].since <= found)
            whole = mdb_dbi_open(txn, tables[i].name, tables[i].integer_key ? MDB_INTEGERKEY : 0,
                                 &table) == 0;
    }
    mdb_txn_abort(txn);
    return grew && whole;
}

static enum lt_result raise_format(struct lt_env *env, const struct lt_table_spec *tables,
                                   uint32_t format, char ret_reason[200])
{
    if (!env->read_only)
        return prepare(env, tables, true, format, ret_reason);
    lt_env_say(ret_reason, "%s",
               lt_text("kho dữ liệu là của phiên bản trước: hãy chạy chương trình này một lần để "
                       "nâng lên",
                       "the store is an earlier release's: run this program on it once (a hub: "
                       "'run'), which raises it"));
    return LT_VERSION;
}

static enum lt_result open_env(struct lt_env *env, const char *dir,
                               const struct lt_table_spec *tables, uint32_t format,
                               char ret_reason[200])
{
    int dead;
    int code = open_raw(dir, env->table_count + 1, env->read_only, &env->raw);
    if (code != 0) {
        lt_env_say(ret_reason, "data.mdb: %s", mdb_strerror(code));
        return lt_env_map(code);
    }
    code = mdb_reader_check(env->raw, &dead);
    if (code != 0) {
        lt_env_say(ret_reason, "clearing dead readers: %s", mdb_strerror(code));
        return lt_env_map(code);
    }
    const uint32_t found = lt_env_stored_format(env->raw);
    if (found != 0 && found < format && can_be_raised(env, tables, found))
        return raise_format(env, tables, format, ret_reason);
    enum lt_result result = prepare(env, tables, false, format, ret_reason);
    if (result != LT_NOT_FOUND)
        return result;
    if (found != 0) { /* all tables are made in one transaction: it is another program's */
        lt_env_say(ret_reason, "%s",
                   lt_text("kho ở đây là của chương trình khác (agent và hub phải ở hai thư mục "
                           "khác nhau)",
                           "the store is another program's (agent and hub need folders of their "
                           "own)"));
        return LT_REFUSED;
    }
    if (!env->read_only)
        return prepare(env, tables, true, format, ret_reason);
    lt_env_say(ret_reason, "%s",
               lt_text("kho dữ liệu chưa được tạo xong", "the store is not complete"));
    return LT_NOT_FOUND;
}

static struct lt_env *env_new(size_t table_count, bool read_only)
{
    struct lt_env *env = calloc(1, sizeof(*env));
    if (env == NULL)
        return NULL;
    env->tables = calloc(table_count, sizeof(*env->tables));
    if (env->tables == NULL) {
        free(env);
        return NULL;
    }
    env->table_count = table_count;
    env->read_only = read_only;
    env->pid = getpid();
    atomic_init(&env->transactions, 0);
    return env;
}

enum lt_result lt_env_open(const char *dir, const struct lt_table_spec *tables, size_t table_count,
                           uint32_t format, bool read_only, struct lt_env **ret_env,
                           char ret_reason[200])
{
    char why[120] = "";
    char reason[200] = "";
    assert(table_count > 0);
    struct lt_env *env = env_new(table_count, read_only);
    if (env == NULL) {
        lt_env_say(ret_reason, "%s: out of memory", dir);
        return LT_NO_MEMORY;
    }
    enum lt_result result = lt_env_claim_dir(dir, read_only, &env->claim, reason);
    if (result == LT_OK)
        result = open_env(env, dir, tables, format, reason);
    if (result == LT_OK) {
        *ret_env = env;
        return LT_OK;
    }
    memcpy(why, reason, sizeof(why) - 1);
    lt_env_say(ret_reason, "%.70s: %s", dir, why[0] != '\0' ? why : lt_text_result(result));
    lt_env_close(env);
    return result;
}

void lt_env_close(struct lt_env *env)
{
    if (env == NULL)
        return;
    assert(atomic_load(&env->transactions) == 0);
    if (env->raw != NULL)
        mdb_env_close(env->raw);
    lt_env_release_dir(env->claim);
    free(env->tables);
    free(env);
}

void lt_env_tend(struct lt_env *env)
{
    int dead;
    if (mdb_reader_check(env->raw, &dead) != 0)
        return; /* it will be tried again; readers full would show as LT_BUSY */
}

uint64_t lt_env_disk_free(const struct lt_env *env)
{
    return lt_env_claim_free_bytes(env->claim);
}

void *lt_env_raw(struct lt_env *env)
{
    return env->raw;
}

unsigned lt_env_dbi(struct lt_env *env, lt_table table)
{
    assert(table < env->table_count);
    return env->tables[table];
}

/* ---- Transactions ---- */

struct lt_txn *lt_txn_begin(struct lt_env *env, bool write)
{
    assert(env->pid == getpid());
    assert(!write || !env->read_only);
    struct lt_txn *txn = calloc(1, sizeof(*txn));
    if (txn == NULL)
        return NULL;
    txn->env = env;
    txn->write = write;
    int code = mdb_txn_begin(env->raw, NULL, write ? 0 : MDB_RDONLY, &txn->raw);
    if (code == ENOMEM || code == MDB_READERS_FULL) {
        free(txn);
        return NULL;
    }
    txn->error = lt_env_map(code);
    if (code != 0)
        txn->raw = NULL;
    atomic_fetch_add(&env->transactions, 1);
    return txn;
}

enum lt_result lt_txn_error(const struct lt_txn *txn)
{
    return txn->error;
}

void lt_txn_fail(struct lt_txn *txn, enum lt_result result)
{
    if (txn->error == LT_OK)
        txn->error = result;
}

void lt_txn_abort(struct lt_txn *txn)
{
    if (txn == NULL)
        return;
    if (txn->raw != NULL)
        mdb_txn_abort(txn->raw);
    atomic_fetch_sub(&txn->env->transactions, 1);
    free(txn);
}

enum lt_result lt_txn_commit(struct lt_txn *txn)
{
    enum lt_result result = txn->error;
    if (result == LT_OK && txn->write) {
        int code = mdb_txn_commit(txn->raw);
        txn->raw = NULL;
        result = lt_env_map(code);
        /* LMDB reports a short write, which is how a disk fills up, as EIO. */
        if (result == LT_IO && lt_env_disk_free(txn->env) < LT_ENV_DISK_FULL_BYTES)
            result = LT_NO_SPACE;
    }
    lt_txn_abort(txn);
    return result;
}

void *lt_txn_raw(struct lt_txn *txn)
{
    return txn->raw;
}

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
    *ret_value = from_raw(&raw_value);
    return true;
}

static void put(struct lt_txn *txn, lt_table table, struct lt_bytes key, struct lt_bytes value,
                unsigned flags)
{
    MDB_val raw_key = to_raw(key);
    MDB_val raw_value = to_raw(value);
    assert(key.size > 0 && txn->write);
    if (txn->error == LT_OK)
        note(txn, mdb_put(txn->raw, dbi(txn, table), &raw_key, &raw_value, flags));
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
}

void lt_clear(struct lt_txn *txn, lt_table table)
{
    assert(txn->write);
    if (txn->error == LT_OK)
        note(txn, mdb_drop(txn->raw, dbi(txn, table), 0));
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
    *ret_value = from_raw(&value);
    return true;
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

void lt_cursor_close(struct lt_cursor *cursor)
{
    if (cursor == NULL)
        return;
    mdb_cursor_close(cursor->raw);
    free(cursor);
}
