/* flood - floods a real hub, as one who is enrolled or as strangers, until it has done so much.
 *
 *   flood KIND COUNT ENDPOINT HUB-DIR AGENT-DIR UNIT
 *
 * KIND: hello want garbage largest signature (by one enrolled machine), parts (one message of so many parts, each of the
 * largest size, by the same), strangers (so many
 * CURVE connections with fresh keys, junk on each), half-open (so many TCP connections that say
 * nothing; they stay until stdin ends). Its last line is "KIND done". */
#include <arpa/inet.h>
#include <assert.h>
#include <netinet/in.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zmq.h>

#include "agent/keys.h"
#include "proto/message.h"

enum { QUEUE = 1000, SEND_WITHIN_MS = 2000 };

struct flood {
    const char *kind, *endpoint;
    long count;
    struct lt_keys hub, own;
    struct lt_unit unit;
    void *context;
};

static void *connect_as(const struct flood *flood, const struct lt_keys *keys)
{
    void *socket = zmq_socket(flood->context, ZMQ_DEALER);
    int linger = 0, queue = QUEUE, within = SEND_WITHIN_MS;
    zmq_setsockopt(socket, ZMQ_LINGER, &linger, sizeof(linger));
    zmq_setsockopt(socket, ZMQ_SNDHWM, &queue, sizeof(queue));
    zmq_setsockopt(socket, ZMQ_SNDTIMEO, &within, sizeof(within));
    zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, flood->hub.curve_public, 32);
    zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, keys->curve_public, 32);
    zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, keys->curve_secret, 32);
    int failed = zmq_connect(socket, flood->endpoint);
    assert(failed == 0);
    return socket;
}

static size_t make_hello(struct flood *flood, uint64_t session, uint8_t **ret_bytes)
{
    uint8_t instance[16] = {1}, digest[32] = {0};
    Lienthong__Unit unit;
    lienthong__unit__init(&unit);
    unit.code = flood->unit.code;
    Lienthong__Hello hello;
    lienthong__hello__init(&hello);
    hello.unit = &unit;
    hello.role = LIENTHONG__ROLE__ROLE_AGENT;
    hello.instance = (ProtobufCBinaryData){16, instance};
    hello.protocol = LT_PROTOCOL_VERSION;
    hello.body_version = LT_BODY_VERSION;
    hello.software = (char *)(uintptr_t) "flood";
    hello.digest = (ProtobufCBinaryData){32, digest};
    size_t size = 0;
    enum lt_result packed = lt_message_pack(LT_MSG_HELLO, session, &hello.base, ret_bytes, &size);
    assert(packed == LT_OK);
    return size;
}

/* Everything of every directive chain, from the start: the most that a WANT can ask for. */
static size_t make_want(uint8_t **ret_bytes)
{
    Lienthong__Unit unit;
    lienthong__unit__init(&unit);
    Lienthong__Chain chain;
    lienthong__chain__init(&chain);
    static char code[] = "VN";
    unit.code = code;
    chain.stream = LIENTHONG__STREAM__STREAM_DIRECTIVE;
    chain.unit = &unit;
    Lienthong__Want want;
    lienthong__want__init(&want);
    want.chain = &chain;
    size_t size = 0;
    enum lt_result packed = lt_message_pack(LT_MSG_WANT, 7, &want.base, ret_bytes, &size);
    assert(packed == LT_OK);
    return size;
}

/* A sound update but for its signature. */
static size_t make_forged(struct flood *flood, uint8_t **ret_bytes)
{
    struct lt_frame frame = {.chain = {LT_STREAM_REPORT, flood->unit}, .seq = 1, .body_version = 1};
    static const uint8_t no_body[1];
    struct lt_hash id;
    struct lt_update update;
    uint8_t *bytes = NULL;
    size_t size = 0;
    frame.key = flood->own.sign_public;
    enum lt_result sealed =
        lt_update_seal(&frame, (struct lt_bytes){no_body, 0}, (struct lt_bytes){no_body, 0},
                       &flood->own.sign_secret, &bytes, &size, &id);
    assert(sealed == LT_OK);
    enum lt_result opened = lt_update_open((struct lt_bytes){bytes, size}, &update);
    assert(opened == LT_OK);
    for (size_t i = 0; i + 64 <= size; i++) {
        if (memcmp(bytes + i, update.signature.bytes, 64) == 0) {
            bytes[i + 10] ^= 1;
            break;
        }
    }
    *ret_bytes = malloc(LT_HEADER_BYTES + size);
    assert(*ret_bytes != NULL);
    lt_header_write(LT_MSG_UPDATE, 7, *ret_bytes);
    memcpy(*ret_bytes + LT_HEADER_BYTES, bytes, size);
    free(bytes);
    return LT_HEADER_BYTES + size;
}

/* Random bytes behind a header; the largest the transport takes, or any size. */
static size_t make_junk(bool largest, long turn, uint8_t **ret_bytes)
{
    size_t size = largest ? LT_UPDATE_BYTES_MAX : randombytes_uniform(4096);
    *ret_bytes = malloc(LT_HEADER_BYTES + size);
    assert(*ret_bytes != NULL);
    lt_header_write(largest ? LT_MSG_UPDATE : (enum lt_message_type)(1 + turn % 11), 7, *ret_bytes);
    randombytes_buf(*ret_bytes + LT_HEADER_BYTES, size);
    if (turn % 5 == 4) {
        randombytes_buf(*ret_bytes, LT_HEADER_BYTES);
    }
    return LT_HEADER_BYTES + size;
}

static size_t make(struct flood *flood, long turn, uint8_t **ret_bytes)
{
    if (strcmp(flood->kind, "hello") == 0) {
        return make_hello(flood, 7 + (uint64_t)turn, ret_bytes);
    }
    if (strcmp(flood->kind, "want") == 0) {
        return make_want(ret_bytes);
    }
    if (strcmp(flood->kind, "signature") == 0) {
        return make_forged(flood, ret_bytes);
    }
    return make_junk(strcmp(flood->kind, "largest") == 0, turn, ret_bytes);
}

/* Never reads: what the hub would say waits at the hub, or is dropped there. */
static void flood_enrolled(struct flood *flood)
{
    void *socket = connect_as(flood, &flood->own);
    uint8_t *bytes = NULL;
    size_t size = make_hello(flood, 7, &bytes);
    long sent = zmq_send(socket, bytes, size, 0) > 0;
    free(bytes);
    for (long i = 0; i < flood->count; i++) {
        size = make(flood, i, &bytes);
        sent += zmq_send(socket, bytes, size, 0) > 0;
        free(bytes);
    }
    printf("%ld sent\n", sent);
    zmq_close(socket);
}

/* libzmq hands a message over when its last part is there, and keeps all of it until then. */
static void flood_parts(struct flood *flood)
{
    void *socket = connect_as(flood, &flood->own);
    uint8_t *bytes = NULL;
    size_t size = make_hello(flood, 7, &bytes);
    long sent = zmq_send(socket, bytes, size, 0) > 0;
    free(bytes);
    size = make_junk(true, 0, &bytes);
    for (long i = 0; i < flood->count; i++) {
        sent += zmq_send(socket, bytes, size, i + 1 < flood->count ? ZMQ_SNDMORE : 0) > 0;
    }
    free(bytes);
    printf("%ld sent\n", sent);
    fflush(stdout);
    while (getchar() != EOF) {}
    zmq_close(socket);
}

static void flood_strangers(struct flood *flood)
{
    void **sockets = calloc((size_t)flood->count, sizeof(*sockets));
    assert(sockets != NULL);
    for (long i = 0; i < flood->count; i++) {
        struct lt_keys keys = {0};
        uint8_t *bytes;
        crypto_box_keypair(keys.curve_public, keys.curve_secret);
        sockets[i] = connect_as(flood, &keys);
        size_t size = make_junk(false, i, &bytes);
        for (int k = 0; k < 3; k++) {
            zmq_send(sockets[i], bytes, size, ZMQ_DONTWAIT);
        }
        free(bytes);
    }
    puts("connected");
    fflush(stdout);
    while (getchar() != EOF) {}
    for (long i = 0; i < flood->count; i++) {
        zmq_close(sockets[i]);
    }
    free(sockets);
}

static void half_open(const struct flood *flood)
{
    struct sockaddr_in to = {.sin_family = AF_INET};
    const char *colon = strrchr(flood->endpoint, ':');
    to.sin_port = htons((uint16_t)strtoul(colon + 1, NULL, 10));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    long made = 0;
    for (long i = 0; i < flood->count; i++) {
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        made += fd >= 0 && connect(fd, (struct sockaddr *)(void *)&to, sizeof(to)) == 0;
    }
    printf("connected %ld\n", made);
    fflush(stdout);
    while (getchar() != EOF) {}
}

int main(int argc, char **argv)
{
    if (argc != 7 || sodium_init() < 0) {
        return 64;
    }
    struct flood flood = {.kind = argv[1], .endpoint = argv[3], .count = strtol(argv[2], NULL, 10)};
    char reason[200];
    enum lt_result hub = lt_keys_load(argv[4], &flood.hub, reason);
    enum lt_result own = lt_keys_load(argv[5], &flood.own, reason);
    enum lt_result unit = lt_unit_make(argv[6], 0, &flood.unit);
    assert(hub == LT_OK && own == LT_OK && unit == LT_OK);
    flood.context = zmq_ctx_new();
    zmq_ctx_set(flood.context, ZMQ_MAX_SOCKETS, 4096);
    if (strcmp(flood.kind, "strangers") == 0) {
        flood_strangers(&flood);
    } else if (strcmp(flood.kind, "half-open") == 0) {
        half_open(&flood);
    } else if (strcmp(flood.kind, "parts") == 0) {
        flood_parts(&flood);
    } else {
        flood_enrolled(&flood);
    }
    zmq_ctx_term(flood.context);
    printf("%s done\n", flood.kind);
    return 0;
}
