/* cut.h - the cut of all report chains of a place as it is now, in parts that fit a directive, and what lies
 * outside a cut. */
#ifndef LT_CUT_H
#define LT_CUT_H

#include "hub/ledger.h"
#include "proto/standing.h"

/* Chains, ascending by unit, and their tips. Zero-initialise; free it in any case. */
struct lt_cut {
    struct lt_chain_cut *chains;
    struct lt_hash *tips; /* of all chains, one after the other */
    size_t count, tip_count, capacity, tip_capacity;
};
void lt_cut_free(struct lt_cut *cut);
/* Of the report chains of units at or below a place, by code through time. */
enum lt_result lt_cut_now(struct lt_ledger *ledger, const struct lt_place *place,
                          struct lt_cut *cut);

/* Chains of one part of a directive: each takes at most 100 bytes with one tip, more with forks. */
enum { LT_CUT_PART_TIPS = 1500 };
size_t lt_cut_parts(const struct lt_cut *cut);
/* Fills the wire form of part 1 … lt_cut_parts: *ret_tips is malloc'ed as one block with all that it points to
 * but the hashes and codes, which are the cut's. NULL: out of memory. */
Lienthong__ChainTips **lt_cut_wire(const struct lt_cut *cut, size_t part, size_t *ret_count);

/* Positions of a chain's updates outside a cut, oldest first, at most `max`. */
size_t lt_cut_outside(struct lt_txn *log, const struct lt_chain_cut *cut, size_t cut_count,
                      const struct lt_unit *unit, uint64_t *ret_positions, size_t max);

#endif
