#include "agent/wake.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/text.h"

static bool path_of(const char *dir, char ret_path[PATH_MAX])
{
    int length = snprintf(ret_path, PATH_MAX, "%s/wake", dir);
    return length > 0 && length < PATH_MAX;
}

/* Opened, and truly our pipe: -1 with errno, EPERM when it is something else. */
static int open_pipe(const char *path, int flags)
{
    int fd = open(path, flags | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) {
        return -1;
    }
    struct stat status;
    if (fstat(fd, &status) != 0 || !S_ISFIFO(status.st_mode) || status.st_uid != geteuid() ||
        (status.st_mode & 077) != 0) {
        close(fd);
        errno = EPERM;
        return -1;
    }
    return fd;
}

enum lt_result lt_wake_open(const char *dir, int *ret_fd, char ret_reason[200])
{
    char path[PATH_MAX];
    if (!path_of(dir, path)) {
        snprintf(ret_reason, 200,
                 lt_text("%.150s: đường dẫn quá dài", "%.150s: the path is too long"), dir);
        return LT_TOO_LARGE;
    }
    if (mkfifo(path, 0600) != 0 && errno != EEXIST) {
        snprintf(ret_reason, 200,
                 lt_text("%.120s: không tạo được: %s", "%.120s: cannot make the pipe: %s"), path,
                 lt_text_errno(errno));
        return errno == ENOSPC || errno == EDQUOT ? LT_NO_SPACE : LT_IO;
    }
    /* Reading and writing: so the end of the last ringer is no end of file. */
    int fd = open_pipe(path, O_RDWR);
    if (fd < 0 && (errno == EPERM || errno == ELOOP)) {
        snprintf(ret_reason, 200,
                 lt_text("%.120s: không phải của người dùng này; hãy xóa đi",
                         "%.120s: not a private pipe of this user; remove it"),
                 path);
        return LT_PERMISSION;
    }
    if (fd < 0) {
        snprintf(ret_reason, 200, lt_text("%.120s: không mở được: %s", "%.120s: cannot open: %s"),
                 path, lt_text_errno(errno));
        return LT_IO;
    }
    *ret_fd = fd;
    return LT_OK;
}

void lt_wake_drain(int fd)
{
    char bytes[64];
    ssize_t got;
    do {
        got = read(fd, bytes, sizeof(bytes));
    } while (got > 0 || (got < 0 && errno == EINTR));
}

enum lt_result lt_wake_ring(const char *dir)
{
    char path[PATH_MAX];
    if (!path_of(dir, path)) {
        return LT_TOO_LARGE;
    }
    /* For reading too: a reader that dies now cannot kill us by SIGPIPE, and what nobody reads goes
     * with the last descriptor. */
    int fd = open_pipe(path, O_RDWR);
    if (fd < 0) {
        return errno == ENOENT ? LT_OK : errno == EPERM || errno == ELOOP ? LT_PERMISSION : LT_IO;
    }
    ssize_t wrote;
    do {
        wrote = write(fd, "!", 1);
    } while (wrote < 0 && errno == EINTR);
    enum lt_result result = wrote == 1 || errno == EAGAIN ? LT_OK : LT_IO; /* full: it rings */
    close(fd);
    return result;
}

void lt_wake_close(int fd)
{
    if (fd >= 0) {
        close(fd);
    }
}
