#include "hub/gate_own.h"

#include <stdio.h>
#include <string.h>
#include <zmq.h>

#include "agent/clock.h"

static bool read_sender(zmq_msg_t *payload, struct sender *ret_sender)
{
    const char *user = zmq_msg_gets(payload, "User-Id");
    const char *address = zmq_msg_gets(payload, "Peer-Address");
    const char *hex = user != NULL ? strrchr(user, ' ') : NULL;
    ret_sender->fd = zmq_msg_get(payload, ZMQ_SRCFD);
    ret_sender->address = address != NULL ? address : "?";
    if (hex == NULL || lt_unhex(hex + 1, ret_sender->curve_key, 32) != LT_OK) {
        return false;
    }
    ret_sender->former = strncmp(user, BY_FORMER, strlen(BY_FORMER)) == 0;
    user += ret_sender->former ? strlen(BY_FORMER) : 0;
    ret_sender->stranger = strncmp(user, STRANGER " ", sizeof(STRANGER)) == 0;
    return true;
}

static void hear_stranger(struct lt_gate *gate, struct incoming *incoming,
                          const struct sender *sender, lt_ms now)
{
    struct lt_bytes bytes = {zmq_msg_data(&incoming->payload), zmq_msg_size(&incoming->payload)};
    struct lt_message message;
    if (bytes.size <= JOIN_BYTES_MAX && lt_message_open(bytes, &message) == LT_OK &&
        message.type == LT_MSG_JOIN && gate_take_join(gate, incoming, sender, &message, now)) {
        return;
    }
    atomic_fetch_add(&gate->stranger_dropped, 1);
    if (atomic_load(&gate->proving) && memcmp(gate->prove_key, sender->curve_key, 32) == 0) {
        atomic_store(&gate->prove_dropped, true);
    }
    struct connection *connection = gate_connection(gate, sender->fd);
    /* Whoever says HELLO takes itself for enrolled. Its grant may be on its way to us: on its next connection
     * we know it, on this one never; so that it does not wait here for an answer. */
    bool greets = bytes.size > 0 && bytes.data[0] == LT_MSG_HELLO;
    if (connection != NULL && (greets || ++connection->junk > STRANGER_JUNK_MAX)) {
        gate_shut(sender->fd);
    }
}

/* ---- Peers ---- */

/* The peer of a routing id, if it is still who it was and still enrolled. */
static struct peer *find_peer(struct lt_gate *gate, struct incoming *incoming,
                              const struct sender *sender)
{
    const uint8_t *route = zmq_msg_data(&incoming->route);
    size_t size = zmq_msg_size(&incoming->route);
    if (size == 0 || size > LT_ROUTE_BYTES_MAX) {
        return NULL;
    }
    struct peer *peer = gate_peer_find(gate, route, size);
    if (peer != NULL &&
        (peer->fd != sender->fd || memcmp(peer->curve_key, sender->curve_key, 32) != 0)) {
        gate_peer_drop(gate, peer);
        peer = NULL;
    }
    uint64_t generation = atomic_load(&gate->keys_generation);
    if (peer != NULL && peer->keys_seen != generation) {
        struct lt_unit unit;
        Lienthong__Role role;
        struct lt_key key;
        if (gate_whose(gate, peer->curve_key, &unit, &role, &key) == LT_OK && role == peer->role &&
            lt_unit_cmp(&unit, &peer->unit) == 0) {
            peer->keys_seen = generation;
        } else {
            gate_peer_drop(gate, peer);
            peer = NULL;
        }
    }
    if (peer == NULL) {
        peer = gate_peer_add(gate, route, size, sender->fd, sender->curve_key);
    }
    if (peer != NULL) {
        peer->former = sender->former;
    }
    return peer;
}

static bool shows_restored(struct lt_gate *gate, const struct lt_actions *actions)
{
    for (size_t i = 0; i < actions->count; i++) {
        const struct lt_action *action = &actions->items[i];
        if (action->kind == LT_DO_RESTORED &&
            gate_restored(gate, (struct lt_bytes){action->bytes, action->size})) {
            return true;
        }
    }
    return false;
}

static bool hear_message(struct lt_gate *gate, struct peer *peer, struct lt_bytes bytes, lt_ms now)
{
    uint32_t index = (uint32_t)(peer - gate->peers);
    int64_t wall_time = lt_clock_wall();
    struct lt_actions actions = {0};
    enum lt_result result =
        lt_parent_message(gate->machine, index, bytes, now, wall_time, &actions);
    if (result != LT_OK) {
        gate_doubt_message(gate, peer, bytes);
    }
    if (result == LT_OK && bytes.data[0] == LT_MSG_HELLO) {
        gate_note_hello(gate, peer, bytes, wall_time);
        if (gate->config.hello != NULL) {
            gate->config.hello(gate->config.context, &peer->said.unit, peer->said.role);
        }
    }
    struct lt_message message;
    if (result == LT_OK && lt_message_open(bytes, &message) == LT_OK) {
        gate_look_for_copies(gate, peer, &message, wall_time);
    }
    if (shows_restored(gate, &actions)) { /* the same HELLO, to the new incarnation */
        lt_actions_clear(&actions);
        result = lt_parent_message(gate->machine, index, bytes, now, wall_time, &actions);
    }
    gate_perform(gate, &actions);
    return result == LT_OK;
}

static uint64_t message_cost(struct lt_bytes bytes)
{
    return MESSAGE_COST_US + bytes.size * 4 / 1000;
}

/* What takes this thread's time and brings nothing to store is counted. */
static bool hear_at_cost(struct lt_gate *gate, struct peer *peer, struct lt_bytes bytes, lt_ms now)
{
    uint64_t came = peer->came, began = lt_clock_worked_us();
    uint32_t waited = peer->waiting;
    bool heard = hear_message(gate, peer, bytes, now);
    uint64_t worked = lt_clock_worked_us() - began;
    if (peer->used && peer->came == came && peer->waiting == waited) {
        gate_spend(gate, peer, LT_METER_NOTHING, message_cost(bytes) + worked, now);
    }
    return heard;
}

/* False: dropped. */
static bool hear_peer(struct lt_gate *gate, struct incoming *incoming, const struct sender *sender,
                      lt_ms now)
{
    struct lt_bytes bytes = {zmq_msg_data(&incoming->payload), zmq_msg_size(&incoming->payload)};
    if (bytes.size > 0 && bytes.data[0] == LT_MSG_JOIN) { /* its first answer was lost */
        struct lt_message message;
        return lt_message_open(bytes, &message) == LT_OK &&
               gate_take_join(gate, incoming, sender, &message, now);
    }
    const struct connection *connection = gate_connection(gate, sender->fd);
    if (connection != NULL && !connection->up) {
        return true; /* its last words, read after its end: nobody is there to be answered, or to be a peer */
    }
    struct peer *peer = find_peer(gate, incoming, sender);
    if (peer == NULL) { /* no longer enrolled, or one too many */
        gate_shut(sender->fd);
        return false;
    }
    gate_connection_known(gate, sender->fd);
    if (peer->used && gate_quota_ignores(gate, peer, bytes, now)) {
        gate_spend(gate, peer, LT_METER_NOTHING, message_cost(bytes), now);
        return false;
    }
    return peer->used && hear_at_cost(gate, peer, bytes, now);
}

static bool hear(struct lt_gate *gate, struct incoming *incoming, lt_ms now)
{
    struct sender sender;
    if (!read_sender(&incoming->payload, &sender)) {
        return false; /* cannot be: the handler names everyone that it admits */
    }
    struct connection *connection = gate_connection(gate, sender.fd);
    if (connection != NULL) {
        lt_unheard_heard(&connection->unheard, incoming->size);
    }
    if (sender.stranger) {
        hear_stranger(gate, incoming, &sender, now);
        return true;
    }
    return hear_peer(gate, incoming, &sender, now);
}

/* A message of another shape: who is enrolled pays for it. */
static void hear_unsound(struct lt_gate *gate, struct incoming *incoming, lt_ms now)
{
    struct sender sender;
    if (!read_sender(&incoming->payload, &sender) || sender.stranger) {
        return;
    }
    const struct connection *connection = gate_connection(gate, sender.fd);
    struct peer *peer =
        connection == NULL || !connection->up ? NULL : find_peer(gate, incoming, &sender);
    if (peer != NULL) {
        gate_spend(gate, peer, LT_METER_NOTHING, PARTS_COST_US + incoming->size * 4 / 1000, now);
    }
}

/* One routing id and one frame; LT_NOT_FOUND: nothing waits; LT_MALFORMED: another shape, dropped. */
static enum lt_result receive(struct lt_gate *gate, struct incoming *ret_incoming)
{
    zmq_msg_init(&ret_incoming->route);
    zmq_msg_init(&ret_incoming->payload);
    if (zmq_msg_recv(&ret_incoming->route, gate->router, ZMQ_DONTWAIT) < 0) {
        return LT_NOT_FOUND;
    }
    bool sound = zmq_msg_more(&ret_incoming->route) &&
                 zmq_msg_recv(&ret_incoming->payload, gate->router, 0) >= 0;
    bool more = sound && zmq_msg_more(&ret_incoming->payload);
    sound = sound && !more;
    ret_incoming->size = zmq_msg_size(&ret_incoming->payload);
    while (more) {
        zmq_msg_t rest;
        zmq_msg_init(&rest);
        more = zmq_msg_recv(&rest, gate->router, 0) >= 0 && zmq_msg_more(&rest);
        ret_incoming->size += zmq_msg_size(&rest);
        zmq_msg_close(&rest);
    }
    return sound ? LT_OK : LT_MALFORMED;
}

bool gate_read(struct lt_gate *gate, lt_ms now)
{
    struct incoming incoming[READ_BATCH];
    bool sound[READ_BATCH];
    uint64_t bytes = 0, dropped = 0;
    size_t count = 0;
    enum lt_result result = LT_OK;
    while (count < READ_BATCH && result != LT_NOT_FOUND) {
        result = receive(gate, &incoming[count]);
        sound[count] = result == LT_OK;
        if (result != LT_NOT_FOUND) {
            count++;
        } else {
            zmq_msg_close(&incoming[count].route);
            zmq_msg_close(&incoming[count].payload);
        }
    }
    /* After reading, so that the coming of every sender, and the going of whoever had its descriptor
     * before, is known. */
    gate_monitor_drain(gate, now);
    for (size_t i = 0; i < count; i++) {
        bytes += incoming[i].size;
        if (!sound[i]) {
            hear_unsound(gate, &incoming[i], now);
        }
        dropped += !sound[i] || !hear(gate, &incoming[i], now);
        zmq_msg_close(&incoming[i].route);
        zmq_msg_close(&incoming[i].payload);
    }
    pthread_mutex_lock(&gate->lock);
    gate->counts.waiting_bytes = gate->waiting_bytes;
    gate->counts.messages += count;
    gate->counts.bytes += bytes;
    gate->counts.dropped += dropped;
    pthread_mutex_unlock(&gate->lock);
    return count > 0;
}
