/* merge_story.h - a story by chance, the same for each seed: what units of hub_world.h's country report, correct and
 * deny, in forks, and what its hubs direct. */
#ifndef LT_TEST_MERGE_STORY_H
#define LT_TEST_MERGE_STORY_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/unit/hub_world.h"

enum { REPORTS = 26, DIRECTIVES = 7, LATE_UNIT = 6 };

static uint64_t seed_state;

static uint32_t draw(uint32_t below)
{
    seed_state = seed_state * 6364136223846793005 + 1442695040888963407;
    return (uint32_t)(seed_state >> 33) % below;
}

static bool chance(uint32_t percent)
{
    return draw(100) < percent;
}

struct story {
    struct world world;
    struct signed_update directives[DIRECTIVES];
    size_t directive_count;
    struct signed_update reports[REPORTS];
    size_t unit_of[REPORTS];
    size_t report_count;
};

static const char *const titles[] = {"GK", "LDTT", "BK_BT"};

static void random_award(struct say *say, const struct world *world)
{
    static const char *const codes[] = {"GK", "GK", "LDTT", "BK_BT", "LATE"};
    static const char *const deciders[] = {"807", "80", NULL, "297", "28159"};
    static const char *const fields[] = {"", "y_te", "giao_duc"};
    say->code = codes[draw(5)];
    say->recipient = 1 + (int)draw(4);
    say->decider = deciders[draw(5)];
    say->authority = say->decider == NULL && chance(20) ? "TTG" : NULL;
    say->number = chance(70) ? (chance(50) ? "15/QD" : "16/QĐ-UBND") : NULL;
    say->year = 2019 + (int)draw(2);
    say->span_from = chance(10) ? 2015 : 0;
    if (say->number != NULL)
        (void)lt_day_make(2020, 3 + (int)draw(2), 10, &say->date);
    say->place = chance(70) ? NULL : world->units[draw((uint32_t)world->unit_count)].unit.code;
    say->field = fields[draw(3)];
    say->sex = (int)draw(3);
    say->category = (int)draw(3);
    say->status = 1 + chance(10);
    say->quantity = chance(30) ? 1 + draw(9) : 0;
    if (chance(60)) { /* one of two decisions of which many tell */
        say->code = "GK";
        say->recipient = chance(70) ? 4 : 1;
        say->decider = chance(50) ? "807" : "80";
        say->authority = NULL;
        say->number = "15/QD";
        say->year = 2020;
        say->span_from = 0;
        (void)lt_day_make(2020, 3, 10, &say->date);
        say->place = chance(50) ? NULL : chance(50) ? "28159" : "807";
    }
}

static void random_change(struct story *story, struct say *say, size_t unit, size_t index)
{
    static const char *const names[] = {"Cá nhân 0001", "Cá nhân 0002", NULL};
    memset(say, 0, sizeof *say);
    if (chance(80)) {
        say->import = 1 + draw(3) + 1000 * unit;
        say->row = chance(60) ? 10 * (uint32_t)story->report_count + (uint32_t)index : draw(12);
    }
    say->unseen = chance(10);
    say->name = names[draw(3)];
    if (index > 0 && chance(10)) {
        say->corrects = say->same_update = true;
        say->record_index = draw((uint32_t)index);
    } else if (story->report_count > 0 && chance(35)) {
        const struct signed_update *of = &story->reports[draw((uint32_t)story->report_count)];
        say->corrects = true;
        say->record = of->arrival.update.id;
        say->record_index = draw((uint32_t)of->arrival.report->n_changes);
    }
    if (say->corrects && chance(30)) {
        say->op = chance(70) ? LIENTHONG__OP__OP_RETRACT : LIENTHONG__OP__OP_WITHDRAW;
        say->name = NULL;
        return;
    }
    if (chance(6)) {
        say->pledge = true;
        say->movement = "Cụm 1";
        say->year = 2020;
        return;
    }
    random_award(say, &story->world);
}

/* One or two earlier updates of the unit, neither of which knows the other, as parents. */
static size_t random_parents(const struct story *story, size_t unit, struct lt_hash parents[2],
                             uint64_t *ret_seq)
{
    const struct signed_update *of[2];
    size_t count = 0;
    *ret_seq = 1;
    for (size_t tries = 0; tries < 12 && count < 2; tries++) {
        size_t at = story->report_count == 0 ? 0 : draw((uint32_t)story->report_count);
        if (chance(60) && story->report_count > 0) /* mostly the newest: a chain, not a bush */
            for (at = story->report_count - 1; at > 0 && story->unit_of[at] != unit; at--)
                continue;
        if (story->report_count == 0 || story->unit_of[at] != unit)
            continue;
        const struct signed_update *update = &story->reports[at];
        if (count == 1 && (update == of[0] || chance(70)))
            continue;
        of[count++] = update;
    }
    for (size_t i = 0; i < count; i++) {
        parents[i] = of[i]->arrival.update.id;
        if (of[i]->arrival.update.frame.seq >= *ret_seq)
            *ret_seq = of[i]->arrival.update.frame.seq + 1;
    }
    if (count == 2 && lt_hash_cmp(&parents[0], &parents[1]) > 0) {
        struct lt_hash held = parents[0];
        parents[0] = parents[1];
        parents[1] = held;
    }
    return count;
}

static void add_report(struct story *story)
{
    static const size_t tellers[] = {3, 4, 3, LATE_UNIT, 2, 1};
    struct say says[8];
    struct lt_hash parents[2];
    uint64_t seq;
    size_t unit = tellers[draw(6)], count = 1 + draw(6);
    size_t parent_count = random_parents(story, unit, parents, &seq);
    for (size_t i = 0; i < count; i++)
        random_change(story, &says[i], unit, i);
    story->unit_of[story->report_count] = unit;
    world_report(&story->world, unit, parents, parent_count, seq, says, count,
                 &story->reports[story->report_count]);
    story->report_count++;
}

static void add_directive(struct story *story, struct world_item *items, size_t count)
{
    Lienthong__Directive *list[4];
    for (size_t i = 0; i < count; i++)
        list[i] = &items[i].directive;
    world_direct(&story->world, list, count, &story->directives[story->directive_count++]);
}

/* A commune ends in the middle of 2020 and comes down to its neighbour; perhaps its chain is closed. */
static void tell_succession(struct story *story)
{
    struct world *world = &story->world;
    struct world_item *items = calloc(2, sizeof *items);
    Lienthong__Succession succession;
    Lienthong__Unit unit, successor;
    ProtobufCBinaryData cut[2];
    assert_non_null(items);
    lienthong__succession__init(&succession);
    lienthong__unit__init(&unit);
    lienthong__unit__init(&successor);
    item_unit(&items[0], &world->units[3]);
    (void)lt_day_make(2020, chance(50) ? 6 : 12, 30, &items[0].entry.valid_to);
    unit.code = world->units[3].unit.code;
    successor.code = world->units[4].unit.code;
    succession.unit = &unit;
    succession.successor = &successor;
    succession.main = succession.whole = true;
    succession.closed = chance(40);
    succession.cut = cut;
    for (size_t i = 0; i < story->report_count && succession.closed && succession.n_cut < 2; i++)
        if (story->unit_of[i] == 3 && chance(60))
            cut[succession.n_cut++] =
                (ProtobufCBinaryData){32, story->reports[i].arrival.update.id.bytes};
    item_init(&items[1]);
    items[1].directive.succession = &succession;
    add_directive(story, items, 2);
    free(items);
}

/* The tree without one commune; then that commune; a late title; a commune that moves to another
 * district; a key that is revoked at a cut. */
static void tell_directives(struct story *story)
{
    struct world *world = &story->world;
    struct world_item *items = calloc(4, sizeof *items);
    struct world_unit late = world->units[LATE_UNIT];
    assert_non_null(items);
    /* the late one stands last for a moment, so that the constitution leaves its entry out */
    size_t last = world->unit_count - 1;
    struct world_unit moved = world->units[last];
    world->units[last] = late;
    world->units[LATE_UNIT] = moved;
    world_constitution(world, last, titles, 3, &story->directives[story->directive_count++]);
    world->units[LATE_UNIT] = late;
    world->units[last] = moved;
    item_unit(&items[0], &world->units[LATE_UNIT]);
    item_grant(world, &items[1], LATE_UNIT, false);
    if (chance(50)) {
        add_directive(story, items + 1, 1); /* its key is known before the unit is */
        add_directive(story, items, 1);
    } else {
        add_directive(story, items, 2);
    }
    item_title(&items[0], (char *)(uintptr_t) "LATE");
    struct world_unit moving = world->units[4];
    moving.parent = world->units[world_find(world, "297")].unit;
    item_unit(&items[1], &moving);
    add_directive(story, items, 1 + chance(50));
    if (story->directive_count < DIRECTIVES && chance(60)) {
        item_init(&items[0]);
        struct world_unit *thief = &world->units[3];
        items[0].unit.code = thief->unit.code;
        items[0].revocation.unit = &items[0].unit;
        items[0].revocation.key = (ProtobufCBinaryData){32, thief->key.bytes};
        for (size_t i = 0; i < story->report_count && items[0].revocation.n_cut < 2; i++)
            if (story->unit_of[i] == 3 && chance(40))
                items[0].cut[items[0].revocation.n_cut++] =
                    (ProtobufCBinaryData){32, story->reports[i].arrival.update.id.bytes};
        items[0].revocation.cut = items[0].cut;
        items[0].directive.revocation = &items[0].revocation;
        add_directive(story, items, 1);
    }
    if (chance(70))
        tell_succession(story);
    free(items);
}

static void tell(struct story *story, uint64_t seed)
{
    memset(story, 0, sizeof *story);
    seed_state = seed * 1000003 + 17;
    world_small(&story->world);
    while (story->report_count < REPORTS)
        add_report(story);
    tell_directives(story);
}

static void forget(struct story *story)
{
    for (size_t i = 0; i < story->report_count; i++)
        signed_free(&story->reports[i]);
    for (size_t i = 0; i < story->directive_count; i++)
        signed_free(&story->directives[i]);
    world_free(&story->world);
}

#endif
