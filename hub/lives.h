/* lives.h - when each unit below was last heard: by its signs of life (proto/life.h) and its updates.
 *
 * Of each unit the newest sign, and what has to be passed up. Signs are ordered by their own time; one from the
 * future gives way to any that is not. A unit was heard when the sign says, or when it came if that was earlier.
 * One look finds who is silent for longer than is its habit (hub/history.h), and who says that it has more than came here.
 *
 * Bounded by the units of the book: put only what its key allows. When each was heard is kept in the roster, since a
 * hub that starts anew must not forget who is silent. Any thread. Times are the wall clock's. */
#ifndef LT_LIVES_H
#define LT_LIVES_H

#include "hub/ledger.h"
#include "proto/life.h"

struct lt_roster;
struct lt_lives;
/* Reads what the roster keeps. NULL: out of memory. `roster` outlives it. */
struct lt_lives *lt_lives_new(struct lt_roster *roster);
void lt_lives_free(
    struct lt_lives *lives); /* NULL ok, here and below: nothing is known, nothing kept */

/* Worth verifying? */
bool lt_lives_is_news(struct lt_lives *lives, const struct lt_life *life, int64_t now);
void lt_lives_put(struct lt_lives *lives, const struct lt_life *life, int64_t now); /* verified */
/* How the sign came: brought by the unit's PC itself, or passed up by a hub. */
void lt_lives_came(struct lt_lives *lives, const struct lt_unit *unit, bool by_itself, int64_t now);
/* An update of the unit came, signed at that time. */
void lt_lives_heard(struct lt_lives *lives, const struct lt_unit *unit, int64_t signed_at,
                    int64_t now);

/* The unit's newest sign in this run; false: none. */
bool lt_lives_last(struct lt_lives *lives, const struct lt_unit *unit, struct lt_life *ret_life);

/* Those that were not passed up yet; they count as passed. */
size_t lt_lives_take(struct lt_lives *lives, struct lt_life *ret_lives, size_t max);
bool lt_lives_waiting(struct lt_lives *lives);
/* The parent is another one, or has forgotten: all once more. */
void lt_lives_again(struct lt_lives *lives);

/* What is to be said of one unit that has a key, at or below this hub's own. */
struct lt_quiet {
    struct lt_unit unit;
    struct lt_unit
        through; /* the hub next to us that it comes through; code empty: it comes itself */
    int64_t heard_at; /* 0: never */
    int64_t since; /* of silence: heard_at, or when it was first looked for */
    bool silent;
    uint64_t updates, said; /* here; by its newest sign, 0 without one */
    int64_t behind_since; /* it says that it has more than is here; 0: it does not */
    bool behind; /* for longer than the time */
    int64_t
        by_itself_since; /* its PC speaks to us, and what it says to `through` does not come; 0: it does */
    bool by_itself; /* for longer than the time */
    int64_t
        pending_since; /* its oldest update that the top has not is known to wait since; 0: none waits */
    bool pending; /* for longer than the time */
    unsigned habit_days; /* lt_history_habit */
    bool news; /* any of the first three since the last look that was `told` */
};
struct lt_quiet_list {
    struct lt_quiet *quiet; /* of which there is something to be said, ascending; malloc'ed */
    size_t count;
    size_t units; /* that are to be heard */
    size_t ended; /* that have a PC and need not be: the unit has ended */
};
/* False: out of memory. `told`: they are being told in the log, and are no news next time. */
bool lt_lives_look(struct lt_lives *lives, struct lt_ledger *ledger, uint32_t silent_after_s,
                   int64_t now, bool told, struct lt_quiet_list *ret_list);
/* Makes durable when units were heard, to ten minutes, and what was noted of their days. */
enum lt_result lt_lives_save(struct lt_lives *lives);

#endif
