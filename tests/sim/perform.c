#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hub/core_own.h"
#include "agent/service_own.h"
#include "tests/sim/hostile.h"
#include "tests/sim/operator.h"
#include "tests/sim/plan.h"
#include "tests/sim/promises.h"
#include "tests/sim/promises_own.h"
#include "tests/sim/sockets.h"
#include "tests/sim/system.h"

enum { CLONES_MAX = 4 }; /* machines of a unit, before another clone */

static uint64_t tally[EV_COUNT];

const uint64_t *perform_tally(void)
{
    return tally;
}

/* ---- Who is meant ---- */

/* A PC that is still there, from a number on; NULL: none is. */
static struct pc *pick_pc(struct world *world, uint32_t number)
{
    for (unsigned i = 0; i < world->pc_count; i++) {
        struct pc *pc = &world->pcs[(number + i) % world->pc_count];
        if (!pc->gone)
            return pc;
    }
    return NULL;
}

/* A hub one time in three. */
static struct machine *pick_machine(struct world *world, uint32_t number)
{
    if (number % 3 == 0)
        return &world->hubs[number / 3 % world->hub_count].machine;
    struct pc *pc = pick_pc(world, number / 3);
    return pc != NULL ? &pc->machine : &world->hubs[0].machine;
}

static unsigned number_of(const struct world *world, const struct pc *pc)
{
    return (unsigned)(pc - world->pcs);
}

static struct machine *parent_of(struct world *world, const struct machine *machine)
{
    if (machine->number < HUBS_MAX) {
        int parent = world->hubs[machine->number].parent;
        return parent >= 0 ? &world->hubs[parent].machine : NULL;
    }
    return &world->hubs[world->units[world->pcs[machine->number - HUBS_MAX].unit].hub].machine;
}

/* ---- Programs that ended begin again, as a supervisor has them ---- */

static void begin_again(void *context, uint64_t number)
{
    struct world *world = context;
    if (number < HUBS_MAX) {
        world->hubs[number].machine.starts = false;
        hub_start(world, (unsigned)number);
        return;
    }
    struct pc *pc = &world->pcs[number - HUBS_MAX];
    pc->machine.starts = false;
    if (pc->on)
        pc_start(world, (unsigned)number - HUBS_MAX);
}

static void start_soon(struct world *world, struct machine *machine)
{
    if (machine->starts)
        return;
    machine->starts = true;
    sim_at(sim_now() + 500 + sim_below(LOT_PLAN, 20000), begin_again, world, machine->number);
}

void perform_tend(struct world *world)
{
    for (unsigned i = 0; i < world->hub_count; i++)
        if (!world->hubs[i].machine.running)
            start_soon(world, &world->hubs[i].machine);
    for (unsigned i = 0; i < world->pc_count; i++)
        if (world->pcs[i].on && !world->pcs[i].gone && !world->pcs[i].machine.running)
            start_soon(world, &world->pcs[i].machine);
}

/* ---- Weather ---- */

static void calm(void *context, uint64_t number)
{
    uint32_t *chance = context;
    (void)number;
    *chance = 0;
}

static bool storm(const struct event *event)
{
    uint32_t *chance = event->kind == EV_loss         ? &weather.loses
                       : event->kind == EV_doubling   ? &weather.doubles
                       : event->kind == EV_reordering ? &weather.reorders
                       : event->kind == EV_delay      ? &weather.delays
                       : event->kind == EV_flip       ? &weather.flips
                       : event->kind == EV_cut        ? &weather.cuts
                                                      : &weather.breaks;
    *chance = event->b;
    if (event->kind == EV_delay)
        weather.delayed_most_ms = event->c == 0 ? 60000 : (sim_ms)event->c * 86400000;
    sim_at(sim_now() + (sim_ms)event->a * 1000, calm, chance, 0);
    return true;
}

static void rejoin(void *context, uint64_t number)
{
    struct world *world = context;
    struct machine *machine =
        number < HUBS_MAX ? &world->hubs[number].machine : &world->pcs[number - HUBS_MAX].machine;
    network_part(machine, parent_of(world, machine), false);
}

static bool part(struct world *world, const struct event *event)
{
    struct machine *machine = pick_machine(world, event->a);
    struct machine *parent = parent_of(world, machine);
    if (parent == NULL)
        return false;
    network_part(machine, parent, true);
    sim_at(sim_now() + (sim_ms)event->b * 1000, rejoin, world, machine->number);
    return true;
}

/* ---- Disks ---- */

static void make_room(void *context, uint64_t number)
{
    struct machine *machine = context;
    (void)number;
    machine->full = false;
}

static bool fill_disk(struct world *world, const struct event *event)
{
    struct machine *machine = pick_machine(world, event->a);
    machine->full = true;
    sim_at(sim_now() + (sim_ms)event->b * 1000, make_room, machine, 0);
    return true;
}

static bool keep_image(struct world *world, const struct event *event)
{
    static unsigned made;
    struct machine *machine = pick_machine(world, event->a);
    unsigned at = world->image_count;
    if (access(machine->dir, F_OK) != 0)
        return false; /* it has not joined yet */
    if (at == IMAGES_MAX) { /* the oldest but one goes: very old ones are what hurts */
        folder_remove(world->images[1].dir);
        memmove(&world->images[1], &world->images[2], (IMAGES_MAX - 2) * sizeof(world->images[0]));
        at--;
    } else {
        world->image_count++;
    }
    struct image *image = &world->images[at];
    char root[sizeof(world->root)];
    memcpy(root, world->root, sizeof(root));
    snprintf(image->dir, sizeof(image->dir), "%s/image-%u", root, made++);
    image->machine = (int)machine->number;
    folder_copy(machine->dir, image->dir);
    return true;
}

/* The i-th that may be meant by a number: from the newest on, or from any. */
static const struct image *nth_image(const struct world *world, uint32_t number, unsigned i)
{
    const unsigned from = number % 2 == 1 ? 0 : number / 2 % world->image_count;
    return &world->images[world->image_count - 1 - (from + i) % world->image_count];
}

/* An image of this machine; NULL: none was kept. */
static const struct image *find_image(const struct world *world, uint32_t number,
                                      const struct machine *machine)
{
    for (unsigned i = 0; i < world->image_count; i++) {
        const struct image *image = nth_image(world, number, i);
        if (image->machine == (int)machine->number)
            return image;
    }
    return NULL;
}

/* A key may have eight connections (hub/gate_own.h): of more clones than that some are always shut out. */
static bool has_room_for_clone(const struct world *world, int unit)
{
    unsigned count = 0;
    for (unsigned i = 0; i < world->pc_count; i++)
        count += world->pcs[i].unit == unit && !world->pcs[i].gone;
    return count < CLONES_MAX && world->pc_count + 8 < PCS_MAX;
}

static void put_back(struct world *world, struct machine *machine, const struct image *image)
{
    machine_kill(machine);
    promises_rolling_back(world, machine);
    folder_remove(machine->dir);
    folder_copy(image->dir, machine->dir);
    promises_rolled_back(world, machine);
}

static bool restore_pc(struct world *world, const struct event *event)
{
    for (unsigned i = 0; i < world->image_count; i++) {
        const struct image *image = nth_image(world, event->b, i);
        if (image->machine < HUBS_MAX || world->pcs[image->machine - HUBS_MAX].gone)
            continue;
        struct pc *pc = &world->pcs[image->machine - HUBS_MAX];
        put_back(world, &pc->machine, image);
        pc->lives++;
        pc->on = true;
        start_soon(world, &pc->machine);
        return true;
    }
    return false;
}

static bool clone_pc(struct world *world, const struct event *event)
{
    for (unsigned i = 0; i < world->image_count; i++) {
        const struct image *image = nth_image(world, event->b, i);
        if (image->machine < HUBS_MAX ||
            !has_room_for_clone(world, world->pcs[image->machine - HUBS_MAX].unit))
            continue;
        struct pc *pc = pc_add(world, (unsigned)world->pcs[image->machine - HUBS_MAX].unit);
        folder_copy(image->dir, pc->machine.dir);
        pc->on = true;
        start_soon(world, &pc->machine);
        return true;
    }
    return false;
}

/* How many directives of the top a store holds. */
static uint64_t words_in(const struct world *world, struct lt_ledger *ledger)
{
    struct lt_chain chain = {.stream = LT_STREAM_DIRECTIVE};
    if (lt_unit_make(world->hubs[0].code, 0, &chain.unit) != LT_OK)
        return 0;
    struct lt_txn *txn = lt_txn_begin(lt_ledger_env(ledger), false);
    const uint64_t count = lt_log_count(txn, &chain);
    lt_txn_abort(txn);
    return count;
}

static uint64_t words_of(const struct world *world, struct hub *hub)
{
    struct view view;
    if (!view_begin(hub, &view))
        return 0;
    const uint64_t count = words_in(world, view.ledger);
    view_end(&view);
    return count;
}

static uint64_t words_of_image(const struct world *world, const struct image *image)
{
    struct lt_ledger *ledger;
    char reason[200];
    if (lt_ledger_open(image->dir, true, &ledger, reason) != LT_OK)
        return 0;
    const uint64_t count = words_in(world, ledger);
    lt_ledger_close(ledger);
    return count;
}

/* What the top has said comes back to it from its districts. What none of them has, also when a PC heard of it, comes
 * back from nowhere: its operator says it again (docs/operating.md, "A hub restored"). So no disk is put back with which
 * the last hub that has it forgets a word. */
static bool loses_words(struct world *world, struct hub *hub, const struct image *image)
{
    uint64_t others = 0;
    machine_kill(&hub->machine);
    for (unsigned i = 0; i < world->hub_count; i++) {
        const uint64_t words = &world->hubs[i] != hub ? words_of(world, &world->hubs[i]) : 0;
        others = words > others ? words : others;
    }
    const uint64_t own = words_of(world, hub);
    const bool loses = own > others && own > words_of_image(world, image);
    if (loses)
        perform_tend(world);
    return loses;
}

static bool restore_hub(struct world *world, const struct event *event)
{
    for (unsigned i = 0; i < world->hub_count; i++) {
        struct hub *hub = &world->hubs[(event->a + i) % world->hub_count];
        const struct image *image = find_image(world, event->b, &hub->machine);
        if (image == NULL || loses_words(world, hub, image))
            continue;
        put_back(world, &hub->machine, image);
        start_soon(world, &hub->machine);
        return true;
    }
    return false;
}

static bool replace_pc(struct world *world, const struct event *event)
{
    struct pc *old = pick_pc(world, event->a);
    if (old == NULL || world->pc_count + 8 >= PCS_MAX)
        return false;
    char code[LT_JOIN_CODE_MAX];
    if (!tree_invite(world, (unsigned)old->unit, code))
        return false;
    machine_kill(&old->machine);
    old->gone = true;
    struct pc *pc = pc_add(world, (unsigned)old->unit);
    memcpy(pc->code, code, sizeof(code));
    pc->joins = pc->on = true;
    start_soon(world, &pc->machine);
    return true;
}

/* ---- Machines ---- */

static bool kill_now(struct world *world, const struct event *event)
{
    struct machine *machine = pick_machine(world, event->a);
    if (!machine->running)
        return false;
    machine_kill(machine);
    start_soon(world, machine);
    return true;
}

static bool kill_later(struct world *world, const struct event *event)
{
    struct machine *machine = pick_machine(world, event->a);
    if (!machine->running)
        return false;
    machine_kill_at(machine, event->kind == EV_kill_before ? KILL_BEFORE_COMMIT : KILL_AFTER_COMMIT,
                    event->b);
    return true;
}

static bool switch_off(struct world *world, const struct event *event)
{
    struct pc *pc = &world->pcs[event->a % world->pc_count];
    pc->on = false;
    if (!pc->machine.running)
        return false;
    if (event->b % 2 == 0) {
        pc->machine.stop = true;
        descriptor_ring(pc->machine.wake_fd);
        fibers_run(sim_now() + 10, NULL);
    }
    machine_kill(&pc->machine);
    return true;
}

static bool set_clock(struct world *world, const struct event *event)
{
    struct machine *machine = pick_machine(world, event->a);
    machine->wall_s += ((int64_t)event->b - 87600) * 3600;
    return true;
}

static bool act(struct world *world, const struct event *event)
{
    struct pc *pc = pick_pc(world, event->a);
    if (pc == NULL)
        return false;
    pc->on = true;
    pc_start(world, number_of(world, pc));
    pc_act(world, number_of(world, pc), event->b % 2 == 0 ? ACT_PUT : ACT_RETRACT, event->c % 64,
           event->c / 64);
    return true;
}

static bool rotate(struct world *world, const struct event *event)
{
    struct pc *pc = pick_pc(world, event->a);
    if (pc == NULL || !pc->machine.running)
        return false;
    pc->rotate = true;
    descriptor_ring(pc->machine.wake_fd);
    return true;
}

static bool do_it(struct world *world, const struct event *event)
{
    switch (event->kind) {
    case EV_act:
        return act(world, event);
    case EV_off:
        return switch_off(world, event);
    case EV_night:
        fibers_sleep((sim_ms)event->a * 60000);
        return true;
    case EV_approve:
        tree_approve(world);
        return true;
    case EV_loss:
    case EV_doubling:
    case EV_reordering:
    case EV_delay:
    case EV_flip:
    case EV_cut:
    case EV_breaking:
        return storm(event);
    case EV_partition:
        return part(world, event);
    case EV_kill:
        return kill_now(world, event);
    case EV_kill_before:
    case EV_kill_after:
        return kill_later(world, event);
    case EV_full:
        return fill_disk(world, event);
    case EV_clock:
        return set_clock(world, event);
    case EV_image:
        return keep_image(world, event);
    case EV_restore:
        return restore_pc(world, event);
    case EV_clone:
        return clone_pc(world, event);
    case EV_replace:
        return replace_pc(world, event);
    case EV_hub_restore:
        return restore_hub(world, event);
    case EV_rotation:
        return rotate(world, event);
    case EV_revocation:
        return operator_revokes(world, event->a);
    case EV_hostile:
        return hostile_begin(world, event->a, event->b, event->c);
    case EV_moving:
        return operator_moves(world, event->a, event->b);
    case EV_succession:
        return operator_succeeds(world, event->a, event->b);
    case EV_COUNT:
        break;
    }
    return false;
}

void perform(struct world *world, const struct event *event)
{
    if (event->kind != EV_act)
        system_say("---- %s %u %u %u", event_name(event->kind), event->a, event->b, event->c);
    tally[event->kind] += do_it(world, event);
    perform_tend(world);
    promises_run(world, event->run_ms);
}
