/* follower.h - what the web knows of the hub: its store, read only, and what the running hub tells of itself.
 *
 * The web is a process of its own. It reads the hub's store in short read transactions, and one thread of its own asks
 * the running hub for its status now and then, over the control socket: never more than a twentieth of the time,
 * so that nothing a reader does can hold the merge up. All but lt_follower_free belong to one thread; `changed` is
 * called by the other. */
#ifndef LT_WEB_FOLLOWER_H
#define LT_WEB_FOLLOWER_H

#include <jansson.h>

#include "hub/ledger.h"

struct lt_roster;

enum lt_hub_sight {
    LT_HUB_RUNS,
    LT_HUB_STARTS, /* or catches up with its parent */
    LT_HUB_RECOVERS, /* its ledger is being told again by those below */
    LT_HUB_STOPPED, /* none runs here */
    LT_HUB_MUTE, /* one runs, and does not answer */
};
const char *lt_hub_sight_name(enum lt_hub_sight sight);

struct lt_follower;
/* Opens the store and begins to ask. `changed` (NULL: nobody) may be called at any time until the end. */
enum lt_result lt_follower_new(const char *dir, void (*changed)(void *context), void *context,
                               struct lt_follower **ret_follower, char ret_reason[200]);
void lt_follower_free(struct lt_follower *follower); /* NULL ok */
struct lt_ledger *lt_follower_ledger(struct lt_follower *follower);

struct lt_seen {
    enum lt_hub_sight sight;
    enum lt_result trouble; /* of reading the store; LT_OK: none */
    struct lt_hash state; /* differs when figures, records or the tree may */
    uint64_t version; /* rises with every change of what is seen here */
    int64_t
        changed_at; /* when the state was last found changed; when its file was written, at first */
    int64_t asked_at; /* when `status` was told; 0: never */
    json_t *
        status; /* `status --json`; NULL: none yet. Lives until the next look, or as long as it is kept; not changed */
};
/* Follows the store and takes what the hub has told; seldom more often than three times a second. `roster`: what is asked
 * beside the store when no hub runs; NULL: it cannot be read. */
const struct lt_seen *lt_follower_look(struct lt_follower *follower, struct lt_roster *roster);
/* Something was just said that is to be seen: the next look follows at once. */
void lt_follower_hasten(struct lt_follower *follower);

#endif
