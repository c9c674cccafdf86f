/* bundle_tally.h - what became of each chain of a bundle, for those who carry them. */
#ifndef LT_BUNDLE_TALLY_H
#define LT_BUNDLE_TALLY_H

#include <jansson.h>

#include "agent/bundle.h"

struct lt_bundle_line {
    struct lt_chain chain;
    uint64_t taken, known, refused;
    enum lt_result why; /* of the first that was refused */
    struct lt_hash missing; /* LT_ORPHAN: an ancestor that is not here; zeros: not told */
};
struct lt_bundle_tally {
    struct lt_bundle_line *lines; /* malloc'ed, in the order of first mention */
    size_t count, capacity;
    uint64_t taken, known, refused; /* updates, of all chains */
    uint64_t receipts, receipts_refused;
    enum lt_result receipt_why; /* of the first that was refused */
    unsigned looks; /* how often the bundle was gone through before this time */
    uint64_t taken_before;
};
/* Does a failure lie in the store here, rather than in what was brought? */
bool lt_bundle_store_failed(enum lt_result result);
/* LT_OK taken, LT_EXISTS known, else refused. False: out of memory. */
bool lt_bundle_tally_add(struct lt_bundle_tally *tally, const struct lt_chain *chain,
                         enum lt_result result, const struct lt_hash *missing);
void lt_bundle_tally_receipt(struct lt_bundle_tally *tally, enum lt_result result);
/* Is it worth to go through the bundle once more, since what something builds on has come meanwhile? Then the
 * numbers of another time go on top: what was refused is said anew. */
bool lt_bundle_tally_again(struct lt_bundle_tally *tally);
void lt_bundle_tally_free(struct lt_bundle_tally *tally);

/* Lines for people, one a chain, in the language of the process; and the same as JSON. */
void lt_bundle_tally_print(const struct lt_bundle_tally *tally);
json_t *lt_bundle_tally_json(const struct lt_bundle_tally *tally,
                             const struct lt_bundle_head *head);

#endif
