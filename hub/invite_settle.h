/* invite_settle.h - an operator's word about invitations: taken back, or the machine that waits let in or refused.
 *
 * Each looks and decides in the roster that it is given, and says what was done, or why not, in the language of the
 * thread. One thread. */
#ifndef LT_INVITE_SETTLE_H
#define LT_INVITE_SETTLE_H

#include "hub/invite_find.h"

struct lt_settling {
    const char *word; /* an invitation's id, or a unit */
    const char *fingerprint; /* as the clerk reads it out; NULL: none */
    bool refuse;
    char said[300]; /* what was done */
    char reason[400]; /* why not */
};

/* Lets in, or refuses, the machine that waits. LT_OK: done; LT_NOT_FOUND: the word names none that waits; others with a
 * reason: nothing was changed. */
enum lt_result lt_invite_approve(struct lt_roster *roster, struct lt_settling *settling);
/* Takes one back. LT_REFUSED: it is neither open nor does its machine wait. */
enum lt_result lt_invite_take_back(struct lt_roster *roster, const struct lt_found_invite *found,
                                   struct lt_settling *settling);

#endif
