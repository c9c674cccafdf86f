#include "hub/gate_own.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <zmq.h>

#include "agent/clock.h"

#define MONITOR_ADDRESS "inproc://gate.monitor"

/* ZMQ_ZAP_ENFORCE_DOMAIN: the library of 4.3.4 has it, its header hides the name among the drafts. */
enum { ENFORCE_DOMAIN = 93 };

/* ---- The thread ---- */

static void wake(struct lt_gate *gate)
{
    uint64_t one = 1;
    ssize_t written = write(gate->wake_fd, &one, sizeof(one));
    (void)written; /* full only when it is awake anyway */
}

static void drain_wake(struct lt_gate *gate)
{
    uint64_t count;
    ssize_t size = read(gate->wake_fd, &count, sizeof(count));
    (void)size;
}

static void *run(void *argument)
{
    struct lt_gate *gate = argument;
    bool busy = false;
    lt_ms now = lt_clock_monotonic();
    while (!atomic_load(&gate->stopping)) {
        bool open = !atomic_load(&gate->door_closed) && gate->waiting_bytes < WAITING_BYTES_MAX;
        zmq_pollitem_t items[] = {
            {.fd = gate->wake_fd, .events = ZMQ_POLLIN},
            {.socket = gate->monitor, .events = ZMQ_POLLIN},
            {.socket = gate->router, .events = ZMQ_POLLIN},
        };
        /* A second at most: pipes of dead peers are reaped only when the socket is called into. */
        zmq_poll(items, open ? 3 : 2,
                 busy          ? 0
                 : gate->paced ? PACED_MS
                               : gate_pieces_wait_ms(gate, now));
        if (items[0].revents != 0) {
            drain_wake(gate);
        }
        now = lt_clock_monotonic();
        gate_letters(gate);
        if (open) {
            busy = gate_read(gate, now);
        } else {
            int events;
            size_t size = sizeof(events);
            busy = false;
            zmq_getsockopt(gate->router, ZMQ_EVENTS, &events, &size);
            gate_monitor_drain(gate, now);
        }
        gate_turns_feed(gate, now);
        busy = gate_catch_up(gate) || busy;
        if (!busy) {
            gate_pieces(gate, now);
        }
        if (now - gate->swept_at >= 1000) {
            gate_sweep(gate, now);
            pthread_mutex_lock(&gate->lock);
            gate->counts.reading = open;
            pthread_mutex_unlock(&gate->lock);
        }
    }
    gate_letters(gate);
    return NULL;
}

/* ---- Starting and stopping ---- */

static bool set_int(void *socket, int option, int value)
{
    return zmq_setsockopt(socket, option, &value, sizeof(value)) == 0;
}

static bool set_options(struct lt_gate *gate)
{
    void *router = gate->router;
    int64_t message_max = MESSAGE_MAX;
    return set_int(router, ZMQ_LINGER, 0) && set_int(router, ZMQ_ROUTER_MANDATORY, 1) &&
           set_int(router, ZMQ_RCVHWM, 8) && set_int(router, ZMQ_SNDHWM, 1000) &&
           set_int(router, ZMQ_BACKLOG, 1024) && set_int(router, ZMQ_HANDSHAKE_IVL, HANDSHAKE_MS) &&
           set_int(router, ZMQ_HEARTBEAT_IVL, 60000) &&
           set_int(router, ZMQ_HEARTBEAT_TIMEOUT, 120000) &&
           zmq_setsockopt(router, ZMQ_MAXMSGSIZE, &message_max, sizeof(message_max)) == 0 &&
           set_int(router, ZMQ_CURVE_SERVER, 1) && set_int(router, ENFORCE_DOMAIN, 1);
}

/* What is set on the socket when it binds goes for whoever comes by that door. */
static bool bind_door(struct lt_gate *gate, size_t index)
{
    void *router = gate->router;
    const struct lt_door *door = &gate->config.doors[index],
                         *told = &gate->config.doors[gate->config.door_count - 1];
    bool former = memcmp(door->curve_public, told->curve_public, 32) != 0;
    const char *domain = former ? ZAP_DOMAIN_FORMER : ZAP_DOMAIN;
    char *endpoint = gate->endpoints[index];
    size_t size = sizeof(gate->endpoints[index]);
    if (endpoint[0] == '\0') {
        snprintf(endpoint, size, "%s", door->endpoint);
    }
    return set_int(router, ZMQ_IPV6, strchr(endpoint, '[') != NULL) &&
           zmq_setsockopt(router, ZMQ_CURVE_SECRETKEY, door->curve_secret, 32) == 0 &&
           zmq_setsockopt(router, ZMQ_ZAP_DOMAIN, domain, strlen(domain)) == 0 &&
           zmq_bind(router, endpoint) == 0 &&
           zmq_getsockopt(router, ZMQ_LAST_ENDPOINT, endpoint, &size) == 0;
}

bool gate_bind(struct lt_gate *gate)
{
    for (size_t i = 0; i < gate->config.door_count; i++) {
        gate->bound[i] = gate->bound[i] || bind_door(gate, i);
        if (!gate->bound[i]) {
            return false;
        }
    }
    return true;
}

static enum lt_result watch(struct lt_gate *gate)
{
    int events =
        ZMQ_EVENT_LISTENING | ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_ACCEPT_FAILED;
    /* Our end first: a monitored socket whose other end is missing waits for it for ever when it is closed. */
    gate->monitor = zmq_socket(gate->context, ZMQ_PAIR);
    return gate->monitor != NULL && set_int(gate->monitor, ZMQ_LINGER, 0) &&
                   set_int(gate->monitor, ZMQ_RCVHWM, 0) &&
                   zmq_connect(gate->monitor, MONITOR_ADDRESS) == 0 &&
                   zmq_socket_monitor(gate->router, MONITOR_ADDRESS, events) == 0
               ? LT_OK
               : LT_IO;
}

static enum lt_result open_sockets(struct lt_gate *gate, char ret_reason[200])
{
    snprintf(ret_reason, 200, "the network library could not be set up");
    gate->context = zmq_ctx_new();
    if (gate->context == NULL) {
        return LT_NO_MEMORY;
    }
    zmq_ctx_set(gate->context, ZMQ_MAX_SOCKETS, 64);
    enum lt_result result = gate_zap_start(gate); /* before anything is bound: it fails open */
    if (result != LT_OK) {
        snprintf(ret_reason, 200, "the authentication handler could not be started");
        return result;
    }
    gate->router = zmq_socket(gate->context, ZMQ_ROUTER);
    if (gate->router == NULL || !set_options(gate)) {
        return LT_IO;
    }
    result = watch(gate);
    if (result != LT_OK) {
        return result;
    }
    if (!gate_bind(gate)) {
        size_t at = 0;
        while (gate->bound[at]) {
            at++;
        }
        snprintf(ret_reason, 200, "%s: cannot listen: %s", gate->config.doors[at].endpoint,
                 zmq_strerror(zmq_errno()));
        return LT_NETWORK;
    }
    return LT_OK;
}

static enum lt_result prepare(struct lt_gate *gate, char ret_reason[200])
{
    snprintf(ret_reason, 200, "out of memory");
    uint32_t accounts = gate->config.peers_max * 2;
    gate->quota =
        lt_quota_new(&gate->config.limits, accounts > ACCOUNTS_LEAST ? accounts : ACCOUNTS_LEAST);
    gate->arena = lt_arena_new(LT_UNPACK_BYTES_MAX);
    gate->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (gate->quota == NULL || gate->arena == NULL || gate->wake_fd < 0 ||
        !gate_peers_allocate(gate) || gate_machine_new(gate) != LT_OK) {
        return LT_NO_MEMORY;
    }
    gate->number = lt_ledger_receipt_numbers(gate->config.ledger, 1);
    enum lt_result result = open_sockets(gate, ret_reason);
    if (result != LT_OK) {
        return result;
    }
    if (pthread_create(&gate->thread, NULL, run, gate) != 0) {
        snprintf(ret_reason, 200, "no thread for the gate");
        return LT_IO;
    }
    gate->thread_started = true;
    return LT_OK;
}

enum lt_result lt_gate_start(const struct lt_gate_config *config, struct lt_gate **ret_gate,
                             char ret_reason[200])
{
    struct lt_gate *gate = calloc(1, sizeof(*gate));
    if (gate == NULL) {
        snprintf(ret_reason, 200, "out of memory");
        return LT_NO_MEMORY;
    }
    gate->config = *config;
    gate->keys = *config->keys;
    gate->joins.each = (struct lt_rate){JOIN_BURST, JOIN_EACH_MS};
    gate->guesses.each = (struct lt_rate){GUESS_BURST, GUESS_EACH_MS};
    gate->guesses.all = (struct lt_rate){GUESSES_BURST, GUESSES_EACH_MS};
    gate->accepts.each = (struct lt_rate){ACCEPT_BURST, ACCEPT_EACH_MS};
    gate->admits.each = (struct lt_rate){ADMIT_BURST, ADMIT_EACH_MS};
    gate->admits.all = (struct lt_rate){ADMITS_BURST, ADMITS_EACH_MS};
    gate->ready = config->ready;
    gate->wake_fd = -1;
    atomic_store(&gate->door_closed, true);
    gate->letters_end = &gate->letters;
    pthread_mutex_init(&gate->lock, NULL);
    lt_ledger_sync_store(config->ledger, &gate->store);
    enum lt_result result = prepare(gate, ret_reason);
    if (result != LT_OK) {
        lt_gate_stop(gate);
        return result;
    }
    *ret_gate = gate;
    return LT_OK;
}

void lt_gate_open_door(struct lt_gate *gate)
{
    atomic_store(&gate->door_closed, false);
    wake(gate);
}

void lt_gate_close_door(struct lt_gate *gate)
{
    atomic_store(&gate->door_closed, true);
    wake(gate);
}

static void close_sockets(struct lt_gate *gate)
{
    if (gate->router != NULL) {
        zmq_socket_monitor(gate->router, NULL, 0);
    }
    if (gate->monitor != NULL) {
        zmq_close(gate->monitor);
    }
    if (gate->router != NULL) {
        int linger = 500; /* last receipts */
        zmq_setsockopt(gate->router, ZMQ_LINGER, &linger, sizeof(linger));
        zmq_close(gate->router);
    }
    if (gate->context != NULL) {
        zmq_ctx_shutdown(gate->context);
        gate_zap_join(gate);
        zmq_ctx_term(gate->context);
    }
}

void lt_gate_stop(struct lt_gate *gate)
{
    if (gate == NULL) {
        return;
    }
    atomic_store(&gate->stopping, true);
    if (gate->thread_started) {
        wake(gate);
        pthread_join(gate->thread, NULL);
    }
    close_sockets(gate);
    for (struct letter *letter = gate->letters; letter != NULL;) {
        struct letter *next = letter->next;
        gate_letter_free(letter);
        letter = next;
    }
    if (gate->wake_fd >= 0) {
        close(gate->wake_fd);
    }
    lt_parent_free(gate->machine);
    gate_peers_free(gate);
    lt_quota_free(gate->quota);
    if (gate->arena != NULL) {
        lt_arena_free(gate->arena);
    }
    pthread_mutex_destroy(&gate->lock);
    free(gate->heard);
    free(gate->machines);
    lt_keys_wipe(&gate->keys);
    free(gate);
}

const char *lt_gate_endpoint(const struct lt_gate *gate)
{
    return gate->endpoints[gate->config.door_count - 1];
}

/* ---- From other threads ---- */

static void post(struct lt_gate *gate, struct letter *letter)
{
    pthread_mutex_lock(&gate->lock);
    *gate->letters_end = letter;
    gate->letters_end = &letter->next;
    pthread_mutex_unlock(&gate->lock);
    wake(gate);
}

void lt_gate_keys_changed(struct lt_gate *gate)
{
    atomic_fetch_add(&gate->keys_generation, 1);
}

void lt_gate_done(struct lt_gate *gate, struct lt_job **jobs, size_t count)
{
    struct letter *letter = calloc(1, sizeof(*letter));
    struct lt_job **copy = letter != NULL ? malloc(count * sizeof(struct lt_job *)) : NULL;
    if (copy == NULL) { /* the children will ask again */
        free(letter);
        for (size_t i = 0; i < count; i++) {
            lt_job_free(jobs[i]);
        }
        return;
    }
    for (size_t i = 0; i < count; i++) {
        copy[i] = jobs[i];
    }
    letter->kind = LETTER_JOBS;
    letter->jobs = copy;
    letter->job_count = count;
    post(gate, letter);
}

void lt_gate_set_ready(struct lt_gate *gate)
{
    struct letter *letter = calloc(1, sizeof(*letter));
    if (letter != NULL) {
        letter->kind = LETTER_READY;
        post(gate, letter);
    }
}

bool lt_gate_rekey(struct lt_gate *gate, const struct lt_keys *keys)
{
    struct letter *letter = calloc(1, sizeof(*letter));
    if (letter != NULL) {
        letter->kind = LETTER_KEYS;
        letter->keys = *keys;
        post(gate, letter);
    }
    return letter != NULL;
}

void lt_gate_answer_join(struct lt_gate *gate, const struct lt_join_ask *ask, uint8_t *answer,
                         size_t size)
{
    struct letter *letter = calloc(1, sizeof(*letter));
    if (letter == NULL) {
        free(answer);
        return;
    }
    letter->kind = LETTER_JOINED;
    letter->ask = *ask;
    explicit_bzero(letter->ask.secret, sizeof(letter->ask.secret));
    letter->bytes = answer;
    letter->size = size;
    post(gate, letter);
}

/* ---- Status ---- */

void lt_gate_counts(struct lt_gate *gate, struct lt_gate_counts *ret_counts)
{
    pthread_mutex_lock(&gate->lock);
    *ret_counts = gate->counts;
    ret_counts->peers = gate->peers_used;
    pthread_mutex_unlock(&gate->lock);
    ret_counts->connections = atomic_load(&gate->established);
    ret_counts->strangers = atomic_load(&gate->strangers);
    ret_counts->stranger_dropped = atomic_load(&gate->stranger_dropped);
    ret_counts->refused_admissions = atomic_load(&gate->refused_admissions);
}

size_t lt_gate_heard(struct lt_gate *gate, struct lt_heard **ret_heard)
{
    pthread_mutex_lock(&gate->lock);
    size_t count = gate->heard_count;
    *ret_heard = malloc((count + 1) * sizeof(**ret_heard));
    if (*ret_heard == NULL) {
        count = 0;
    } else if (count > 0) {
        memcpy(*ret_heard, gate->heard, count * sizeof(**ret_heard));
    }
    pthread_mutex_unlock(&gate->lock);
    return count;
}

size_t lt_gate_children(struct lt_gate *gate, struct lt_child_view **ret_children)
{
    size_t count = 0;
    pthread_mutex_lock(&gate->lock);
    *ret_children = malloc(((size_t)gate->peers_used + 1) * sizeof(**ret_children));
    for (uint32_t i = 0; *ret_children != NULL && i < gate->config.peers_max; i++) {
        if (gate->peers[i].used && count < gate->peers_used) {
            (*ret_children)[count++] = gate->peers[i].said;
        }
    }
    pthread_mutex_unlock(&gate->lock);
    return count;
}
