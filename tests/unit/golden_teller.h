/* golden_teller.h - a story: updates of a small province, one after the other, each in its chain. */
#ifndef LT_GOLDEN_TELLER_H
#define LT_GOLDEN_TELLER_H

#include "tests/unit/golden_country.h"
#include "tests/unit/golden_dice.h"
#include "tests/unit/golden_secrets.h"

enum { STORY_UPDATES_MAX = 64, STORY_RECEIPTS_MAX = 8, STORY_BODY_TO_COME = 1000000 };

struct story {
    struct world world;
    size_t update_count;
    struct signed_update updates[STORY_UPDATES_MAX];
    size_t receipt_count;
    struct lt_bytes receipts[STORY_RECEIPTS_MAX]; /* malloc'ed */
    uint64_t seq[32]; /* of each unit's reports, as the tip */
    struct lt_hash tip[32];
    struct lt_hash cut,
        endorsed; /* of 28162: what its key signed until it was revoked, and one more */
};

static char *story_text(const char *text)
{
    return (char *)(uintptr_t)text;
}

/* Nobody writes there. */
static ProtobufCBinaryData story_span(const void *bytes, size_t size)
{
    return (ProtobufCBinaryData){size, (uint8_t *)(uintptr_t)bytes};
}

static struct signed_update *story_next(struct story *story)
{
    if (story->update_count == STORY_UPDATES_MAX)
        abort();
    return &story->updates[story->update_count++];
}

/* The update that was told last has other bytes: of the same frame. */
static void story_read_again(struct story *story)
{
    if (signed_read(&story->updates[story->update_count - 1]) != LT_OK)
        abort();
}

static void story_told(struct story *story, size_t unit)
{
    story->seq[unit]++;
    story->tip[unit] = story->updates[story->update_count - 1].arrival.update.id;
}

/* The next of a unit's chain. */
static void story_tell(struct story *story, const char *unit, const struct say *says, size_t count)
{
    const size_t at = world_find(&story->world, unit);
    world_report(&story->world, at, &story->tip[at], story->seq[at] > 0, story->seq[at] + 1, says,
                 count, story_next(story));
    story_told(story, at);
}

/* The same with a body made by hand, and its personal part. */
static void story_tell_body(struct story *story, const char *unit, uint32_t version,
                            const ProtobufCMessage *body, struct lt_bytes personal)
{
    const size_t at = world_find(&story->world, unit);
    struct signed_update *update = story_next(story);
    const struct world_unit *who = &story->world.units[at];
    struct lt_frame frame = {.chain = {LT_STREAM_REPORT, who->unit},
                             .seq = story->seq[at] + 1,
                             .parent_count = story->seq[at] > 0,
                             .parents[0] = story->tip[at],
                             .key = who->key,
                             .instance = {{4, 5, 6}},
                             .body_version = version};
    struct lt_hash id;
    uint8_t bytes[8192];
    if (protobuf_c_message_get_packed_size(body) > sizeof bytes)
        abort();
    const size_t size = protobuf_c_message_pack(body, bytes);
    memset(update, 0, sizeof *update);
    if (lt_update_seal(&frame, (struct lt_bytes){bytes, size}, personal, &who->secret,
                       &update->bytes, &update->size, &id) != LT_OK)
        abort();
    const enum lt_result result = signed_read(update);
    if (result != LT_OK && result != LT_VERSION)
        abort();
    story_told(story, at);
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

/* What the hub of a unit directs. */
static void story_direct(struct story *story, const char *unit, Lienthong__Directive *items,
                         size_t count)
{
    Lienthong__Directive *list[16];
    if (count > sizeof list / sizeof list[0])
        abort();
    for (size_t i = 0; i < count; i++)
        list[i] = &items[i];
    world_direct_as(&story->world, world_find(&story->world, unit), list, count, story_next(story));
}

/* ---- Names ---- */

/* Change `index` of the update that was told last has lost its person. */
static void story_erase(struct story *story, uint32_t index)
{
    struct signed_update *update = &story->updates[story->update_count - 1];
    const Lienthong__ReportBody *body = update->arrival.report;
    uint8_t changes[16] = {0}, *bytes;
    size_t size;
    struct lt_arena *arena = lt_arena_new(4 * LT_UNPACK_BYTES_MAX);
    if (body->n_changes > sizeof changes || index >= body->n_changes)
        abort();
    changes[index] = 1;
    if (lt_update_redact(&update->arrival.update, body, changes, arena, &bytes, &size) != LT_OK)
        abort();
    lt_arena_free(arena);
    free(update->bytes);
    update->bytes = bytes;
    update->size = size;
    story_read_again(story);
}

/* The update that was told last is sealed: to the hub, to the unit, to the machine. */
static void story_seal(struct story *story)
{
    struct signed_update *update = &story->updates[story->update_count - 1];
    const struct lt_box_pair hub = golden_hub_box(), machine = golden_machine();
    struct lt_box_pair unit;
    uint8_t keys[3][32];
    lt_box_of_unit(&hub, &update->arrival.update.frame.chain.unit, &unit);
    memcpy(keys[0], hub.public_key, 32);
    memcpy(keys[1], unit.public_key, 32);
    memcpy(keys[2], machine.public_key, 32);
    golden_dice_begin((uint32_t)story->update_count);
    if (lt_seal_close(&update->bytes, &update->size, (const uint8_t(*)[32])keys, 3) != LT_OK)
        abort();
    golden_dice_end();
    story_read_again(story);
}

static void story_free(struct story *story)
{
    for (size_t i = 0; i < story->update_count; i++)
        signed_free(&story->updates[i]);
    for (size_t i = 0; i < story->receipt_count; i++)
        free((void *)(uintptr_t)story->receipts[i].data);
    world_free(&story->world);
}

#endif
