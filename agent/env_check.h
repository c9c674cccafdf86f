/* env_check.h - is the file of a store what LMDB wrote? LMDB has no checksums: it follows what a page says, out of
 * its map and into SIGSEGV if need be, and what a damaged page no longer leads to is silently not there.
 *
 * Our own reading of the file, by pread, before LMDB walks it: the two meta pages; each page of each tree (its number,
 * flags, bounds and nodes, its place in the order of keys; no page twice, none that is free too); the
 * counts of each table; the tag of each row (env_store.h); and that the moment shown is the last one committed. Any
 * single changed bit that says something is found; so is an older copy of a page in place of a newer.
 *
 * Private to env*.c. Any thread; beside writers, in a read transaction of its own. */
#ifndef LT_ENV_CHECK_H
#define LT_ENV_CHECK_H

#include <lmdb.h>
#include <stdatomic.h>

#include "agent/env.h"

/* What LMDB believes before it can be asked: sizes of pages. `fd` is data.mdb's. */
enum lt_result lt_env_check_head(int fd, char ret_reason[200]);
enum lt_check_extent {
    LT_CHECK_ROOTS, /* what leads to the tables: a few pages */
    LT_CHECK_ALL,
};
/* LT_CORRUPT with what and where; LT_IO; LT_NO_MEMORY; LT_BUSY once *stop (NULL: never). Of tables that are not named
 * any kind will do. A store of a format without tags is not looked into: LT_OK, and its format tells. */
enum lt_result lt_env_check(MDB_env *raw, const struct lt_table_spec *tables, size_t table_count,
                            enum lt_check_extent extent, const atomic_bool *stop,
                            char ret_reason[200]);

#endif
