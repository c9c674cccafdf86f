/* samples_kinds.h - a report with every kind of record, a retraction and a withdrawal. */
#ifndef LT_SAMPLES_KINDS_H
#define LT_SAMPLES_KINDS_H

#include "tests/unit/samples.h"

struct sample_kinds {
    Lienthong__ReportBody body;
    Lienthong__Unit unit;
    Lienthong__Unit *unit_list[1];
    Lienthong__Decision decision;
    Lienthong__Decision *decision_list[1];
    Lienthong__Change changes[9];
    Lienthong__Change *change_list[9];
    Lienthong__RecordId ids[2];
    Lienthong__Period span, event;
    Lienthong__Award award;
    Lienthong__Proposal proposal;
    Lienthong__Movement movement;
    Lienthong__Pledge pledge;
    uint32_t members[2];
    Lienthong__Score score;
    Lienthong__Exemplar exemplar;
    Lienthong__Declaration declaration;
    Lienthong__ControlTotal total;
    Lienthong__ControlTotal *total_list[1];
    uint8_t hash[32];
};

static inline void sample_kinds_first(struct sample_kinds *s)
{
    lienthong__award__init(&s->award);
    s->award.code = sample_text("GK");
    s->award.decision = 1;
    s->award.period = &s->span;
    s->award.recipient = LIENTHONG__RECIPIENT__RECIPIENT_COLLECTIVE;
    s->award.quantity = 298;
    s->award.note = sample_text("dòng một\ndòng hai");
    lienthong__proposal__init(&s->proposal);
    s->proposal.number = sample_text("02/TTr-UBND");
    s->proposal.date = 18600;
    s->proposal.code = sample_text("CTD_TINH");
    s->proposal.recipient = LIENTHONG__RECIPIENT__RECIPIENT_COLLECTIVE;
    s->proposal.place = 1;
    lienthong__movement__init(&s->movement);
    s->movement.name = sample_text("Chào mừng ngày bầu cử");
    s->movement.level = LIENTHONG__LEVEL__LEVEL_DISTRICT;
    s->movement.scope = LIENTHONG__MOVEMENT_SCOPE__SCOPE_UNIT;
    s->movement.from = -1;
    s->movement.to = 18748;
    s->movement.thematic = true;
    s->movement.year = 2021;
    lienthong__pledge__init(&s->pledge);
    s->pledge.cluster = sample_text("Cụm thi đua số 1");
    s->pledge.year = 2021;
    s->pledge.theme = sample_text("Xây dựng môi trường xanh, sạch, đẹp");
    s->members[0] = 0;
    s->members[1] = 1;
    s->pledge.members = s->members;
    s->pledge.n_members = 2;
}

static inline void sample_kinds_rest(struct sample_kinds *s)
{
    lienthong__score__init(&s->score);
    s->score.cluster = sample_text("Cụm thi đua số 1");
    s->score.year = 2020;
    s->score.member = 1;
    s->score.has_final = true;
    s->score.final = 95793;
    s->score.penalty = -150;
    s->score.rank = 1;
    lienthong__exemplar__init(&s->exemplar);
    s->exemplar.model = sample_text("Mô hình số 1");
    s->exemplar.recipient = LIENTHONG__RECIPIENT__RECIPIENT_COLLECTIVE;
    s->exemplar.period = &s->event;
    lienthong__declaration__init(&s->declaration);
    lienthong__control_total__init(&s->total);
    s->total.kind = LIENTHONG__RECORD_KIND__KIND_AWARD;
    s->total.quantity = 298;
    s->total_list[0] = &s->total;
    s->declaration.period = &s->span;
    s->declaration.totals = s->total_list;
    s->declaration.n_totals = 1;
}

static inline struct sample_kinds *sample_kinds_new(void)
{
    struct sample_kinds *s = calloc(1, sizeof(*s));
    assert(s);
    lienthong__report_body__init(&s->body);
    lienthong__unit__init(&s->unit);
    s->unit.code = sample_text("867");
    s->unit_list[0] = &s->unit;
    lienthong__decision__init(&s->decision);
    s->decision.authority = sample_text("TTG");
    s->decision.level = LIENTHONG__LEVEL__LEVEL_STATE;
    s->decision_list[0] = &s->decision;
    lienthong__period__init(&s->span);
    s->span.kind = LIENTHONG__PERIOD_KIND__PERIOD_SPAN;
    s->span.from = 2015;
    s->span.to = 2020;
    lienthong__period__init(&s->event);
    s->event.kind = LIENTHONG__PERIOD_KIND__PERIOD_EVENT;
    s->event.day = 18500;
    sample_kinds_first(s);
    sample_kinds_rest(s);
    for (unsigned i = 0; i < SAMPLE_COUNT(s->changes); i++) {
        lienthong__change__init(&s->changes[i]);
        s->change_list[i] = &s->changes[i];
    }
    s->changes[0].award = &s->award;
    s->changes[1].proposal = &s->proposal;
    s->changes[2].movement = &s->movement;
    s->changes[3].pledge = &s->pledge;
    s->changes[4].score = &s->score;
    s->changes[5].exemplar = &s->exemplar;
    s->changes[6].declaration = &s->declaration;
    for (int i = 0; i < 2; i++)
        lienthong__record_id__init(&s->ids[i]);
    s->ids[0].index = 5; /* of this same update */
    s->changes[7].op = LIENTHONG__OP__OP_RETRACT;
    s->changes[7].record = &s->ids[0];
    s->changes[7].reason = sample_text("nhập nhầm");
    sample_bytes(0x60, s->hash, sizeof(s->hash));
    s->ids[1].update = sample_span(s->hash, sizeof(s->hash));
    s->ids[1].index = 3;
    s->changes[8].op = LIENTHONG__OP__OP_WITHDRAW;
    s->changes[8].record = &s->ids[1];
    s->body.units = s->unit_list;
    s->body.n_units = 1;
    s->body.decisions = s->decision_list;
    s->body.n_decisions = 1;
    s->body.changes = s->change_list;
    s->body.n_changes = SAMPLE_COUNT(s->changes);
    return s;
}

/* By unit 866, second of its chain. */
static inline struct lt_bytes sample_kinds_update(void)
{
    struct sample_kinds *s = sample_kinds_new();
    struct lt_frame frame = sample_frame(LT_STREAM_REPORT, "866");
    frame.seq = 2;
    frame.parent_count = 1;
    sample_bytes(0x80, frame.parents[0].bytes, sizeof(frame.parents[0].bytes));
    const struct lt_bytes bytes = sample_seal(&frame, &s->body.base, (struct lt_bytes){NULL, 0});
    free(s);
    return bytes;
}

#endif
