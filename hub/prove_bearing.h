/* prove_bearing.h - which chains bear on a figure (prove_cut.h). Private to hub/prove*.c. */
#ifndef LT_PROVE_BEARING_H
#define LT_PROVE_BEARING_H

#include "hub/prove_cut.h"

/* Marks all chains of the cut that do not bear on it as left out. */
enum lt_result lt_prove_bearing(struct lt_store_txn *txn, const struct lt_book *book,
                                const struct lt_figures_query *query, struct lt_prove_cut *cut);

#endif
