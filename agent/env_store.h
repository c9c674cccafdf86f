/* env_store.h - the directory of an environment: made, checked and claimed before LMDB opens it; the
 * format of the store in it; and what LMDB's codes mean.
 *
 * Private to env.c. One claim a directory a process (LMDB's locks are per process); LT_BUSY for a
 * second one. Refuses network and FUSE file systems, foreign owners and open permissions. Makes
 * lock.mdb of real zero bytes, since LMDB would make it sparse and die of SIGBUS when the disk fills.
 * Any thread. */
#ifndef LT_ENV_STORE_H
#define LT_ENV_STORE_H

#include <lmdb.h>

#include "agent/env.h"

enum {
    LT_ENV_NEW_BYTES =
        1024 * 1024, /* free space that a new store needs: tables and a first commit */
    LT_ENV_DISK_FULL_BYTES = 1024 * 1024, /* an I/O error with less than this free is a full disk */
};

struct lt_env_claim;
enum lt_result lt_env_claim_dir(const char *dir, bool read_only, struct lt_env_claim **ret_claim,
                                char ret_reason[200]);
void lt_env_release_dir(struct lt_env_claim *claim);
/* The names in it last. */
bool lt_env_claim_sync(const struct lt_env_claim *claim);
uint64_t lt_env_claim_free_bytes(const struct lt_env_claim *claim);

/* LMDB's codes, and errno. */
enum lt_result lt_env_map(int code);
#define LT_ENV_FORMAT_TABLE "meta"
/* The store's format must be this one; written when it says none, or an earlier one, and `write`. */
enum lt_result lt_env_format(MDB_txn *txn, MDB_dbi meta, uint32_t format, bool write,
                             char ret_reason[200]);
/* The format of a store that was made here; 0: none was. */
uint32_t lt_env_stored_format(MDB_env *raw);

/* snprintf into a reason. */
void lt_env_say(char ret_reason[200], const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
