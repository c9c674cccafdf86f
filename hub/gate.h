/* gate.h - the hub's front: a ROUTER socket for agents and hubs below, CURVE always.
 *
 * One thread owns the socket, the parent's half of the conversation (proto/sync.h) and the signing of
 * receipts. Whom to believe is decided for every message by the ZAP User-Id that came with it, looked
 * up in the book (so a revocation bites at once), never by the ROUTER's routing id. A key that the book
 * does not know is admitted only as a stranger: few at a time, not for long, at a bounded rate, and of
 * what it says only JOIN is read. Guesses, JOINs whose secret is none of ours, have a rate of their own
 * for each address and in all, so that they hold up nobody who has a code.
 *
 * Each peer's updates wait in a queue of its own and take turns into the pipeline, where each has a small
 * share: nobody waits for what another one pushed. What a machine costs is counted (quota.h): first it is
 * slowed, then told that it is cut off, and shut. When too much waits the gate stops reading; ZeroMQ's
 * bounded queues and TCP hold the rest back.
 *
 * Callbacks come on the gate's thread and must not block. All functions may be called from any
 * thread. */
#ifndef LT_GATE_H
#define LT_GATE_H

#include "agent/keys.h"
#include "hub/copies.h"
#include "hub/door.h"
#include "hub/doubts.h"
#include "hub/lives.h"
#include "hub/pipeline.h"
#include "hub/quota.h"
#include "hub/releases.h"
#include "proto/message.h"

enum { LT_ROUTE_BYTES_MAX = 32, LT_GATE_USER_MAX = 200, LT_SOFTWARE_MAX = 48 };

/* A stranger's JOIN. Its proof was verified when it shows a secret of ours. */
struct lt_join_ask {
    uint8_t route[LT_ROUTE_BYTES_MAX];
    size_t route_size;
    uint64_t session;
    Lienthong__Role role;
    uint8_t secret[16];
    struct lt_key key;
    uint8_t curve_key[32];
    struct lt_instance instance;
    char address[48]; /* of the peer, for the log */
    /* A key is to be changed for another; both signatures were verified. */
    bool rotates;
    struct lt_unit unit;
    struct lt_key previous;
    struct lt_signature previous_signature;
    size_t cut_count;
    struct lt_hash cut[LT_ROTATE_TIPS_MAX];
};

struct lt_gate_config {
    struct lt_ledger *ledger;
    struct lt_pipeline *pipeline;
    const struct lt_keys *keys; /* signs receipts; copied */
    struct lt_hub_site site;
    const struct lt_door *doors; /* as hub.conf has them, the told one last; outlive the gate */
    size_t door_count;
    uint64_t credit_bytes;
    uint32_t peers_max;
    uint32_t strangers_max; /* connections that have not shown an enrolled key */
    struct lt_quota_limits limits;
    bool ready; /* children may sign from the start: the top */
    void *context;
    /* Is that the secret of an invitation, in whatever state? Looked up before anything that costs. */
    bool (*invited)(void *context, const uint8_t secret[16]);
    /* False: too many wait. */
    bool (*join)(void *context, const struct lt_join_ask *ask);
    /* An enrolled child has said HELLO. May be NULL. */
    void (*hello)(void *context, const struct lt_unit *unit, Lienthong__Role role);
    /* A line for the log: of one cut off, of crowds. At a bounded rate. May be NULL. */
    void (*log)(void *context, const char *line);
    struct lt_releases *releases; /* handed down; NULL: none are */
    uint32_t release_kib_s; /* to all children together, not 0 */
    struct lt_lives *lives; /* when units were heard; may be NULL */
    struct lt_copies *copies; /* machines restored or there twice; may be NULL */
    struct lt_doubts *doubts; /* what children bring that no honest one does; may be NULL */
    /* Our ledger was found to be older than a receipt of ours: make a new incarnation durable. */
    bool (*restored)(void *context, const struct lt_statement *proof,
                     struct lt_instance *ret_incarnation);
};

struct lt_gate;
/* Binds (the authentication handler first) and starts the thread, which reads nothing before
 * lt_gate_open_door. ret_reason says what failed. */
enum lt_result lt_gate_start(const struct lt_gate_config *config, struct lt_gate **ret_gate,
                             char ret_reason[200]);
/* Proves that it keeps strangers and unencrypted clients out, through its own front door. LT_REFUSED:
 * it does not; LT_NETWORK: could not be tried. Takes well under a second when all is well. */
enum lt_result lt_gate_prove(struct lt_gate *gate, char ret_reason[200]);
void lt_gate_open_door(struct lt_gate *gate);
/* Stops reading; answers still go out. Then, when the pipeline has stopped, lt_gate_stop. */
void lt_gate_close_door(struct lt_gate *gate);
void lt_gate_stop(
    struct lt_gate *gate); /* handles what came back, ends the thread, frees; NULL ok */
/* Of the told door, as bound, with its port. */
const char *lt_gate_endpoint(const struct lt_gate *gate);

/* A directive was stored: every peer's key is looked up anew at its next message. Any thread; before anybody
 * is told that the directive stands. */
void lt_gate_keys_changed(struct lt_gate *gate);
/* Receipts are signed by these keys from now on: the book knows them. Children get theirs anew. False: out
 * of memory. */
bool lt_gate_rekey(struct lt_gate *gate, const struct lt_keys *keys);
/* Jobs come back from the pipeline: answered, and freed. */
void lt_gate_done(struct lt_gate *gate, struct lt_job **jobs, size_t count);
/* We have become ready: tells all children. */
void lt_gate_set_ready(struct lt_gate *gate);
/* Takes over `answer` (a packed JOINED message, malloc'ed); sent if the stranger is still there. */
void lt_gate_answer_join(struct lt_gate *gate, const struct lt_join_ask *ask, uint8_t *answer,
                         size_t size);

/* For status. */
struct lt_gate_counts {
    uint32_t peers, connections, strangers;
    uint64_t messages, bytes, dropped, stranger_dropped, joins, guesses_limited, receipts_signed;
    uint64_t refused_admissions, accept_failures;
    uint64_t
        crowded_out; /* connections of strangers shut because there were too many, or came too fast */
    uint64_t cut_offs; /* machines that were cut off */
    uint64_t waiting_bytes; /* of updates that wait for their turn */
    bool ready, reading, guarded; /* guarded: the kernel bounds what strangers say */
};
struct lt_heard {
    struct lt_chain chain;
    int64_t last_at; /* wall clock of the last update that a child brought */
    uint64_t updates; /* since this hub started */
};
struct lt_child_view {
    struct lt_unit unit;
    Lienthong__Role role;
    struct lt_key key;
    int64_t hello_at, reported_at; /* 0: not in this connection */
    uint64_t backlog_updates, backlog_drafts, disk_free_bytes, refused, contested;
    uint64_t release, release_bad; /* that it runs; that it went back from */
    int64_t oldest_unsent_at, clock_skew_s;
};
/* Accounts worth showing (quota.h); copies, both to be freed. 0, and NULL in both: none, or no memory. */
size_t lt_gate_quotas(struct lt_gate *gate, struct lt_account **ret_accounts,
                      enum lt_standing **ret_standings);

/* A machine that has said HELLO since this hub started, connected or not. */
struct lt_machine_heard {
    struct lt_unit unit;
    Lienthong__Role role;
    struct lt_key key;
    int64_t hello_at;
    uint32_t body_version; /* newest body that it reads */
    bool former; /* it came by a door whose key is no longer told */
    char software[LT_SOFTWARE_MAX]; /* as it calls itself */
};
void lt_gate_counts(struct lt_gate *gate, struct lt_gate_counts *ret_counts);
/* malloc'ed copies. */
size_t lt_gate_heard(struct lt_gate *gate, struct lt_heard **ret_heard);
size_t lt_gate_children(struct lt_gate *gate, struct lt_child_view **ret_children);
size_t lt_gate_machines(struct lt_gate *gate, struct lt_machine_heard **ret_machines); /* by key */

#endif
