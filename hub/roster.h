/* roster.h - invitations: who was asked to join as what, and which key took the place.
 *
 * A store of its own in `dir`/roster, beside the ledger: `invite` writes while the hub runs. The
 * one-time secret is never kept, only its BLAKE2b-256. An invitation is for one unit and one role; the
 * first key that shows its secret takes it, durably, before anything is granted; the same key may
 * repeat for ever and gets the same answer, every other is refused. Clocks only expire invitations.
 *
 * Every call is its own short transaction; any thread, several processes. */
#ifndef LT_ROSTER_H
#define LT_ROSTER_H

#include "agent/env.h"

enum { LT_INVITE_DAYS = 30, LT_INVITE_DAYS_MAX = 366 };

struct lt_invitation {
    struct lt_unit unit;
    Lienthong__Role role;
    int64_t made_at, expires_at;
    bool taken;
    struct lt_key key; /* who took it */
    uint8_t curve_key[32];
    int64_t taken_at;
};

struct lt_roster;
enum lt_result lt_roster_open(const char *dir, struct lt_roster **ret_roster, char ret_reason[200]);
void lt_roster_close(struct lt_roster *roster);

/* Keeps an invitation under the hash of `secret`; old ones that nobody took are swept. */
enum lt_result lt_roster_invite(struct lt_roster *roster, const uint8_t secret[16],
                                const struct lt_invitation *invitation);
/* Takes the place for (key, curve_key). LT_OK also when this key has it already. LT_NOT_FOUND: no such
 * secret. LT_REFUSED: expired, or for another role. LT_EXISTS: another key has it; *ret_invitation is
 * filled then too, so that it can be logged. */
enum lt_result lt_roster_take(struct lt_roster *roster, const uint8_t secret[16],
                              Lienthong__Role role, const struct lt_key *key,
                              const uint8_t curve_key[32], int64_t wall_time,
                              struct lt_invitation *ret_invitation);
/* Numbers for `status`. */
void lt_roster_count(struct lt_roster *roster, int64_t wall_time, uint64_t *ret_open,
                     uint64_t *ret_taken);

/* Since when this hub recovers from having been restored; 0: it does not. Survives a restart. */
int64_t lt_roster_recovering(struct lt_roster *roster);
enum lt_result lt_roster_set_recovering(struct lt_roster *roster, int64_t since);

/* Since when this hub is being retired, and when that was done; 0: not. Survives a restart. */
struct lt_retiring {
    int64_t since, done;
};
void lt_roster_retiring(struct lt_roster *roster, struct lt_retiring *ret_retiring);
enum lt_result lt_roster_set_retiring(struct lt_roster *roster, const struct lt_retiring *retiring);

#endif
