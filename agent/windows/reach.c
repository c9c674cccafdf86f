#include <winsock2.h>

#include "agent/reach.h"

#include <ws2tcpip.h>

#include "agent/clock.h"
#include "agent/windows/wide.h"

enum { CONNECT_MS = 5000, GREETING_MS = 3000 };

static int errno_of(int error)
{
    return error == WSAECONNREFUSED                              ? ECONNREFUSED
           : error == WSAETIMEDOUT                               ? ETIMEDOUT
           : error == WSAEHOSTUNREACH || error == WSAENETUNREACH ? EHOSTUNREACH
                                                                 : EIO;
}

/* INVALID_SOCKET with the errno. */
static SOCKET connect_one(const struct addrinfo *to, int *ret_errno)
{
    u_long yes = 1;
    SOCKET fd = socket(to->ai_family, SOCK_STREAM, 0);
    if (fd == INVALID_SOCKET || ioctlsocket(fd, FIONBIO, &yes) != 0) {
        *ret_errno = errno_of(WSAGetLastError());
        if (fd != INVALID_SOCKET)
            closesocket(fd);
        return INVALID_SOCKET;
    }
    int error = connect(fd, to->ai_addr, (int)to->ai_addrlen) == 0 ? 0 : WSAGetLastError();
    if (error == WSAEWOULDBLOCK) {
        /* WSAPoll says nothing of a connection that failed, before Windows 10 2004; select does. */
        fd_set done, failed;
        struct timeval wait = {.tv_sec = CONNECT_MS / 1000};
        int size = sizeof(error);
        FD_ZERO(&done);
        FD_ZERO(&failed);
        FD_SET(fd, &done);
        FD_SET(fd, &failed);
        if (select(0, NULL, &done, &failed, &wait) < 1)
            error = WSAETIMEDOUT;
        else if (getsockopt(fd, SOL_SOCKET, SO_ERROR, (char *)&error, &size) != 0)
            error = WSAGetLastError();
    }
    if (error != 0) {
        closesocket(fd);
        *ret_errno = errno_of(error);
        return INVALID_SOCKET;
    }
    return fd;
}

static size_t hear(SOCKET fd, uint8_t *ret_bytes, size_t size)
{
    size_t got = 0;
    const lt_ms until = lt_clock_monotonic() + GREETING_MS;
    while (got < size) {
        WSAPOLLFD wait = {.fd = fd, .events = POLLRDNORM};
        const lt_ms now = lt_clock_monotonic();
        if (now >= until || WSAPoll(&wait, 1, (int)(until - now)) <= 0)
            break;
        int part = recv(fd, (char *)ret_bytes + got, (int)(size - got), 0);
        if (part <= 0)
            break;
        got += (size_t)part;
    }
    return got;
}

enum lt_result lt_reach(const char *host, const char *port, uint8_t *ret_bytes, size_t size,
                        size_t *ret_got, int *ret_errno, char ret_why[LT_REACH_WHY_MAX])
{
    WSADATA about;
    struct addrinfo *found = NULL;
    const struct addrinfo wanted = {.ai_socktype = SOCK_STREAM};
    const int started = WSAStartup(MAKEWORD(2, 2), &about);
    const int code = started == 0 ? getaddrinfo(host, port, &wanted, &found) : started;
    if (code != 0) {
        snprintf(ret_why, LT_REACH_WHY_MAX, "Windows %d", code);
        if (started == 0)
            WSACleanup();
        return LT_NOT_FOUND;
    }
    SOCKET fd = INVALID_SOCKET;
    for (const struct addrinfo *to = found; to != NULL && fd == INVALID_SOCKET; to = to->ai_next)
        fd = connect_one(to, ret_errno);
    freeaddrinfo(found);
    if (fd != INVALID_SOCKET) {
        *ret_got = hear(fd, ret_bytes, size);
        closesocket(fd);
    }
    WSACleanup();
    return fd != INVALID_SOCKET ? LT_OK : LT_NETWORK;
}
