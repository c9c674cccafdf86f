#include "agent/memory_file.h"

#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

enum lt_result lt_memory_file_open(struct lt_memory_file *ret_file)
{
    ret_file->fd = memfd_create("lienthong", MFD_CLOEXEC);
    if (ret_file->fd < 0) {
        return LT_IO;
    }
    (void)snprintf(ret_file->path, sizeof(ret_file->path), "/proc/self/fd/%d", ret_file->fd);
    return LT_OK;
}

enum lt_result lt_memory_file_copy(const struct lt_memory_file *file, FILE *out)
{
    char some[16384];
    ssize_t got;
    off_t at = 0;
    while ((got = pread(file->fd, some, sizeof(some), at)) > 0) {
        (void)fwrite(some, 1, (size_t)got, out);
        at += got;
    }
    return got < 0 || at == 0 ? LT_IO : LT_OK;
}

void lt_memory_file_close(struct lt_memory_file *file)
{
    if (file->fd >= 0) {
        close(file->fd);
        file->fd = -1;
    }
}
