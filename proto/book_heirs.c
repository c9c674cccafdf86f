/* Successions: who speaks for a unit that has ended, and where it lies today. */
#include <string.h>

#include "proto/book_items.h"

static const struct slot *slot_of(const struct lt_place *place)
{
    return (const struct slot *)(const void *)place;
}

static void unlink_heirs(struct lt_book *book, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct slot *slot = lt_slot_find(book, &book->successions[i].unit->unit);
        slot->heirs = 0;
    }
}

/* Of several main ones the lesser successor is it. */
void lt_settle_heirs(struct lt_book *book)
{
    const struct item_list *list = &book->lists[ITEM_SUCCESSION];
    const struct slot *last = NULL;
    bool main = false;
    unlink_heirs(book, book->succession_count);
    for (size_t i = 0; i < list->standing_count; i++) {
        const struct heir *heir = heir_of(list->standing[i]);
        struct slot *unit = heir->item.about;
        if (unit != last) {
            unit->heirs = (uint32_t)i + 1;
            main = false;
        }
        last = unit;
        book->successions[i] = (struct lt_succession){
            .unit = &unit->place,
            .successor = heir->successor != NULL ? &heir->successor->place : NULL,
            .main = !main && heir->item.told & HEIR_MAIN,
            .whole = heir->item.told & HEIR_WHOLE,
            .closed = heir->item.told & HEIR_CLOSED,
            .cut_count = heir->item.cut_count,
            .cut = heir->cut,
        };
        main = main || book->successions[i].main;
    }
    book->succession_count = list->standing_count;
}

size_t lt_book_succession_count(const struct lt_book *book)
{
    return book->succession_count;
}

const struct lt_succession *lt_book_succession_at(const struct lt_book *book, size_t number)
{
    return number < book->succession_count ? &book->successions[number] : NULL;
}

const struct lt_succession *lt_book_successions(const struct lt_book *book,
                                                const struct lt_place *unit, size_t *ret_count)
{
    const uint32_t first = slot_of(unit)->heirs;
    size_t count = 0;
    if (first == 0) {
        *ret_count = 0;
        return NULL;
    }
    while (first - 1 + count < book->succession_count &&
           book->successions[first - 1 + count].unit == unit)
        count++;
    *ret_count = count;
    return &book->successions[first - 1];
}

const struct lt_succession *lt_book_closed(const struct lt_book *book, const struct lt_place *unit)
{
    size_t count;
    const struct lt_succession *found = NULL;
    const struct lt_succession *successions = lt_book_successions(book, unit, &count);
    for (size_t i = 0; i < count; i++) {
        if (successions[i].closed && (found == NULL || successions[i].main))
            found = &successions[i];
    }
    return found;
}

static const struct lt_place *main_successor(const struct lt_book *book,
                                             const struct lt_place *unit)
{
    size_t count;
    const struct lt_succession *successions = lt_book_successions(book, unit, &count);
    for (size_t i = 0; i < count; i++) {
        if (successions[i].main)
            return successions[i].successor;
    }
    return NULL;
}

bool lt_book_speaks_for(const struct lt_book *book, const struct lt_place *author,
                        const struct lt_place *unit)
{
    for (unsigned up = 0; unit != NULL && up <= LT_DEPTH_MAX; up++) {
        const struct lt_place *heir = unit;
        for (unsigned step = 0; heir != NULL && step < LT_DEPTH_MAX; step++) {
            if (lt_place_within(heir, author))
                return true;
            heir = main_successor(book, heir);
        }
        unit = unit->parent;
    }
    return false;
}

unsigned lt_book_generation(const struct lt_book *book, const struct lt_place *unit,
                            const struct lt_place *author)
{
    unsigned least = LT_DEPTH_MAX;
    if (unit == author)
        return 0;
    for (unsigned up = 0; unit != NULL && up <= LT_DEPTH_MAX; up++) {
        const struct lt_place *heir = main_successor(book, unit);
        for (unsigned step = 1; heir != NULL && step < least; step++) {
            if (heir == author)
                least = step;
            heir = main_successor(book, heir);
        }
        unit = unit->parent;
    }
    return least;
}

/* ---- Today's tree ---- */

static bool lives(const struct lt_place *place, lt_day day)
{
    const lt_day from = place->unit.valid_from;
    return (from == 0 || from <= day) && (place->valid_to == 0 || place->valid_to >= day);
}

/* The deepest place above both that lives; `a` NULL: of `b` alone. */
static const struct lt_place *joined(const struct lt_place *a, const struct lt_place *b, lt_day day)
{
    for (unsigned up = 0; b != NULL && up <= LT_DEPTH_MAX; up++, b = b->parent) {
        if (!lives(b, day))
            continue;
        const struct lt_place *above = a;
        for (unsigned step = 0; above != NULL && step <= LT_DEPTH_MAX; step++) {
            if (above == b)
                return b;
            above = above->parent;
        }
        if (a == NULL)
            return b;
    }
    return NULL;
}

enum { PENDING_MAX = 256, LOOKED_MAX = 1024 };

/* Units that have ended and are to be looked at, each once, those that ended first at the end: what they
 * went into ended later. */
struct pending {
    const struct lt_place *units[PENDING_MAX];
    size_t count, looked;
    const struct lt_place *found;
    bool nowhere; /* no unit holds all */
    bool many; /* they are too many to look at */
};

static bool ends_before(const struct lt_place *a, const struct lt_place *b)
{
    return a->valid_to != 0 && (b->valid_to == 0 || a->valid_to < b->valid_to);
}

static int ends_cmp(const struct lt_place *a, const struct lt_place *b)
{
    return ends_before(a, b) ? -1 : ends_before(b, a) ? 1 : lt_unit_cmp(&a->unit, &b->unit);
}

static void put_pending(struct pending *pending, const struct lt_place *place)
{
    size_t at = pending->count;
    while (at > 0 && ends_cmp(pending->units[at - 1], place) < 0)
        at--;
    if (at > 0 && pending->units[at - 1] == place)
        return;
    if (pending->count == PENDING_MAX || pending->looked == LOOKED_MAX) {
        pending->many = true;
        return;
    }
    memmove(&pending->units[at + 1], &pending->units[at],
            (pending->count - at) * sizeof(pending->units[0]));
    pending->units[at] = place;
    pending->count++;
}

static void take(struct pending *pending, const struct lt_place *place, lt_day day)
{
    if (!lives(place, day)) {
        put_pending(pending, place);
        return;
    }
    pending->found = joined(pending->found, place, day);
    pending->nowhere = pending->nowhere || pending->found == NULL;
}

/* Also said of a unit is that it has gone without a successor. */
static bool has_successor(const struct lt_book *book, const struct lt_place *unit)
{
    size_t count;
    const struct lt_succession *heirs = lt_book_successions(book, unit, &count);
    return count > 1 || (count == 1 && heirs[0].successor != NULL);
}

/* A unit without a successor lies where the next above it does that lives, or has one and did not end
 * before. */
static void take_parent(const struct lt_book *book, struct pending *pending,
                        const struct lt_place *unit, lt_day day)
{
    const struct lt_place *above = unit->parent;
    for (unsigned up = 0; above != NULL && up <= LT_DEPTH_MAX; up++, above = above->parent) {
        if (!lives(above, day) && (!has_successor(book, above) || ends_before(above, unit)))
            continue;
        take(pending, above, day);
        return;
    }
}

static void take_heirs(const struct lt_book *book, struct pending *pending,
                       const struct lt_place *unit, lt_day day)
{
    size_t count, held = 0;
    const struct lt_succession *heirs = lt_book_successions(book, unit, &count);
    for (size_t i = 0; i < count; i++) {
        if (heirs[i].successor == NULL)
            continue;
        held++;
        take(pending, heirs[i].successor, day);
    }
    if (held == 0)
        take_parent(book, pending, unit, day);
}

const struct lt_place *lt_book_today(const struct lt_book *book, const struct lt_place *unit,
                                     lt_day day)
{
    struct pending pending;
    if (lives(unit, day))
        return unit;
    pending.count = pending.looked = 0;
    pending.found = NULL;
    pending.nowhere = pending.many = false;
    put_pending(&pending, unit);
    while (pending.count > 0 && !pending.nowhere && !pending.many) {
        const struct lt_place *next = pending.units[--pending.count];
        pending.looked++;
        take_heirs(book, &pending, next, day);
    }
    if (!pending.many)
        return pending.nowhere ? NULL : pending.found;
    const struct lt_place *top = lt_book_place(book, &book->top);
    return top != NULL && lives(top, day) ? top : NULL;
}

void lt_book_today_all(const struct lt_book *book, lt_day day,
                       const struct lt_place **ret_by_number)
{
    for (size_t i = 0; i < book->place_count; i++)
        ret_by_number[i] = lt_book_today(book, &book->places[i]->place, day);
}
