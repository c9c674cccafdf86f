/* rest.c - the faults have stopped: does all come to rest, and is it then as it must be? */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/service_own.h"
#include "hub/core_own.h"
#include "tests/recount/recount.h"
#include "tests/sim/hostile.h"
#include "tests/sim/intent.h"
#include "tests/sim/operator.h"
#include "tests/sim/promises.h"
#include "tests/sim/sockets.h"
#include "tests/sim/system.h"

enum {
    TENDED_LEAST = 3,
    SLICE_MS = 120000,
    SLICES_MAX = 240
}; /* eight hours: a cut-off machine is let in again by then */

static struct world *resting;

/* ---- The faults stop ---- */

static void stop_faults(struct world *world)
{
    weather = (struct weather){.least_ms = 1, .most_ms = 20};
    network_heal();
    network_clear();
    hostile_end();
    for (unsigned i = 0; i < world->hub_count; i++) {
        world->hubs[i].machine.full = false;
        world->hubs[i].machine.kill = KILL_NEVER;
    }
    for (unsigned i = 0; i < world->pc_count; i++) {
        world->pcs[i].machine.full = false;
        world->pcs[i].machine.kill = KILL_NEVER;
        world->pcs[i].on = !world->pcs[i].gone;
    }
}

/* ---- Are the same things everywhere? ---- */

static struct lt_env *env_of(struct machine *machine)
{
    return machine->hub != NULL       ? lt_ledger_env(machine->hub->ledger)
           : machine->service != NULL ? lt_journal_env(machine->service->journal)
                                      : NULL;
}

static bool same_chain(struct lt_txn *a, struct lt_txn *b, const struct lt_chain *chain)
{
    static struct lt_tips of_a, of_b;
    lt_log_tips(a, chain, &of_a);
    lt_log_tips(b, chain, &of_b);
    return of_a.count == of_b.count && lt_log_count(a, chain) == lt_log_count(b, chain) &&
           memcmp(of_a.ids, of_b.ids, of_a.count * sizeof(of_a.ids[0])) == 0;
}

/* Does news of a chain still come there? Not to a hub that a unit was moved away from, of its reports; nor anywhere
 * from a hub that a unit once reported to, of its directives. */
static bool comes_here(struct world *world, const struct machine *machine,
                       const struct lt_chain *chain)
{
    const bool is_hub = machine->number < HUBS_MAX;
    const struct pc *pc = is_hub ? NULL : &world->pcs[machine->number - HUBS_MAX];
    if (chain->stream == LT_STREAM_DIRECTIVE) {
        const struct hub *hub =
            is_hub ? &world->hubs[machine->number] : &world->hubs[world->units[pc->unit].hub];
        return strcmp(chain->unit.code, world->hubs[0].code) == 0 ||
               (strcmp(chain->unit.code, hub->code) == 0 &&
                (is_hub || !world->units[pc->unit].moved));
    }
    for (unsigned i = 0; i < world->unit_count; i++)
        if (strcmp(world->units[i].code, chain->unit.code) == 0)
            return !is_hub || world->units[i].hub == (int)machine->number;
    return true;
}

static bool holds_all(struct lt_txn *txn, struct lt_txn *of, const struct lt_chain *chain)
{
    static struct lt_tips tips;
    bool all = true;
    lt_log_tips(of, chain, &tips);
    for (size_t i = 0; i < tips.count; i++) {
        uint64_t position, seq;
        all = all && lt_log_find(txn, &tips.ids[i], &position, &seq);
    }
    return all;
}

/* Of all chains that `below` holds. */
static bool holds_same(struct world *world, struct machine *below, char ret_what[80])
{
    struct machine *top = &world->hubs[0].machine;
    struct lt_txn *a = lt_txn_begin(env_of(top), false), *b = lt_txn_begin(env_of(below), false);
    struct lt_chain chain;
    bool same = true;
    for (bool more = lt_log_next_chain(b, NULL, &chain); more && same;
         more = lt_log_next_chain(b, &chain, &chain)) {
        same =
            comes_here(world, below, &chain) ? same_chain(a, b, &chain) : holds_all(a, b, &chain);
        snprintf(ret_what, 80, "%s of %s: %llu and %llu",
                 chain.stream == LT_STREAM_REPORT ? "reports" : "directives", chain.unit.code,
                 (unsigned long long)lt_log_count(a, &chain),
                 (unsigned long long)lt_log_count(b, &chain));
    }
    lt_txn_abort(a);
    lt_txn_abort(b);
    return same;
}

/* ---- Is all at rest? ---- */

static void describe(struct world *world, struct pc *pc, char ret_why[200])
{
    struct lt_journal_counts counts = {.drafts = 0};
    struct lt_service *service = pc->machine.service;
    if (service != NULL) {
        fiber_act_as(&pc->machine);
        lt_journal_counts(service->journal, &counts);
        fiber_act_as(NULL);
    }
    snprintf(ret_why, 200,
             "pc %u of %s is not done: %s; %zu acts wait, %llu drafts, %llu updates, %llu counted, "
             "%s%.60s",
             (unsigned)(pc - world->pcs), world->units[pc->unit].code,
             service != NULL ? "it runs" : "it does not run", pc->queued,
             (unsigned long long)counts.drafts, (unsigned long long)counts.updates,
             (unsigned long long)counts.updates_counted,
             service != NULL && lt_service_settled(service) ? "settled " : "",
             service != NULL ? lt_service_trouble(service) : "");
}

static bool find_unrest(struct world *world, char ret_why[200])
{
    char what[80] = "";
    for (unsigned i = 0; i < world->hub_count; i++) {
        struct hub *hub = &world->hubs[i];
        if (!hub_ready(hub) || atomic_load(&hub->machine.hub->recovering) != 0 ||
            lt_ledger_due(hub->machine.hub->ledger)) {
            snprintf(ret_why, 200, "hub %s: %s", hub->code,
                     !hub_ready(hub)                                   ? "is not ready"
                     : atomic_load(&hub->machine.hub->recovering) != 0 ? "recovers"
                                                                       : "judges");
            return true;
        }
        if (i > 0 && !holds_same(world, &hub->machine, what)) {
            snprintf(ret_why, 200, "hub %s differs from the top: %s", hub->code, what);
            return true;
        }
    }
    for (unsigned i = 0; i < world->pc_count; i++) {
        struct pc *pc = &world->pcs[i];
        if (pc->gone)
            continue;
        if (!pc_done(pc)) {
            describe(world, pc, ret_why);
            return true;
        }
        if (!holds_same(world, &pc->machine, what)) {
            snprintf(ret_why, 200, "pc %u differs from the top: %s", i, what);
            return true;
        }
    }
    return false;
}

static bool is_at_rest(void)
{
    static sim_ms looked;
    char why[200];
    if (sim_now() < looked + 1000 && sim_now() >= looked)
        return false;
    looked = sim_now();
    promises_check(resting);
    return promises_broken() != NULL || !find_unrest(resting, why);
}

/* ---- Keys that are no longer valid: their machines join anew ---- */

static void join_anew(struct world *world, struct pc *pc)
{
    struct lt_hub *top = world->hubs[0].machine.hub;
    struct lt_service *service = pc->machine.service;
    if (top == NULL || service == NULL || pc->joins)
        return;
    const struct lt_chain chain = {LT_STREAM_REPORT, service->site.unit};
    enum lt_result result =
        lt_book_key(lt_ledger_book(top->ledger), &chain, &service->keys.sign_public);
    if (result != LT_KEY_REVOKED && result != LT_KEY_UNKNOWN)
        return;
    if (!tree_invite(world, (unsigned)pc->unit, pc->code))
        return;
    machine_kill(&pc->machine);
    pc->joins = true;
}

static void tend(struct world *world)
{
    tree_approve(world);
    fibers_run(sim_now() + 1000, NULL);
    for (unsigned i = 0; i < PCS_MAX && operator_revokes(world, i); i++) /* of broken PCs too */
        fibers_run(sim_now() + 1000, NULL);
    for (unsigned i = 0; i < world->pc_count; i++) {
        struct pc *pc = &world->pcs[i];
        if (!pc->gone)
            join_anew(world, pc);
        if (pc->joins && !pc->machine.running) /* its hub may have forgotten the code */
            tree_invite(world, (unsigned)pc->unit, pc->code);
    }
    perform_tend(world);
}

/* ---- Is it counted right? ---- */

static void recount_hub(struct world *world, struct hub *hub, bool top)
{
    static char difference[RECOUNT_DIFFERENCE_MAX];
    struct lt_ledger *ledger = hub->machine.hub->ledger;
    struct lt_hub_site site;
    struct recount_sums sums;
    lt_ledger_site(ledger, &site);
    struct recount *recount = recount_new(&site.root, &site.top, RECOUNT_RIGHT);
    struct lt_txn *txn = lt_txn_begin(lt_ledger_env(ledger), false);
    for (uint64_t at = 1; at <= lt_log_last(txn); at++) {
        struct lt_bytes bytes;
        struct lt_update update;
        if (lt_log_at(txn, at, &bytes))
            recount_add(recount, bytes);
        if (lt_update_open(bytes, &update) != LT_OK || lt_update_verify(&update) != LT_OK)
            promises_break("[forged] %s holds an update that nobody signed", hub->code);
    }
    lt_txn_abort(txn);
    recount_all(recount, &sums);
    if (!recount_equal(recount, ledger, difference))
        promises_break("[figures] figures of %s are not those counted again: %.1500s", hub->code,
                       difference);
    if (top)
        intent_check(world, recount);
    recount_free(recount);
}

void rest_check(struct world *world)
{
    char why[200] = "";
    resting = world;
    stop_faults(world);
    for (unsigned i = 0; i < SLICES_MAX && (i < TENDED_LEAST || find_unrest(world, why)); i++) {
        tend(world);
        promises_run(world, 2000); /* what was said just now is heard */
        fibers_run(sim_now() + SLICE_MS, is_at_rest);
        promises_check(world);
        if (promises_broken() != NULL)
            return;
    }
    if (find_unrest(world, why)) {
        promises_break("[rest] does not come to rest: %s", why);
        return;
    }
    noticed_check(world);
    for (unsigned i = 0; i < world->hub_count; i++)
        recount_hub(world, &world->hubs[i], i == 0);
}
