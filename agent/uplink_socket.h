/* uplink_socket.h - one CURVE connection to a parent: a ZeroMQ DEALER that is used once.
 *
 * Opened towards one endpoint, it connects at most once: libzmq's own reconnecting is off, since its
 * fixed interval wakes an idle machine and storms a restarted hub; whoever owns the link backs off and
 * opens another. Queues, sizes and times are bounded. What happens to the connection comes from
 * libzmq's monitor. A parent that sends a message without end, which libzmq would keep, is noticed (unheard.h). A link
 * belongs to the thread that opened it. */
#ifndef LT_UPLINK_SOCKET_H
#define LT_UPLINK_SOCKET_H

#include "agent/clock.h"
#include "agent/unheard.h"
#include "proto/message.h"

/* Keys of a connection: whom we expect, and who we are. */
struct lt_link_keys {
    uint8_t server[32];
    uint8_t public_key[32];
    uint8_t secret_key[32];
};

enum lt_link_event {
    LT_LINK_NOTHING,
    LT_LINK_UP, /* the handshake succeeded: the peer holds the key that we expected */
    LT_LINK_DOWN, /* it ended, or never came about; close it */
    LT_LINK_UNWANTED, /* the peer does not admit our key; close it */
};

struct lt_link {
    void *socket; /* to be polled together with `monitor`; both NULL when closed */
    void *monitor;
    unsigned number; /* of links opened in this process's context: names the monitor */
    int fd; /* libzmq's own, only to be asked about; -1: not connected yet */
    int arrivals; /* to be polled too, -1: not: readable when something has come, after quiet */
    lt_ms look_at; /* UINT64_MAX: when `arrivals` is readable */
    bool drained; /* nothing waited at the last lt_link_receive */
    struct lt_unheard unheard;
    char trouble[100]; /* why it went down, in English */
};

/* A context for links: one I/O thread, few sockets. NULL: out of memory or descriptors. */
void *lt_link_context(void);
void lt_link_context_free(void *context);

/* Begins to connect. LT_NETWORK: the endpoint cannot be one (see `trouble`). Close it in any case. */
enum lt_result lt_link_open(struct lt_link *link, void *context, const char *endpoint,
                            const struct lt_link_keys *keys);
void lt_link_close(struct lt_link *link); /* what was not sent is dropped; closed twice is fine */
bool lt_link_is_open(const struct lt_link *link);
/* The next thing that happened. Never waits. */
enum lt_link_event lt_link_next_event(struct lt_link *link);

/* To be called when `arrivals` is readable or lt_link_due has come, after lt_link_receive; at other times it does nothing.
 * False: more has come than an honest parent leaves unfinished; close the link. At rest it asks for no time. */
bool lt_link_look(struct lt_link *link, lt_ms now);
lt_ms lt_link_due(const struct lt_link *link); /* UINT64_MAX: not by time */

/* Sends header and payload, or whole messages, as one frame. LT_BUSY: the queue is full, or the link
 * is not quite up; try again when the socket polls writable. LT_NO_MEMORY, LT_NETWORK. */
enum lt_result lt_link_send(struct lt_link *link, struct lt_bytes bytes);
/* The same for `size` bytes that `fill` writes into place after `header`; what it returns stands. */
typedef enum lt_result lt_link_fill(void *context, uint64_t position, uint8_t *ret_bytes,
                                    size_t size);
enum lt_result lt_link_send_filled(struct lt_link *link, const uint8_t header[LT_HEADER_BYTES],
                                   size_t size, lt_link_fill *fill, void *context,
                                   uint64_t position);
/* Takes the next message. LT_NOT_FOUND: none waits; LT_MALFORMED: more than one frame (dropped). On
 * LT_OK the bytes live until lt_link_release. */
struct lt_link_message {
    uint64_t opaque[8]; /* a zmq_msg_t */
    struct lt_bytes bytes;
};
enum lt_result lt_link_receive(struct lt_link *link, struct lt_link_message *ret_message);
void lt_link_release(struct lt_link_message *message);

#endif
