/* Box keys of units, in the running hub: for units and machines that have come since names are sealed here. */
#include "hub/box_plan.h"
#include "hub/core_own.h"
#include "hub/direct.h"

static void say(struct lt_hub *hub, const struct lt_box_plan *plan)
{
    Lienthong__DirectiveBody body;
    char reason[LT_DIRECT_REASON_MAX] = "";
    lienthong__directive_body__init(&body);
    body.items = plan->items;
    body.n_items = plan->count;
    if (lt_hub_author(hub, &body, reason) == LT_OK)
        lt_hub_log("told the box keys of units, names are sealed to them: %zu, gave them to %zu "
                   "machines",
                   plan->count, plan->machines);
    else
        lt_hub_log("%zu box keys of units could not be told: %s", plan->count, reason);
}

/* A copy from before `seal init`, or another hub's file: nobody here reads what is told, and nobody would notice. */
static void warn(struct lt_hub *hub, const struct lt_book *book, const struct lt_box_ring *ring)
{
    char within[LT_UNIT_TEXT_MAX];
    for (size_t i = 0; i < lt_book_sealing_count(book) && !hub->box_warned; i++) {
        const struct lt_sealing *sealing = lt_book_sealing_at(book, i);
        if (lt_box_is_here(sealing, &hub->site.unit, ring))
            continue;
        hub->box_warned = true;
        lt_unit_format(&sealing->within->unit, within);
        lt_hub_log("WARNING: names at or below %s are sealed to a box key of this hub that is not "
                   "here: nobody here "
                   "reads them. Put the copy of box.key back, or make another one (`seal init`) "
                   "and say `seal %s` again",
                   within, within);
    }
}

void lt_hub_hand_keys(struct lt_hub *hub)
{
    struct lt_box_ring ring = {.count = 0};
    struct lt_box_plan plan = {.count = 0};
    char reason[200] = "";
    bool current;
    pthread_rwlock_rdlock(lt_ledger_book_lock(hub->ledger));
    const struct lt_book *book = lt_ledger_book(hub->ledger);
    if (lt_book_sealing_count(book) > 0 &&
        lt_box_keys_load(hub->dir, &ring, &current, reason) == LT_OK) {
        warn(hub, book, &ring);
        if (ring.count > 0 && atomic_load(&hub->recovering) == 0)
            (void)!lt_box_plan_make(book, &hub->site.unit, &ring, NULL,
                                    &plan); /* else the next time */
    }
    lt_box_ring_wipe(&ring);
    pthread_rwlock_unlock(lt_ledger_book_lock(hub->ledger));
    if (reason[0] != '\0')
        lt_hub_log("names are sealed here: %s", reason);
    if (plan.count > 0)
        say(hub, &plan);
    lt_box_plan_free(&plan);
}
