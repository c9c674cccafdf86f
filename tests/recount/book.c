/* Section 7: who may say what, and what stands. Hubs speak in the order of their depth. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/recount/inside.h"

static bool unit_of(const Lienthong__Unit *said, struct lt_unit *ret_unit)
{
    return said != NULL && lt_unit_make(said->code, said->valid_from, ret_unit) == LT_OK;
}

struct rc_place *rc_place(const struct recount *recount, const struct lt_unit *unit)
{
    char text[LT_UNIT_TEXT_MAX];
    lt_unit_format(unit, text);
    return map_find(&recount->places, text);
}

/* Below a unit is what is below any entry of the same code. */
bool rc_within(const struct rc_place *place, const struct rc_place *above)
{
    for (int step = 0; place != NULL && above != NULL && step <= LT_DEPTH_MAX; step++) {
        if (strcmp(place->unit.code, above->unit.code) == 0)
            return true;
        place = place->parent;
    }
    return false;
}

bool rc_below(const struct rc_place *place, const struct rc_place *above)
{
    while (place != NULL && place != above)
        place = place->parent;
    return place != NULL;
}

bool rc_unit_within(const struct recount *recount, const struct lt_unit *unit,
                    const struct lt_unit *above)
{
    if (strcmp(unit->code, above->code) == 0)
        return true;
    return rc_within(rc_place(recount, unit), rc_place(recount, above));
}

static int depth_of(const struct rc_place *place)
{
    int depth = 0;
    while (place->parent != NULL && depth <= LT_DEPTH_MAX) {
        place = place->parent;
        depth++;
    }
    return depth;
}

/* ---- Keys of hubs ---- */

static bool root_signed(const struct recount *recount, const Lienthong__Grant *grant)
{
    static const char context[] = "lienthong hub key v1";
    uint8_t said[sizeof context + 16 + 4 + 32] = {0};
    struct lt_unit unit;
    if (!unit_of(grant->unit, &unit) || grant->root_signature.len != 64 ||
        lt_unit_cmp(&unit, &recount->top) != 0 || grant->role != LIENTHONG__ROLE__ROLE_HUB)
        return false;
    memcpy(said, context, sizeof context);
    memcpy(said + sizeof context, unit.code, strlen(unit.code));
    const uint32_t day = (uint32_t)unit.valid_from;
    for (int i = 0; i < 4; i++)
        said[sizeof context + 16 + i] = (uint8_t)(day >> (24 - 8 * i));
    memcpy(said + sizeof context + 20, grant->key.data, 32);
    return crypto_sign_verify_detached(grant->root_signature.data, said, sizeof said,
                                       recount->root.bytes) == 0;
}

static bool same_chain(const struct rc_update *update, enum lt_stream stream,
                       const struct lt_unit *unit)
{
    const struct lt_chain *chain = &update->update.frame.chain;
    return chain->stream == stream && lt_unit_cmp(&chain->unit, unit) == 0;
}

static bool hub_key(const struct recount *recount, const struct lt_unit *hub,
                    const struct lt_key *key)
{
    for (size_t i = 0; i < recount->grants.count; i++) {
        const struct rc_grant *grant = recount->grants.items[i];
        const bool root = lt_unit_cmp(hub, &recount->top) == 0;
        if (lt_unit_cmp(&grant->unit, hub) == 0 && memcmp(&grant->key, key, 32) == 0 &&
            (root || (strcmp(grant->hub.code, hub->code) != 0 &&
                      rc_unit_within(recount, hub, &grant->hub))))
            return true;
    }
    return false;
}

static void add_grant(struct recount *recount, const struct lt_unit *hub,
                      const struct lt_unit *unit, const uint8_t *key)
{
    struct rc_grant *grant = pool_take(recount->pool, sizeof *grant);
    grant->hub = *hub;
    grant->unit = *unit;
    memcpy(grant->key.bytes, key, 32);
    rc_push(&recount->grants, grant);
}

static void root_grants(struct recount *recount)
{
    for (size_t i = 0; i < recount->updates.count; i++) {
        const struct rc_update *update = recount->updates.items[i];
        if (!same_chain(update, LT_STREAM_DIRECTIVE, &recount->top) || update->directive == NULL)
            continue;
        for (size_t j = 0; j < update->directive->n_items; j++) {
            const Lienthong__Grant *grant = update->directive->items[j]->grant;
            if (grant != NULL && root_signed(recount, grant))
                add_grant(recount, &recount->top, &recount->top, grant->key.data);
        }
    }
}

bool rc_revoked(struct recount *recount, struct rc_update *update)
{
    if (recount->mistake == RECOUNT_NO_CUT)
        return false;
    /* the highest hub's stands first in the list */
    for (size_t i = 0; i < recount->revocations.count; i++) {
        const struct rc_revocation *revocation = recount->revocations.items[i];
        if (lt_unit_cmp(&revocation->unit, &update->update.frame.chain.unit) != 0 ||
            !rc_unit_within(recount, &revocation->unit, &revocation->hub) ||
            memcmp(revocation->said->key.data, &update->update.frame.key, 32) != 0)
            continue;
        for (size_t j = 0; j < revocation->said->n_cut; j++) {
            struct rc_update *cut = rc_find(recount, revocation->said->cut[j].data);
            if (cut != NULL && rc_reaches(recount, update, cut))
                return false;
        }
        return true;
    }
    return false;
}

/* ---- Successions ---- */

static bool stands(const struct recount *recount, const struct rc_succession *succession)
{
    const struct rc_place *unit = rc_place(recount, &succession->unit);
    const struct rc_place *next = rc_place(recount, &succession->successor);
    if (unit == NULL || unit->valid_to == 0 ||
        !rc_unit_within(recount, &succession->unit, &succession->hub))
        return false;
    return succession->successor.code[0] == '\0' ||
           (next != NULL && (next->valid_to == 0 || next->valid_to > unit->valid_to));
}

/* The word that stands for a number in the list: of one key the first that stands; NULL: it is another. */
static const struct rc_succession *standing(const struct recount *recount, size_t number)
{
    const struct rc_succession *succession = recount->successions.items[number];
    for (size_t i = 0; i <= number; i++) {
        const struct rc_succession *other = recount->successions.items[i];
        if (lt_unit_cmp(&other->unit, &succession->unit) == 0 &&
            lt_unit_cmp(&other->successor, &succession->successor) == 0 && stands(recount, other))
            return i == number && !succession->said->withdrawn ? succession : NULL;
    }
    return NULL;
}

void rc_heirs(const struct recount *recount, struct rc_list *ret_heirs)
{
    for (size_t i = 0; i < recount->successions.count; i++)
        if (standing(recount, i) != NULL && standing(recount, i)->successor.code[0] != '\0')
            rc_push(ret_heirs, recount->successions.items[i]);
}

/* Of one unit the main succession (the lesser successor), or the first with a cut. NULL: none. */
static const struct rc_succession *of_unit(const struct recount *recount,
                                           const struct rc_place *unit, bool main)
{
    const struct rc_succession *best = NULL;
    for (size_t i = 0; i < recount->successions.count; i++) {
        const struct rc_succession *one = standing(recount, i);
        if (one == NULL || lt_unit_cmp(&one->unit, &unit->unit) != 0)
            continue;
        if (main ? !one->said->main || one->successor.code[0] == '\0' : !one->said->closed)
            continue;
        if (best == NULL || lt_unit_cmp(&one->successor, &best->successor) < 0)
            best = one;
    }
    return best;
}

static const struct rc_place *main_successor(const struct recount *recount,
                                             const struct rc_place *unit)
{
    const struct rc_succession *main = of_unit(recount, unit, true);
    return main == NULL ? NULL : rc_place(recount, &main->successor);
}

bool rc_closed(struct recount *recount, struct rc_update *update)
{
    const struct rc_place *unit = rc_place(recount, &update->update.frame.chain.unit);
    if (unit == NULL)
        return false;
    const struct rc_succession *closed = of_unit(recount, unit, true);
    if (closed == NULL || !closed->said->closed)
        closed = of_unit(recount, unit, false);
    for (size_t i = 0; closed != NULL && i < closed->said->n_cut; i++) {
        struct rc_update *cut = rc_find(recount, closed->said->cut[i].data);
        if (cut != NULL && rc_reaches(recount, update, cut))
            return false;
    }
    return closed != NULL;
}

bool rc_reach(const struct recount *recount, const struct rc_place *place,
              const struct rc_place *author)
{
    if (rc_within(place, author))
        return true;
    for (; place != NULL; place = place->parent) {
        const struct rc_place *next = place;
        for (int step = 1; step < LT_DEPTH_MAX; step++) {
            next = main_successor(recount, next);
            if (next == NULL)
                break;
            if (rc_within(next, author))
                return true;
        }
    }
    return false;
}

int rc_generation(const struct recount *recount, const struct rc_place *unit,
                  const struct rc_place *author)
{
    int least = 0;
    for (; unit != NULL; unit = unit->parent) {
        const struct rc_place *next = unit;
        for (int step = 1; step < LT_DEPTH_MAX; step++) {
            next = main_successor(recount, next);
            if (next == NULL)
                break;
            if (next == author && (least == 0 || step < least))
                least = step;
        }
    }
    return least;
}

/* ---- What a hub says ---- */

static void word_of_unit(struct rc_place *place, const Lienthong__UnitEntry *entry)
{
    place->valid_to = entry->valid_to;
    place->level = (int)entry->level;
    place->nature = (int)entry->nature;
}

/* A later word was passed over while the parent was not there yet: the last one is it. */
static void settle_unit(struct recount *recount, const struct lt_unit *hub,
                        const Lienthong__UnitEntry *entry)
{
    struct lt_unit unit;
    struct rc_place *place = unit_of(entry->unit, &unit) ? rc_place(recount, &unit) : NULL;
    if (place == NULL || place->settled || lt_unit_cmp(&place->hub, hub) != 0)
        return;
    word_of_unit(place, entry);
    place->settled = true;
}

static void enter_unit(struct recount *recount, const struct lt_unit *hub,
                       const Lienthong__UnitEntry *entry)
{
    struct rc_place *place = pool_take(recount->pool, sizeof *place);
    if (!unit_of(entry->unit, &place->unit))
        return;
    unit_of(entry->parent, &place->parent_unit);
    lt_unit_format(&place->unit, place->text);
    if (map_find(&recount->places, place->text) != NULL)
        return; /* said by a hub above, or later by this one */
    if (lt_unit_cmp(hub, &recount->top) != 0) {
        if (!rc_unit_within(recount, &place->parent_unit, hub))
            return;
        for (size_t i = 0; i < recount->places.capacity; i++) {
            const struct rc_place *other = recount->places.entries[i].value;
            if (other != NULL && strcmp(other->unit.code, place->unit.code) == 0 &&
                !rc_unit_within(recount, &other->unit, hub))
                return; /* its code belongs to a unit elsewhere */
        }
    }
    place->parent = rc_place(recount, &place->parent_unit);
    place->hub = *hub;
    word_of_unit(place, entry);
    *map_at(&recount->places, place->text) = place;
}

static void know_parents(struct recount *recount)
{
    for (size_t i = 0; i < recount->places.capacity; i++) {
        struct rc_place *place = recount->places.entries[i].value;
        if (place != NULL && place->parent_unit.code[0] != '\0')
            place->parent = rc_place(recount, &place->parent_unit);
    }
}

static int by_stamp_descending(const void *a, const void *b)
{
    const struct rc_update *const *left = a, *const *right = b;
    return -rc_stamp_cmp(*left, 0, *right, 0);
}

static bool title_told(const struct recount *recount, const Lienthong__TitleEntry *entry)
{
    for (size_t i = 0; i < recount->titles.count; i++) {
        const Lienthong__TitleEntry *other = recount->titles.items[i];
        if (strcmp(other->code, entry->code) == 0 && other->valid_from == entry->valid_from)
            return true;
    }
    return false;
}

static void say_succession(struct recount *recount, const struct lt_unit *hub,
                           const Lienthong__Succession *said)
{
    struct rc_succession *succession = pool_take(recount->pool, sizeof *succession);
    if (!unit_of(said->unit, &succession->unit))
        return;
    unit_of(said->successor, &succession->successor);
    succession->hub = *hub;
    succession->said = said;
    rc_push(&recount->successions, succession);
}

static void say(struct recount *recount, const struct lt_unit *hub,
                const Lienthong__Directive *item)
{
    const bool top = lt_unit_cmp(hub, &recount->top) == 0;
    struct lt_unit unit;
    if (item->unit != NULL)
        enter_unit(recount, hub, item->unit);
    if (item->succession != NULL)
        say_succession(recount, hub, item->succession);
    if (item->cluster != NULL)
        rc_say_cluster(recount, hub, item->cluster);
    if (item->title != NULL && top && !title_told(recount, item->title))
        rc_push(&recount->titles, item->title);
    if (item->grant != NULL && item->grant->role == LIENTHONG__ROLE__ROLE_HUB &&
        unit_of(item->grant->unit, &unit) && lt_unit_cmp(&unit, &recount->top) != 0)
        add_grant(recount, hub, &unit, item->grant->key.data);
}

static void say_revocation(struct recount *recount, const struct lt_unit *hub,
                           const Lienthong__Revocation *said)
{
    struct rc_revocation *revocation = pool_take(recount->pool, sizeof *revocation);
    if (!unit_of(said->unit, &revocation->unit))
        return;
    revocation->said = said;
    revocation->hub = *hub;
    rc_push(&recount->revocations, revocation);
}

/* The updates of one hub that say something, the greatest stamp first: what was said of an entry already
 * stands. */
static void words_of(struct recount *recount, const struct lt_unit *hub, struct rc_list *words)
{
    words->count = 0;
    for (size_t i = 0; i < recount->updates.count; i++) {
        struct rc_update *update = recount->updates.items[i];
        if (same_chain(update, LT_STREAM_DIRECTIVE, hub) && update->directive != NULL &&
            hub_key(recount, hub, &update->update.frame.key) && !rc_revoked(recount, update))
            rc_push(words, update);
    }
    if (words->count > 1)
        qsort(words->items, words->count, sizeof *words->items, by_stamp_descending);
}

static void hub_speaks(struct recount *recount, const struct lt_unit *hub)
{
    struct rc_list words = {0};
    for (size_t before = SIZE_MAX; before != recount->places.count;) {
        before = recount->places.count; /* a parent may be said after its child: again */
        words_of(recount, hub, &words);
        for (size_t i = 0; i < words.count; i++) {
            const struct rc_update *update = words.items[i];
            for (size_t j = update->directive->n_items; j > 0; j--)
                say(recount, hub, update->directive->items[j - 1]);
        }
        know_parents(recount);
    }
    for (size_t i = 0; i < words.count; i++) {
        const struct rc_update *update = words.items[i];
        for (size_t j = update->directive->n_items; j > 0; j--) {
            const Lienthong__Directive *item = update->directive->items[j - 1];
            if (item->revocation != NULL)
                say_revocation(recount, hub, item->revocation);
            if (item->unit != NULL)
                settle_unit(recount, hub, item->unit);
        }
    }
    free(words.items);
}

static int by_unit(const void *a, const void *b)
{
    return lt_unit_cmp(a, b);
}

void rc_book_fold(struct recount *recount)
{
    struct lt_unit *hubs = pool_take(recount->pool, (recount->updates.count + 1) * sizeof *hubs);
    size_t count = 0;
    for (size_t i = 0; i < recount->updates.count; i++) {
        const struct rc_update *update = recount->updates.items[i];
        bool there = update->update.frame.chain.stream != LT_STREAM_DIRECTIVE;
        for (size_t j = 0; j < count && !there; j++)
            there = lt_unit_cmp(&hubs[j], &update->update.frame.chain.unit) == 0;
        if (!there)
            hubs[count++] = update->update.frame.chain.unit;
    }
    qsort(hubs, count, sizeof *hubs, by_unit);
    root_grants(recount);
    hub_speaks(recount, &recount->top);
    for (int depth = 1; depth <= LT_DEPTH_MAX; depth++) {
        for (size_t i = 0; i < count; i++) {
            const struct rc_place *place = rc_place(recount, &hubs[i]);
            if (place != NULL && depth_of(place) == depth)
                hub_speaks(recount, &hubs[i]);
        }
    }
}
