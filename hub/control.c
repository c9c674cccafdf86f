#include "hub/control.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define SOCKET_NAME "control"
#define LOCK_NAME   "hub.lock"

/* A socket's path holds 107 bytes; through the folder's descriptor every folder fits. */
static enum lt_result socket_address(const char *dir, int *ret_dir_fd, struct sockaddr_un *ret)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        return LT_NOT_FOUND; /* who opens the store tells why */
    }
    *ret = (struct sockaddr_un){.sun_family = AF_UNIX};
    snprintf(ret->sun_path, sizeof(ret->sun_path), "/proc/self/fd/%d/" SOCKET_NAME, fd);
    *ret_dir_fd = fd;
    return LT_OK;
}

/* What a slice of a bundle brings may have to be judged first. */
static bool set_timeouts(int fd, enum lt_verb verb)
{
    enum { TAKE_WAIT_S = 3600 };
    struct timeval wait = {.tv_sec =
                               verb == LT_VERB_TAKE ? TAKE_WAIT_S : LT_CONTROL_WAIT_MS / 1000};
    return setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)) == 0 &&
           setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait)) == 0;
}

static bool write_all(int fd, const void *bytes, size_t size)
{
    const uint8_t *at = bytes;
    while (size > 0) {
        ssize_t written = send(fd, at, size, MSG_NOSIGNAL);
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            return false;
        }
        at += written;
        size -= (size_t)written;
    }
    return true;
}

static bool read_all(int fd, void *bytes, size_t size)
{
    uint8_t *at = bytes;
    while (size > 0) {
        ssize_t got = recv(fd, at, size, 0);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return false;
        }
        at += got;
        size -= (size_t)got;
    }
    return true;
}

static bool write_frame(int fd, uint8_t kind, const void *bytes, size_t size)
{
    uint8_t head[5] = {(uint8_t)(size >> 24), (uint8_t)(size >> 16), (uint8_t)(size >> 8),
                       (uint8_t)size, kind};
    return write_all(fd, head, sizeof(head)) && write_all(fd, bytes, size);
}

/* One byte more than said, a NUL. */
static bool read_frame(int fd, size_t size_max, uint8_t *ret_kind, uint8_t **ret_bytes,
                       size_t *ret_size)
{
    uint8_t head[5];
    if (!read_all(fd, head, sizeof(head))) {
        return false;
    }
    size_t size = (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
    uint8_t *bytes = size <= size_max ? malloc(size + 1) : NULL;
    if (bytes == NULL || !read_all(fd, bytes, size)) {
        free(bytes);
        return false;
    }
    bytes[size] = '\0';
    *ret_kind = head[4];
    *ret_bytes = bytes;
    *ret_size = size;
    return true;
}

enum lt_result lt_control_call(const char *dir, enum lt_verb verb, struct lt_bytes payload,
                               char **ret_answer)
{
    size_t size;
    return lt_control_call_sized(dir, verb, payload, ret_answer, &size);
}

enum lt_result lt_control_call_sized(const char *dir, enum lt_verb verb, struct lt_bytes payload,
                                     char **ret_answer, size_t *ret_size)
{
    struct sockaddr_un address;
    int dir_fd;
    *ret_answer = NULL;
    enum lt_result result = socket_address(dir, &dir_fd, &address);
    if (result != LT_OK) {
        return result;
    }
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        result = LT_IO;
    } else if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) != 0) {
        result = errno == ENOENT || errno == ECONNREFUSED ? LT_NOT_FOUND : LT_IO;
    } else {
        uint8_t kind, *bytes;
        size_t size;
        result = set_timeouts(fd, verb) &&
                         write_frame(fd, (uint8_t)verb, payload.data, payload.size) &&
                         read_frame(fd, LT_CONTROL_ANSWER_MAX, &kind, &bytes, &size)
                     ? LT_OK
                     : LT_IO;
        if (result == LT_OK) {
            result = (enum lt_result)kind;
            *ret_answer = (char *)bytes;
            *ret_size = size;
        }
    }
    if (fd >= 0) {
        close(fd);
    }
    close(dir_fd);
    return result;
}

static void say(char ret_reason[200], const char *what, int error)
{
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): glibc's strerror is safe since 2.32 */
    snprintf(ret_reason, 200, "%s: %s", what, strerror(error));
}

enum lt_result lt_control_listen(const char *dir, int *ret_fd, char ret_reason[200])
{
    struct sockaddr_un address;
    int dir_fd;
    enum lt_result result = socket_address(dir, &dir_fd, &address);
    if (result != LT_OK) {
        say(ret_reason, "the state folder cannot be opened", errno);
        return result;
    }
    unlinkat(dir_fd, SOCKET_NAME,
             0); /* of a run that was killed; the lock says that we are alone */
    mode_t mask = umask(0177);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || bind(fd, (const struct sockaddr *)&address, sizeof(address)) != 0 ||
        listen(fd, 16) != 0) {
        say(ret_reason, "the control socket", errno);
        result = LT_IO;
    }
    umask(mask);
    close(dir_fd);
    if (result != LT_OK) {
        if (fd >= 0) {
            close(fd);
        }
        return result;
    }
    *ret_fd = fd;
    return LT_OK;
}

enum lt_result lt_control_accept(int listen_fd, int *ret_fd, enum lt_verb *ret_verb,
                                 uint8_t **ret_payload, size_t *ret_size)
{
    struct ucred peer = {.uid = (uid_t)-1};
    socklen_t length = sizeof(peer);
    int fd = accept4(listen_fd, NULL, NULL, SOCK_CLOEXEC);
    uint8_t kind;
    if (fd < 0) {
        return LT_NOT_FOUND;
    }
    /* A client that dawdles holds up other commands and joins: two seconds, then it is dropped. */
    struct timeval wait = {.tv_sec = 2};
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0 ||
        (peer.uid != geteuid() && peer.uid != 0) ||
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)) != 0 ||
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait)) != 0 ||
        !read_frame(fd, LT_CONTROL_REQUEST_MAX, &kind, ret_payload, ret_size)) {
        close(fd);
        return LT_NOT_FOUND;
    }
    *ret_fd = fd;
    *ret_verb = (enum lt_verb)kind;
    return LT_OK;
}

void lt_control_answer(int fd, enum lt_result result, const char *text, size_t size)
{
    if (!write_frame(fd, (uint8_t)result, text, size)) {
        shutdown(fd, SHUT_RDWR);
    }
    close(fd);
}

void lt_control_unlink(const char *dir)
{
    int dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir_fd >= 0) {
        unlinkat(dir_fd, SOCKET_NAME, 0);
        close(dir_fd);
    }
}

enum lt_result lt_control_lock(const char *dir, int *ret_fd, char ret_reason[200])
{
    int dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir_fd < 0) {
        say(ret_reason, "the state folder cannot be opened", errno);
        return errno == ENOENT ? LT_NOT_FOUND : LT_IO;
    }
    int fd = openat(dir_fd, LOCK_NAME, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    int error = errno;
    close(dir_fd);
    if (fd < 0) {
        say(ret_reason, "the lock file cannot be opened", error);
        return error == EACCES ? LT_PERMISSION : LT_IO;
    }
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        snprintf(ret_reason, 200, "another process works on this hub's state");
        close(fd);
        return LT_BUSY;
    }
    *ret_fd = fd;
    return LT_OK;
}
