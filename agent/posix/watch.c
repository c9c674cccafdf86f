#include "agent/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/inotify.h>
#include <unistd.h>

enum {
    CHANGES = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_CREATE | IN_MODIFY,
    GOING = IN_DELETE_SELF | IN_MOVE_SELF,
};

enum lt_result lt_watch_open(const char *const *folders, size_t count, int *ret_fd)
{
    int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (fd < 0) {
        return LT_IO;
    }
    for (size_t i = 0; i < count; i++) {
        if (inotify_add_watch(fd, folders[i], (uint32_t)CHANGES | GOING | IN_ONLYDIR) < 0 &&
            i == 0) {
            enum lt_result result = errno == ENOENT || errno == ENOTDIR ? LT_NOT_FOUND : LT_IO;
            close(fd);
            return result;
        }
    }
    *ret_fd = fd;
    return LT_OK;
}

bool lt_watch_drain(int fd)
{
    union {
        struct inotify_event first;
        char bytes[4096];
    } events;
    bool stays = true;
    for (;;) {
        ssize_t size = read(fd, events.bytes, sizeof(events.bytes));
        if (size <= 0) {
            return stays;
        }
        for (ssize_t at = 0; at < size;) {
            const struct inotify_event *event =
                (const struct inotify_event *)(const void *)(events.bytes + at);
            stays = stays && (event->mask & (GOING | IN_IGNORED | IN_UNMOUNT)) == 0;
            at += (ssize_t)(sizeof(*event) + event->len);
        }
    }
}

void lt_watch_close(int fd)
{
    if (fd >= 0) {
        close(fd);
    }
}

enum lt_written lt_watch_is_written(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
    if (fd < 0) {
        return LT_NOT_WRITTEN;
    }
    /* A lease to read is refused while anyone has it open to write; to strangers always. */
    enum lt_written written = fcntl(fd, F_SETLEASE, F_RDLCK) == 0 ? LT_NOT_WRITTEN
                              : errno == EAGAIN                   ? LT_WRITTEN
                                                                  : LT_WRITTEN_PERHAPS;
    close(fd);
    return written;
}
