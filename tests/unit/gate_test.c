/* The hub's front, over loopback: who is let in, what is answered, what is stored. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <jansson.h>

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zmq.h>

#include "agent/clock.h"
#include "agent/join.h"
#include "hub/commands.h"
#include "hub/control.h"
#include "hub/core.h"
#include "hub/core_own.h"
#include "proto/message.h"

enum { ANSWER_MS = 8000, SILENCE_MS = 400 };

static char dir[] = "/tmp/gate_test.XXXXXX";
static struct lt_hub *hub;
static const uint8_t secret[16] = "sixteen bytes ok";

/* ---- A hub ---- */

static void command(int (*run)(int, char **), const char *const *words)
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

static void start_hub(void)
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

static int set_up(void **state)
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

static int tear_down(void **state)
{
    char line[600];
    (void)state;
    lt_hub_stop(hub);
    snprintf(line, sizeof(line), "rm -rf '%s'", dir);
    return system(line);
}

static void invite(const char *code, const uint8_t with[16])
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

static void make_keys(struct lt_keys *keys)
{
    char public_text[41], secret_text[41];
    crypto_sign_keypair(keys->sign_public.bytes, keys->sign_secret.bytes);
    assert_int_equal(zmq_curve_keypair(public_text, secret_text), 0);
    assert_non_null(zmq_z85_decode(keys->curve_public, public_text));
    assert_non_null(zmq_z85_decode(keys->curve_secret, secret_text));
}

static void open_client(struct client *client, bool curve)
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

static void close_client(struct client *client)
{
    zmq_socket_monitor(client->socket, NULL, 0);
    zmq_close(client->monitor);
    zmq_close(client->socket);
    zmq_ctx_term(client->context);
}

/* Waits for one of two events of the connection; 0: neither came. */
static int await_event(struct client *client, int wanted, int other)
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

static void send_message(struct client *client, enum lt_message_type type,
                         const ProtobufCMessage *payload)
{
    uint8_t *bytes;
    size_t size;
    assert_int_equal(lt_message_pack(type, client->session, payload, &bytes, &size), LT_OK);
    assert_true(zmq_send(client->socket, bytes, size, 0) >= 0);
    free(bytes);
}

/* The next message of a type within the time; other types are passed over. */
static bool await_within(struct client *client, enum lt_message_type type, lt_ms within,
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

static void await(struct client *client, enum lt_message_type type, struct lt_message *ret_message)
{
    if (!await_within(client, type, ANSWER_MS, ret_message)) {
        fail_msg("no message of type %d came", (int)type);
    }
}

static ProtobufCBinaryData span(const void *bytes, size_t size)
{
    union {
        const void *from;
        uint8_t *to;
    } pointer = {.from = bytes};
    return (ProtobufCBinaryData){.data = pointer.to, .len = size};
}

static void say_hello(struct client *client, const uint8_t *receipt, size_t receipt_size)
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
static uint8_t *make_update(struct client *client, const struct lt_unit *unit, size_t *ret_size,
                            struct lt_hash *ret_id)
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

static void push(struct client *client, const uint8_t *update, size_t size)
{
    uint8_t *message = malloc(LT_HEADER_BYTES + size);
    assert_non_null(message);
    lt_header_write(LT_MSG_UPDATE, client->session, message);
    memcpy(message + LT_HEADER_BYTES, update, size);
    assert_true(zmq_send(client->socket, message, LT_HEADER_BYTES + size, 0) >= 0);
    free(message);
}

/* A receipt of the hub that names `id` as a tip; its bytes are copied out. */
static void await_receipt(struct client *client, const struct lt_hash *id, uint8_t *ret_bytes,
                          size_t *ret_size)
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

static void await_refusal(struct client *client, Lienthong__RefusalReason reason)
{
    struct lt_message message;
    await(client, LT_MSG_REFUSED, &message);
    Lienthong__Refused *refused =
        lienthong__refused__unpack(NULL, message.payload.size, message.payload.data);
    assert_non_null(refused);
    assert_int_equal(refused->reason, reason);
    lienthong__refused__free_unpacked(refused, NULL);
}

static enum lt_result join(const struct lt_keys *keys, const uint8_t with[16],
                           struct lt_joined *ret_joined)
{
    struct lt_join_request request = {.role = LIENTHONG__ROLE__ROLE_AGENT, .wait_ms = ANSWER_MS};
    char text[LT_JOIN_TEXT_MAX];
    memcpy(request.hub_curve, hub->keys.curve_public, 32);
    memcpy(request.secret, with, 16);
    assert_int_equal(lt_join_request_endpoint(&request, lt_hub_endpoint(hub), true), LT_OK);
    return lt_join_talk(&request, keys, ret_joined, text);
}

/* ---- Tests ---- */

static struct client agent; /* joined by the first tests, used by the later ones */

static void stranger_is_not_heard(void **state)
{
    struct client stranger = {.session = 7};
    struct lt_message message;
    struct lt_gate_counts before, after;
    (void)state;
    lt_gate_counts(hub->gate, &before);
    make_keys(&stranger.keys);
    assert_int_equal(lt_unit_make("80", 0, &stranger.unit), LT_OK);
    open_client(&stranger, true);
    say_hello(&stranger, NULL, 0);
    assert_false(await_within(&stranger, LT_MSG_WELCOME, SILENCE_MS, &message));
    lt_gate_counts(hub->gate, &after);
    assert_true(after.stranger_dropped > before.stranger_dropped);
    assert_int_equal(after.peers, before.peers);
    /* and is shown out at once: its next connection may be that of an enrolled one */
    assert_int_equal(await_event(&stranger, ZMQ_EVENT_DISCONNECTED, 0), ZMQ_EVENT_DISCONNECTED);
    close_client(&stranger);
    open_client(&stranger, true);
    for (int i = 0; i < 20; i++) { /* who says something else has a few words */
        Lienthong__Report report;
        lienthong__report__init(&report);
        send_message(&stranger, LT_MSG_REPORT, &report.base);
    }
    assert_int_equal(await_event(&stranger, ZMQ_EVENT_DISCONNECTED, 0), ZMQ_EVENT_DISCONNECTED);
    close_client(&stranger);
}

static void unencrypted_is_refused(void **state)
{
    struct client plain = {.session = 7};
    (void)state;
    open_client(&plain, false);
    int failed = ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
                 ZMQ_EVENT_HANDSHAKE_FAILED_AUTH | ZMQ_EVENT_DISCONNECTED;
    assert_true(await_event(&plain, failed, ZMQ_EVENT_HANDSHAKE_SUCCEEDED) & failed);
    close_client(&plain);
}

static void joining_takes_the_place_once(void **state)
{
    struct lt_joined joined;
    struct lt_keys other;
    uint8_t wrong[16];
    (void)state;
    lt_random(wrong, sizeof(wrong));
    make_keys(&agent.keys);
    make_keys(&other);
    invite("80", secret);
    assert_int_equal(join(&agent.keys, wrong, &joined), LT_REFUSED);
    assert_int_equal(join(&agent.keys, secret, &joined), LT_OK);
    assert_string_equal(joined.unit.code, "80");
    assert_string_equal(joined.hub.code, "VN");
    assert_string_equal(joined.top.code, "VN");
    assert_memory_equal(&joined.root, &hub->site.root, 32);
    struct lt_ledger_counts before, after;
    lt_ledger_counts(hub->ledger, false, &before);
    assert_int_equal(join(&agent.keys, secret, &joined), LT_OK); /* the answer was lost */
    lt_ledger_counts(hub->ledger, false, &after);
    assert_int_equal(after.updates, before.updates); /* one grant */
    assert_int_equal(join(&other, secret, &joined), LT_REFUSED);
    agent.unit = joined.unit;
}

static void update_is_stored_and_receipted(void **state)
{
    struct lt_message message;
    struct lt_hash id;
    uint8_t receipt[8192];
    size_t size, receipt_size;
    (void)state;
    open_client(&agent, true);
    say_hello(&agent, NULL, 0);
    await(&agent, LT_MSG_WELCOME, &message);
    assert_int_equal(message.session, agent.session);
    Lienthong__Welcome *welcome =
        lienthong__welcome__unpack(NULL, message.payload.size, message.payload.data);
    assert_non_null(welcome);
    assert_true(welcome->ready);
    lienthong__welcome__free_unpacked(welcome, NULL);
    uint8_t *update = make_update(&agent, &agent.unit, &size, &id);
    push(&agent, update, size);
    await_receipt(&agent, &id, receipt, &receipt_size);
    push(&agent, update, size); /* the same again: the receipt again */
    await_receipt(&agent, &id, receipt, &receipt_size);
    agent.tip = id;
    agent.seq = 1;
    free(update);
    uint8_t *next = make_update(&agent, &agent.unit, &size, &id);
    next[size - 1] ^= 1; /* in the body */
    push(&agent, next, size);
    struct lt_gate_counts counts;
    lt_ms until = lt_clock_monotonic() + ANSWER_MS;
    do {
        lt_gate_counts(hub->gate, &counts);
    } while (counts.dropped == 0 && !await_within(&agent, LT_MSG_REFUSED, 20, &message) &&
             lt_clock_monotonic() < until);
    struct lt_chain chain = {LT_STREAM_REPORT, agent.unit};
    struct lt_statement statement;
    assert_int_equal(lt_ledger_statement(hub->ledger, &chain, &statement), LT_OK);
    assert_int_equal(statement.count, 1);
    free(next);
}

static void other_units_chain_is_not_his(void **state)
{
    struct lt_unit other;
    struct lt_hash id;
    size_t size;
    (void)state;
    struct client forger = agent;
    forger.seq = 0;
    assert_int_equal(lt_unit_make("81", 0, &other), LT_OK);
    uint8_t *update = make_update(&forger, &other, &size, &id);
    push(&agent, update, size);
    await_refusal(&agent, LIENTHONG__REFUSAL_REASON__REFUSAL_NOT_YOURS);
    free(update);
    /* and a HELLO as another unit is not welcomed */
    struct lt_message message;
    struct lt_unit own = agent.unit;
    uint64_t session = agent.session;
    agent.unit = other;
    say_hello(&agent, NULL, 0);
    assert_false(await_within(&agent, LT_MSG_WELCOME, SILENCE_MS, &message));
    agent.unit = own;
    agent.session = session;
}

static void signed_by_another_key_is_refused(void **state)
{
    struct client thief = agent;
    struct lt_hash id;
    size_t size;
    (void)state;
    make_keys(&thief.keys);
    uint8_t *update = make_update(&thief, &agent.unit, &size, &id);
    push(&agent, update, size);
    await_refusal(&agent, LIENTHONG__REFUSAL_REASON__REFUSAL_KEY_UNKNOWN);
    free(update);
}

static void orphan_is_told_what_is_missing(void **state)
{
    struct client ahead = agent;
    struct lt_message message;
    struct lt_hash id;
    size_t size;
    (void)state;
    lt_random(&ahead.tip, sizeof(ahead.tip));
    ahead.seq = 5;
    uint8_t *update = make_update(&ahead, &agent.unit, &size, &id);
    push(&agent, update, size);
    await(&agent, LT_MSG_REFUSED, &message);
    Lienthong__Refused *refused =
        lienthong__refused__unpack(NULL, message.payload.size, message.payload.data);
    assert_non_null(refused);
    assert_int_equal(refused->reason, LIENTHONG__REFUSAL_REASON__REFUSAL_ORPHAN);
    assert_int_equal(refused->n_missing, 1);
    assert_memory_equal(refused->missing[0].data, &ahead.tip, 32);
    lienthong__refused__free_unpacked(refused, NULL);
    free(update);
}

static void oversize_message_ends_the_connection(void **state)
{
    struct client big = {.keys = agent.keys, .unit = agent.unit};
    struct lt_message message;
    (void)state;
    open_client(&big, true);
    say_hello(&big, NULL, 0);
    await(&big, LT_MSG_WELCOME, &message);
    size_t size = LT_UPDATE_BYTES_MAX + 4096;
    uint8_t *bytes = calloc(1, size);
    assert_non_null(bytes);
    assert_true(zmq_send(big.socket, bytes, size, 0) >= 0);
    assert_int_equal(await_event(&big, ZMQ_EVENT_DISCONNECTED, 0), ZMQ_EVENT_DISCONNECTED);
    close_client(&big);
    free(bytes);
}

static void garbage_harms_nobody(void **state)
{
    struct lt_message message;
    (void)state;
    for (int i = 0; i < 300; i++) {
        uint8_t bytes[200];
        lt_random(bytes, sizeof(bytes));
        bytes[0] = (uint8_t)(i % 13);
        bytes[1] = 1;
        bytes[2] = bytes[3] = 0;
        assert_true(zmq_send(agent.socket, bytes, (size_t)(i % 200), 0) >= 0);
    }
    assert_true(zmq_send(agent.socket, "a", 1, ZMQ_SNDMORE) >= 0);
    assert_true(zmq_send(agent.socket, "b", 1, 0) >= 0);
    say_hello(&agent, NULL, 0);
    await(&agent, LT_MSG_WELCOME, &message);
}

/* A copy of the store of before an update: the receipt of it proves the loss. */
static void restored_hub_notices(void **state)
{
    char line[1400];
    struct lt_message message;
    struct lt_hash id;
    uint8_t receipt[8192];
    size_t size, receipt_size;
    (void)state;
    close_client(&agent);
    struct lt_instance before = hub->site.incarnation;
    lt_hub_stop(hub);
    snprintf(line, sizeof(line), "cp -r '%s/store' '%s/backup'", dir, dir);
    assert_int_equal(system(line), 0);
    start_hub();
    open_client(&agent, true);
    say_hello(&agent, NULL, 0);
    await(&agent, LT_MSG_WELCOME, &message);
    uint8_t *update = make_update(&agent, &agent.unit, &size, &id);
    push(&agent, update, size);
    await_receipt(&agent, &id, receipt, &receipt_size);
    close_client(&agent);
    lt_hub_stop(hub);
    snprintf(line, sizeof(line), "rm -r '%s/store' && mv '%s/backup' '%s/store'", dir, dir, dir);
    assert_int_equal(system(line), 0);
    start_hub();
    assert_int_equal(atomic_load(&hub->recovering), 0);
    open_client(&agent, true);
    say_hello(&agent, receipt, receipt_size);
    await(&agent, LT_MSG_WELCOME, &message);
    assert_int_not_equal(atomic_load(&hub->recovering), 0);
    Lienthong__Welcome *welcome =
        lienthong__welcome__unpack(NULL, message.payload.size, message.payload.data);
    assert_non_null(welcome);
    assert_int_equal(welcome->incarnation.len, 16);
    assert_memory_not_equal(welcome->incarnation.data, &before, 16);
    lienthong__welcome__free_unpacked(welcome, NULL);
    push(&agent, update, size); /* it is offered again */
    await_receipt(&agent, &id, receipt, &receipt_size);
    agent.tip = id;
    agent.seq++;
    free(update);
}

static char *ask_status(void)
{
    char *answer = NULL;
    assert_int_equal(lt_control_call(dir, LT_VERB_STATUS, (struct lt_bytes){NULL, 0}, &answer),
                     LT_OK);
    return answer;
}

static void status_tells(void **state)
{
    (void)state;
    char *answer = ask_status();
    json_error_t error;
    json_t *status = json_loads(answer, 0, &error);
    assert_non_null(status);
    assert_true(json_is_true(json_object_get(status, "running")));
    assert_true(json_is_true(json_object_get(status, "ready")));
    assert_true(json_is_integer(json_object_get(status, "recovering_since")));
    json_t *chains = json_object_get(status, "chains"), *chain;
    size_t i;
    bool found = false;
    json_array_foreach(chains, i, chain)
    {
        if (strcmp(json_string_value(json_object_get(chain, "stream")), "report") == 0) {
            assert_string_equal(json_string_value(json_object_get(chain, "unit")), "80");
            assert_int_equal(json_integer_value(json_object_get(chain, "updates")), 2);
            assert_true(json_is_integer(json_object_get(chain, "heard_at")));
            found = true;
        }
    }
    assert_true(found);
    json_t *machines = json_object_get(status, "machines"), *machine;
    size_t told = 0;
    json_array_foreach(machines, i, machine)
    {
        assert_int_equal(json_integer_value(json_object_get(machine, "body_version")),
                         LT_BODY_VERSION);
        assert_string_equal(json_string_value(json_object_get(machine, "software")), "test");
        told++;
    }
    assert_true(told >= 1);
    json_decref(status);
    free(answer);
}

/* The control socket takes a directive; a revoked key is shown out with its next message. */
static void revoked_key_is_shown_out(void **state)
{
    Lienthong__Revocation revocation;
    Lienthong__Unit unit;
    Lienthong__Directive item, *items[1] = {&item};
    Lienthong__DirectiveBody body;
    uint8_t packed[512];
    char *answer = NULL;
    static char reason[] = "test";
    (void)state;
    lienthong__revocation__init(&revocation);
    lienthong__unit__init(&unit);
    lienthong__directive__init(&item);
    lienthong__directive_body__init(&body);
    unit.code = agent.unit.code;
    revocation.unit = &unit;
    revocation.key = span(&agent.keys.sign_public, 32);
    ProtobufCBinaryData cut = span(&agent.tip, 32);
    revocation.cut = &cut;
    revocation.n_cut = 1;
    revocation.reason = reason;
    item.revocation = &revocation;
    body.items = items;
    body.n_items = 1;
    size_t size = lienthong__directive_body__pack(&body, packed);
    assert_int_equal(lt_control_call(dir, LT_VERB_DIRECT, (struct lt_bytes){packed, size}, &answer),
                     LT_REFUSED);
    assert_non_null(strstr(answer, "restored"));
    free(answer);
    assert_int_equal(lt_roster_set_recovering(hub->roster, 0), LT_OK);
    atomic_store(&hub->recovering, 0);
    assert_int_equal(lt_control_call(dir, LT_VERB_DIRECT, (struct lt_bytes){packed, size}, &answer),
                     LT_OK);
    free(answer);
    struct lt_message message;
    say_hello(&agent, NULL, 0);
    assert_false(await_within(&agent, LT_MSG_WELCOME, SILENCE_MS, &message));
    assert_int_equal(await_event(&agent, ZMQ_EVENT_DISCONNECTED, 0), ZMQ_EVENT_DISCONNECTED);
    close_client(&agent);
}

static void second_hub_is_kept_out(void **state)
{
    struct lt_hub_config config;
    struct lt_hub *second;
    char reason[300] = "";
    (void)state;
    assert_int_equal(lt_config_read(dir, &config, reason), LT_OK);
    assert_int_equal(lt_hub_start(dir, &config, &second, reason), LT_BUSY);
    assert_non_null(strstr(reason, "another process"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stranger_is_not_heard),
        cmocka_unit_test(unencrypted_is_refused),
        cmocka_unit_test(joining_takes_the_place_once),
        cmocka_unit_test(update_is_stored_and_receipted),
        cmocka_unit_test(other_units_chain_is_not_his),
        cmocka_unit_test(signed_by_another_key_is_refused),
        cmocka_unit_test(orphan_is_told_what_is_missing),
        cmocka_unit_test(oversize_message_ends_the_connection),
        cmocka_unit_test(garbage_harms_nobody),
        cmocka_unit_test(restored_hub_notices),
        cmocka_unit_test(status_tells),
        cmocka_unit_test(revoked_key_is_shown_out),
        cmocka_unit_test(second_hub_is_kept_out),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
