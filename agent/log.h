/* log.h - the update log: exact bytes in the order of arrival, with chains and tips. Agent and hub.
 *
 * Tables (the owner lists LT_LOG_TABLES first in its environment):
 *   log        position (integer key) -> the update's bytes
 *   id         identity -> position, seq, chain number
 *   chain      chain key -> number, count, tips with their positions and seqs
 *   chainlog   chain number, position (big-endian) -> seq, identity, whether it was then the chain's
 *              only tip (so that all before it are its ancestors), positions of its parents
 *   redacted   what was erased (erasure.h)
 *
 * Positions rise by one an update, from 1; parents always precede children, so a walk by falling
 * position meets an update after all its descendants. Nothing is ever removed. The log checks ancestry
 * (parents present and of the same chain, seq), not keys or bodies. Walks allocate a few bytes for
 * each update on their front; out of memory is the transaction's sticky error.
 *
 * lt_log_lacking costs what it returns where the chain does not fork, else what is lacking. */
#ifndef LT_LOG_H
#define LT_LOG_H

#include "agent/env.h"
#include "proto/sync.h"

enum { LT_T_LOG, LT_T_ID, LT_T_CHAIN, LT_T_CHAINLOG, LT_T_REDACTED, LT_LOG_TABLE_COUNT };
/* `since`: the format of the owner's store that first had the last one. */
#define LT_LOG_TABLES                                                                              \
    {"log", true, 0}, {"id", false, 0}, {"chain", false, 0}, {"chainlog", false, 0},               \
    {                                                                                              \
        "redacted", false, 0                                                                       \
    }

struct lt_tips {
    size_t count;
    struct lt_hash ids[LT_PARENTS_MAX];
}; /* ascending */

/* Appends an opened update. LT_EXISTS: it is there (*ret_position tells where); LT_ORPHAN: fills up to
 * LT_PARENTS_MAX missing parents; LT_BAD_SEQ; LT_MALFORMED when a parent is of another chain;
 * LT_TOO_LARGE when the chain would have more than LT_PARENTS_MAX tips. These are answers, not sticky
 * errors of the transaction; a sticky error is returned too. */
enum lt_result lt_log_append(struct lt_txn *txn, const struct lt_update *update,
                             struct lt_bytes bytes, uint64_t *ret_position,
                             struct lt_tips *ret_missing);
/* Other bytes of the update at a position: the same signed parts with less of the personal one (erasure.h). */
void lt_log_replace(struct lt_txn *txn, uint64_t position, struct lt_bytes bytes);
uint64_t lt_log_last(struct lt_txn *txn); /* last position; 0: empty */
bool lt_log_at(struct lt_txn *txn, uint64_t position, struct lt_bytes *ret_bytes);
bool lt_log_find(struct lt_txn *txn, const struct lt_hash *id, uint64_t *ret_position,
                 uint64_t *ret_seq);
void lt_log_tips(struct lt_txn *txn, const struct lt_chain *chain, struct lt_tips *ret_tips);
uint64_t lt_log_count(struct lt_txn *txn, const struct lt_chain *chain);
bool lt_log_next_chain(struct lt_txn *txn, const struct lt_chain *after,
                       struct lt_chain *ret_chain);
/* Positions of a chain's updates after `after`, ascending, at most `max`. */
size_t lt_log_chain_positions(struct lt_txn *txn, const struct lt_chain *chain, uint64_t after,
                              uint64_t *ret_positions, size_t max);
/* Identity, parents and wire size of a stored update, checked against its hash. False: not there. */
bool lt_log_describe(struct lt_txn *txn, uint64_t position, struct lt_hash *ret_id,
                     struct lt_hash ret_parents[LT_PARENTS_MAX], size_t *ret_parent_count,
                     size_t *ret_bytes);
/* Is `older` an ancestor of `newer` (not equal)? Costs at most what lies between. */
bool lt_log_is_ancestor(struct lt_txn *txn, const struct lt_hash *older,
                        const struct lt_hash *newer);
/* As in lt_sync_store. */
size_t lt_log_lacking(struct lt_txn *txn, const struct lt_chain *chain, const struct lt_hash *have,
                      size_t have_count, uint64_t *ret_positions, size_t max);
size_t lt_log_ladder(struct lt_txn *txn, const struct lt_chain *chain,
                     struct lt_hash ret_have[LT_HAVE_MAX]);
/* Reads back every update: hash and ancestry. For start-up of doubtful stores and for audit. */
enum lt_result lt_log_verify(struct lt_txn *txn, uint64_t from, uint64_t to,
                             uint64_t *ret_bad_position);

#endif
