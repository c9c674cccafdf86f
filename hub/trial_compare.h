/* trial_compare.h - the state as it is beside the state as it would be. Private to hub/trial*.c. */
#ifndef LT_TRIAL_COMPARE_H
#define LT_TRIAL_COMPARE_H

#include "hub/store.h"
#include "hub/trial.h"

/* Fills what moves and what stops or begins to count. `book` is the one to be. */
enum lt_result lt_trial_compare(struct lt_store_txn *live, struct lt_store_txn *scratch,
                                const struct lt_book *book, struct lt_trial *trial);

#endif
