/* intent.h - does what counts say what the clerks meant? */
#ifndef LT_SIM_INTENT_H
#define LT_SIM_INTENT_H

#include "tests/recount/recount.h"
#include "tests/sim/world.h"

/* At rest, over the top's count: of what two rows with one natural key put, one counts; the last that a clerk said of
 * it counts, or the record is shown as contested. What went with a lost PC was never said. */
void intent_check(struct world *world, struct recount *recount);

/* Records that were right, contested (right or not), and acts that came to nothing with a lost machine. */
struct intent_tally {
    uint64_t records, contested, contested_right, lost_acts, already_in;
};
const struct intent_tally *intent_tally(void);

#endif
