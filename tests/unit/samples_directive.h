/* samples_directive.h - a directive with items of many kinds. */
#ifndef LT_SAMPLES_DIRECTIVE_H
#define LT_SAMPLES_DIRECTIVE_H

#include "tests/unit/samples.h"

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

#endif
