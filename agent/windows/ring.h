/* ring.h - a descriptor that polls readable when something else happens: all that a program waits for on Windows becomes a
 * socket, as ZeroMQ waits for sockets alone.
 *
 * A datagram socket of the loopback, connected to itself: nobody else's datagrams come in. Rings from any thread; the rest
 * for one. Private to agent/windows. */
#ifndef LT_RING_H
#define LT_RING_H

#include <stdbool.h>
#include <windows.h>

/* Negative: none is left. */
int lt_ring_open(void);
void lt_ring(int fd);
/* Takes all rings. */
void lt_ring_drain(int fd);
void lt_ring_close(int fd); /* -1 is ignored */

/* Rings whenever `handle` is signalled: an event that resets itself, or, `once`, a process. The handle stays the caller's,
 * and must outlive the bell. */
struct lt_bell {
    int fd;
    HANDLE wait;
};
bool lt_bell_open(struct lt_bell *ret_bell, HANDLE handle, bool once);
/* Afterwards nothing rings. */
void lt_bell_close(struct lt_bell *bell);

#endif
