#include "agent/uplink_socket.h"

#include <assert.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <zmq.h>

#include "agent/arrivals.h"
#include "agent/text.h"

enum {
    /* A link, its monitor's two ends, and as many that are being closed. */
    SOCKETS_MAX = 16,
    /* Messages queued each way: with credit in bytes this is a second bound; memory stays under
     * QUEUE_MAX updates of the largest size. */
    QUEUE_MAX = 64,
    CONNECT_MS = 10000,
    HANDSHAKE_MS = 10000,
    /* A dead link is noticed within three minutes, at two or three wake-ups a minute. ZMQ_HEARTBEAT_TTL
     * is left at 0: libzmq 4.3.4 keeps it in 16 bits of milliseconds at the receiver, so 180 s become
     * 49 s and a healthy link is cut every 109 s. Each side's own heartbeat does the same work. */
    HEARTBEAT_MS = 60000,
    HEARTBEAT_TIMEOUT_MS = 120000,
    KEEPALIVE_IDLE_S = 300,
    /* While something comes: a fast line brings a few MB meanwhile. */
    LOOK_EVERY_MS = 50,
    /* Received since the last message, and not worth looking at again before more comes. */
    LITTLE_BYTES = 64 * 1024,
    ZAP_FOR_NOW = 500, /* of a hub: not this time; 400: never */
};

static_assert(sizeof(struct lt_link_message) >= sizeof(zmq_msg_t) + sizeof(struct lt_bytes),
              "a zmq_msg_t fits");

void *lt_link_context(void)
{
    void *context = zmq_ctx_new();
    if (context == NULL) {
        return NULL;
    }
    if (zmq_ctx_set(context, ZMQ_IO_THREADS, 1) != 0 ||
        zmq_ctx_set(context, ZMQ_MAX_SOCKETS, SOCKETS_MAX) != 0 ||
        zmq_ctx_set(context, ZMQ_BLOCKY, 0) != 0) {
        zmq_ctx_term(context);
        return NULL;
    }
    return context;
}

void lt_link_context_free(void *context)
{
    while (context != NULL && zmq_ctx_term(context) != 0 && errno == EINTR) {}
}

static bool set_number(void *socket, int option, int value)
{
    return zmq_setsockopt(socket, option, &value, sizeof(value)) == 0;
}

static bool set_bounds(void *socket)
{
    int64_t largest = LT_UPDATE_BYTES_MAX + 1024;
    return zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &largest, sizeof(largest)) == 0 &&
           set_number(socket, ZMQ_LINGER, 0) && set_number(socket, ZMQ_SNDHWM, QUEUE_MAX) &&
           set_number(socket, ZMQ_RCVHWM, QUEUE_MAX) && set_number(socket, ZMQ_IMMEDIATE, 1) &&
           set_number(socket, ZMQ_IPV6, 1);
}

static bool set_times(void *socket)
{
    return set_number(socket, ZMQ_RECONNECT_IVL, -1) &&
           set_number(socket, ZMQ_CONNECT_TIMEOUT, CONNECT_MS) &&
           set_number(socket, ZMQ_HANDSHAKE_IVL, HANDSHAKE_MS) &&
           set_number(socket, ZMQ_HEARTBEAT_IVL, HEARTBEAT_MS) &&
           set_number(socket, ZMQ_HEARTBEAT_TIMEOUT, HEARTBEAT_TIMEOUT_MS) &&
           set_number(socket, ZMQ_TCP_KEEPALIVE, 1) &&
           set_number(socket, ZMQ_TCP_KEEPALIVE_IDLE, KEEPALIVE_IDLE_S);
}

static bool set_keys(void *socket, const struct lt_link_keys *keys)
{
    return zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, keys->server, 32) == 0 &&
           zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, keys->public_key, 32) == 0 &&
           zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, keys->secret_key, 32) == 0;
}

static bool watch(struct lt_link *link, void *context)
{
    static atomic_uint opened; /* names must differ within a context; a process may have several */
    char name[40];
    link->number = atomic_fetch_add(&opened, 1);
    snprintf(name, sizeof(name), "inproc://link-%u", link->number);
    int events = ZMQ_EVENT_CONNECTED | ZMQ_EVENT_CLOSED | ZMQ_EVENT_DISCONNECTED |
                 ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
                 ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH;
    link->arrivals = lt_arrivals_open();
    /* Our end first: a monitored socket whose other end is missing waits for it for ever when it is closed. */
    link->monitor = zmq_socket(context, ZMQ_PAIR);
    return link->arrivals >= 0 && link->monitor != NULL &&
           set_number(link->monitor, ZMQ_LINGER, 0) && zmq_connect(link->monitor, name) == 0 &&
           zmq_socket_monitor(link->socket, name, events) == 0;
}

enum lt_result lt_link_open(struct lt_link *link, void *context, const char *endpoint,
                            const struct lt_link_keys *keys)
{
    *link = (struct lt_link){.fd = -1, .arrivals = -1, .look_at = UINT64_MAX};
    /* Nothing but TCP: ipc, inproc and the rest would go round CURVE or the network's rules. */
    if (strncmp(endpoint, "tcp://", 6) != 0) {
        snprintf(
            link->trouble, sizeof(link->trouble), "%s",
            lt_text("địa chỉ không có dạng tcp://máy:cổng", "the endpoint is not tcp://host:port"));
        return LT_NETWORK;
    }
    link->socket = zmq_socket(context, ZMQ_DEALER);
    if (link->socket == NULL || !set_bounds(link->socket) || !set_times(link->socket) ||
        !set_keys(link->socket, keys) || !watch(link, context) ||
        zmq_connect(link->socket, endpoint) != 0) {
        snprintf(link->trouble, sizeof(link->trouble), "%s", zmq_strerror(zmq_errno()));
        return LT_NETWORK;
    }
    return LT_OK;
}

void lt_link_close(struct lt_link *link)
{
    if (link->socket != NULL) {
        zmq_socket_monitor(link->socket, NULL, 0);
        zmq_close(link->socket);
        lt_arrivals_close(link->arrivals);
    }
    if (link->monitor != NULL) {
        zmq_close(link->monitor);
    }
    link->socket = NULL;
    link->monitor = NULL;
    link->fd = link->arrivals = -1;
    link->look_at = UINT64_MAX;
}

bool lt_link_is_open(const struct lt_link *link)
{
    return link->socket != NULL;
}

/* ---- What is received and not handed over ---- */

/* One that is closed already makes it fail; its end is among the monitor's events. */
static void await_arrival(struct lt_link *link, bool another)
{
    if (!lt_arrivals_await(link->arrivals, link->fd, another, &link->look_at)) {
        link->fd = -1;
    }
}

lt_ms lt_link_due(const struct lt_link *link)
{
    return lt_link_is_open(link) && link->fd >= 0 ? link->look_at : UINT64_MAX;
}

bool lt_link_look(struct lt_link *link, lt_ms now)
{
    if (link->fd < 0 || (now < link->look_at && !lt_arrivals_came(link->arrivals))) {
        return true;
    }
    link->look_at = now + LOOK_EVERY_MS;
    if (!link->drained) {
        return true; /* what waits may be heard */
    }
    if (lt_unheard_look(&link->unheard, link->fd)) {
        snprintf(link->trouble, sizeof(link->trouble), "%s",
                 lt_text("cấp trên gửi một thông điệp dài không dứt",
                         "the parent sends a message without end"));
        return false;
    }
    if (link->unheard.unheard < LITTLE_BYTES) {
        await_arrival(link, false);
    }
    return true;
}

/* ---- Events ---- */

static enum lt_link_event read_event(struct lt_link *link, unsigned event, unsigned value)
{
    switch (event) {
    case ZMQ_EVENT_CONNECTED:
        link->fd = (int)value;
        await_arrival(link, true);
        return LT_LINK_NOTHING;
    case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
        return LT_LINK_UP;
    case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
        if (value == ZAP_FOR_NOW) {
            snprintf(link->trouble, sizeof(link->trouble), "%s",
                     lt_text("cấp trên đang có quá nhiều máy lạ gọi đến",
                             "too many strangers are calling the hub at this time"));
            return LT_LINK_DOWN;
        }
        snprintf(
            link->trouble, sizeof(link->trouble),
            lt_text("cấp trên không, hoặc không còn, nhận khóa của máy này (%u); nếu vẫn vậy, hãy "
                    "xin mã mời mới",
                    "the hub does not admit this machine's key, or no longer (%u); if it stays so, "
                    "ask for a new code"),
            value);
        return LT_LINK_UNWANTED;
    case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
        snprintf(link->trouble, sizeof(link->trouble),
                 lt_text("nơi đó không phải máy chủ cần tìm (0x%x)",
                         "what answers there is no hub, or not the hub expected (0x%x)"),
                 value);
        return LT_LINK_DOWN;
    case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL:
        snprintf(
            link->trouble, sizeof(link->trouble), "%s",
            lt_text("bên kia ngắt kết nối: không phải máy chủ cần tìm, khóa khác, hoặc đang bận",
                    "it broke off the handshake: no hub, another hub's key, or busy"));
        return LT_LINK_DOWN;
    case ZMQ_EVENT_DISCONNECTED:
        if (link->trouble[0] == '\0') {
            snprintf(link->trouble, sizeof(link->trouble), "%s",
                     lt_text("kết nối bị ngắt", "the connection ended"));
        }
        return LT_LINK_DOWN;
    case ZMQ_EVENT_CLOSED:
        if (link->trouble[0] == '\0') {
            snprintf(link->trouble, sizeof(link->trouble), "%s",
                     lt_text("không có ai trả lời ở đó", "nothing answers there"));
        }
        return LT_LINK_DOWN;
    default:
        return LT_LINK_NOTHING;
    }
}

/* An event is two frames: 2 bytes of kind and 4 of value, then the address. */
enum lt_link_event lt_link_next_event(struct lt_link *link)
{
    uint8_t frame[6];
    if (link->monitor == NULL) {
        return LT_LINK_NOTHING;
    }
    int size = zmq_recv(link->monitor, frame, sizeof(frame), ZMQ_DONTWAIT);
    if (size < 0) {
        return LT_LINK_NOTHING;
    }
    int more = 0;
    size_t more_size = sizeof(more);
    char address[1];
    while (zmq_getsockopt(link->monitor, ZMQ_RCVMORE, &more, &more_size) == 0 && more != 0) {
        if (zmq_recv(link->monitor, address, sizeof(address), ZMQ_DONTWAIT) < 0) {
            break;
        }
    }
    uint16_t event;
    uint32_t value;
    if (size != (int)sizeof(frame)) {
        return LT_LINK_NOTHING;
    }
    memcpy(&event, frame, sizeof(event));
    memcpy(&value, frame + sizeof(event), sizeof(value));
    return read_event(link, event, value);
}

static enum lt_result send_error(void)
{
    int error = zmq_errno();
    return error == EAGAIN || error == EINTR ? LT_BUSY
           : error == ENOMEM                 ? LT_NO_MEMORY
                                             : LT_NETWORK;
}

enum lt_result lt_link_send(struct lt_link *link, struct lt_bytes bytes)
{
    return zmq_send(link->socket, bytes.data, bytes.size, ZMQ_DONTWAIT) >= 0 ? LT_OK : send_error();
}

enum lt_result lt_link_send_filled(struct lt_link *link, const uint8_t header[LT_HEADER_BYTES],
                                   size_t size, lt_link_fill *fill, void *context,
                                   uint64_t position)
{
    zmq_msg_t message;
    if (zmq_msg_init_size(&message, LT_HEADER_BYTES + size) != 0) {
        return LT_NO_MEMORY;
    }
    uint8_t *bytes = zmq_msg_data(&message);
    memcpy(bytes, header, LT_HEADER_BYTES);
    enum lt_result result = fill(context, position, bytes + LT_HEADER_BYTES, size);
    if (result == LT_OK && zmq_msg_send(&message, link->socket, ZMQ_DONTWAIT) < 0) {
        result = send_error();
    }
    zmq_msg_close(&message); /* after sending it is empty */
    return result;
}

enum lt_result lt_link_receive(struct lt_link *link, struct lt_link_message *ret_message)
{
    zmq_msg_t *message = (zmq_msg_t *)(void *)ret_message->opaque;
    zmq_msg_init(message);
    if (zmq_msg_recv(message, link->socket, ZMQ_DONTWAIT) < 0) {
        int error = zmq_errno();
        link->drained = true;
        zmq_msg_close(message);
        return error == EAGAIN || error == EINTR ? LT_NOT_FOUND : LT_NETWORK;
    }
    bool single = !zmq_msg_more(message);
    bool more = !single;
    size_t size = zmq_msg_size(message);
    link->drained = false;
    while (more) {
        if (zmq_msg_recv(message, link->socket, ZMQ_DONTWAIT) < 0) {
            break;
        }
        size += zmq_msg_size(message);
        more = zmq_msg_more(message) != 0;
    }
    lt_unheard_heard(&link->unheard, size);
    if (!single) {
        zmq_msg_close(message);
        return LT_MALFORMED;
    }
    ret_message->bytes =
        (struct lt_bytes){.data = zmq_msg_data(message), .size = zmq_msg_size(message)};
    return LT_OK;
}

void lt_link_release(struct lt_link_message *message)
{
    zmq_msg_close((zmq_msg_t *)(void *)message->opaque);
}
