#include "tests/sim/promises.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/journal_store.h"
#include "agent/service_own.h"
#include "hub/core_own.h"
#include "tests/sim/promises_own.h"
#include "tests/sim/system.h"

enum {
    HELD_MAX = 8,
    VOID_MAX = 128,
    /* updates that a machine may hold: at first, and for each act of a clerk. What honest ones hold
     * is at most two for each of some forty acts, and one of two hundred. */
    GROWTH_FIRST = 100,
    GROWTH_ACT = 3
};

/* What was seen of a machine at the last look. */
struct seen {
    uint64_t commits; /* of the machine; UINT64_MAX: look anew */
    uint64_t last; /* position in its log */
    size_t held_count;
    struct lt_held_receipt held[HELD_MAX];
};

static struct seen seen[MACHINES_MAX];
/* Of each hub: the incarnations that it had when an older disk was put into it, and the one that came with it. What it
 * said as any of them proves nothing any more. */
static struct {
    struct lt_instance incarnations[VOID_MAX];
    size_t count;
} voids[HUBS_MAX];
static char broken[2000];

const char *promises_broken(void)
{
    return broken[0] != '\0' ? broken : NULL;
}

void promises_break(const char *format, ...)
{
    va_list arguments;
    if (broken[0] != '\0')
        return;
    va_start(arguments, format);
    vsnprintf(broken, sizeof(broken), format, arguments);
    va_end(arguments);
    system_say("BROKEN: %s", broken);
}

/* ---- Reading a hub's store, running or not ---- */

bool view_begin(struct hub *hub, struct view *view)
{
    char reason[200];
    *view = (struct view){.ledger = NULL};
    if (hub->machine.hub != NULL && hub->machine.hub->ledger != NULL) {
        view->ledger = hub->machine.hub->ledger;
        return true;
    }
    if (hub->machine.running) /* on its way up */
        return false;
    view->opened = lt_ledger_open(hub->machine.dir, true, &view->ledger, reason) == LT_OK;
    return view->opened;
}

void view_end(struct view *view)
{
    if (view->opened)
        lt_ledger_close(view->ledger);
}

static void make_void(struct hub *hub)
{
    struct view view;
    struct lt_hub_site site;
    const unsigned number = hub->machine.number;
    if (!view_begin(hub, &view)) {
        promises_break("[image] the store of hub %s cannot be opened", hub->code);
        return;
    }
    lt_ledger_site(view.ledger, &site);
    view_end(&view);
    if (voids[number].count < VOID_MAX)
        voids[number].incarnations[voids[number].count++] = site.incarnation;
}

void promises_rolling_back(struct world *world, const struct machine *machine)
{
    if (machine->number < HUBS_MAX)
        make_void(&world->hubs[machine->number]);
}

void promises_rolled_back(struct world *world, const struct machine *machine)
{
    seen[machine->number] = (struct seen){.commits = UINT64_MAX};
    if (machine->number < HUBS_MAX) {
        world->hubs[machine->number].restored = true;
        make_void(&world->hubs[machine->number]);
        noticed_rolled_back(world, &world->hubs[machine->number]);
    }
}

/* ---- Receipts ---- */

static struct hub *find_hub(struct world *world, const struct lt_unit *unit)
{
    for (unsigned i = 0; i < world->hub_count; i++)
        if (strcmp(world->hubs[i].code, unit->code) == 0)
            return &world->hubs[i];
    return NULL;
}

static bool proves_nothing(const struct hub *hub, const struct lt_statement *said)
{
    const unsigned number = hub->machine.number;
    for (size_t i = 0; i < voids[number].count; i++)
        if (memcmp(&voids[number].incarnations[i], &said->incarnation, sizeof(said->incarnation)) ==
            0)
            return true;
    return false;
}

/* A receipt that a PC has come to hold: is it true? */
static void check_receipt(struct world *world, const struct pc *pc, const struct lt_statement *said)
{
    struct hub *hub = find_hub(world, &said->hub);
    struct view view;
    if (hub == NULL) {
        promises_break("[foreign] %s holds a receipt of %s, which is no hub", pc->machine.dir,
                       said->hub.code);
        return;
    }
    if (proves_nothing(hub, said) || !view_begin(hub, &view))
        return;
    struct lt_txn *txn = lt_txn_begin(lt_ledger_env(view.ledger), false);
    for (uint32_t i = 0; i < said->tip_count; i++) {
        uint64_t position, seq;
        if (!lt_log_find(txn, &said->tips[i], &position, &seq))
            promises_break("[unstored] %s holds receipt %llu of %s for an update that it has not "
                           "stored",
                           pc->machine.dir, (unsigned long long)said->number, hub->code);
    }
    if (said->count > lt_log_count(txn, &said->chain))
        promises_break("[unstored] %s holds a receipt of %s for %llu updates, which has %llu",
                       pc->machine.dir, hub->code, (unsigned long long)said->count,
                       (unsigned long long)lt_log_count(txn, &said->chain));
    lt_txn_abort(txn);
    view_end(&view);
}

/* What a clerk is shown as counted, each update by itself, is at the top. */
static void check_covered(struct world *world, struct pc *pc, const struct lt_statement *said)
{
    struct lt_journal *journal = pc->machine.service->journal;
    struct view view;
    uint64_t *lacking = NULL, position = 0, elsewhere, seq;
    size_t count = 0, at = 0, parents;
    struct lt_hash id, ignored[LT_PARENTS_MAX];
    if (!said->top || proves_nothing(&world->hubs[0], said) || !view_begin(&world->hubs[0], &view))
        return;
    struct lt_txn *top = lt_txn_begin(lt_ledger_env(view.ledger), false);
    struct lt_txn *txn = lt_txn_begin(lt_journal_env(journal), false);
    lt_receipt_lacking(journal, txn, said, &lacking, &count);
    while (lt_log_chain_positions(txn, &said->chain, position, &position, 1) == 1) {
        size_t bytes;
        while (at < count && lacking[at] < position)
            at++;
        if ((at == count || lacking[at] != position) &&
            lt_log_describe(txn, position, &id, ignored, &parents, &bytes) &&
            !lt_log_find(top, &id, &elsewhere, &seq))
            promises_break("[uncounted] %s shows an update as counted that the top has not",
                           pc->machine.dir);
    }
    free(lacking);
    lt_txn_abort(txn);
    lt_txn_abort(top);
    view_end(&view);
}

static bool was_held(const struct seen *at, const struct lt_statement *said)
{
    for (size_t i = 0; i < at->held_count; i++)
        if (at->held[i].statement.number == said->number &&
            memcmp(&at->held[i].statement, said, sizeof(*said)) == 0)
            return true;
    return false;
}

static void check_held(struct world *world, struct pc *pc)
{
    static struct lt_held_receipt held[HELD_MAX];
    struct seen *at = &seen[pc->machine.number];
    size_t count = lt_journal_receipts(pc->machine.service->journal, held, HELD_MAX);
    for (size_t i = 0; i < count; i++)
        if (!was_held(at, &held[i].statement)) {
            check_receipt(world, pc, &held[i].statement);
            check_covered(world, pc, &held[i].statement);
        }
    at->held_count = count;
    memcpy(at->held, held, count * sizeof(held[0]));
}

/* ---- Stores ---- */

static void check_log(struct world *world, struct seen *at, const char *dir, struct lt_env *env)
{
    struct lt_txn *txn = lt_txn_begin(env, false);
    const uint64_t last = lt_log_last(txn);
    lt_txn_abort(txn);
    if (last < at->last)
        promises_break("[lost] %s had stored %llu updates and has %llu", dir,
                       (unsigned long long)at->last, (unsigned long long)last);
    if (last > GROWTH_FIRST + GROWTH_ACT * world->act_count)
        promises_break("[storm] %s holds %llu updates, after %zu acts of clerks", dir,
                       (unsigned long long)last, world->act_count);
    at->last = last;
}

static bool has_news(struct seen *at, const struct machine *machine)
{
    const bool news = at->commits != machine->commits;
    at->commits = machine->commits;
    return news;
}

void promises_check(struct world *world)
{
    for (unsigned i = 0; i < world->hub_count; i++) {
        struct machine *machine = &world->hubs[i].machine;
        struct seen *at = &seen[machine->number];
        if (machine->hub == NULL || machine->hub->ledger == NULL || !has_news(at, machine))
            continue;
        check_log(world, at, machine->dir, lt_ledger_env(machine->hub->ledger));
    }
    for (unsigned i = 0; i < world->pc_count; i++) {
        struct pc *pc = &world->pcs[i];
        if (pc->machine.service == NULL || pc->machine.service->journal == NULL ||
            !has_news(&seen[pc->machine.number], &pc->machine))
            continue;
        fiber_act_as(&pc->machine);
        check_log(world, &seen[pc->machine.number], pc->machine.dir,
                  lt_journal_env(pc->machine.service->journal));
        fiber_act_as(NULL);
        check_held(world, pc);
    }
}

/* ---- Meanwhile ---- */

static struct world *watched;

static bool is_broken(void)
{
    enum { LOOK_MS = 60000, LOOK_STEPS = 20000 /* a storm takes no time */ };
    static sim_ms looked;
    static unsigned steps;
    if (sim_now() < looked + LOOK_MS && sim_now() >= looked && ++steps < LOOK_STEPS)
        return false;
    looked = sim_now();
    steps = 0;
    promises_check(watched);
    return promises_broken() != NULL;
}

void promises_run(struct world *world, sim_ms for_ms)
{
    watched = world;
    fibers_run(sim_now() + for_ms, is_broken);
    promises_check(world);
}
