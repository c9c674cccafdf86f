/* env.h - one LMDB environment, opened by the rules, and its transactions with sticky errors.
 *
 * Rules kept here (docs/decisions): default durability, never WRITEMAP or NOSYNC; lock.mdb is made of
 * real zero bytes before the first open, so a full disk fails cleanly; network file systems and wrong
 * owners are refused; stale readers are cleared at open; one open an environment a process; the map's
 * address space is reserved large (1 TiB on 64-bit) so that it never has to grow.
 *
 * A transaction remembers its first error and ignores all calls after it; the caller tests once, at
 * lt_txn_commit. Reads of a key that is absent are not errors. A transaction belongs to one thread. */
#ifndef LT_ENV_H
#define LT_ENV_H

#include <stdatomic.h>

#include "proto/update.h"

struct lt_env;
struct lt_txn;
typedef unsigned lt_table; /* index in the list of names given at open */

struct lt_table_spec {
    const char *name;
    bool integer_key;
    uint32_t since; /* format that first had it; 0: every one */
};

/* Opens or makes the store in `dir` (0700, with what is missing of its path). `format` is its version,
 * kept in a table "meta" that the store makes itself: any other is LT_VERSION, but for an earlier one when
 * tables say since when they are there: these are made and the format is raised, in one transaction; what
 * they hold is the owner's to derive. To read only, such a store is LT_VERSION too. LT_NOT_FOUND: none is
 * there to read only; LT_BUSY: this process has it open; LT_REFUSED: a network file system;
 * LT_CORRUPT: it is damaged; LT_PERMISSION: another user's, or others may write to it; LT_NO_SPACE: no room
 * to make it (one that is there opens on a full disk). On failure ret_reason (200 bytes) names path and cause. */
enum lt_result lt_env_open(const char *dir, const struct lt_table_spec *tables, size_t table_count,
                           uint32_t format, bool read_only, struct lt_env **ret_env,
                           char ret_reason[200]);
/* Looks through the whole store, as opening does by itself where it is small (docs/decisions/0027): LT_CORRUPT, with
 * what and where; LT_BUSY once *stop (NULL: never). Reads all of the file, in one read transaction. Any thread. */
enum lt_result lt_env_verify(struct lt_env *env, const atomic_bool *stop, char ret_reason[200]);
/* For a program that must not make a store: LT_NOT_FOUND when data.mdb in `dir` is missing or empty. */
enum lt_result lt_env_is_made(const char *dir, char ret_reason[200]);
void lt_env_close(struct lt_env *env);
/* hourly: clears readers of dead processes */
void lt_env_tend(struct lt_env *env);

/* NULL only when out of memory or readers; a failed begin is a transaction with a sticky error. */
struct lt_txn *lt_txn_begin(struct lt_env *env, bool write);
/* The first error so far. */
enum lt_result lt_txn_error(const struct lt_txn *txn);
void lt_txn_fail(struct lt_txn *txn, enum lt_result result);
/* Commits and frees; returns the first error (nothing is then stored). LT_NO_SPACE: disk or map full. */
enum lt_result lt_txn_commit(struct lt_txn *txn);
void lt_txn_abort(struct lt_txn *txn);

/* The bytes returned live until the next write in the transaction or its end. */
bool lt_get(struct lt_txn *txn, lt_table table, struct lt_bytes key, struct lt_bytes *ret_value);
void lt_put(struct lt_txn *txn, lt_table table, struct lt_bytes key, struct lt_bytes value);
void lt_append(struct lt_txn *txn, lt_table table, struct lt_bytes key,
               struct lt_bytes value); /* key is the greatest */
void lt_delete(struct lt_txn *txn, lt_table table, struct lt_bytes key); /* absent is fine */
void lt_clear(struct lt_txn *txn, lt_table table);
uint64_t lt_entries(struct lt_txn *txn, lt_table table);

/* Cursor: positions at the first key >= `from` (empty: the first), then steps. Close before the
 * transaction ends. */
struct lt_cursor;
struct lt_cursor *lt_cursor_open(struct lt_txn *txn, lt_table table);
bool lt_cursor_seek(struct lt_cursor *cursor, struct lt_bytes from, struct lt_bytes *ret_key,
                    struct lt_bytes *ret_value);
bool lt_cursor_next(struct lt_cursor *cursor, struct lt_bytes *ret_key, struct lt_bytes *ret_value);
bool lt_cursor_last(struct lt_cursor *cursor, struct lt_bytes *ret_key, struct lt_bytes *ret_value);
bool lt_cursor_previous(struct lt_cursor *cursor, struct lt_bytes *ret_key,
                        struct lt_bytes *ret_value);
bool lt_cursor_find(struct lt_cursor *cursor, struct lt_bytes key, struct lt_bytes *ret_value);
/* Neighbours cost no descent. The cursor stands at the row then. */
void lt_cursor_put(struct lt_cursor *cursor, struct lt_bytes key, struct lt_bytes value);
void lt_cursor_delete(struct lt_cursor *cursor); /* the row that it stands at */
void lt_cursor_close(struct lt_cursor *cursor);

/* Counts the write transactions that were ever committed to the store, by any process. */
uint64_t lt_env_changes(const struct lt_env *env);
/* Commits a new number of the store and nothing else: LT_OK when it is on the disk. Waits while another writes. */
enum lt_result lt_env_probe(struct lt_env *env);

/* LT_REFUSED: a network file system, or one shared between machines; ret_reason names it. */
enum lt_result lt_env_disk_kind(const char *dir, char ret_reason[200]);
/* Free bytes of the disk that holds the store. */
uint64_t lt_env_disk_free(const struct lt_env *env);
#endif
