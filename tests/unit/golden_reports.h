/* golden_reports.h - what the units of golden_story.h tell: every kind of record with every field, corrections, a fork
 * that was healed, a correction by a successor, erased and sealed names, a change and a body that are not known. */
#ifndef LT_GOLDEN_REPORTS_H
#define LT_GOLDEN_REPORTS_H

#include "tests/unit/golden_teller.h"

static struct say story_award(const char *code, const char *name, uint32_t row)
{
    return (struct say){.import = UINT64_C(0x1122334455667788),
                        .row = row,
                        .decider = "807",
                        .number = "15/QĐ-UBND",
                        .date = story_day(2020, 12, 20),
                        .code = code,
                        .name = name,
                        .year = 2020,
                        .recipient = LIENTHONG__RECIPIENT__RECIPIENT_INDIVIDUAL,
                        .category = LIENTHONG__CATEGORY__CATEGORY_WORKER,
                        .sex = LIENTHONG__SEX__SEX_FEMALE,
                        .type = LIENTHONG__AWARD_TYPE__TYPE_MERIT,
                        .status = LIENTHONG__STATUS__STATUS_DECIDED};
}

static void story_district(struct story *story)
{
    const lt_day date = story_day(2020, 12, 20);
    const struct say says[] = {
        {.number = "15/QĐ-UBND",
         .date = date,
         .code = "GK",
         .year = 2020,
         .recipient = 4,
         .type = 1,
         .status = 1,
         .quantity = 14},
        {.number = "16/QĐ-UBND",
         .date = date,
         .code = "LDTT",
         .year = 2020,
         .recipient = 1,
         .status = 1,
         .quantity = 3,
         .submitted = LIENTHONG__LEVEL__LEVEL_PROVINCE},
        {.authority = "TTG",
         .number = "9/QĐ-TTg",
         .date = date,
         .code = "BK_TTG",
         .year = 2020,
         .span_from = 2015,
         .recipient = 1,
         .type = 4,
         .status = 1,
         .quantity = 1,
         .field = "Giáo dục",
         .movement = "NTM"},
        {.decider = "807",
         .number = "15/QĐ-UBND",
         .date = date,
         .code = "GK",
         .year = 2020,
         .recipient = 4,
         .status = LIENTHONG__STATUS__STATUS_REVOKED,
         .quantity = 1},
        {.launched = LIENTHONG__LEVEL__LEVEL_DISTRICT,
         .movement = "Xây dựng nông thôn mới",
         .year = 2020,
         .from = story_day(2020, 1, 15),
         .to = story_day(2021, 1, 14),
         .scope = 4,
         .thematic = true,
         .implements = "NTM"},
        {.pledge = true, .movement = "Cụm thi đua số 1", .year = 2020, .field = "Đoàn kết"},
        {.exemplar = true, .field = "Nông nghiệp", .year = 2020, .recipient = 3, .quantity = 2},
        {.declared = 1, .year = 2020},
        {.declared = 2, .year = 2019},
    };
    story_tell(story, "807", says, sizeof says / sizeof *says);
}

/* Names, a correction, a retraction, a fork and its healing. */
static void story_commune(struct story *story)
{
    const size_t at = world_find(&story->world, "28162");
    struct say says[] = {story_award("GK", "Cá nhân 0001", 2), story_award("GK", "Cá nhân 0002", 3),
                         story_award("GK", "Cá nhân 0003", 4), story_award("NO", "Cá nhân 0004", 5),
                         story_award("GK", "Cá nhân 0005", 6)};
    says[4].decider = says[4].place = "30"; /* out of reach */
    story_tell(story, "28162", says, 5);
    story_erase(story, 1);
    const struct lt_hash first = story->tip[at];
    struct say again = story_award("GK", "Cá nhân 0002", 12);
    again.corrects = true;
    again.record = first;
    again.record_index = 1;
    again.sex = LIENTHONG__SEX__SEX_MALE;
    again.unseen = true;
    struct say both[] = {
        again,
        {.op = LIENTHONG__OP__OP_RETRACT, .corrects = true, .record = first, .record_index = 2}};
    story_tell(story, "28162", both, 2);
    struct say left = again, right = again;
    const struct lt_hash base = story->tip[at];
    left.row = 13;
    left.record_index = 0;
    left.category = LIENTHONG__CATEGORY__CATEGORY_MANAGER;
    left.unseen = false;
    right = left;
    right.row = 14;
    right.category = LIENTHONG__CATEGORY__CATEGORY_BUSINESS;
    struct lt_hash tips[2];
    tips[0] = story_branch(story, "28162", &base, 1, 3, &left);
    tips[1] = story_branch(story, "28162", &base, 1, 3, &right);
    if (lt_hash_cmp(&tips[0], &tips[1]) > 0) {
        const struct lt_hash lesser = tips[1];
        tips[1] = tips[0];
        tips[0] = lesser;
    }
    const struct say healing = story_award("LDTT", "Cá nhân 0006", 15);
    story->tip[at] = story_branch(story, "28162", tips, 2, 4, &healing);
    story->seq[at] = 4;
}

/* ---- Every kind of record with every field ---- */

enum { STORY_KINDS = 10 };

struct story_kinds {
    Lienthong__ReportBody body;
    uint64_t imports[1];
    Lienthong__Unit units[3], *unit_list[3];
    Lienthong__Decision decision, *decision_list[1];
    Lienthong__Period year, event, school;
    Lienthong__Change changes[STORY_KINDS], *list[STORY_KINDS];
    Lienthong__Award award;
    Lienthong__Proposal proposal, refused;
    Lienthong__Movement movement;
    Lienthong__Pledge pledge, clusters;
    uint32_t members[2];
    Lienthong__Score score;
    Lienthong__Exemplar exemplar;
    Lienthong__Declaration declaration;
    Lienthong__ControlTotal total, *totals[1];
    Lienthong__RecordId withdrawn;
    Lienthong__Person person;
};

/* Of the units 1 is the author, 2 the cluster's lead, 3 one that has a first day. */
static void story_kinds_tables(struct story_kinds *k)
{
    static const char *const codes[] = {"807", "28162", "28201"};
    lienthong__report_body__init(&k->body);
    for (size_t i = 0; i < 3; i++) {
        lienthong__unit__init(&k->units[i]);
        k->units[i].code = story_text(codes[i]);
        k->unit_list[i] = &k->units[i];
    }
    k->units[2].valid_from = story_day(2020, 7, 1);
    lienthong__decision__init(&k->decision);
    k->decision.unit = 1;
    k->decision.level = LIENTHONG__LEVEL__LEVEL_DISTRICT;
    k->decision.number = story_text("21/QĐ-UBND");
    k->decision.date = story_day(2020, 12, 25);
    k->decision.signatory = story_text("Chủ tịch");
    k->decision_list[0] = &k->decision;
    lienthong__period__init(&k->year);
    k->year.kind = LIENTHONG__PERIOD_KIND__PERIOD_YEAR;
    k->year.to = 2020;
    k->event = k->school = k->year;
    k->event.kind = LIENTHONG__PERIOD_KIND__PERIOD_EVENT;
    k->event.to = 0;
    k->event.day = story_day(2020, 10, 18);
    k->school.kind = LIENTHONG__PERIOD_KIND__PERIOD_SCHOOL_YEAR;
    k->school.from = 2019;
    k->imports[0] = UINT64_C(0x8877665544332211);
    k->body.imports = k->imports;
    k->body.units = k->unit_list;
    k->body.decisions = k->decision_list;
    k->body.changes = k->list;
    k->body.n_imports = k->body.n_decisions = 1;
    k->body.n_units = 3;
    k->body.n_changes = STORY_KINDS;
    k->body.signed_at = 1609459200;
}

static void story_kinds_awards(struct story_kinds *k)
{
    lienthong__award__init(&k->award);
    k->award.code = story_text("GK");
    k->award.decision = 1;
    k->award.period = &k->event;
    k->award.type = LIENTHONG__AWARD_TYPE__TYPE_AD_HOC;
    k->award.recipient = LIENTHONG__RECIPIENT__RECIPIENT_INDIVIDUAL;
    k->award.category = LIENTHONG__CATEGORY__CATEGORY_MANAGER;
    k->award.sex = LIENTHONG__SEX__SEX_MALE;
    k->award.posthumous = true;
    k->award.place = 3;
    k->award.field = story_text("Cứu nạn");
    k->award.movement = story_text("NTM");
    k->award.status = LIENTHONG__STATUS__STATUS_DECIDED;
    k->award.submitted_by = LIENTHONG__LEVEL__LEVEL_PROVINCE;
    k->award.note = story_text("dòng một\ndòng hai");
    lienthong__proposal__init(&k->proposal);
    k->proposal.submitter = 1;
    k->proposal.number = story_text("02/TTr-UBND");
    k->proposal.date = story_day(2020, 11, 2);
    k->proposal.code = story_text("LDTT");
    k->proposal.period = &k->school;
    k->proposal.recipient = LIENTHONG__RECIPIENT__RECIPIENT_COLLECTIVE;
    k->proposal.place = 2;
    k->proposal.outcome = LIENTHONG__OUTCOME__OUTCOME_DECIDED;
    k->proposal.quantity = 4;
    k->proposal.decision = 1;
    k->proposal.field = story_text("Giáo dục");
    k->proposal.movement = story_text("NTM");
    k->proposal.note = story_text("xét chung");
    k->proposal.type = LIENTHONG__AWARD_TYPE__TYPE_MERIT;
    k->refused = k->proposal;
    k->refused.number = story_text("03/TTr-UBND");
    k->refused.outcome = LIENTHONG__OUTCOME__OUTCOME_REFUSED;
    k->refused.decision = 0;
}

static void story_kinds_emulation(struct story_kinds *k)
{
    lienthong__movement__init(&k->movement);
    k->movement.code = story_text("XDM");
    k->movement.name = story_text("Xây dựng nông thôn mới");
    k->movement.launcher = 1;
    k->movement.level = LIENTHONG__LEVEL__LEVEL_DISTRICT;
    k->movement.scope = LIENTHONG__MOVEMENT_SCOPE__SCOPE_UNIT;
    k->movement.from = story_day(2020, 2, 1);
    k->movement.to = story_day(2020, 11, 30);
    k->movement.thematic = true;
    k->movement.implements = story_text("NTM");
    k->movement.field = story_text("Nông nghiệp");
    k->movement.note = story_text("giai đoạn một");
    k->movement.year = 2020;
    lienthong__pledge__init(&k->pledge);
    lienthong__pledge__init(&k->clusters);
    k->pledge.cluster = story_text("CUM1");
    k->pledge.year = 2020;
    k->pledge.theme = story_text("Đoàn kết");
    k->members[0] = 2;
    k->members[1] = 3;
    k->pledge.members = k->members;
    k->pledge.n_members = 2;
    k->pledge.lead = 2;
    k->pledge.note = story_text("ký tại huyện");
    k->clusters.year = 2020;
    k->clusters.quantity = 5;
    lienthong__score__init(&k->score);
    k->score.cluster = story_text("CUM1");
    k->score.year = 2020;
    k->score.movement = story_text("NTM");
    k->score.member = 2;
    k->score.managing = 1;
    k->score.has_self = k->score.has_verified = k->score.has_final = true;
    k->score.self_scored = 98000;
    k->score.verified = 96000;
    k->score.final = 95793;
    k->score.bonus = 200;
    k->score.penalty = 150;
    k->score.rank = 1;
    k->score.note = story_text("đã thẩm định");
}

static void story_kinds_rest(struct story_kinds *k)
{
    lienthong__exemplar__init(&k->exemplar);
    k->exemplar.model = story_text("Mô hình số 1");
    k->exemplar.recipient = LIENTHONG__RECIPIENT__RECIPIENT_COLLECTIVE;
    k->exemplar.field = story_text("Giáo dục");
    k->exemplar.period = &k->year;
    k->exemplar.place = 2;
    k->exemplar.quantity = 2;
    k->exemplar.movement = story_text("NTM");
    k->exemplar.note = story_text("nhân rộng");
    lienthong__control_total__init(&k->total);
    k->total.kind = LIENTHONG__RECORD_KIND__KIND_AWARD;
    k->total.code = story_text("GK");
    k->total.recipient = LIENTHONG__RECIPIENT__RECIPIENT_INDIVIDUAL;
    k->total.quantity = 11;
    k->totals[0] = &k->total;
    lienthong__declaration__init(&k->declaration);
    k->declaration.kind = LIENTHONG__RECORD_KIND__KIND_AWARD;
    k->declaration.period = &k->year;
    k->declaration.totals = k->totals;
    k->declaration.n_totals = 1;
    k->declaration.note = story_text("đã đối chiếu");
    lienthong__person__init(&k->person);
    k->person.name = story_text("Cá nhân 0010");
    k->person.workplace = story_text("Trường Tiểu học số 1");
    k->person.position = story_text("Giáo viên");
}

/* By 807, which also takes back what it told second. */
static void story_all_kinds(struct story *story)
{
    struct story_kinds *k = calloc(1, sizeof *k);
    const uint8_t salt[32] = {2};
    uint8_t *personal;
    size_t size;
    struct lt_hash root;
    if (k == NULL)
        abort();
    story_kinds_tables(k);
    story_kinds_awards(k);
    story_kinds_emulation(k);
    story_kinds_rest(k);
    for (size_t i = 0; i < STORY_KINDS; i++) {
        lienthong__change__init(&k->changes[i]);
        k->changes[i].import = 1;
        k->changes[i].row = (uint32_t)i + 2;
        k->list[i] = &k->changes[i];
    }
    k->changes[0].award = &k->award;
    k->changes[1].proposal = &k->proposal;
    k->changes[2].movement = &k->movement;
    k->changes[3].pledge = &k->pledge;
    k->changes[4].pledge = &k->clusters;
    k->changes[5].score = &k->score;
    k->changes[6].exemplar = &k->exemplar;
    k->changes[7].declaration = &k->declaration;
    lienthong__record_id__init(&k->withdrawn);
    k->withdrawn.update = story_span(&story->tip[world_find(&story->world, "807")], 32);
    k->withdrawn.index = 1;
    k->changes[8].proposal = &k->refused;
    k->changes[9].op = LIENTHONG__OP__OP_WITHDRAW;
    k->changes[9].record = &k->withdrawn;
    k->changes[9].reason = story_text("của xã\nkhai");
    const Lienthong__Person *persons[STORY_KINDS] = {&k->person};
    if (lt_personal_make(persons, STORY_KINDS, salt, &personal, &size, &root) != LT_OK)
        abort();
    k->body.personal_root = story_span(&root, 32);
    story_tell_body(story, "807", 1, &k->body.base, (struct lt_bytes){personal, size});
    free(personal);
    free(k);
}

/* By 11002, of the other province: each type of award, and each value that is not told elsewhere. */
static void story_all_values(struct story *story)
{
    enum { AWARDS = LIENTHONG__AWARD_TYPE__TYPE_RESISTANCE };
    struct say says[AWARDS + 2];
    memset(says, 0, sizeof says);
    for (int i = 0; i < AWARDS; i++) {
        says[i] = (struct say){.number = "2/QĐ-UBND",
                               .date = story_day(2020, 3, 1),
                               .code = "GK",
                               .year = 2020,
                               .recipient = LIENTHONG__RECIPIENT__RECIPIENT_INDIVIDUAL,
                               .category = 1 + i % LIENTHONG__CATEGORY__CATEGORY_WORKER,
                               .type = i + 1,
                               .status = LIENTHONG__STATUS__STATUS_DECIDED,
                               .submitted = LIENTHONG__LEVEL__LEVEL_MINISTRY};
    }
    says[0].recipient = LIENTHONG__RECIPIENT__RECIPIENT_ENTERPRISE;
    for (int i = 0; i < 2; i++) {
        says[AWARDS + i] =
            (struct say){.launched = LIENTHONG__LEVEL__LEVEL_COMMUNE + i,
                         .scope = LIENTHONG__MOVEMENT_SCOPE__SCOPE_MINISTRY_LOCALITY + i,
                         .movement = i == 0 ? "Ngày chủ nhật xanh" : "Ngày pháp luật",
                         .year = 2020,
                         .from = story_day(2020, 1, 1)};
    }
    story_tell(story, "11002", says, AWARDS + 2);
}

/* A change with a field to come, and a body to come. */
static void story_to_come(struct story *story)
{
    Lienthong__ReportBody body;
    Lienthong__Change change, *list[1] = {&change};
    Lienthong__Period year;
    Lienthong__Award award;
    uint8_t one[1] = {1};
    ProtobufCMessageUnknownField to_come = {
        .tag = 2000, .wire_type = PROTOBUF_C_WIRE_TYPE_VARINT, .len = 1, .data = one};
    lienthong__report_body__init(&body);
    lienthong__change__init(&change);
    lienthong__period__init(&year);
    lienthong__award__init(&award);
    year.kind = LIENTHONG__PERIOD_KIND__PERIOD_YEAR;
    year.to = 2020;
    award.code = story_text("GK");
    award.recipient = LIENTHONG__RECIPIENT__RECIPIENT_HOUSEHOLD;
    award.period = &year;
    award.base.n_unknown_fields = 1;
    award.base.unknown_fields = &to_come;
    change.award = &award;
    body.changes = list;
    body.n_changes = 1;
    story_tell_body(story, "28165", 1, &body.base, (struct lt_bytes){NULL, 0});
    story_tell_body(story, "28165", STORY_BODY_TO_COME, &body.base, (struct lt_bytes){NULL, 0});
}

/* ---- Sealed names, another key, a unit that has ended ---- */

/* Names of 28201 are sealed; of the second update one was erased since. */
static void story_sealed(struct story *story)
{
    struct say says[2] = {story_award("GK", "Cá nhân 0011", 2),
                          story_award("GK", "Cá nhân 0012", 3)};
    says[0].workplace = "Trạm Y tế";
    says[0].position = "Y sĩ";
    says[1].category = LIENTHONG__CATEGORY__CATEGORY_LEADER_DEPARTMENT;
    story_tell(story, "28201", says, 2);
    story_seal(story);
    says[0].row = 4;
    says[1].row = 5;
    says[0].name = "Cá nhân 0013";
    says[1].name = "Cá nhân 0014";
    story_tell(story, "28201", says, 2);
    story_seal(story);
    story_erase(story, 0);
}

/* 28168 ended; its successor corrects what it told. */
static void story_heir(struct story *story)
{
    struct say told = story_award("GK", "Cá nhân 0007", 2);
    told.import = 77;
    story_tell(story, "28168", &told, 1);
    told.corrects = true;
    told.record = story->tip[world_find(&story->world, "28168")];
    told.import = 78;
    told.category = LIENTHONG__CATEGORY__CATEGORY_MANAGER;
    story_tell(story, "28165", &told, 1);
}

/* 28168 goes on telling when its chain is closed. */
static void story_after_the_end(struct story *story)
{
    struct say told = story_award("GK", "Cá nhân 0015", 3);
    told.import = 77;
    story_tell(story, "28168", &told, 1);
}

#endif
