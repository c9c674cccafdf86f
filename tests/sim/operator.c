#include "tests/sim/operator.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/service_own.h"
#include "hub/commands.h"
#include "hub/core_own.h"
#include "hub/key_cut.h"
#include "tests/sim/control.h"
#include "tests/sim/system.h"

static bool say(struct machine *top, Lienthong__Directive *item)
{
    static uint8_t packed[32768];
    Lienthong__DirectiveBody body = LIENTHONG__DIRECTIVE_BODY__INIT;
    body.items = &item;
    body.n_items = 1;
    size_t size = lienthong__directive_body__get_packed_size(&body);
    if (size > sizeof(packed))
        return false;
    lienthong__directive_body__pack(&body, packed);
    return control_direct(top, (struct lt_bytes){packed, size});
}

/* ---- Keys ---- */

struct machine_key {
    const struct pc *pc;
    struct lt_granted_key key;
    bool found;
};

/* A key of its unit that no PC which is still there has: the lost one's. */
static void take_lost(void *context, const struct lt_granted_key *key)
{
    struct machine_key *lost = context;
    struct lt_unit unit;
    if (lost->found || key->revoked || key->role != LIENTHONG__ROLE__ROLE_AGENT ||
        lt_unit_make(the_world->units[lost->pc->unit].code, 0, &unit) != LT_OK ||
        lt_unit_cmp(&unit, &key->unit) != 0)
        return;
    for (unsigned i = 0; i < the_world->pc_count; i++) {
        const struct pc *pc = &the_world->pcs[i];
        if (!pc->gone && pc->unit == lost->pc->unit &&
            (pc->machine.service == NULL ||
             memcmp(&pc->machine.service->keys.sign_public, &key->key, sizeof(key->key)) == 0))
            return; /* in use, or nobody can say */
    }
    lost->key = *key;
    lost->found = true;
}

static bool revoke(struct machine *top, struct lt_granted_key *key)
{
    char reason[LT_DIRECT_REASON_MAX] = "";
    struct lt_chain chain = {LT_STREAM_REPORT, key->unit};
    struct lt_key_cut_ask ask = {.keep = LT_KEEP_ALL};
    static struct lt_tips cut;
    ProtobufCBinaryData spans[LT_PARENTS_MAX];
    Lienthong__Unit unit;
    Lienthong__Revocation revocation;
    Lienthong__Directive item = LIENTHONG__DIRECTIVE__INIT;
    if (lt_key_cut(top->hub->ledger, &chain, &key->key, &ask, &cut, reason) != LT_OK)
        return false;
    for (size_t i = 0; i < cut.count; i++)
        spans[i] = (ProtobufCBinaryData){32, cut.ids[i].bytes};
    lienthong__unit__init(&unit);
    lienthong__revocation__init(&revocation);
    unit.code = key->unit.code;
    unit.valid_from = key->unit.valid_from;
    revocation.unit = &unit;
    revocation.key = (ProtobufCBinaryData){32, key->key.bytes};
    revocation.cut = spans;
    revocation.n_cut = cut.count;
    item.revocation = &revocation;
    return say(top, &item);
}

bool operator_revokes(struct world *world, uint32_t number)
{
    struct machine *top = &world->hubs[0].machine;
    struct machine_key lost = {.found = false};
    if (top->control == NULL)
        return false;
    for (unsigned i = 0; i < world->pc_count && !lost.found; i++) {
        lost.pc = &world->pcs[(number + i) % world->pc_count];
        if (lost.pc->gone)
            lt_book_granted_keys(lt_ledger_book(top->hub->ledger), take_lost, &lost);
    }
    if (!lost.found)
        return false;
    fiber_act_as(top);
    bool done = revoke(top, &lost.key);
    fiber_act_as(NULL);
    return done;
}

/* ---- Units: commands at the top while its hub is stopped ---- */

static bool command(struct world *world, int (*run)(int, char **), int argc,
                    const char *const *argv)
{
    struct machine *top = &world->hubs[0].machine;
    if (!hub_ready(&world->hubs[0]) || atomic_load(&top->hub->recovering) != 0)
        return false;
    hub_stop(world, 0);
    bool done = !top->running && machine_command(top, run, argc, argv);
    hub_start(world, 0);
    return done;
}

bool operator_moves(struct world *world, uint32_t number, uint32_t to)
{
    struct unit *unit = &world->units[number % world->size->communes];
    const int hub = (int)(1 + to % (world->hub_count - 1));
    const char *argv[] = {
        "move", unit->code, "--to", world->hubs[hub].code, "--endpoint", world->hubs[hub].endpoint};
    if (unit->hub == hub || !command(world, lt_hub_cmd_move, 6, argv))
        return false;
    unit->hub = hub;
    unit->moved = true;
    return true;
}

static void write_file(char ret_path[128], const struct world *world, const char *text)
{
    snprintf(ret_path, 128, "%s/plan.csv", world->root);
    FILE *file = fopen(ret_path, "w");
    if (file == NULL || fputs(text, file) < 0 || fclose(file) != 0)
        abort();
}

bool operator_succeeds(struct world *world, uint32_t number, uint32_t other)
{
    struct unit *unit = &world->units[number % world->size->communes];
    const struct unit *successor = &world->units[other % world->size->communes];
    char day[11], text[300], path[128];
    if (unit->ended || successor->ended || unit == successor)
        return false;
    for (unsigned i = 0; i < world->unit_count; i++)
        if (world->units[i].ended && i % 3 != 0)
            return false; /* not the whole country */
    lt_day_format_iso((lt_day)(system_wall() / 86400), day);
    snprintf(text, sizeof(text),
             "code,parent,level,type,nature,name,valid_from,valid_to\n"
             "%s,%s,commune,,administrative,%s,,%s\n",
             unit->code, world->hubs[1 + (unit - world->units) % (world->hub_count - 1)].code,
             unit->code, day);
    write_file(path, world, text);
    const char *units[] = {"units", "import", path};
    if (!command(world, lt_hub_cmd_units, 3, units))
        return false;
    unit->ended = true;
    fibers_run(sim_now() + 5000, NULL);
    snprintf(text, sizeof(text),
             "code,valid_from,valid_to,successor,successor_valid_from,part,main\n"
             "%s,,%s,%s,,whole,yes\n",
             unit->code, day, successor->code);
    write_file(path, world, text);
    const char *successions[] = {"successions", "import", path};
    return command(world, lt_hub_cmd_successions, 3, successions);
}
