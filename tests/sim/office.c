/* office.c - a commune's PC: the agent's service at work, and a clerk who enters rows. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/clock.h"
#include "agent/commands.h"
#include "agent/service_own.h"
#include "agent/wake.h"
#include "tests/sim/system.h"
#include "tests/sim/world.h"

/* One row and what it refers to. */
struct row {
    Lienthong__ReportBody body;
    Lienthong__Change change, *changes[1];
    Lienthong__Award award;
    Lienthong__Period period;
    Lienthong__Decision decision, *decisions[1];
    Lienthong__Unit units[2], *unit_list[2];
    Lienthong__Person person;
    char name[32], number[32], field[16];
};

static char *text(const char *literal)
{
    return (char *)(uintptr_t)literal;
}

/* One slot in five is an award of the province, told by a commune for itself and by its district's office for it: two
 * lists of one scope, of which the commune's counts. */
static void fill_shared(struct row *row, unsigned slot, const struct unit *unit)
{
    const bool office = unit >= &the_world->units[the_world->size->communes];
    snprintf(row->number, sizeof(row->number), "%u/QĐ-UBND-T", 10 + slot);
    for (size_t i = 0; i < 2; i++) {
        lienthong__unit__init(&row->units[i]);
        row->unit_list[i] = &row->units[i];
    }
    row->units[0].code = the_world->hubs[0].code;
    row->units[1].code =
        the_world->units[unit->hub - 1].code; /* the first commune of its district */
    row->body.units = row->unit_list;
    row->body.n_units = office ? 2 : 1;
    row->decision.level = LIENTHONG__LEVEL__LEVEL_PROVINCE;
    row->decision.unit = 1;
    row->award.place = office ? 2 : 0;
    row->award.code = text("BK");
}

static void fill_row(struct row *row, const struct unit *unit, unsigned slot, unsigned value)
{
    memset(row, 0, sizeof(*row));
    lienthong__report_body__init(&row->body);
    lienthong__change__init(&row->change);
    lienthong__award__init(&row->award);
    lienthong__period__init(&row->period);
    lienthong__decision__init(&row->decision);
    lienthong__person__init(&row->person);
    snprintf(row->name, sizeof(row->name), "Nguyễn Văn %c%c", (int)('A' + slot / 8),
             (int)('a' + slot % 8));
    snprintf(row->number, sizeof(row->number), "%u/QĐ-UBND", 10 + slot);
    snprintf(row->field, sizeof(row->field), "f%u", value);
    row->person.name = row->name;
    row->person.workplace = text("Thôn 1");
    row->decision.level = LIENTHONG__LEVEL__LEVEL_COMMUNE;
    row->decision.number = row->number;
    row->decision.date = 19000;
    row->period.kind = LIENTHONG__PERIOD_KIND__PERIOD_YEAR;
    row->period.to = 2021 + slot % 3;
    row->award.code = text(slot % 3 == 0 ? "LDTT" : "GK");
    row->award.decision = 1;
    row->award.period = &row->period;
    row->award.type = LIENTHONG__AWARD_TYPE__TYPE_MERIT;
    row->award.recipient = LIENTHONG__RECIPIENT__RECIPIENT_INDIVIDUAL;
    row->award.status = LIENTHONG__STATUS__STATUS_DECIDED;
    row->award.field = row->field;
    row->change.award = &row->award;
    row->changes[0] = &row->change;
    row->decisions[0] = &row->decision;
    row->body.changes = row->changes;
    row->body.n_changes = 1;
    row->body.decisions = row->decisions;
    row->body.n_decisions = 1;
    if (slot % 5 == 4)
        fill_shared(row, slot, unit);
}

struct found {
    bool any;
    struct lt_row_ref ref;
};

static bool note_record(void *context, const struct lt_record_view *view)
{
    struct found *found = context;
    if (!view->retracted && !view->others) {
        found->any = true;
        found->ref = view->ref;
    }
    return true;
}

static struct found find_record(struct lt_service *service, const struct row *row)
{
    struct found found = {.any = false};
    struct lt_natural natural;
    lt_natural_key(&row->body, &service->site.unit, 0, &row->person, &natural);
    if (lt_journal_natural(service->journal, natural.exact, false, note_record, &found) != LT_OK)
        found.any = false;
    return found;
}

/* As an import of one row. */
static enum lt_result enter(struct lt_service *service, const struct act *act)
{
    struct row row;
    struct lt_import import = {
        .id = act->import, .file = "a.csv", .at = lt_clock_wall(), .rows = 1};
    struct lt_draft draft = {.ref = {act->import, 1}, .drafted_at = lt_clock_wall()};
    fill_row(&row, &the_world->units[act->unit], act->slot, act->value);
    lt_hash_of(&act->import, sizeof(act->import), &import.content);
    draft.op = act->kind == ACT_PUT ? LIENTHONG__OP__OP_PUT : LIENTHONG__OP__OP_RETRACT;
    if (act->kind == ACT_RETRACT) {
        struct found found = find_record(service, &row);
        if (!found.any)
            return LT_NOT_FOUND;
        draft.corrects = true;
        draft.record = found.ref;
        draft.reason = "nhầm";
    } else {
        draft.body = &row.body;
        draft.person = &row.person;
    }
    return lt_journal_import(service->journal, &import, &draft, 1);
}

static void work_off(struct world *world, struct pc *pc)
{
    struct lt_service *service = pc->machine.service;
    while (pc->queued > 0) {
        struct act *act = &world->acts[pc->queue[0]];
        pc->queued--;
        memmove(pc->queue, pc->queue + 1, pc->queued * sizeof(*pc->queue));
        act->fate = ACT_UNKNOWN; /* until we know, should we die meanwhile */
        act->machine_life = pc->lives;
        act->at = sim_now();
        enum lt_result result = enter(service, act);
        act = &world->acts[act - world->acts];
        act->fate = result == LT_OK ? ACT_STORED : ACT_REFUSED;
        if (result != LT_OK)
            system_say("an act was refused: %s", lt_result_text(result));
        lt_wake_ring(pc->machine.dir);
    }
}

static void *run_pc(void *argument)
{
    struct pc *pc = argument;
    struct machine *machine = &pc->machine;
    char reason[200] = "";
    if (pc->joins) {
        char *argv[] = {text("join"), pc->code, text("--dir"), machine->dir};
        pc->joins = lt_cmd_join(4, argv) != 0;
    }
    enum lt_result result =
        pc->joins ? LT_NOT_FOUND : lt_service_open(machine->dir, &machine->service, reason);
    if (result != LT_OK)
        system_say("the agent does not start: %s %s", lt_result_text(result), reason);
    while (result == LT_OK && !machine->stop) {
        work_off(the_world, pc);
        if (pc->rotate && lt_service_joined(machine->service)) {
            pc->rotate = false;
            lt_service_ask_rotation(machine->service, reason);
        }
        result = lt_service_step(machine->service, NULL, 0, -1);
    }
    if (result != LT_OK && machine->service != NULL)
        system_say("the agent ends: %s", lt_result_text(result));
    lt_service_close(machine->service);
    machine->service = NULL;
    machine_ended(machine);
    return NULL;
}

void pc_start(struct world *world, unsigned number)
{
    struct pc *pc = &world->pcs[number];
    if (!pc->machine.running && !pc->gone)
        machine_start(&pc->machine, run_pc, pc);
}

unsigned pc_act(struct world *world, unsigned number, enum act_kind kind, unsigned slot,
                unsigned value)
{
    struct pc *pc = &world->pcs[number];
    if (world->act_count == world->act_capacity) {
        world->act_capacity = world->act_capacity == 0 ? 1024 : 2 * world->act_capacity;
        world->acts = realloc(world->acts, world->act_capacity * sizeof(*world->acts));
    }
    if (pc->queued == pc->queue_capacity) {
        pc->queue_capacity = pc->queue_capacity == 0 ? 16 : 2 * pc->queue_capacity;
        pc->queue = realloc(pc->queue, pc->queue_capacity * sizeof(*pc->queue));
    }
    if (world->acts == NULL || pc->queue == NULL)
        abort();
    world->acts[world->act_count] = (struct act){
        .pc = number, .unit = (unsigned)pc->unit, .slot = slot, .value = value, .kind = kind};
    lt_random(&world->acts[world->act_count].import, sizeof(uint64_t));
    pc->queue[pc->queued++] = (unsigned)world->act_count;
    descriptor_ring(pc->machine.wake_fd);
    return (unsigned)world->act_count++;
}

bool pc_done(struct pc *pc)
{
    if (pc->machine.service == NULL || pc->queued > 0)
        return false;
    fiber_act_as(&pc->machine);
    bool done = lt_service_done(pc->machine.service);
    fiber_act_as(NULL);
    return done;
}
