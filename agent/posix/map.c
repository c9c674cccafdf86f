#include "agent/map.h"

#include <stddef.h>

size_t lt_map_bytes(unsigned attempt)
{
    static const unsigned bits[] = {40, 36, 32, 30}; /* 1 TiB, 64 GiB, 4 GiB, 1 GiB */
    const size_t count = sizeof(bits) / sizeof(bits[0]);
    const unsigned left_out = sizeof(size_t) > 4 ? 0 : 3; /* where addresses have 32 bits */
    return attempt + left_out < count ? (size_t)1 << bits[attempt + left_out] : 0;
}

int lt_map_begin(MDB_env *raw, unsigned flags, bool alone, MDB_txn **ret_txn)
{
    (void)alone;
    return mdb_txn_begin(raw, NULL, flags, ret_txn);
}

int lt_map_file(MDB_env *raw, int *ret_fd)
{
    return mdb_env_get_fd(raw, ret_fd);
}

void lt_map_file_end(int fd)
{
    (void)fd; /* LMDB's own */
}

int lt_map_copy(MDB_env *raw, int fd)
{
    return mdb_env_copyfd2(raw, fd, 0);
}

int lt_map_errno(int code)
{
    return code;
}
