/* posix.h - the calls of POSIX that the agent makes about files, on Windows. Included before every source of it there.
 *
 * The agent is written to POSIX. What POSIX says and Windows can do stands here under its own name, so that the sources are
 * the same for both; what differs in meaning has a header of its own in agent/ and a file in agent/posix and agent/windows.
 *
 * Promises, beyond what POSIX says:
 * - Paths are UTF-8, with '/' or '\'. Bytes are never translated; descriptors are not inherited.
 * - open and what builds on it share the file with everyone, also for deleting, so that a file that is open can be replaced.
 *   O_NOFOLLOW refuses links and junctions (ELOOP). Of a new file or folder, mode 0700 or 0600 means: what wide.h calls
 *   one's own, whatever the folder would hand down; other modes take what the folder hands down.
 * - rename puts the new file in the place of the old one at once, also where others have that one open by these calls. A
 *   scanner that holds a file for a moment is waited for, a second at most.
 * - stat tells the owner as user 0 when it is this process's user, SYSTEM, the administrators or the agent's service, else
 *   1; of others' rights it tells "may read" (0044) and "may write" (0022) when any but these may. st_blocks covers the size.
 * - errno says why. Any thread. */
#ifndef LT_WINDOWS_POSIX_H
#define LT_WINDOWS_POSIX_H

#include <dirent.h>
#include <direct.h>
#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <limits.h>
#include <process.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#ifndef EDQUOT
#define EDQUOT 10069 /* WSAEDQUOT: Windows has no such error of files */
#endif
#undef PATH_MAX
#define PATH_MAX 4096

#undef S_IRGRP
#undef S_IWGRP
#undef S_IROTH
#undef S_IWOTH
enum {
    O_CLOEXEC = 0, /* always so */
    O_NONBLOCK = 0, /* of files without meaning */
    O_NOFOLLOW = 0x10000000,
    O_DIRECTORY = 0x20000000,
    S_IRGRP = 0040,
    S_IWGRP = 0020,
    S_IROTH = 0004,
    S_IWOTH = 0002,
    LOCK_SH = 1,
    LOCK_EX = 2,
    LOCK_NB = 4,
    POSIX_FADV_DONTNEED = 4,
    SIGHUP = 1,
    SIGPIPE = 13, /* a pipe without a reader is EPIPE, and no more */
};

struct lt_stat {
    uint64_t st_dev, st_ino;
    unsigned st_mode;
    unsigned st_uid;
    unsigned st_nlink;
    int64_t st_size, st_blocks;
    struct timespec st_mtim;
};
int lt_posix_stat(const char *path, struct lt_stat *ret_stat);
int lt_posix_lstat(const char *path, struct lt_stat *ret_stat);
int lt_posix_fstat(int fd, struct lt_stat *ret_stat);
#undef stat
#undef fstat
#undef lstat
#define stat              lt_stat
#define lt_stat(path, to) lt_posix_stat(path, to)
#define lstat(path, to)   lt_posix_lstat(path, to)
#define fstat(fd, to)     lt_posix_fstat(fd, to)
#undef S_ISREG
#undef S_ISDIR
#undef S_ISLNK
#define S_ISREG(mode) (((mode)&0170000) == 0100000)
#define S_ISDIR(mode) (((mode)&0170000) == 0040000)
#define S_ISLNK(mode) (((mode)&0170000) == 0120000)

int lt_posix_open(const char *path, int flags, ...);
int lt_posix_mkdir(const char *path, int mode);
int lt_posix_rmdir(const char *path);
int lt_posix_unlink(const char *path);
int lt_posix_rename(const char *from, const char *to);
int lt_posix_link(const char *from, const char *to);
int lt_posix_access(const char *path, int mode); /* F_OK alone */
int lt_posix_chmod(const char *path, int mode);
int lt_posix_mkostemp(char *pattern, int flags);
char *lt_posix_realpath(const char *path, char *to); /* of what is there; with '/' */
FILE *lt_posix_fopen(const char *path, const char *mode);
int lt_posix_fsync(int fd);
ssize_t lt_posix_pread(int fd, void *bytes, size_t size, int64_t at); /* the position moves */
ssize_t lt_posix_pwrite(int fd, const void *bytes, size_t size, int64_t at);
int lt_posix_pipe(int ret_ends[2]);
#define open(...)                            lt_posix_open(__VA_ARGS__)
#define mkdir(path, mode)                    lt_posix_mkdir(path, mode)
#define rmdir(path)                          lt_posix_rmdir(path)
#define unlink(path)                         lt_posix_unlink(path)
#define remove(path)                         lt_posix_unlink(path)
#define rename(from, to)                     lt_posix_rename(from, to)
#define link(from, to)                       lt_posix_link(from, to)
#define access(path, mode)                   lt_posix_access(path, mode)
#define chmod(path, mode)                    lt_posix_chmod(path, mode)
#define mkostemp(pattern, flags)             lt_posix_mkostemp(pattern, flags)
#define realpath(path, to)                   lt_posix_realpath(path, to)
#define fopen(path, mode)                    lt_posix_fopen(path, mode)
#define fsync(fd)                            lt_posix_fsync(fd)
#define pread(fd, bytes, size, at)           lt_posix_pread(fd, bytes, size, at)
#define pwrite(fd, bytes, size, at)          lt_posix_pwrite(fd, bytes, size, at)
#define pipe2(ends, flags)                   lt_posix_pipe(ends)
#define posix_fadvise(fd, from, size, about) ((void)(fd), 0)

/* Text that is written as to a file, and stands in memory when it is closed, by `fclose` in the same thread. */
FILE *lt_posix_open_memstream(char **text, size_t *size);
int lt_posix_fclose(FILE *file);
#define open_memstream(text, size) lt_posix_open_memstream(text, size)
#define fclose(file)               lt_posix_fclose(file)

/* Names in UTF-8. */
struct lt_dir;
struct lt_dirent {
    char d_name[1024];
};
struct lt_dir *lt_posix_opendir(const char *path);
struct lt_dirent *lt_posix_readdir(struct lt_dir *dir);
int lt_posix_closedir(struct lt_dir *dir);
#define DIR           struct lt_dir
#define dirent        lt_dirent
#define opendir(path) lt_posix_opendir(path)
#define readdir(dir)  lt_posix_readdir(dir)
#define closedir(dir) lt_posix_closedir(dir)

/* Locks a whole file against other descriptors, those of this process too; it can be read meanwhile. */
int lt_posix_flock(int fd, int how);
#define flock(fd, how) lt_posix_flock(fd, how)
/* Is there such a process? `number` is 0. */
int lt_posix_kill(long process, int number);
#define kill(process, number) lt_posix_kill(process, number)
static inline unsigned geteuid(void)
{
    return 0;
}

const char *lt_posix_strerror(int error); /* of the C library's, and of sockets */
#define strerror(error) lt_posix_strerror(error)
void lt_posix_explicit_bzero(void *bytes, size_t size);
#define explicit_bzero(bytes, size) lt_posix_explicit_bzero(bytes, size)
void *lt_posix_memmem(const void *where, size_t size, const void *what, size_t what_size);
#define memmem(where, size, what, what_size) lt_posix_memmem(where, size, what, what_size)
struct tm *lt_posix_gmtime_r(const time_t *at, struct tm *ret_parts);
struct tm *lt_posix_localtime_r(const time_t *at, struct tm *ret_parts);
#undef gmtime_r
#undef localtime_r
#define gmtime_r(at, parts)    lt_posix_gmtime_r(at, parts)
#define localtime_r(at, parts) lt_posix_localtime_r(at, parts)

/* io.h has one that nobody uses. */
#define tell lt_posix_tell

/* The program's main, which agent/windows/start.c calls with arguments in UTF-8. */
int lt_main(int argc, char **argv);

/* Format strings are those of C11 (build with __USE_MINGW_ANSI_STDIO), not those of Windows' own library. */
#define format(kind, string, first) format(gnu_##kind, string, first)

#endif
