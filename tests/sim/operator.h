/* operator.h - what the top's operator does: keys, units, parents. Each returns whether it had an effect. */
#ifndef LT_SIM_OPERATOR_H
#define LT_SIM_OPERATOR_H

#include "tests/sim/world.h"

/* Revokes the key of a PC that was lost, keeping what the top holds. */
bool operator_revokes(struct world *world, uint32_t lost);
/* A commune's machines get another district as their parent. */
bool operator_moves(struct world *world, uint32_t unit, uint32_t hub);
/* A commune ends and another one of its district speaks for its records. */
bool operator_succeeds(struct world *world, uint32_t unit, uint32_t successor);

#endif
