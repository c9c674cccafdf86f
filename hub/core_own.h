/* core_own.h - the parts of a running hub; private to hub/core*.c and hub/admit.c. */
#ifndef LT_CORE_OWN_H
#define LT_CORE_OWN_H

#include <stdatomic.h>

#include "hub/core.h"
#include "hub/gate.h"
#include "hub/newcomers.h"
#include "hub/own_rotation.h"
#include "hub/rates.h"
#include "hub/relay.h"
#include "hub/roster.h"

enum { ASKS_MAX = 256, ARRIVALS_MAX = 128, DIGESTS_KEPT = 16 };

struct lt_hub {
    char dir[4096];
    struct lt_hub_config config;
    struct lt_hub_site site;
    struct lt_keys keys;
    struct lt_door doors[LT_CONFIG_LISTEN_MAX];
    int lock_fd, control_fd, wake_fd;
    struct lt_ledger *ledger;
    struct lt_roster *roster;
    struct lt_pipeline *pipeline;
    struct lt_gate *gate;
    _Atomic(struct lt_relay *) relay; /* NULL: the top, or not yet */
    pthread_t control;
    bool control_started;
    int64_t started_at;
    atomic_bool stopping, ready;
    atomic_llong recovering; /* since; 0: not */
    atomic_bool book_changed; /* a directive was committed; digests are to be taken anew */

    pthread_mutex_t lock;
    pthread_cond_t authored;
    /* under the lock */
    struct lt_join_ask asks[ASKS_MAX]; /* a ring of JOINs that wait for the control thread */
    size_t ask_first, ask_count;
    struct lt_statement parent_said; /* newest receipt of the parent in this run */
    bool parent_has_said;
    struct lt_unit arrivals[ARRIVALS_MAX]; /* whose Move is to be said as arrived; distinct */
    size_t arrival_count;
    struct lt_hash
        digests[DIGESTS_KEPT]; /* our book's, newest last; to compare with the parent's */
    size_t digest_count;
    lt_ms stored_at; /* a child's update was stored, or we began to recover */
    uint64_t joins[LT_JOIN_FATES], joins_failed; /* JOINs since the start, by what became of them */

    struct lt_bucket refusals_logged, alarms_logged; /* control thread; log lines have a rate */
    uint64_t refusals_unlogged, alarms_unlogged;
    struct lt_lives *lives;
    lt_ms lives_pass_at, lives_look_at; /* control thread */
    struct lt_releases *releases; /* the same */
    lt_ms releases_at; /* control thread: looked for again */
    struct lt_doubts *doubts; /* NULL in no running hub */
    struct lt_bucket doubts_logged;
    struct lt_copies *copies; /* the same */
    struct lt_bucket copies_logged;
    bool countersign_due; /* it failed: again at */
    lt_ms countersign_at;
    struct { /* of our own keys; control thread */
        bool due, loaded; /* there are keys that are to follow; they are in `next` */
        bool looked; /* whether our own key is granted */
        bool gate_due; /* receipts are signed by the former key until the book knows ours */
        struct lt_keys next;
        lt_ms again_at;
        char trouble[300]; /* why they do not follow yet, or did not */
    } rotation;
    bool newcomers_due; /* control thread: the book has changed */
    bool
        box_warned; /* control thread: that the key to which names are sealed is not here; once a run */
    lt_ms newcomers_at;
    struct lt_key newcomers_told[LT_NEWCOMERS_MAX]; /* a ring */
    size_t newcomers_told_next;
    uint64_t guests; /* units that Moves lead through here, as last seen by the control thread */
};

/* core_work.c. Says a body with this hub's key and waits until it is durable. Control thread. */
enum lt_result lt_hub_author(struct lt_hub *hub, Lienthong__DirectiveBody *body,
                             char ret_reason[300]);
/* The pipeline's callback. */
void lt_hub_jobs_done(void *context, struct lt_job **jobs, size_t count);
/* The control thread. */
void *lt_hub_control(void *argument);
bool lt_hub_take_ask(void *context, const struct lt_join_ask *ask); /* the gate's callback */

/* follow.c. What the book says of this hub's own parent, told to the relay. Control thread. */
void lt_hub_follow(struct lt_hub *hub);
/* core_reload.c: reads hub.conf again. `ret_text` says why not, or what counts from the next start on. */
enum lt_result lt_hub_reload(struct lt_hub *hub, char ret_text[300]);
/* Where no public endpoint is written, the one that it listens at is told. */
void lt_hub_public(struct lt_hub *hub, struct lt_hub_config *config);
/* The relay's callback: the new parent has let us in. */
enum lt_result lt_hub_moved(void *context, const struct lt_way_up *way);
/* The gate's callback: was this child led here by a Move of this hub, or of one below? */
void lt_hub_greeted(void *context, const struct lt_unit *unit, Lienthong__Role role);
/* Says those Moves again, as arrived: so the hub that the machines came from learns of it. Control thread. */
void lt_hub_note_arrivals(struct lt_hub *hub);

/* countersign.c. At the top: grants what hubs below have granted, as far as that needs nobody's approval. Control
 * thread, when the book has changed; and each turn: again, when it failed. */
void lt_hub_countersign(struct lt_hub *hub);
void lt_hub_countersign_again(struct lt_hub *hub);
/* The control thread looks what there is to do. Any thread. */
void lt_hub_wake(struct lt_hub *hub);

/* core_lives.c: what is due of them. Control thread. */
void lt_hub_tend_lives(struct lt_hub *hub);

/* core_copies.c: says and keeps what is new of lt_copies. Control thread. */
void lt_hub_tend_copies(struct lt_hub *hub);

/* status_newcomers.c: says in the log which machines came in place of another or beside it. Control thread. */
void lt_hub_tend_newcomers(struct lt_hub *hub);

/* core_releases.c */
void lt_hub_tend_releases(struct lt_hub *hub);

/* core_doubts.c: says in the log what is to be said of lt_doubts. Control thread. */
void lt_hub_say_doubts(struct lt_hub *hub);
/* hand_keys.c: gives machines that names are sealed for here, and that have none yet, their unit's box key. Control
 * thread, when the book has changed. */
void lt_hub_hand_keys(struct lt_hub *hub);

/* core_invites.c: what a page asks of the roster (invite_ask.h). *ret_answer is malloc'ed: JSON, or why not. Control
 * thread. */
enum lt_result lt_hub_invitation(struct lt_hub *hub, struct lt_bytes request, char **ret_answer);

/* retirement.c: what is left to do before this hub may end, as JSON; malloc'ed, NULL: out of memory. */
char *lt_hub_retirement(struct lt_hub *hub);

/* admit.c: answers one JOIN. */
void lt_hub_admit(struct lt_hub *hub, const struct lt_join_ask *ask);
void lt_hub_say_yes(struct lt_hub *hub, const struct lt_join_ask *ask, const struct lt_unit *unit);
/* admit_rotation.c: a key that is valid here asks for another in its place. Control thread. */
void lt_hub_rotate(struct lt_hub *hub, const struct lt_join_ask *ask);
/* own_rotation.c: this hub's own keys are changed for others. Control thread. At its start: those that are to follow
 * since an earlier run. By command: begins. Each turn: goes on. */
void lt_hub_look_for_keys(struct lt_hub *hub);
enum lt_result lt_hub_change_keys(struct lt_hub *hub, char ret_reason[300]);
void lt_hub_tend_keys(struct lt_hub *hub);
/* By its own book, once it is ready; true while the next one is on its way. */
bool lt_hub_key_granted(struct lt_hub *hub);
/* admit_refuse.c: counts, logs, answers, and raises the alarm when a code went to two. `invitation` is NULL
 * when there is none. */
void lt_hub_refuse(struct lt_hub *hub, const struct lt_join_ask *ask, enum lt_join_fate fate,
                   const struct lt_invitation *invitation);
void lt_hub_join_failed(struct lt_hub *hub, const struct lt_join_ask *ask, const char *why);
/* Not accepted, with a sentence for whoever stands at the other end. */
void lt_hub_say_no(struct lt_hub *hub, const struct lt_join_ask *ask, bool pending,
                   const char *text);

#endif
