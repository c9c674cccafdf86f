#include <winsock2.h>

#include "agent/windows/ring.h"

#include <ws2tcpip.h>

int lt_ring_open(void)
{
    WSADATA about;
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int size = sizeof(here);
    u_long yes = 1;
    if (WSAStartup(MAKEWORD(2, 2), &about) != 0)
        return -1;
    SOCKET ring = WSASocketW(AF_INET, SOCK_DGRAM, IPPROTO_UDP, NULL, 0, WSA_FLAG_NO_HANDLE_INHERIT);
    if (ring == INVALID_SOCKET || bind(ring, (const struct sockaddr *)&here, sizeof(here)) != 0 ||
        getsockname(ring, (struct sockaddr *)&here, &size) != 0 ||
        connect(ring, (const struct sockaddr *)&here, sizeof(here)) != 0 ||
        ioctlsocket(ring, FIONBIO, &yes) != 0 || ring > INT_MAX) {
        if (ring != INVALID_SOCKET)
            closesocket(ring);
        WSACleanup();
        return -1;
    }
    return (int)ring;
}

void lt_ring(int fd)
{
    if (send((SOCKET)fd, "!", 1, 0) != 1)
        return; /* full of rings, or there is no memory for one: who waits looks from time to time too */
}

void lt_ring_drain(int fd)
{
    char bytes[16];
    while (recv((SOCKET)fd, bytes, sizeof(bytes), 0) > 0) {}
}

void lt_ring_close(int fd)
{
    if (fd >= 0) {
        closesocket((SOCKET)fd);
        WSACleanup();
    }
}

static void CALLBACK on_signal(void *fd, BOOLEAN timed_out)
{
    (void)timed_out;
    lt_ring((int)(intptr_t)fd);
}

bool lt_bell_open(struct lt_bell *ret_bell, HANDLE handle, bool once)
{
    struct lt_bell bell = {.fd = lt_ring_open()};
    if (bell.fd < 0)
        return false;
    if (!RegisterWaitForSingleObject(&bell.wait, handle, on_signal, (void *)(intptr_t)bell.fd,
                                     INFINITE,
                                     WT_EXECUTEINWAITTHREAD | (once ? WT_EXECUTEONLYONCE : 0))) {
        lt_ring_close(bell.fd);
        return false;
    }
    *ret_bell = bell;
    return true;
}

void lt_bell_close(struct lt_bell *bell)
{
    if (bell->fd < 0)
        return;
    (void)UnregisterWaitEx(bell->wait,
                           INVALID_HANDLE_VALUE); /* waits for a ring that is on its way */
    lt_ring_close(bell->fd);
    bell->fd = -1;
}
