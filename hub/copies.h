/* copies.h - machines that came back as they were before, or that are there twice: told apart for the operator.
 *
 * Everything here works by itself, each record counts once; the operator has to know what happened.
 *
 *   restored  The machine asks for an update of its own chain that its own key has signed. It signs nothing that it
 *             does not store first, and stores it for good: so it was put back to an older state, from an image or
 *             a backup, or its disk forgot.
 *   cloned    Two machines hold one key. Proven by a conversation on one connection that goes on after one on another
 *             was begun and answered, while a machine ends one before it opens the next; or by losses in turn: three
 *             times the machine lacks what was signed since it last lacked something, and nothing older. That no
 *             single machine does unless it is restored three times in a week, each time from a newer image.
 *
 * One small note a key; only keys that are granted speak, so they are bounded by the book. Notes are kept in the
 * roster, shown for LT_COPY_SHOWN_S after what they tell was last seen, and then forgotten. Any thread. Times are the
 * wall clock's: shown, and for forgetting; that something happened is decided without them. */
#ifndef LT_COPIES_H
#define LT_COPIES_H

#include "hub/roster.h"

enum { LT_COPY_SHOWN_S = 7 * 86400, LT_COPY_TEXT_MAX = 1200 };

struct lt_copies;
/* Reads what the roster keeps. NULL: out of memory. `roster` outlives it. */
struct lt_copies *lt_copies_new(struct lt_roster *roster);
void lt_copies_free(struct lt_copies *copies); /* NULL ok, here and below: nothing is known */

/* A machine as the door knows it. */
struct lt_copy_of {
    struct lt_unit unit;
    Lienthong__Role role;
    struct lt_key key;
};
/* What it has signed and does not have, as our log shows it. */
struct lt_copy_loss {
    uint64_t first; /* position of the oldest of them */
    uint64_t end; /* where our log ends */
    uint32_t lacked; /* how many; at most as many as were looked at */
    uint64_t had_seq; /* the newest of the chain that it still has; 0: nothing */
    int64_t had_at; /* when that was signed; 0: not known */
};
void lt_copies_lost(struct lt_copies *copies, const struct lt_copy_of *of,
                    const struct lt_copy_loss *loss, int64_t now);
/* It has answered on `connection` (any number but 0, never given again) to our WELCOME with the number `welcome`,
 * which rise over all connections. */
void lt_copies_talked(struct lt_copies *copies, const struct lt_copy_of *of, uint64_t connection,
                      uint64_t welcome, int64_t now);

enum lt_copy_kind { LT_COPY_NONE, LT_COPY_RESTORED, LT_COPY_CLONED };
/* What is to be shown of it now. */
enum lt_copy_kind lt_copy_kind(const struct lt_copy *copy, int64_t now);
/* "restored", "cloned": as JSON says it. */
const char *lt_copy_name(enum lt_copy_kind kind);
/* What was seen and what to do, in English. */
void lt_copy_text(const struct lt_copy *copy, int64_t now, char ret_text[LT_COPY_TEXT_MAX]);

/* Those that are to be shown; malloc'ed, NULL: none. */
size_t lt_copies_list(struct lt_copies *copies, int64_t now, struct lt_copy **ret_copies);
/* One that is to be said in the log now, and is marked as said; false: none. */
bool lt_copies_say(struct lt_copies *copies, int64_t now, struct lt_copy *ret_copy);
/* Makes durable what is new, to ten minutes, and forgets what is over. */
enum lt_result lt_copies_save(struct lt_copies *copies, int64_t now);

#endif
