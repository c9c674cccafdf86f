#include "tests/sim/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "agent/clock.h"
#include "agent/commands.h"
#include "hub/commands.h"
#include "hub/core_own.h"
#include "hub/direct.h"
#include "hub/roster.h"
#include "tests/sim/control.h"
#include "tests/sim/system.h"

enum { PATIENCE_MS = 600000, JOIN_DAYS = 30 };

struct world *the_world;

static void fail(const char *what, const char *why)
{
    fprintf(stderr, "sim: the tree could not be made: %s: %s\n", what, why);
    exit(2);
}

static const struct size sizes[] = {
    {"tiny", 1, 2, 1, 3, 10, 12, 40, 8, false, false},
    {"images", 1, 2, 1, 2, 10, 12, 40, 16, true, false},
    {"relapses", 1, 3, 0, 2, 10, 12, 40, 12, true, true},
    {"small", 2, 6, 2, 6, 60, 40, 200, 30, false, false},
    {"year", 3, 24, 6, 40, 370, 330, 6000, 130, false, false},
};

const struct size *size_named(const char *name)
{
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
        if (strcmp(sizes[i].name, name) == 0)
            return &sizes[i];
    return NULL;
}

void machine_name(struct world *world, struct machine *machine, unsigned number, const char *name)
{
    char root[sizeof(world->root)];
    memcpy(root, world->root, sizeof(root));
    machine->number = number;
    machine->wake_fd = -1;
    snprintf(machine->dir, sizeof(machine->dir), "%s/%s", root, name);
    snprintf(machine->address, sizeof(machine->address), "10.0.%u.%u", number / 200,
             1 + number % 200);
}

/* ---- Shape ---- */

static void add_hub(struct world *world, const char *code, int parent)
{
    struct hub *hub = &world->hubs[world->hub_count];
    char name[24], address[sizeof(hub->machine.address)];
    snprintf(name, sizeof(name), "hub-%s", code);
    machine_name(world, &hub->machine, world->hub_count, name);
    memcpy(address, hub->machine.address, sizeof(address));
    snprintf(hub->code, sizeof(hub->code), "%s", code);
    snprintf(hub->endpoint, sizeof(hub->endpoint), "tcp://%s:7400", address);
    hub->parent = parent;
    world->hub_count++;
}

struct pc *pc_add(struct world *world, unsigned unit)
{
    char name[24];
    if (world->pc_count == PCS_MAX)
        return NULL;
    struct pc *pc = &world->pcs[world->pc_count];
    snprintf(name, sizeof(name), "pc-%u", world->pc_count);
    machine_name(world, &pc->machine, HUBS_MAX + world->pc_count, name);
    pc->machine.site = pc;
    pc->unit = (int)unit;
    world->pc_count++;
    return pc;
}

static void lay_out(struct world *world, const struct size *size, const char *folder)
{
    char code[8];
    memset(world, 0, sizeof(*world));
    the_world = world;
    world->size = size;
    snprintf(world->root, sizeof(world->root), "%s", folder);
    if (mkdir(folder, 0700) != 0)
        fail(folder, "cannot be made");
    add_hub(world, "80", -1);
    for (unsigned i = 0; i < size->districts; i++) {
        snprintf(code, sizeof(code), "8%02u", i + 1);
        add_hub(world, code, 0);
    }
    for (unsigned i = 0; i < size->communes; i++) {
        struct unit *unit = &world->units[world->unit_count++];
        snprintf(unit->code, sizeof(unit->code), "28%03u", i + 1);
        unit->hub = (int)(1 + i % size->districts);
        pc_add(world, i);
    }
    for (unsigned i = 0; i < size->second_pcs; i++)
        pc_add(world, i);
    for (unsigned i = 0; i < size->districts; i++) { /* the district's own office */
        struct unit *unit = &world->units[world->unit_count++];
        snprintf(unit->code, sizeof(unit->code), "8%02u", i + 1);
        unit->hub = (int)(1 + i);
        pc_add(world, world->unit_count - 1);
    }
}

/* ---- Commands, each a program of its own ---- */

struct command {
    int (*run)(int argc, char **argv);
    int argc;
    char *argv[12];
};

static void *run_command(void *argument)
{
    struct command *command = argument;
    struct machine *machine = fiber_machine();
    machine->code = command->run(command->argc, command->argv);
    machine_ended(machine);
    return NULL;
}

static struct machine *awaited;

static bool awaited_ended(void)
{
    return !awaited->running;
}

bool machine_command(struct machine *machine, int (*run)(int, char **), int argc,
                     const char *const *argv)
{
    struct command made = {.run = run, .argc = argc};
    memcpy(made.argv, argv, (size_t)argc * sizeof(char *));
    made.argv[made.argc++] = (char *)(uintptr_t) "--dir";
    made.argv[made.argc++] = machine->dir;
    awaited = machine;
    machine_start(machine, run_command, &made);
    fibers_run(sim_now() + PATIENCE_MS, awaited_ended);
    if (machine->running)
        fail(argv[0], "does not end");
    return machine->code == 0;
}

#define COMMAND(machine, run, ...)                                                                 \
    do {                                                                                           \
        const char *words[] = {__VA_ARGS__};                                                       \
        if (!machine_command(machine, run, (int)(sizeof(words) / sizeof(words[0])), words))        \
            fail(words[0], "failed");                                                              \
    } while (0)

static void write_file(char *ret_path, size_t size, const struct world *world, const char *name,
                       const char *text)
{
    snprintf(ret_path, size, "%s/%s", world->root, name);
    FILE *file = fopen(ret_path, "w");
    if (file == NULL || fputs(text, file) < 0 || fclose(file) != 0)
        fail(ret_path, "cannot be written");
}

static void import_units(struct world *world)
{
    static char text[16384];
    char path[128];
    size_t at = (size_t)snprintf(text, sizeof(text),
                                 "code,parent,level,type,nature,name,valid_from,valid_to\n");
    for (unsigned i = 1; i < world->hub_count; i++)
        at +=
            (size_t)snprintf(text + at, sizeof(text) - at, "%s,80,district,,administrative,%s,,\n",
                             world->hubs[i].code, world->hubs[i].code);
    for (unsigned i = 0; i < world->size->communes; i++)
        at += (size_t)snprintf(text + at, sizeof(text) - at, "%s,%s,commune,,administrative,%s,,\n",
                               world->units[i].code, world->hubs[world->units[i].hub].code,
                               world->units[i].code);
    write_file(path, sizeof(path), world, "units.csv", text);
    COMMAND(&world->hubs[0].machine, lt_hub_cmd_units, "units", "import", path);
    write_file(path, sizeof(path), world, "catalogue.csv",
               "code,kind,name,name_en,recipients,levels,law,valid_from,valid_to\n"
               "GK,form,Giấy khen,Certificate of Merit,collective individual,district commune,"
               "06/2022/QH15,,\n"
               "LDTT,title,Lao động tiên tiến,Advanced Labourer,individual,district commune,"
               "06/2022/QH15,,\n"
               "BK,form,Bằng khen,Commendation,individual,province,06/2022/QH15,,\n");
    COMMAND(&world->hubs[0].machine, lt_hub_cmd_catalog, "catalog", "import", path);
}

/* ---- Hubs ---- */

static void *run_hub(void *argument)
{
    struct machine *machine = argument;
    struct lt_hub_config config;
    char reason[300] = "";
    enum lt_result result = lt_config_read(machine->dir, &config, reason);
    if (result == LT_OK) {
        config.workers = 1;
        config.peers = 64;
        config.strangers = 32;
        result = lt_hub_start(machine->dir, &config, &machine->hub, reason);
    }
    if (result != LT_OK)
        system_say("the hub does not start: %s", reason);
    while (result == LT_OK && !machine->stop)
        fiber_wait_one(&machine->stop);
    if (result == LT_OK)
        lt_hub_stop(machine->hub);
    machine->hub = NULL;
    machine_ended(machine);
    return NULL;
}

void hub_start(struct world *world, unsigned hub)
{
    struct machine *machine = &world->hubs[hub].machine;
    if (!machine->running)
        machine_start(machine, run_hub, machine);
}

void hub_stop(struct world *world, unsigned hub)
{
    struct machine *machine = &world->hubs[hub].machine;
    machine->stop = true;
    fiber_wake(machine, &machine->stop);
    awaited = machine;
    fibers_run(sim_now() + PATIENCE_MS, awaited_ended);
}

bool hub_ready(const struct hub *hub)
{
    return hub->machine.running && hub->machine.hub != NULL && hub->machine.control != NULL &&
           atomic_load(&hub->machine.hub->ready);
}

/* ---- Joining ---- */

static bool invite(struct world *world, struct hub *hub, const char *code, Lienthong__Role role,
                   char ret_code[LT_JOIN_CODE_MAX])
{
    struct lt_join_code join;
    struct lt_invitation invitation = {.role = role};
    bool done = false;
    if (hub->machine.control == NULL)
        return false;
    (void)world;
    fiber_act_as(&hub->machine);
    lt_random(join.secret, sizeof(join.secret));
    memcpy(join.curve_key, hub->machine.hub->keys.curve_public, 32);
    snprintf(join.endpoint, sizeof(join.endpoint), "%s", hub->endpoint);
    invitation.made_at = lt_clock_wall();
    invitation.expires_at = invitation.made_at + (int64_t)JOIN_DAYS * 86400;
    if (lt_unit_make(code, 0, &invitation.unit) == LT_OK &&
        lt_roster_invite(hub->machine.hub->roster, join.secret, &invitation, 1) == LT_OK)
        done = lt_join_code_format(&join, ret_code) == LT_OK;
    fiber_act_as(NULL);
    return done;
}

bool tree_invite(struct world *world, unsigned unit, char ret_code[LT_JOIN_CODE_MAX])
{
    /* A hub grants keys to units within its own: else the top does, and a Move leads on. */
    const int hub = world->units[unit].moved ? 0 : world->units[unit].hub;
    return invite(world, &world->hubs[hub], world->units[unit].code, LIENTHONG__ROLE__ROLE_AGENT,
                  ret_code);
}

enum { WAITING_MAX = 64 };
struct waiting {
    size_t count;
    struct lt_granted_key keys[WAITING_MAX];
};

static void take_waiting(void *context, const struct lt_granted_key *key)
{
    struct waiting *waiting = context;
    if (key->awaits && waiting->count < WAITING_MAX)
        waiting->keys[waiting->count++] = *key;
}

void tree_approve(struct world *world)
{
    static struct waiting waiting;
    static Lienthong__Grant grants[WAITING_MAX];
    static Lienthong__Unit units[WAITING_MAX];
    static Lienthong__Directive items[WAITING_MAX], *list[WAITING_MAX];
    static uint8_t packed[32768];
    struct machine *machine = &world->hubs[0].machine;
    Lienthong__DirectiveBody body = LIENTHONG__DIRECTIVE_BODY__INIT;
    waiting.count = 0;
    if (machine->control == NULL)
        return;
    fiber_act_as(machine);
    lt_book_granted_keys(lt_ledger_book(machine->hub->ledger), take_waiting, &waiting);
    for (size_t i = 0; i < waiting.count; i++) {
        lienthong__directive__init(&items[i]);
        lt_direct_grant(&grants[i], &units[i], &waiting.keys[i].unit, waiting.keys[i].role,
                        &waiting.keys[i].key, waiting.keys[i].curve_key);
        items[i].grant = &grants[i];
        list[i] = &items[i];
    }
    body.items = list;
    body.n_items = waiting.count;
    size_t size = lienthong__directive_body__get_packed_size(&body);
    if (waiting.count > 0 && size <= sizeof(packed)) {
        lienthong__directive_body__pack(&body, packed);
        control_direct(machine, (struct lt_bytes){packed, size});
    }
    fiber_act_as(NULL);
}

/* ---- All of it ---- */

static struct world *making;

static bool hubs_settled(void)
{
    for (unsigned i = 0; i < making->hub_count; i++)
        if (making->hubs[i].machine.running && !hub_ready(&making->hubs[i]))
            return false;
    return true;
}

static void await_hubs(struct world *world)
{
    making = world;
    fibers_run(sim_now() + PATIENCE_MS, hubs_settled);
    if (!hubs_settled())
        fail("a hub", "does not settle");
}

static bool pcs_done(void)
{
    for (unsigned i = 0; i < making->pc_count; i++)
        if (making->pcs[i].machine.running && !pc_done(&making->pcs[i]))
            return false;
    return true;
}

static void make_pc(struct world *world, unsigned number)
{
    struct pc *pc = &world->pcs[number];
    char code[LT_JOIN_CODE_MAX];
    if (!tree_invite(world, (unsigned)pc->unit, code))
        fail(pc->machine.dir, "its hub does not invite");
    COMMAND(&pc->machine, lt_cmd_join, "join", code);
    fibers_run(sim_now() + 5000, NULL);
    tree_approve(world);
    pc_start(world, number);
    making = world;
    fibers_run(sim_now() + PATIENCE_MS, pcs_done);
    if (!pcs_done())
        fail(pc->machine.dir, "does not settle");
}

void tree_make(struct world *world, const struct size *size, const char *folder)
{
    lay_out(world, size, folder);
    struct hub *top = &world->hubs[0];
    COMMAND(&top->machine, lt_hub_cmd_init, "init", "80", "--level", "province", "--listen",
            top->endpoint, "--public", top->endpoint);
    import_units(world);
    hub_start(world, 0);
    await_hubs(world);
    for (unsigned i = 1; i < world->hub_count; i++) {
        struct hub *hub = &world->hubs[i];
        char code[LT_JOIN_CODE_MAX];
        if (!invite(world, top, hub->code, LIENTHONG__ROLE__ROLE_HUB, code))
            fail(hub->code, "is not invited");
        COMMAND(&hub->machine, lt_hub_cmd_init, "init", "--join", code, "--listen", hub->endpoint,
                "--public", hub->endpoint);
        hub_start(world, i);
        await_hubs(world);
    }
    for (unsigned i = 0; i < world->pc_count; i++)
        make_pc(world, i);
    fibers_run(sim_now() + 60000, NULL);
    for (unsigned i = 0; i < world->pc_count; i++)
        machine_kill(&world->pcs[i].machine);
    for (unsigned i = world->hub_count; i-- > 0;)
        hub_stop(world, i);
}

void tree_copy(struct world *world, const struct size *size, const char *from, const char *folder)
{
    lay_out(world, size, folder);
    folder_copy(from, folder);
}
