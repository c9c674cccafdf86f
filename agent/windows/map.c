#include "agent/map.h"

#include <errno.h>
#include <windows.h>

/* The file is as large as the map: it begins small, and is kept this much larger than what is used, which is more than one
 * transaction writes. */
static const size_t STEP_BYTES = (size_t)64 * 1024 * 1024;

size_t lt_map_bytes(unsigned attempt)
{
    return attempt == 0 ? 2 * STEP_BYTES : 0;
}

static int grow(MDB_env *raw)
{
    MDB_envinfo info;
    MDB_stat stat_of;
    int code = mdb_env_info(raw, &info);
    if (code == 0)
        code = mdb_env_stat(raw, &stat_of);
    if (code != 0)
        return code;
    const size_t used = (info.me_last_pgno + 1) * stat_of.ms_psize;
    if (used + STEP_BYTES <= info.me_mapsize)
        return 0;
    return mdb_env_set_mapsize(raw, (used / STEP_BYTES + 3) * STEP_BYTES);
}

int lt_map_begin(MDB_env *raw, unsigned flags, bool alone, MDB_txn **ret_txn)
{
    bool write = (flags & MDB_RDONLY) == 0;
    int code = write && alone ? grow(raw) : 0;
    if (code == 0)
        code = mdb_txn_begin(raw, NULL, flags, ret_txn);
    if (code == MDB_MAP_RESIZED && alone) { /* another process has let it grow */
        code = mdb_env_set_mapsize(raw, 0);
        if (code == 0)
            code = mdb_txn_begin(raw, NULL, flags, ret_txn);
    }
    return code;
}

int lt_map_file(MDB_env *raw, int *ret_fd)
{
    mdb_filehandle_t handle, own;
    int code = mdb_env_get_fd(raw, &handle);
    if (code != 0)
        return code;
    if (!DuplicateHandle(GetCurrentProcess(), handle, GetCurrentProcess(), &own, 0, FALSE,
                         DUPLICATE_SAME_ACCESS))
        return (int)GetLastError();
    int fd = _open_osfhandle((intptr_t)own, _O_BINARY | _O_NOINHERIT);
    if (fd < 0) {
        CloseHandle(own);
        return ENOMEM;
    }
    *ret_fd = fd;
    return 0;
}

void lt_map_file_end(int fd)
{
    if (fd >= 0)
        close(fd);
}

int lt_map_copy(MDB_env *raw, int fd)
{
    return mdb_env_copyfd2(raw, (HANDLE)_get_osfhandle(fd), 0);
}

/* LMDB gives the codes of GetLastError, of which the small ones are errno's numbers for other things. */
int lt_map_errno(int code)
{
    switch (code) {
    case ERROR_DISK_FULL:
    case ERROR_HANDLE_DISK_FULL:
        return ENOSPC;
    case ERROR_NOT_ENOUGH_MEMORY:
    case ERROR_OUTOFMEMORY:
    case ERROR_COMMITMENT_LIMIT:
        return ENOMEM;
    case ERROR_ACCESS_DENIED:
        return EACCES;
    case ERROR_PATH_NOT_FOUND:
        return ENOENT;
    case ERROR_WRITE_PROTECT:
        return EROFS;
    default:
        return code;
    }
}
