#include "agent/daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "agent/clock.h"
#include "agent/folder.h"
#include "agent/text.h"
#include "proto/limits.h"

void lt_time_format(int64_t at, char ret_text[LT_TIME_TEXT_MAX])
{
    struct tm parts;
    time_t seconds = (time_t)at;
    if (at == 0 || gmtime_r(&seconds, &parts) == NULL ||
        strftime(ret_text, LT_TIME_TEXT_MAX, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0) {
        memcpy(ret_text, "-", 2);
    }
}

/* The holder writes its id for people to see; the lock itself is the kernel's. */
static long read_holder(int fd)
{
    char text[24] = "";
    ssize_t size = pread(fd, text, sizeof(text) - 1, 0);
    long holder = size > 0 ? strtol(text, NULL, 10) : 0;
    return holder > 0 ? holder : 0;
}

enum lt_result lt_daemon_lock(const char *dir, int *ret_fd, long *ret_holder, char ret_reason[200])
{
    char path[PATH_MAX];
    if (snprintf(path, sizeof(path), "%s/run.lock", dir) >= (int)sizeof(path)) {
        snprintf(ret_reason, 200,
                 lt_text("%.120s: đường dẫn quá dài", "%.120s: the path is too long"), dir);
        return LT_TOO_LARGE;
    }
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        snprintf(ret_reason, 200, "%.120s: %s", path, lt_text_errno(errno));
        return errno == ENOSPC || errno == EDQUOT ? LT_NO_SPACE : LT_IO;
    }
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        bool held = errno == EWOULDBLOCK;
        snprintf(ret_reason, 200, "%.120s: %s", path, lt_text_errno(errno));
        *ret_holder = held ? read_holder(fd) : 0;
        close(fd);
        return held ? LT_BUSY : LT_IO;
    }
    char text[24];
    int size = snprintf(text, sizeof(text), "%ld\n", (long)getpid());
    if (ftruncate(fd, 0) != 0 || pwrite(fd, text, (size_t)size, 0) != size) {
        errno = 0; /* a full disk: the lock holds all the same */
    }
    *ret_fd = fd;
    return LT_OK;
}

bool lt_daemon_running(const char *dir)
{
    char path[PATH_MAX];
    if (snprintf(path, sizeof(path), "%s/run.lock", dir) >= (int)sizeof(path)) {
        return false;
    }
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) {
        return false;
    }
    bool held = flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    close(fd);
    return held;
}

static enum lt_result make_folder(const char *dir, char ret_reason[200])
{
    if (lt_folder_make(dir, 0700)) {
        return LT_OK;
    }
    enum lt_result result = errno == ENOSPC || errno == EDQUOT  ? LT_NO_SPACE
                            : errno == ENAMETOOLONG             ? LT_TOO_LARGE
                            : errno == EACCES || errno == EPERM ? LT_PERMISSION
                                                                : LT_IO;
    snprintf(ret_reason, 200,
             lt_text("%.120s: không tạo được thư mục: %s", "%.120s: cannot make the folder: %s"),
             dir, lt_text_errno(errno));
    return result;
}

enum lt_result lt_daemon_folder(const char *dir, char ret_reason[200])
{
    struct stat status;
    if (stat(dir, &status) == 0 && S_ISDIR(status.st_mode)) {
        return LT_OK;
    }
    enum lt_result result = make_folder(dir, ret_reason);
    if (result == LT_OK && (stat(dir, &status) != 0 || !S_ISDIR(status.st_mode))) {
        snprintf(ret_reason, 200, lt_text("%.120s: không phải thư mục", "%.120s: not a folder"),
                 dir);
        result = LT_IO;
    }
    return result;
}

bool lt_daemon_seconds(const char *text, int64_t *ret_ms)
{
    size_t length = strlen(text);
    if (length == 0 || length > 8 || strspn(text, "0123456789") != length) {
        return false;
    }
    int64_t seconds = strtol(text, NULL, 10);
    if (seconds > INT64_C(366) * 86400) {
        return false;
    }
    *ret_ms = seconds * 1000;
    return true;
}

enum lt_result lt_daemon_duration(const char *text, uint32_t *ret_seconds)
{
    static const struct {
        const char *unit;
        unsigned long seconds;
    } units[] = {{"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}};
    char *end;
    errno = 0;
    unsigned long number = strtoul(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || errno != 0 || number > LT_FALLBACK_AFTER_MAX_S) {
        return LT_MALFORMED;
    }
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        unsigned long seconds = number * units[i].seconds;
        if (strcmp(end, units[i].unit) == 0 && seconds > 0 && seconds <= LT_FALLBACK_AFTER_MAX_S) {
            *ret_seconds = (uint32_t)seconds;
            return LT_OK;
        }
    }
    return LT_MALFORMED;
}

void lt_daemon_trim(void)
{
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}
