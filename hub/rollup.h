/* rollup.h - changes of scopes and cells, summed in memory and written once a transaction.
 *
 * What counts of a scope is decided by the law of proto/merge.h over all its lines, so a change of a
 * line is first added to its line here; at the flush each touched scope is read once, judged before
 * and after, and the difference is added to the cells of the place and of every place above it.
 * Sums do not depend on the order of additions. Belongs to one thread. */
#ifndef LT_ROLLUP_H
#define LT_ROLLUP_H

#include "hub/words.h"

struct lt_rollup;
struct lt_rollup *lt_rollup_new(struct lt_words *words, uint64_t seed); /* NULL: out of memory */
void lt_rollup_free(struct lt_rollup *rollup);

/* Adds a record that counts within its author (sign 1), or takes one away (-1). Flushes by itself when
 * many lines have gathered. */
void lt_rollup_add(struct lt_rollup *rollup, struct lt_store_txn *txn, const struct lt_fact *fact,
                   int sign);
/* Writes what has gathered. */
void lt_rollup_flush(struct lt_rollup *rollup, struct lt_store_txn *txn);
/* Forgets what has gathered: the transaction was aborted. */
void lt_rollup_forget(struct lt_rollup *rollup);

#endif
