/* invite_find.h - the invitations that an operator means by "3f9a2c1b07" or "80". One thread. */
#ifndef LT_INVITE_FIND_H
#define LT_INVITE_FIND_H

#include "hub/roster.h"

struct lt_found_invite {
    struct lt_hash hash;
    struct lt_invitation invitation;
    enum lt_invite_state state; /* at the time asked for */
};
/* A malloc'ed array, by unit, then time of making. */
struct lt_found_invites {
    struct lt_found_invite *list;
    size_t count;
};
enum lt_result lt_invite_list(struct lt_roster *roster, int64_t wall_time,
                              struct lt_found_invites *ret_found);
void lt_invite_list_free(struct lt_found_invites *found);

/* Keeps those that the word names: an id names one; a unit all of its own that are in a state whose bit
 * (1 << state) is in `states`, with a date only that entry. */
void lt_invite_choose(struct lt_found_invites *found, const char *word, unsigned states);

#endif
