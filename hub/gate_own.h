/* gate_own.h - what the parts of the gate share; private to hub/gate*.c.
 *
 * gate.c        start, stop, the thread's loop
 * gate_zap.c    who may connect: the ZAP handler, on a thread of its own
 * gate_peers.c  connections (by descriptor) and peers (by routing id)
 * gate_in.c     messages that come in
 * gate_join.c   JOINs among them
 * gate_out.c    actions of the machine, answers to jobs, what is sent
 * gate_receipts.c  receipts, and those that a child missed
 * gate_prove.c  the self-test
 *
 * All fields belong to the gate's thread but those said to be shared. */
#ifndef LT_GATE_OWN_H
#define LT_GATE_OWN_H

#include <stdatomic.h>
#include <zmq.h>

#include "hub/gate.h"
#include "hub/rates.h"

enum {
    STRANGERS_MAX = 64, /* at once: 28 KB and 0.6 ms of CPU each (pitfalls.md) */
    HANDSHAKES_MAX =
        256, /* connections beyond the peers': strangers and those still shaking hands */
    STRANGER_LIVES_MS = 30000, /* a JOIN takes one round trip */
    STRANGER_JUNK_MAX = 8, /* messages other than JOIN, then it is shut out */
    STRANGER_JOINS_MAX = 8, /* of one connection */
    ADMIT_BURST = 32, /* strangers admitted at once, and then a second */
    ADMIT_PER_S = 8,
    JOIN_BURST =
        32, /* JOINs with a secret of ours, from one address: at once, and then one more each */
    JOIN_EACH_MS = 125,
    GUESS_BURST =
        10, /* JOINs with no secret of ours, from one address: ten, and then ten a minute */
    GUESS_EACH_MS = 6000,
    GUESSES_BURST = 100, /* and from all addresses */
    GUESSES_EACH_MS = 600,
    JOIN_BYTES_MAX = 1024,
    CONNECTIONS_A_KEY = 8, /* machines that one key may hold: half-open links of its past */
    READ_BATCH = 64,
    MESSAGE_MAX = LT_UPDATE_BYTES_MAX + LT_HEADER_BYTES,
    RECEIPTS_PAGE_BYTES = 48 * 1024, /* of one RECEIPTS message to a child that caught up */
    ZAP_DOMAIN_BYTES = 16,
};
#define ZAP_DOMAIN "lienthong"
#define STRANGER   "stranger"

/* A rate: `tokens` refill with time. */
struct bucket {
    double tokens;
    lt_ms at;
};
bool bucket_take(struct bucket *bucket, unsigned burst, unsigned per_s, lt_ms now);

struct connection { /* one accepted descriptor, as the monitor tells */
    bool up, known;
    lt_ms since;
    uint16_t junk, joins;
};

struct peer {
    bool used;
    uint8_t route[LT_ROUTE_BYTES_MAX];
    uint8_t route_size;
    int32_t next; /* in its bucket of the table; -1: last */
    int fd;
    uint64_t came; /* order of coming */
    uint8_t curve_key[32];
    struct lt_unit unit;
    Lienthong__Role role;
    struct lt_key key;
    uint64_t keys_seen; /* value of keys_generation when it was looked up */
    uint64_t session;
    bool catching_up, caught_up;
    bool catching_begun;
    struct lt_chain catching_at; /* last chain whose receipts were sent again */
    int64_t hello_at, reported_at;
    struct lt_child_view said;
};

enum letter_kind { LETTER_JOBS, LETTER_READY, LETTER_JOINED };
struct letter { /* news from other threads */
    struct letter *next;
    enum letter_kind kind;
    struct lt_job **jobs;
    size_t job_count;
    struct lt_join_ask ask;
    uint8_t *bytes;
    size_t size;
};

struct lt_gate {
    struct lt_gate_config config;
    struct lt_parent *machine;
    struct lt_sync_store store;
    void *context, *router, *monitor;
    char endpoint[LT_ENDPOINT_MAX + 16];
    pthread_t thread, zap_thread;
    bool thread_started, zap_started;
    void *zap_socket; /* bound by start, then the ZAP thread's */
    int wake_fd;
    bool unbound; /* accept failed: the door is shut for a moment */
    lt_ms bind_again_at;
    bool ready;
    lt_ms swept_at;
    struct lt_rates joins, guesses;
    uint64_t number; /* newest receipt number that a commit made durable */
    struct lt_arena *arena;

    struct connection *connections;
    size_t connection_count;
    struct peer *peers;
    int32_t *table; /* hash of routing id -> index of peer */
    uint32_t table_mask, peers_used;
    uint64_t arrivals;
    uint32_t catching_next; /* turn of the next peer that catches up */
    struct lt_job *batch[READ_BATCH * 2];
    size_t batch_count;

    /* shared, atomic */
    atomic_bool door_closed, stopping;
    uint8_t prove_key[32]; /* of the self-test's stranger; set while `proving` is false */
    atomic_bool proving, prove_dropped;
    atomic_uint strangers, established;
    atomic_ullong keys_generation, refused_admissions, stranger_dropped;
    /* shared, under lock */
    pthread_mutex_t lock;
    struct letter *letters, **letters_end;
    struct lt_gate_counts counts;
    struct lt_heard *heard; /* sorted by chain */
    size_t heard_count, heard_capacity;
};

/* gate_zap.c */
enum lt_result gate_zap_start(struct lt_gate *gate);
void gate_zap_join(struct lt_gate *gate); /* after the context was shut down */
/* Who holds a CURVE key now? LT_NOT_FOUND: nobody, or no longer. */
enum lt_result gate_whose(struct lt_gate *gate, const uint8_t curve_key[32],
                          struct lt_unit *ret_unit, Lienthong__Role *ret_role,
                          struct lt_key *ret_key);

/* gate_peers.c */
bool gate_peers_allocate(struct lt_gate *gate);
void gate_peers_free(struct lt_gate *gate);
void gate_monitor_drain(struct lt_gate *gate, lt_ms now);
void gate_sweep(struct lt_gate *gate, lt_ms now);
struct connection *gate_connection(struct lt_gate *gate, int fd); /* NULL: beyond the table */
void gate_count_strangers(struct lt_gate *gate);
struct peer *gate_peer_find(struct lt_gate *gate, const uint8_t *route, size_t size);
/* A new peer, told to the machine; NULL: full. */
struct peer *gate_peer_add(struct lt_gate *gate, const uint8_t *route, size_t size, int fd,
                           const uint8_t curve_key[32]);
void gate_peer_drop(struct lt_gate *gate, struct peer *peer);
void gate_shut(int fd); /* ends a connection from our side */

/* What came, and what the transport knows of its sender. */
struct incoming {
    zmq_msg_t route, payload;
};
struct sender {
    int fd;
    bool stranger;
    uint8_t curve_key[32];
    const char *address; /* lives as long as the message */
};
/* gate_join.c: a JOIN; false: it was not worth an answer. */
bool gate_take_join(struct lt_gate *gate, struct incoming *incoming, const struct sender *sender,
                    const struct lt_message *message, lt_ms now);

/* gate_in.c: reads at most READ_BATCH messages; false: nothing waited. */
bool gate_read(struct lt_gate *gate, lt_ms now);

/* gate_out.c */
bool gate_send(struct lt_gate *gate, struct peer *peer, const uint8_t *bytes, size_t size);
void gate_perform(struct lt_gate *gate, struct lt_actions *actions);
void gate_letters(struct lt_gate *gate);
/* A receipt of ours that we do not cover; true: the machine has a new incarnation. */
bool gate_restored(struct lt_gate *gate, struct lt_bytes receipt);
enum lt_result gate_machine_new(struct lt_gate *gate);
void gate_letter_free(struct letter *letter);

/* gate_receipts.c */
struct touched { /* a chain that a group changed; number 0: nobody is owed a receipt */
    struct lt_chain chain;
    uint64_t number;
};
/* Tells of all; one receipt a chain, with the newest of its numbers. Sorts the array. */
void gate_send_receipts(struct lt_gate *gate, struct touched *touched, size_t count,
                        struct lt_actions *actions);
/* One page of receipts to the next child that waits for them; false: nobody does. */
bool gate_catch_up(struct lt_gate *gate);

#endif
