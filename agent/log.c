#include "agent/log.h"

#include <string.h>

#include "agent/log_store.h"
#include "agent/row.h"

enum {
    PLACE_BYTES = 8 + 8 + 4,
    TIP_BYTES = 32 + 8 + 8,
    CHAIN_BYTES_MAX = 4 + 8 + 1 + LT_PARENTS_MAX * TIP_BYTES,
    NODE_BYTES_MAX = 8 + 32 + 1 + 1 + LT_PARENTS_MAX * 8,
};

/* ---- Rows ---- */

static struct lt_bytes id_key(const struct lt_hash *id)
{
    struct lt_bytes key = {id->bytes, sizeof(id->bytes)};
    return key;
}

static struct lt_bytes position_key(const uint64_t *position)
{
    struct lt_bytes key = {(const uint8_t *)position, sizeof(*position)};
    return key;
}

bool lt_log_get_place(struct lt_txn *txn, const struct lt_hash *id, struct lt_log_place *ret_row)
{
    struct lt_bytes value;
    if (!lt_get(txn, LT_T_ID, id_key(id), &value))
        return false;
    struct lt_row_reader row = lt_row_read(value);
    ret_row->position = lt_row_take_number(&row, 8);
    ret_row->seq = lt_row_take_number(&row, 8);
    ret_row->chain = (uint32_t)lt_row_take_number(&row, 4);
    if (row.short_row)
        lt_txn_fail(txn, LT_CORRUPT);
    return !row.short_row;
}

static void put_place(struct lt_txn *txn, const struct lt_hash *id,
                      const struct lt_log_place *place)
{
    uint8_t bytes[PLACE_BYTES];
    struct lt_row_writer row = lt_row_write(bytes, sizeof(bytes));
    lt_row_give_number(&row, place->position, 8);
    lt_row_give_number(&row, place->seq, 8);
    lt_row_give_number(&row, place->chain, 4);
    lt_put(txn, LT_T_ID, id_key(id), lt_row_bytes(&row));
}

bool lt_log_get_chain(struct lt_txn *txn, const struct lt_chain *chain,
                      struct lt_log_chain *ret_row)
{
    uint8_t key[LT_CHAIN_KEY_BYTES];
    struct lt_bytes value;
    lt_chain_to_key(chain, key);
    if (!lt_get(txn, LT_T_CHAIN, (struct lt_bytes){key, sizeof(key)}, &value))
        return false;
    struct lt_row_reader row = lt_row_read(value);
    ret_row->number = (uint32_t)lt_row_take_number(&row, 4);
    ret_row->count = lt_row_take_number(&row, 8);
    ret_row->tip_count = (size_t)lt_row_take_number(&row, 1);
    for (size_t i = 0; i < ret_row->tip_count && i < LT_PARENTS_MAX; i++) {
        lt_row_take(&row, ret_row->tips[i].id.bytes, 32);
        ret_row->tips[i].position = lt_row_take_number(&row, 8);
        ret_row->tips[i].seq = lt_row_take_number(&row, 8);
    }
    if (row.short_row || ret_row->tip_count == 0 || ret_row->tip_count > LT_PARENTS_MAX) {
        lt_txn_fail(txn, LT_CORRUPT);
        return false;
    }
    return true;
}

static void put_chain(struct lt_txn *txn, const struct lt_chain *chain,
                      const struct lt_log_chain *state)
{
    uint8_t key[LT_CHAIN_KEY_BYTES];
    uint8_t bytes[CHAIN_BYTES_MAX];
    struct lt_row_writer row = lt_row_write(bytes, sizeof(bytes));
    lt_chain_to_key(chain, key);
    lt_row_give_number(&row, state->number, 4);
    lt_row_give_number(&row, state->count, 8);
    lt_row_give_number(&row, state->tip_count, 1);
    for (size_t i = 0; i < state->tip_count; i++) {
        lt_row_give(&row, state->tips[i].id.bytes, 32);
        lt_row_give_number(&row, state->tips[i].position, 8);
        lt_row_give_number(&row, state->tips[i].seq, 8);
    }
    lt_put(txn, LT_T_CHAIN, (struct lt_bytes){key, sizeof(key)}, lt_row_bytes(&row));
}

void lt_log_node_key(uint32_t chain, uint64_t position, uint8_t ret_key[LT_LOG_NODE_KEY_BYTES])
{
    struct lt_row_writer row = lt_row_write(ret_key, LT_LOG_NODE_KEY_BYTES);
    lt_row_give_number(&row, chain, 4);
    lt_row_give_number(&row, position, 8);
}

bool lt_log_node_position(struct lt_bytes key, uint32_t chain, uint64_t *ret_position)
{
    struct lt_row_reader row = lt_row_read(key);
    bool of_chain = lt_row_take_number(&row, 4) == chain && key.size == LT_LOG_NODE_KEY_BYTES;
    if (of_chain)
        *ret_position = lt_row_take_number(&row, 8);
    return of_chain;
}

bool lt_log_parse_node(struct lt_txn *txn, struct lt_bytes value, struct lt_log_node *ret_row)
{
    struct lt_row_reader row = lt_row_read(value);
    ret_row->seq = lt_row_take_number(&row, 8);
    lt_row_take(&row, ret_row->id.bytes, 32);
    ret_row->alone = lt_row_take_number(&row, 1) != 0;
    ret_row->parent_count = (size_t)lt_row_take_number(&row, 1);
    for (size_t i = 0; i < ret_row->parent_count && i < LT_PARENTS_MAX; i++)
        ret_row->parents[i] = lt_row_take_number(&row, 8);
    if (!row.short_row && ret_row->parent_count <= LT_PARENTS_MAX)
        return true;
    lt_txn_fail(txn, LT_CORRUPT);
    return false;
}

bool lt_log_get_node(struct lt_txn *txn, uint32_t chain, uint64_t position,
                     struct lt_log_node *ret_row)
{
    uint8_t key[LT_LOG_NODE_KEY_BYTES];
    struct lt_bytes value;
    lt_log_node_key(chain, position, key);
    if (!lt_get(txn, LT_T_CHAINLOG, (struct lt_bytes){key, sizeof(key)}, &value))
        return false;
    return lt_log_parse_node(txn, value, ret_row);
}

static void put_node(struct lt_txn *txn, uint32_t chain, uint64_t position,
                     const struct lt_log_node *node)
{
    uint8_t key[LT_LOG_NODE_KEY_BYTES];
    uint8_t bytes[NODE_BYTES_MAX];
    struct lt_row_writer row = lt_row_write(bytes, sizeof(bytes));
    lt_log_node_key(chain, position, key);
    lt_row_give_number(&row, node->seq, 8);
    lt_row_give(&row, node->id.bytes, 32);
    lt_row_give_number(&row, node->alone, 1);
    lt_row_give_number(&row, node->parent_count, 1);
    for (size_t i = 0; i < node->parent_count; i++)
        lt_row_give_number(&row, node->parents[i], 8);
    lt_put(txn, LT_T_CHAINLOG, (struct lt_bytes){key, sizeof(key)}, lt_row_bytes(&row));
}

/* ---- Appending ---- */

static const struct lt_log_tip *find_tip(const struct lt_log_chain *chain, const struct lt_hash *id)
{
    for (size_t i = 0; i < chain->tip_count; i++)
        if (lt_hash_cmp(&chain->tips[i].id, id) == 0)
            return &chain->tips[i];
    return NULL;
}

/* Finds the parents: mostly they are the chain's tips, which costs nothing. */
static enum lt_result find_parents(struct lt_txn *txn, const struct lt_frame *frame,
                                   const struct lt_log_chain *chain, struct lt_log_node *node,
                                   struct lt_tips *ret_missing)
{
    struct lt_tips missing = {.count = 0};
    uint64_t greatest_seq = 0;
    bool foreign = false;
    for (uint32_t i = 0; i < frame->parent_count; i++) {
        const struct lt_log_tip *tip = find_tip(chain, &frame->parents[i]);
        struct lt_log_place place;
        if (tip != NULL) {
            place = (struct lt_log_place){tip->position, tip->seq, chain->number};
        } else if (!lt_log_get_place(txn, &frame->parents[i], &place)) {
            missing.ids[missing.count++] = frame->parents[i];
            continue;
        }
        foreign = foreign || chain->count == 0 || place.chain != chain->number;
        greatest_seq = place.seq > greatest_seq ? place.seq : greatest_seq;
        node->parents[node->parent_count++] = place.position;
    }
    if (lt_txn_error(txn) != LT_OK)
        return lt_txn_error(txn);
    if (foreign)
        return LT_MALFORMED;
    if (missing.count > 0) {
        *ret_missing = missing;
        return LT_ORPHAN;
    }
    return frame->seq == greatest_seq + 1 ? LT_OK : LT_BAD_SEQ;
}

/* The tips after the update came: those that it does not name, and itself. */
static bool replace_tips(struct lt_log_chain *chain, const struct lt_frame *frame,
                         const struct lt_log_tip *tip)
{
    size_t kept = 0, at;
    for (size_t i = 0; i < chain->tip_count; i++) {
        bool named = false;
        for (uint32_t j = 0; j < frame->parent_count && !named; j++)
            named = lt_hash_cmp(&chain->tips[i].id, &frame->parents[j]) == 0;
        if (!named)
            chain->tips[kept++] = chain->tips[i];
    }
    if (kept == LT_PARENTS_MAX)
        return false;
    for (at = kept; at > 0 && lt_hash_cmp(&chain->tips[at - 1].id, &tip->id) > 0; at--)
        chain->tips[at] = chain->tips[at - 1];
    chain->tips[at] = *tip;
    chain->tip_count = kept + 1;
    return true;
}

enum lt_result lt_log_append(struct lt_txn *txn, const struct lt_update *update,
                             struct lt_bytes bytes, uint64_t *ret_position,
                             struct lt_tips *ret_missing)
{
    const struct lt_frame *frame = &update->frame;
    struct lt_log_chain chain = {.count = 0};
    struct lt_log_node node = {.seq = frame->seq, .id = update->id};
    struct lt_log_place place;
    if (lt_log_get_place(txn, &update->id, &place)) {
        *ret_position = place.position;
        return LT_EXISTS;
    }
    bool known = lt_log_get_chain(txn, &frame->chain, &chain);
    enum lt_result result = find_parents(txn, frame, &chain, &node, ret_missing);
    if (result != LT_OK)
        return result;
    if (!known)
        chain.number = (uint32_t)lt_entries(txn, LT_T_CHAIN) + 1;
    place = (struct lt_log_place){lt_log_last(txn) + 1, frame->seq, chain.number};
    struct lt_log_tip tip = {update->id, place.position, place.seq};
    if (!replace_tips(&chain, frame, &tip))
        return LT_TOO_LARGE;
    chain.count++;
    node.alone = chain.tip_count == 1;
    lt_append(txn, LT_T_LOG, position_key(&place.position), bytes);
    put_place(txn, &update->id, &place);
    put_chain(txn, &frame->chain, &chain);
    put_node(txn, chain.number, place.position, &node);
    if (lt_txn_error(txn) == LT_OK)
        *ret_position = place.position;
    return lt_txn_error(txn);
}

void lt_log_replace(struct lt_txn *txn, uint64_t position, struct lt_bytes bytes)
{
    lt_put(txn, LT_T_LOG, position_key(&position), bytes);
}

/* ---- Reading ---- */

uint64_t lt_log_last(struct lt_txn *txn)
{
    struct lt_bytes key, value;
    uint64_t position = 0;
    struct lt_cursor *cursor = lt_cursor_open(txn, LT_T_LOG);
    if (lt_cursor_last(cursor, &key, &value) && key.size == sizeof(position))
        memcpy(&position, key.data, sizeof(position));
    lt_cursor_close(cursor);
    return position;
}

bool lt_log_at(struct lt_txn *txn, uint64_t position, struct lt_bytes *ret_bytes)
{
    return lt_get(txn, LT_T_LOG, position_key(&position), ret_bytes);
}

bool lt_log_find(struct lt_txn *txn, const struct lt_hash *id, uint64_t *ret_position,
                 uint64_t *ret_seq)
{
    struct lt_log_place place;
    if (!lt_log_get_place(txn, id, &place))
        return false;
    *ret_position = place.position;
    *ret_seq = place.seq;
    return true;
}

bool lt_log_describe(struct lt_txn *txn, uint64_t position, struct lt_hash *ret_id,
                     struct lt_hash ret_parents[LT_PARENTS_MAX], size_t *ret_parent_count,
                     size_t *ret_bytes)
{
    struct lt_update update;
    struct lt_bytes bytes;
    if (!lt_log_at(txn, position, &bytes))
        return false;
    if (lt_update_open(bytes, &update) != LT_OK) {
        lt_txn_fail(txn, LT_CORRUPT);
        return false;
    }
    *ret_id = update.id;
    memcpy(ret_parents, update.frame.parents, update.frame.parent_count * sizeof(ret_parents[0]));
    *ret_parent_count = update.frame.parent_count;
    *ret_bytes = bytes.size;
    return true;
}

void lt_log_tips(struct lt_txn *txn, const struct lt_chain *chain, struct lt_tips *ret_tips)
{
    struct lt_log_chain row;
    ret_tips->count = lt_log_get_chain(txn, chain, &row) ? row.tip_count : 0;
    for (size_t i = 0; i < ret_tips->count; i++)
        ret_tips->ids[i] = row.tips[i].id;
}

uint64_t lt_log_count(struct lt_txn *txn, const struct lt_chain *chain)
{
    struct lt_log_chain row;
    return lt_log_get_chain(txn, chain, &row) ? row.count : 0;
}

bool lt_log_next_chain(struct lt_txn *txn, const struct lt_chain *after, struct lt_chain *ret_chain)
{
    uint8_t from[LT_CHAIN_KEY_BYTES];
    struct lt_bytes key, value, start = {NULL, 0};
    bool found = false;
    if (after != NULL) {
        lt_chain_to_key(after, from);
        start = (struct lt_bytes){from, sizeof(from)};
    }
    struct lt_cursor *cursor = lt_cursor_open(txn, LT_T_CHAIN);
    found = lt_cursor_seek(cursor, start, &key, &value);
    if (found && after != NULL && key.size == sizeof(from) &&
        memcmp(key.data, from, sizeof(from)) == 0)
        found = lt_cursor_next(cursor, &key, &value);
    if (found &&
        (key.size != LT_CHAIN_KEY_BYTES || lt_chain_from_key(key.data, ret_chain) != LT_OK)) {
        lt_txn_fail(txn, LT_CORRUPT);
        found = false;
    }
    lt_cursor_close(cursor);
    return found;
}

size_t lt_log_chain_positions(struct lt_txn *txn, const struct lt_chain *chain, uint64_t after,
                              uint64_t *ret_positions, size_t max)
{
    struct lt_log_chain row;
    uint8_t from[LT_LOG_NODE_KEY_BYTES];
    struct lt_bytes key, value;
    size_t count = 0;
    if (after == UINT64_MAX || !lt_log_get_chain(txn, chain, &row))
        return 0;
    lt_log_node_key(row.number, after + 1, from);
    struct lt_cursor *cursor = lt_cursor_open(txn, LT_T_CHAINLOG);
    bool more = lt_cursor_seek(cursor, (struct lt_bytes){from, sizeof(from)}, &key, &value);
    while (more && count < max && lt_log_node_position(key, row.number, &ret_positions[count])) {
        count++;
        more = lt_cursor_next(cursor, &key, &value);
    }
    lt_cursor_close(cursor);
    return count;
}

/* ---- Verifying ---- */

static bool verify_one(struct lt_txn *txn, uint64_t position)
{
    struct lt_bytes bytes;
    struct lt_update update;
    struct lt_log_place place, parent;
    struct lt_log_chain chain;
    struct lt_log_node node;
    uint64_t greatest_seq = 0;
    if (!lt_log_at(txn, position, &bytes) || lt_update_open(bytes, &update) != LT_OK)
        return false;
    if (!lt_log_get_place(txn, &update.id, &place) || place.position != position ||
        place.seq != update.frame.seq)
        return false;
    if (!lt_log_get_chain(txn, &update.frame.chain, &chain) || chain.number != place.chain ||
        !lt_log_get_node(txn, place.chain, position, &node) ||
        lt_hash_cmp(&node.id, &update.id) != 0 || node.parent_count != update.frame.parent_count)
        return false;
    for (uint32_t i = 0; i < update.frame.parent_count; i++) {
        if (!lt_log_get_place(txn, &update.frame.parents[i], &parent) ||
            parent.position >= position || parent.chain != place.chain ||
            /* NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult): parent_count are set */
            parent.position != node.parents[i])
            return false;
        greatest_seq = parent.seq > greatest_seq ? parent.seq : greatest_seq;
    }
    return update.frame.seq == greatest_seq + 1;
}

enum lt_result lt_log_verify(struct lt_txn *txn, uint64_t from, uint64_t to,
                             uint64_t *ret_bad_position)
{
    for (uint64_t position = from > 0 ? from : 1; position <= to; position++) {
        if (verify_one(txn, position))
            continue;
        *ret_bad_position = position;
        return lt_txn_error(txn) != LT_OK ? lt_txn_error(txn) : LT_CORRUPT;
    }
    return LT_OK;
}
