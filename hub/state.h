/* state.h - the state of a ledger in a form that does not depend on how it came about.
 *
 * Dictionary numbers follow the order of arrival, so two hubs with the same updates keep the same
 * cells under other bytes. Here numbers are written out again. Any thread, within a transaction. */
#ifndef LT_STATE_H
#define LT_STATE_H

#include "hub/store.h"

/* The sum modulo 2^256 of BLAKE2b-256 over each cell: the place's unit (code padded to 16 bytes, first
 * day as 4 with the sign bit flipped), the rest of its key with zeros for numbers of texts, code, field
 * and movement each with a NUL, count, quantity and unconfirmed as 8 bytes big-endian. */
void lt_state_digest(struct lt_store_txn *txn, struct lt_hash *ret_digest);

#endif
