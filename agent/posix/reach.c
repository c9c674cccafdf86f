#include "agent/reach.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent/clock.h"
#include "agent/text.h"

enum { CONNECT_MS = 5000, GREETING_MS = 3000 };

/* The socket, connected and blocking no more than asked; -1 with errno. */
static int connect_one(const struct addrinfo *to)
{
    int fd = socket(to->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
        return -1;
    }
    int error = connect(fd, to->ai_addr, to->ai_addrlen) == 0 ? 0 : errno;
    if (error == EINPROGRESS) {
        struct pollfd wait = {.fd = fd, .events = POLLOUT};
        socklen_t size = sizeof(error);
        if (poll(&wait, 1, CONNECT_MS) != 1) {
            error = ETIMEDOUT;
        } else if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0) {
            error = errno;
        }
    }
    if (error != 0) {
        close(fd);
        errno = error;
        return -1;
    }
    return fd;
}

static size_t hear(int fd, uint8_t *ret_bytes, size_t size)
{
    size_t got = 0;
    const lt_ms until = lt_clock_monotonic() + GREETING_MS;
    while (got < size) {
        struct pollfd wait = {.fd = fd, .events = POLLIN};
        const lt_ms now = lt_clock_monotonic();
        if (now >= until || poll(&wait, 1, (int)(until - now)) <= 0) {
            break;
        }
        ssize_t part = read(fd, ret_bytes + got, size - got);
        if (part <= 0) {
            break;
        }
        got += (size_t)part;
    }
    return got;
}

enum lt_result lt_reach(const char *host, const char *port, uint8_t *ret_bytes, size_t size,
                        size_t *ret_got, int *ret_errno, char ret_why[LT_REACH_WHY_MAX])
{
    struct addrinfo *found = NULL;
    const struct addrinfo wanted = {.ai_socktype = SOCK_STREAM};
    const int code = getaddrinfo(host, port, &wanted, &found);
    if (code != 0) {
        snprintf(ret_why, LT_REACH_WHY_MAX, "%s",
                 code == EAI_SYSTEM ? lt_text_errno(errno) : gai_strerror(code));
        return LT_NOT_FOUND;
    }
    int fd = -1;
    for (const struct addrinfo *to = found; to != NULL && fd < 0; to = to->ai_next) {
        fd = connect_one(to);
    }
    *ret_errno = errno;
    freeaddrinfo(found);
    if (fd < 0) {
        return LT_NETWORK;
    }
    *ret_got = hear(fd, ret_bytes, size);
    close(fd);
    return LT_OK;
}
