#include "hub/web/memory_file.h"

#include <sys/types.h>
#include <unistd.h>

enum lt_result lt_memory_file_take(struct lt_memory_file *file, struct lt_out *out)
{
    char some[16384];
    ssize_t got = -1;
    off_t at = 0;
    while ((got = pread(file->fd, some, sizeof some, at)) > 0) {
        lt_out_bytes(out, some, (size_t)got);
        at += got;
    }
    lt_memory_file_close(file);
    return got < 0 || at == 0 ? LT_IO : out->failed ? LT_NO_MEMORY : LT_OK;
}
