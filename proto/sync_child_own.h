/* sync_child_own.h - what the parts of the child's machine share. Private to proto/sync_child*.c.
 *
 * sync_child.c          life: connecting, sessions, time
 * sync_child_chains.c   the table of chains and small sets of hashes
 * sync_child_message.c  what the parent says
 * sync_child_fetch.c    what the parent has and we lack
 * sync_child_push.c     what we have and the parent lacks
 * sync_child_unnamed.c  directives that we hold and the parent does not name
 *
 * The table of chains lives for one session: HELLO builds it anew, so whatever went wrong in a session
 * ends with it. */
#ifndef LT_SYNC_CHILD_OWN_H
#define LT_SYNC_CHILD_OWN_H

#include "proto/actions.h"
#include "proto/sync_scope.h"

enum {
    /* Chains that may be fetched at a time: each answer is at most a credit of bytes. */
    LT_CHILD_WANTS_MAX = 8,
    /* Chains that a parent may name: a whole country has some 15,000 units in two streams. */
    LT_CHILD_CHAINS_MAX = 1 << 18,
    /* Positions asked for at once: a backlog is walked once for so many. */
    LT_CHILD_POSITIONS_MAX = 256,
    /* Updates of one answer that wait to be stored: a credit of the smallest updates. */
    LT_CHILD_PENDING_MAX = 1 << 15,
    /* A shorter pause would be none. */
    LT_CHILD_PAUSE_LEAST_MS = 50,
    /* 64 kbit/s, the weakest link that limits.h reckons with. */
    LT_CHILD_SLOWEST_BYTES_PER_MS = 8,
};

#define LT_NEVER UINT64_MAX

struct lt_hash_set { /* small, unordered; grows */
    struct lt_hash *items;
    uint32_t count, capacity;
};

enum lt_fetch {
    LT_FETCH_NONE, /* nothing is lacking, as far as the parent said */
    LT_FETCH_QUEUED, /* waits for its turn to WANT */
    LT_FETCH_WANTED, /* a WANT is on its way: updates, then one Tips as end mark */
    LT_FETCH_STORING, /* the mark came; some of the updates are not stored yet */
    LT_FETCH_REST, /* a whole answer brought nothing new */
};

enum lt_push {
    LT_PUSH_FREE,
    LT_PUSH_KEY_REST, /* until the parent has learnt a directive */
    LT_PUSH_BUSY_REST, /* until the pause is over */
    LT_PUSH_SESSION_REST, /* until the next session */
};

struct lt_flight { /* an update that was sent and no receipt covers */
    struct lt_hash id;
    struct lt_hash *parents;
    uint64_t position;
    uint32_t parent_count, bytes;
    bool covered; /* within lt_push_cover only */
};

struct lt_child_chain {
    struct lt_chain chain;
    struct lt_hash_set tips; /* the parent's, by its latest word */
    bool named; /* the parent has said them in this session */
    bool unscoped; /* not in our scope, by the directives we know */
    bool up; /* ours to push */

    enum lt_fetch fetch;
    bool lacks; /* some of the tips is not in our store */
    bool blocks; /* so nothing may be signed */
    bool gained; /* this answer brought something new */
    bool retry; /* a directive came meanwhile: ask once more */
    struct lt_hash_set
        pending; /* handed out to be stored, in order; from pending_at on not stored yet */
    uint32_t pending_at;
    uint32_t answers, rejections; /* of the owner, since the last look; in this answer */
    struct lt_hash_set seen; /* newest of what was sent to us and we had: the ladder missed it */
    struct lt_child_chain *want_next;
    bool want_listed;

    enum lt_push push;
    bool orphaned; /* once a session */
    bool doubtful; /* what is in flight must be compared with the store */
    struct lt_flight *flights; /* in the order of sending */
    uint32_t flight_count, flight_capacity;
    struct lt_hash_set echoes; /* dropped after ORPHAN; they will be refused too */
    uint64_t *positions; /* next to be sent */
    uint32_t position_at, position_count;
    struct lt_child_chain *push_next;
    bool push_listed;
};

struct lt_child_list { /* first in, first out; linked through want_next or push_next */
    struct lt_child_chain *first, *last;
};

enum lt_child_phase {
    LT_PHASE_PAUSE, /* until pause_until, then LT_DO_CONNECT */
    LT_PHASE_CONNECTING, /* LT_DO_CONNECT was said */
    LT_PHASE_HELLO, /* HELLO was said */
    LT_PHASE_UP, /* WELCOME came */
};

struct lt_child {
    struct lt_child_config config;
    struct lt_sync_store store;
    struct lt_arena *arena;
    uint64_t random;

    enum lt_child_phase phase;
    bool broken; /* seen in this call (out of memory): the session is given up at its end */
    bool connected, was_welcomed; /* this connection */
    bool proves, proved; /* the parent is to be shown what it lost; was, on this connection */
    uint64_t session; /* 0: none */
    uint32_t failures; /* connections in a row without a WELCOME */
    uint32_t pauses; /* in a row: the exponent of the back-off */
    uint32_t busy_pauses;
    uint64_t carried_bytes; /* in flight when HELLO was said: it waits behind them */

    lt_ms now; /* latest seen */
    lt_ms pause_until; /* PAUSE, CONNECTING */
    lt_ms shut_out_ms; /* the parent asked for such a pause: taken when this call ends; 0: no */
    lt_ms heard_at; /* the last word of the parent, or when we began to wait for one */
    lt_ms welcomed_at;
    lt_ms hello_at; /* next HELLO */
    bool greet; /* another at once: what this one said is no longer the scope */
    lt_ms busy_until; /* nothing is pushed before; LT_NEVER: no pause */
    bool waiting; /* for an answer, since heard_at */
    bool heard; /* in this call */

    struct lt_hash digest, parent_digest; /* of HELLO, of WELCOME */
    struct lt_sync_scope_digest pages; /* of the pages so far */
    struct lt_unit parent;
    uint64_t credit_bytes;
    bool parent_ready, ready_said, pages_done, pieces;
    bool drafts, sign_said;
    bool sign_later; /* in this call: the owner is still counting his drafts */
    int64_t wall_time_s, skew_s;
    bool wall_known;

    struct lt_child_chain **chains; /* sorted */
    size_t chain_count, chain_capacity;
    size_t blocking, lacking, unscoped;
    size_t fetches; /* WANTED or STORING */
    size_t wanted; /* WANTED */
    size_t directive_fetches; /* QUEUED, WANTED or STORING */
    size_t push_rests;
    bool book_changed; /* a directive was stored: what was rejected may be good now */
    uint64_t flying, flying_bytes;
    struct lt_child_list wants[2], pushes[2]; /* directives; reports */
};

/* sync_child.c */
/* Full jitter, but never less than LT_CHILD_PAUSE_LEAST_MS. */
lt_ms lt_child_pause(struct lt_child *child, uint32_t exponent);
lt_ms lt_ms_add(lt_ms a, lt_ms b); /* stays below LT_NEVER */
/* The pause that a parent asked for, bounded, and up to a tenth more: not all are back at once. 0: none. */
lt_ms lt_child_asked_pause(struct lt_child *child, uint32_t retry_after_s);

/* sync_child_chains.c */
bool lt_hash_set_has(const struct lt_hash_set *set, const struct lt_hash *hash);
bool lt_hash_set_add(struct lt_hash_set *set, const struct lt_hash *hash); /* false: no memory */
bool lt_hash_set_remove(struct lt_hash_set *set, const struct lt_hash *hash); /* false: not there */
bool lt_hash_set_assign(struct lt_hash_set *set, const struct lt_hash *hashes, size_t count);
void lt_hash_set_clear(struct lt_hash_set *set);

struct lt_child_chain *lt_chains_find(const struct lt_child *child, const struct lt_chain *chain);
/* Finds or makes. NULL: out of memory (then the session is broken) or too many. */
struct lt_child_chain *lt_chains_get(struct lt_child *child, const struct lt_chain *chain);
void lt_chains_clear(struct lt_child *child);
static inline bool lt_is_directive(const struct lt_child_chain *chain)
{
    return chain->chain.stream == LT_STREAM_DIRECTIVE;
}

/* sync_child_fetch.c */
bool lt_is_parents_own(const struct lt_child *child, const struct lt_child_chain *chain);
/* Compares the parent's word on a chain with our store, and decides what is next for it. */
void lt_fetch_settle(struct lt_child *child, struct lt_child_chain *chain);
/* The end mark of an answer. */
void lt_fetch_mark(struct lt_child *child, struct lt_child_chain *chain);
/* Something of the chain was stored, or could not be. */
void lt_fetch_stored(struct lt_child *child, struct lt_child_chain *chain);
void lt_fetch_rejected(struct lt_child *child, struct lt_child_chain *chain);
enum lt_result lt_fetch_update(struct lt_child *child, struct lt_bytes bytes,
                               struct lt_actions *out);
void lt_fetch_work(struct lt_child *child, struct lt_actions *out);

/* sync_child_push.c */
/* The parent says that it holds `tips` of the chain: they become its tips. */
void lt_push_cover(struct lt_child *child, struct lt_child_chain *chain, const struct lt_hash *tips,
                   size_t count);
/* The parent's tips are all here: there may be something to push. */
void lt_push_offer(struct lt_child *child, struct lt_child_chain *chain);
void lt_push_forget(struct lt_child_chain *chain); /* the positions to be sent next */
void lt_push_refused(struct lt_child *child, struct lt_child_chain *chain, const struct lt_hash *id,
                     const Lienthong__Refused *refused);
/* Chains that rest for `why` may push again. */
void lt_push_wake(struct lt_child *child, enum lt_push why);
void lt_push_work(struct lt_child *child, struct lt_actions *out);
void lt_flights_free(struct lt_child_chain *chain);

/* sync_child_message.c */
bool lt_child_say_hello(struct lt_child *child, struct lt_actions *out);
enum lt_result lt_child_hear(struct lt_child *child, const struct lt_message *message,
                             struct lt_actions *out);

#endif
