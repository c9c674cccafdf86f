#include "hub/gate_own.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <zmq.h>

#include "agent/clock.h"

enum { CONNECTIONS_LEAST = 1024, CONNECTIONS_MOST = 1 << 16, MONITOR_BATCH = 4096 };

/* ---- Connections ---- */

bool gate_peers_allocate(struct lt_gate *gate)
{
    struct rlimit files;
    gate->connection_count = CONNECTIONS_MOST;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < CONNECTIONS_MOST) {
        gate->connection_count =
            files.rlim_cur > CONNECTIONS_LEAST ? (size_t)files.rlim_cur : CONNECTIONS_LEAST;
    }
    uint32_t slots = 64;
    while (slots < gate->config.peers_max) {
        slots *= 2;
    }
    gate->table_mask = slots - 1;
    gate->connections = calloc(gate->connection_count, sizeof(*gate->connections));
    gate->peers = calloc(gate->config.peers_max, sizeof(*gate->peers));
    gate->table = malloc(slots * sizeof(*gate->table));
    if (gate->connections == NULL || gate->peers == NULL || gate->table == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < slots; i++) {
        gate->table[i] = -1;
    }
    return true;
}

void gate_peers_free(struct lt_gate *gate)
{
    free(gate->connections);
    free(gate->peers);
    free(gate->table);
}

struct connection *gate_connection(struct lt_gate *gate, int fd)
{
    return fd >= 0 && (size_t)fd < gate->connection_count ? &gate->connections[fd] : NULL;
}

/* Every connection that has not shown an enrolled key in a message counts as a stranger's. */
void gate_count_strangers(struct lt_gate *gate)
{
    unsigned strangers = 0, up = 0;
    for (size_t fd = 0; fd < gate->connection_count; fd++) {
        up += gate->connections[fd].up;
        strangers += gate->connections[fd].up && !gate->connections[fd].known;
    }
    atomic_store(&gate->strangers, strangers);
    atomic_store(&gate->established, up);
}

void gate_shut(int fd)
{
    /* libzmq 4.3.4 cannot drop one peer; it sees this as the peer's own end. A connection that ended by
     * itself meanwhile makes it fail, which is as well. */
    if (shutdown(fd, SHUT_RDWR) != 0) {
        return;
    }
}

static void connection_up(struct lt_gate *gate, int fd, lt_ms now)
{
    struct connection *connection = gate_connection(gate, fd);
    if (connection == NULL ||
        atomic_load(&gate->established) >= gate->config.peers_max + HANDSHAKES_MAX) {
        gate_shut(fd);
        return;
    }
    *connection = (struct connection){.up = true, .since = now};
    atomic_fetch_add(&gate->strangers, 1);
    atomic_fetch_add(&gate->established, 1);
}

static void connection_down(struct lt_gate *gate, int fd)
{
    struct connection *connection = gate_connection(gate, fd);
    if (connection == NULL) {
        return;
    }
    if (connection->up) {
        atomic_fetch_sub(&gate->established, 1);
        if (!connection->known) {
            atomic_fetch_sub(&gate->strangers, 1);
        }
    }
    if (connection->known) {
        for (uint32_t i = 0; i < gate->config.peers_max; i++) {
            if (gate->peers[i].used && gate->peers[i].fd == fd) {
                gate_peer_drop(gate, &gate->peers[i]);
            }
        }
    }
    *connection = (struct connection){.up = false};
}

/* At exhaustion of descriptors libzmq spins in accept: shut the door for a moment instead. */
static void accept_failed(struct lt_gate *gate, lt_ms now)
{
    pthread_mutex_lock(&gate->lock);
    gate->counts.accept_failures++;
    pthread_mutex_unlock(&gate->lock);
    if (!gate->unbound && zmq_unbind(gate->router, gate->endpoint) == 0) {
        gate->unbound = true;
        gate->bind_again_at = now + 2000;
    }
}

void gate_monitor_drain(struct lt_gate *gate, lt_ms now)
{
    for (int i = 0; i < MONITOR_BATCH; i++) {
        uint8_t event[8];
        uint16_t kind;
        int32_t fd;
        if (zmq_recv(gate->monitor, event, sizeof(event), ZMQ_DONTWAIT) < 6) {
            return;
        }
        memcpy(&kind, event, sizeof(kind));
        memcpy(&fd, event + 2, sizeof(fd));
        char address[256];
        if (zmq_recv(gate->monitor, address, sizeof(address), 0) < 0) {
            return;
        }
        if (kind == ZMQ_EVENT_ACCEPTED) {
            connection_up(gate, fd, now);
        } else if (kind == ZMQ_EVENT_DISCONNECTED) {
            connection_down(gate, fd);
        } else if (kind == ZMQ_EVENT_ACCEPT_FAILED) {
            accept_failed(gate, now);
        }
    }
}

/* Once a second: strangers that have been here long enough go; the door opens again. */
void gate_sweep(struct lt_gate *gate, lt_ms now)
{
    gate->swept_at = now;
    for (size_t fd = 0; fd < gate->connection_count; fd++) {
        const struct connection *connection = &gate->connections[fd];
        if (connection->up && !connection->known && now - connection->since > STRANGER_LIVES_MS) {
            gate_shut((int)fd);
        }
    }
    gate_count_strangers(gate);
    if (gate->unbound && now >= gate->bind_again_at) {
        gate->unbound = zmq_bind(gate->router, gate->endpoint) != 0;
        gate->bind_again_at = now + 1000;
    }
}

/* ---- Peers ---- */

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
    lt_parent_gone(gate->machine, (uint32_t)index);
    pthread_mutex_lock(&gate->lock);
    *peer = (struct peer){.used = false};
    gate->peers_used--;
    pthread_mutex_unlock(&gate->lock);
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
    return peer;
}
