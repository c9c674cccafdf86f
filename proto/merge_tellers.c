/* The merge law among tellers. Needs no memory: the order is kept inside the lines. */
#include <string.h>

#include "proto/merge.h"

/* What a line is, in the order that they are sorted in. */
enum { CLASS_NAMED = 0, CLASS_TOTAL, CLASS_REVOKING, CLASS_IDLE };

static bool is_authority(const struct lt_line *line)
{
    return line->authority != NULL && lt_unit_cmp(&line->teller->unit, &line->authority->unit) == 0;
}

static bool tells(const struct lt_line *line)
{
    return line->quantity > 0;
}

/* By class, place, nearness of the teller, teller, dimensions; then by what can still differ. */
static int cmp(const struct lt_line *a, const struct lt_line *b)
{
    if (a->work_class != b->work_class)
        return a->work_class < b->work_class ? -1 : 1;
    int by = a->place == b->place ? 0 : lt_unit_cmp(&a->place->unit, &b->place->unit);
    if (by != 0)
        return by;
    if (a->work_distance != b->work_distance)
        return a->work_distance < b->work_distance ? -1 : 1;
    by = a->teller == b->teller ? 0 : lt_unit_cmp(&a->teller->unit, &b->teller->unit);
    if (by != 0)
        return by;
    if (a->order != b->order)
        return a->order < b->order ? -1 : 1;
    if (a->quantity != b->quantity)
        return a->quantity < b->quantity ? -1 : 1;
    return (a->count > b->count) - (a->count < b->count);
}

/* The lines in order: positions are kept in the lines themselves. */
static struct lt_line *nth(struct lt_line *lines, size_t position)
{
    return &lines[lines[position].work_index];
}

static void swap(struct lt_line *lines, size_t a, size_t b)
{
    const uint32_t held = lines[a].work_index;
    lines[a].work_index = lines[b].work_index;
    lines[b].work_index = held;
}

static void sift(struct lt_line *lines, size_t at, size_t count)
{
    for (size_t child = 2 * at + 1; child < count; child = 2 * at + 1) {
        if (child + 1 < count && cmp(nth(lines, child), nth(lines, child + 1)) < 0)
            child++;
        if (cmp(nth(lines, at), nth(lines, child)) >= 0)
            return;
        swap(lines, at, child);
        at = child;
    }
}

static void sort(struct lt_line *lines, size_t count)
{
    for (size_t i = count / 2; i-- > 0;)
        sift(lines, i, count);
    for (size_t end = count; end-- > 1;) {
        swap(lines, 0, end);
        sift(lines, 0, end);
    }
}

/* What the scope holds, seen before anything is sorted. */
struct view {
    bool totals, tellers_differ;
    bool authority_named, authority_total; /* of what it decided */
    bool authority_revokes;
};

static struct view look(struct lt_line *lines, size_t count)
{
    struct view view = {0};
    const struct lt_place *teller = NULL;
    for (size_t i = 0; i < count; i++) {
        struct lt_line *line = &lines[i];
        line->counted_count = line->counted_quantity = 0;
        line->unconfirmed = false;
        if (!tells(line))
            continue;
        view.totals = view.totals || line->stated_total;
        view.tellers_differ = view.tellers_differ || (teller != NULL && teller != line->teller);
        teller = line->teller;
        if (is_authority(line) && line->revoked) {
            view.authority_revokes = true;
        } else if (is_authority(line)) {
            view.authority_named = view.authority_named || !line->stated_total;
            view.authority_total = view.authority_total || line->stated_total;
        }
    }
    return view;
}

/* Whose list can count at all. */
static uint8_t class_of(const struct lt_line *line, const struct view *view)
{
    if (!tells(line))
        return CLASS_IDLE;
    if (line->revoked && !view->authority_named && is_authority(line))
        return CLASS_REVOKING;
    const bool spoken = view->authority_named || (line->stated_total && view->authority_total);
    if (spoken && !is_authority(line))
        return CLASS_IDLE;
    return line->stated_total ? CLASS_TOTAL : CLASS_NAMED;
}

static void arrange(struct lt_line *lines, size_t count, const struct view *view)
{
    for (size_t i = 0; i < count; i++) {
        struct lt_line *line = &lines[i];
        line->work_index = (uint32_t)i;
        line->work_class = class_of(line, view);
        line->work_distance = (uint8_t)lt_place_distance(line->place, line->teller);
        line->work_covered = line->work_matched = 0;
    }
    sort(lines, count);
}

/* The first position of a class in the order. */
static size_t start_of(struct lt_line *lines, size_t count, uint8_t class)
{
    size_t low = 0, high = count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (nth(lines, middle)->work_class < class)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The lines of one place, and of these the ones whose teller is nearest: they come first. */
struct group {
    size_t start, chosen_end, end;
};

static struct group group_at(struct lt_line *lines, size_t start, size_t end)
{
    struct group group = {start, start, start};
    const struct lt_line *first = nth(lines, start);
    while (group.end < end && nth(lines, group.end)->place == first->place) {
        if (nth(lines, group.end)->teller == first->teller)
            group.chosen_end = group.end + 1;
        group.end++;
    }
    return group;
}

static void count_whole(struct lt_line *line)
{
    line->counted_count = line->count;
    line->counted_quantity = line->quantity;
}

static int cmp_code(const struct lt_place *a, const struct lt_place *b)
{
    return memcmp(a->unit.code, b->unit.code, sizeof(a->unit.code));
}

/* Of the totals, from..to in the order, the first at an entry of this place's code; `to`: none. */
static size_t seek_code(struct lt_line *lines, size_t from, size_t to, const struct lt_place *place)
{
    size_t low = from, high = to;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (cmp_code(nth(lines, middle)->place, place) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The chosen total of the same dimensions at the place that begins at `start`. */
static struct lt_line *seek_order(struct lt_line *lines, size_t start, size_t to, uint32_t order)
{
    const struct lt_line *first = nth(lines, start);
    size_t low = start, high = to;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const struct lt_line *line = nth(lines, middle);
        const bool before =
            line->place == first->place && line->teller == first->teller && line->order < order;
        if (before)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == to)
        return NULL;
    struct lt_line *found = nth(lines, low);
    return found->place == first->place && found->teller == first->teller && found->order == order
               ? found
               : NULL;
}

/* The first line after those of the place that stands at `at`. */
static size_t next_place(struct lt_line *lines, size_t at, size_t to)
{
    const struct lt_place *place = nth(lines, at)->place;
    size_t low = at + 1, high = to;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (lt_unit_cmp(&nth(lines, middle)->place->unit, &place->unit) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Tells the totals of one place of what counts there. */
static void cover_group(struct lt_line *lines, size_t start, size_t to,
                        const struct lt_line *counted)
{
    nth(lines, start)->work_covered += counted->counted_quantity;
    struct lt_line *same = seek_order(lines, start, to, counted->order);
    if (same != NULL)
        same->work_matched += counted->counted_quantity;
}

/* Tells the totals at `place` and above of what counts there: at any entry of their codes, since what lies
 * below a unit goes by code, through time. */
static void cover(struct lt_line *lines, size_t from, size_t to, const struct lt_line *counted,
                  const struct lt_place *place)
{
    for (unsigned step = 0; place != NULL && step < LT_DEPTH_MAX; step++, place = place->parent) {
        for (size_t at = seek_code(lines, from, to, place);
             at < to && cmp_code(nth(lines, at)->place, place) == 0; at = next_place(lines, at, to))
            cover_group(lines, at, to, counted);
    }
}

/* The totals of one place count by what they exceed. */
static void count_excess(struct lt_line *lines, const struct group *group)
{
    int64_t stated = 0, open = 0;
    for (size_t i = group->start; i < group->chosen_end; i++) {
        struct lt_line *line = nth(lines, i);
        const int64_t rest = line->quantity - line->work_matched;
        line->counted_quantity = rest > 0 ? rest : 0;
        stated += line->quantity;
        open += line->counted_quantity;
    }
    const int64_t covered = nth(lines, group->start)->work_covered;
    const int64_t excess = stated > covered ? stated - covered : 0;
    int64_t surplus = open - excess;
    for (size_t i = group->start; i < group->chosen_end; i++) {
        struct lt_line *line = nth(lines, i);
        const int64_t taken = surplus < line->counted_quantity ? surplus : line->counted_quantity;
        line->counted_quantity -= taken;
        surplus -= taken;
        line->counted_count = line->counted_quantity > 0 ? line->count : 0;
    }
}

static unsigned depth_of(const struct lt_place *place)
{
    unsigned depth = 0;
    for (; place->parent != NULL && depth < LT_DEPTH_MAX; place = place->parent)
        depth++;
    return depth;
}

/* The places of one code, from `at` on: the end of them, and the least depth among them. What lies below
 * any of them is deeper, so totals that lie in each other are taken from within. */
static size_t code_end(struct lt_line *lines, size_t at, size_t to, unsigned *ret_depth)
{
    const struct lt_place *first = nth(lines, at)->place;
    unsigned least = LT_DEPTH_MAX;
    while (at < to && cmp_code(nth(lines, at)->place, first) == 0) {
        const unsigned depth = depth_of(nth(lines, at)->place);
        least = depth < least ? depth : least;
        at = next_place(lines, at, to);
    }
    *ret_depth = least;
    return at;
}

static void count_totals_at(struct lt_line *lines, size_t from, size_t to, size_t at, size_t end)
{
    struct group group;
    for (; at < end; at = group.end) {
        group = group_at(lines, at, end);
        count_excess(lines, &group);
        for (size_t i = group.start; i < group.chosen_end; i++)
            cover(lines, from, to, nth(lines, i), nth(lines, i)->place->parent);
    }
}

static void count_totals(struct lt_line *lines, size_t from, size_t to)
{
    for (unsigned depth = LT_DEPTH_MAX + 1; depth-- > 0;) {
        size_t end;
        for (size_t at = from; at < to; at = end) {
            unsigned its;
            end = code_end(lines, at, to, &its);
            if (its == depth)
                count_totals_at(lines, from, to, at, end);
        }
    }
}

static void count_named(struct lt_line *lines, size_t named_end, size_t totals_end)
{
    struct group group;
    for (size_t at = 0; at < named_end; at = group.end) {
        group = group_at(lines, at, named_end);
        for (size_t i = group.start; i < group.chosen_end; i++) {
            struct lt_line *line = nth(lines, i);
            count_whole(line);
            cover(lines, named_end, totals_end, line, line->place);
        }
    }
}

/* ---- Revocations by an authority that has no list of its own ---- */

/* The first of the lines from..to of exactly this place; `to`: none. */
static size_t seek_place(struct lt_line *lines, size_t from, size_t to,
                         const struct lt_place *place)
{
    size_t low = from, high = to;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (lt_unit_cmp(&nth(lines, middle)->place->unit, &place->unit) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < to && nth(lines, low)->place == place ? low : to;
}

static int64_t revoked_at(struct lt_line *lines, size_t from, size_t to,
                          const struct lt_place *place)
{
    int64_t sum = 0;
    for (size_t i = seek_place(lines, from, to, place); i < to && nth(lines, i)->place == place;
         i++)
        sum += nth(lines, i)->revoked ? nth(lines, i)->counted_quantity : 0;
    return sum;
}

/* Takes so much from what counts as decided at a place; returns what is left to take. */
static int64_t take_at(struct lt_line *lines, size_t from, size_t to, const struct lt_place *place,
                       int64_t much)
{
    for (size_t i = seek_place(lines, from, to, place); i < to && nth(lines, i)->place == place;
         i++) {
        struct lt_line *line = nth(lines, i);
        const int64_t taken = line->revoked                   ? 0
                              : much < line->counted_quantity ? much
                                                              : line->counted_quantity;
        line->counted_quantity -= taken;
        line->counted_count = line->counted_quantity == 0 ? 0
                              : line->stated_total        ? line->counted_count
                                                          : line->counted_count - taken;
        much -= taken;
    }
    return much;
}

/* Gives what is revoked at a place to the authority's names, then to its totals; returns what is left. */
static int64_t give(struct lt_line *lines, size_t at, size_t end, bool totals, int64_t much)
{
    for (; at < end; at++) {
        struct lt_line *line = nth(lines, at);
        if (line->stated_total != totals)
            continue;
        line->counted_quantity = much < line->quantity ? much : line->quantity;
        line->counted_count = line->counted_quantity == 0 ? 0
                              : line->stated_total        ? line->count
                                                          : line->counted_quantity;
        much -= line->counted_quantity;
    }
    return much;
}

/* A total counts only by what it exceeds the names, here too. */
static void revoke(struct lt_line *lines, size_t totals, size_t revoking, size_t idle)
{
    for (size_t at = revoking; at < idle;) {
        const size_t end = next_place(lines, at, idle);
        const struct lt_place *place = nth(lines, at)->place;
        int64_t named = 0, total = 0;
        for (size_t i = at; i < end; i++)
            *(nth(lines, i)->stated_total ? &total : &named) += nth(lines, i)->quantity;
        int64_t left = (total > named ? total : named) - revoked_at(lines, 0, totals, place) -
                       revoked_at(lines, totals, revoking, place);
        left = left > 0 ? left : 0;
        take_at(lines, totals, revoking, place, take_at(lines, 0, totals, place, left));
        give(lines, at, end, true, give(lines, at, end, false, left));
        at = end;
    }
}

void lt_scope_law(struct lt_line *lines, size_t count)
{
    const struct view view = look(lines, count);
    if (!view.totals && !view.tellers_differ) {
        for (size_t i = 0; i < count; i++) {
            if (tells(&lines[i]))
                count_whole(&lines[i]);
        }
    } else {
        arrange(lines, count, &view);
        const size_t totals = start_of(lines, count, CLASS_TOTAL);
        const size_t revoking = start_of(lines, count, CLASS_REVOKING);
        count_named(lines, totals, revoking);
        count_totals(lines, totals, revoking);
        revoke(lines, totals, revoking, start_of(lines, count, CLASS_IDLE));
    }
    const bool confirmed = view.authority_named || view.authority_total || view.authority_revokes;
    for (size_t i = 0; i < count; i++)
        lines[i].unconfirmed = !confirmed && lines[i].counted_quantity > 0;
}
