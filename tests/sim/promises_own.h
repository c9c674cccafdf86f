/* promises_own.h - what the files of the promises share. */
#ifndef LT_SIM_PROMISES_OWN_H
#define LT_SIM_PROMISES_OWN_H

#include "tests/sim/world.h"

/* A hub's ledger, of its program when that runs, else opened to be read. */
struct view {
    struct lt_ledger *ledger;
    bool opened;
};

/* False: the hub is on its way up, or its store cannot be opened. */
bool view_begin(struct hub *hub, struct view *view);
void view_end(struct view *view);

/* noticed.c: a hub has got an older disk. */
void noticed_rolled_back(struct world *world, const struct hub *hub);

#endif
