/* unheard.h - a bound for what libzmq keeps of a message that never ends.
 *
 * libzmq hands a message of many parts over when the last one is there, and has no bound for what it keeps until then:
 * ZMQ_MAXMSGSIZE holds for each part, the high-water mark counts whole messages. So what a connection has received, as
 * the kernel counts it, is compared with what was heard of it. Both sides of a link do so (hub/gate_peers.c,
 * agent/uplink_socket.c).
 *
 * Belongs to its connection's thread; plain data, nothing to free. */
#ifndef LT_UNHEARD_H
#define LT_UNHEARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    /* What may have come since the last message, beside what the kernel keeps: messages that wait their turn in libzmq
     * are far less. */
    LT_UNHEARD_BYTES_MAX = 16 * 1024 * 1024,
    LT_UNHEARD_SEAL_BYTES = 64, /* of a message, for CURVE and framing: 33 bytes and a few more */
};

struct lt_unheard { /* zeroed at the connection's beginning */
    uint64_t used, heard; /* bytes received until the last look; bytes of messages heard since */
    uint64_t unheard; /* bytes received since the last message */
};

/* A message of `size` bytes, of all its parts, was handed over. */
void lt_unheard_heard(struct lt_unheard *unheard, size_t size);
/* True: more has come over the socket `fd` than any honest peer leaves unfinished. Counts anew then. */
bool lt_unheard_look(struct lt_unheard *unheard, int fd);
/* Bytes that a TCP socket has received so far; 0: not known. */
uint64_t lt_unheard_received(int fd);
/* Bytes that the system may keep of what was received. */
uint64_t lt_unheard_kept(int fd);

#endif
