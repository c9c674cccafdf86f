/* scratch.h - a store beside the live one, for judging everything again without touching it. */
#ifndef LT_SCRATCH_H
#define LT_SCRATCH_H

#include "hub/store.h"

/* Removes the folder's store and the folder. */
void lt_scratch_remove(const char *scratch);
/* The words that the live dictionary has more, so that numbers stand for the same. False: the live
 * dictionary contradicts itself. */
bool lt_scratch_copy_words(struct lt_store_txn *live, struct lt_store_txn *scratch);

#endif
