/* alone.c - a PC that is alone in its unit goes on where the unit was: what it signs builds on all that the top holds
 * of the unit. (Hubs below may hold more: of keys that wait for the top, which nobody else takes.) */
#include "agent/service_own.h"
#include "hub/core_own.h"
#include "tests/sim/promises.h"
#include "tests/sim/wrapped.h"

static bool is_alone(const struct world *world, int unit)
{
    unsigned machines = 0;
    for (unsigned i = 0; i < world->pc_count; i++)
        machines += world->pcs[i].unit == unit && !world->pcs[i].gone;
    return machines == 1 && !world->units[unit].moved;
}

/* What was just signed names all tips that the PC has. */
static void check_signed(struct lt_journal *journal, const struct hub *top)
{
    static struct lt_tips tips;
    const struct lt_chain chain = lt_journal_chain(journal);
    uint64_t position, seq;
    if (top->machine.hub == NULL || top->machine.hub->ledger == NULL)
        return;
    struct lt_txn *txn = lt_txn_begin(lt_ledger_env(top->machine.hub->ledger), false);
    lt_log_tips(txn, &chain, &tips);
    lt_txn_abort(txn);
    txn = lt_txn_begin(lt_journal_env(journal), false);
    for (size_t i = 0; i < tips.count; i++)
        if (!lt_log_find(txn, &tips.ids[i], &position, &seq))
            promises_break("[beside] the only PC of %s signed beside an update that the top has",
                           chain.unit.code);
    lt_txn_abort(txn);
}

enum lt_result __wrap_lt_journal_sign(struct lt_journal *journal, const struct lt_keys *keys,
                                      int64_t wall_time, struct lt_hash *ret_update, bool *ret_more)
{
    enum lt_result result = __real_lt_journal_sign(journal, keys, wall_time, ret_update, ret_more);
    const struct pc *pc = fiber_machine()->site;
    if (result == LT_OK && is_alone(the_world, pc->unit))
        check_signed(journal, &the_world->hubs[0]);
    return result;
}
