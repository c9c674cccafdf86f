#include "hub/box_plan.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

struct lt_box_plan_room {
    Lienthong__Directive directive;
    Lienthong__UnitBox box;
    Lienthong__Unit wire;
    struct lt_unit unit;
    uint8_t box_key[32], machine[32], secret[LT_SEALED_KEY_BYTES], hub_key[32];
};

struct planning {
    const struct lt_book *book;
    const struct lt_unit *hub;
    struct lt_box_plan plan;
    /* What is being looked at: */
    const struct lt_place *place;
    const struct lt_box_pair *pair;
};

/* Was the unit told of this key; with `machine`: was that given it? Also by what is planned. */
static bool is_known(const struct planning *planning, const uint8_t *machine)
{
    const struct lt_unit *unit = &planning->place->unit;
    for (size_t i = lt_book_unit_boxes_of(planning->book, unit);; i++) {
        const struct lt_unit_box *box = lt_book_unit_box_at(planning->book, i);
        if (box == NULL || lt_unit_cmp(&box->unit, unit) != 0)
            break;
        if (lt_unit_cmp(&box->hub, planning->hub) == 0 &&
            memcmp(box->hub_key, planning->pair->public_key, 32) == 0 &&
            (machine == NULL || (box->handed && memcmp(box->machine, machine, 32) == 0)))
            return true;
    }
    for (size_t i = planning->plan.count; i > 0; i--) { /* granted twice */
        const struct lt_box_plan_room *room = &planning->plan.room[i - 1];
        if (lt_unit_cmp(&room->unit, unit) != 0)
            break; /* those of a unit stand together */
        if (memcmp(room->hub_key, planning->pair->public_key, 32) == 0 &&
            (machine == NULL ||
             (room->box.machine.len > 0 && memcmp(room->machine, machine, 32) == 0)))
            return true;
    }
    return false;
}

static void plan_one(struct planning *planning, const uint8_t *machine)
{
    struct lt_box_pair box;
    if (planning->plan.count == LT_BOX_PLAN_MAX)
        return;
    struct lt_box_plan_room *room = &planning->plan.room[planning->plan.count];
    lt_box_of_unit(planning->pair, &planning->place->unit, &box);
    room->unit = planning->place->unit;
    memcpy(room->box_key, box.public_key, 32);
    memcpy(room->hub_key, planning->pair->public_key, 32);
    lienthong__directive__init(&room->directive);
    lienthong__unit_box__init(&room->box);
    lienthong__unit__init(&room->wire);
    room->wire.code = room->unit.code;
    room->wire.valid_from = room->unit.valid_from;
    room->box.unit = &room->wire;
    room->box.box_key = (ProtobufCBinaryData){32, room->box_key};
    room->box.hub_key = (ProtobufCBinaryData){32, room->hub_key};
    if (machine != NULL) {
        memcpy(room->machine, machine, 32);
        lt_box_hand(&box, machine, room->secret);
        room->box.machine = (ProtobufCBinaryData){32, room->machine};
        room->box.secret = (ProtobufCBinaryData){LT_SEALED_KEY_BYTES, room->secret};
        planning->plan.machines++;
    }
    room->directive.unit_box = &room->box;
    planning->plan.items[planning->plan.count++] = &room->directive;
    sodium_memzero(&box, sizeof box);
}

static bool plan_machines(struct planning *planning)
{
    const struct lt_unit *unit = &planning->place->unit;
    const size_t room =
        lt_book_machines(planning->book, unit, LIENTHONG__ROLE__ROLE_AGENT, NULL, 0);
    struct lt_machine *machines = room > 0 ? calloc(room, sizeof(struct lt_machine)) : NULL;
    if (machines == NULL)
        return room == 0;
    const size_t count =
        lt_book_machines(planning->book, unit, LIENTHONG__ROLE__ROLE_AGENT, machines, room);
    for (size_t i = 0; i < count; i++)
        if (!is_known(planning, machines[i].curve_key))
            plan_one(planning, machines[i].curve_key);
    free(machines);
    return true;
}

static void look_at_unit(struct planning *planning, bool sealed)
{
    if (!sealed && !is_known(planning, NULL))
        return;
    if (!plan_machines(planning))
        return; /* out of memory: at the next look */
    if (lt_book_closed(planning->book, planning->place) == NULL && !is_known(planning, NULL))
        plan_one(planning, NULL);
}

enum lt_result lt_box_plan_make(const struct lt_book *book, const struct lt_unit *hub,
                                const struct lt_box_ring *ring, const struct lt_unit *more,
                                struct lt_box_plan *ret_plan)
{
    struct planning planning = {
        .book = book,
        .hub = hub,
        .plan = {.items = calloc(LT_BOX_PLAN_MAX, sizeof(Lienthong__Directive *)),
                 .room = calloc(LT_BOX_PLAN_MAX, sizeof(struct lt_box_plan_room))}};
    if (planning.plan.items == NULL || planning.plan.room == NULL) {
        lt_box_plan_free(&planning.plan);
        return LT_NO_MEMORY;
    }
    for (size_t at = 0; at < lt_book_place_count(book) && planning.plan.count < LT_BOX_PLAN_MAX;
         at++) {
        planning.place = lt_book_place_at(book, at);
        if (!lt_book_within(book, &planning.place->unit, hub))
            continue; /* not ours to say */
        const struct lt_sealing *sealing = lt_book_sealing(book, &planning.place->unit);
        const bool ours = sealing != NULL && lt_unit_cmp(&sealing->hub, hub) == 0;
        for (size_t i = 0; i < ring->count; i++) {
            planning.pair = &ring->pairs[i];
            look_at_unit(
                &planning,
                (ours && memcmp(sealing->box_key, planning.pair->public_key, 32) == 0) ||
                    (i == 0 && more != NULL && lt_book_within(book, &planning.place->unit, more)));
        }
    }
    *ret_plan = planning.plan;
    return LT_OK;
}

bool lt_box_is_here(const struct lt_sealing *sealing, const struct lt_unit *hub,
                    const struct lt_box_ring *ring)
{
    bool here = sealing->open || lt_unit_cmp(&sealing->hub, hub) != 0;
    for (size_t i = 0; i < ring->count && !here; i++)
        here = memcmp(ring->pairs[i].public_key, sealing->box_key, 32) == 0;
    return here;
}

void lt_box_plan_free(struct lt_box_plan *plan)
{
    free(plan->items);
    free(plan->room);
    *plan = (struct lt_box_plan){0};
}
