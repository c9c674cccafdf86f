/* chains.h - an index in memory of all chains and their tips, for the questions of the conversation.
 *
 * They are asked for every HELLO and after every commit, by the gate's and the uplink's threads. About
 * 80 bytes a chain. Guarded by its own lock; refreshed by the writer after each commit. */
#ifndef LT_CHAINS_H
#define LT_CHAINS_H

#include "agent/log.h"

struct lt_chains;
struct lt_chains *lt_chains_new(void); /* NULL: out of memory */
void lt_chains_free(struct lt_chains *chains);

/* Reads one chain anew. LT_NO_MEMORY, or the transaction's error. */
enum lt_result lt_chains_refresh(struct lt_chains *chains, struct lt_txn *txn,
                                 const struct lt_chain *chain);

size_t lt_chains_tips(struct lt_chains *chains, const struct lt_chain *chain,
                      struct lt_hash ret_tips[LT_PARENTS_MAX]);
bool lt_chains_next(struct lt_chains *chains, const struct lt_chain *after,
                    struct lt_chain *ret_chain);
size_t lt_chains_count(struct lt_chains *chains);

#endif
