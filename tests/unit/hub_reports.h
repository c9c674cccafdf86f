/* hub_reports.h - what units of hub_world.h's country report, really signed. */
#ifndef LT_TEST_HUB_REPORTS_H
#define LT_TEST_HUB_REPORTS_H

#include "tests/unit/hub_directives.h"

/* What one change says. Award fields only; texts are borrowed and may be NULL. */
struct say {
    int op;
    bool corrects, same_update;
    struct lt_hash record;
    uint32_t record_index;
    uint64_t import;
    uint32_t row;
    bool unseen;
    const char *decider; /* unit code; NULL: the author */
    const char *authority; /* code outside of the tree */
    const char *number;
    lt_day date;
    const char *code, *place, *field, *movement;
    const char *name, *workplace, *position;
    int year, span_from, recipient, category, sex, type, status;
    uint64_t quantity;
    bool pledge; /* a pledge instead of an award: cluster = movement */
    int submitted; /* Lienthong__Level of an award's submitter */
    int launched; /* a movement instead, launched at this Lienthong__Level: movement, year, field */
    int scope; /* Lienthong__MovementScope */
    lt_day from, to;
    bool thematic;
    const char *implements;
    int declared; /* a declaration of everything instead: 1 complete, 2 nil */
    bool exemplar; /* instead: field, recipient, quantity */
};

struct report_parts {
    Lienthong__Unit units[64];
    Lienthong__Unit *unit_list[64];
    size_t unit_count;
    Lienthong__Decision decisions[512];
    Lienthong__Decision *decision_list[512];
    size_t decision_count;
    uint64_t imports[64];
    size_t import_count;
    Lienthong__Change changes[512];
    Lienthong__Change *change_list[512];
    Lienthong__RecordId records[512];
    Lienthong__Award awards[512];
    Lienthong__Pledge pledges[512];
    Lienthong__Movement movements[512];
    Lienthong__Declaration declarations[512];
    Lienthong__Exemplar exemplars[512];
    Lienthong__Period periods[512];
    Lienthong__Person persons[512];
    const Lienthong__Person *person_list[512];
};

static uint32_t part_unit(struct report_parts *parts, const char *code)
{
    if (code == NULL)
        return 0;
    for (size_t i = 0; i < parts->unit_count; i++)
        if (strcmp(parts->units[i].code, code) == 0)
            return (uint32_t)i + 1;
    if (parts->unit_count == 64)
        abort();
    lienthong__unit__init(&parts->units[parts->unit_count]);
    parts->units[parts->unit_count].code = (char *)(uintptr_t)code;
    parts->unit_list[parts->unit_count] = &parts->units[parts->unit_count];
    return (uint32_t)++parts->unit_count;
}

static char *or_empty(const char *text)
{
    return (char *)(uintptr_t)(text == NULL ? "" : text);
}

static uint32_t part_decision(struct report_parts *parts, const struct say *say)
{
    Lienthong__Decision decision;
    if (say->decider == NULL && say->authority == NULL && say->number == NULL && say->date == 0)
        return 0;
    lienthong__decision__init(&decision);
    decision.unit = part_unit(parts, say->decider);
    decision.authority = or_empty(say->authority);
    decision.number = or_empty(say->number);
    decision.date = say->date;
    for (size_t i = 0; i < parts->decision_count; i++) {
        const Lienthong__Decision *other = &parts->decisions[i];
        if (other->unit == decision.unit && other->date == decision.date &&
            strcmp(other->number, decision.number) == 0 &&
            strcmp(other->authority, decision.authority) == 0)
            return (uint32_t)i + 1;
    }
    parts->decisions[parts->decision_count] = decision;
    parts->decision_list[parts->decision_count] = &parts->decisions[parts->decision_count];
    return (uint32_t)++parts->decision_count;
}

static void part_period(struct report_parts *parts, const struct say *say, size_t i)
{
    lienthong__period__init(&parts->periods[i]);
    parts->periods[i].kind = say->span_from != 0 ? LIENTHONG__PERIOD_KIND__PERIOD_SPAN
                                                 : LIENTHONG__PERIOD_KIND__PERIOD_YEAR;
    parts->periods[i].from = (uint32_t)say->span_from;
    parts->periods[i].to = (uint32_t)say->year;
}

static void part_award(struct report_parts *parts, const struct say *say, size_t i)
{
    part_period(parts, say, i);
    lienthong__award__init(&parts->awards[i]);
    parts->awards[i].code = or_empty(say->code);
    parts->awards[i].decision = part_decision(parts, say);
    parts->awards[i].period = &parts->periods[i];
    parts->awards[i].recipient = (Lienthong__Recipient)say->recipient;
    parts->awards[i].category = (Lienthong__Category)say->category;
    parts->awards[i].sex = (Lienthong__Sex)say->sex;
    parts->awards[i].type = (Lienthong__AwardType)say->type;
    parts->awards[i].status = (Lienthong__Status)say->status;
    parts->awards[i].place = part_unit(parts, say->place);
    parts->awards[i].field = or_empty(say->field);
    parts->awards[i].movement = or_empty(say->movement);
    parts->awards[i].quantity = say->quantity;
    parts->awards[i].submitted_by = (Lienthong__Level)say->submitted;
    parts->changes[i].award = &parts->awards[i];
}

static void part_pledge(struct report_parts *parts, const struct say *say, size_t i)
{
    lienthong__pledge__init(&parts->pledges[i]);
    parts->pledges[i].cluster = or_empty(say->movement);
    parts->pledges[i].theme = or_empty(say->field);
    parts->pledges[i].note = or_empty(NULL);
    parts->pledges[i].year = (uint32_t)say->year;
    parts->changes[i].pledge = &parts->pledges[i];
}

static void part_movement(struct report_parts *parts, const struct say *say, size_t i)
{
    Lienthong__Movement *movement = &parts->movements[i];
    lienthong__movement__init(movement);
    movement->code = movement->note = or_empty(NULL);
    movement->name = or_empty(say->movement);
    movement->field = or_empty(say->field);
    movement->implements = or_empty(say->implements);
    movement->level = (Lienthong__Level)say->launched;
    movement->scope = (Lienthong__MovementScope)say->scope;
    movement->from = say->from;
    movement->to = say->to;
    movement->thematic = say->thematic;
    movement->year = (uint32_t)say->year;
    parts->changes[i].movement = movement;
}

static void part_declaration(struct report_parts *parts, const struct say *say, size_t i)
{
    part_period(parts, say, i);
    lienthong__declaration__init(&parts->declarations[i]);
    parts->declarations[i].period = &parts->periods[i];
    parts->declarations[i].nil = say->declared == 2;
    parts->declarations[i].note = or_empty(NULL);
    parts->changes[i].declaration = &parts->declarations[i];
}

static void part_exemplar(struct report_parts *parts, const struct say *say, size_t i)
{
    Lienthong__Exemplar *exemplar = &parts->exemplars[i];
    part_period(parts, say, i);
    lienthong__exemplar__init(exemplar);
    exemplar->model = exemplar->note = exemplar->movement = or_empty(NULL);
    exemplar->field = or_empty(say->field);
    exemplar->recipient = (Lienthong__Recipient)say->recipient;
    exemplar->quantity = say->quantity;
    exemplar->period = &parts->periods[i];
    parts->changes[i].exemplar = exemplar;
}

static void part_kind(struct report_parts *parts, const struct say *say, size_t i)
{
    if (say->pledge)
        part_pledge(parts, say, i);
    else if (say->launched != 0)
        part_movement(parts, say, i);
    else if (say->declared != 0)
        part_declaration(parts, say, i);
    else if (say->exemplar)
        part_exemplar(parts, say, i);
    else
        part_award(parts, say, i);
}

static void part_change(struct report_parts *parts, const struct say *say, size_t i)
{
    lienthong__change__init(&parts->changes[i]);
    parts->change_list[i] = &parts->changes[i];
    parts->changes[i].op = (Lienthong__Op)say->op;
    parts->changes[i].unseen = say->unseen;
    if (say->corrects) {
        lienthong__record_id__init(&parts->records[i]);
        parts->records[i].index = say->record_index;
        if (!say->same_update)
            parts->records[i].update =
                (ProtobufCBinaryData){32, (uint8_t *)(uintptr_t)say->record.bytes};
        parts->changes[i].record = &parts->records[i];
    }
    if (say->import != 0) {
        size_t at = 0;
        while (at < parts->import_count && parts->imports[at] != say->import)
            at++;
        if (at == parts->import_count)
            parts->imports[parts->import_count++] = say->import;
        parts->changes[i].import = (uint32_t)at + 1;
        parts->changes[i].row = say->row;
    }
    if (say->op == LIENTHONG__OP__OP_PUT)
        part_kind(parts, say, i);
    if (say->name != NULL) {
        lienthong__person__init(&parts->persons[i]);
        parts->persons[i].name = or_empty(say->name);
        parts->persons[i].workplace = or_empty(say->workplace);
        parts->persons[i].position = or_empty(say->position);
        parts->person_list[i] = &parts->persons[i];
    }
}

/* An update of a unit on the given parents (ascending ids) with its seq. */
WORLD_UNUSED static void world_report(struct world *world, size_t unit,
                                      const struct lt_hash *parents, size_t parent_count,
                                      uint64_t seq, const struct say *says, size_t count,
                                      struct signed_update *ret_update)
{
    Lienthong__ReportBody body;
    struct report_parts *parts = calloc(1, sizeof *parts);
    struct world_unit *who = &world->units[unit];
    struct lt_frame frame = {.chain = {LT_STREAM_REPORT, who->unit},
                             .seq = seq,
                             .parent_count = (uint32_t)parent_count,
                             .key = who->key,
                             .body_version = LT_BODY_VERSION};
    uint8_t salt[32] = {1}, *personal = NULL;
    size_t personal_size = 0;
    struct lt_hash root;
    bool named = false;
    if (parts == NULL || count > 512)
        abort();
    lienthong__report_body__init(&body);
    for (size_t i = 0; i < parent_count; i++)
        frame.parents[i] = parents[i];
    for (size_t i = 0; i < count; i++) {
        part_change(parts, &says[i], i);
        named = named || says[i].name != NULL;
    }
    if (named) {
        if (lt_personal_make(parts->person_list, count, salt, &personal, &personal_size, &root) !=
            LT_OK)
            abort();
        body.personal_root = (ProtobufCBinaryData){32, root.bytes};
    }
    body.units = parts->unit_list;
    body.n_units = parts->unit_count;
    body.decisions = parts->decision_list;
    body.n_decisions = parts->decision_count;
    body.imports = parts->imports;
    body.n_imports = parts->import_count;
    body.changes = parts->change_list;
    body.n_changes = count;
    seal(&frame, &body.base, (struct lt_bytes){personal, personal_size}, &who->secret, ret_update);
    free(personal);
    free(parts);
}

#endif
