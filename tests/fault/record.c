/* record.c - writes down each change of a file and each sync, in a program that is else as it is released, so that
 * power.py can cut the power at each of them.
 *
 * Linked into `recorded-agent` and `recorded-hub`. LT_RECORD=FILE: where to; LT_RECORD_ROOT=DIR: only of files below it.
 * A record is one write to the end of FILE, so that several programs' records stand in the order in which they came:
 *   kind (1), lengths of path and other path (2 each), offset (8), size (4), all of the machine's byte order; the two
 *   paths, without DIR; the bytes.
 * Kinds: O made or opened to be empty, W written, D written and synced (O_DSYNC), T cut or grown to `offset`, C its whole
 * content (of small files, before a sync: what streams have written), S synced, R renamed, L linked, U unlinked,
 * M folder made. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { FD_MAX = 1024, PATH_MAX_BYTES = 512, SNAPSHOT_MAX = 65536 };

static struct {
    char path[PATH_MAX_BYTES]; /* "": not of interest */
    bool synced; /* O_DSYNC */
} files[FD_MAX];
static int log_fd = -1;
static const char *root;
static size_t root_length;

/* The function of that name that would have been called without this file. */
#define NEXT(type, name)                                                                           \
    static __typeof__(type) *next;                                                                 \
    if (next == NULL) {                                                                            \
        *(void **)&next = dlsym(RTLD_NEXT, name);                                                  \
    }

static int open_next(const char *path, int flags, mode_t mode)
{
    NEXT(int(const char *, int, ...), "open")
    return next(path, flags, mode);
}

static ssize_t writev_next(int fd, const struct iovec *parts, int count)
{
    NEXT(ssize_t(int, const struct iovec *, int), "writev")
    return next(fd, parts, count);
}

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("LT_RECORD");
    root = getenv("LT_RECORD_ROOT");
    if (path == NULL || root == NULL) {
        fprintf(stderr, "LT_RECORD and LT_RECORD_ROOT are needed\n");
        abort();
    }
    root_length = strlen(root);
    log_fd = open_next(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

/* Without the root; NULL: lies elsewhere. */
static const char *below(const char *path)
{
    bool is = strncmp(path, root, root_length) == 0;
    return is && path[root_length] == '/'    ? path + root_length + 1
           : is && path[root_length] == '\0' ? "."
                                             : NULL;
}

static void record(char kind, const char *path, const char *other, uint64_t offset,
                   const void *bytes, size_t size)
{
    uint16_t lengths[2] = {(uint16_t)strlen(path), (uint16_t)strlen(other)};
    uint32_t size32 = (uint32_t)size;
    struct iovec parts[] = {{&kind, 1},
                            {lengths, sizeof(lengths)},
                            {&offset, sizeof(offset)},
                            {&size32, sizeof(size32)},
                            {(void *)(uintptr_t)path, lengths[0]},
                            {(void *)(uintptr_t)other, lengths[1]},
                            {(void *)(uintptr_t)bytes, size}};
    int error = errno;
    ssize_t whole = (ssize_t)(17 + lengths[0] + lengths[1] + size);
    if (writev_next(log_fd, parts, 7) != whole) {
        perror("LT_RECORD");
        abort();
    }
    errno = error;
}

static const char *path_of(int fd)
{
    return fd >= 0 && fd < FD_MAX && files[fd].path[0] != '\0' ? files[fd].path : NULL;
}

/* ---- Opening ---- */

static void note_open(int fd, int flags, bool was_there)
{
    char link[64], path[PATH_MAX_BYTES];
    if (fd < 0 || fd >= FD_MAX) {
        return;
    }
    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof(path) - 1);
    path[length > 0 ? length : 0] = '\0';
    const char *inside = below(path);
    snprintf(files[fd].path, sizeof(files[fd].path), "%s", inside != NULL ? inside : "");
    files[fd].synced = (flags & O_DSYNC) != 0;
    if (inside != NULL && (!was_there || (flags & O_TRUNC) != 0)) {
        record('O', inside, "", 0, NULL, 0);
    }
}

int open(const char *path, int flags, ...)
{
    mode_t mode = 0;
    struct stat status;
    if ((flags & O_CREAT) != 0) {
        va_list arguments;
        va_start(arguments, flags);
        mode = va_arg(arguments, mode_t);
        va_end(arguments);
    }
    bool was_there = stat(path, &status) == 0;
    int fd = open_next(path, flags, mode);
    note_open(fd, flags, was_there);
    return fd;
}

int openat(int folder, const char *path, int flags, ...)
{
    mode_t mode = 0;
    struct stat status;
    NEXT(int(int, const char *, int, ...), "openat")
    if ((flags & O_CREAT) != 0) {
        va_list arguments;
        va_start(arguments, flags);
        mode = va_arg(arguments, mode_t);
        va_end(arguments);
    }
    bool was_there = fstatat(folder, path, &status, 0) == 0;
    int fd = next(folder, path, flags, mode);
    note_open(fd, flags, was_there);
    return fd;
}

int mkostemp(char *path, int flags)
{
    NEXT(int(char *, int), "mkostemp")
    int fd = next(path, flags);
    note_open(fd, flags, false);
    return fd;
}

/* The number may come back as that of a socket. */
int close(int fd)
{
    NEXT(int(int), "close")
    if (path_of(fd) != NULL) {
        files[fd].path[0] = '\0';
    }
    return next(fd);
}

/* ---- Writing ---- */

static void note_write(int fd, uint64_t at, const void *bytes, ssize_t size)
{
    const char *path = path_of(fd);
    if (path != NULL && size > 0) {
        record(files[fd].synced ? 'D' : 'W', path, "", at, bytes, (size_t)size);
    }
}

ssize_t write(int fd, const void *bytes, size_t size)
{
    NEXT(ssize_t(int, const void *, size_t), "write")
    off_t at = path_of(fd) != NULL ? lseek(fd, 0, SEEK_CUR) : 0;
    ssize_t wrote = next(fd, bytes, size);
    note_write(fd, (uint64_t)at, bytes, wrote);
    return wrote;
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at)
{
    NEXT(ssize_t(int, const void *, size_t, off_t), "pwrite")
    ssize_t wrote = next(fd, bytes, size, at);
    note_write(fd, (uint64_t)at, bytes, wrote);
    return wrote;
}

ssize_t writev(int fd, const struct iovec *parts, int count)
{
    off_t at = path_of(fd) != NULL ? lseek(fd, 0, SEEK_CUR) : 0;
    ssize_t wrote = writev_next(fd, parts, count), left = wrote;
    for (int i = 0; i < count && left > 0; i++) {
        ssize_t size = (ssize_t)parts[i].iov_len < left ? (ssize_t)parts[i].iov_len : left;
        note_write(fd, (uint64_t)at, parts[i].iov_base, size);
        at += size;
        left -= size;
    }
    return wrote;
}

int ftruncate(int fd, off_t size)
{
    NEXT(int(int, off_t), "ftruncate")
    int result = next(fd, size);
    if (result == 0 && path_of(fd) != NULL) {
        record('T', path_of(fd), "", (uint64_t)size, NULL, 0);
    }
    return result;
}

/* ---- Syncing ---- */

/* What streams wrote did not come through here. */
static void snapshot(int fd)
{
    static char bytes[SNAPSHOT_MAX];
    struct stat status;
    NEXT(ssize_t(int, void *, size_t, off_t), "pread")
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size > SNAPSHOT_MAX ||
        strstr(path_of(fd), "data.mdb") != NULL) {
        return;
    }
    int reading = open_next("/proc/self/fd", O_RDONLY | O_DIRECTORY, 0);
    char name[16];
    snprintf(name, sizeof(name), "%d", fd);
    int again = reading >= 0 ? openat(reading, name, O_RDONLY) : -1;
    ssize_t size = again >= 0 ? next(again, bytes, (size_t)status.st_size, 0) : -1;
    if (size >= 0) {
        record('C', path_of(fd), "", 0, bytes, (size_t)size);
    }
    if (again >= 0) {
        close(again);
    }
    if (reading >= 0) {
        close(reading);
    }
}

static int note_sync(int fd, int result)
{
    if (result == 0 && path_of(fd) != NULL) {
        snapshot(fd);
        record('S', path_of(fd), "", 0, NULL, 0);
    }
    return result;
}

int fsync(int fd)
{
    NEXT(int(int), "fsync")
    return note_sync(fd, next(fd));
}

int fdatasync(int fd)
{
    NEXT(int(int), "fdatasync")
    return note_sync(fd, next(fd));
}

/* ---- Names ---- */

static int note_names(int result, char kind, const char *from, const char *to)
{
    const char *a = below(from), *b = below(to);
    if (result == 0 && a != NULL && b != NULL) {
        record(kind, a, b, 0, NULL, 0);
    }
    return result;
}

int rename(const char *from, const char *to)
{
    NEXT(int(const char *, const char *), "rename")
    return note_names(next(from, to), 'R', from, to);
}

int link(const char *from, const char *to)
{
    NEXT(int(const char *, const char *), "link")
    return note_names(next(from, to), 'L', from, to);
}

static void path_at(int folder, const char *name, char ret_path[PATH_MAX_BYTES])
{
    char link[64], path[PATH_MAX_BYTES];
    snprintf(link, sizeof(link), "/proc/self/fd/%d", folder);
    ssize_t length = name[0] == '/' ? 0 : readlink(link, path, sizeof(path) - 1);
    path[length > 0 ? length : 0] = '\0';
    snprintf(ret_path, PATH_MAX_BYTES, "%.250s%s%.250s", path, length > 0 ? "/" : "", name);
}

int linkat(int of, const char *from, int in, const char *to, int flags)
{
    char from_path[PATH_MAX_BYTES], to_path[PATH_MAX_BYTES];
    NEXT(int(int, const char *, int, const char *, int), "linkat")
    path_at(of, from, from_path);
    path_at(in, to, to_path);
    return note_names(next(of, from, in, to, flags), 'L', from_path, to_path);
}

int unlink(const char *path)
{
    NEXT(int(const char *), "unlink")
    return note_names(next(path), 'U', path, path);
}

int mkdir(const char *path, mode_t mode)
{
    NEXT(int(const char *, mode_t), "mkdir")
    return note_names(next(path, mode), 'M', path, path);
}
