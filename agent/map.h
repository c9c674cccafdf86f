/* map.h - where LMDB meets the system: how large its map is, whose file it is, what its codes mean.
 *
 * LMDB reads and writes its file through a map of a size that is set beforehand. Where addresses cost nothing until they are
 * used, a great one is reserved once. On Windows the file is as large as the map: there it begins small, and grows before a
 * transaction that writes. All functions return LMDB's codes.
 *
 * An environment that grows must have no transaction: the caller says whether it has. Any thread otherwise. */
#ifndef LT_MAP_H
#define LT_MAP_H

#include <lmdb.h>
#include <stdbool.h>

/* The size for the try `attempt`, from 0; each is smaller than the one before. 0: there is none left. */
size_t lt_map_bytes(unsigned attempt);
/* mdb_txn_begin. `alone`: the environment has no other transaction in this process, and may grow, or follow another process
 * that has let it grow. */
int lt_map_begin(MDB_env *raw, unsigned flags, bool alone, MDB_txn **ret_txn);
/* A descriptor of data.mdb, to read from at any place; given back by lt_map_file_end (-1: none). */
int lt_map_file(MDB_env *raw, int *ret_fd);
void lt_map_file_end(int fd);
/* mdb_env_copyfd2 without flags, to an ordinary descriptor. */
int lt_map_copy(MDB_env *raw, int fd);
/* The errno that a code of the system stands for; LMDB's own stay as they are. */
int lt_map_errno(int code);

#endif
