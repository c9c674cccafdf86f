/* golden_story.h - how the golden set of a release is made: what a small province said, with fixed keys.
 *
 * Every kind of record and of directive, corrections, a fork that was healed, a correction by a successor, a key
 * that was revoked, an erased name, a change and a body that are not known, and receipts. Included by
 * golden_test.c only; read its comment before this is changed. */
#ifndef LT_GOLDEN_STORY_H
#define LT_GOLDEN_STORY_H

#include "tests/unit/hub_world.h"

enum { STORY_UPDATES_MAX = 32, STORY_RECEIPTS_MAX = 8, STORY_BODY_TO_COME = 1000000 };

struct story {
    struct world world;
    struct signed_update updates[STORY_UPDATES_MAX];
    size_t update_count;
    struct {
        uint8_t *bytes;
        size_t size;
    } receipts[STORY_RECEIPTS_MAX];
    size_t receipt_count;
    uint64_t seq[32];
    struct lt_hash tip[32];
    struct lt_hash cut,
        endorsed; /* of 28162's chain: what its revoked key signed up to here, and one more */
};

static lt_day story_day(int year, int month, int of_month)
{
    lt_day day = 0;
    if (lt_day_make(year, month, of_month, &day) != LT_OK)
        abort();
    return day;
}

static struct signed_update *story_next(struct story *story)
{
    if (story->update_count == STORY_UPDATES_MAX)
        abort();
    return &story->updates[story->update_count++];
}

static char *story_text(const char *text)
{
    return (char *)(uintptr_t)text;
}

/* ---- Reports ---- */

/* The next of a unit's chain. */
static void story_tell(struct story *story, const char *unit, const struct say *says, size_t count)
{
    const size_t at = world_find(&story->world, unit);
    struct signed_update *update = story_next(story);
    world_report(&story->world, at, &story->tip[at], story->seq[at] > 0, story->seq[at] + 1, says,
                 count, update);
    story->seq[at]++;
    story->tip[at] = update->arrival.update.id;
}

/* The same with a body made by hand. */
static void story_tell_body(struct story *story, const char *unit, uint32_t version,
                            const ProtobufCMessage *body)
{
    const size_t at = world_find(&story->world, unit);
    struct signed_update *update = story_next(story);
    struct world_unit *who = &story->world.units[at];
    struct lt_frame frame = {.chain = {LT_STREAM_REPORT, who->unit},
                             .seq = ++story->seq[at],
                             .parent_count = story->seq[at] > 1,
                             .parents[0] = story->tip[at],
                             .key = who->key,
                             .body_version = version};
    uint8_t bytes[4096];
    if (protobuf_c_message_get_packed_size(body) > sizeof bytes)
        abort();
    const size_t size = protobuf_c_message_pack(body, bytes);
    memset(update, 0, sizeof *update);
    if (lt_update_seal(&frame, (struct lt_bytes){bytes, size}, (struct lt_bytes){NULL, 0},
                       &who->secret, &update->bytes, &update->size, &story->tip[at]) != LT_OK)
        abort();
    const enum lt_result result = signed_read(update);
    if (result != LT_OK && result != LT_VERSION)
        abort();
}

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
         .quantity = 9},
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

/* A branch that does not know the other: parents are given. */
static struct lt_hash story_branch(struct story *story, const char *unit,
                                   const struct lt_hash *parents, size_t parent_count, uint64_t seq,
                                   const struct say *say)
{
    struct signed_update *update = story_next(story);
    world_report(&story->world, world_find(&story->world, unit), parents, parent_count, seq, say, 1,
                 update);
    return update->arrival.update.id;
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

/* What says of hub_world.h cannot say: a proposal, a score, and a change with a field to come. */
static void story_other_kinds(struct story *story)
{
    Lienthong__ReportBody body;
    Lienthong__Change changes[3], *list[3];
    Lienthong__Period year;
    Lienthong__Proposal proposal;
    Lienthong__Score score;
    Lienthong__Award award;
    Lienthong__Unit unit;
    Lienthong__Unit *units[1] = {&unit};
    uint8_t one[1] = {1};
    ProtobufCMessageUnknownField to_come = {
        .tag = 2000, .wire_type = PROTOBUF_C_WIRE_TYPE_VARINT, .len = 1, .data = one};
    lienthong__report_body__init(&body);
    lienthong__period__init(&year);
    lienthong__proposal__init(&proposal);
    lienthong__score__init(&score);
    lienthong__award__init(&award);
    lienthong__unit__init(&unit);
    year.kind = LIENTHONG__PERIOD_KIND__PERIOD_YEAR;
    year.to = 2020;
    unit.code = story_text("28165");
    proposal.code = story_text("LDTT");
    proposal.number = story_text("02/TTr-UBND");
    proposal.date = story_day(2020, 11, 2);
    proposal.period = &year;
    proposal.recipient = LIENTHONG__RECIPIENT__RECIPIENT_COLLECTIVE;
    proposal.note = story_text("dòng một\ndòng hai");
    score.cluster = story_text("CUM1");
    score.year = 2020;
    score.member = 1;
    score.has_self = score.has_verified = score.has_final = true;
    score.self_scored = 98000;
    score.verified = 96000;
    score.final = 95793;
    score.bonus = 200;
    score.penalty = 150;
    score.rank = 1;
    award.code = story_text("GK");
    award.recipient = LIENTHONG__RECIPIENT__RECIPIENT_HOUSEHOLD;
    award.period = &year;
    award.base.n_unknown_fields = 1;
    award.base.unknown_fields = &to_come;
    for (size_t i = 0; i < 3; i++) {
        lienthong__change__init(&changes[i]);
        list[i] = &changes[i];
    }
    changes[0].proposal = &proposal;
    changes[1].score = &score;
    changes[2].award = &award;
    body.units = units;
    body.n_units = 1;
    body.changes = list;
    body.n_changes = 3;
    body.signed_at = 1609459200;
    story_tell_body(story, "28165", 1, &body.base);
    story_tell_body(story, "28165", STORY_BODY_TO_COME, &body.base);
}

/* The personal part of 28162's first update with its second name erased, as docs/protocol.md says. */
static void story_erase(struct story *story, struct signed_update *update)
{
    struct lt_bytes whole = update->arrival.update.personal;
    const struct lt_update *open = &update->arrival.update;
    Lienthong__Personal *personal = lienthong__personal__unpack(NULL, whole.size, whole.data);
    Lienthong__Update outer;
    static uint8_t salts[512][32], leaf[32], part[4096];
    static const char context[] = "lienthong person v1";
    lienthong__update__init(&outer);
    (void)story;
    if (personal == NULL || personal->n_rows < 2 || personal->n_rows > 512)
        abort();
    for (size_t i = 0; i < personal->n_rows; i++) {
        Lienthong__PersonalRow *row = personal->rows[i];
        const uint8_t be[4] = {0, 0, 0, (uint8_t)row->change};
        crypto_generichash(salts[i], 32, be, 4, personal->salt.data, 32);
        if (i == 1) {
            crypto_generichash_state state;
            crypto_generichash_init(&state, salts[i], 32, 32);
            crypto_generichash_update(&state, (const uint8_t *)context, sizeof context);
            crypto_generichash_update(&state, be, 4);
            crypto_generichash_update(&state, row->person.data, row->person.len);
            crypto_generichash_final(&state, leaf, 32);
            free(row->person.data);
            row->person = (ProtobufCBinaryData){0, NULL};
            row->leaf = (ProtobufCBinaryData){32, leaf};
        } else {
            row->salt = (ProtobufCBinaryData){32, salts[i]};
        }
    }
    free(personal->salt.data);
    personal->salt = (ProtobufCBinaryData){0, NULL};
    const size_t size = lienthong__personal__pack(personal, part);
    outer.frame =
        (ProtobufCBinaryData){open->frame_bytes.size, (uint8_t *)(uintptr_t)open->frame_bytes.data};
    outer.signature = (ProtobufCBinaryData){64, (uint8_t *)(uintptr_t)open->signature.bytes};
    outer.body = (ProtobufCBinaryData){open->body.size, (uint8_t *)(uintptr_t)open->body.data};
    outer.personal = (ProtobufCBinaryData){size, part};
    uint8_t *bytes = malloc(lienthong__update__get_packed_size(&outer));
    if (bytes == NULL)
        abort();
    const size_t made = lienthong__update__pack(&outer, bytes);
    for (size_t i = 0; i < personal->n_rows; i++)
        personal->rows[i]->leaf = personal->rows[i]->salt = (ProtobufCBinaryData){0, NULL};
    lienthong__personal__free_unpacked(personal, NULL);
    signed_free(update);
    update->bytes = bytes;
    update->size = made;
    if (signed_read(update) != LT_OK)
        abort();
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

/* ---- Directives ---- */

static void story_direct(struct story *story, Lienthong__Directive *items, size_t count)
{
    Lienthong__Directive *list[16];
    for (size_t i = 0; i < count; i++)
        list[i] = &items[i];
    world_direct(&story->world, list, count, story_next(story));
}

/* Units and pieces that items point to; they stay where they are. */
struct story_pieces {
    Lienthong__Unit top, district, commune, ended, heir, hub;
    Lienthong__Unit *members[2];
    Lienthong__Period year;
    Lienthong__Chain chain;
    Lienthong__ChainTips tips, *cut[1];
    ProtobufCBinaryData first[1];
};

static void story_pieces(struct story *story, struct story_pieces *p)
{
    struct {
        Lienthong__Unit *unit;
        const char *code;
    } units[] = {{&p->top, "VN"},      {&p->district, "807"}, {&p->commune, "28162"},
                 {&p->ended, "28168"}, {&p->heir, "28165"},   {&p->hub, "80"}};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        lienthong__unit__init(units[i].unit);
        units[i].unit->code = story_text(units[i].code);
    }
    p->members[0] = &p->commune;
    p->members[1] = &p->heir;
    lienthong__period__init(&p->year);
    p->year.kind = LIENTHONG__PERIOD_KIND__PERIOD_YEAR;
    p->year.to = 2020;
    lienthong__chain__init(&p->chain);
    p->chain.stream = LIENTHONG__STREAM__STREAM_REPORT;
    p->chain.unit = &p->commune;
    p->first[0] = (ProtobufCBinaryData){32, story->cut.bytes};
    lienthong__chain_tips__init(&p->tips);
    p->tips.chain = &p->chain;
    p->tips.tips = p->first;
    p->tips.n_tips = 1;
    p->cut[0] = &p->tips;
}

/* What stands beside the tree. */
static void story_standing(struct story *story)
{
    struct story_pieces p;
    Lienthong__Directive items[6];
    Lienthong__ClusterEntry cluster;
    Lienthong__MovementEntry movement;
    Lienthong__Obligation obligation;
    Lienthong__UnitEntry ended;
    Lienthong__Succession succession;
    Lienthong__Notice notice;
    lienthong__cluster_entry__init(&cluster);
    lienthong__movement_entry__init(&movement);
    lienthong__obligation__init(&obligation);
    lienthong__unit_entry__init(&ended);
    lienthong__succession__init(&succession);
    lienthong__notice__init(&notice);
    story_pieces(story, &p);
    for (size_t i = 0; i < 6; i++)
        lienthong__directive__init(&items[i]);
    cluster.code = story_text("CUM1");
    cluster.name = story_text("Cụm thi đua số 1");
    cluster.level = LIENTHONG__LEVEL__LEVEL_DISTRICT;
    cluster.managing = &p.district;
    cluster.year = 2020;
    cluster.lead = &p.commune;
    cluster.members = p.members;
    cluster.n_members = 2;
    items[0].cluster = &cluster;
    movement.code = story_text("NTM");
    movement.name = story_text("Nông thôn mới");
    movement.launcher = &p.top;
    movement.scope = LIENTHONG__MOVEMENT_SCOPE__SCOPE_NATIONAL;
    movement.from = story_day(2011, 6, 8);
    items[1].movement = &movement;
    obligation.within = &p.hub;
    obligation.level = LIENTHONG__UNIT_LEVEL__UNIT_LEVEL_COMMUNE;
    obligation.period = &p.year;
    obligation.due = story_day(2021, 1, 15);
    items[2].obligation = &obligation;
    ended.unit = &p.ended;
    ended.parent = &p.district;
    ended.level = LIENTHONG__UNIT_LEVEL__UNIT_LEVEL_COMMUNE;
    ended.nature = LIENTHONG__NATURE__NATURE_ADMINISTRATIVE;
    ended.type = story_text("xa");
    ended.name = story_text("Xã 28168");
    ended.valid_to = story_day(2024, 12, 31);
    items[3].unit = &ended;
    succession.unit = &p.ended;
    succession.successor = &p.heir;
    succession.main = succession.whole = true;
    items[4].succession = &succession;
    notice.unit = &p.commune;
    notice.text = story_text("Hạn nộp: 15/01\nXin cảm ơn.");
    items[5].notice = &notice;
    story_direct(story, items, 6);
}

/* What names updates: a key that is revoked at a cut, a closing, a publication, a redaction, an endorsement. */
static void story_cuts(struct story *story)
{
    struct story_pieces p;
    Lienthong__Directive items[7];
    Lienthong__Revocation revocation;
    Lienthong__Closing closing;
    Lienthong__Publication publication;
    Lienthong__Redaction redaction;
    Lienthong__RecordId record;
    Lienthong__Endorsement endorsement;
    Lienthong__Move move;
    Lienthong__Versions versions;
    char *endpoints[1] = {story_text("tcp://hub.example:7100")};
    uint8_t curve[32] = {9};
    struct world_unit *who = &story->world.units[world_find(&story->world, "28162")];
    lienthong__revocation__init(&revocation);
    lienthong__closing__init(&closing);
    lienthong__publication__init(&publication);
    lienthong__redaction__init(&redaction);
    lienthong__record_id__init(&record);
    lienthong__endorsement__init(&endorsement);
    lienthong__move__init(&move);
    lienthong__versions__init(&versions);
    story_pieces(story, &p);
    for (size_t i = 0; i < 7; i++)
        lienthong__directive__init(&items[i]);
    revocation.unit = &p.commune;
    revocation.key = (ProtobufCBinaryData){32, who->key.bytes};
    revocation.cut = p.first;
    revocation.n_cut = 1;
    revocation.reason = story_text("máy bị mất");
    items[0].revocation = &revocation;
    closing.period = &p.year;
    closing.cut = p.cut;
    closing.n_cut = 1;
    closing.day = story_day(2021, 1, 31);
    items[1].closing = &closing;
    publication.name = story_text("TK 2020");
    publication.question = story_text("--place VN --year 2020 --by code");
    publication.figures = (ProtobufCBinaryData){2, (uint8_t *)story_text("{}")};
    publication.cut = p.cut;
    publication.n_cut = 1;
    publication.published_at = 1612000000;
    items[2].publication = &publication;
    record.update = p.first[0];
    redaction.record = &record;
    redaction.reason = story_text("theo yêu cầu");
    items[3].redaction = &redaction;
    endorsement.update = (ProtobufCBinaryData){32, story->endorsed.bytes};
    items[4].endorsement = &endorsement;
    move.unit = &p.heir;
    move.parent = &p.hub;
    move.endpoints = endpoints;
    move.n_endpoints = 1;
    move.curve_key = (ProtobufCBinaryData){32, curve};
    items[5].move = &move;
    versions.body = 1;
    items[6].versions = &versions;
    story_direct(story, items, 7);
}

/* ---- The whole ---- */

static void story_receipt(struct story *story, struct lt_ledger *ledger, const char *hub,
                          const char *unit, uint64_t number)
{
    const struct lt_chain chain = {LT_STREAM_REPORT, world_unit_of(unit)};
    struct world_unit *who = &story->world.units[world_find(&story->world, hub)];
    struct lt_statement statement;
    if (story->receipt_count == STORY_RECEIPTS_MAX ||
        lt_ledger_statement(ledger, &chain, &statement) != LT_OK)
        abort();
    statement.hub = who->unit;
    statement.incarnation = (struct lt_instance){{1, 2, 3}};
    statement.number = number;
    statement.key = who->key;
    statement.top = strcmp(hub, "VN") == 0;
    statement.signed_at = 1612345678;
    const size_t at = story->receipt_count++;
    if (lt_receipt_seal(&statement, &who->secret, &story->receipts[at].bytes,
                        &story->receipts[at].size) != LT_OK)
        abort();
}

static void story_receipts(struct story *story)
{
    char *dir = world_dir();
    struct lt_ledger *ledger = world_ledger(&story->world, dir, 0);
    for (size_t i = 0; i < story->update_count; i++)
        if (world_commit(ledger, &story->updates[i]) != LT_OK)
            abort();
    story_receipt(story, ledger, "807", "28162", 7);
    story_receipt(story, ledger, "VN", "28162", 41);
    story_receipt(story, ledger, "VN", "28165", 42);
    story_receipt(story, ledger, "VN", "807", 43);
    lt_ledger_close(ledger);
    world_remove(dir);
}

static void story_make(struct story *story)
{
    static const char *const titles[] = {"GK", "LDTT", "BK_TTG"};
    struct world_item grant;
    memset(story, 0, sizeof *story);
    world_small(&story->world);
    world_constitution(&story->world, story->world.unit_count, titles, 3, story_next(story));
    item_grant(&story->world, &grant, world_find(&story->world, "807"), true);
    grant.grant.root_signature = (ProtobufCBinaryData){0, NULL}; /* granted, not rooted */
    story_direct(story, &grant.directive, 1);
    story_standing(story);
    story_district(story);
    const size_t names = story->update_count;
    story_commune(story);
    story_erase(story, &story->updates[names]);
    story_other_kinds(story);
    story_heir(story);
    const size_t commune = world_find(&story->world, "28162");
    const struct say late = story_award("GK", "Cá nhân 0008", 20);
    const struct say good = story_award("GK", "Cá nhân 0009", 21);
    story->cut = story->tip[commune];
    story_tell(story, "28162", &late, 1); /* by the key that is revoked */
    story_tell(story, "28162", &good, 1); /* too, and endorsed */
    story->endorsed = story->tip[commune];
    story_cuts(story);
    const struct say other = {.code = "GK",
                              .year = 2020,
                              .recipient = 4,
                              .status = 1,
                              .quantity = 4,
                              .date = story_day(2020, 6, 1),
                              .number = "1/QĐ-UBND"};
    story_tell(story, "10999", &other, 1); /* of another province */
    story_receipts(story);
}

static void story_free(struct story *story)
{
    for (size_t i = 0; i < story->update_count; i++)
        signed_free(&story->updates[i]);
    for (size_t i = 0; i < story->receipt_count; i++)
        free(story->receipts[i].bytes);
    world_free(&story->world);
}

#endif
