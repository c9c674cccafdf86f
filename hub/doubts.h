/* doubts.h - what a child brought that no honest one brings: altered, invented, or with a part left out.
 *
 * Every hub checks what each unit itself signed, so nothing of it was counted; this is for the operator, who
 * has to know that the machine between is not to be trusted, or is broken. One doubt is of a child (the
 * neighbour that brought it), a chain and a kind, however often it comes. A gap and an unknown key may
 * pass by themselves (an update that we refused for want of room is an ancestor that lacks; a grant may be on
 * its way): such a doubt is settled when what it names was stored, and said in the log only when it lasts.
 * What was altered stays until this hub is started anew.
 *
 * Bounded: of more than LT_DOUBTS_MAX the one that came up longest ago goes. In memory: what lasts comes
 * again. Any thread. Times are the wall clock's: shown, and for the pause before the log; nothing is
 * decided by them. */
#ifndef LT_DOUBTS_H
#define LT_DOUBTS_H

#include "proto/message.h"

enum { LT_DOUBTS_MAX = 256, LT_DOUBT_TEXT_MAX = 1200, LT_DOUBT_LASTS_S = 5 };

enum lt_doubt_kind {
    LT_DOUBT_ALTERED, /* not the bytes that their author signed */
    LT_DOUBT_KEY, /* signed in the unit's name by a key that nobody granted */
    LT_DOUBT_GAP, /* without its ancestors */
    LT_DOUBT_KINDS
};

struct lt_doubt {
    enum lt_doubt_kind kind;
    struct lt_unit child; /* who brought it */
    Lienthong__Role role;
    struct lt_chain chain; /* code empty: not even that could be read */
    struct lt_hash update; /* the first one; zeros: could not be read */
    struct lt_hash missing; /* of a gap: an ancestor that lacks */
    struct lt_key key; /* who signed the first one */
    uint64_t count;
    int64_t first_at, last_at;
    bool said; /* in the log */
};

struct lt_doubts;
struct lt_doubts *lt_doubts_new(void); /* NULL: out of memory */
void lt_doubts_free(struct lt_doubts *doubts); /* NULL ok */
/* `doubt`: all but count, times and said. NULL `doubts` is ignored, here and below. */
void lt_doubts_note(struct lt_doubts *doubts, const struct lt_doubt *doubt, int64_t now);
/* An update was stored, or is known to be: what it settles goes. */
void lt_doubts_stored(struct lt_doubts *doubts, const struct lt_hash *update);
/* One that is to be said in the log now, and is marked as said; false: none. */
bool lt_doubts_say(struct lt_doubts *doubts, int64_t now, struct lt_doubt *ret_doubt);
/* All, in the order in which they came up first; malloc'ed, NULL: none. */
size_t lt_doubts_list(struct lt_doubts *doubts, struct lt_doubt **ret_doubts);

/* "altered", "key", "gap": as JSON says it. */
const char *lt_doubt_name(enum lt_doubt_kind kind);
/* What was seen and what to do, in English. */
void lt_doubt_text(const struct lt_doubt *doubt, char ret_text[LT_DOUBT_TEXT_MAX]);

#endif
