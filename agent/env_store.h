/* env_store.h - the inside of an environment. Its directory: made, checked and claimed before LMDB opens it; the
 * store's own table (its format, the number of its last commit); the tags of rows; and what LMDB's codes mean.
 *
 * A tag is 8 bytes after each value, over table, key and value. They are not for those who would forge: who can write to the
 * file can make them. They are for disks and memory that change what they were given.
 *
 * Private to env*.c. One claim a directory a process (LMDB's locks are per process); LT_BUSY for a
 * second one. Refuses network and FUSE file systems, foreign owners and open permissions. Makes
 * lock.mdb of real zero bytes, since LMDB would make it sparse and die of SIGBUS when the disk fills.
 * Any thread. */
#ifndef LT_ENV_STORE_H
#define LT_ENV_STORE_H

#include <lmdb.h>
#include <stdatomic.h>
#include <sys/types.h>

#include "agent/env.h"

enum {
    LT_ENV_NEW_BYTES =
        1024 * 1024, /* free space that a new store needs: tables and a first commit */
    LT_ENV_DISK_FULL_BYTES = 1024 * 1024, /* an I/O error with less than this free is a full disk */
    LT_ENV_CHECKED_BYTES =
        64 * 1024 * 1024, /* a store of up to this is looked through at each opening */
    LT_ENV_TAG_BYTES = 8,
};

struct lt_env_claim;

struct lt_env {
    MDB_env *raw;
    pid_t pid; /* LMDB must not be used across fork */
    bool read_only;
    atomic_int transactions; /* a live one at close is our mistake */
    atomic_bool failed; /* the disk did not take a commit */
    struct lt_env_claim *claim;
    MDB_dbi meta; /* the store's own table */
    size_t table_count;
    const struct lt_table_spec *specs; /* the opener's */
    MDB_dbi *tables;
    uint64_t *seeds; /* of each table's tags */
};

struct lt_txn {
    struct lt_env *env;
    MDB_txn *raw; /* NULL: begin failed */
    bool write, changed;
    enum lt_result error;
};

enum lt_result lt_env_claim_dir(const char *dir, bool read_only, struct lt_env_claim **ret_claim,
                                char ret_reason[200]);
void lt_env_release_dir(struct lt_env_claim *claim);
/* The names in it last. */
bool lt_env_claim_sync(const struct lt_env_claim *claim);
uint64_t lt_env_claim_free_bytes(const struct lt_env_claim *claim);

/* LMDB's codes, and errno. */
enum lt_result lt_env_map(int code);

/* Of a table, by its name. */
uint64_t lt_env_seed(const char *table);
uint64_t lt_env_tag(uint64_t seed, struct lt_bytes key, struct lt_bytes value);
/* Takes the tag off a value; false: it is not the one that was written. */
bool lt_env_untag(uint64_t seed, struct lt_bytes key, struct lt_bytes *value);

#define LT_ENV_FORMAT_TABLE "meta"
#define LT_ENV_FORMAT_KEY   "lt.format"
#define LT_ENV_COMMIT_KEY   "lt.commit"
uint64_t lt_env_number(const uint8_t *bytes, size_t size); /* big-endian */
/* Each commit that changes something bears its number in the table: LMDB's code. */
int lt_env_number_commit(MDB_txn *txn, MDB_dbi meta);
/* The store's format must be this one; written when it says none, or an earlier one, and `write`. */
enum lt_result lt_env_format(MDB_txn *txn, MDB_dbi meta, uint32_t format, bool write,
                             char ret_reason[200]);
/* The format of a store that was made here; 0: none was. */
uint32_t lt_env_stored_format(MDB_env *raw);

/* snprintf into a reason. */
void lt_env_say(char ret_reason[200], const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
