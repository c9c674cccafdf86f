/* roster.h - invitations: who was asked to join as what, which key took the place, and who else tried.
 *
 * A store of its own in `dir`/roster, beside the ledger: commands write while the hub runs. The one-time
 * secret is never kept, only its BLAKE2b-256, whose beginning is the invitation's name for people. An
 * invitation is for one unit and one role; the first key that shows its secret takes it, durably, before
 * anything is granted; the same key may repeat for ever and gets the same answer, every other is refused
 * and noted. One that asks for approval is granted when an operator has said so. Clocks only expire
 * invitations.
 *
 * Every call is its own short transaction; any thread, several processes. */
#ifndef LT_ROSTER_H
#define LT_ROSTER_H

#include "agent/env.h"
#include "hub/history.h"

enum {
    LT_INVITE_DAYS = 30,
    LT_INVITE_DAYS_MAX = 366,
    LT_INVITES_MAX = 10000, /* made at once */
    LT_ADDRESS_MAX = 48,
    LT_INVITE_ID_MAX = 11, /* ten hexadecimal digits */
};

enum lt_decision { LT_UNDECIDED = 0, LT_APPROVED = 1, LT_DENIED = 2 };

/* Those who showed it and were refused. */
struct lt_showings {
    /* another machine's key; a PC for a hub, or one of another unit; expired, revoked or denied */
    uint32_t by_others, wrong_role, too_late;
    int64_t last_at;
    struct lt_key last_key;
    char last_address[LT_ADDRESS_MAX];
    int64_t told_at; /* the unit was told that another machine has its code; 0: not */
};

struct lt_invitation {
    struct lt_unit unit;
    Lienthong__Role role;
    int64_t made_at, expires_at;
    bool approve; /* an operator has to approve of the machine that takes it */
    bool taken;
    struct lt_key key; /* who took it */
    uint8_t curve_key[32];
    int64_t taken_at;
    char address[LT_ADDRESS_MAX]; /* from where */
    enum lt_decision decision; /* about a taken one with `approve` */
    int64_t decided_at, revoked_at; /* 0: not */
    struct lt_showings shown;
};

enum lt_invite_state {
    LT_INVITE_OPEN,
    LT_INVITE_PENDING, /* taken, to be approved */
    LT_INVITE_TAKEN,
    LT_INVITE_DENIED, /* taken, and the operator refused it */
    LT_INVITE_REVOKED,
    LT_INVITE_EXPIRED,
    LT_INVITE_STATES
};
enum lt_invite_state lt_invitation_state(const struct lt_invitation *invitation, int64_t wall_time);
/* "open", "pending" …; and the same for people, in their language. */
const char *lt_invite_state_name(enum lt_invite_state state);
const char *lt_invite_state_text(enum lt_invite_state state);

/* What becomes of one who shows a secret. */
enum lt_join_fate {
    LT_JOIN_ADMITTED, /* it is his, now or since before */
    LT_JOIN_PENDING, /* his, when an operator approves */
    LT_JOIN_UNKNOWN, /* no such secret */
    LT_JOIN_EXPIRED,
    LT_JOIN_REVOKED,
    LT_JOIN_USED, /* another key has it */
    LT_JOIN_WRONG_ROLE,
    LT_JOIN_OTHER_UNIT, /* his keys speak for another unit already */
    LT_JOIN_DENIED, /* the operator said no */
    LT_JOIN_KEY_REVOKED, /* it was his, and his key was revoked since (not the roster's to know) */
    LT_JOIN_FATES
};

struct lt_roster;
enum lt_result lt_roster_open(const char *dir, struct lt_roster **ret_roster, char ret_reason[200]);
/* The same for a command that must not make one: LT_NOT_FOUND when there is no hub in `dir`. */
enum lt_result lt_roster_look(const char *dir, struct lt_roster **ret_roster, char ret_reason[200]);
/* For a process that only looks: nothing can be changed through it. */
enum lt_result lt_roster_read(const char *dir, struct lt_roster **ret_roster, char ret_reason[200]);
void lt_roster_close(struct lt_roster *roster);

/* An invitation's name for people. */
void lt_invite_id(const struct lt_hash *hash, char ret_id[LT_INVITE_ID_MAX]);

/* Keeps invitations under the hashes of `secrets`, 16 bytes each, all or none; old ones that nobody took are swept. */
enum lt_result lt_roster_invite(struct lt_roster *roster, const uint8_t *secrets,
                                const struct lt_invitation *invitations, size_t count);
/* Takes back what was just made and could not be handed out; those that somebody took meanwhile stay. */
enum lt_result lt_roster_drop(struct lt_roster *roster, const uint8_t *secrets, size_t count);
/* Is there an invitation with this secret, whatever its state? Never writes; false also when it cannot be
 * read. */
bool lt_roster_knows(struct lt_roster *roster, const uint8_t secret[16]);
/* Who shows a secret. */
struct lt_shower {
    Lienthong__Role role;
    struct lt_key key;
    uint8_t curve_key[32];
    const char *address;
    const struct lt_unit *speaks_for; /* whose unit his keys are granted for already; NULL: none */
};
/* Takes the place for him if it is free, and notes him if he is refused. LT_OK: *ret_fate says what
 * becomes of him, and *ret_invitation is filled unless it is LT_JOIN_UNKNOWN. */
enum lt_result lt_roster_take(struct lt_roster *roster, const uint8_t secret[16],
                              const struct lt_shower *shower, int64_t wall_time,
                              struct lt_invitation *ret_invitation, enum lt_join_fate *ret_fate);
/* The unit has been told that another machine showed its code. */
enum lt_result lt_roster_set_told(struct lt_roster *roster, const uint8_t secret[16],
                                  int64_t wall_time);

/* All of them, in no order that means something; the callback must not call the roster. */
typedef void lt_invitation_seen(void *context, const struct lt_hash *hash,
                                const struct lt_invitation *invitation);
enum lt_result lt_roster_list(struct lt_roster *roster, lt_invitation_seen *seen, void *context);
/* Only an open or pending one can be revoked, only a pending one decided: else LT_REFUSED.
 * *ret_invitation is what it is then. */
enum lt_result lt_roster_revoke(struct lt_roster *roster, const struct lt_hash *hash,
                                int64_t wall_time, struct lt_invitation *ret_invitation);
enum lt_result lt_roster_decide(struct lt_roster *roster, const struct lt_hash *hash, bool approved,
                                int64_t wall_time, struct lt_invitation *ret_invitation);

/* Numbers for `status`. */
struct lt_roster_counts {
    uint64_t by_state[LT_INVITE_STATES];
    uint64_t shown_by_others; /* invitations that another machine showed too */
};
void lt_roster_count(struct lt_roster *roster, int64_t wall_time,
                     struct lt_roster_counts *ret_counts);

/* Since when this hub recovers from having been restored; 0: it does not. Survives a restart. */
int64_t lt_roster_recovering(struct lt_roster *roster);
/* When units were last heard (positive), or since when they are looked for in vain (negative); hub/lives.h. */
struct lt_heard_mark {
    struct lt_unit unit;
    int64_t at;
};
typedef void lt_heard_seen(void *context, const struct lt_unit *unit, int64_t at);
void lt_roster_heard(struct lt_roster *roster, lt_heard_seen *seen, void *context);
enum lt_result lt_roster_set_heard(struct lt_roster *roster, const struct lt_heard_mark *marks,
                                   size_t count);
enum lt_result lt_roster_set_recovering(struct lt_roster *roster, int64_t since);

/* Sixty-four days of units (hub/history.h); of one: LT_NOT_FOUND, nothing is kept. */
struct lt_unit_history {
    struct lt_unit unit;
    struct lt_history history;
};
typedef void lt_history_seen(void *context, const struct lt_unit_history *kept);
void lt_roster_histories(struct lt_roster *roster, lt_history_seen *seen, void *context);
enum lt_result lt_roster_history(struct lt_roster *roster, const struct lt_unit *unit,
                                 struct lt_history *ret_history);
enum lt_result lt_roster_set_histories(struct lt_roster *roster,
                                       const struct lt_unit_history *histories, size_t count);

/* What is noted of a machine that was restored or is there twice (hub/copies.h). */
struct lt_copy {
    struct lt_unit unit;
    Lienthong__Role role;
    struct lt_key key;
    int64_t restored_at; /* last seen to lack what it has signed; 0: never */
    uint64_t had_seq; /* what it still had then */
    int64_t had_at;
    uint32_t lacked;
    uint32_t turns; /* losses one after the other of what was signed since the one before */
    uint64_t end; /* our log's, at the last loss */
    int64_t cloned_at; /* two of it last seen; 0: never */
};
typedef void lt_copy_seen(void *context, const struct lt_copy *copy);
void lt_roster_copies(struct lt_roster *roster, lt_copy_seen *seen, void *context);
/* Keeps them, each in place of what was kept of its key; one that tells nothing is forgotten. */
enum lt_result lt_roster_set_copies(struct lt_roster *roster, const struct lt_copy *copies,
                                    size_t count);

/* Since when this hub is being retired, and when that was done; 0: not. Survives a restart. */
struct lt_retiring {
    int64_t since, done;
};
void lt_roster_retiring(struct lt_roster *roster, struct lt_retiring *ret_retiring);
enum lt_result lt_roster_set_retiring(struct lt_roster *roster, const struct lt_retiring *retiring);

#endif
