/* samples.h - fixed keys and fixed messages from which the tests of proto/ make updates.
 *
 * Messages are made in one struct each, whose pointers stay within it. Persons are placeholders. */
#ifndef LT_SAMPLES_H
#define LT_SAMPLES_H

#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/message.h"

#define SAMPLE_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Ed25519 pair of the seed `first`, `first` + 1, … (32 bytes). */
static inline void sample_key(uint8_t first, struct lt_key *ret_key, struct lt_secret *ret_secret)
{
    uint8_t seed[32];
    for (unsigned i = 0; i < sizeof(seed); i++)
        seed[i] = (uint8_t)(first + i);
    crypto_sign_seed_keypair(ret_key->bytes, ret_secret->bytes, seed);
}

/* `size` bytes `first`, `first` + 1, … */
static inline void sample_bytes(uint8_t first, uint8_t *ret_bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        ret_bytes[i] = (uint8_t)(first + i);
}

static inline ProtobufCBinaryData sample_span(uint8_t *bytes, size_t size)
{
    return (ProtobufCBinaryData){.len = size, .data = bytes};
}

/* Generated messages point at `char *`; nobody writes there. */
static inline char *sample_text(const char *text)
{
    union {
        const char *from;
        char *to;
    } address = {.from = text};
    return address.to;
}

/* A first update's frame by key 0. */
static inline struct lt_frame sample_frame(enum lt_stream stream, const char *code)
{
    struct lt_frame frame = {.chain.stream = stream, .seq = 1, .body_version = LT_BODY_VERSION};
    struct lt_secret secret;
    const enum lt_result made = lt_unit_make(code, 0, &frame.chain.unit);
    assert(made == LT_OK);
    sample_key(0, &frame.key, &secret);
    sample_bytes(0x20, frame.instance.bytes, sizeof(frame.instance.bytes));
    return frame;
}

/* Packs, seals with key 0. The result is malloc'ed. */
static inline struct lt_bytes sample_seal(struct lt_frame *frame, const ProtobufCMessage *body,
                                          struct lt_bytes personal)
{
    struct lt_key key;
    struct lt_secret secret;
    struct lt_hash id;
    uint8_t *bytes = NULL;
    size_t size = 0;
    const size_t body_size = protobuf_c_message_get_packed_size(body);
    uint8_t *packed = malloc(body_size + 1);
    assert(packed);
    protobuf_c_message_pack(body, packed);
    sample_key(0, &key, &secret);
    const enum lt_result sealed = lt_update_seal(frame, (struct lt_bytes){packed, body_size},
                                                 personal, &secret, &bytes, &size, &id);
    assert(sealed == LT_OK);
    free(packed);
    return (struct lt_bytes){bytes, size};
}

static inline void sample_free(struct lt_bytes bytes)
{
    union {
        const uint8_t *from;
        void *to;
    } address = {.from = bytes.data};
    free(address.to);
}

/* ---- A report of named awards --------------------------------------------------------------- */

enum { SAMPLE_AWARDS_MAX = 4096 };

struct sample_awards {
    Lienthong__ReportBody body;
    Lienthong__Unit units[2];
    Lienthong__Unit *unit_list[2];
    Lienthong__Decision decision;
    Lienthong__Decision *decision_list[1];
    uint64_t imports[1];
    Lienthong__Change changes[SAMPLE_AWARDS_MAX];
    Lienthong__Change *change_list[SAMPLE_AWARDS_MAX];
    Lienthong__Award awards[SAMPLE_AWARDS_MAX];
    Lienthong__Period period;
    Lienthong__Person persons[SAMPLE_AWARDS_MAX];
    const Lienthong__Person *person_list[SAMPLE_AWARDS_MAX];
    char names[SAMPLE_AWARDS_MAX][24];
    struct lt_hash root;
    struct lt_bytes personal; /* malloc'ed */
};

/* `count` persons awarded by one decision; the first has position and workplace. malloc'ed. */
static inline struct sample_awards *sample_awards_new(size_t count)
{
    struct sample_awards *s = calloc(1, sizeof(*s));
    uint8_t salt[32], *personal = NULL;
    assert(s && count <= SAMPLE_AWARDS_MAX);
    lienthong__report_body__init(&s->body);
    for (int i = 0; i < 2; i++) {
        lienthong__unit__init(&s->units[i]);
        s->unit_list[i] = &s->units[i];
    }
    s->units[0].code = sample_text("807");
    s->units[1].code = sample_text("28114");
    s->units[1].valid_from = 12603; /* 2004-07-04 */
    lienthong__decision__init(&s->decision);
    s->decision.unit = 1;
    s->decision.level = LIENTHONG__LEVEL__LEVEL_DISTRICT;
    s->decision.number = sample_text("1234/QĐ-UBND");
    s->decision.date = 18627; /* 2020-12-31 */
    s->decision_list[0] = &s->decision;
    s->imports[0] = UINT64_C(0x0102030405060708);
    lienthong__period__init(&s->period);
    s->period.kind = LIENTHONG__PERIOD_KIND__PERIOD_YEAR;
    s->period.to = 2020;
    for (size_t i = 0; i < count; i++) {
        lienthong__change__init(&s->changes[i]);
        lienthong__award__init(&s->awards[i]);
        lienthong__person__init(&s->persons[i]);
        s->awards[i].code = sample_text("GK");
        s->awards[i].decision = 1;
        s->awards[i].period = &s->period;
        s->awards[i].type = LIENTHONG__AWARD_TYPE__TYPE_MERIT;
        s->awards[i].recipient = LIENTHONG__RECIPIENT__RECIPIENT_INDIVIDUAL;
        s->awards[i].place = 2;
        s->awards[i].status = LIENTHONG__STATUS__STATUS_DECIDED;
        s->changes[i].import = 1;
        s->changes[i].row = (uint32_t)i + 2;
        s->changes[i].award = &s->awards[i];
        s->change_list[i] = &s->changes[i];
        snprintf(s->names[i], sizeof(s->names[i]), "Cá nhân %04u", (unsigned)i + 1);
        s->persons[i].name = s->names[i];
        s->person_list[i] = &s->persons[i];
    }
    s->persons[0].workplace = sample_text("Trường Tiểu học số 1");
    s->persons[0].position = sample_text("Giáo viên");
    s->body.imports = s->imports;
    s->body.n_imports = 1;
    s->body.units = s->unit_list;
    s->body.n_units = 2;
    s->body.decisions = s->decision_list;
    s->body.n_decisions = 1;
    s->body.changes = s->change_list;
    s->body.n_changes = count;
    s->body.signed_at = 1609459200;
    sample_bytes(0x40, salt, sizeof(salt));
    const enum lt_result made =
        lt_personal_make(s->person_list, count, salt, &personal, &s->personal.size, &s->root);
    assert(made == LT_OK);
    s->personal.data = personal;
    s->body.personal_root = sample_span(s->root.bytes, sizeof(s->root.bytes));
    return s;
}

static inline void sample_awards_free(struct sample_awards *s)
{
    sample_free(s->personal);
    free(s);
}

/* The update of `count` awards by commune 28114, as wire bytes, malloc'ed. */
static inline struct lt_bytes sample_awards_update(size_t count)
{
    struct sample_awards *s = sample_awards_new(count);
    struct lt_frame frame = sample_frame(LT_STREAM_REPORT, "28114");
    const struct lt_bytes bytes = sample_seal(&frame, &s->body.base, s->personal);
    sample_awards_free(s);
    return bytes;
}

/* ---- A report with every kind of record, a retraction and a withdrawal ------------------------ */

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

/* ---- A directive with every kind of item ------------------------------------------------------ */

enum { SAMPLE_ITEMS = 13 };

struct sample_directive {
    Lienthong__DirectiveBody body;
    Lienthong__Directive items[SAMPLE_ITEMS];
    Lienthong__Directive *item_list[SAMPLE_ITEMS];
    Lienthong__Unit unit, parent;
    Lienthong__Unit *unit_list[1];
    Lienthong__UnitEntry entry;
    Lienthong__TitleEntry title;
    Lienthong__Recipient recipients[2];
    Lienthong__Level levels[1];
    Lienthong__Grant grant;
    Lienthong__Revocation revocation;
    Lienthong__Endorsement endorsement;
    Lienthong__ClusterEntry cluster;
    Lienthong__MovementEntry movement;
    Lienthong__Obligation obligation;
    Lienthong__Period period;
    Lienthong__Closing closing;
    Lienthong__ChainTips tips;
    Lienthong__ChainTips *tips_list[1];
    Lienthong__Chain chain;
    Lienthong__Redaction redaction;
    Lienthong__RecordId id;
    Lienthong__Notice notice;
    Lienthong__Move move;
    char *endpoints[1];
    Lienthong__Succession succession;
    uint8_t key[32], signature[64];
    ProtobufCBinaryData hashes[1];
};

static inline void sample_directive_first(struct sample_directive *s)
{
    lienthong__unit_entry__init(&s->entry);
    s->entry.unit = &s->unit;
    s->entry.parent = &s->parent;
    s->entry.level = LIENTHONG__UNIT_LEVEL__UNIT_LEVEL_COMMUNE;
    s->entry.type = sample_text("xa");
    s->entry.nature = LIENTHONG__NATURE__NATURE_ADMINISTRATIVE;
    s->entry.name = sample_text("Xã số 1");
    s->entry.valid_to = 20269; /* 2025-06-30 */
    lienthong__title_entry__init(&s->title);
    s->title.code = sample_text("GK");
    s->title.name = sample_text("Giấy khen");
    s->title.form = true;
    s->recipients[0] = LIENTHONG__RECIPIENT__RECIPIENT_COLLECTIVE;
    s->recipients[1] = LIENTHONG__RECIPIENT__RECIPIENT_INDIVIDUAL;
    s->title.recipients = s->recipients;
    s->title.n_recipients = 2;
    s->levels[0] = LIENTHONG__LEVEL__LEVEL_DISTRICT;
    s->title.levels = s->levels;
    s->title.n_levels = 1;
    lienthong__grant__init(&s->grant);
    s->grant.unit = &s->unit;
    s->grant.role = LIENTHONG__ROLE__ROLE_AGENT;
    s->grant.key = sample_span(s->key, sizeof(s->key));
    s->grant.curve_key = sample_span(s->key, sizeof(s->key));
    s->grant.root_signature = sample_span(s->signature, sizeof(s->signature));
    lienthong__revocation__init(&s->revocation);
    s->revocation.unit = &s->unit;
    s->revocation.key = sample_span(s->key, sizeof(s->key));
    s->revocation.cut = s->hashes;
    s->revocation.n_cut = 1;
    s->revocation.reason = sample_text("máy bị mất");
    lienthong__endorsement__init(&s->endorsement);
    s->endorsement.update = s->hashes[0];
    lienthong__cluster_entry__init(&s->cluster);
    s->cluster.code = sample_text("CUM1");
    s->cluster.managing = &s->parent;
    s->cluster.year = 2020;
    s->cluster.members = s->unit_list;
    s->cluster.n_members = 1;
    lienthong__movement_entry__init(&s->movement);
    s->movement.code = sample_text("NTM");
    s->movement.launcher = &s->parent;
}

static inline void sample_directive_rest(struct sample_directive *s)
{
    lienthong__obligation__init(&s->obligation);
    s->obligation.unit = &s->unit;
    s->obligation.kind = LIENTHONG__RECORD_KIND__KIND_AWARD;
    s->obligation.period = &s->period;
    s->obligation.due = 18975;
    lienthong__chain__init(&s->chain);
    s->chain.stream = LIENTHONG__STREAM__STREAM_REPORT;
    s->chain.unit = &s->unit;
    lienthong__chain_tips__init(&s->tips);
    s->tips.chain = &s->chain;
    s->tips.tips = s->hashes;
    s->tips.n_tips = 1;
    s->tips_list[0] = &s->tips;
    lienthong__closing__init(&s->closing);
    s->closing.period = &s->period;
    s->closing.cut = s->tips_list;
    s->closing.n_cut = 1;
    lienthong__record_id__init(&s->id);
    s->id.update = s->hashes[0];
    s->id.index = 7;
    lienthong__redaction__init(&s->redaction);
    s->redaction.record = &s->id;
    lienthong__notice__init(&s->notice);
    s->notice.unit = &s->unit;
    s->notice.text = sample_text("Hạn nộp: 15/12\nXin cảm ơn.");
    lienthong__move__init(&s->move);
    s->move.unit = &s->unit;
    s->endpoints[0] = sample_text("tcp://hub.example:7100");
    s->move.endpoints = s->endpoints;
    s->move.n_endpoints = 1;
    lienthong__succession__init(&s->succession);
    s->succession.unit = &s->unit;
    s->succession.successor = &s->parent;
    s->succession.cut = s->hashes;
    s->succession.n_cut = 1;
}

static inline struct sample_directive *sample_directive_new(void)
{
    struct sample_directive *s = calloc(1, sizeof(*s));
    assert(s);
    sample_bytes(0xa0, s->key, sizeof(s->key));
    sample_bytes(0xc0, s->signature, sizeof(s->signature));
    s->hashes[0] = sample_span(s->key, sizeof(s->key));
    lienthong__unit__init(&s->unit);
    s->unit.code = sample_text("28114");
    lienthong__unit__init(&s->parent);
    s->parent.code = sample_text("807");
    s->unit_list[0] = &s->unit;
    lienthong__period__init(&s->period);
    s->period.kind = LIENTHONG__PERIOD_KIND__PERIOD_YEAR;
    s->period.to = 2020;
    sample_directive_first(s);
    sample_directive_rest(s);
    for (int i = 0; i < SAMPLE_ITEMS; i++) {
        lienthong__directive__init(&s->items[i]);
        s->item_list[i] = &s->items[i];
    }
    s->items[0].unit = &s->entry;
    s->items[1].title = &s->title;
    s->items[2].grant = &s->grant;
    s->items[3].revocation = &s->revocation;
    s->items[4].endorsement = &s->endorsement;
    s->items[5].cluster = &s->cluster;
    s->items[6].movement = &s->movement;
    s->items[7].obligation = &s->obligation;
    s->items[8].closing = &s->closing;
    s->items[9].redaction = &s->redaction;
    s->items[10].notice = &s->notice;
    s->items[11].move = &s->move;
    s->items[12].succession = &s->succession;
    lienthong__directive_body__init(&s->body);
    s->body.items = s->item_list;
    s->body.n_items = SAMPLE_ITEMS;
    s->body.signed_at = 1609459200;
    return s;
}

static inline struct lt_bytes sample_directive_update(void)
{
    struct sample_directive *s = sample_directive_new();
    struct lt_frame frame = sample_frame(LT_STREAM_DIRECTIVE, "VN");
    const struct lt_bytes bytes = sample_seal(&frame, &s->body.base, (struct lt_bytes){NULL, 0});
    free(s);
    return bytes;
}

/* ---- A receipt ---------------------------------------------------------------------------------- */

static inline struct lt_statement sample_statement(void)
{
    struct lt_statement s = {
        .number = 41,
        .chain.stream = LT_STREAM_REPORT,
        .tip_count = 2,
        .count = 5,
        .key_count = 1,
        .quarantined = 1,
        .top = true,
        .signed_at = 1609459260,
    };
    struct lt_secret secret;
    const enum lt_result made = lt_unit_make("80", 0, &s.hub) == LT_OK
                                    ? lt_unit_make("28114", 12603, &s.chain.unit)
                                    : LT_MALFORMED;
    assert(made == LT_OK);
    sample_bytes(0x10, s.incarnation.bytes, sizeof(s.incarnation.bytes));
    sample_bytes(0x30, s.tips[0].bytes, sizeof(s.tips[0].bytes));
    sample_bytes(0x50, s.tips[1].bytes, sizeof(s.tips[1].bytes));
    sample_bytes(0x70, s.directives.bytes, sizeof(s.directives.bytes));
    sample_bytes(0x90, s.quarantine.bytes, sizeof(s.quarantine.bytes));
    sample_key(0, &s.keys[0], &secret);
    sample_key(0x20, &s.key, &secret);
    return s;
}

static inline struct lt_bytes sample_receipt(void)
{
    const struct lt_statement statement = sample_statement();
    struct lt_key key;
    struct lt_secret secret;
    uint8_t *bytes = NULL;
    size_t size = 0;
    sample_key(0x20, &key, &secret);
    const enum lt_result sealed = lt_receipt_seal(&statement, &secret, &bytes, &size);
    assert(sealed == LT_OK);
    return (struct lt_bytes){bytes, size};
}

#endif
