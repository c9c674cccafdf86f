/* Section 8, among tellers: what counts of each scope. */
#include <stdlib.h>
#include <string.h>

#include "tests/recount/inside.h"

static void gather(struct recount *recount)
{
    struct map lines = {0};
    for (size_t i = 0; i < recount->change_count; i++) {
        struct rc_change *change = &recount->changes[i];
        const struct rc_fact *fact = &change->fact;
        if (!change->wins)
            continue;
        struct rc_scope **scope = (struct rc_scope **)map_at(&recount->scopes, fact->scope);
        if (*scope == NULL) {
            *scope = pool_take(recount->pool, sizeof **scope);
            rc_push(&recount->scope_list, *scope);
        }
        const char *dims = rc_dims(recount, fact);
        const char *key =
            pool_text(recount->pool, "%s|%d|%s|%s|%d %d %d %d|%s", fact->scope, fact->total,
                      change->author->text, fact->place->text, fact->year, fact->span_from,
                      fact->decided_year, fact->month, dims);
        struct rc_line **line = (struct rc_line **)map_at(&lines, key);
        if (*line == NULL) {
            *line = pool_take(recount->pool, sizeof **line);
            **line = (struct rc_line){
                .teller = change->author, .fact = fact, .dims = dims, .next = (*scope)->lines};
            (*scope)->lines = *line;
            (*scope)->count++;
        }
        (*line)->count++;
        (*line)->quantity += fact->quantity;
    }
    map_clear(&lines);
}

int rc_distance(const struct rc_place *place, const struct rc_place *teller)
{
    int steps = 0;
    while (place != NULL && strcmp(place->unit.code, teller->unit.code) != 0) {
        place = place->parent;
        steps++;
    }
    return place == NULL ? LT_DEPTH_MAX : steps;
}

/* Is a nearer to the place than b? Ties go to the lesser unit. */
static bool nearer(const struct recount *recount, const struct rc_place *place,
                   const struct rc_place *a, const struct rc_place *b)
{
    const int one = rc_distance(place, a), other = rc_distance(place, b);
    if (one != other)
        return one < other;
    const int order = lt_unit_cmp(&a->unit, &b->unit);
    return recount->mistake == RECOUNT_TIES_TO_GREATER ? order > 0 : order < 0;
}

static bool by_authority(const struct rc_line *line)
{
    return line->teller == line->fact->authority;
}

static bool revoked(const struct rc_line *line)
{
    return line->fact->status == LT_STATUS_REVOKED;
}

/* Is it one of an authority's revocations that are no list? */
static bool no_list(const struct rc_scope *scope, const struct rc_line *line)
{
    return scope->only_revokes && by_authority(line) && revoked(line);
}

static bool authority_told(const struct rc_scope *scope, bool total)
{
    for (const struct rc_line *line = scope->lines; line != NULL; line = line->next)
        if (line->fact->total == total && by_authority(line) && !no_list(scope, line))
            return true;
    return false;
}

/* Does the authority tell of revocations, and names nothing decided? Then they are no list. */
static bool only_revokes(const struct rc_scope *scope)
{
    bool any = false;
    for (const struct rc_line *line = scope->lines; line != NULL; line = line->next) {
        if (by_authority(line) && !revoked(line) && !line->fact->total)
            return false;
        any = any || (by_authority(line) && revoked(line));
    }
    return any;
}

/* Whose list counts: the authority's own; where it has none, for each place that of the nearest. */
static void choose(const struct recount *recount, struct rc_scope *scope, bool total)
{
    const bool own = authority_told(scope, total);
    const bool silenced = total && !own && authority_told(scope, false);
    for (struct rc_line *line = scope->lines; line != NULL; line = line->next) {
        if (line->fact->total != total)
            continue;
        line->chosen = own ? by_authority(line) : !silenced;
        if (no_list(scope, line))
            line->chosen = false;
        for (const struct rc_line *other = scope->lines; other != NULL && !own; other = other->next)
            if (other->fact->total == total && other->fact->place == line->fact->place &&
                other->teller != line->teller && !no_list(scope, other) &&
                nearer(recount, line->fact->place, other->teller, line->teller))
                line->chosen = false;
    }
}

/* ---- Totals, deepest place first ---- */

static int depth_of(const struct rc_place *place)
{
    int steps = 0;
    for (; place->parent != NULL && steps < LT_DEPTH_MAX; place = place->parent)
        steps++;
    return steps;
}

static int deepest_first(const void *a, const void *b)
{
    const struct rc_line *const *left = a, *const *right = b;
    const struct rc_place *one = (*left)->fact->place, *other = (*right)->fact->place;
    const int depth = depth_of(other) - depth_of(one);
    return depth != 0 ? depth : lt_unit_cmp(&one->unit, &other->unit);
}

static bool same_dims(const struct rc_line *a, const struct rc_line *b)
{
    const struct rc_fact *one = a->fact, *other = b->fact;
    return one->year == other->year && one->span_from == other->span_from &&
           one->decided_year == other->decided_year && one->month == other->month &&
           strcmp(a->dims, b->dims) == 0;
}

static int dims_cmp(const void *a, const void *b)
{
    const struct rc_line *const *left = a, *const *right = b;
    const struct rc_fact *one = (*left)->fact, *other = (*right)->fact;
    if (one->year != other->year)
        return one->year - other->year;
    if (one->span_from != other->span_from)
        return one->span_from - other->span_from;
    if (one->decided_year != other->decided_year)
        return one->decided_year - other->decided_year;
    if (one->month != other->month)
        return one->month - other->month;
    return strcmp((*left)->dims, (*right)->dims);
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* The totals of one place: each counts by what it exceeds what counts within the place. What is covered is
 * taken from a line of the same dimensions first, then from the others in their order. */
static void exceed(const struct recount *recount, struct rc_scope *scope, struct rc_line **totals,
                   size_t count)
{
    const struct rc_place *place = totals[0]->fact->place;
    int64_t covered = 0, taken = 0;
    qsort(totals, count, sizeof *totals, dims_cmp);
    for (size_t i = 0; i < count; i++)
        totals[i]->counted_quantity = totals[i]->quantity;
    for (const struct rc_line *line = scope->lines; line != NULL; line = line->next) {
        const bool own = line->fact->total && line->fact->place == place;
        if (!line->chosen || own || !rc_within(line->fact->place, place))
            continue;
        covered += line->counted_quantity;
        for (size_t i = 0; i < count; i++) {
            if (!same_dims(totals[i], line))
                continue;
            const int64_t part = least(line->counted_quantity, totals[i]->counted_quantity);
            totals[i]->counted_quantity -= part;
            taken += part;
        }
    }
    for (size_t i = 0; i < count; i++) {
        const int64_t part = least(covered - taken, totals[i]->counted_quantity);
        totals[i]->counted_quantity -= part;
        taken += part;
        if (recount->mistake == RECOUNT_TOTALS_ADDED)
            totals[i]->counted_quantity = totals[i]->quantity;
        totals[i]->counted_count = totals[i]->counted_quantity > 0 ? totals[i]->count : 0;
    }
}

static void settle(const struct recount *recount, struct rc_scope *scope, struct rc_line **totals)
{
    size_t count = 0;
    for (struct rc_line *line = scope->lines; line != NULL; line = line->next) {
        if (line->chosen && line->fact->total) {
            totals[count++] = line;
        } else if (line->chosen) {
            line->counted_count = line->count;
            line->counted_quantity = line->quantity;
        }
    }
    if (count > 1)
        qsort(totals, count, sizeof *totals, deepest_first);
    for (size_t from = 0, to; from < count; from = to) {
        for (to = from; to < count && totals[to]->fact->place == totals[from]->fact->place; to++)
            ;
        exceed(recount, scope, totals + from, to - from);
    }
}

/* ---- Revocations by an authority that tells of nothing else ---- */

static int names_first(const void *a, const void *b)
{
    const struct rc_line *const *left = a, *const *right = b;
    if ((*left)->fact->total != (*right)->fact->total)
        return (*left)->fact->total ? 1 : -1;
    return dims_cmp(a, b);
}

/* Takes `quantity` from what counts at a place as decided. */
static void take(struct rc_scope *scope, const struct rc_place *place, int64_t quantity,
                 struct rc_line **room)
{
    size_t count = 0;
    for (struct rc_line *line = scope->lines; line != NULL; line = line->next)
        if (line->fact->place == place && line->counted_quantity > 0 && !revoked(line))
            room[count++] = line;
    if (count > 1)
        qsort(room, count, sizeof *room, names_first);
    for (size_t i = 0; i < count; i++) {
        const int64_t part = least(quantity, room[i]->counted_quantity);
        quantity -= part;
        room[i]->counted_quantity -= part;
        room[i]->counted_count = room[i]->fact->total
                                     ? (room[i]->counted_quantity > 0 ? room[i]->count : 0)
                                     : room[i]->counted_quantity;
    }
}

/* What an authority revokes at a place is the greater of its names and its totals there. By what that exceeds
 * what counts there as revoked already it counts: names first, then totals. Returns by how much. */
static int64_t beyond(struct rc_scope *scope, struct rc_line **own, size_t count)
{
    int64_t names = 0, totals = 0, already = 0;
    qsort(own, count, sizeof *own, names_first);
    for (size_t i = 0; i < count; i++)
        *(own[i]->fact->total ? &totals : &names) += own[i]->quantity;
    for (const struct rc_line *line = scope->lines; line != NULL; line = line->next)
        if (line->fact->place == own[0]->fact->place && !by_authority(line) && revoked(line))
            already += line->counted_quantity;
    const int64_t more = (names > totals ? names : totals) - already;
    int64_t left = more > 0 ? more : 0;
    for (size_t i = 0; i < count; i++) {
        const int64_t part = least(left, own[i]->quantity);
        own[i]->counted_quantity = part;
        own[i]->counted_count = own[i]->fact->total ? (part > 0 ? own[i]->count : 0) : part;
        left -= part;
    }
    return more > 0 ? more : 0;
}

/* By place: what the authority revokes there beyond what counts there as revoked. */
static void revoke(struct rc_scope *scope, struct rc_line **room)
{
    for (struct rc_line *first = scope->lines; first != NULL; first = first->next) {
        const struct rc_place *place = first->fact->place;
        size_t count = 0;
        if (!no_list(scope, first) || first->settled)
            continue;
        for (struct rc_line *line = scope->lines; line != NULL; line = line->next) {
            if (line->fact->place != place || !no_list(scope, line))
                continue;
            line->settled = true;
            room[count++] = line;
        }
        take(scope, place, beyond(scope, room, count), room);
    }
}

/* A teller's list for a place is the greater of the sum of his names and of his totals there. Tellers differ
 * when, of two or more, some list is not what counts at its place and below. */
static int64_t list_of(const struct rc_scope *scope, const struct rc_place *teller,
                       const struct rc_place *place)
{
    int64_t names = 0, totals = 0;
    for (const struct rc_line *line = scope->lines; line != NULL; line = line->next) {
        if (line->teller != teller || line->fact->place != place)
            continue;
        names += line->fact->total ? 0 : line->quantity;
        totals += line->fact->total ? line->quantity : 0;
    }
    return names > totals ? names : totals;
}

static int64_t differ(const struct rc_scope *scope)
{
    int64_t most = 0;
    bool many = false;
    for (const struct rc_line *line = scope->lines; line != NULL; line = line->next) {
        int64_t counted = 0;
        many = many || line->teller != scope->lines->teller;
        for (const struct rc_line *other = scope->lines; other != NULL; other = other->next)
            if (rc_within(other->fact->place, line->fact->place))
                counted += other->counted_quantity;
        const int64_t by = llabs(list_of(scope, line->teller, line->fact->place) - counted);
        most = by > most ? by : most;
    }
    return many ? most : 0;
}

void rc_tellers(struct recount *recount)
{
    gather(recount);
    for (size_t i = 0; i < recount->scope_list.count; i++) {
        struct rc_scope *scope = recount->scope_list.items[i];
        struct rc_line **totals =
            pool_take(recount->pool, (scope->count + 1) * sizeof(struct rc_line *));
        scope->only_revokes = only_revokes(scope);
        choose(recount, scope, false);
        choose(recount, scope, true);
        settle(recount, scope, totals);
        if (scope->only_revokes)
            revoke(scope, totals);
        scope->differs = differ(scope);
    }
}
