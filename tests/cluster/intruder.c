/* intruder - speaks to a real hub as it should not, and says whether that was refused.
 *
 *   intruder ATTACK ENDPOINT HUB-DIR AGENT-DIR
 *
 * Its last line is "ATTACK refused" or "ATTACK got through". */
#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "agent/keys.h"
#include "proto/message.h"

enum { ANSWER_WITHIN_MS = 1500 };

struct intruder {
    void *context, *socket;
    struct lt_keys hub, own;
    struct lt_unit unit;
};

static void connect_as(struct intruder *self, const char *endpoint, const char *attack)
{
    uint8_t server[32];
    memcpy(server, self->hub.curve_public, 32);
    if (strcmp(attack, "wrong-server-key") == 0) {
        randombytes_buf(server, 32);
    }
    if (strcmp(attack, "stranger") == 0) {
        crypto_box_keypair(self->own.curve_public, self->own.curve_secret);
    }
    self->context = zmq_ctx_new();
    self->socket = zmq_socket(self->context, ZMQ_DEALER);
    int linger = 0;
    zmq_setsockopt(self->socket, ZMQ_LINGER, &linger, sizeof(linger));
    if (strcmp(attack, "plain") != 0) {
        zmq_setsockopt(self->socket, ZMQ_CURVE_SERVERKEY, server, 32);
        zmq_setsockopt(self->socket, ZMQ_CURVE_PUBLICKEY, self->own.curve_public, 32);
        zmq_setsockopt(self->socket, ZMQ_CURVE_SECRETKEY, self->own.curve_secret, 32);
    }
    int failed = zmq_connect(self->socket, endpoint);
    assert(failed == 0);
}

static void say_hello(struct intruder *self)
{
    uint8_t instance[16] = {1}, digest[32] = {0};
    Lienthong__Unit unit;
    lienthong__unit__init(&unit);
    unit.code = self->unit.code;
    Lienthong__Hello hello;
    lienthong__hello__init(&hello);
    hello.unit = &unit;
    hello.role = LIENTHONG__ROLE__ROLE_AGENT;
    hello.instance = (ProtobufCBinaryData){16, instance};
    hello.protocol = LT_PROTOCOL_VERSION;
    hello.body_version = LT_BODY_VERSION;
    hello.software = (char *)(uintptr_t) "intruder";
    hello.digest = (ProtobufCBinaryData){32, digest};
    uint8_t *bytes = NULL;
    size_t size = 0;
    enum lt_result packed = lt_message_pack(LT_MSG_HELLO, 7, &hello.base, &bytes, &size);
    assert(packed == LT_OK);
    zmq_send(self->socket, bytes, size, 0);
    free(bytes);
}

/* The type of the next message from the hub; 0: none came. */
static int answer(struct intruder *self)
{
    zmq_pollitem_t item = {self->socket, 0, ZMQ_POLLIN, 0};
    if (zmq_poll(&item, 1, ANSWER_WITHIN_MS) <= 0) {
        return 0;
    }
    uint8_t bytes[4096];
    int size = zmq_recv(self->socket, bytes, sizeof(bytes), 0);
    return size > 0 ? bytes[0] : 0;
}

static void push_update(struct intruder *self, const char *attack)
{
    struct lt_frame frame = {.chain = {LT_STREAM_REPORT, self->unit}, .seq = 1, .body_version = 1};
    if (strcmp(attack, "other-unit") == 0) {
        enum lt_result made = lt_unit_make("297", 0, &frame.chain.unit);
        assert(made == LT_OK);
    }
    struct lt_key key = self->own.sign_public;
    struct lt_secret secret = self->own.sign_secret;
    if (strcmp(attack, "ungranted-key") == 0) {
        crypto_sign_keypair(key.bytes, secret.bytes);
    }
    frame.key = key;
    static const uint8_t no_body[1];
    uint8_t *bytes = NULL;
    size_t size = 0;
    struct lt_hash id;
    enum lt_result sealed =
        lt_update_seal(&frame, (struct lt_bytes){no_body, 0}, (struct lt_bytes){no_body, 0},
                       &secret, &bytes, &size, &id);
    assert(sealed == LT_OK);
    struct lt_update update;
    enum lt_result opened = lt_update_open((struct lt_bytes){bytes, size}, &update);
    assert(opened == LT_OK);
    if (strcmp(attack, "bad-signature") == 0) {
        for (size_t i = 0; i + 64 <= size; i++) {
            if (memcmp(bytes + i, update.signature.bytes, 64) == 0) {
                bytes[i + 10] ^= 1;
                break;
            }
        }
    }
    uint8_t *message = malloc(LT_HEADER_BYTES + size);
    assert(message != NULL);
    lt_header_write(LT_MSG_UPDATE, 7, message);
    memcpy(message + LT_HEADER_BYTES, bytes, size);
    zmq_send(self->socket, message, LT_HEADER_BYTES + size, 0);
    free(message);
    free(bytes);
}

/* All of a unit's chain. Refused: no update of it comes. */
static bool chain_refused(struct intruder *self, char *code)
{
    Lienthong__Unit unit;
    Lienthong__Chain chain;
    Lienthong__Want want;
    lienthong__unit__init(&unit);
    lienthong__chain__init(&chain);
    lienthong__want__init(&want);
    unit.code = code;
    chain.stream = LIENTHONG__STREAM__STREAM_REPORT;
    chain.unit = &unit;
    want.chain = &chain;
    uint8_t *bytes = NULL;
    size_t size = 0;
    enum lt_result packed = lt_message_pack(LT_MSG_WANT, 7, &want.base, &bytes, &size);
    assert(packed == LT_OK);
    zmq_send(self->socket, bytes, size, 0);
    free(bytes);
    for (;;) {
        uint8_t came[64 * 1024];
        zmq_pollitem_t item = {self->socket, 0, ZMQ_POLLIN, 0};
        if (zmq_poll(&item, 1, ANSWER_WITHIN_MS) <= 0) {
            return true;
        }
        int taken = zmq_recv(self->socket, came, sizeof(came), 0);
        if (taken <= 0 || came[0] == LT_MSG_UPDATE) {
            return false;
        }
    }
}

static bool attack_refused(struct intruder *self, const char *attack)
{
    say_hello(self);
    if (strcmp(attack, "stranger") == 0 || strcmp(attack, "plain") == 0 ||
        strcmp(attack, "wrong-server-key") == 0) {
        return answer(self) == 0;
    }
    if (answer(self) != LT_MSG_WELCOME) {
        puts("an enrolled machine was not welcomed: the attack could not be tried");
        return false;
    }
    if (strcmp(attack, "other-chain") == 0 || strcmp(attack, "own-chain") == 0) {
        static char other[] = "28162";
        return chain_refused(self, attack[1] == 't' ? other : self->unit.code);
    }
    push_update(self, attack);
    for (;;) {
        int type = answer(self);
        if (type == LT_MSG_REFUSED || type == 0) {
            return type == LT_MSG_REFUSED;
        }
    }
}

int main(int argc, char **argv)
{
    if (argc != 5 || sodium_init() < 0) {
        return 64;
    }
    struct intruder self = {0};
    char reason[200];
    enum lt_result hub = lt_keys_load(argv[3], &self.hub, reason);
    enum lt_result own = lt_keys_load(argv[4], &self.own, reason);
    enum lt_result unit = lt_unit_make("807", 0, &self.unit);
    assert(hub == LT_OK && own == LT_OK && unit == LT_OK);
    connect_as(&self, argv[2], argv[1]);
    printf("%s %s\n", argv[1], attack_refused(&self, argv[1]) ? "refused" : "got through");
    zmq_close(self.socket);
    zmq_ctx_term(self.context);
    return 0;
}
