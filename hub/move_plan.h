/* move_plan.h - Move directives in the making: a list of them that owns its texts. */
#ifndef LT_MOVE_PLAN_H
#define LT_MOVE_PLAN_H

#include "agent/way_up.h"
#include "hub/ledger.h"
#include "proto/standing.h"

struct lt_move_plan {
    Lienthong__Directive **items; /* for lt_direct_say or a DirectiveBody */
    size_t count, capacity;
};

/* Copies what is pointed at. LT_NO_MEMORY: nothing was added. */
enum lt_result lt_move_plan_add(struct lt_move_plan *plan, const struct lt_move *move);
bool lt_move_plan_has(const struct lt_move_plan *plan, const struct lt_unit *unit);
void lt_move_plan_free(struct lt_move_plan *plan);

#endif
