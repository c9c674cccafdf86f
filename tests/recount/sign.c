/* Rows become changes, changes become signed updates; machines fork and heal. */
#include <stdlib.h>
#include <string.h>

#include "tests/recount/world.h"

enum { CHANGES_MAX = 256 };

/* A body in the making. Messages live in the world's pool. */
struct draft {
    struct world *world;
    int office;
    Lienthong__ReportBody body;
    const Lienthong__Person *persons[CHANGES_MAX];
    bool named;
};

static char *text_of(struct world *world, const char *text)
{
    return pool_text(world->pool, "%s", text == NULL ? "" : text);
}

/* The reference of a unit. NOWHERE is a unit that the tree does not have. */
static uint32_t unit_reference(struct draft *draft, int number)
{
    struct world *world = draft->world;
    if (number == AUTHOR || number == OUTSIDE || (number == draft->office && one_in(world, 2)))
        return 0;
    const char *code = number == NOWHERE ? "99999" : world->offices[number].unit.code;
    const lt_day from = number == NOWHERE ? 0 : world->offices[number].unit.valid_from;
    for (size_t i = 0; i < draft->body.n_units; i++)
        if (strcmp(draft->body.units[i]->code, code) == 0 &&
            draft->body.units[i]->valid_from == from)
            return (uint32_t)i + 1;
    Lienthong__Unit *unit = pool_take(world->pool, sizeof *unit);
    lienthong__unit__init(unit);
    unit->code = text_of(world, code);
    unit->valid_from = from;
    draft->body.units[draft->body.n_units++] = unit;
    return (uint32_t)draft->body.n_units;
}

static uint32_t decision_reference(struct draft *draft, const struct row *row)
{
    struct world *world = draft->world;
    if (row->decider == AUTHOR && row->number == NULL && row->date == 0 && row->level == 0)
        return 0;
    Lienthong__Decision *decision = pool_take(world->pool, sizeof *decision);
    lienthong__decision__init(decision);
    decision->unit = unit_reference(draft, row->decider);
    decision->authority = text_of(world, row->decider == OUTSIDE ? row->authority : "");
    decision->level = (Lienthong__Level)row->level;
    decision->number = text_of(world, row->number);
    decision->date = row->date;
    draft->body.decisions[draft->body.n_decisions++] = decision;
    return (uint32_t)draft->body.n_decisions;
}

static Lienthong__Period *period_message(struct draft *draft, const struct row *row)
{
    if (row->period == 0)
        return NULL;
    Lienthong__Period *period = pool_take(draft->world->pool, sizeof *period);
    lienthong__period__init(period);
    period->kind = (Lienthong__PeriodKind)row->period;
    period->to = (uint32_t)row->year;
    period->from = (uint32_t)row->span_from;
    period->day = row->day;
    return period;
}

static void put_award(struct draft *draft, const struct row *row, Lienthong__Change *change)
{
    struct world *world = draft->world;
    Lienthong__Award *award = pool_take(world->pool, sizeof *award);
    lienthong__award__init(award);
    award->code = text_of(world, row->code);
    award->decision = decision_reference(draft, row);
    award->period = period_message(draft, row);
    award->type = (Lienthong__AwardType)row->type;
    award->recipient = (Lienthong__Recipient)row->recipient;
    award->category = (Lienthong__Category)row->category;
    award->sex = (Lienthong__Sex)row->sex;
    award->posthumous = row->posthumous;
    award->place = unit_reference(draft, row->place);
    award->field = text_of(world, row->field);
    award->movement = text_of(world, row->movement);
    award->status = (Lienthong__Status)row->status;
    award->quantity = row->quantity;
    award->submitted_by = (Lienthong__Level)row->submitted;
    award->note = text_of(world, "");
    change->award = award;
}

static void put_proposal(struct draft *draft, const struct row *row, Lienthong__Change *change)
{
    struct world *world = draft->world;
    Lienthong__Proposal *proposal = pool_take(world->pool, sizeof *proposal);
    lienthong__proposal__init(proposal);
    proposal->submitter = unit_reference(draft, row->decider);
    proposal->number = text_of(world, row->number);
    proposal->date = row->date;
    proposal->code = text_of(world, row->code);
    proposal->period = period_message(draft, row);
    proposal->recipient = (Lienthong__Recipient)row->recipient;
    proposal->place = unit_reference(draft, row->place);
    proposal->outcome = (Lienthong__Outcome)row->outcome;
    proposal->quantity = row->quantity;
    proposal->field = text_of(world, row->field);
    proposal->movement = text_of(world, row->movement);
    proposal->note = text_of(world, "");
    proposal->type = (Lienthong__AwardType)row->type;
    if (row->outcome != 0 && row->date != 0) { /* answered, often in the next year */
        struct row answer = *row;
        answer.date += 40 + (int)rnd(world, 200);
        proposal->decision = decision_reference(draft, &answer);
    }
    change->proposal = proposal;
}

static void put_movement(struct draft *draft, const struct row *row, Lienthong__Change *change)
{
    struct world *world = draft->world;
    Lienthong__Movement *movement = pool_take(world->pool, sizeof *movement);
    lienthong__movement__init(movement);
    movement->code = text_of(world, row->code);
    movement->name = text_of(world, row->movement);
    movement->launcher = unit_reference(draft, row->decider);
    movement->level = (Lienthong__Level)row->level;
    movement->scope = (Lienthong__MovementScope)row->scope;
    movement->from = row->from;
    movement->to = row->to;
    movement->thematic = row->thematic;
    movement->implements = text_of(world, row->implements);
    movement->field = text_of(world, row->field);
    movement->note = text_of(world, "");
    movement->year = (uint32_t)row->year;
    change->movement = movement;
}

static void put_pledge(struct draft *draft, const struct row *row, Lienthong__Change *change)
{
    struct world *world = draft->world;
    Lienthong__Pledge *pledge = pool_take(world->pool, sizeof *pledge);
    lienthong__pledge__init(pledge);
    pledge->cluster = text_of(world, row->cluster);
    pledge->year = (uint32_t)row->year;
    pledge->theme = text_of(world, row->field);
    pledge->note = text_of(world, "");
    pledge->members = pool_take(world->pool, MEMBERS_MAX * sizeof *pledge->members);
    for (unsigned i = 0; i < row->member_count; i++)
        pledge->members[pledge->n_members++] = unit_reference(draft, row->members[i]);
    pledge->lead = unit_reference(draft, row->lead);
    pledge->quantity = row->quantity;
    change->pledge = pledge;
}

static void put_score(struct draft *draft, const struct row *row, Lienthong__Change *change)
{
    struct world *world = draft->world;
    Lienthong__Score *score = pool_take(world->pool, sizeof *score);
    lienthong__score__init(score);
    score->cluster = text_of(world, row->cluster);
    score->year = (uint32_t)row->year;
    score->movement = text_of(world, row->movement);
    score->member = unit_reference(draft, row->place);
    score->managing = unit_reference(draft, row->decider);
    score->has_final = row->points != 0;
    score->final = row->points;
    score->rank = row->rank;
    score->note = text_of(world, "");
    change->score = score;
}

static void put_exemplar(struct draft *draft, const struct row *row, Lienthong__Change *change)
{
    struct world *world = draft->world;
    Lienthong__Exemplar *exemplar = pool_take(world->pool, sizeof *exemplar);
    lienthong__exemplar__init(exemplar);
    exemplar->model = text_of(world, row->code);
    exemplar->recipient = (Lienthong__Recipient)row->recipient;
    exemplar->field = text_of(world, row->field);
    exemplar->period = period_message(draft, row);
    exemplar->place = unit_reference(draft, row->place);
    exemplar->quantity = row->quantity;
    exemplar->movement = text_of(world, row->movement);
    exemplar->note = text_of(world, "");
    change->exemplar = exemplar;
}

static void put_declaration(struct draft *draft, const struct row *row, Lienthong__Change *change)
{
    struct world *world = draft->world;
    Lienthong__Declaration *declaration = pool_take(world->pool, sizeof *declaration);
    Lienthong__ControlTotal *total = pool_take(world->pool, sizeof *total);
    lienthong__declaration__init(declaration);
    lienthong__control_total__init(total);
    declaration->kind = (Lienthong__RecordKind)row->scope;
    declaration->period = period_message(draft, row);
    declaration->nil = row->nil;
    declaration->note = text_of(world, "");
    total->kind = LIENTHONG__RECORD_KIND__KIND_AWARD;
    total->code = text_of(world, row->code);
    total->recipient = (Lienthong__Recipient)row->recipient;
    total->quantity = row->quantity;
    declaration->totals = pool_take(world->pool, sizeof(Lienthong__ControlTotal *));
    declaration->totals[declaration->n_totals++] = total;
    change->declaration = declaration;
}

static void put_row(struct draft *draft, const struct row *row, Lienthong__Change *change)
{
    static void (*const puts[])(struct draft *, const struct row *, Lienthong__Change *) = {
        NULL,       put_award, put_proposal, put_movement,
        put_pledge, put_score, put_exemplar, put_declaration,
    };
    struct world *world = draft->world;
    change->op = (Lienthong__Op)row->op;
    change->unseen = row->unseen;
    change->reason = text_of(world, row->op == 0 ? "" : "nhập nhầm");
    if (row->corrects) {
        change->record = pool_take(world->pool, sizeof *change->record);
        lienthong__record_id__init(change->record);
        change->record->index = row->record_index;
        if (!row->same_update) {
            uint8_t *named = pool_take(world->pool, 32);
            memcpy(named, row->record.bytes, 32);
            change->record->update = (ProtobufCBinaryData){32, named};
        }
    }
    if (row->import != 0) {
        size_t at = 0;
        while (at < draft->body.n_imports && draft->body.imports[at] != row->import)
            at++;
        if (at == draft->body.n_imports)
            draft->body.imports[draft->body.n_imports++] = row->import;
        change->import = (uint32_t)at + 1;
        change->row = row->import_row;
    }
    if (row->op == LIENTHONG__OP__OP_PUT)
        puts[row->kind](draft, row, change);
}

static void person_of(struct draft *draft, const struct row *row, size_t index)
{
    if (row->name == NULL || row->quantity != 0 || row->op != LIENTHONG__OP__OP_PUT)
        return;
    Lienthong__Person *person = pool_take(draft->world->pool, sizeof *person);
    lienthong__person__init(person);
    person->name = text_of(draft->world, row->name);
    person->workplace = text_of(draft->world, row->workplace);
    person->position = text_of(draft->world, "");
    draft->persons[index] = person;
    draft->named = true;
}

/* ---- Parents ---- */

static int by_bytes(const void *a, const void *b)
{
    return lt_hash_cmp(a, b);
}

/* All tips, mostly; a clone knows but one, or an update long past. */
static void choose_parents(struct world *world, struct office *office, struct lt_frame *frame)
{
    const bool stranger = office->strangers == 1;
    const bool fork =
        office->tip_count > 0 && (stranger || one_in(world, 9)) && office->tip_count < 8;
    frame->seq = 1;
    if (fork && !stranger && one_in(world, 6))
        return; /* a machine that began anew */
    for (size_t i = 0; i < office->tip_count; i++) {
        if (fork && i != 0)
            break;
        frame->parents[frame->parent_count++] = office->tips[i];
        if (office->tip_seqs[i] + 1 > frame->seq)
            frame->seq = office->tip_seqs[i] + 1;
    }
    qsort(frame->parents, frame->parent_count, sizeof frame->parents[0], by_bytes);
}

static void move_tips(struct world *world, struct office *office, const struct lt_frame *frame,
                      const struct lt_hash *id)
{
    const bool keep =
        office->strangers == 2 || one_in(world, 12); /* the clone's disk stays behind */
    office->strangers -= office->strangers > 0;
    size_t kept = 0;
    if (office->tips == NULL) {
        office->tips = calloc(LT_PARENTS_MAX, sizeof *office->tips);
        office->tip_seqs = calloc(LT_PARENTS_MAX, sizeof *office->tip_seqs);
        if (office->tips == NULL || office->tip_seqs == NULL)
            abort();
    }
    for (size_t i = 0; i < office->tip_count; i++) {
        bool covered = false;
        for (uint32_t j = 0; j < frame->parent_count; j++)
            covered = covered || lt_hash_cmp(&office->tips[i], &frame->parents[j]) == 0;
        const bool same = lt_hash_cmp(&office->tips[i], id) == 0; /* both said the very same */
        if (same || (covered && !(keep && i == 0 && office->tip_count < 8)))
            continue;
        office->tips[kept] = office->tips[i];
        office->tip_seqs[kept++] = office->tip_seqs[i];
    }
    office->tips[kept] = *id;
    office->tip_seqs[kept++] = frame->seq;
    office->tip_count = kept;
}

static void remember(struct office *office, const struct row *row, const struct lt_hash *id,
                     size_t index)
{
    if (office->said_count == office->said_capacity) {
        office->said_capacity = office->said_capacity == 0 ? 32 : 2 * office->said_capacity;
        office->said = realloc(office->said, office->said_capacity * sizeof *office->said);
        if (office->said == NULL)
            abort();
    }
    office->said[office->said_count++] = (struct said){*row, *id, (uint32_t)index};
}

/* ---- Signing ---- */

static void seal(struct draft *draft, struct lt_frame *frame, const struct machine *machine,
                 struct lt_hash *ret_id)
{
    struct world *world = draft->world;
    uint8_t salt[32] = {1}, *personal = NULL, *bytes;
    size_t personal_size = 0, size;
    struct lt_hash root;
    salt[1] = (uint8_t)rnd(world, 256);
    if (draft->named) {
        if (lt_personal_make(draft->persons, draft->body.n_changes, salt, &personal, &personal_size,
                             &root) != LT_OK)
            abort();
        draft->body.personal_root = (ProtobufCBinaryData){32, root.bytes};
    }
    const size_t packed_size = lienthong__report_body__get_packed_size(&draft->body);
    uint8_t *packed = pool_take(world->pool, packed_size);
    lienthong__report_body__pack(&draft->body, packed);
    if (lt_update_seal(frame, (struct lt_bytes){packed, packed_size},
                       (struct lt_bytes){personal, personal_size}, &machine->secret, &bytes, &size,
                       ret_id) != LT_OK)
        abort();
    free(personal);
    keep_update(world, bytes, size, ret_id);
    world->province->changes += draft->body.n_changes;
}

void office_wait(struct office *office, const struct row *row)
{
    if (office->waiting_count == office->waiting_capacity) {
        office->waiting_capacity =
            office->waiting_capacity == 0 ? 16 : 2 * office->waiting_capacity;
        office->waiting =
            realloc(office->waiting, office->waiting_capacity * sizeof *office->waiting);
        if (office->waiting == NULL)
            abort();
    }
    office->waiting[office->waiting_count++] = *row;
}

void office_sign(struct world *world, int number, size_t most)
{
    struct office *office = &world->offices[number];
    struct draft *draft = pool_take(world->pool, sizeof *draft);
    struct lt_frame frame = {.chain = {LT_STREAM_REPORT, office->unit},
                             .body_version = LT_BODY_VERSION};
    struct lt_hash id;
    const size_t count = office->waiting_count < most ? office->waiting_count : most;
    if (count == 0 || count > CHANGES_MAX)
        return;
    draft->world = world;
    draft->office = number;
    lienthong__report_body__init(&draft->body);
    draft->body.units = pool_take(world->pool, 8 * count * sizeof(Lienthong__Unit *));
    draft->body.decisions = pool_take(world->pool, count * sizeof(Lienthong__Decision *));
    draft->body.imports = pool_take(world->pool, count * sizeof *draft->body.imports);
    draft->body.changes = pool_take(world->pool, count * sizeof(Lienthong__Change *));
    for (size_t i = 0; i < count; i++) {
        Lienthong__Change *change = pool_take(world->pool, sizeof *change);
        lienthong__change__init(change);
        put_row(draft, &office->waiting[i], change);
        person_of(draft, &office->waiting[i], i);
        draft->body.changes[draft->body.n_changes++] = change;
    }
    choose_parents(world, office, &frame);
    frame.key = office->machines[0].key;
    seal(draft, &frame, &office->machines[0], &id);
    move_tips(world, office, &frame, &id);
    for (size_t i = 0; i < count; i++)
        remember(office, &office->waiting[i], &id, i);
    memmove(office->waiting, office->waiting + count,
            (office->waiting_count - count) * sizeof *office->waiting);
    office->waiting_count -= count;
}
