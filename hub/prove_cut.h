/* prove_cut.h - the chains of a proof: which there are, up to which tips, and which of them bear on a figure.
 *
 * A chain bears on it when its author tells a line of a scope in which some line lies at the asked place, or
 * below it, in the asked years; and so do the chains of those who came before or after him by main successions,
 * since they may speak of his records. All directive chains do. More may be taken than is needed, never less.
 * One thread. */
#ifndef LT_PROVE_CUT_H
#define LT_PROVE_CUT_H

#include "hub/figures.h"
#include "hub/store.h"
#include "proto/standing.h"

struct lt_prove_chain {
    struct lt_chain chain;
    uint64_t count; /* updates up to the tips */
    size_t tips_at, tip_count;
    size_t positions_at; /* `count` of them, unless it is left out */
    bool left_out;
};

struct lt_prove_cut { /* zero-initialise; free it in any case */
    struct lt_prove_chain *chains; /* ascending */
    size_t count, capacity;
    struct lt_hash *tips;
    size_t tip_count, tip_capacity;
    uint64_t *positions;
    size_t position_count, position_capacity;
};
void lt_prove_cut_free(struct lt_prove_cut *cut);

/* All chains as the transaction sees them; the book must not change meanwhile. `whole`: none is left out. */
enum lt_result lt_prove_cut_now(struct lt_store_txn *txn, const struct lt_book *book,
                                const struct lt_figures_query *query, bool whole,
                                struct lt_prove_cut *cut);
/* As they were when figures were published by this hub: report chains at or below the place as the publication
 * names them, all others as far as they stood before it in this hub's log. None is left out. LT_NOT_FOUND: the
 * log does not hold the directive that published it. */
enum lt_result lt_prove_cut_then(struct lt_store_txn *txn, const struct lt_book *book,
                                 const struct lt_publication *publication,
                                 struct lt_prove_cut *cut);

#endif
