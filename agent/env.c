#include "agent/env.h"

#include <assert.h>
#include <errno.h>
#include <lmdb.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/env_check.h"
#include "agent/env_store.h"
#include "agent/map.h"
#include "agent/text.h"

/* Hub and agent read from many threads; each holds a slot for as long as its transaction. */
enum { READERS_MAX = 1024 };

/* ---- Opening ---- */

/* The greatest map that the system grants. */
static int open_raw(const char *dir, size_t table_count, bool read_only, MDB_env **ret_raw)
{
    unsigned flags = MDB_NOTLS | (read_only ? MDB_RDONLY : 0);
    int code = ENOMEM;
    for (unsigned i = 0; lt_map_bytes(i) != 0; i++) {
        MDB_env *raw;
        if (code != ENOMEM && code != EINVAL) /* as valgrind says it */
            break;
        code = mdb_env_create(&raw);
        if (code != 0)
            return code;
        code = mdb_env_set_maxdbs(raw, (MDB_dbi)table_count);
        if (code == 0)
            code = mdb_env_set_maxreaders(raw, READERS_MAX);
        if (code == 0)
            code = mdb_env_set_mapsize(raw, lt_map_bytes(i));
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
    int code = lt_map_begin(env->raw, write ? 0 : MDB_RDONLY, true, &txn);
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
    env->meta = meta;
    code = write ? lt_env_number_commit(txn, meta) : 0;
    if (code == 0)
        code = mdb_txn_commit(txn);
    else
        mdb_txn_abort(txn);
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

static enum lt_result check_at_open(struct lt_env *env, const struct lt_table_spec *tables,
                                    char ret_reason[200])
{
    MDB_envinfo info;
    MDB_stat stat;
    if (mdb_env_info(env->raw, &info) != 0 || mdb_env_stat(env->raw, &stat) != 0)
        return LT_IO;
    const bool small = info.me_last_pgno < LT_ENV_CHECKED_BYTES / stat.ms_psize;
    return lt_env_check(env->raw, tables, env->table_count, small ? LT_CHECK_ALL : LT_CHECK_ROOTS,
                        NULL, ret_reason);
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
    enum lt_result result = check_at_open(env, tables, ret_reason);
    if (result != LT_OK)
        return result;
    const uint32_t found = lt_env_stored_format(env->raw);
    if (found != 0 && found < format && can_be_raised(env, tables, found))
        return raise_format(env, tables, format, ret_reason);
    result = prepare(env, tables, false, format, ret_reason);
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

static struct lt_env *env_new(const struct lt_table_spec *tables, size_t table_count,
                              bool read_only)
{
    struct lt_env *env = calloc(1, sizeof(*env));
    if (env == NULL)
        return NULL;
    env->tables = calloc(table_count, sizeof(*env->tables));
    env->specs = tables;
    env->seeds = calloc(table_count, sizeof(*env->seeds));
    if (env->tables == NULL || env->seeds == NULL) {
        free(env->tables);
        free(env->seeds);
        free(env);
        return NULL;
    }
    for (size_t i = 0; i < table_count; i++)
        env->seeds[i] = lt_env_seed(tables[i].name);
    env->table_count = table_count;
    env->read_only = read_only;
    env->pid = getpid();
    atomic_init(&env->transactions, 0);
    atomic_init(&env->failed, false);
    return env;
}

enum lt_result lt_env_open(const char *dir, const struct lt_table_spec *tables, size_t table_count,
                           uint32_t format, bool read_only, struct lt_env **ret_env,
                           char ret_reason[200])
{
    char why[120] = "";
    char reason[200] = "";
    assert(table_count > 0);
    struct lt_env *env = env_new(tables, table_count, read_only);
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

/* When the disk fails while a meta page is written, LMDB puts its former number back and leaves the roots of the commit
 * that failed, and takes no more commits. The next start could not tell that from a damaged number
 * (env_check.c), so the page is written anew by a commit of nothing; should that fail too, the next start refuses. */
static void write_meta_anew(const char *dir, size_t table_count)
{
    MDB_env *raw;
    MDB_txn *txn;
    MDB_dbi meta;
    if (open_raw(dir, table_count + 1, false, &raw) != 0)
        return;
    if (mdb_txn_begin(raw, NULL, 0, &txn) == 0) {
        if (mdb_dbi_open(txn, LT_ENV_FORMAT_TABLE, 0, &meta) == 0 &&
            lt_env_number_commit(txn, meta) == 0)
            (void)!mdb_txn_commit(txn);
        else
            mdb_txn_abort(txn);
    }
    mdb_env_close(raw);
}

static void close_raw(struct lt_env *env)
{
    const char *path = NULL;
    char *dir = NULL;
    if (atomic_load(&env->failed) && mdb_env_get_path(env->raw, &path) == 0)
        dir = strdup(path);
    mdb_env_close(env->raw);
    if (dir != NULL)
        write_meta_anew(dir, env->table_count);
    free(dir);
}

void lt_env_close(struct lt_env *env)
{
    if (env == NULL)
        return;
    assert(atomic_load(&env->transactions) == 0);
    if (env->raw != NULL)
        close_raw(env);
    lt_env_release_dir(env->claim);
    free(env->tables);
    free(env->seeds);
    free(env);
}

enum lt_result lt_env_verify(struct lt_env *env, const atomic_bool *stop, char ret_reason[200])
{
    return lt_env_check(env->raw, env->specs, env->table_count, LT_CHECK_ALL, stop, ret_reason);
}

void lt_env_tend(struct lt_env *env)
{
    int dead;
    if (mdb_reader_check(env->raw, &dead) != 0)
        return; /* it will be tried again; readers full would show as LT_BUSY */
}

uint64_t lt_env_changes(const struct lt_env *env)
{
    MDB_envinfo info;
    return mdb_env_info(env->raw, &info) == 0 ? info.me_last_txnid : 0;
}

uint64_t lt_env_disk_free(const struct lt_env *env)
{
    return lt_env_claim_free_bytes(env->claim);
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
    bool alone = atomic_load(&env->transactions) == 0;
    int code = lt_map_begin(env->raw, write ? 0 : MDB_RDONLY, alone, &txn->raw);
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

enum lt_result lt_env_probe(struct lt_env *env)
{
    struct lt_txn *txn = lt_txn_begin(env, true);
    if (txn == NULL)
        return LT_NO_MEMORY;
    txn->changed = true;
    return lt_txn_commit(txn);
}

enum lt_result lt_txn_commit(struct lt_txn *txn)
{
    enum lt_result result = txn->error;
    if (result == LT_OK && txn->write) {
        int code = txn->changed ? lt_env_number_commit(txn->raw, txn->env->meta) : 0;
        if (code == 0) {
            code = mdb_txn_commit(txn->raw);
            if (code != 0)
                atomic_store(&txn->env->failed, true);
        } else {
            mdb_txn_abort(txn->raw);
        }
        txn->raw = NULL;
        result = lt_env_map(code);
        /* LMDB reports a short write, which is how a disk fills up, as EIO. */
        if (result == LT_IO && lt_env_disk_free(txn->env) < LT_ENV_DISK_FULL_BYTES)
            result = LT_NO_SPACE;
    }
    lt_txn_abort(txn);
    return result;
}
