/* merge.h - folds one report update after another into the state: records, scopes, cells.
 *
 * The common change puts a new record, and nothing else ever speaks of it: it is judged, added to its
 * scope, and leaves no row of its own. Only records that are corrected, retracted, or hold a row of an
 * import twice have their versions written down (records.h).
 *
 * The result is a function of the set of updates and of the book, whatever the order and the batches;
 * parents precede their children. One thread, within one transaction at a time. */
#ifndef LT_HUB_MERGE_H
#define LT_HUB_MERGE_H

#include "hub/reader.h"
#include "hub/rollup.h"

/* A change with its row of an import, for finding rows that were signed twice. */
struct lt_row_key {
    uint64_t import;
    uint32_t row, index;
};

struct lt_merge {
    const struct lt_book *book;
    struct lt_words *words;
    struct lt_rollup *rollup;
    struct lt_reader *reader;
    struct lt_store_txn *txn; /* holds the state */
    struct lt_store_txn *log; /* holds the updates; mostly the same */
    struct lt_tally tally;
    /* scratch of one update, kept for the next */
    struct lt_row_key *row_keys;
    size_t row_count, row_capacity;
    struct lt_runs runs, overlaps;
    struct lt_version_rows rows;
    struct lt_version *versions;
    size_t version_capacity;
    const struct lt_update *update; /* the one being folded */
    uint64_t folded; /* updates of later positions have not come yet */
    struct lt_chain_tally chain_tally; /* of its chain; read when first needed */
    uint32_t chain_unit; /* number of its unit; 0: not read yet */
};

/* `seed` keeps peers from choosing keys that collide. NULL: out of memory. */
struct lt_merge *lt_merge_new(const struct lt_book *book, uint64_t seed);
void lt_merge_free(struct lt_merge *merge);

void lt_merge_begin(struct lt_merge *merge, struct lt_store_txn *txn, struct lt_store_txn *log);
/* `body` is NULL when it is of a newer version. Errors are the transaction's. */
void lt_merge_update(struct lt_merge *merge, uint64_t position, const struct lt_update *update,
                     const Lienthong__ReportBody *body);
/* Writes what has gathered. Then the transaction is committed or aborted by its owner. */
void lt_merge_end(struct lt_merge *merge);
/* After an abort, and when the book has changed. */
void lt_merge_forget(struct lt_merge *merge);

/* LT_V_REVOKED, LT_V_CLOSED: the update lies outside the cut of its revoked key, of its closed chain. */
enum lt_verdict lt_merge_cut(const struct lt_book *book, struct lt_store_txn *log,
                             const struct lt_update *update);
/* Lies the update outside the cut of its revoked key? */
bool lt_merge_revoked(const struct lt_book *book, struct lt_store_txn *log,
                      const struct lt_update *update);
/* A record came to count by the change at `at` (sign 1), or does no more (-1); `fact` is what it says. */
void lt_merge_count(struct lt_merge *merge, const struct lt_at *at, const struct lt_fact *fact,
                    int sign);
/* The same for records of `author` that are contested. */
void lt_merge_contest(struct lt_merge *merge, const struct lt_unit *author, int sign);
/* Notes that a change is quarantined. */
void lt_merge_quarantine(struct lt_merge *merge, const struct lt_update *update,
                         const struct lt_at *at, enum lt_verdict verdict);

#endif
