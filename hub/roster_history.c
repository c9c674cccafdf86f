/* Sixty-four days of each unit. */
#include "hub/roster_own.h"

void lt_roster_histories(struct lt_roster *roster, lt_history_seen *seen, void *context)
{
    struct lt_bytes name, value;
    struct lt_chain chain;
    struct lt_unit_history kept;
    struct lt_txn *txn = lt_txn_begin(roster->env, false);
    if (txn == NULL) {
        return;
    }
    struct lt_cursor *cursor = lt_cursor_open(txn, T_HISTORY);
    bool more = cursor != NULL && lt_cursor_seek(cursor, (struct lt_bytes){NULL, 0}, &name, &value);
    while (more) {
        if (name.size == LT_CHAIN_KEY_BYTES && lt_chain_from_key(name.data, &chain) == LT_OK &&
            lt_history_read(value, &kept.history)) {
            kept.unit = chain.unit;
            seen(context, &kept);
        }
        more = lt_cursor_next(cursor, &name, &value);
    }
    lt_cursor_close(cursor);
    lt_txn_abort(txn);
}

static void key_of(const struct lt_unit *unit, uint8_t ret_key[LT_CHAIN_KEY_BYTES])
{
    const struct lt_chain chain = {LT_STREAM_REPORT, *unit};
    lt_chain_to_key(&chain, ret_key);
}

enum lt_result lt_roster_history(struct lt_roster *roster, const struct lt_unit *unit,
                                 struct lt_history *ret_history)
{
    uint8_t key[LT_CHAIN_KEY_BYTES];
    struct lt_bytes value;
    struct lt_txn *txn = lt_txn_begin(roster->env, false);
    if (txn == NULL) {
        return LT_NO_MEMORY;
    }
    key_of(unit, key);
    const bool found = lt_get(txn, T_HISTORY, (struct lt_bytes){key, sizeof(key)}, &value) &&
                       lt_history_read(value, ret_history);
    lt_txn_abort(txn);
    return found ? LT_OK : LT_NOT_FOUND;
}

enum lt_result lt_roster_set_histories(struct lt_roster *roster,
                                       const struct lt_unit_history *histories, size_t count)
{
    uint8_t key[LT_CHAIN_KEY_BYTES], row[LT_HISTORY_ROW_BYTES_MAX];
    struct lt_txn *txn = lt_txn_begin(roster->env, true);
    if (txn == NULL) {
        return LT_NO_MEMORY;
    }
    for (size_t i = 0; i < count; i++) {
        key_of(&histories[i].unit, key);
        lt_put(txn, T_HISTORY, (struct lt_bytes){key, sizeof(key)},
               (struct lt_bytes){row, lt_history_write(&histories[i].history, row)});
    }
    return lt_txn_commit(txn);
}
