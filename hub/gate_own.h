/* gate_own.h - what the parts of the gate share; private to hub/gate*.c.
 *
 * gate.c        start, stop, the thread's loop
 * gate_zap.c    who may connect: the ZAP handler, on a thread of its own
 * gate_connections.c  connections (by descriptor), how many of strangers there may be
 * gate_budget.c  how much one may say before it has shown who it is, kept by the kernel
 * gate_peers.c  peers (by routing id)
 * gate_turns.c  updates that wait for the pipeline, each peer's in a queue of its own
 * gate_quota.c  what a peer's machine has cost, and cutting it off
 * gate_in.c     messages that come in
 * gate_hello.c  what HELLOs tell people: who runs which version
 * gate_join.c   JOINs among them
 * gate_out.c    actions of the machine, answers to jobs, what is sent
 * gate_receipts.c  receipts, and those that a child missed
 * gate_lives.c  signs of life
 * gate_pieces.c  pieces of releases
 * gate_doubts.c  what no honest child brings
 * gate_copies.c  machines that were restored, or are there twice
 * gate_prove.c  the self-test
 *
 * All fields belong to the gate's thread but those said to be shared. */
#ifndef LT_GATE_OWN_H
#define LT_GATE_OWN_H

#include <stdatomic.h>
#include <zmq.h>

#include "agent/unheard.h"
#include "hub/gate.h"
#include "hub/quota.h"
#include "hub/rates.h"

enum {
    HANDSHAKE_MS = 10000, /* three round trips; on the weakest link a second */
    STRANGER_LIVES_MS = 30000, /* a JOIN takes one round trip */
    /* What a connection may say in all before it has shown an enrolled key: the handshake (600 bytes) and a
     * HELLO (LT_HELLO_BYTES_MAX), or eight JOINs and eight other messages. With what libzmq itself takes of a
     * CURVE connection (28 KB) it stays below 64 KiB. */
    STRANGER_BYTES_MAX = 24 * 1024,
    /* Before we have had a look at it a connection may send segments of so many bytes at most: greeting and
     * first words of CURVE pass. */
    STRANGER_SEGMENT_MAX = 256,
    ACCEPT_BURST =
        4096, /* connections of one address: a province behind one that comes back at once, */
    ACCEPT_EACH_MS = 5, /* and then 200 a second: 12 % of a processor in handshakes */
    STRANGER_JUNK_MAX = 8, /* messages other than JOIN, then it is shut out */
    STRANGER_JOINS_MAX = 8, /* of one connection */
    ADMIT_BURST = 32, /* strangers admitted from one address at once, and then one more each */
    ADMIT_EACH_MS = 125,
    ADMITS_BURST = 256, /* and from all addresses */
    ADMITS_EACH_MS = 16,
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
    READ_BATCH =
        8, /* messages handled before what is to be stored goes on: few, others wait for them */
    FEED_BATCH = 64, /* jobs fed to the pipeline at once */
    TURN_BYTES = 32 * 1024, /* of one peer's updates at a turn, and one at least */
    AGENT_WORKING_JOBS =
        4, /* of one agent in the pipeline: so few that others hardly wait for them */
    AGENT_WORKING_BYTES = 32 * 1024,
    HUB_WORKING_JOBS = 512, /* two groups: it carries many units */
    HUB_WORKING_BYTES = 8 * 1024 * 1024,
    WAITING_BYTES_MAX = 32 * 1024 * 1024, /* of all peers: then nothing is read */
    WAITING_BYTES_MANY = 16 * 1024 * 1024, /* who has more than one waiting is told BUSY */
    BUSY_RETRY_S = 5,
    PACED_MS = 20, /* how often is looked whether a slowed peer may go on */
    ENDING_MS = 1000, /* for the last word to a peer that is cut off to reach it */
    SLOWED_BURST = 4, /* messages other than updates of a slowed peer that are looked at, */
    SLOWED_EACH_MS = 250, /* and then so often */
    CUT_WORDS_MAX = 64, /* messages of one that is cut off, before it is shut at once */
    MESSAGE_COST_US = 15, /* reading, decrypting; and 4 ns a byte */
    REFUSED_COST_US = 120, /* an update refused: opened, verified, looked for; and 8 ns a byte */
    STORED_COST_US = 150, /* of the writer, and 30 ns a byte: 100 rows are half a millisecond */
    WORK_MORE_MAX_US = 50000, /* beyond that of one update: judging everything again is nobody's */
    CONNECTING_COST_US = 2000,
    PARTS_COST_US =
        2000000, /* a message of many parts, or without end: no honest program sends any */
    ACCOUNTS_LEAST = 1024,
    SEAL_BYTES = 64, /* libzmq bounds what CURVE has sealed: 33 bytes more */
    MESSAGE_MAX = LT_UPDATE_BYTES_MAX + LT_HEADER_BYTES + SEAL_BYTES,
    RECEIPTS_PAGE_BYTES = 48 * 1024, /* of one RECEIPTS message to a child that caught up */
};
/* The domain of a door whose key is no longer told has another end: so the handler knows by which door one comes. */
#define ZAP_DOMAIN        "lienthong"
#define ZAP_DOMAIN_FORMER "lienthong former"
#define STRANGER          "stranger"
#define BY_FORMER         "former "

struct connection { /* one accepted descriptor, as the monitor tells */
    bool up, known; /* known: it has shown an enrolled key */
    bool leaving; /* shut, and not yet gone: counts no more among strangers */
    bool guarded; /* the kernel keeps it within STRANGER_BYTES_MAX */
    lt_ms since;
    uint64_t address; /* a digest of it */
    uint32_t at; /* in `unknown`, while it is up, not known and not leaving */
    uint16_t junk, joins;
    struct lt_unheard unheard; /* of a known peer, looked at by each sweep */
};

struct peer {
    bool used;
    uint8_t route[LT_ROUTE_BYTES_MAX];
    uint8_t route_size;
    int32_t next; /* in its bucket of the table; -1: last */
    int fd;
    uint64_t came; /* order of coming */
    uint8_t curve_key[32];
    bool former; /* as in struct lt_machine_heard */
    struct lt_unit unit;
    Lienthong__Role role;
    struct lt_key key;
    uint64_t keys_seen; /* value of keys_generation when it was looked up */
    uint64_t session;
    uint64_t welcome, heard_after,
        looked_after; /* numbers of WELCOMEs: of the session, see gate_copies.c */
    bool catching_up, caught_up;
    bool catching_begun;
    bool
        rekeyed; /* a hub that is owed our receipts anew, after the directive that grants our key */
    struct lt_chain catching_at; /* last chain whose receipts were sent again */
    int64_t hello_at, reported_at;
    struct lt_child_view said;
    struct lt_job *first, *last; /* wait for a turn */
    uint32_t waiting, working; /* jobs: here, and in the pipeline */
    uint64_t waiting_bytes, working_bytes;
    bool in_turn;
    int32_t turn_next, turn_before; /* indexes of peers; -1: none */
    struct lt_bucket slowed;
    uint64_t greeting; /* session of its last HELLO */
    lt_ms ending_at; /* it was told that it is cut off, and is shut then; 0: no */
    uint32_t words_since; /* then */
    struct lt_bucket lives; /* signs of life to be verified */
    struct { /* a piece of a release */
        bool is;
        uint64_t session, offset;
        struct lt_hash hash;
    } wants;
};

enum letter_kind { LETTER_JOBS, LETTER_READY, LETTER_JOINED, LETTER_KEYS };
struct letter { /* news from other threads */
    struct letter *next;
    enum letter_kind kind;
    struct lt_job **jobs;
    size_t job_count;
    struct lt_join_ask ask;
    struct lt_keys keys;
    uint8_t *bytes;
    size_t size;
};

struct lt_gate {
    struct lt_gate_config config;
    struct lt_keys keys; /* of receipts */
    struct lt_parent *machine;
    struct lt_sync_store store;
    void *context, *router, *monitor;
    char endpoints[LT_CONFIG_LISTEN_MAX][LT_ENDPOINT_MAX + 16]; /* of the doors, as bound */
    pthread_t thread, zap_thread;
    bool thread_started, zap_started;
    void *zap_socket; /* bound by start, then the ZAP thread's */
    int wake_fd;
    bool bound[LT_CONFIG_LISTEN_MAX];
    lt_ms bind_again_at; /* accept failed: doors are shut for a moment; 0: none is */
    bool ready;
    lt_ms swept_at;
    struct lt_rates joins, guesses, accepts;
    struct lt_rates admits; /* the ZAP thread's */
    struct lt_quota *quota; /* under lock */
    struct lt_bucket logged;
    uint64_t unlogged;
    uint64_t number; /* newest receipt number that a commit made durable */
    struct lt_arena *arena;

    struct connection *connections;
    size_t connection_count;
    int *unknown; /* descriptors of all that may be strangers; strangers_max + 1 of room */
    uint32_t unknown_count;
    struct peer *peers;
    int32_t turn_first, turn_last;
    uint32_t turns;
    uint64_t waiting_bytes; /* of all peers' queues */
    bool paced; /* somebody waits for nothing but time */
    int32_t *table; /* hash of routing id -> index of peer */
    uint32_t table_mask, peers_used;
    uint64_t arrivals, welcomes;
    uint32_t catching_next; /* turn of the next peer that catches up */
    uint32_t piece_next; /* of the next peer that is given a piece */
    bool pieces_wanted;
    lt_ms piece_at; /* not before */
    struct lt_job *batch[FEED_BATCH];
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
    struct lt_machine_heard *machines; /* sorted by key; as many as were let in, and said HELLO */
    size_t machine_count, machine_capacity;
};

/* gate.c. Binds all doors that are not bound, in their order; false: the first that could not be is left with those
 * after it, and zmq_errno says why. */
bool gate_bind(struct lt_gate *gate);

/* gate_zap.c */
enum lt_result gate_zap_start(struct lt_gate *gate);
void gate_zap_join(struct lt_gate *gate); /* after the context was shut down */
/* Who holds a CURVE key now? LT_NOT_FOUND: nobody, or no longer. */
enum lt_result gate_whose(struct lt_gate *gate, const uint8_t curve_key[32],
                          struct lt_unit *ret_unit, Lienthong__Role *ret_role,
                          struct lt_key *ret_key);

/* gate_connections.c */
bool gate_connections_allocate(struct lt_gate *gate);
void gate_monitor_drain(struct lt_gate *gate, lt_ms now);
void gate_sweep(struct lt_gate *gate, lt_ms now);
struct connection *gate_connection(struct lt_gate *gate, int fd); /* NULL: beyond the table */
void gate_connection_known(struct lt_gate *gate, int fd);
void gate_shut(int fd); /* ends a connection from our side */

/* gate_budget.c. Of a socket that listens: what it accepts is held from the first byte on. False: the kernel
 * cannot, connections are looked at once a second instead. */
bool gate_budget_listen(int fd);
/* The accepted one may say STRANGER_BYTES_MAX in all, beyond which nothing reaches us. False: it is not held. */
bool gate_budget_begin(int fd);
void gate_budget_end(int fd);

/* gate_peers.c */
bool gate_peers_allocate(struct lt_gate *gate);
void gate_peers_free(struct lt_gate *gate);
void gate_peers_sweep(struct lt_gate *gate, lt_ms now);
void gate_peer_of_fd_gone(struct lt_gate *gate, int fd);
struct peer *gate_peer_find(struct lt_gate *gate, const uint8_t *route, size_t size);
/* A new peer, told to the machine; NULL: full. */
struct peer *gate_peer_add(struct lt_gate *gate, const uint8_t *route, size_t size, int fd,
                           const uint8_t curve_key[32]);
void gate_peer_drop(struct lt_gate *gate, struct peer *peer);

/* gate_turns.c. Takes the job over, or answers it as busy. */
void gate_turn_take(struct lt_gate *gate, struct peer *peer, struct lt_job *job);
void gate_turn_done(struct lt_gate *gate, const struct lt_job *job); /* it came back */
void gate_turn_drop(struct lt_gate *gate, struct peer *peer); /* all that waits */
void gate_turns_feed(struct lt_gate *gate, lt_ms now);
/* Whose job it is, if it is still here. */
struct peer *gate_turn_peer(struct lt_gate *gate, const struct lt_job *job);

/* gate_quota.c */
void gate_spend(struct lt_gate *gate, struct peer *peer, enum lt_meter meter, uint64_t amount,
                lt_ms now);
/* What storing a job is likely to take of the writer, in microseconds. */
uint64_t gate_work_of(const struct lt_job *job);
void gate_spend_answer(struct lt_gate *gate, const struct lt_job *job, lt_ms now);
bool gate_may_work(struct lt_gate *gate, const struct peer *peer, lt_ms now);
/* A message of one that is cut off, or too much of one that is slowed: not to be looked at. */
bool gate_quota_ignores(struct lt_gate *gate, struct peer *peer, struct lt_bytes bytes, lt_ms now);
/* A line for the log, unless there were many of late. */
void gate_log(struct lt_gate *gate, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* What came, and what the transport knows of its sender. */
struct incoming {
    zmq_msg_t route, payload;
    uint64_t size; /* of all parts */
};
struct sender {
    int fd;
    bool stranger, former;
    uint8_t curve_key[32];
    const char *address; /* lives as long as the message */
};
/* gate_join.c: a JOIN; false: it was not worth an answer. */
bool gate_take_join(struct lt_gate *gate, struct incoming *incoming, const struct sender *sender,
                    const struct lt_message *message, lt_ms now);

/* gate_in.c: reads at most READ_BATCH messages; false: nothing waited. */
bool gate_read(struct lt_gate *gate, lt_ms now);

/* gate_hello.c: an accepted HELLO, for status. */
void gate_note_hello(struct lt_gate *gate, struct peer *peer, struct lt_bytes bytes,
                     int64_t wall_time);

/* gate_out.c */
bool gate_send(struct lt_gate *gate, struct peer *peer, const uint8_t *bytes, size_t size);
void gate_perform(struct lt_gate *gate, struct lt_actions *actions);
void gate_letters(struct lt_gate *gate);
/* A receipt of ours that we do not cover; true: the machine has a new incarnation. */
bool gate_restored(struct lt_gate *gate, struct lt_bytes receipt);
enum lt_result gate_machine_new(struct lt_gate *gate);
void gate_letter_free(struct letter *letter);

/* gate_lives.c */
void gate_take_lives(struct lt_gate *gate, struct peer *peer, const Lienthong__Report *report);
void gate_heard_update(struct lt_gate *gate, const struct lt_job *job, int64_t now);

/* gate_pieces.c. A child asks; while it waits for an answer nothing more is asked. */
void gate_want_piece(struct lt_gate *gate, struct peer *peer, const struct lt_action *action);
void gate_pieces(struct lt_gate *gate, lt_ms now);
/* Until the next may be given; a second at most. */
long gate_pieces_wait_ms(const struct lt_gate *gate, lt_ms now);

/* gate_doubts.c. An UPDATE message of a peer that the machine could not read; an update that was refused. */
void gate_doubt_message(struct lt_gate *gate, const struct peer *peer, struct lt_bytes bytes);
void gate_doubt_refused(struct lt_gate *gate, const struct lt_job *job);

/* gate_copies.c: what a peer said in its session. */
void gate_look_for_copies(struct lt_gate *gate, struct peer *peer, const struct lt_message *message,
                          int64_t now);

/* gate_receipts.c */
struct touched { /* a chain that a group changed; number 0: nobody is owed a receipt */
    struct lt_chain chain;
    uint64_t number;
};
/* Tells of all; one receipt a chain, with the newest of its numbers. Sorts the array. */
void gate_send_receipts(struct lt_gate *gate, struct touched *touched, size_t count,
                        struct lt_actions *actions);
/* Receipts are signed by other keys from now on. And: an update was sent to a peer. */
void gate_rekey(struct lt_gate *gate, const struct lt_keys *keys);
void gate_rekeyed_sent(struct peer *peer, struct lt_bytes update);
/* One page of receipts to the next child that waits for them; false: nobody does. */
bool gate_catch_up(struct lt_gate *gate);

#endif
