#include "tests/sim/machine.h"

#include <assert.h>
#include <errno.h>
#include <ftw.h>
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/env.h"
#include "tests/sim/planted.h"
#include "tests/sim/wrapped.h"

static struct machine_tally tally;

const struct machine_tally *machine_tally(void)
{
    return &tally;
}

/* ---- Life ---- */

void machine_start(struct machine *machine, void *(*begin)(void *), void *argument)
{
    assert(!machine->running && machine->fibers == NULL);
    machine->running = true;
    machine->stop = false;
    machine->life++;
    machine->wake_fd = -1;
    /* A machine that was off knows nothing of how long: its clock begins anew, somewhere. */
    machine->booted_ms = 1000000 + sim_below(LOT_KEYS, 1000000);
    fiber_start(machine, begin, argument);
}

void machine_ended(struct machine *machine)
{
    machine->running = false;
    machine->kill = KILL_NEVER;
    sockets_killed(machine);
    descriptors_killed(machine);
    control_killed(machine);
    assert(machine->env_count == 0 && machine->txn_count == 0);
}

static void drop_store(struct machine *machine)
{
    while (machine->txn_count > 0)
        __real_lt_txn_abort(machine->txns[--machine->txn_count]);
    while (machine->env_count > 0)
        __real_lt_env_close(machine->envs[--machine->env_count]);
}

void machine_kill(struct machine *machine)
{
    bool own = fiber_self() != NULL && fiber_machine() == machine;
    if (!machine->running)
        return;
    machine->running = false;
    machine->kill = KILL_NEVER;
    machine->hub = NULL;
    machine->service = NULL;
    drop_store(machine);
    sockets_killed(machine);
    descriptors_killed(machine);
    control_killed(machine);
    planted_killed(machine);
    fibers_kill(machine);
    if (own)
        fiber_vanish();
}

void machine_kill_at(struct machine *machine, enum kill_when when, unsigned commits)
{
    machine->kill = machine->running ? when : KILL_NEVER;
    machine->kill_in = commits - 1;
}

/* ---- The store ---- */

enum lt_result __wrap_lt_env_open(const char *dir, const struct lt_table_spec *tables,
                                  size_t table_count, uint32_t format, bool read_only,
                                  struct lt_env **ret_env, char ret_reason[200])
{
    struct machine *machine = fiber_machine();
    enum lt_result result =
        __real_lt_env_open(dir, tables, table_count, format, read_only, ret_env, ret_reason);
    if (result == LT_OK && machine != NULL) {
        assert(machine->env_count < MACHINE_ENVS_MAX);
        machine->envs[machine->env_count++] = *ret_env;
    }
    return result;
}

void __wrap_lt_env_close(struct lt_env *env)
{
    struct machine *machine = fiber_machine();
    for (size_t i = 0; machine != NULL && env != NULL && i < machine->env_count; i++)
        if (machine->envs[i] == env)
            machine->envs[i] = machine->envs[--machine->env_count];
    __real_lt_env_close(env);
}

uint64_t __wrap_lt_env_disk_free(const struct lt_env *env)
{
    (void)env;
    return fiber_machine() != NULL && fiber_machine()->full ? 4096 : UINT64_C(1) << 33;
}

/* An address space for each store of a country, all in one process. */
int __wrap_mdb_env_set_mapsize(MDB_env *env, size_t size)
{
    const size_t most = (size_t)1 << 30;
    return __real_mdb_env_set_mapsize(env, size < most ? size : most);
}

int __wrap_mdb_env_open(MDB_env *env, const char *path, unsigned flags, mdb_mode_t mode)
{
    return __real_mdb_env_open(env, path, flags | MDB_NOSYNC,
                               mode); /* in memory: nothing to sync */
}

struct lt_txn *__wrap_lt_txn_begin(struct lt_env *env, bool write)
{
    struct machine *machine = fiber_machine();
    struct lt_txn *txn = __real_lt_txn_begin(env, write);
    if (txn != NULL && machine != NULL) {
        assert(machine->txn_count < MACHINE_TXNS_MAX);
        machine->txn_writes[machine->txn_count] = write;
        machine->txns[machine->txn_count++] = txn;
    }
    return txn;
}

/* Is it a write? It is no longer the machine's. */
static bool forget_txn(struct machine *machine, const struct lt_txn *txn)
{
    for (size_t i = machine->txn_count; i-- > 0;)
        if (machine->txns[i] == txn) {
            bool write = machine->txn_writes[i];
            machine->txns[i] = machine->txns[--machine->txn_count];
            machine->txn_writes[i] = machine->txn_writes[machine->txn_count];
            return write;
        }
    return false;
}

void __wrap_lt_txn_abort(struct lt_txn *txn)
{
    if (fiber_machine() != NULL)
        forget_txn(fiber_machine(), txn);
    __real_lt_txn_abort(txn);
}

static bool dies_here(struct machine *machine, enum kill_when when)
{
    if (machine->kill != when)
        return false;
    return machine->kill_in == 0;
}

enum lt_result __wrap_lt_txn_commit(struct lt_txn *txn)
{
    struct machine *machine = fiber_machine();
    if (machine == NULL)
        return __real_lt_txn_commit(txn);
    if (!forget_txn(machine, txn))
        return __real_lt_txn_commit(txn);
    if (dies_here(machine, KILL_BEFORE_COMMIT) && fiber_self() != NULL) {
        tally.killed_before++;
        __real_lt_txn_abort(txn);
        machine_kill(machine);
    }
    planted_commits(machine);
    enum lt_result result = __real_lt_txn_commit(txn);
    machine->commits++;
    tally.commits++;
    if (dies_here(machine, KILL_AFTER_COMMIT) && fiber_self() != NULL) {
        tally.killed_after++;
        machine_kill(machine);
    }
    machine->kill_in -= machine->kill != KILL_NEVER && machine->kill_in > 0;
    return result;
}

int __wrap_mdb_txn_commit(MDB_txn *txn)
{
    if (fiber_machine() != NULL && fiber_machine()->full) {
        tally.full++;
        mdb_txn_abort(txn);
        return ENOSPC;
    }
    return __real_mdb_txn_commit(txn);
}

/* ---- Folders ---- */

static char copy_from[256], copy_to[256];

static void give_up(const char *doing, const char *path)
{
    fprintf(stderr, "sim: %s %s: %s\n", doing, path, strerror(errno));
    abort();
}

void file_copy(const char *from, const char *to)
{
    static char buffer[1 << 16];
    FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
    size_t size;
    if (in == NULL || out == NULL)
        give_up("copying", from);
    while ((size = fread(buffer, 1, sizeof(buffer), in)) > 0)
        if (fwrite(buffer, 1, size, out) != size)
            give_up("copying", to);
    fclose(in);
    if (fclose(out) != 0 || chmod(to, 0600) != 0)
        give_up("copying", to);
}

static int copy_entry(const char *path, const struct stat *about, int kind, struct FTW *where)
{
    char to[512];
    (void)where;
    snprintf(to, sizeof(to), "%s%s", copy_to, path + strlen(copy_from));
    if (kind == FTW_D) {
        if (mkdir(to, 0700) != 0 && errno != EEXIST)
            give_up("making", to);
    } else if (S_ISREG(about->st_mode)) {
        file_copy(path, to);
    }
    return 0;
}

void folder_copy(const char *from, const char *to)
{
    snprintf(copy_from, sizeof(copy_from), "%s", from);
    snprintf(copy_to, sizeof(copy_to), "%s", to);
    if (nftw(from, copy_entry, 16, FTW_PHYS) != 0)
        give_up("copying", from);
}

static int remove_entry(const char *path, const struct stat *about, int kind, struct FTW *where)
{
    (void)about;
    (void)kind;
    (void)where;
    return remove(path);
}

void folder_remove(const char *path)
{
    if (nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS) != 0 && errno != ENOENT)
        give_up("removing", path);
}
