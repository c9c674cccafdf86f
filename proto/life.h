/* life.h - a unit's sign of life: what its machine holds of its chain, said again from time to time.
 *
 * It goes up unchanged beside the chain, in a child's Report, and is kept by nobody for good. A hub in between
 * cannot make one up, nor change what it says; it can keep it back, and then the unit falls silent above; or
 * play an old one again, which says its age. So who holds back a part of a chain is seen by the number that
 * the unit itself gives. Pure; any thread. */
#ifndef LT_LIFE_H
#define LT_LIFE_H

#include "proto/update.h"

enum { LT_LIVES_MAX = 256 }; /* in one Report: some 170 bytes each */

struct lt_life {
    struct lt_unit unit;
    struct lt_key key; /* who signs; granted for the unit, as for an update */
    int64_t signed_at; /* its wall clock */
    uint64_t updates; /* of the unit's chain that it holds */
    struct lt_hash tips; /* lt_life_tips of them */
    struct lt_signature signature;
};

/* `tips` ascending, at most LT_PARENTS_MAX. */
void lt_life_tips(const struct lt_hash *tips, size_t count, struct lt_hash *ret_hash);
void lt_life_sign(struct lt_life *life, const struct lt_secret *secret);
/* LT_BAD_SIGNATURE. Whether the key is the unit's is the caller's question. */
enum lt_result lt_life_verify(const struct lt_life *life);

/* The wire's form borrows from `life`; `code` outlives it too. */
struct lt_wire_life {
    Lienthong__Life life;
    Lienthong__Unit unit;
    char code[LT_CODE_BYTES_MAX + 1];
};
void lt_life_to_wire(struct lt_life *life, struct lt_wire_life *ret_wire);
enum lt_result lt_life_from_wire(const Lienthong__Life *wire, struct lt_life *ret_life);

#endif
