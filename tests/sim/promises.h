/* promises.h - what must hold (design, section 10): after each step, and at rest.
 *
 * A promise that is broken ends the seed with a sentence. */
#ifndef LT_SIM_PROMISES_H
#define LT_SIM_PROMISES_H

#include "tests/sim/plan.h"

/* After a step: what a PC holds a receipt for is stored at the hub that signed it; what a machine has stored it has
 * stored; no chain grows without its clerks. (alone.c looks at each signature: a PC that is alone in its unit signs on
 * all that its hubs hold.) */
void promises_check(struct world *world);
/* Lets all run, looks each minute and at the end; ends early when a promise is broken. */
void promises_run(struct world *world, sim_ms for_ms);
/* A machine is to get an older disk, and has got it: what it had since is not asked of it. */
void promises_rolling_back(struct world *world, const struct machine *machine);
void promises_rolled_back(struct world *world, const struct machine *machine);

/* noticed.c, at rest: a top that got an older disk, and a district that keeps a receipt of what it lost: it knows. */
void noticed_check(struct world *world);

/* rest.c: the faults stop; all must come to rest within a bound, and then all must be equal, and counted right. */
void rest_check(struct world *world);

/* The sentence of the first promise that was broken; NULL: none. */
const char *promises_broken(void);
void promises_break(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
