#include "hub/gate_own.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "agent/clock.h"

enum { PROOF_WITHIN_MS = 5000, PROOF_TRIES = 3 };

/* A client of our own, on the way in that everyone takes. */
struct probe {
    void *context, *socket, *monitor;
};

static void probe_close(struct probe *probe)
{
    if (probe->socket != NULL) {
        zmq_socket_monitor(probe->socket, NULL, 0);
        zmq_close(probe->socket);
    }
    if (probe->monitor != NULL) {
        zmq_close(probe->monitor);
    }
    if (probe->context != NULL) {
        zmq_ctx_term(probe->context);
    }
    *probe = (struct probe){.context = NULL};
}

/* Our own end of an endpoint that listens on every address. */
static void local_endpoint(const char *endpoint, char *ret_text, size_t size)
{
    const char *port = strrchr(endpoint, ':');
    if (port != NULL && strncmp(endpoint, "tcp://0.0.0.0:", 14) == 0) {
        snprintf(ret_text, size, "tcp://127.0.0.1%s", port);
    } else if (port != NULL && strncmp(endpoint, "tcp://[::]:", 11) == 0) {
        snprintf(ret_text, size, "tcp://[::1]%s", port);
    } else {
        snprintf(ret_text, size, "%s", endpoint);
    }
}

static bool set_curve(struct lt_gate *gate, size_t door, void *socket)
{
    char public_text[41], secret_text[41];
    bool set = zmq_curve_keypair(public_text, secret_text) == 0 &&
               zmq_z85_decode(gate->prove_key, public_text) != NULL &&
               zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, gate->config.doors[door].curve_public,
                              32) == 0 &&
               zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, public_text, 40) == 0 &&
               zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, secret_text, 40) == 0;
    explicit_bzero(secret_text, sizeof(secret_text));
    return set;
}

static bool probe_open(struct lt_gate *gate, size_t door, bool curve, struct probe *ret_probe)
{
    struct probe probe = {.context = zmq_ctx_new()};
    char endpoint[sizeof(gate->endpoints[door])];
    local_endpoint(gate->endpoints[door], endpoint, sizeof(endpoint));
    int linger = 0, once = -1, ipv6 = strchr(endpoint, '[') != NULL;
    bool open = probe.context != NULL && (probe.socket = zmq_socket(probe.context, ZMQ_DEALER)) &&
                zmq_setsockopt(probe.socket, ZMQ_LINGER, &linger, sizeof(linger)) == 0 &&
                zmq_setsockopt(probe.socket, ZMQ_RECONNECT_IVL, &once, sizeof(once)) == 0 &&
                zmq_setsockopt(probe.socket, ZMQ_IPV6, &ipv6, sizeof(ipv6)) == 0 &&
                (!curve || set_curve(gate, door, probe.socket)) &&
                (probe.monitor = zmq_socket(probe.context, ZMQ_PAIR)) && /* before the other end */
                zmq_setsockopt(probe.monitor, ZMQ_LINGER, &linger, sizeof(linger)) == 0 &&
                zmq_connect(probe.monitor, "inproc://probe") == 0 &&
                zmq_socket_monitor(probe.socket, "inproc://probe", ZMQ_EVENT_ALL) == 0 &&
                zmq_connect(probe.socket, endpoint) == 0;
    if (!open) {
        probe_close(&probe);
        return false;
    }
    *ret_probe = probe;
    return true;
}

enum seen {
    SEEN_NOTHING,
    SEEN_LET_IN,
    SEEN_REFUSED, /* by the authentication handler's word */
    SEEN_LOST, /* for whatever reason */
};

static enum seen next_event(struct probe *probe)
{
    uint8_t event[8];
    uint16_t kind;
    char address[256];
    if (zmq_recv(probe->monitor, event, sizeof(event), ZMQ_DONTWAIT) < 6 ||
        zmq_recv(probe->monitor, address, sizeof(address), 0) < 0) {
        return SEEN_NOTHING;
    }
    memcpy(&kind, event, sizeof(kind));
    if (kind == ZMQ_EVENT_HANDSHAKE_SUCCEEDED) {
        return SEEN_LET_IN;
    }
    if (kind == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH) {
        return SEEN_REFUSED;
    }
    return kind == ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL ||
                   kind == ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL || kind == ZMQ_EVENT_DISCONNECTED
               ? SEEN_LOST
               : SEEN_NOTHING;
}

/* Without encryption nobody may even shake hands. */
static enum lt_result prove_no_null(struct lt_gate *gate, size_t door)
{
    struct probe probe;
    if (!probe_open(gate, door, false, &probe)) {
        return LT_NETWORK;
    }
    enum lt_result result = LT_NETWORK;
    lt_ms now = lt_clock_monotonic(), until = now + PROOF_WITHIN_MS;
    while (result == LT_NETWORK && now < until) {
        zmq_pollitem_t item = {.socket = probe.monitor, .events = ZMQ_POLLIN};
        zmq_poll(&item, 1, (long)(until - now));
        enum seen seen = next_event(&probe);
        if (seen != SEEN_NOTHING) {
            result = seen == SEEN_LET_IN ? LT_REFUSED : LT_OK;
        }
        now = lt_clock_monotonic();
    }
    probe_close(&probe);
    return result;
}

static ProtobufCBinaryData span(uint8_t *bytes, size_t size)
{
    return (ProtobufCBinaryData){.len = size, .data = bytes};
}

static enum lt_result say_hello(struct lt_gate *gate, void *socket)
{
    struct lt_unit unit = gate->config.site.unit;
    Lienthong__Unit wire;
    Lienthong__Hello hello;
    uint8_t instance[16], digest[32], *bytes;
    size_t size;
    char software[] = "lienthong self-test";
    lienthong__unit__init(&wire);
    lienthong__hello__init(&hello);
    lt_random(instance, sizeof(instance));
    lt_random(digest, sizeof(digest));
    wire.code = unit.code;
    wire.valid_from = unit.valid_from;
    hello.unit = &wire;
    hello.role = LIENTHONG__ROLE__ROLE_AGENT;
    hello.instance = span(instance, sizeof(instance));
    hello.protocol = LT_PROTOCOL_VERSION;
    hello.body_version = LT_BODY_VERSION;
    hello.software = software;
    hello.digest = span(digest, sizeof(digest));
    enum lt_result result = lt_message_pack(LT_MSG_HELLO, 1, &hello.base, &bytes, &size);
    if (result == LT_OK) {
        result = zmq_send(socket, bytes, size, 0) < 0 ? LT_NETWORK : LT_OK;
        free(bytes);
    }
    return result;
}

/* A stranger with a random key says HELLO: the handler refuses it, or the gate drops what it says. Merely
 * losing it proves nothing: without a handler nobody at all would get in. */
static enum lt_result prove_no_stranger(struct lt_gate *gate, size_t door)
{
    struct probe probe;
    atomic_store(&gate->proving, false);
    if (!probe_open(gate, door, true, &probe)) {
        return LT_NETWORK;
    }
    atomic_store(&gate->prove_dropped, false);
    atomic_store(&gate->proving, true); /* prove_key is set */
    enum lt_result result = say_hello(gate, probe.socket);
    bool sent = result == LT_OK, proven = false, lost = false;
    lt_ms now = lt_clock_monotonic(), until = now + PROOF_WITHIN_MS;
    while (sent && result == LT_OK && !proven && !lost && now < until) {
        zmq_pollitem_t items[] = {{.socket = probe.socket, .events = ZMQ_POLLIN},
                                  {.socket = probe.monitor, .events = ZMQ_POLLIN}};
        zmq_poll(items, 2, 20);
        bool dropped = atomic_load(&gate->prove_dropped);
        char answer[16];
        if (zmq_recv(probe.socket, answer, sizeof(answer), ZMQ_DONTWAIT) >= 0) {
            result = LT_REFUSED; /* nobody may answer that */
        }
        enum seen seen = next_event(&probe);
        proven = dropped || seen == SEEN_REFUSED;
        lost = seen == SEEN_LOST;
        now = lt_clock_monotonic();
    }
    atomic_store(&gate->proving, false);
    probe_close(&probe);
    return result == LT_OK && !proven ? LT_NETWORK : result;
}

static enum lt_result prove_door(struct lt_gate *gate, size_t door, char ret_reason[200])
{
    enum lt_result result = LT_NETWORK;
    for (int i = 0; i < PROOF_TRIES && result == LT_NETWORK; i++) {
        result = prove_no_null(gate, door);
    }
    if (result != LT_OK) {
        snprintf(ret_reason, 200,
                 result == LT_REFUSED ? "self-test: a client without encryption was let in"
                                      : "self-test: no answer from our own endpoint");
        return result;
    }
    result = LT_NETWORK;
    for (int i = 0; i < PROOF_TRIES && result == LT_NETWORK; i++) {
        result = prove_no_stranger(gate, door);
    }
    if (result != LT_OK) {
        snprintf(ret_reason, 200,
                 result == LT_REFUSED ? "self-test: a key that nobody granted was answered"
                                      : "self-test: could not show that a stranger is kept out");
    }
    return result;
}

enum lt_result lt_gate_prove(struct lt_gate *gate, char ret_reason[200])
{
    enum lt_result result = LT_OK;
    for (size_t i = 0; i < gate->config.door_count && result == LT_OK; i++) {
        result = prove_door(gate, i, ret_reason);
    }
    return result;
}
