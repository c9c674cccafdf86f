#include "agent/reserve.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum lt_result lt_file_reserve(int fd, uint64_t size)
{
    struct statvfs disk;
    struct stat stat;
    if (fstatvfs(fd, &disk) != 0 || fstat(fd, &stat) != 0) {
        return LT_IO;
    }
    const uint64_t held = (uint64_t)stat.st_blocks * 512;
    const uint64_t left = (uint64_t)disk.f_bavail * disk.f_frsize;
    if (held < size && left < size - held + LT_RESERVE_LEFT_BYTES) {
        return LT_NO_SPACE; /* asked first: a call that fails fills the disk before it does */
    }
    int code;
    do {
        code = fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, (off_t)size) == 0 ? 0 : errno;
    } while (code == EINTR);
    if (code == 0 || code == EOPNOTSUPP || code == ENOSYS) {
        return LT_OK;
    }
    if (ftruncate(fd, stat.st_size) != 0) { /* gives back what it took */
        return LT_IO;
    }
    return code == ENOSPC || code == EDQUOT || code == EFBIG ? LT_NO_SPACE : LT_IO;
}
