#include "agent/second.h"

#include <string.h>

static bool is_above(const struct lt_book *book, const struct lt_site *site,
                     const struct lt_unit *hub)
{
    return lt_book_within(book, &site->unit, hub) ||
           lt_book_within(book, &site->parent, hub); /* after a Move */
}

uint32_t lt_second_after_s(const struct lt_book *book, const struct lt_site *site)
{
    uint32_t least = 0;
    for (size_t i = 0; i < lt_book_fallback_count(book); i++) {
        const struct lt_fallback *said = lt_book_fallback_at(book, i);
        if (said->after_s != 0 && is_above(book, site, &said->hub) &&
            (least == 0 || said->after_s < least)) {
            least = said->after_s;
        }
    }
    return least != 0 ? least : LT_SECOND_AFTER_S;
}

/* How far above the parent: the top stands highest. */
static unsigned height(const struct lt_book *book, const struct lt_site *site,
                       const struct lt_unit *hub)
{
    const struct lt_place *parent = lt_book_place(book, &site->parent);
    const struct lt_place *place = lt_book_place(book, hub);
    if (lt_unit_cmp(hub, &site->top) == 0) {
        return UINT32_MAX;
    }
    return parent != NULL && place != NULL ? lt_place_distance(parent, place) : 0;
}

static bool reads(const struct lt_fallback *said, const struct lt_way_up *now,
                  struct lt_way_up *ret_way)
{
    struct lt_move move = {
        .parent = said->hub, .endpoint_count = said->endpoint_count, .endpoints = said->endpoints};
    memcpy(move.curve_key, said->curve_key, sizeof(move.curve_key));
    return memcmp(said->curve_key, now->curve, sizeof(now->curve)) != 0 &&
           lt_way_up_next(&move, now, ret_way);
}

size_t lt_second_ways(const struct lt_book *book, const struct lt_site *site,
                      struct lt_way_up ret_ways[LT_WAYS_SECONDS_MAX])
{
    unsigned heights[LT_WAYS_SECONDS_MAX];
    struct lt_way_up now, way;
    size_t count = 0;
    lt_way_of_site(site, &now);
    for (size_t i = 0; i < lt_book_fallback_count(book); i++) {
        const struct lt_fallback *said = lt_book_fallback_at(book, i);
        if (said->after_s == 0 || !is_above(book, site, &said->hub) || !reads(said, &now, &way)) {
            continue;
        }
        unsigned high = height(book, site, &said->hub);
        size_t at = count;
        while (at > 0 && heights[at - 1] < high) {
            at--;
        }
        if (at == LT_WAYS_SECONDS_MAX) {
            continue;
        }
        count += count < LT_WAYS_SECONDS_MAX;
        memmove(&ret_ways[at + 1], &ret_ways[at], (count - at - 1) * sizeof(ret_ways[0]));
        memmove(&heights[at + 1], &heights[at], (count - at - 1) * sizeof(heights[0]));
        ret_ways[at] = way;
        heights[at] = high;
    }
    return count;
}

int64_t lt_second_overdue(const struct lt_journal_counts *counts, uint32_t after_s, int64_t now)
{
    int64_t since = counts->oldest_waiting_at;
    return since != 0 && now >= since && now - since >= (int64_t)after_s ? since : 0;
}
