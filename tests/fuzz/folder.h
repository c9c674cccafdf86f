/* folder.h - a folder of this process for what reads files by name; in memory where there is such a place. */
#ifndef LT_FUZZ_FOLDER_H
#define LT_FUZZ_FOLDER_H

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/fuzz/fuzz.h"

enum { FOLDER_PATH_MAX = 200 };

static inline void folder_remove(void);

static inline const char *folder_dir(void)
{
    static char dir[FOLDER_PATH_MAX];
    if (dir[0] == '\0') {
        const char *base = getenv("TMPDIR");
        snprintf(dir, sizeof(dir), "%.150s/lt-fuzz-XXXXXX", base != NULL ? base : "/dev/shm");
        if (mkdtemp(dir) == NULL) {
            snprintf(dir, sizeof(dir), "/tmp/lt-fuzz-XXXXXX");
            FUZZ_CHECK(mkdtemp(dir) != NULL);
        }
        FUZZ_CHECK(atexit(folder_remove) == 0);
    }
    return dir;
}

static inline void folder_path(const char *name, char ret_path[FOLDER_PATH_MAX])
{
    const int size = snprintf(ret_path, FOLDER_PATH_MAX, "%s/%s", folder_dir(), name);
    FUZZ_CHECK(size > 0 && size < FOLDER_PATH_MAX);
}

static inline void folder_put(const char *name, const void *bytes, size_t size)
{
    char path[FOLDER_PATH_MAX];
    folder_path(name, path);
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    FUZZ_CHECK(fd >= 0 && write(fd, bytes, size) == (ssize_t)size && close(fd) == 0);
}

/* malloc'ed, a NUL behind it. */
static inline char *folder_get(const char *name, size_t *ret_size)
{
    char path[FOLDER_PATH_MAX];
    struct stat status;
    folder_path(name, path);
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    FUZZ_CHECK(fd >= 0 && fstat(fd, &status) == 0);
    char *bytes = malloc((size_t)status.st_size + 1);
    FUZZ_CHECK(bytes && read(fd, bytes, (size_t)status.st_size) == status.st_size);
    bytes[status.st_size] = '\0';
    close(fd);
    *ret_size = (size_t)status.st_size;
    return bytes;
}

static inline void folder_drop(const char *name)
{
    char path[FOLDER_PATH_MAX];
    folder_path(name, path);
    (void)!unlink(path);
}

static inline int folder_remove_one(const char *path, const struct stat *status, int kind,
                                    struct FTW *walk)
{
    (void)status;
    (void)kind;
    (void)walk;
    return remove(path);
}

/* With all that is in it; no shell, which takes longer to start than most inputs to try. */
static inline void folder_remove_tree(const char *path)
{
    FUZZ_CHECK(nftw(path, folder_remove_one, 8, FTW_DEPTH | FTW_PHYS) == 0);
}

static inline void folder_remove(void)
{
    folder_remove_tree(folder_dir());
}

#endif
