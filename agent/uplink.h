/* uplink.h - the way up: runs the child's half of the conversation (proto/sync.h) over ZeroMQ.
 *
 * Used by the agent and, for its own parent, by a hub. The uplink owns one link at a time, carries out
 * the machine's actions, and asks its owner for all that touches a store. It backs off and reconnects
 * by the machine's word only, taking the parent's endpoints in turn; it signs nothing of itself.
 *
 * Threads: an uplink and all calls about it belong to one thread, the callbacks come on that thread and
 * only from within lt_uplink_run_once. Whoever has news from another thread gives a descriptor to wait
 * for (an eventfd) and passes the news on here. Callbacks may call lt_uplink_stored, _rejected and
 * _drafts, not lt_uplink_run_once or _free.
 *
 * It logs nothing: `changed` and `failed` tell what is worth telling. At rest it wakes with the
 * machine's own times and libzmq's heartbeat, under 0.1 times a second. */
#ifndef LT_UPLINK_H
#define LT_UPLINK_H

#include "agent/ways.h"
#include "proto/sync.h"

enum { LT_UPLINK_ENDPOINTS_MAX = LT_WAY_ENDPOINTS_MAX };

struct lt_uplink_config {
    struct lt_child_config child; /* lt_uplink_child_config gives the usual times */
    struct lt_sync_store store;
    size_t endpoint_count; /* at least 1 */
    char endpoints[LT_UPLINK_ENDPOINTS_MAX][LT_ENDPOINT_MAX];
    uint8_t parent_curve[32];
    uint8_t curve_public[32], curve_secret[32];
};

/* What the owner does. All but store, load, sign and receipt may be NULL. */
struct lt_uplink_owner {
    void *context;
    /* Verify and store one update durably; copy what is kept. LT_OK, LT_EXISTS: it is stored.
     * LT_NOT_READY: lt_uplink_stored or lt_uplink_rejected will say so later. Others: rejected. */
    enum lt_result (*store)(void *context, struct lt_bytes update);
    /* Copy the update at a position, exactly `size` bytes (as the store's update_at told). Others than
     * LT_OK: it cannot be sent, and the connection is given up. */
    enum lt_result (*load)(void *context, uint64_t position, uint8_t *ret_bytes, size_t size);
    /* Sign one update from the drafts. LT_OK: signed, of *ret_chain; *ret_more: call again at once.
     * LT_NOT_FOUND: nothing is left to sign. Others: tried again after a minute. */
    enum lt_result (*sign)(void *context, struct lt_chain *ret_chain, bool *ret_more);
    /* A receipt (serialised Receipt): check its key, keep it, pass it down. */
    void (*receipt)(void *context, struct lt_bytes receipt);
    /* Everything that the parent named is here, and the parent is ready. Once a session or more. */
    void (*ready)(void *context);
    /* The parent refused an update of ours. */
    void (*refused)(void *context, const Lienthong__Refused *refused);
    /* Fill in a STATUS; texts must live until the next call. Asked once a session. */
    void (*report)(void *context, Lienthong__Report *report);
    /* connected, welcomed, settled, parent_ready or the session is not what it was. */
    void (*changed)(void *context, const struct lt_child_state *state);
    /* The parent of lt_uplink_follow has WELCOMEd us: make it durable. Others than LT_OK: its next WELCOME
     * asks again. */
    enum lt_result (*moved)(void *context, const struct lt_way_up *way);
    /* A piece of a release's file has come, asked for or not (lt_uplink_want_piece). */
    void (*piece)(void *context, const Lienthong__Piece *piece);
    /* Something went wrong, with `endpoint` (not NULL): the connection failed or was given up; or with
     * a store or signing. `text` says in English what is known of the cause. */
    void (*failed)(void *context, enum lt_result result, const char *endpoint, const char *text);
};

/* Another descriptor to wait for. */
struct lt_uplink_fd {
    int fd;
    bool readable; /* out */
};

struct lt_uplink;
/* Copies both. LT_USAGE: no endpoint; LT_NO_MEMORY. Connects at the first lt_uplink_run_once. */
enum lt_result lt_uplink_new(const struct lt_uplink_config *config,
                             const struct lt_uplink_owner *owner, struct lt_uplink **ret_uplink);
void lt_uplink_free(struct lt_uplink *uplink); /* closes at once; NULL is ignored */

/* Does what is to be done, then waits for the link, the descriptors or the machine's time, at most
 * `timeout_ms` (negative: no bound), and does what came. Sets `readable` of each descriptor. LT_OK
 * also when nothing came; LT_IO: waiting itself failed, which no retry mends. */
enum lt_result lt_uplink_run_once(struct lt_uplink *uplink, struct lt_uplink_fd *fds,
                                  size_t fd_count, int64_t timeout_ms);

/* An update of the chain was stored durably, elsewhere or late; or could not be. */
void lt_uplink_stored(struct lt_uplink *uplink, const struct lt_chain *chain);
void lt_uplink_rejected(struct lt_uplink *uplink, const struct lt_chain *chain);
/* Drafts wait (or none do any more). */
void lt_uplink_drafts(struct lt_uplink *uplink, bool waiting);
/* Another parent is to be tried first from now on, by a Move (ways.h); NULL: no longer. When it has WELCOMEd
 * us (`moved`) it is the parent. The same again changes nothing. */
void lt_uplink_follow(struct lt_uplink *uplink, const struct lt_way_up *way);
/* Hubs further up that are tried while the parent is found wanting (ways.h). None of them becomes the parent. */
void lt_uplink_seconds(struct lt_uplink *uplink, const struct lt_way_up *seconds, size_t count);
void lt_uplink_want(struct lt_uplink *uplink, bool wanting);
/* A second parent has served for what it was asked for: back to the parent. */
void lt_uplink_back(struct lt_uplink *uplink);
/* Of whom the uplink speaks to now (sync.h). */
size_t lt_uplink_unnamed(const struct lt_uplink *uplink, struct lt_unnamed *ret_unnamed,
                         size_t max);
/* Is the endpoint of lt_uplink_endpoint a second parent's? */
bool lt_uplink_on_second(const struct lt_uplink *uplink);
/* Other chains are in scope than before (sync.h). */
void lt_uplink_greet(struct lt_uplink *uplink);
/* Connects anew: a parent sends a hub all newest receipts once a connection. */
void lt_uplink_reconnect(struct lt_uplink *uplink);
/* From now on it connects with another CURVE key, and does so anew. */
void lt_uplink_rekey(struct lt_uplink *uplink, const uint8_t curve_public[32],
                     const uint8_t curve_secret[32]);
/* Asks for a piece of a release's file, in a session that answers for them (sync.h). */
void lt_uplink_want_piece(struct lt_uplink *uplink, const struct lt_hash *hash, uint64_t offset);
/* Sends a STATUS in the next turn, if a session is up then. */
void lt_uplink_report(struct lt_uplink *uplink);

void lt_uplink_state(const struct lt_uplink *uplink, struct lt_child_state *ret_state);
/* The endpoint that is or was last tried; "" before the first. Lives with the uplink. */
const char *lt_uplink_endpoint(const struct lt_uplink *uplink);

/* The usual times and bounds; unit, role, instance and seed are the caller's to fill in. */
void lt_uplink_child_config(struct lt_child_config *ret_config);

#endif
