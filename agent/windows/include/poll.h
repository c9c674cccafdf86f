/* poll.h - waiting for what has come, on Windows: descriptors are sockets (ring.h makes them of other things); with none
 * it sleeps. Not together with winsock2.h, which has another one. */
#ifndef LT_WINDOWS_POLL_H
#define LT_WINDOWS_POLL_H

#include <stddef.h>

struct pollfd {
    int fd;
    short events, revents;
};
enum { POLLIN = 1 };
int lt_posix_poll(struct pollfd *items, size_t count, int timeout_ms);
#define poll(items, count, timeout_ms) lt_posix_poll(items, count, timeout_ms)

#endif
