/* Marks of the hub as a whole. */
#include "hub/roster_own.h"

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
