#include "hub/gate_own.h"

#include <stdlib.h>
#include <string.h>

#include "agent/clock.h"

bool gate_peers_allocate(struct lt_gate *gate)
{
    uint32_t slots = 64;
    while (slots < gate->config.peers_max) {
        slots *= 2;
    }
    gate->table_mask = slots - 1;
    gate->turn_first = gate->turn_last = -1;
    gate->peers = calloc(gate->config.peers_max, sizeof(*gate->peers));
    gate->table = malloc(slots * sizeof(*gate->table));
    if (gate->peers == NULL || gate->table == NULL || !gate_connections_allocate(gate)) {
        return false;
    }
    for (uint32_t i = 0; i < slots; i++) {
        gate->table[i] = -1;
    }
    return true;
}

void gate_peers_free(struct lt_gate *gate)
{
    for (uint32_t i = 0; gate->peers != NULL && i < gate->config.peers_max; i++) {
        gate_turn_drop(gate, &gate->peers[i]);
    }
    free(gate->connections);
    free(gate->unknown);
    free(gate->peers);
    free(gate->table);
}

static uint32_t hash_route(const uint8_t *route, size_t size)
{
    uint32_t hash = 2166136261u; /* FNV-1a; the ids are libzmq's own counters */
    for (size_t i = 0; i < size; i++) {
        hash = (hash ^ route[i]) * 16777619u;
    }
    return hash ^ hash >> 15;
}

struct peer *gate_peer_find(struct lt_gate *gate, const uint8_t *route, size_t size)
{
    int32_t at = gate->table[hash_route(route, size) & gate->table_mask];
    while (at >= 0) {
        struct peer *peer = &gate->peers[at];
        if (peer->route_size == size && memcmp(peer->route, route, size) == 0) {
            return peer;
        }
        at = peer->next;
    }
    return NULL;
}

void gate_peer_drop(struct lt_gate *gate, struct peer *peer)
{
    int32_t index = (int32_t)(peer - gate->peers);
    int32_t *at = &gate->table[hash_route(peer->route, peer->route_size) & gate->table_mask];
    while (*at >= 0 && *at != index) {
        at = &gate->peers[*at].next;
    }
    if (*at == index) {
        *at = peer->next;
    }
    gate_turn_drop(gate, peer);
    lt_parent_gone(gate->machine, (uint32_t)index);
    pthread_mutex_lock(&gate->lock);
    *peer = (struct peer){.used = false};
    gate->peers_used--;
    pthread_mutex_unlock(&gate->lock);
}

void gate_peer_of_fd_gone(struct lt_gate *gate, int fd)
{
    for (uint32_t i = 0; i < gate->config.peers_max; i++) {
        if (gate->peers[i].used && gate->peers[i].fd == fd) {
            gate_peer_drop(gate, &gate->peers[i]);
        }
    }
}

static void look_at_unheard(struct lt_gate *gate, struct peer *peer, lt_ms now)
{
    struct connection *connection = gate_connection(gate, peer->fd);
    if (connection != NULL && lt_unheard_look(&connection->unheard, peer->fd)) {
        gate_shut(peer->fd);
        gate_spend(gate, peer, LT_METER_NOTHING, PARTS_COST_US, now);
    }
}

/* Those that are cut off have had time to hear it. */
void gate_peers_sweep(struct lt_gate *gate, lt_ms now)
{
    for (uint32_t i = 0; i < gate->config.peers_max; i++) {
        struct peer *peer = &gate->peers[i];
        if (peer->used && peer->ending_at != 0 && now >= peer->ending_at) {
            gate_shut(peer->fd);
        } else if (peer->used) {
            look_at_unheard(gate, peer, now);
        }
    }
}

/* A key has few connections: the oldest goes when there are too many. */
static void bound_key(struct lt_gate *gate, const uint8_t curve_key[32])
{
    struct peer *oldest = NULL;
    unsigned count = 0;
    for (uint32_t i = 0; i < gate->config.peers_max; i++) {
        struct peer *peer = &gate->peers[i];
        if (peer->used && memcmp(peer->curve_key, curve_key, 32) == 0) {
            count++;
            oldest = oldest == NULL || peer->came < oldest->came ? peer : oldest;
        }
    }
    if (count >= CONNECTIONS_A_KEY) {
        gate_shut(oldest->fd);
        gate_peer_drop(gate, oldest);
    }
}

struct peer *gate_peer_add(struct lt_gate *gate, const uint8_t *route, size_t size, int fd,
                           const uint8_t curve_key[32])
{
    struct lt_unit unit;
    Lienthong__Role role;
    struct lt_key key;
    uint64_t generation = atomic_load(&gate->keys_generation);
    if (gate_whose(gate, curve_key, &unit, &role, &key) != LT_OK) {
        return NULL;
    }
    bound_key(gate, curve_key);
    uint32_t index = 0;
    while (index < gate->config.peers_max && gate->peers[index].used) {
        index++;
    }
    if (index == gate->config.peers_max) {
        return NULL;
    }
    struct peer *peer = &gate->peers[index];
    int32_t *head = &gate->table[hash_route(route, size) & gate->table_mask];
    pthread_mutex_lock(&gate->lock);
    *peer = (struct peer){.used = true,
                          .turn_next = -1,
                          .turn_before = -1,
                          .route_size = (uint8_t)size,
                          .next = *head,
                          .fd = fd,
                          .came = ++gate->arrivals,
                          .unit = unit,
                          .role = role,
                          .key = key,
                          .keys_seen = generation};
    memcpy(peer->route, route, size);
    memcpy(peer->curve_key, curve_key, 32);
    peer->said.unit = unit;
    peer->said.role = role;
    peer->said.key = key;
    gate->peers_used++;
    pthread_mutex_unlock(&gate->lock);
    *head = (int32_t)index;
    lt_parent_came(gate->machine, index, role, &unit);
    gate_spend(gate, peer, LT_METER_NOTHING, CONNECTING_COST_US, lt_clock_monotonic());
    return peer;
}
