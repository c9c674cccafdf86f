/* bundles.h - what a hub takes from a bundle, and what it puts into one. */
#ifndef LT_BUNDLES_H
#define LT_BUNDLES_H

#include "agent/bundle_tally.h"
#include "hub/take.h"

/* Takes in a bundle that was read through, by way of the hub. What is refused is in the tally; others than LT_OK:
 * the hub or its store failed in the middle (what was taken stays; it may be loaded again). */
enum lt_result lt_bundle_take_in(struct lt_taker *taker, struct lt_bundle *bundle,
                                 struct lt_bundle_tally *tally, char ret_reason[300]);

struct lt_bundle_order {
    const char *path;
    bool force;
    bool up; /* for this hub's own parent; else for: */
    const char *unit; /* "28162", or "28162@2025-07-01" */
    Lienthong__Role role; /* of the receiver: the unit's PCs, or its hub */
    const char
        *machine; /* only the one whose signing or CURVE key begins so, in hexadecimal; NULL: all */
    bool all; /* up: what the parent has confirmed too; for a hub: all updates of its subtree too */
};
struct lt_bundle_made {
    struct lt_unit receiver;
    size_t machines;
    uint64_t updates, receipts, bytes;
};
/* LT_NOT_FOUND: nothing to carry up; no such unit or machine; others of lt_bundle_create. */
enum lt_result lt_bundle_make(struct lt_taker *taker, const struct lt_bundle_order *order,
                              struct lt_bundle_made *ret_made,
                              char ret_reason[LT_BUNDLE_REASON_MAX]);

#endif
