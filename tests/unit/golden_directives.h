/* golden_directives.h - what the hubs of golden_story.h direct: every kind of item with every field. */
#ifndef LT_GOLDEN_DIRECTIVES_H
#define LT_GOLDEN_DIRECTIVES_H

#include "tests/unit/golden_teller.h"

/* Units and pieces that items point to. */
struct story_pieces {
    Lienthong__Unit top, province, district, ended, heir, commune, rotated, young;
    Lienthong__Period year, quarter;
    char *endpoints[2];
    uint8_t curve[32];
};

static void story_pieces(struct story_pieces *p)
{
    struct {
        Lienthong__Unit *unit;
        const char *code;
    } units[] = {{&p->top, "VN"},      {&p->province, "80"},  {&p->district, "807"},
                 {&p->ended, "28168"}, {&p->heir, "28165"},   {&p->commune, "28162"},
                 {&p->young, "28201"}, {&p->rotated, "28159"}};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        lienthong__unit__init(units[i].unit);
        units[i].unit->code = story_text(units[i].code);
    }
    p->young.valid_from = story_day(2020, 7, 1);
    lienthong__period__init(&p->year);
    p->year.kind = LIENTHONG__PERIOD_KIND__PERIOD_YEAR;
    p->year.to = 2020;
    p->quarter = p->year;
    p->quarter.kind = LIENTHONG__PERIOD_KIND__PERIOD_QUARTER;
    p->quarter.from = 4;
    p->endpoints[0] = story_text("tcp://hub.example:7100");
    p->endpoints[1] = story_text("tcp://[2001:db8::1]:7100");
    memset(p->curve, 9, sizeof p->curve);
}

static void story_items(Lienthong__Directive *items, size_t count)
{
    for (size_t i = 0; i < count; i++)
        lienthong__directive__init(&items[i]);
}

/* ---- The tree and its catalogue ---- */

/* A title with all that may be said of one, a unit that has ended, and who follows it. */
static void story_catalogue(struct story *story)
{
    struct story_pieces p;
    Lienthong__Directive items[3];
    Lienthong__TitleEntry title;
    Lienthong__UnitEntry ended;
    Lienthong__Succession succession;
    Lienthong__Recipient recipients[] = {LIENTHONG__RECIPIENT__RECIPIENT_INDIVIDUAL,
                                         LIENTHONG__RECIPIENT__RECIPIENT_HOUSEHOLD};
    Lienthong__Level levels[] = {LIENTHONG__LEVEL__LEVEL_STATE, LIENTHONG__LEVEL__LEVEL_PROVINCE};
    story_pieces(&p);
    story_items(items, 3);
    lienthong__title_entry__init(&title);
    title.code = story_text("HC_THU");
    title.name = story_text("Huân chương thử");
    title.name_en = story_text("Trial order");
    title.form = true;
    title.recipients = recipients;
    title.n_recipients = 2;
    title.levels = levels;
    title.n_levels = 2;
    title.law = story_text("Luật 2003");
    title.valid_from = story_day(2004, 7, 1);
    title.valid_to = story_day(2023, 12, 31);
    items[0].title = &title;
    lienthong__unit_entry__init(&ended);
    ended.unit = &p.ended;
    ended.parent = &p.district;
    ended.level = LIENTHONG__UNIT_LEVEL__UNIT_LEVEL_COMMUNE;
    ended.nature = LIENTHONG__NATURE__NATURE_ADMINISTRATIVE;
    ended.type = story_text("xa");
    ended.name = story_text("Xã 28168");
    ended.valid_to = story_day(2024, 12, 31);
    items[1].unit = &ended;
    lienthong__succession__init(&succession);
    succession.unit = &p.ended;
    succession.successor = &p.heir;
    succession.main = succession.whole = true;
    items[2].succession = &succession;
    story_direct(story, "VN", items, 3);
}

/* What stands beside the tree. */
static void story_standing(struct story *story)
{
    struct story_pieces p;
    Lienthong__Directive items[5];
    Lienthong__ClusterEntry cluster;
    Lienthong__MovementEntry movement;
    Lienthong__Obligation described, named;
    Lienthong__Notice notice;
    Lienthong__Unit *members[2] = {&p.commune, &p.heir};
    story_pieces(&p);
    story_items(items, 5);
    lienthong__cluster_entry__init(&cluster);
    cluster.code = story_text("CUM1");
    cluster.name = story_text("Cụm thi đua số 1");
    cluster.level = LIENTHONG__LEVEL__LEVEL_DISTRICT;
    cluster.managing = &p.district;
    cluster.year = 2020;
    cluster.lead = &p.commune;
    cluster.members = members;
    cluster.n_members = 2;
    items[0].cluster = &cluster;
    lienthong__movement_entry__init(&movement);
    movement.code = story_text("NTM");
    movement.name = story_text("Nông thôn mới");
    movement.launcher = &p.top;
    movement.scope = LIENTHONG__MOVEMENT_SCOPE__SCOPE_NATIONAL;
    movement.from = story_day(2011, 6, 8);
    movement.to = story_day(2025, 12, 31);
    movement.thematic = true;
    movement.implements = story_text("TDYN");
    items[1].movement = &movement;
    lienthong__obligation__init(&described);
    described.within = &p.province;
    described.level = LIENTHONG__UNIT_LEVEL__UNIT_LEVEL_COMMUNE;
    described.nature = LIENTHONG__NATURE__NATURE_ADMINISTRATIVE;
    described.kind = LIENTHONG__RECORD_KIND__KIND_AWARD;
    described.period = &p.year;
    described.due = story_day(2021, 1, 15);
    items[2].obligation = &described;
    named = described;
    named.unit = &p.young;
    named.exempt = true;
    items[3].obligation = &named;
    lienthong__notice__init(&notice);
    notice.unit = &p.commune;
    notice.text = story_text("Hạn nộp: 15/01\nXin cảm ơn.");
    items[4].notice = &notice;
    story_direct(story, "VN", items, 5);
}

/* Of each kind of record, for a month or a half; of each nature. */
static void story_obligations(struct story *story)
{
    enum { COUNT = LIENTHONG__RECORD_KIND__KIND_DECLARATION };
    struct story_pieces p;
    Lienthong__Directive items[COUNT];
    Lienthong__Obligation owed[COUNT];
    Lienthong__Period periods[2];
    story_pieces(&p);
    story_items(items, COUNT);
    periods[0] = periods[1] = p.quarter;
    periods[0].kind = LIENTHONG__PERIOD_KIND__PERIOD_MONTH;
    periods[0].from = 11;
    periods[1].kind = LIENTHONG__PERIOD_KIND__PERIOD_HALF;
    periods[1].from = 2;
    for (size_t i = 0; i < COUNT; i++) {
        lienthong__obligation__init(&owed[i]);
        owed[i].kind = (Lienthong__RecordKind)(i + 1);
        owed[i].nature = (Lienthong__Nature)(i % (LIENTHONG__NATURE__NATURE_FORCES + 1));
        owed[i].level = LIENTHONG__UNIT_LEVEL__UNIT_LEVEL_BASE;
        owed[i].period = &periods[i % 2];
        owed[i].due = story_day(2021, 2, 1);
        items[i].obligation = &owed[i];
    }
    story_direct(story, "VN", items, COUNT);
}

/* ---- Hubs and machines ---- */

static void story_grant(struct story *story, const char *unit, bool hub, struct world_item *item)
{
    item_grant(&story->world, item, world_find(&story->world, unit), false);
    item->grant.role = hub ? LIENTHONG__ROLE__ROLE_HUB : LIENTHONG__ROLE__ROLE_AGENT;
}

/* The hub of 807; the unit 28201, whose machine that hub lets in and the top countersigns. */
static void story_district_hub(struct story *story)
{
    const struct lt_box_pair machine = golden_machine();
    struct world_item hub, unit, agent;
    story_grant(story, "807", true, &hub);
    story_direct(story, "VN", &hub.directive, 1);
    story_grant(story, "28201", false, &agent);
    agent.grant.curve_key = story_span(machine.public_key, 32);
    story_direct(story, "807", &agent.directive, 1);
    item_unit(&unit, &story->world.units[world_find(&story->world, "28201")]);
    Lienthong__Directive both[2] = {unit.directive, agent.directive};
    story_direct(story, "VN", both, 2);
}

/* 807 has names of 28201 sealed to it, hands the unit's key to its machine, leaves those of 28159 open, and is
 * itself the second parent of who waits. */
static void story_boxes(struct story *story)
{
    const struct lt_box_pair hub = golden_hub_box(), machine = golden_machine();
    struct story_pieces p;
    struct lt_box_pair box;
    uint8_t secret[LT_SEALED_KEY_BYTES];
    Lienthong__Directive items[5];
    Lienthong__Sealing sealing, open;
    Lienthong__UnitBox told, handed;
    Lienthong__Fallback fallback;
    story_pieces(&p);
    story_items(items, 5);
    lt_box_of_unit(&hub, &story->world.units[world_find(&story->world, "28201")].unit, &box);
    golden_dice_begin(0);
    lt_box_hand(&box, machine.public_key, secret);
    golden_dice_end();
    lienthong__sealing__init(&sealing);
    sealing.within = &p.young;
    sealing.hub = &p.district;
    sealing.box_key = story_span(hub.public_key, 32);
    items[0].sealing = &sealing;
    lienthong__sealing__init(&open);
    open.within = &p.rotated;
    open.open = true;
    items[1].sealing = &open;
    lienthong__unit_box__init(&told);
    told.unit = &p.young;
    told.box_key = story_span(box.public_key, 32);
    told.hub_key = story_span(hub.public_key, 32);
    items[2].unit_box = &told;
    handed = told;
    handed.machine = story_span(machine.public_key, 32);
    handed.secret = story_span(secret, sizeof secret);
    items[3].unit_box = &handed;
    lienthong__fallback__init(&fallback);
    fallback.endpoints = p.endpoints;
    fallback.n_endpoints = 2;
    fallback.curve_key = story_span(p.curve, 32);
    fallback.after_s = 86400;
    items[4].fallback = &fallback;
    story_direct(story, "807", items, 5);
}

/* 28159 changes its key for another: the one before asks for it, and is ended at what it has signed. */
static void story_rotate(struct story *story)
{
    const size_t at = world_find(&story->world, "28159");
    struct world_unit *who = &story->world.units[at];
    const struct lt_key previous = who->key;
    const struct lt_secret former = who->secret;
    struct lt_signature signature;
    struct world_item grant;
    Lienthong__Directive items[2];
    Lienthong__Revocation revocation;
    ProtobufCBinaryData cut[1] = {story_span(&story->tip[at], 32)};
    struct lt_rotation rotation = {.unit = who->unit, .role = LIENTHONG__ROLE__ROLE_AGENT};
    world_key("28159 again", &who->key, &who->secret);
    rotation.key = who->key;
    memset(rotation.curve_key, 8, sizeof rotation.curve_key);
    lt_rotation_sign(&rotation, &former, &signature);
    story_grant(story, "28159", false, &grant);
    grant.grant.curve_key = story_span(rotation.curve_key, 32);
    grant.grant.previous_key = story_span(&previous, 32);
    grant.grant.previous_signature = story_span(&signature, 64);
    items[0] = grant.directive;
    lienthong__revocation__init(&revocation);
    revocation.unit = &grant.unit;
    revocation.key = story_span(&previous, 32);
    revocation.cut = cut;
    revocation.n_cut = 1;
    lienthong__directive__init(&items[1]);
    items[1].revocation = &revocation;
    story_direct(story, "VN", items, 2);
}

/* The recovery key puts other keys in the place of the root's and its own; the new root signs the top's key. */
static void story_root(struct story *story)
{
    const struct world_unit *top = &story->world.units[0];
    struct lt_secret recovery, root2, unused;
    struct lt_key known;
    struct lt_roots next;
    struct lt_signature replaced, rooted;
    struct world_item grant;
    Lienthong__Directive items[2];
    Lienthong__RootEntry entry;
    world_key("recovery", &known, &recovery);
    world_key("root 2", &next.root, &root2);
    world_key("recovery 2", &next.recovery, &unused);
    lt_root_replace(&top->unit, &next, &recovery, &replaced);
    lt_root_sign(&top->unit, &top->key, &root2, &rooted);
    story_items(items, 1);
    lienthong__root_entry__init(&entry);
    entry.root_key = story_span(&next.root, 32);
    entry.recovery_key = story_span(&next.recovery, 32);
    entry.signature = story_span(&replaced, 64);
    items[0].root = &entry;
    story_grant(story, "VN", true, &grant);
    grant.grant.root_signature = story_span(&rooted, 64);
    items[1] = grant.directive;
    story_direct(story, "VN", items, 2);
}

/* Of the second root's key for releases: for one in ten machines. */
static void story_release(struct story *story)
{
    struct lt_key root, key;
    struct lt_secret root_secret, secret;
    struct lt_signature signature, rooted;
    struct lt_release release = {.number = 12, .version = "0.1.1", .format = 1, .file_count = 1};
    uint8_t manifest[LT_MANIFEST_BYTES_MAX];
    size_t size;
    Lienthong__Directive items[1];
    Lienthong__Release told;
    world_key("root 2", &root, &root_secret);
    world_key("releases", &key, &secret);
    strcpy(release.files[0].system, "linux-x86_64");
    release.files[0].size = 3;
    lt_hash_of("abc", 3, &release.files[0].hash);
    assert_int_equal(lt_release_pack(&release, manifest, &size), LT_OK);
    lt_release_sign((struct lt_bytes){manifest, size}, &secret, &signature);
    lt_release_key_sign(&key, 1, &root_secret, &rooted);
    story_items(items, 1);
    lienthong__release__init(&told);
    told.manifest = story_span(manifest, size);
    told.signature = story_span(&signature, 64);
    told.key = story_span(&key, 32);
    told.serial = 1;
    told.root_signature = story_span(&rooted, 64);
    told.percent = 10;
    items[0].release = &told;
    story_direct(story, "VN", items, 1);
}

/* ---- What names updates ---- */

/* A key that is revoked at a cut, an update of it that counts all the same, and a record whose name is erased. */
static void story_revoke(struct story *story)
{
    struct story_pieces p;
    Lienthong__Directive items[3];
    Lienthong__Revocation revocation;
    Lienthong__Endorsement endorsement;
    Lienthong__Redaction redaction;
    Lienthong__RecordId record;
    ProtobufCBinaryData cut[1] = {story_span(&story->cut, 32)};
    story_pieces(&p);
    story_items(items, 3);
    lienthong__revocation__init(&revocation);
    revocation.unit = &p.commune;
    revocation.key = story_span(&story->world.units[world_find(&story->world, "28162")].key, 32);
    revocation.cut = cut;
    revocation.n_cut = 1;
    revocation.reason = story_text("máy bị mất");
    items[0].revocation = &revocation;
    lienthong__endorsement__init(&endorsement);
    endorsement.update = story_span(&story->endorsed, 32);
    items[1].endorsement = &endorsement;
    lienthong__record_id__init(&record);
    record.update = story_span(&story->tip[world_find(&story->world, "28201")], 32);
    record.index = 1;
    lienthong__redaction__init(&redaction);
    redaction.record = &record;
    redaction.reason = story_text("theo yêu cầu");
    items[2].redaction = &redaction;
    story_direct(story, "VN", items, 3);
}

/* The report chain of a unit in a cut, as far as it goes now. */
struct story_cut {
    Lienthong__Chain chain;
    Lienthong__ChainTips tips, *list[1];
    ProtobufCBinaryData hashes[1];
};

static void story_cut(const struct story *story, Lienthong__Unit *unit, struct story_cut *cut)
{
    lienthong__chain__init(&cut->chain);
    cut->chain.stream = LIENTHONG__STREAM__STREAM_REPORT;
    cut->chain.unit = unit;
    lienthong__chain_tips__init(&cut->tips);
    cut->tips.chain = &cut->chain;
    cut->hashes[0] = story_span(&story->tip[world_find(&story->world, unit->code)], 32);
    cut->tips.tips = cut->hashes;
    cut->tips.n_tips = 1;
    cut->list[0] = &cut->tips;
}

/* A closing in two parts; a chain that is closed by its succession, and another succession that is none. */
static void story_close(struct story *story)
{
    struct story_pieces p;
    struct story_cut cuts[2];
    Lienthong__Directive items[4];
    Lienthong__Closing closings[2];
    Lienthong__Succession closed, withdrawn;
    story_pieces(&p);
    story_items(items, 4);
    story_cut(story, &p.rotated, &cuts[0]);
    story_cut(story, &p.commune, &cuts[1]);
    for (uint32_t i = 0; i < 2; i++) {
        lienthong__closing__init(&closings[i]);
        closings[i].place = &p.district;
        closings[i].kind = LIENTHONG__RECORD_KIND__KIND_AWARD;
        closings[i].period = &p.quarter;
        closings[i].cut = cuts[i].list;
        closings[i].n_cut = 1;
        closings[i].part = i + 1;
        closings[i].parts = 2;
        closings[i].day = story_day(2021, 1, 31);
        items[i].closing = &closings[i];
    }
    struct story_cut end;
    story_cut(story, &p.ended, &end);
    lienthong__succession__init(&closed);
    closed.unit = &p.ended;
    closed.successor = &p.heir;
    closed.main = closed.whole = closed.closed = true;
    closed.cut = end.hashes;
    closed.n_cut = 1;
    items[2].succession = &closed;
    lienthong__succession__init(&withdrawn);
    withdrawn.unit = &p.ended;
    withdrawn.successor = &p.rotated;
    withdrawn.withdrawn = true;
    items[3].succession = &withdrawn;
    story_direct(story, "VN", items, 4);
}

/* Machines that go to another parent, of which one has come there; the version that everybody may write. */
static void story_move(struct story *story)
{
    struct story_pieces p;
    Lienthong__Directive items[3];
    Lienthong__Move leaving, arrived;
    Lienthong__Versions versions;
    story_pieces(&p);
    story_items(items, 3);
    lienthong__move__init(&leaving);
    leaving.unit = &p.heir;
    leaving.parent = &p.province;
    leaving.endpoints = p.endpoints;
    leaving.n_endpoints = 2;
    leaving.curve_key = story_span(p.curve, 32);
    items[0].move = &leaving;
    arrived = leaving;
    arrived.unit = &p.rotated;
    arrived.arrived = true;
    items[1].move = &arrived;
    lienthong__versions__init(&versions);
    versions.body = 1;
    items[2].versions = &versions;
    story_direct(story, "VN", items, 3);
}

#endif
