#include "tests/sim/intent.h"

#include <stdlib.h>
#include <string.h>

#include "tests/recount/inside.h"
#include "tests/sim/planted.h"
#include "tests/sim/promises.h"

/* What counts of one slot of a unit. */
struct slot {
    size_t live; /* records */
    unsigned pcs[2]; /* that put the first and the last of them */
    bool contested;
    bool taken_back; /* a machine took its own back, with a reason that its clerk sees */
    bool restored; /* what was retracted was put again: it stays (docs/decisions/0010-twins.md) */
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

/* NULL: no clerk's. */
static const struct act *act_of(const struct world *world, const struct act **acts,
                                const struct rc_change *change)
{
    const uint32_t import = said_by(change)->import;
    return import == 0
               ? NULL
               : find_act(world, acts, planted_import(change->update->report->imports[import - 1]));
}

/* The last act, in true time, of those in the chain of a record that are not quarantined; NULL: none. */
static const struct act *last_act(const struct world *world, const struct act **acts,
                                  const struct rc_change *head)
{
    const struct act *last = NULL;
    for (const struct rc_change *change = head; change != NULL; change = change->next) {
        const struct act *act = act_of(world, acts, change);
        if (act != NULL && change->verdict == LT_COUNTS &&
            (last == NULL || act->at > last->at || (act->at == last->at && act > last)))
            last = act;
    }
    return last;
}

/* Was what counts signed before too, by a machine whose clerk then did `last` on the same disk? (A row that was not
 * signed, because its value was in already, leaves no trace: put back with an old disk it is signed, and contested.) */
static bool counts_again(const struct world *world, const struct act **acts,
                         const struct rc_change *head, const struct rc_change *winner,
                         const struct act *last)
{
    const struct act *act = act_of(world, acts, winner);
    bool before = false;
    for (const struct rc_change *change = head; change != NULL; change = change->next)
        before = before || (change != winner && act_of(world, acts, change) == act);
    return before && act != NULL && act->pc == last->pc &&
           act->machine_life == last->machine_life && act->at < last->at;
}

static void judge_record(const struct world *world, const struct act **acts,
                         const struct rc_change *head, struct slot *slot)
{
    const struct act *act = last_act(world, acts, head);
    const struct rc_change *winner = NULL;
    bool contested = false, taken_back = false, retracted = false;
    for (const struct rc_change *change = head; change != NULL; change = change->next) {
        winner = change->wins ? change : winner;
        contested = contested || change->contested;
        retracted = retracted || said_by(change)->op == LIENTHONG__OP__OP_RETRACT;
        taken_back = taken_back || (act_of(world, acts, change) == NULL &&
                                    said_by(change)->op == LIENTHONG__OP__OP_RETRACT);
    }
    if (winner != NULL)
        slot->pcs[slot->live++ > 0] = act_of(world, acts, head)->pc;
    slot->contested = slot->contested || contested;
    slot->taken_back = slot->taken_back || taken_back;
    slot->restored = slot->restored || (retracted && winner != NULL);
    if (act == NULL)
        return;
    const unsigned value =
        winner != NULL ? (unsigned)strtoul(said_by(winner)->award->field + 1, NULL, 10) : 0;
    const bool right =
        act->kind == ACT_RETRACT ? winner == NULL : winner != NULL && value == act->value;
    tally.records++;
    tally.contested += contested;
    tally.contested_right += contested && right;
    if (!right && winner != NULL && counts_again(world, acts, head, winner, act))
        promises_break("[again] a record of row %u of unit %s: value %u counts again, signed "
                       "twice, which the clerk "
                       "knew when he said %s %u (act %zu)",
                       act->slot, world->units[act->unit].code, value,
                       act->kind == ACT_PUT ? "value" : "none, not", act->value,
                       (size_t)(act - world->acts));
    if (!right && !contested && !taken_back)
        promises_break(
            "[silent] a record of row %u of unit %s: the clerk last said %s %u (act %zu), "
            "but value %u counts",
            act->slot, world->units[act->unit].code, act->kind == ACT_PUT ? "value" : "none, not",
            act->value, (size_t)(act - world->acts), value);
}

static void judge_slot(const struct world *world, unsigned unit, unsigned number,
                       const struct slot *slot)
{
    if (slot->live > 1 && !slot->contested && !slot->restored)
        promises_break("[twice] row %u of unit %s counts %zu times, put by PCs %u%s and %u%s",
                       number, world->units[unit].code, slot->live, slot->pcs[0],
                       world->pcs[slot->pcs[0]].gone ? " (gone)" : "", slot->pcs[1],
                       world->pcs[slot->pcs[1]].gone ? " (gone)" : "");
}

void intent_check(struct world *world, struct recount *recount)
{
    static struct slot slots[UNITS_MAX][SLOTS_MAX];
    const struct act **acts = sorted_acts(world);
    memset(slots, 0, sizeof(slots));
    for (size_t i = 0; i < recount->change_count; i++) {
        const struct rc_change *head = &recount->changes[i];
        const struct act *act = head->heads ? act_of(world, acts, head) : NULL;
        if (act != NULL)
            judge_record(world, acts, head, &slots[act->unit][act->slot]);
    }
    for (unsigned i = 0; i < world->unit_count; i++)
        for (unsigned j = 0; j < SLOTS_MAX; j++)
            judge_slot(world, i, j, &slots[i][j]);
    for (size_t i = 0; i < world->act_count; i++)
        tally.lost_acts += world->acts[i].fate == ACT_STORED && world->pcs[world->acts[i].pc].gone;
    free(acts);
}
