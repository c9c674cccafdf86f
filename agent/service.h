/* service.h - an agent at work: a site's journal and keys behind an uplink to its parent.
 *
 * Owner of the uplink's callbacks: stores what is fetched, signs drafts when allowed, keeps receipts,
 * tells people by log lines and `dir`/state.json. Used by `run` and by `join`. One thread. A full disk
 * is a state: nothing new is stored or signed, what is there goes on being sent, and it is said. */
#ifndef LT_SERVICE_H
#define LT_SERVICE_H

#include "agent/journal.h"
#include "agent/release_switch.h"
#include "agent/uplink.h"

struct lt_service;

/* Opens keys, journal and the wake pipe. A site that has not joined is fine: it waits for a ring, and
 * looks again. The caller holds the folder's lock. */
enum lt_result lt_service_open(const char *dir, struct lt_service **ret_service,
                               char ret_reason[200]);
void lt_service_close(struct lt_service *service);

/* One turn, as lt_uplink_run_once; wakes for rings too. Results that no retry mends: LT_IO, LT_CORRUPT,
 * LT_NO_MEMORY. */
enum lt_result lt_service_step(struct lt_service *service, struct lt_uplink_fd *fds,
                               size_t fd_count, int64_t timeout_ms);

/* Does the store take a commit, or would it but for a full disk? Of use after a step, which then went round. */
bool lt_service_alive(struct lt_service *service);

bool lt_service_joined(const struct lt_service *service);
/* In a session, with everything fetched that the parent named and everything pushed that is signed. */
bool lt_service_settled(const struct lt_service *service);
/* Settled, no drafts left, and the top's receipt covers every update. */
bool lt_service_done(struct lt_service *service);
/* The release that the top wants this PC to run by now, and the hash of its program for this system. False: none. */
bool lt_service_release(struct lt_service *service, struct lt_switch_program *ret_program);
/* Directives heard so far, of whatever kind: while they are the same, so is the answer. */
uint64_t lt_service_release_words(const struct lt_service *service);
/* By this unit's own operator. While not allowed none is fetched. */
void lt_service_allow_releases(struct lt_service *service, bool allowed);
/* Which release this program is, and the greatest that this PC went back from (0: none): for people here and above. */
void lt_service_set_release(struct lt_service *service, uint64_t number, uint64_t bad);
/* What speaks for this program: the conversation that it leads, and what the top has said in it. */
struct lt_service_proof {
    bool settled; /* lt_service_settled */
    bool held; /* a receipt of the top is held, of whatever time */
    bool heard; /* and one was heard and verified since this process began */
    uint64_t updates, drafts;
    uint64_t lacking; /* updates that the top has not counted */
};
void lt_service_proof(struct lt_service *service, struct lt_service_proof *ret_proof);
/* Makes the keys that are to follow ours; the steps change ours for them once the top has everything. */
enum lt_result lt_service_ask_rotation(struct lt_service *service, char ret_reason[200]);
/* A change of keys was asked for and is not done. */
bool lt_service_rotates(const struct lt_service *service);
/* Counts what has happened that people may want to see: rings, receipts, updates, the connection. */
uint64_t lt_service_changes(const struct lt_service *service);
/* What is known of the last failure, in English; "" when there was none since the last session. */
const char *lt_service_trouble(const struct lt_service *service);

#endif
