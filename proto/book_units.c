/* The tree: what UnitEntries say, and questions about it. */
#include <string.h>

#include "proto/book_inner.h"

bool lt_collect_unit(struct lt_book *book, struct said *said, uint32_t index,
                     const Lienthong__UnitEntry *entry)
{
    struct lt_unit unit, parent;
    if (entry->unit == NULL ||
        lt_unit_make(entry->unit->code, entry->unit->valid_from, &unit) != LT_OK ||
        (entry->parent != NULL &&
         lt_unit_make(entry->parent->code, entry->parent->valid_from, &parent) != LT_OK))
        return true; /* it says nothing that could count */
    struct claim *claim = lt_book_take(book, sizeof(*claim));
    if (claim == NULL)
        return false;
    claim->said = said;
    claim->index = index;
    claim->slot = lt_slot_of(book, &unit);
    claim->parent = entry->parent != NULL ? lt_slot_of(book, &parent) : NULL;
    claim->valid_to = entry->valid_to;
    claim->level = (uint8_t)entry->level;
    claim->nature = (uint8_t)entry->nature;
    claim->type = lt_book_text(book, entry->type);
    claim->name = lt_book_text(book, entry->name);
    if (claim->slot == NULL || (entry->parent != NULL && claim->parent == NULL) ||
        claim->type == NULL || claim->name == NULL)
        return false;
    lt_leaf_claim(claim);
    claim->next_of_said = said->claims;
    said->claims = claim;
    return true;
}

size_t lt_book_place_count(const struct lt_book *book)
{
    return book->place_count;
}

const struct lt_place *lt_book_place_at(const struct lt_book *book, size_t number)
{
    return number < book->place_count ? &book->places[number]->place : NULL;
}

const struct lt_place *lt_book_place(const struct lt_book *book, const struct lt_unit *unit)
{
    const struct slot *slot = lt_slot_find(book, unit);
    return slot != NULL && slot->won != NULL ? &slot->place : NULL;
}

static bool lives(const struct slot *slot, lt_day from, lt_day to)
{
    const lt_day since = slot->place.unit.valid_from;
    return slot->won != NULL && (since == 0 || since <= to) &&
           (slot->place.valid_to == 0 || slot->place.valid_to >= from);
}

enum lt_result lt_book_place_on(const struct lt_book *book, const char *code, lt_day day,
                                const struct lt_place **ret_place)
{
    const struct code *found = lt_code_find(book, code);
    const struct lt_place *place = NULL;
    for (const struct slot *slot = found != NULL ? found->slots : NULL; slot != NULL;
         slot = slot->next_of_code) {
        if (slot->won == NULL || (day != 0 && !lives(slot, day, day)))
            continue;
        if (place != NULL)
            return LT_AMBIGUOUS;
        place = &slot->place;
    }
    if (place == NULL)
        return LT_NOT_FOUND;
    *ret_place = place;
    return LT_OK;
}

enum lt_result lt_book_place_in_year(const struct lt_book *book, const char *code, int year,
                                     const struct lt_place **ret_candidates, size_t max,
                                     size_t *ret_count)
{
    const struct code *found = lt_code_find(book, code);
    lt_day from, to;
    size_t count = 0;
    if (lt_day_make(year, 1, 1, &from) != LT_OK || lt_day_make(year, 12, 31, &to) != LT_OK)
        found = NULL;
    for (const struct slot *slot = found != NULL ? found->slots : NULL; slot != NULL;
         slot = slot->next_of_code) {
        if (!lives(slot, from, to))
            continue;
        if (count < max)
            ret_candidates[count] = &slot->place;
        count++;
    }
    *ret_count = count < max ? count : max;
    return count == 0 ? LT_NOT_FOUND : count == 1 ? LT_OK : LT_AMBIGUOUS;
}

static bool same_code(const struct lt_place *place, const char *code)
{
    return memcmp(place->unit.code, code, sizeof(place->unit.code)) == 0;
}

static unsigned steps_to(const struct lt_place *place, const char *code)
{
    unsigned steps = 0;
    while (place != NULL && steps < LT_DEPTH_MAX && !same_code(place, code)) {
        place = place->parent;
        steps++;
    }
    return place != NULL ? steps : LT_DEPTH_MAX;
}

bool lt_place_within(const struct lt_place *place, const struct lt_place *above)
{
    return steps_to(place, above->unit.code) < LT_DEPTH_MAX;
}

unsigned lt_place_distance(const struct lt_place *place, const struct lt_place *above)
{
    return steps_to(place, above->unit.code);
}

const struct lt_place *lt_place_common(const struct lt_place *a, const struct lt_place *b)
{
    for (unsigned step = 0; a != NULL && step <= LT_DEPTH_MAX; step++, a = a->parent) {
        const struct lt_place *at = b;
        for (unsigned i = 0; at != NULL && at != a && i <= LT_DEPTH_MAX; i++)
            at = at->parent;
        if (at == a)
            return a;
    }
    return NULL;
}

bool lt_book_within(const struct lt_book *book, const struct lt_unit *unit,
                    const struct lt_unit *above)
{
    const struct lt_place *place = lt_book_place(book, unit);
    if (place == NULL)
        return memcmp(unit->code, above->code, sizeof(unit->code)) == 0;
    return steps_to(place, above->code) < LT_DEPTH_MAX;
}
