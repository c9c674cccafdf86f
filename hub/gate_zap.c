#include "hub/gate_own.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <zmq.h>

#include "agent/clock.h"

/* RFC 27: version, request id, domain, address, identity, mechanism, credentials. */
enum { ZAP_PARTS = 7, ZAP_PART_BYTES_MAX = 256 };

struct zap_request {
    uint8_t parts[ZAP_PARTS][ZAP_PART_BYTES_MAX];
    size_t sizes[ZAP_PARTS];
    bool sound; /* seven parts, none too long */
};

enum lt_result gate_whose(struct lt_gate *gate, const uint8_t curve_key[32],
                          struct lt_unit *ret_unit, Lienthong__Role *ret_role,
                          struct lt_key *ret_key)
{
    struct lt_ledger *ledger = gate->config.ledger;
    struct lt_unit unit;
    Lienthong__Role role;
    struct lt_key key;
    pthread_rwlock_rdlock(lt_ledger_book_lock(ledger));
    struct lt_book *book = lt_ledger_book(ledger);
    enum lt_result result = lt_book_curve(book, curve_key, &unit, &role, &key);
    if (result == LT_OK) {
        struct lt_chain chain = {
            role == LIENTHONG__ROLE__ROLE_HUB ? LT_STREAM_DIRECTIVE : LT_STREAM_REPORT, unit};
        result = lt_book_key(book, &chain, &key) == LT_OK ? LT_OK : LT_NOT_FOUND;
    }
    pthread_rwlock_unlock(lt_ledger_book_lock(ledger));
    if (result == LT_OK) {
        *ret_unit = unit;
        *ret_role = role;
        *ret_key = key;
    }
    return result;
}

static bool part_is(const struct zap_request *request, int part, const char *text)
{
    size_t size = strlen(text);
    return request->sizes[part] == size && memcmp(request->parts[part], text, size) == 0;
}

/* The User-Id of a message: role and unit, or "stranger"; then the CURVE key in hexadecimal. "" refuses:
 * for good, as it was revoked (400), or for now (500). */
static const char *decide(struct lt_gate *gate, const struct zap_request *request,
                          char ret_user[LT_GATE_USER_MAX])
{
    struct lt_unit unit;
    Lienthong__Role role;
    struct lt_key key;
    char text[LT_UNIT_TEXT_MAX], hex[65], address[64];
    bool former = part_is(request, 2, ZAP_DOMAIN_FORMER);
    const char *by = former ? BY_FORMER : "";
    ret_user[0] = '\0';
    if (!request->sound || !part_is(request, 0, "1.0") ||
        !(former || part_is(request, 2, ZAP_DOMAIN)) || !part_is(request, 5, "CURVE") ||
        request->sizes[6] != 32) {
        return "500";
    }
    lt_hex(request->parts[6], 32, hex);
    snprintf(address, sizeof(address), "%.*s", (int)request->sizes[3],
             (const char *)request->parts[3]);
    enum lt_result result = gate_whose(gate, request->parts[6], &unit, &role, &key);
    if (result == LT_KEY_REVOKED) {
        return "400";
    }
    if (result == LT_OK) {
        lt_unit_format(&unit, text);
        snprintf(ret_user, LT_GATE_USER_MAX, "%s%s %s %s", by,
                 role == LIENTHONG__ROLE__ROLE_HUB ? "hub" : "agent", text, hex);
    } else if (lt_rates_take(&gate->admits, address, lt_clock_monotonic())) {
        snprintf(ret_user, LT_GATE_USER_MAX, "%s%s %s", by, STRANGER, hex);
    }
    return ret_user[0] != '\0' ? "200" : "500";
}

/* False: the context ends. */
static bool receive(void *socket, struct zap_request *ret_request)
{
    int more = 1;
    ret_request->sound = true;
    memset(ret_request->sizes, 0, sizeof(ret_request->sizes));
    for (int part = 0; more; part++) {
        uint8_t bytes[ZAP_PART_BYTES_MAX];
        int size;
        do {
            size = zmq_recv(socket, bytes, sizeof(bytes), 0);
        } while (size < 0 && zmq_errno() == EINTR);
        if (size < 0) {
            return false;
        }
        if (part >= ZAP_PARTS || (size_t)size > sizeof(bytes)) {
            ret_request->sound = false;
        } else {
            memcpy(ret_request->parts[part], bytes, (size_t)size);
            ret_request->sizes[part] = (size_t)size;
        }
        size_t length = sizeof(more);
        if (zmq_getsockopt(socket, ZMQ_RCVMORE, &more, &length) != 0) {
            return false;
        }
        ret_request->sound = ret_request->sound && (more || part == ZAP_PARTS - 1);
    }
    return true;
}

static bool reply(void *socket, const struct zap_request *request, const char *user,
                  const char *status)
{
    const char *text = user[0] != '\0' ? "OK" : "not admitted";
    return zmq_send(socket, "1.0", 3, ZMQ_SNDMORE) >= 0 &&
           zmq_send(socket, request->parts[1], request->sizes[1], ZMQ_SNDMORE) >= 0 &&
           zmq_send(socket, status, 3, ZMQ_SNDMORE) >= 0 &&
           zmq_send(socket, text, strlen(text), ZMQ_SNDMORE) >= 0 &&
           zmq_send(socket, user, strlen(user), ZMQ_SNDMORE) >= 0 &&
           zmq_send(socket, "", 0, 0) >= 0;
}

static void *serve(void *argument)
{
    struct lt_gate *gate = argument;
    struct zap_request request = {.sound = false};
    char user[LT_GATE_USER_MAX];
    while (receive(gate->zap_socket, &request)) {
        const char *status = decide(gate, &request, user);
        if (user[0] == '\0') {
            atomic_fetch_add(&gate->refused_admissions, 1);
        }
        if (!reply(gate->zap_socket, &request, user, status)) {
            break;
        }
    }
    zmq_close(gate->zap_socket);
    return NULL;
}

enum lt_result gate_zap_start(struct lt_gate *gate)
{
    int linger = 0;
    gate->zap_socket = zmq_socket(gate->context, ZMQ_REP);
    if (gate->zap_socket == NULL) {
        return LT_NO_MEMORY;
    }
    if (zmq_setsockopt(gate->zap_socket, ZMQ_LINGER, &linger, sizeof(linger)) != 0 ||
        zmq_bind(gate->zap_socket, "inproc://zeromq.zap.01") != 0 ||
        pthread_create(&gate->zap_thread, NULL, serve, gate) != 0) {
        zmq_close(gate->zap_socket);
        return LT_IO;
    }
    gate->zap_started = true;
    return LT_OK;
}

void gate_zap_join(struct lt_gate *gate)
{
    if (gate->zap_started) {
        pthread_join(gate->zap_thread, NULL);
        gate->zap_started = false;
    }
}
