/* hostile.h - a district that is not honest: what it does to what passes it. Nothing that it does needs a key. */
#ifndef LT_SIM_HOSTILE_H
#define LT_SIM_HOSTILE_H

#include "tests/sim/world.h"

/* For so many seconds; `how` says what: it alters, withholds some or all, or sends again what was before. False: it
 * has no effect. */
bool hostile_begin(struct world *world, uint32_t district, uint32_t seconds, uint32_t how);
void hostile_end(void);

#endif
