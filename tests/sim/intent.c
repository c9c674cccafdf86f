#include "tests/sim/intent.h"

#include <stdlib.h>
#include <string.h>

#include "tests/recount/inside.h"
#include "tests/sim/promises.h"

/* What the top's chain of a unit says of one slot. */
struct slot {
    size_t last_act; /* of those that are in the chain, and not quarantined; SIZE_MAX: none */
    size_t live; /* records that count */
    unsigned value; /* of the one that counts */
    bool contested, any;
};

static struct intent_tally tally;

const struct intent_tally *intent_tally(void)
{
    return &tally;
}

static int by_import(const void *a, const void *b)
{
    const struct act *const *left = a, *const *right = b;
    return ((*left)->import > (*right)->import) - ((*left)->import < (*right)->import);
}

static const struct act **sorted_acts(const struct world *world)
{
    const struct act **acts = calloc(world->act_count + 1, sizeof(struct act *));
    if (acts == NULL)
        abort();
    for (size_t i = 0; i < world->act_count; i++)
        acts[i] = &world->acts[i];
    qsort(acts, world->act_count, sizeof(struct act *), by_import);
    return acts;
}

static const struct act *find_act(const struct world *world, const struct act **acts,
                                  uint64_t import)
{
    size_t low = 0, high = world->act_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (acts[middle]->import < import)
            low = middle + 1;
        else
            high = middle;
    }
    return low < world->act_count && acts[low]->import == import ? acts[low] : NULL;
}

static const Lienthong__Change *said_by(const struct rc_change *change)
{
    return change->update->report->changes[change->index];
}

static void note(struct slot *slot, const struct rc_change *change, const struct world *world,
                 const struct act *act)
{
    const size_t number = act != NULL ? (size_t)(act - world->acts) : SIZE_MAX;
    slot->any = true;
    if (act != NULL && change->verdict == LT_COUNTS &&
        (slot->last_act == SIZE_MAX || act->at > world->acts[slot->last_act].at ||
         (act->at == world->acts[slot->last_act].at && number > slot->last_act)))
        slot->last_act = number;
    slot->contested = slot->contested || change->contested;
    if (change->wins) {
        slot->live++;
        slot->value = (unsigned)strtoul(said_by(change)->award->field + 1, NULL, 10);
    }
}

static void judge(const struct world *world, unsigned unit, unsigned number,
                  const struct slot *slot)
{
    if (!slot->any || slot->last_act == SIZE_MAX)
        return;
    const struct act *act = &world->acts[slot->last_act];
    const bool right = act->kind == ACT_RETRACT ? slot->live == 0
                                                : slot->live == 1 && slot->value == act->value;
    tally.records++;
    tally.contested += slot->contested;
    tally.contested_right += slot->contested && right;
    if (slot->live > 1 && !slot->contested)
        promises_break("promise 4: row %u of unit %s counts %zu times", number,
                       world->units[unit].code, slot->live);
    else if (!right && !slot->contested)
        promises_break("promise 4: row %u of unit %s: the clerk last said %s %u (act %zu), silently "
                       "%zu count, value %u",
                       number, world->units[unit].code,
                       act->kind == ACT_PUT ? "value" : "none, not", act->value, slot->last_act,
                       slot->live, slot->value);
}

void intent_check(struct world *world, struct recount *recount)
{
    static struct slot slots[UNITS_MAX][64];
    const struct act **acts = sorted_acts(world);
    memset(slots, 0, sizeof(slots));
    for (size_t i = 0; i < UNITS_MAX; i++)
        for (size_t j = 0; j < 64; j++)
            slots[i][j].last_act = SIZE_MAX;
    for (size_t i = 0; i < recount->change_count; i++) {
        const struct rc_change *change = &recount->changes[i];
        if (change->update->report == NULL || said_by(change)->import == 0)
            continue;
        const struct act *act =
            find_act(world, acts, change->update->report->imports[said_by(change)->import - 1]);
        if (act != NULL)
            note(&slots[act->unit][act->slot], change, world, act);
    }
    for (unsigned i = 0; i < world->unit_count; i++)
        for (unsigned j = 0; j < 64; j++)
            judge(world, i, j, &slots[i][j]);
    for (size_t i = 0; i < world->act_count; i++)
        tally.lost_acts += world->acts[i].fate == ACT_STORED && world->pcs[world->acts[i].pc].gone;
    free(acts);
}
