/* box_plan.h - which units are still to be told their box key (agent/seal.h), and which machines to be given it, by a
 * hub to which names are sealed. */
#ifndef LT_BOX_PLAN_H
#define LT_BOX_PLAN_H

#include "agent/seal.h"

enum { LT_BOX_PLAN_MAX = 500 }; /* one update: 250 bytes each; the rest at the next look */

struct lt_box_plan_room;
struct lt_box_plan {
    size_t count, machines; /* machines: so many of them give a machine its key */
    Lienthong__Directive **items; /* UnitBoxes */
    struct lt_box_plan_room *room;
};
/* For each of the hub's keys, of the units whose names are sealed to it (by Sealings that hold; of units at or below
 * `more`, NULL: none, also to `ring`'s first key), and of those that were told of a key of theirs before, sealed or not
 * by now: the machines that were not given it; where there is none, the key for all to seal to, so that a PC that
 * joins can be read by the one that replaces it (not of units whose chain is closed). LT_NO_MEMORY. */
enum lt_result lt_box_plan_make(const struct lt_book *book, const struct lt_unit *hub,
                                const struct lt_box_ring *ring, const struct lt_unit *more,
                                struct lt_box_plan *ret_plan);
/* Is the key of a Sealing to this hub among those of the ring? Of one to another hub: true. */
bool lt_box_is_here(const struct lt_sealing *sealing, const struct lt_unit *hub,
                    const struct lt_box_ring *ring);
void lt_box_plan_free(struct lt_box_plan *plan);

#endif
