/* gate_client.h - a hub on the loopback, and a client that speaks to it as a machine of a unit would. */
#ifndef LT_TEST_GATE_CLIENT_H
#define LT_TEST_GATE_CLIENT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zmq.h>

#include "agent/clock.h"
#include "agent/join.h"
#include "hub/commands.h"
#include "hub/core.h"
#include "hub/core_own.h"
#include "proto/message.h"

enum { ANSWER_MS = 8000, SILENCE_MS = 400 };

static char dir[] = "/tmp/gate_test.XXXXXX";
static struct lt_hub *hub;
static const uint8_t secret[16] = "sixteen bytes ok";

/* ---- A hub ---- */

static inline void command(int (*run)(int, char **), const char *const *words)
{
    char copies[16][512], *argv[17];
    int argc = 0;
    for (; words[argc] != NULL; argc++) {
        snprintf(copies[argc], sizeof(copies[argc]), "%s", words[argc]);
        argv[argc] = copies[argc];
    }
    argv[argc] = NULL;
    assert_int_equal(run(argc, argv), 0);
}

static inline void start_hub(void)
{
    struct lt_hub_config config;
    char reason[300] = "";
    assert_int_equal(lt_config_read(dir, &config, reason), LT_OK);
    config.workers = 2;
    enum lt_result result = lt_hub_start(dir, &config, &hub, reason);
    if (result != LT_OK) {
        fail_msg("the hub does not start: %s", reason);
    }
}

static inline int set_up(void **state)
{
    char file[600];
    (void)state;
    assert_true(sodium_init() >= 0);
    assert_non_null(mkdtemp(dir));
    command(lt_hub_cmd_init,
            (const char *[]){"init", "VN", "--dir", dir, "--listen", "tcp://127.0.0.1:0", NULL});
    snprintf(file, sizeof(file), "%s/units.csv", dir);
    FILE *csv = fopen(file, "w");
    assert_non_null(csv);
    fputs("code,parent,level,type,name\n80,VN,province,tinh,Long An\n"
          "81,,province,tinh,Khác\n807,80,district,huyen,Cần Giuộc\n",
          csv);
    assert_int_equal(fclose(csv), 0);
    command(lt_hub_cmd_units, (const char *[]){"units", "--dir", dir, "import", file, NULL});
    start_hub();
    return 0;
}

static inline int tear_down(void **state)
{
    char line[600];
    (void)state;
    lt_hub_stop(hub);
    snprintf(line, sizeof(line), "rm -rf '%s'", dir);
    return system(line);
}

static inline void invite(const char *code, const uint8_t with[16])
{
    struct lt_invitation invitation = {.role = LIENTHONG__ROLE__ROLE_AGENT,
                                       .made_at = lt_clock_wall(),
                                       .expires_at = lt_clock_wall() + 3600};
    assert_int_equal(lt_unit_make(code, 0, &invitation.unit), LT_OK);
    assert_int_equal(lt_roster_invite(hub->roster, with, &invitation, 1), LT_OK);
}

/* ---- A client ---- */

struct client {
    void *context, *socket, *monitor;
    struct lt_keys keys;
    struct lt_unit unit;
    uint64_t session;
    struct lt_hash tip; /* of its chain; seq 0: none */
    uint64_t seq;
    uint8_t last[LT_MESSAGE_BYTES_MAX];
    size_t last_size;
};

static inline void make_keys(struct lt_keys *keys)
{
    char public_text[41], secret_text[41];
    crypto_sign_keypair(keys->sign_public.bytes, keys->sign_secret.bytes);
    assert_int_equal(zmq_curve_keypair(public_text, secret_text), 0);
    assert_non_null(zmq_z85_decode(keys->curve_public, public_text));
    assert_non_null(zmq_z85_decode(keys->curve_secret, secret_text));
}

static inline void open_client(struct client *client, bool curve)
{
    int linger = 0, once = -1;
    client->context = zmq_ctx_new();
    client->socket = zmq_socket(client->context, ZMQ_DEALER);
    zmq_setsockopt(client->socket, ZMQ_LINGER, &linger, sizeof(linger));
    zmq_setsockopt(client->socket, ZMQ_RECONNECT_IVL, &once, sizeof(once));
    if (curve) {
        zmq_setsockopt(client->socket, ZMQ_CURVE_SERVERKEY, hub->keys.curve_public, 32);
        zmq_setsockopt(client->socket, ZMQ_CURVE_PUBLICKEY, client->keys.curve_public, 32);
        zmq_setsockopt(client->socket, ZMQ_CURVE_SECRETKEY, client->keys.curve_secret, 32);
    }
    assert_int_equal(zmq_socket_monitor(client->socket, "inproc://watch", ZMQ_EVENT_ALL), 0);
    client->monitor = zmq_socket(client->context, ZMQ_PAIR);
    zmq_setsockopt(client->monitor, ZMQ_LINGER, &linger, sizeof(linger));
    assert_int_equal(zmq_connect(client->monitor, "inproc://watch"), 0);
    assert_int_equal(zmq_connect(client->socket, lt_hub_endpoint(hub)), 0);
}

static inline void close_client(struct client *client)
{
    zmq_socket_monitor(client->socket, NULL, 0);
    zmq_close(client->monitor);
    zmq_close(client->socket);
    zmq_ctx_term(client->context);
}

/* Waits for one of two events of the connection; 0: neither came. */
static inline int await_event(struct client *client, int wanted, int other)
{
    lt_ms until = lt_clock_monotonic() + ANSWER_MS;
    for (lt_ms now = 0; now < until; now = lt_clock_monotonic()) {
        zmq_pollitem_t item = {.socket = client->monitor, .events = ZMQ_POLLIN};
        uint8_t event[8];
        uint16_t kind;
        char address[256];
        zmq_poll(&item, 1, 100);
        if (zmq_recv(client->monitor, event, sizeof(event), ZMQ_DONTWAIT) >= 6) {
            memcpy(&kind, event, sizeof(kind));
            zmq_recv(client->monitor, address, sizeof(address), 0);
            if (kind & (wanted | other)) {
                return kind;
            }
        }
    }
    return 0;
}

static inline void send_message(struct client *client, enum lt_message_type type,
                                const ProtobufCMessage *payload)
{
    uint8_t *bytes;
    size_t size;
    assert_int_equal(lt_message_pack(type, client->session, payload, &bytes, &size), LT_OK);
    assert_true(zmq_send(client->socket, bytes, size, 0) >= 0);
    free(bytes);
}

/* The next message of a type within the time; other types are passed over. */
static inline bool await_within(struct client *client, enum lt_message_type type, lt_ms within,
                                struct lt_message *ret_message)
{
    lt_ms until = lt_clock_monotonic() + within;
    for (lt_ms now = lt_clock_monotonic(); now < until; now = lt_clock_monotonic()) {
        zmq_pollitem_t item = {.socket = client->socket, .events = ZMQ_POLLIN};
        zmq_poll(&item, 1, (long)(until - now));
        int size = zmq_recv(client->socket, client->last, sizeof(client->last), ZMQ_DONTWAIT);
        if (size < 0) {
            continue;
        }
        client->last_size = (size_t)size;
        assert_int_equal(
            lt_message_open((struct lt_bytes){client->last, client->last_size}, ret_message),
            LT_OK);
        if (ret_message->type == type) {
            return true;
        }
    }
    return false;
}

static inline void await(struct client *client, enum lt_message_type type,
                         struct lt_message *ret_message)
{
    if (!await_within(client, type, ANSWER_MS, ret_message)) {
        fail_msg("no message of type %d came", (int)type);
    }
}

static inline ProtobufCBinaryData span(const void *bytes, size_t size)
{
    union {
        const void *from;
        uint8_t *to;
    } pointer = {.from = bytes};
    return (ProtobufCBinaryData){.data = pointer.to, .len = size};
}

static inline void say_hello(struct client *client, const uint8_t *receipt, size_t receipt_size)
{
    static char software[] = "test";
    Lienthong__Unit unit;
    Lienthong__Hello hello;
    Lienthong__Receipt *receipts[1];
    uint8_t instance[16] = {1}, digest[32] = {2};
    lienthong__unit__init(&unit);
    lienthong__hello__init(&hello);
    unit.code = client->unit.code;
    unit.valid_from = client->unit.valid_from;
    hello.unit = &unit;
    hello.role = LIENTHONG__ROLE__ROLE_AGENT;
    hello.instance = span(instance, sizeof(instance));
    hello.protocol = LT_PROTOCOL_VERSION;
    hello.body_version = LT_BODY_VERSION;
    hello.software = software;
    hello.digest = span(digest, sizeof(digest));
    if (receipt != NULL) {
        receipts[0] = lienthong__receipt__unpack(NULL, receipt_size, receipt);
        hello.receipts = receipts;
        hello.n_receipts = 1;
    }
    lt_random(&client->session, sizeof(client->session));
    send_message(client, LT_MSG_HELLO, &hello.base);
    if (receipt != NULL) {
        lienthong__receipt__free_unpacked(receipts[0], NULL);
    }
}

/* One exemplar, signed as `unit`, on the client's tip. */
static inline uint8_t *make_update(struct client *client, const struct lt_unit *unit,
                                   size_t *ret_size, struct lt_hash *ret_id)
{
    static char model[] = "Mô hình tự quản";
    Lienthong__ReportBody body;
    Lienthong__Change change, *changes[1] = {&change};
    Lienthong__Exemplar exemplar;
    Lienthong__Period period;
    uint8_t packed[512], *bytes;
    lienthong__report_body__init(&body);
    lienthong__change__init(&change);
    lienthong__exemplar__init(&exemplar);
    lienthong__period__init(&period);
    period.kind = LIENTHONG__PERIOD_KIND__PERIOD_YEAR;
    period.to = 2020;
    exemplar.model = model;
    exemplar.period = &period;
    exemplar.recipient = LIENTHONG__RECIPIENT__RECIPIENT_COLLECTIVE;
    change.exemplar = &exemplar;
    body.changes = changes;
    body.n_changes = 1;
    size_t size = lienthong__report_body__pack(&body, packed);
    struct lt_frame frame = {.chain = {LT_STREAM_REPORT, *unit},
                             .seq = client->seq + 1,
                             .key = client->keys.sign_public,
                             .body_version = LT_BODY_VERSION};
    if (client->seq > 0) {
        frame.parent_count = 1;
        frame.parents[0] = client->tip;
    }
    assert_int_equal(lt_update_seal(&frame, (struct lt_bytes){packed, size},
                                    (struct lt_bytes){NULL, 0}, &client->keys.sign_secret, &bytes,
                                    ret_size, ret_id),
                     LT_OK);
    return bytes;
}

static inline void push(struct client *client, const uint8_t *update, size_t size)
{
    uint8_t *message = malloc(LT_HEADER_BYTES + size);
    assert_non_null(message);
    lt_header_write(LT_MSG_UPDATE, client->session, message);
    memcpy(message + LT_HEADER_BYTES, update, size);
    assert_true(zmq_send(client->socket, message, LT_HEADER_BYTES + size, 0) >= 0);
    free(message);
}

/* A receipt of the hub that names `id` as a tip; its bytes are copied out. */
static inline void await_receipt(struct client *client, const struct lt_hash *id,
                                 uint8_t *ret_bytes, size_t *ret_size)
{
    for (int tries = 0; tries < 20; tries++) {
        struct lt_message message;
        struct lt_statement statement;
        await(client, LT_MSG_RECEIPTS, &message);
        Lienthong__Receipts *receipts =
            lienthong__receipts__unpack(NULL, message.payload.size, message.payload.data);
        assert_non_null(receipts);
        for (size_t i = 0; i < receipts->n_receipts; i++) {
            uint8_t bytes[8192];
            size_t size = lienthong__receipt__get_packed_size(receipts->receipts[i]);
            assert_true(size <= sizeof(bytes));
            lienthong__receipt__pack(receipts->receipts[i], bytes);
            assert_int_equal(lt_receipt_open((struct lt_bytes){bytes, size}, &statement), LT_OK);
            assert_string_equal(statement.hub.code, "VN");
            assert_memory_equal(&statement.key, &hub->keys.sign_public, 32);
            assert_true(statement.top);
            for (uint32_t t = 0; t < statement.tip_count; t++) {
                if (lt_hash_cmp(&statement.tips[t], id) == 0) {
                    memcpy(ret_bytes, bytes, size);
                    *ret_size = size;
                    lienthong__receipts__free_unpacked(receipts, NULL);
                    return;
                }
            }
        }
        lienthong__receipts__free_unpacked(receipts, NULL);
    }
    fail_msg("no receipt names the update");
}

static inline void await_refusal(struct client *client, Lienthong__RefusalReason reason)
{
    struct lt_message message;
    await(client, LT_MSG_REFUSED, &message);
    Lienthong__Refused *refused =
        lienthong__refused__unpack(NULL, message.payload.size, message.payload.data);
    assert_non_null(refused);
    assert_int_equal(refused->reason, reason);
    lienthong__refused__free_unpacked(refused, NULL);
}

static inline enum lt_result join(const struct lt_keys *keys, const uint8_t with[16],
                                  struct lt_joined *ret_joined)
{
    struct lt_join_request request = {.role = LIENTHONG__ROLE__ROLE_AGENT, .wait_ms = ANSWER_MS};
    char text[LT_JOIN_TEXT_MAX];
    memcpy(request.hub_curve, hub->keys.curve_public, 32);
    memcpy(request.secret, with, 16);
    assert_int_equal(lt_join_request_endpoint(&request, lt_hub_endpoint(hub), true), LT_OK);
    return lt_join_talk(&request, keys, ret_joined, text);
}

#endif
