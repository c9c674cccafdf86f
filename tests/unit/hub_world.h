/* hub_world.h - a small country for tests of the hub's ledger: a tree, a catalogue, keys, and updates
 * that are really signed. Included by tests only; everything is static. */
#ifndef LT_TEST_HUB_WORLD_H
#define LT_TEST_HUB_WORLD_H

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hub/ledger.h"

#define WORLD_UNUSED __attribute__((unused))

#ifndef WORLD_UNITS_MAX
#define WORLD_UNITS_MAX 1200
#endif

struct world_unit {
    struct lt_unit unit;
    struct lt_unit parent;
    uint8_t level, nature;
    struct lt_key key;
    struct lt_secret secret;
};

struct world {
    struct lt_key root;
    struct lt_secret root_secret;
    size_t unit_count;
    struct world_unit *units; /* 0: the top */
    struct lt_hash directive_tip;
    uint64_t directive_seq;
};

/* One signed update with all that a worker would have read from it. */
struct signed_update {
    uint8_t *bytes;
    size_t size;
    struct lt_arena *arena;
    struct lt_arrival arrival;
};

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
    const char *code, *place, *field, *movement, *name;
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

static struct lt_unit world_unit_of(const char *code)
{
    struct lt_unit unit;
    if (lt_unit_make(code, 0, &unit) != LT_OK)
        abort();
    return unit;
}

static void world_key(const char *seed_text, struct lt_key *key, struct lt_secret *secret)
{
    uint8_t seed[32];
    crypto_generichash(seed, sizeof seed, (const uint8_t *)seed_text, strlen(seed_text), NULL, 0);
    crypto_sign_seed_keypair(key->bytes, secret->bytes, seed);
}

static void world_add(struct world *world, const char *code, const char *parent, int level)
{
    struct world_unit *unit = &world->units[world->unit_count++];
    if (world->unit_count > WORLD_UNITS_MAX)
        abort();
    memset(unit, 0, sizeof *unit);
    unit->unit = world_unit_of(code);
    if (parent != NULL)
        unit->parent = world_unit_of(parent);
    unit->level = (uint8_t)level;
    unit->nature = 1;
    world_key(code, &unit->key, &unit->secret);
}

WORLD_UNUSED static size_t world_find(const struct world *world, const char *code)
{
    for (size_t i = 0; i < world->unit_count; i++)
        if (strcmp(world->units[i].unit.code, code) == 0)
            return i;
    abort();
}

/* VN > 80 > 807 > 4 communes; VN > 30 > 297 > 2 communes. */
WORLD_UNUSED static void world_small(struct world *world)
{
    memset(world, 0, sizeof *world);
    world->units = calloc(WORLD_UNITS_MAX, sizeof *world->units);
    if (world->units == NULL || sodium_init() < 0)
        abort();
    world_key("root", &world->root, &world->root_secret);
    world_add(world, "VN", NULL, 1);
    world_add(world, "80", "VN", 2);
    world_add(world, "807", "80", 3);
    world_add(world, "28159", "807", 4);
    world_add(world, "28162", "807", 4);
    world_add(world, "28165", "807", 4);
    world_add(world, "28168", "807", 4);
    world_add(world, "30", "VN", 2);
    world_add(world, "297", "30", 3);
    world_add(world, "10999", "297", 4);
    world_add(world, "11002", "297", 4);
}

WORLD_UNUSED static void world_free(struct world *world)
{
    free(world->units);
}

WORLD_UNUSED static void signed_free(struct signed_update *update)
{
    free(update->bytes);
    if (update->arena != NULL)
        lt_arena_free(update->arena);
    memset(update, 0, sizeof *update);
}

/* As a worker does it. */
static enum lt_result signed_read(struct signed_update *update)
{
    struct lt_arrival *arrival = &update->arrival;
    memset(arrival, 0, sizeof *arrival);
    arrival->bytes = (struct lt_bytes){update->bytes, update->size};
    if (update->arena == NULL)
        update->arena = lt_arena_new(LT_UNPACK_BYTES_MAX);
    enum lt_result result = lt_update_open(arrival->bytes, &arrival->update);
    if (result == LT_OK)
        result = lt_update_verify(&arrival->update);
    if (result != LT_OK)
        return result;
    return arrival->update.frame.chain.stream == LT_STREAM_REPORT
               ? lt_report_read(&arrival->update, update->arena, &arrival->report)
               : lt_directive_read(&arrival->update, update->arena, &arrival->directive);
}

static void seal(struct lt_frame *frame, const ProtobufCMessage *body, struct lt_bytes personal,
                 const struct lt_secret *secret, struct signed_update *ret_update)
{
    struct lt_hash id;
    size_t size = protobuf_c_message_get_packed_size(body);
    uint8_t *bytes = malloc(size + 1);
    memset(ret_update, 0, sizeof *ret_update);
    if (bytes == NULL)
        abort();
    protobuf_c_message_pack(body, bytes);
    enum lt_result result = lt_update_seal(frame, (struct lt_bytes){bytes, size}, personal, secret,
                                           &ret_update->bytes, &ret_update->size, &id);
    free(bytes);
    if (result == LT_OK)
        result = signed_read(ret_update);
    if (result != LT_OK) {
        fprintf(stderr, "sealing: %s\n", lt_result_text(result));
        abort();
    }
}

/* ---- Directives ---- */

/* The top's next word: `count` items. */
WORLD_UNUSED static void world_direct(struct world *world, Lienthong__Directive **items,
                                      size_t count, struct signed_update *ret_update)
{
    Lienthong__DirectiveBody body = LIENTHONG__DIRECTIVE_BODY__INIT;
    struct lt_frame frame = {.chain = {LT_STREAM_DIRECTIVE, world->units[0].unit},
                             .seq = ++world->directive_seq,
                             .key = world->units[0].key,
                             .body_version = LT_BODY_VERSION};
    body.items = items;
    body.n_items = count;
    if (world->directive_seq > 1) {
        frame.parent_count = 1;
        frame.parents[0] = world->directive_tip;
    }
    seal(&frame, &body.base, (struct lt_bytes){NULL, 0}, &world->units[0].secret, ret_update);
    world->directive_tip = ret_update->arrival.update.id;
}

struct world_item {
    Lienthong__Directive directive;
    Lienthong__UnitEntry entry;
    Lienthong__Unit unit, parent;
    Lienthong__TitleEntry title;
    Lienthong__Grant grant;
    Lienthong__Revocation revocation;
    struct lt_signature signature;
    ProtobufCBinaryData cut[4];
};

static void item_init(struct world_item *item)
{
    memset(item, 0, sizeof *item);
    lienthong__directive__init(&item->directive);
    lienthong__unit_entry__init(&item->entry);
    lienthong__unit__init(&item->unit);
    lienthong__unit__init(&item->parent);
    lienthong__title_entry__init(&item->title);
    lienthong__grant__init(&item->grant);
    lienthong__revocation__init(&item->revocation);
}

WORLD_UNUSED static void item_unit(struct world_item *item, struct world_unit *unit)
{
    item_init(item);
    item->unit.code = unit->unit.code;
    item->unit.valid_from = unit->unit.valid_from;
    item->entry.unit = &item->unit;
    if (unit->parent.code[0] != '\0') {
        item->parent.code = unit->parent.code;
        item->parent.valid_from = unit->parent.valid_from;
        item->entry.parent = &item->parent;
    }
    item->entry.level = (Lienthong__UnitLevel)unit->level;
    item->entry.nature = (Lienthong__Nature)unit->nature;
    item->entry.name = unit->unit.code;
    item->directive.unit = &item->entry;
}

WORLD_UNUSED static void item_title(struct world_item *item, char *code)
{
    item_init(item);
    item->title.code = code;
    item->title.name = code;
    item->title.form = true;
    item->directive.title = &item->title;
}

WORLD_UNUSED static void item_grant(struct world *world, struct world_item *item, size_t unit,
                                    bool hub)
{
    struct world_unit *who = &world->units[unit];
    item_init(item);
    item->unit.code = who->unit.code;
    item->unit.valid_from = who->unit.valid_from;
    item->grant.unit = &item->unit;
    item->grant.role = hub ? LIENTHONG__ROLE__ROLE_HUB : LIENTHONG__ROLE__ROLE_AGENT;
    item->grant.key = (ProtobufCBinaryData){32, who->key.bytes};
    if (hub) {
        lt_root_sign(&who->unit, &who->key, &world->root_secret, &item->signature);
        item->grant.root_signature = (ProtobufCBinaryData){64, item->signature.bytes};
    }
    item->directive.grant = &item->grant;
}

/* The first directive: the top's own key, units[0..units), the catalogue, and everyone's keys. */
WORLD_UNUSED static void world_constitution(struct world *world, size_t units,
                                            const char *const *titles, size_t title_count,
                                            struct signed_update *ret_update)
{
    size_t count = 1 + 2 * units + title_count, at = 0;
    struct world_item *items = calloc(count, sizeof *items);
    Lienthong__Directive **list = calloc(count, sizeof(Lienthong__Directive *));
    if (items == NULL || list == NULL)
        abort();
    item_grant(world, &items[at++], 0, true);
    for (size_t i = 0; i < units; i++) {
        item_unit(&items[at++], &world->units[i]);
        item_grant(world, &items[at++], i, false);
    }
    for (size_t i = 0; i < title_count; i++)
        item_title(&items[at++], (char *)(uintptr_t)titles[i]);
    for (size_t i = 0; i < count; i++)
        list[i] = &items[i].directive;
    world_direct(world, list, count, ret_update);
    free(items);
    free(list);
}

/* ---- Reports ---- */

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

/* ---- A ledger in a folder of its own ---- */

WORLD_UNUSED static char *world_dir(void)
{
    char template[] = "/tmp/lt_ledger_XXXXXX";
    const char *base = getenv("TMPDIR");
    char *dir = NULL;
    if (base != NULL && asprintf(&dir, "%s/lt_ledger_XXXXXX", base) < 0)
        abort();
    if (dir == NULL)
        dir = strdup(template);
    if (dir == NULL || mkdtemp(dir) == NULL)
        abort();
    return dir;
}

WORLD_UNUSED static void world_remove(char *dir)
{
    char command[512];
    (void)snprintf(command, sizeof command, "rm -rf '%s'", dir);
    if (system(command) != 0)
        abort();
    free(dir);
}

WORLD_UNUSED static struct lt_ledger *world_ledger(const struct world *world, const char *dir,
                                                   size_t self)
{
    char reason[200] = "";
    struct lt_ledger *ledger;
    struct lt_hub_site site = {0};
    enum lt_result result = lt_ledger_open(dir, false, &ledger, reason);
    if (result != LT_OK) {
        fprintf(stderr, "%s: %s\n", lt_result_text(result), reason);
        abort();
    }
    lt_ledger_site(ledger, &site);
    if (site.unit.code[0] == '\0') {
        site.unit = world->units[self].unit;
        site.top = world->units[0].unit;
        site.root = world->root;
        if (lt_ledger_set_site(ledger, &site) != LT_OK)
            abort();
    }
    return ledger;
}

/* Commits one; the arrival's answer, or that of the group. */
WORLD_UNUSED static enum lt_result world_commit(struct lt_ledger *ledger,
                                                struct signed_update *update)
{
    struct lt_arrival *arrival = &update->arrival;
    enum lt_result result = lt_ledger_commit(ledger, &arrival, 1);
    return result != LT_OK ? result : arrival->result;
}

#endif
