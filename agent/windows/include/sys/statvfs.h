/* sys/statvfs.h - how much room a drive has, on Windows. Of files there is no bound: f_files is 0. */
#ifndef LT_WINDOWS_STATVFS_H
#define LT_WINDOWS_STATVFS_H

#include <stdint.h>

struct statvfs {
    uint64_t f_bavail, f_frsize, f_files, f_favail;
};
int lt_posix_statvfs(const char *path, struct statvfs *ret_drive);
#define statvfs(path, to) lt_posix_statvfs(path, to)

#endif
