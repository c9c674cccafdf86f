/* hub_directives.h - a small country of hub_world.h: its units with their keys, and what its hubs direct, really
 * signed. */
#ifndef LT_TEST_HUB_DIRECTIVES_H
#define LT_TEST_HUB_DIRECTIVES_H

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
    struct lt_hash directive_tip; /* of its hub's words */
    uint64_t directive_seq;
};

struct world {
    struct lt_key root, recovery; /* recovery of zeros: none */
    struct lt_secret root_secret;
    size_t unit_count;
    struct world_unit *units; /* 0: the top */
};

/* One signed update with all that a worker would have read from it. */
struct signed_update {
    uint8_t *bytes;
    size_t size;
    struct lt_arena *arena;
    struct lt_arrival arrival;
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

/* The next word of a unit's hub: `count` items. */
WORLD_UNUSED static void world_direct_as(struct world *world, size_t unit,
                                         Lienthong__Directive **items, size_t count,
                                         struct signed_update *ret_update)
{
    Lienthong__DirectiveBody body = LIENTHONG__DIRECTIVE_BODY__INIT;
    struct world_unit *who = &world->units[unit];
    const uint64_t seq = ++who->directive_seq;
    struct lt_frame frame = {.chain = {LT_STREAM_DIRECTIVE, who->unit},
                             .seq = seq,
                             .parent_count = seq > 1,
                             .parents[0] = who->directive_tip,
                             .key = who->key,
                             .body_version = LT_BODY_VERSION};
    body.items = items;
    body.n_items = count;
    body.signed_at = 1609459200;
    seal(&frame, &body.base, (struct lt_bytes){NULL, 0}, &who->secret, ret_update);
    who->directive_tip = ret_update->arrival.update.id;
}

/* The top's. */
WORLD_UNUSED static void world_direct(struct world *world, Lienthong__Directive **items,
                                      size_t count, struct signed_update *ret_update)
{
    world_direct_as(world, 0, items, count, ret_update);
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

#endif
