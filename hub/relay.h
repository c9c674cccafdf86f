/* relay.h - the way up of a hub with a parent: its own thread around agent/uplink.h.
 *
 * Pushes what the ledger holds, fetches directives and what the ledger has lost, and hands both updates
 * and receipts from above to the pipeline; how that went comes back later (lt_relay_told). The hub's own
 * directives are sealed elsewhere (hub/direct.h) and reach the parent as stored updates do.
 *
 * Callbacks come on the relay's thread. All functions may be called from any thread. */
#ifndef LT_RELAY_H
#define LT_RELAY_H

#include "agent/keys.h"
#include "agent/uplink.h"
#include "hub/lives.h"
#include "hub/pipeline.h"
#include "hub/releases.h"

struct lt_relay_config {
    struct lt_ledger *ledger;
    struct lt_pipeline *pipeline;
    const struct lt_keys *keys; /* read by lt_relay_new alone */
    struct lt_hub_site site;
    void *context;
    void (*ready)(void *context); /* all that the parent named is here, and it is ready */
    /* The parent that lt_relay_follow named has let us in: make it durable. */
    enum lt_result (*moved)(void *context, const struct lt_way_up *way);
    void (*log)(void *context, const char *line);
    struct lt_lives *lives; /* to be passed up; may be NULL */
    struct lt_releases *releases; /* what is lacking of it is fetched */
    const char *dir; /* of the hub; outlives the relay */
};

struct lt_relay;
enum lt_result lt_relay_new(const struct lt_relay_config *config, struct lt_relay **ret_relay);
enum lt_result lt_relay_start(struct lt_relay *relay); /* its thread */
void lt_relay_free(struct lt_relay *relay); /* ends the thread first; NULL is ignored */

/* An update of the chain was committed (stored), whoever brought it, or a fetched one was not. */
void lt_relay_told(struct lt_relay *relay, const struct lt_chain *chain, bool stored);

/* A fetched directive whose key is not granted as yet: the grant may be on its way, in the chain of a hub
 * above. Copied, and fed again when another directive was stored; after a while it counts as refused. */
void lt_relay_park(struct lt_relay *relay, const struct lt_job *job);

/* A receipt of the parent was not stored as nothing granted its key: once another directive is, all are asked for. */
void lt_relay_missed(struct lt_relay *relay);
/* Another parent is to be tried first, by a Move; NULL: none. See lt_uplink_follow. */
void lt_relay_follow(struct lt_relay *relay, const struct lt_way_up *way);
/* This hub's key was changed for another: it connects anew with that one. */
void lt_relay_rekey(struct lt_relay *relay, const struct lt_keys *keys);
/* Signs of life wait to be passed up. */
void lt_relay_report(struct lt_relay *relay);
/* Other chains travel through this hub than before: asks the parent for them. */
void lt_relay_greet(struct lt_relay *relay);

struct lt_relay_view {
    struct lt_child_state state;
    char endpoint[LT_ENDPOINT_MAX];
    int64_t welcomed_at; /* wall clock of the last session's begin; 0: none yet */
    bool unwanted; /* at the last try the parent's door was shut: our CURVE key was revoked there */
    uint64_t refused; /* updates that the parent refused */
    char trouble[160]; /* the last one, in English; "" when connected */
};
void lt_relay_view(struct lt_relay *relay, struct lt_relay_view *ret_view);

#endif
