/* uplink_hub.h - a small hub for the tests of uplink and join: a real CURVE ROUTER on loopback in a
 * thread, speaking through lt_parent_*, over a store in memory. Included by one test file each. */
#ifndef LT_TEST_UPLINK_HUB_H
#define LT_TEST_UPLINK_HUB_H

#include <assert.h>
#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "agent/clock.h"
#include "proto/sync.h"

#define TEST_UNUSED __attribute__((unused))

/* ---- A store in memory: enough for the machines, one thread ---- */

enum { MEMORY_MAX = 64 };

struct memory_update {
    struct lt_hash id;
    struct lt_frame frame;
    uint8_t *bytes;
    size_t size;
};

struct memory_store {
    size_t count;
    struct memory_update updates[MEMORY_MAX];
};

static const struct memory_update *memory_find(const struct memory_store *memory,
                                               const struct lt_hash *id)
{
    for (size_t i = 0; i < memory->count; i++) {
        if (lt_hash_cmp(&memory->updates[i].id, id) == 0) {
            return &memory->updates[i];
        }
    }
    return NULL;
}

static bool memory_has(void *context, const struct lt_hash *id)
{
    return memory_find(context, id) != NULL;
}

static bool memory_is_parent(const struct memory_store *memory, const struct lt_hash *id)
{
    for (size_t i = 0; i < memory->count; i++) {
        for (size_t p = 0; p < memory->updates[i].frame.parent_count; p++) {
            if (lt_hash_cmp(&memory->updates[i].frame.parents[p], id) == 0) {
                return true;
            }
        }
    }
    return false;
}

static int compare_hashes(const void *a, const void *b)
{
    return lt_hash_cmp(a, b);
}

static size_t memory_tips(void *context, const struct lt_chain *chain,
                          struct lt_hash ret_tips[LT_PARENTS_MAX])
{
    const struct memory_store *memory = context;
    size_t count = 0;
    for (size_t i = 0; i < memory->count && count < LT_PARENTS_MAX; i++) {
        const struct memory_update *update = &memory->updates[i];
        if (lt_chain_cmp(&update->frame.chain, chain) == 0 &&
            !memory_is_parent(memory, &update->id)) {
            ret_tips[count++] = update->id;
        }
    }
    qsort(ret_tips, count, sizeof(*ret_tips), compare_hashes);
    return count;
}

static bool memory_next_chain(void *context, const struct lt_chain *after,
                              struct lt_chain *ret_chain)
{
    const struct memory_store *memory = context;
    bool found = false;
    for (size_t i = 0; i < memory->count; i++) {
        const struct lt_chain *chain = &memory->updates[i].frame.chain;
        if ((after == NULL || lt_chain_cmp(chain, after) > 0) &&
            (!found || lt_chain_cmp(chain, ret_chain) < 0)) {
            *ret_chain = *chain;
            found = true;
        }
    }
    return found;
}

static size_t memory_ladder(void *context, const struct lt_chain *chain,
                            struct lt_hash ret_have[LT_HAVE_MAX])
{
    return memory_tips(context, chain, ret_have); /* short chains: the tips do */
}

/* Chains here are straight, and stored in order. */
static size_t memory_lacking(void *context, const struct lt_chain *chain,
                             const struct lt_hash *have, size_t have_count, uint64_t *ret_positions,
                             size_t max)
{
    const struct memory_store *memory = context;
    size_t count = 0, from = 0;
    for (size_t h = 0; h < have_count; h++) {
        const struct memory_update *known = memory_find(memory, &have[h]);
        if (known != NULL && (size_t)(known - memory->updates) + 1 > from) {
            from = (size_t)(known - memory->updates) + 1;
        }
    }
    for (size_t i = from; i < memory->count && count < max; i++) {
        if (lt_chain_cmp(&memory->updates[i].frame.chain, chain) == 0) {
            ret_positions[count++] = i;
        }
    }
    return count;
}

static bool memory_update_at(void *context, uint64_t position, struct lt_hash *ret_id,
                             struct lt_hash ret_parents[LT_PARENTS_MAX], size_t *ret_parent_count,
                             size_t *ret_bytes)
{
    const struct memory_store *memory = context;
    if (position >= memory->count) {
        return false;
    }
    const struct memory_update *update = &memory->updates[position];
    *ret_id = update->id;
    *ret_parent_count = update->frame.parent_count;
    memcpy(ret_parents, update->frame.parents, update->frame.parent_count * sizeof(*ret_parents));
    *ret_bytes = update->size;
    return true;
}

static enum lt_way memory_way(void *context, Lienthong__Role role, const struct lt_unit *child,
                              const struct lt_chain *chain)
{
    (void)context;
    (void)role;
    return chain->stream == LT_STREAM_DIRECTIVE    ? LT_WAY_DOWN
           : lt_unit_cmp(&chain->unit, child) == 0 ? LT_WAY_UP
                                                   : LT_WAY_NONE;
}

static size_t memory_receipts(void *context, uint8_t **ret_bytes, size_t *ret_sizes, size_t max)
{
    (void)context;
    (void)ret_bytes;
    (void)ret_sizes;
    (void)max;
    return 0;
}

static TEST_UNUSED void memory_sync_store(struct memory_store *memory,
                                          struct lt_sync_store *ret_store)
{
    *ret_store = (struct lt_sync_store){
        .context = memory,
        .has = memory_has,
        .tips = memory_tips,
        .next_chain = memory_next_chain,
        .ladder = memory_ladder,
        .lacking = memory_lacking,
        .update_at = memory_update_at,
        .way = memory_way,
        .newest_receipts = memory_receipts,
    };
}

static bool memory_put(struct memory_store *memory, struct lt_bytes bytes)
{
    struct lt_update update;
    if (lt_update_open(bytes, &update) != LT_OK || lt_update_verify(&update) != LT_OK) {
        return false;
    }
    for (size_t i = 0; i < update.frame.parent_count; i++) {
        if (!memory_has(memory, &update.frame.parents[i])) {
            return false;
        }
    }
    if (memory_has(memory, &update.id)) {
        return true;
    }
    assert(memory->count < MEMORY_MAX);
    struct memory_update *kept = &memory->updates[memory->count++];
    kept->id = update.id;
    kept->frame = update.frame;
    kept->size = bytes.size;
    kept->bytes = malloc(bytes.size);
    assert(kept->bytes != NULL);
    memcpy(kept->bytes, bytes.data, bytes.size);
    return true;
}

static TEST_UNUSED void memory_clear(struct memory_store *memory)
{
    for (size_t i = 0; i < memory->count; i++) {
        free(memory->updates[i].bytes);
    }
    memory->count = 0;
}

/* Seals an update of about `body_size` bytes on the chain's tips. */
static TEST_UNUSED void memory_sign(struct memory_store *memory, const struct lt_chain *chain,
                                    const struct lt_key *key, const struct lt_secret *secret,
                                    size_t body_size)
{
    struct lt_frame frame = {.chain = *chain, .seq = 1, .key = *key, .body_version = 1};
    struct lt_hash id;
    uint8_t *body = calloc(1, body_size), *bytes;
    size_t size;
    frame.parent_count = (uint32_t)memory_tips(memory, chain, frame.parents);
    for (size_t i = 0; i < frame.parent_count; i++) {
        const struct memory_update *parent = memory_find(memory, &frame.parents[i]);
        frame.seq = parent->frame.seq + 1 > frame.seq ? parent->frame.seq + 1 : frame.seq;
    }
    enum lt_result result =
        lt_update_seal(&frame, (struct lt_bytes){.data = body, .size = body_size},
                       (struct lt_bytes){0}, secret, &bytes, &size, &id);
    assert(result == LT_OK);
    bool put = memory_put(memory, (struct lt_bytes){.data = bytes, .size = size});
    assert(put);
    free(body);
    free(bytes);
}

/* ---- The hub ---- */

struct test_hub {
    /* set before hub_start */
    struct lt_unit unit, child;
    struct memory_store store; /* the thread's while it runs */
    struct lt_key key;
    struct lt_secret secret;
    uint8_t curve_public[32], curve_secret[32];
    int port; /* 0: any; kept for the next start */
    bool garbage; /* answer every message with nonsense */
    unsigned joins_to_ignore;
    const char *refusal; /* of a join; NULL: accept */
    /* of the thread */
    pthread_t thread;
    void *context, *socket;
    atomic_bool stop;
    atomic_uint messages, joins;
    struct lt_parent *parent;
    uint64_t receipts;
    uint8_t route[256];
    size_t route_size;
    bool came;
};

static TEST_UNUSED void hub_make(struct test_hub *hub)
{
    memset(hub, 0, sizeof(*hub));
    assert(sodium_init() >= 0);
    lt_unit_make("80", 0, &hub->unit);
    lt_unit_make("28159", 0, &hub->child);
    crypto_sign_keypair(hub->key.bytes, hub->secret.bytes);
    crypto_box_keypair(hub->curve_public, hub->curve_secret);
}

static TEST_UNUSED void hub_endpoint(const struct test_hub *hub, char ret_endpoint[LT_ENDPOINT_MAX])
{
    snprintf(ret_endpoint, LT_ENDPOINT_MAX, "tcp://127.0.0.1:%d", hub->port);
}

static void hub_send(struct test_hub *hub, const uint8_t *head, size_t head_size,
                     const uint8_t *rest, size_t rest_size)
{
    uint8_t *bytes = malloc(head_size + rest_size + 1);
    assert(bytes != NULL);
    memcpy(bytes, head, head_size);
    if (rest_size > 0) {
        memcpy(bytes + head_size, rest, rest_size);
    }
    zmq_send(hub->socket, hub->route, hub->route_size, ZMQ_SNDMORE);
    zmq_send(hub->socket, bytes, head_size + rest_size, 0);
    free(bytes);
}

/* Stores and receipts, as the top does. */
static void hub_store(struct test_hub *hub, struct lt_bytes bytes, struct lt_actions *out)
{
    struct lt_update update;
    uint8_t *receipt;
    size_t size;
    if (!memory_put(&hub->store, bytes) || lt_update_open(bytes, &update) != LT_OK) {
        return;
    }
    struct lt_statement statement = {.hub = hub->unit,
                                     .number = ++hub->receipts,
                                     .chain = update.frame.chain,
                                     .count = update.frame.seq,
                                     .key = hub->key,
                                     .top = true,
                                     .signed_at = 1};
    statement.tip_count = (uint32_t)memory_tips(&hub->store, &statement.chain, statement.tips);
    enum lt_result result = lt_receipt_seal(&statement, &hub->secret, &receipt, &size);
    assert(result == LT_OK);
    lt_parent_receipt(hub->parent, &statement.chain,
                      (struct lt_bytes){.data = receipt, .size = size}, out);
    free(receipt);
}

static void hub_perform(struct test_hub *hub, struct lt_actions *todo)
{
    uint8_t header[LT_HEADER_BYTES];
    for (size_t i = 0; i < todo->count; i++) {
        struct lt_action action = todo->items[i];
        todo->items[i].bytes = NULL;
        if (action.kind == LT_DO_SEND) {
            hub_send(hub, action.bytes, action.size, NULL, 0);
        } else if (action.kind == LT_DO_SEND_UPDATE) {
            const struct memory_update *update = &hub->store.updates[action.position];
            lt_header_write(LT_MSG_UPDATE, action.session, header);
            hub_send(hub, header, sizeof(header), update->bytes, update->size);
        } else if (action.kind == LT_DO_STORE) {
            hub_store(hub, (struct lt_bytes){.data = action.bytes, .size = action.size}, todo);
            lt_parent_answered(hub->parent, 0, action.size);
        }
        free(action.bytes);
    }
    lt_actions_clear(todo);
}

static void hub_join(struct test_hub *hub, const struct lt_message *message)
{
    static char good[] = "tcp://192.0.2.7:7654", bad[] = "ipc:///tmp/x";
    char *endpoints[] = {good, bad, good};
    struct lt_arena *arena = lt_arena_new(65536);
    ProtobufCMessage *payload;
    uint8_t *bytes;
    size_t size;
    enum lt_result read =
        lt_payload_read(message->payload, &lienthong__join__descriptor, arena, &payload);
    bool proven = read == LT_OK && lt_join_verify((Lienthong__Join *)(void *)payload) == LT_OK;
    lt_arena_free(arena);
    if (!proven || atomic_fetch_add(&hub->joins, 1) < hub->joins_to_ignore) {
        return;
    }
    Lienthong__Unit unit, parent;
    Lienthong__Joined joined;
    lienthong__unit__init(&unit);
    lienthong__unit__init(&parent);
    lienthong__joined__init(&joined);
    unit.code = hub->child.code;
    parent.code = hub->unit.code;
    joined.accepted = hub->refusal == NULL;
    if (hub->refusal != NULL) {
        joined.text = strdup(hub->refusal);
    } else {
        joined.unit = &unit;
        joined.hub = joined.top = &parent;
        joined.root_key = (ProtobufCBinaryData){.data = hub->key.bytes, .len = 32};
        joined.endpoints = endpoints;
        joined.n_endpoints = 3;
    }
    enum lt_result packed =
        lt_message_pack(LT_MSG_JOINED, message->session, &joined.base, &bytes, &size);
    assert(packed == LT_OK);
    hub_send(hub, bytes, size, NULL, 0);
    free(bytes);
    if (hub->refusal != NULL) {
        free(joined.text);
    }
}

static void hub_message(struct test_hub *hub, struct lt_bytes bytes)
{
    struct lt_actions todo = {0};
    struct lt_message message;
    atomic_fetch_add(&hub->messages, 1);
    if (hub->garbage) {
        hub_send(hub, (const uint8_t *)"nonsense", 8, NULL, 0);
        return;
    }
    if (lt_message_open(bytes, &message) == LT_OK && message.type == LT_MSG_JOIN) {
        hub_join(hub, &message);
        return;
    }
    if (!hub->came) {
        lt_parent_came(hub->parent, 0, LIENTHONG__ROLE__ROLE_AGENT, &hub->child);
        hub->came = true;
    }
    if (lt_parent_message(hub->parent, 0, bytes, lt_clock_monotonic(), 1, &todo) != LT_OK) {
        fprintf(stderr, "test hub: an odd message\n");
    }
    hub_perform(hub, &todo);
}

static void *hub_loop(void *context)
{
    struct test_hub *hub = context;
    while (!atomic_load(&hub->stop)) {
        zmq_pollitem_t item = {.socket = hub->socket, .events = ZMQ_POLLIN};
        if (zmq_poll(&item, 1, 20) <= 0) {
            continue;
        }
        int size = zmq_recv(hub->socket, hub->route, sizeof(hub->route), 0);
        zmq_msg_t message;
        zmq_msg_init(&message);
        if (size <= 0 || zmq_msg_recv(&message, hub->socket, 0) < 0) {
            continue;
        }
        hub->route_size = (size_t)size;
        hub_message(
            hub, (struct lt_bytes){.data = zmq_msg_data(&message), .size = zmq_msg_size(&message)});
        zmq_msg_close(&message);
    }
    return NULL;
}

static TEST_UNUSED void hub_start(struct test_hub *hub)
{
    struct lt_parent_config config = {
        .unit = hub->unit, .credit_bytes = LT_CREDIT_BYTES, .ready = true, .peers_max = 4};
    struct lt_sync_store store;
    char endpoint[LT_ENDPOINT_MAX];
    int one = 1, zero = 0;
    size_t size = sizeof(endpoint);
    memory_sync_store(&hub->store, &store);
    hub->parent = lt_parent_new(&config, &store);
    hub->came = false;
    atomic_store(&hub->stop, false);
    hub->context = zmq_ctx_new();
    hub->socket = zmq_socket(hub->context, ZMQ_ROUTER);
    assert(hub->parent != NULL && hub->socket != NULL);
    zmq_setsockopt(hub->socket, ZMQ_LINGER, &zero, sizeof(zero));
    zmq_setsockopt(hub->socket, ZMQ_CURVE_SERVER, &one, sizeof(one));
    zmq_setsockopt(hub->socket, ZMQ_CURVE_SECRETKEY, hub->curve_secret, 32);
    snprintf(endpoint, sizeof(endpoint),
             hub->port == 0 ? "tcp://127.0.0.1:*" : "tcp://127.0.0.1:%d", hub->port);
    lt_ms until = lt_clock_monotonic() + 5000;
    while (zmq_bind(hub->socket, endpoint) != 0) { /* the last one may still be closing */
        assert(lt_clock_monotonic() < until);
        zmq_poll(NULL, 0, 20);
    }
    zmq_getsockopt(hub->socket, ZMQ_LAST_ENDPOINT, endpoint, &size);
    hub->port = atoi(strrchr(endpoint, ':') + 1);
    int made = pthread_create(&hub->thread, NULL, hub_loop, hub);
    assert(made == 0);
}

/* Its store stays. */
static TEST_UNUSED void hub_stop(struct test_hub *hub)
{
    atomic_store(&hub->stop, true);
    pthread_join(hub->thread, NULL);
    zmq_close(hub->socket);
    zmq_ctx_term(hub->context);
    lt_parent_free(hub->parent);
}

#endif
