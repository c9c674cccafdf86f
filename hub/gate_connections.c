#include "hub/gate_own.h"

#include <arpa/inet.h>
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <zmq.h>

#include "agent/clock.h"
#include "agent/keys.h"

enum { CONNECTIONS_LEAST = 1024, CONNECTIONS_MOST = 1 << 16, MONITOR_BATCH = 4096 };
enum { TALLY_SLOTS = 256 };

bool gate_connections_allocate(struct lt_gate *gate)
{
    struct rlimit files;
    gate->connection_count = CONNECTIONS_MOST;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < CONNECTIONS_MOST) {
        gate->connection_count =
            files.rlim_cur > CONNECTIONS_LEAST ? (size_t)files.rlim_cur : CONNECTIONS_LEAST;
    }
    gate->connections = calloc(gate->connection_count, sizeof(*gate->connections));
    gate->unknown = calloc((size_t)gate->config.strangers_max + 1, sizeof(*gate->unknown));
    return gate->connections != NULL && gate->unknown != NULL;
}

struct connection *gate_connection(struct lt_gate *gate, int fd)
{
    return fd >= 0 && (size_t)fd < gate->connection_count ? &gate->connections[fd] : NULL;
}

void gate_shut(int fd)
{
    /* libzmq 4.3.4 cannot drop one peer; it sees this as the peer's own end. A connection that ended by
     * itself meanwhile makes it fail, which is as well. */
    if (shutdown(fd, SHUT_RDWR) != 0) {
        return;
    }
}

/* ---- Who may be a stranger ---- */

/* Every connection that has not shown an enrolled key in a message counts as a stranger's. */
static void add_unknown(struct lt_gate *gate, int fd)
{
    gate->connections[fd].at = gate->unknown_count;
    gate->unknown[gate->unknown_count++] = fd;
    atomic_store(&gate->strangers, gate->unknown_count);
}

static void remove_unknown(struct lt_gate *gate, int fd)
{
    struct connection *connection = &gate->connections[fd];
    if (!connection->up || connection->known || connection->leaving) {
        return;
    }
    int last = gate->unknown[--gate->unknown_count];
    gate->unknown[connection->at] = last;
    gate->connections[last].at = connection->at;
    atomic_store(&gate->strangers, gate->unknown_count);
}

static void shut_unknown(struct lt_gate *gate, int fd)
{
    remove_unknown(gate, fd);
    gate->connections[fd].leaving = true;
    gate_shut(fd);
}

/* The address that holds most of the strangers' places: who crowds is crowded out, and others come in. */
static uint64_t fullest_address(const struct lt_gate *gate)
{
    struct {
        uint64_t address;
        uint32_t count;
    } tally[TALLY_SLOTS] = {{.address = 0}};
    uint32_t best = 0;
    for (uint32_t i = 0; i < gate->unknown_count; i++) {
        uint64_t address = gate->connections[gate->unknown[i]].address;
        uint32_t slot = (uint32_t)(address % TALLY_SLOTS);
        for (uint32_t k = 0;
             k < TALLY_SLOTS && tally[slot].count > 0 && tally[slot].address != address; k++) {
            slot = (slot + 1) % TALLY_SLOTS;
        }
        if (tally[slot].count == 0) {
            tally[slot].address = address;
        } else if (tally[slot].address != address) {
            continue; /* more addresses than slots: none of those left out is the fullest by far */
        }
        tally[slot].count++;
        best = tally[slot].count > tally[best].count ? slot : best;
    }
    return tally[best].address;
}

/* One of the fullest address's, by lot: so a newcomer is not sure to be out, nor is one that is just about to
 * show its key, however fast others come. */
static void crowd_out(struct lt_gate *gate)
{
    uint64_t address = fullest_address(gate);
    uint32_t count = 0, lot;
    int victim = -1;
    for (uint32_t i = 0; i < gate->unknown_count; i++) {
        count += gate->connections[gate->unknown[i]].address == address;
    }
    assert(count > 0); /* the address is one of these connections' */
    lt_random(&lot, sizeof(lot));
    lot %= count;
    for (uint32_t i = 0; i < gate->unknown_count && victim < 0; i++) {
        if (gate->connections[gate->unknown[i]].address == address && lot-- == 0) {
            victim = gate->unknown[i];
        }
    }
    shut_unknown(gate, victim);
}

static void note_crowd(struct lt_gate *gate, const char *why, const char *address)
{
    pthread_mutex_lock(&gate->lock);
    gate->counts.crowded_out++;
    uint64_t total = gate->counts.crowded_out;
    pthread_mutex_unlock(&gate->lock);
    gate_log(gate, "strangers crowd in: %s; the last from %s; %llu shut since the start", why,
             address, (unsigned long long)total);
}

/* IPv6 counts by its first 64 bits, as in rates.h. */
static uint64_t address_of(int fd, char ret_text[INET6_ADDRSTRLEN])
{
    struct sockaddr_storage peer = {.ss_family = AF_UNSPEC};
    socklen_t size = sizeof(peer);
    uint64_t digest = 0;
    snprintf(ret_text, INET6_ADDRSTRLEN, "?");
    if (getpeername(fd, (struct sockaddr *)(void *)&peer, &size) != 0) {
        return 0;
    }
    if (peer.ss_family == AF_INET) {
        const struct sockaddr_in *in = (const struct sockaddr_in *)(const void *)&peer;
        inet_ntop(AF_INET, &in->sin_addr, ret_text, INET6_ADDRSTRLEN);
        digest = UINT64_C(0x400000000) | in->sin_addr.s_addr;
    } else if (peer.ss_family == AF_INET6) {
        const struct sockaddr_in6 *in = (const struct sockaddr_in6 *)(const void *)&peer;
        inet_ntop(AF_INET6, &in->sin6_addr, ret_text, INET6_ADDRSTRLEN);
        bool is_ipv4 = IN6_IS_ADDR_V4MAPPED(&in->sin6_addr);
        memcpy(&digest, in->sin6_addr.s6_addr + (is_ipv4 ? 8 : 0), sizeof(digest));
    }
    return digest;
}

/* ---- What the monitor tells ---- */

static void connection_up(struct lt_gate *gate, int fd, lt_ms now)
{
    struct connection *connection = gate_connection(gate, fd);
    char address[INET6_ADDRSTRLEN];
    if (connection == NULL) {
        gate_shut(fd);
        return;
    }
    *connection = (struct connection){.up = true, .since = now, .address = address_of(fd, address)};
    connection->guarded = gate_budget_begin(fd);
    add_unknown(gate, fd);
    atomic_fetch_add(&gate->established, 1);
    if (!lt_rates_take(&gate->accepts, address, now)) {
        shut_unknown(gate, fd);
        note_crowd(gate, "too many connections a second", address);
    } else if (gate->unknown_count > gate->config.strangers_max) {
        crowd_out(gate);
        note_crowd(gate, "all places are taken", address);
    }
}

static void connection_down(struct lt_gate *gate, int fd)
{
    struct connection *connection = gate_connection(gate, fd);
    if (connection == NULL || !connection->up) {
        return;
    }
    remove_unknown(gate, fd);
    atomic_fetch_sub(&gate->established, 1);
    if (connection->known) {
        gate_peer_of_fd_gone(gate, fd);
    }
    *connection = (struct connection){.up = false};
}

void gate_connection_known(struct lt_gate *gate, int fd)
{
    struct connection *connection = gate_connection(gate, fd);
    if (connection != NULL && connection->up && !connection->known) {
        remove_unknown(gate, fd);
        connection->known = true;
        if (connection->guarded) {
            gate_budget_end(fd);
        }
    }
}

/* At exhaustion of descriptors libzmq spins in accept: shut the doors for a moment instead. */
static void accept_failed(struct lt_gate *gate, lt_ms now)
{
    pthread_mutex_lock(&gate->lock);
    gate->counts.accept_failures++;
    pthread_mutex_unlock(&gate->lock);
    for (size_t i = 0; i < gate->config.door_count; i++) {
        if (gate->bound[i] && zmq_unbind(gate->router, gate->endpoints[i]) == 0) {
            gate->bound[i] = false;
            gate->bind_again_at = now + 2000;
        }
    }
}

static void listening(struct lt_gate *gate, int fd)
{
    bool guarded = gate_budget_listen(fd);
    pthread_mutex_lock(&gate->lock);
    gate->counts.guarded = guarded;
    pthread_mutex_unlock(&gate->lock);
    if (!guarded) {
        gate_log(gate,
                 "WARNING: this system cannot bound what strangers send before they are known; "
                 "they are looked at once a second instead");
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
        } else if (kind == ZMQ_EVENT_LISTENING) {
            listening(gate, fd);
        }
    }
}

/* Once a second: strangers that have been here long enough, or said too much, go; the door opens again. */
void gate_sweep(struct lt_gate *gate, lt_ms now)
{
    gate->swept_at = now;
    for (uint32_t i = gate->unknown_count;
         i-- > 0;) { /* whoever takes the place of one shut was seen */
        int fd = gate->unknown[i];
        const struct connection *connection = &gate->connections[fd];
        if (now - connection->since > STRANGER_LIVES_MS ||
            (!connection->guarded && lt_unheard_received(fd) > STRANGER_BYTES_MAX)) {
            shut_unknown(gate, fd);
        }
    }
    gate_peers_sweep(gate, now);
    if (gate->bind_again_at != 0 && now >= gate->bind_again_at) {
        gate->bind_again_at = gate_bind(gate) ? 0 : now + 1000;
    }
}
