/* audit_compare.h - compares the state of two stores, row by row. */
#ifndef LT_AUDIT_COMPARE_H
#define LT_AUDIT_COMPARE_H

#include "hub/store.h"

/* False: they differ (or a store failed), and ret_difference tells the first difference in words. */
bool lt_audit_compare(struct lt_store_txn *stored, struct lt_store_txn *recomputed,
                      char *ret_difference, size_t max);

#endif
