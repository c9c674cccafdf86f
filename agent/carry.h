/* carry.h - a site's updates out into a bundle, and what came back in one into its journal.
 *
 * Both work beside a running agent: they use the journal as an import does. One thread. */
#ifndef LT_CARRY_H
#define LT_CARRY_H

#include "agent/bundle_tally.h"
#include "agent/journal.h"

struct lt_carry_out {
    const char *path;
    bool force;
    bool all; /* also what the receiver has given a receipt for */
    const char *receiver; /* a hub above by its unit's code; NULL: the parent */
};
struct lt_carried {
    struct lt_unit receiver;
    uint64_t signed_now, updates, bytes;
};
/* Signs what waits (a bundle stands for the session in which signing is allowed), and writes what the receiver
 * has not confirmed. LT_NOT_FOUND: there is nothing to carry, and no file was made; LT_REFUSED: not
 * joined, or no such hub above; others of lt_bundle_create. */
enum lt_result lt_carry_out(struct lt_journal *journal, const struct lt_keys *keys,
                            const struct lt_carry_out *how, int64_t wall_time,
                            struct lt_carried *ret_carried, char ret_reason[LT_BUNDLE_REASON_MAX]);

/* Takes in a bundle that was read through. What is refused is in the tally; others than LT_OK: the store failed
 * in the middle (what was taken stays, and the bundle may be loaded again). */
enum lt_result lt_carry_in(struct lt_journal *journal, struct lt_bundle *bundle,
                           struct lt_bundle_tally *tally);

#endif
