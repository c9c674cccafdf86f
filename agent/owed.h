/* owed.h - what this unit owes: the periods that hubs above ask it to declare, and whether it has. */
#ifndef LT_OWED_H
#define LT_OWED_H

#include "agent/journal.h"
#include "proto/standing.h"

struct lt_owed_period {
    struct lt_period period;
    uint8_t kind; /* enum lt_kind; 0: everything */
    lt_day due; /* 0: not stated */
    bool declared; /* a declaration of it stands on this PC, signed or not */
};
enum { LT_OWED_MAX = 64 };
/* Of periods that have begun by `today`, by precedence of the obligations, the last LT_OWED_MAX. */
enum lt_result lt_owed(struct lt_journal *journal, lt_day today,
                       struct lt_owed_period ret_owed[LT_OWED_MAX], size_t *ret_count);

#endif
