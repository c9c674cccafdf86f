/* Marks of the hub as a whole. */
#include "hub/roster_own.h"

#include <string.h>

static const uint8_t RECOVERING[] = "recovering", RETIRING[] = "retiring", RETIRED[] = "retired";

static int64_t get_mark(struct lt_roster *roster, struct lt_bytes name)
{
    struct lt_bytes value;
    int64_t mark = 0;
    struct lt_txn *txn = lt_txn_begin(roster->env, false);
    if (txn == NULL) {
        return 0;
    }
    if (lt_get(txn, T_MARK, name, &value) && value.size == 8) {
        mark = (int64_t)roster_get_u64(value.data);
    }
    lt_txn_abort(txn);
    return mark;
}

static void put_mark(struct lt_txn *txn, struct lt_bytes name, int64_t mark)
{
    uint8_t bytes[8];
    roster_put_u64(bytes, (uint64_t)mark);
    lt_put(txn, T_MARK, name, (struct lt_bytes){bytes, sizeof(bytes)});
}

int64_t lt_roster_recovering(struct lt_roster *roster)
{
    return get_mark(roster, (struct lt_bytes){RECOVERING, sizeof(RECOVERING)});
}

enum lt_result lt_roster_set_recovering(struct lt_roster *roster, int64_t since)
{
    struct lt_txn *txn = lt_txn_begin(roster->env, true);
    if (txn == NULL) {
        return LT_NO_MEMORY;
    }
    put_mark(txn, (struct lt_bytes){RECOVERING, sizeof(RECOVERING)}, since);
    return lt_txn_commit(txn);
}

void lt_roster_retiring(struct lt_roster *roster, struct lt_retiring *ret_retiring)
{
    ret_retiring->since = get_mark(roster, (struct lt_bytes){RETIRING, sizeof(RETIRING)});
    ret_retiring->done = get_mark(roster, (struct lt_bytes){RETIRED, sizeof(RETIRED)});
}

enum lt_result lt_roster_set_retiring(struct lt_roster *roster, const struct lt_retiring *retiring)
{
    struct lt_txn *txn = lt_txn_begin(roster->env, true);
    if (txn == NULL) {
        return LT_NO_MEMORY;
    }
    put_mark(txn, (struct lt_bytes){RETIRING, sizeof(RETIRING)}, retiring->since);
    put_mark(txn, (struct lt_bytes){RETIRED, sizeof(RETIRED)}, retiring->done);
    return lt_txn_commit(txn);
}

/* ---- When units were heard: "heard" and the chain's key ---- */

enum { HEARD_BYTES = 5, HEARD_KEY_BYTES = HEARD_BYTES + LT_CHAIN_KEY_BYTES };
static const char HEARD[] = "heard";

void lt_roster_heard(struct lt_roster *roster, lt_heard_seen *seen, void *context)
{
    struct lt_bytes name, value;
    struct lt_chain chain;
    struct lt_txn *txn = lt_txn_begin(roster->env, false);
    if (txn == NULL) {
        return;
    }
    struct lt_cursor *cursor = lt_cursor_open(txn, T_MARK);
    bool more = lt_cursor_seek(cursor, (struct lt_bytes){(const uint8_t *)HEARD, HEARD_BYTES},
                               &name, &value);
    while (more && name.size == HEARD_KEY_BYTES && memcmp(name.data, HEARD, HEARD_BYTES) == 0) {
        if (value.size == 8 && lt_chain_from_key(name.data + HEARD_BYTES, &chain) == LT_OK) {
            seen(context, &chain.unit, (int64_t)roster_get_u64(value.data));
        }
        more = lt_cursor_next(cursor, &name, &value);
    }
    lt_cursor_close(cursor);
    lt_txn_abort(txn);
}

enum lt_result lt_roster_set_heard(struct lt_roster *roster, const struct lt_heard_mark *marks,
                                   size_t count)
{
    uint8_t key[HEARD_KEY_BYTES];
    struct lt_txn *txn = lt_txn_begin(roster->env, true);
    if (txn == NULL) {
        return LT_NO_MEMORY;
    }
    memcpy(key, HEARD, HEARD_BYTES);
    for (size_t i = 0; i < count; i++) {
        const struct lt_chain chain = {LT_STREAM_REPORT, marks[i].unit};
        lt_chain_to_key(&chain, key + HEARD_BYTES);
        put_mark(txn, (struct lt_bytes){key, sizeof(key)}, marks[i].at);
    }
    return lt_txn_commit(txn);
}
