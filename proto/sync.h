/* sync.h - the conversation (design section 5) as two state machines: event and time in, actions out.
 *
 * A machine does no I/O, reads no clock and draws no randomness: monotonic milliseconds and a seed are
 * arguments, and what is to be done comes back as a list of actions that the owner carries out. It
 * asks the owner's store through struct lt_sync_store; answers are taken at once and nothing is kept
 * of them but copies. One machine belongs to one thread.
 *
 * Rules it keeps (model/sync_model.py in words):
 *  - what to push is decided by the parent's latest tips, never by a stored receipt;
 *  - a parent whose tips fall short of its own receipt was restored: it is shown that receipt, once a connection, before
 *    what it lost is given back and nobody can tell any more;
 *  - a parent that is shown a receipt of its own with a number that it has not given out yet was restored, of whatever
 *    incarnation the receipt is (a ledger may be restored again from one copy);
 *  - what the parent named and is not in the store is fetched first: no push of that chain, and no
 *    signing at all, before it is here;
 *  - signing is allowed only in a session whose WELCOME said ready; READY asks for such a one;
 *  - answers of an earlier session are ignored; every message may be repeated;
 *  - updates in flight are bounded by the parent's credit, in bytes (one update may always fly);
 *    chains take turns, directive chains first, so no unit blocks another;
 *  - nothing is sent in order to heal a fork: the next real update names all tips. */
#ifndef LT_SYNC_H
#define LT_SYNC_H

#include "proto/message.h"

typedef uint64_t lt_ms; /* monotonic milliseconds; never wall time */

/* Which way a chain travels between this parent and this child. */
enum lt_way {
    LT_WAY_NONE, /* not in the child's scope */
    LT_WAY_UP, /* the child pushes; either side may have lost some and fetches */
    LT_WAY_DOWN, /* directives of the parent and above: the child fetches; those of a parent that was restored
                  * from an older copy it also gives back */
};

/* Read-only questions to the store. All must be cheap but `lacking`. */
struct lt_sync_store {
    void *context;
    bool (*has)(void *context, const struct lt_hash *id);
    /* Tips of a chain, ascending; 0 when the chain is empty. */
    size_t (*tips)(void *context, const struct lt_chain *chain,
                   struct lt_hash ret_tips[LT_PARENTS_MAX]);
    /* The first non-empty chain after `after` (NULL: the first) by lt_chain_cmp. */
    bool (*next_chain)(void *context, const struct lt_chain *after, struct lt_chain *ret_chain);
    /* Tips, then ancestors at distances 1 2 4 8 …, at most LT_HAVE_MAX, for a WANT. */
    size_t (*ladder)(void *context, const struct lt_chain *chain,
                     struct lt_hash ret_have[LT_HAVE_MAX]);
    /* Positions of the updates of `chain` that are neither in `have` nor ancestors of what is in it,
     * oldest first (parents before children), at most `max`: of more, the oldest. Unknown hashes in
     * `have` are ignored. */
    size_t (*lacking)(void *context, const struct lt_chain *chain, const struct lt_hash *have,
                      size_t have_count, uint64_t *ret_positions, size_t max);
    /* Identity, parents and wire size of the update at a position. False: gone (a logic error). */
    bool (*update_at)(void *context, uint64_t position, struct lt_hash *ret_id,
                      struct lt_hash ret_parents[LT_PARENTS_MAX], size_t *ret_parent_count,
                      size_t *ret_bytes);
    /* Way of a chain for a child (role, unit). The child asks with its own role and unit. Not asked
     * for an agent and a report chain of another code: that is LT_WAY_NONE. */
    enum lt_way (*way)(void *context, Lienthong__Role role, const struct lt_unit *child,
                       const struct lt_chain *chain);
    /* Digest of the directives it holds and the newest receipts (serialised Receipt each) of the hubs
     * above, at most LT_HELLO_RECEIPTS_MAX, malloc'ed each, for a HELLO. May be NULL for a parent. */
    size_t (*newest_receipts)(void *context, uint8_t **ret_bytes, size_t *ret_sizes, size_t max);
    /* Does the parent's word on a chain fall short of a receipt that it once gave, and the store keeps? Then that one is
     * among the newest receipts from now on. NULL: never. */
    bool (*falls_short)(void *context, const struct lt_unit *parent, const struct lt_chain *chain,
                        const struct lt_hash *tips, size_t count);
    /* Parent: was this number of a receipt of ours given out, as far as this ledger knows? NULL: every one was. */
    bool (*gave_out)(void *context, uint64_t number);
};

enum lt_action_kind {
    LT_DO_SEND, /* send `bytes` (owned by the action) to the peer */
    LT_DO_SEND_UPDATE, /* send header (LT_MSG_UPDATE, session) and the exact bytes at `position` */
    LT_DO_STORE, /* an update came: verify, check, store durably; then report it back */
    LT_DO_RECEIPT, /* a receipt came (`bytes`: a serialised Receipt): check the key, keep it, pass it down */
    LT_DO_SIGN, /* drafts may be signed now; report the new update as stored */
    LT_DO_CONNECT, /* child: close the socket if any, and connect to the next endpoint */
    LT_DO_READY, /* child: all that the parent named is here and it is ready: so are we */
    LT_DO_RESTORED, /* parent: a child showed our own receipt (`bytes`): beyond our ledger, or not yet given out */
    LT_DO_REPORT, /* parent: a child's Report (`bytes`) */
    LT_DO_REFUSED, /* child: the parent refused an update of ours (`bytes`: a Refused): show it */
    LT_DO_PIECE, /* child: a piece of a release's file came (`bytes`: a Piece) */
    LT_DO_WANT_PIECE, /* parent: a child asks for one (`bytes`: a WantPiece): lt_parent_piece answers */
};

struct lt_action {
    enum lt_action_kind kind;
    uint32_t peer; /* parent: which child */
    uint64_t session;
    uint64_t position;
    uint8_t *bytes; /* owned; freed by lt_actions_clear */
    size_t size;
};

/* A growing list. Zero-initialise; take the actions, then clear. */
struct lt_actions {
    struct lt_action *items;
    size_t count, capacity;
};
void lt_actions_clear(struct lt_actions *actions);

/* ---- The child's half ---- */

struct lt_child_config {
    struct lt_unit unit;
    Lienthong__Role role;
    struct lt_instance instance;
    const char *software; /* outlives the machine */
    uint64_t seed; /* of sessions and jitter */
    lt_ms hello_every_ms; /* a new HELLO even when all is well; 600000 */
    lt_ms answer_within_ms; /* no WELCOME or answer for so long: reconnect; 30000. What is under way
                               adds the time that it takes at 64 kbit/s. */
    lt_ms retry_first_ms,
        retry_most_ms; /* back-off with full jitter, also at the cap; 1000, 300000 */
    uint64_t credit_most_bytes; /* upper bound of what is in flight, whatever the parent allows */
};

struct lt_child;
/* Starts unconnected; the first tick asks for LT_DO_CONNECT. NULL: out of memory. */
struct lt_child *lt_child_new(const struct lt_child_config *config,
                              const struct lt_sync_store *store);
void lt_child_free(struct lt_child *child);

/* The socket was opened (says HELLO). */
void lt_child_connected(struct lt_child *child, lt_ms now, struct lt_actions *out);
/* The transport failed, or the peer was refused: back off. */
void lt_child_disconnected(struct lt_child *child, lt_ms now, struct lt_actions *out);
/* A message came. LT_OK also for one that is ignored; errors for what no honest parent sends. */
enum lt_result lt_child_message(struct lt_child *child, struct lt_bytes bytes, lt_ms now,
                                struct lt_actions *out);
/* An update of `chain` was stored durably: fetched, signed here, or (hub) pushed by our own child.
 * Every LT_DO_STORE must be answered once: stored (also when it was there), or rejected. */
void lt_child_stored(struct lt_child *child, const struct lt_chain *chain, lt_ms now,
                     struct lt_actions *out);
/* An update that LT_DO_STORE asked for could not be stored. When a whole answer brought nothing new,
 * its chain rests until the next session, or until a directive was stored (which may grant its key). */
void lt_child_rejected(struct lt_child *child, const struct lt_chain *chain, lt_ms now,
                       struct lt_actions *out);
/* Drafts wait to be signed (true), or none do. */
void lt_child_drafts(struct lt_child *child, bool waiting, lt_ms now, struct lt_actions *out);
/* Another parent is tried from now on: pauses between connections begin anew. */
void lt_child_afresh(struct lt_child *child, lt_ms now, struct lt_actions *out);
/* What is in our scope is not what it was: says HELLO again, when what is under way is done. */
void lt_child_greet(struct lt_child *child, lt_ms now, struct lt_actions *out);
/* Optional: our wall clock, for lt_child_state.clock_skew_s; said before a message is handed in. */
void lt_child_wall(struct lt_child *child, int64_t wall_time_s);
/* Time passed. `now` may jump either way: a tick after a jump back keeps all waits as long as they
 * were to be. */
void lt_child_tick(struct lt_child *child, lt_ms now, struct lt_actions *out);
/* When the next tick is due; UINT64_MAX: never. At rest at most one in 10 s on average. */
lt_ms lt_child_due(const struct lt_child *child);
/* Sends a Report (STATUS) if a session is up. */
void lt_child_report(struct lt_child *child, const Lienthong__Report *report,
                     struct lt_actions *out);

/* Asks the parent for a piece of a release's file; nothing is said unless lt_child_state.pieces. An answer may never
 * come. */
void lt_child_want_piece(struct lt_child *child, const struct lt_hash *hash, uint64_t offset,
                         struct lt_actions *out);

struct lt_child_state {
    bool connected, welcomed, settled,
        parent_ready; /* settled: nothing to fetch, nothing unpushed */
    bool fetched; /* nothing to fetch, of all that the parent named */
    bool pieces; /* the parent answers for pieces of releases */
    uint64_t in_flight_updates, in_flight_bytes;
    struct lt_unit parent; /* of the last WELCOME */
    int64_t
        clock_skew_s; /* parent's wall time less ours at the last WELCOME; 0 without lt_child_wall */
    uint32_t failures; /* connections in a row without a WELCOME */
    uint64_t session;
};
void lt_child_state(const struct lt_child *child, struct lt_child_state *ret_state);
/* Directive chains that only the parent brings, and of which it has not named all that we hold: of each the position of
 * the oldest such update. None in a session in which not everything was fetched yet. */
struct lt_unnamed {
    struct lt_chain chain;
    uint64_t position;
};
size_t lt_child_unnamed(const struct lt_child *child, struct lt_unnamed *ret_unnamed, size_t max);

/* ---- The parent's half ---- */

struct lt_parent_config {
    struct lt_unit unit;
    struct lt_instance incarnation;
    uint64_t credit_bytes;
    bool ready; /* the top is ready from the start */
    bool pieces; /* the owner answers LT_DO_WANT_PIECE; else it is malformed */
    uint32_t peers_max;
};

struct lt_parent;
struct lt_parent *lt_parent_new(const struct lt_parent_config *config,
                                const struct lt_sync_store *store);
void lt_parent_free(struct lt_parent *parent);

/* A child as the transport authenticated it (ZAP User-Id), numbered by the owner 0 … peers_max-1. A
 * number may be given anew after lt_parent_gone. */
void lt_parent_came(struct lt_parent *parent, uint32_t peer, Lienthong__Role role,
                    const struct lt_unit *unit);
void lt_parent_gone(struct lt_parent *parent, uint32_t peer);
/* A message of an enrolled peer. `wall_time` goes into WELCOME only. HELLO's unit and role must be the
 * enrolled ones: LT_NOT_YOURS. Updates of chains that are not UP for the peer are refused. */
enum lt_result lt_parent_message(struct lt_parent *parent, uint32_t peer, struct lt_bytes bytes,
                                 lt_ms now, int64_t wall_time, struct lt_actions *out);
/* An LT_DO_STORE of `bytes` (action.size) is done with, stored or not: makes room. Every one must be
 * answered so, or the peer ends up refused as busy (at twice the credit). */
void lt_parent_answered(struct lt_parent *parent, uint32_t peer, uint64_t bytes);
/* The ledger's incarnation has changed (LT_DO_RESTORED). */
void lt_parent_incarnation(struct lt_parent *parent, const struct lt_instance *incarnation);
/* The owner's answer to LT_DO_STORE when it was not stored. */
void lt_parent_refuse(struct lt_parent *parent, uint32_t peer, uint64_t session,
                      const struct lt_chain *chain, const struct lt_hash *id,
                      Lienthong__RefusalReason reason, const struct lt_hash *missing,
                      size_t missing_count, const char *text, struct lt_actions *out);
/* Busy: it may be sent again, not before `retry_after_s` have passed. */
void lt_parent_refuse_busy(struct lt_parent *parent, uint32_t peer, uint64_t session,
                           const struct lt_chain *chain, const struct lt_hash *id,
                           uint32_t retry_after_s, const char *text, struct lt_actions *out);
/* Updates of `chain` were committed: tells the children for whom it is DOWN its new tips. */
void lt_parent_stored(struct lt_parent *parent, const struct lt_chain *chain,
                      struct lt_actions *out);
/* A receipt (ours after a commit, or one from above): goes to every child for whom its chain is UP. */
void lt_parent_receipt(struct lt_parent *parent, const struct lt_chain *chain,
                       struct lt_bytes receipt, struct lt_actions *out);
/* The answer to LT_DO_WANT_PIECE, whenever it is made; no bytes: it is not here. Nothing is sent in another session.
 * At most LT_PIECE_BYTES_MAX. */
void lt_parent_piece(struct lt_parent *parent, uint32_t peer, uint64_t session,
                     const struct lt_hash *hash, uint64_t offset, struct lt_bytes bytes, bool last,
                     struct lt_actions *out);
/* We have become ready: tells everyone, the first time. */
void lt_parent_ready(struct lt_parent *parent, struct lt_actions *out);

/* Digest over (chain key, number of tips as 4 bytes big-endian, tips) of all chains that are not
 * LT_WAY_NONE for the child, in order: what HELLO and WELCOME compare. */
void lt_sync_digest(const struct lt_sync_store *store, Lienthong__Role role,
                    const struct lt_unit *child, struct lt_hash *ret_digest);

#endif
