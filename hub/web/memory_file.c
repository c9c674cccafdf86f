#include "hub/web/memory_file.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

enum lt_result lt_memory_file_open(struct lt_memory_file *ret_file)
{
    ret_file->fd = memfd_create("lienthong-web", MFD_CLOEXEC);
    if (ret_file->fd < 0)
        return LT_IO;
    (void)snprintf(ret_file->path, sizeof ret_file->path, "/proc/self/fd/%d", ret_file->fd);
    return LT_OK;
}

enum lt_result lt_memory_file_take(struct lt_memory_file *file, struct lt_out *out)
{
    char some[16384];
    ssize_t got = -1;
    off_t at = 0;
    while ((got = pread(file->fd, some, sizeof some, at)) > 0) {
        lt_out_bytes(out, some, (size_t)got);
        at += got;
    }
    (void)close(file->fd);
    file->fd = -1;
    return got < 0 || at == 0 ? LT_IO : out->failed ? LT_NO_MEMORY : LT_OK;
}
