/* log_store.h - rows of the log's tables, shared by log.c and log_walk.c. Private to them. */
#ifndef LT_LOG_STORE_H
#define LT_LOG_STORE_H

#include "agent/log.h"

struct lt_log_tip {
    struct lt_hash id;
    uint64_t position, seq;
};

/* A row of `chain`. */
struct lt_log_chain {
    uint32_t number;
    uint64_t count;
    size_t tip_count;
    struct lt_log_tip tips[LT_PARENTS_MAX]; /* ascending by id */
};

/* A row of `id`. */
struct lt_log_place {
    uint64_t position, seq;
    uint32_t chain;
};

/* A row of `chainlog`. */
struct lt_log_node {
    uint64_t seq;
    struct lt_hash id;
    bool alone; /* the chain's only tip when it came: all before it are its ancestors */
    size_t parent_count;
    uint64_t parents[LT_PARENTS_MAX]; /* positions */
};

/* False: absent, or the transaction has failed (LT_CORRUPT for a row of the wrong shape). */
bool lt_log_get_chain(struct lt_txn *txn, const struct lt_chain *chain,
                      struct lt_log_chain *ret_row);
bool lt_log_get_place(struct lt_txn *txn, const struct lt_hash *id, struct lt_log_place *ret_row);
bool lt_log_get_node(struct lt_txn *txn, uint32_t chain, uint64_t position,
                     struct lt_log_node *ret_row);
bool lt_log_parse_node(struct lt_txn *txn, struct lt_bytes row, struct lt_log_node *ret_row);

enum { LT_LOG_NODE_KEY_BYTES = 12 };
void lt_log_node_key(uint32_t chain, uint64_t position, uint8_t ret_key[LT_LOG_NODE_KEY_BYTES]);
/* Is this a chainlog key of the chain? Then its position. */
bool lt_log_node_position(struct lt_bytes key, uint32_t chain, uint64_t *ret_position);

#endif
