#include "hub/spread.h"

#include <stdlib.h>

void lt_spread_keep(struct lt_spread *spread, const struct lt_place *place)
{
    if (spread->keeps && spread->kept != place)
        place = NULL;
    spread->keeps = true;
    spread->kept = place;
}

static bool room(void **items, size_t count, size_t *capacity, size_t item_bytes)
{
    if (count < *capacity)
        return true;
    size_t more = *capacity == 0 ? 64 : *capacity * 2;
    void *grown = realloc(*items, more * item_bytes);
    if (grown == NULL)
        return false;
    *items = grown;
    *capacity = more;
    return true;
}

/* The number of a heading, which is mostly one of the last. */
static bool heading_of(struct lt_spread *spread, const struct lt_place *to,
                       const struct lt_place *from, uint32_t *ret_heading)
{
    for (size_t i = spread->heading_count; i-- > 0;)
        if (spread->headings[i].to == to && spread->headings[i].from == from) {
            *ret_heading = (uint32_t)i;
            return true;
        }
    void *headings = spread->headings;
    if (!room(&headings, spread->heading_count, &spread->heading_capacity,
              sizeof *spread->headings))
        return false;
    spread->headings = headings;
    spread->headings[spread->heading_count] = (struct lt_heading){to, from};
    *ret_heading = (uint32_t)spread->heading_count++;
    return true;
}

static bool add(struct lt_spread *spread, const struct lt_place *place, const struct lt_place *to,
                const struct lt_place *from)
{
    uint32_t heading;
    void *scans = spread->scans;
    if (spread->keeps) {
        to = to == spread->kept ? to : NULL;
        from = from == spread->kept ? from : NULL;
    }
    if (to == from)
        return true;
    if (!heading_of(spread, to, from, &heading) ||
        !room(&scans, spread->count, &spread->capacity, sizeof *spread->scans))
        return false;
    spread->scans = scans;
    spread->scans[spread->count++] = (struct lt_spread_scan){place, heading, false};
    return true;
}

enum lt_result lt_spread_make(struct lt_spread *spread, const struct lt_book *book,
                              const struct lt_place *place, bool apart)
{
    const bool own = apart && place->parent == NULL;
    if (!add(spread, place, place, NULL))
        return LT_NO_MEMORY;
    if (spread->count > 0)
        spread->scans[0].own = own;
    for (size_t i = 0; apart && i < lt_book_place_count(book); i++) {
        const struct lt_place *below = lt_book_place_at(book, i);
        if (below->parent == place && !add(spread, below, below, own ? NULL : place))
            return LT_NO_MEMORY;
    }
    return LT_OK;
}

/* Where what lies at `lies` counts: at the place directly below `place` that holds it, at `place` itself, or
 * nowhere in it. */
static const struct lt_place *counts_at(const struct lt_place *lies, const struct lt_place *place,
                                        bool apart)
{
    const struct lt_place *under = lies;
    for (unsigned up = 0; lies != NULL && lies != place && up <= LT_DEPTH_MAX; up++) {
        under = lies;
        lies = lies->parent;
    }
    return lies != place ? NULL : apart ? under : place;
}

enum lt_result lt_spread_make_on(struct lt_spread *spread, const struct lt_book *book,
                                 const struct lt_place *place, lt_day day, bool apart)
{
    const size_t count = lt_book_place_count(book);
    enum lt_result result = LT_OK;
    const struct lt_place **at = calloc(count + 1, sizeof(const struct lt_place *));
    if (at == NULL)
        return LT_NO_MEMORY;
    lt_book_today_all(book, day, at);
    for (size_t i = 0; i < count; i++) {
        const bool nowhere = at[i] == NULL;
        at[i] = counts_at(at[i], place, apart);
        if (nowhere && place->parent == NULL && lt_place_within(lt_book_place_at(book, i), place))
            at[i] = place; /* nothing is lost at the top */
    }
    for (size_t i = 0; i < count && result == LT_OK; i++) {
        const struct lt_place *unit = lt_book_place_at(book, i);
        const struct lt_place *from = unit->parent == NULL ? NULL : at[unit->parent->number];
        if (!add(spread, unit, at[i], from))
            result = LT_NO_MEMORY;
    }
    free(at);
    return result;
}

void lt_spread_free(struct lt_spread *spread)
{
    free(spread->headings);
    free(spread->scans);
    *spread = (struct lt_spread){0};
}
