/* store_lmdb.h - the LMDB engine's own insides. Private to hub/store_lmdb*.c.
 *
 * Tables beside those of the log, all but the first four once a generation:
 *   marks      name -> bytes                      marks, notes
 *   receipt    chain key, hub -> bytes
 *   word       list, word -> number
 *   wordno     list, number -> word
 *   blocks.g   least cell key -> block of cells
 *   scopes.g   line key -> count, quantity, authority
 *   versions.g root, change -> version; record -> root
 *   quarantine.g change -> verdict
 *   runs.g     unit, import, first row, position -> last row
 *   tallies.g unit (0: the whole) -> sums
 *   items.g    kind, year, author, change -> nothing
 *   awaited.g  update, change that names a record of it -> nothing
 * Numbers are big-endian. */
#ifndef LT_STORE_LMDB_H
#define LT_STORE_LMDB_H

#include "hub/store.h"

enum {
    LT_T_MARKS = LT_LOG_TABLE_COUNT,
    LT_T_RECEIPT,
    LT_T_WORD,
    LT_T_WORDNO,
    LT_T_STATE, /* LT_STATE_TABLES of generation 0, then of 1 */
    LT_T_COUNT = LT_T_STATE + 2 * LT_STATE_TABLES
};

struct lt_store_txn {
    struct lt_store *store;
    struct lt_txn *txn;
    unsigned generation;
    struct lt_cursor
        *cursors[LT_STATE_TABLES]; /* of the generation in use, opened when first needed */
    uint32_t word_counts[LT_WORD_LISTS]; /* 0: not read yet */
};

/* The table's cursor, or NULL with the transaction's error set. */
struct lt_cursor *lt_store_cursor(struct lt_store_txn *txn, enum lt_state_table table);
lt_table lt_store_table(const struct lt_store_txn *txn, enum lt_state_table table);

#endif
