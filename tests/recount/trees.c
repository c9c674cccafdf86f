/* Section 7, "today": where units lie in the tree of a day, and the figures of that tree as a ledger answers. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hub/figures.h"
#include "tests/recount/inside.h"

/* One question, as the recount and the ledger answer it. */
struct question {
    struct rc_place *place;
    lt_day day; /* 0: the tree as it was */
    bool apart; /* by the places directly below, else as one */
    bool decided, span;
    int year_from, year_to;
};

struct looking {
    struct recount *recount;
    struct lt_ledger *ledger;
    lt_day day;
    struct rc_list heirs; /* of rc_succession */
    char *text;
};

static bool lives(const struct rc_place *place, lt_day day)
{
    return (place->unit.valid_from == 0 || place->unit.valid_from <= day) &&
           (place->valid_to == 0 || day <= place->valid_to);
}

/* ---- Where a unit lies ---- */

/* The deepest unit living then that holds both. */
static struct rc_place *holds_both(const struct rc_place *a, struct rc_place *b, lt_day day)
{
    while (a != NULL && b != NULL && !(lives(b, day) && rc_below(a, b)))
        b = b->parent;
    return a == NULL ? NULL : b;
}

static bool has_heir(const struct looking *looking, const struct rc_place *place)
{
    for (size_t i = 0; i < looking->heirs.count; i++) {
        const struct rc_succession *heir = looking->heirs.items[i];
        if (lt_unit_cmp(&heir->unit, &place->unit) == 0)
            return true;
    }
    return false;
}

static bool ended_before(const struct rc_place *a, const struct rc_place *b)
{
    return a->valid_to != 0 && (b->valid_to == 0 || a->valid_to < b->valid_to);
}

/* What has successors lies where all of them do. False: one of them is not known yet. */
static bool lies_with_heirs(const struct looking *looking, struct rc_place *place)
{
    struct rc_place *at = NULL;
    bool any = false;
    for (size_t i = 0; i < looking->heirs.count; i++) {
        const struct rc_succession *heir = looking->heirs.items[i];
        if (lt_unit_cmp(&heir->unit, &place->unit) != 0)
            continue;
        const struct rc_place *next = rc_place(looking->recount, &heir->successor);
        if (!next->placed)
            return false;
        if (!any)
            at = next->lies;
        else if (looking->recount->mistake != RECOUNT_SPLIT_TO_FIRST)
            at = holds_both(at, next->lies, looking->day);
        any = true;
    }
    place->placed = true;
    place->lies = at;
    return true;
}

/* What has none lies where the next above it does that lives, or has one and did not end before. */
static bool lies_with_parent(const struct looking *looking, struct rc_place *place)
{
    const struct rc_place *above = place->parent;
    while (above != NULL && !lives(above, looking->day) &&
           (!has_heir(looking, above) || ended_before(above, place)))
        above = above->parent;
    if (above != NULL && !above->placed)
        return false;
    place->placed = true;
    place->lies = above == NULL ? NULL : above->lies;
    return true;
}

static bool place_one(const struct looking *looking, struct rc_place *place)
{
    if (!lives(place, looking->day))
        return has_heir(looking, place) ? lies_with_heirs(looking, place)
                                        : lies_with_parent(looking, place);
    place->placed = true;
    place->lies = place;
    return true;
}

/* All places, as long as one more becomes known. */
static void place_all(const struct looking *looking)
{
    const struct map *places = &looking->recount->places;
    bool more = true;
    for (size_t i = 0; i < places->capacity; i++)
        if (places->entries[i].value != NULL)
            ((struct rc_place *)places->entries[i].value)->placed = false;
    while (more) {
        more = false;
        for (size_t i = 0; i < places->capacity; i++) {
            struct rc_place *place = places->entries[i].value;
            if (place != NULL && !place->placed)
                more = place_one(looking, place) || more;
        }
    }
}

/* ---- What the recount answers ---- */

/* The row in which what is a place's own counts; NULL: in none. What lies nowhere counts at the top. */
static const struct rc_place *row_of(const struct question *question, const struct rc_place *own)
{
    const struct rc_place *at = question->day == 0 ? own : own->lies, *under = NULL;
    if (at == NULL)
        return question->place->parent == NULL ? question->place : NULL;
    for (; at != NULL && at != question->place; at = at->parent)
        under = at;
    return at == NULL ? NULL : question->apart && under != NULL ? under : question->place;
}

static bool is_divided(const struct looking *looking, const struct question *question)
{
    const struct map *places = &looking->recount->places;
    for (size_t i = 0; question->day != 0 && i < places->capacity; i++) {
        const struct rc_place *place = places->entries[i].value;
        if (place != NULL && place->parent == question->place && lives(place, question->day))
            return true;
    }
    return false;
}

static bool asked_for(const struct question *question, const struct rc_own *own)
{
    if (own->decided != question->decided || (own->span_from != 0) != question->span)
        return false;
    return question->span ? own->span_from == question->year_from && own->year == question->year_to
                          : own->year >= question->year_from && own->year <= question->year_to;
}

static void add(struct pool *pool, struct map *rows, const char *key, int64_t count,
                int64_t quantity, int64_t unconfirmed)
{
    struct rc_cell **row = (struct rc_cell **)map_at(rows, key);
    if (*row == NULL)
        *row = pool_take(pool, sizeof **row);
    (*row)->count += count;
    (*row)->quantity += quantity;
    (*row)->unconfirmed += unconfirmed;
}

/* A row's key: numbers from the year's first one to the recipient. */
static const char *key_of(struct pool *pool, const char *place, bool unallocated,
                          const uint32_t numbers[7], const char *code)
{
    return pool_text(pool,
                     "%s%s year %u-%u month %u kind %u status %u level %u recipient %u code %s",
                     place, unallocated ? ", not allocated," : "", numbers[0], numbers[1],
                     numbers[2], numbers[3], numbers[4], numbers[5], numbers[6], code);
}

static void answer(const struct looking *looking, const struct question *question,
                   struct pool *pool, struct map *rows)
{
    const struct map *all = &looking->recount->own;
    const bool divided = is_divided(looking, question);
    for (size_t i = 0; i < all->capacity; i++) {
        const struct rc_own *own = all->entries[i].value;
        if (own == NULL || !asked_for(question, own))
            continue;
        const struct rc_place *row = row_of(question, own->place);
        if (row == NULL)
            continue;
        const struct rc_fact *fact = own->fact;
        const int recipient = fact->recipient == LIENTHONG__RECIPIENT__RECIPIENT_ENTERPRISE
                                  ? LIENTHONG__RECIPIENT__RECIPIENT_COLLECTIVE
                                  : fact->recipient;
        const uint32_t numbers[] = {(uint32_t)own->span_from, (uint32_t)own->year,
                                    (uint32_t)own->month,     (uint32_t)fact->kind,
                                    (uint32_t)fact->status,   (uint32_t)fact->level,
                                    (uint32_t)recipient};
        const char *key =
            key_of(pool, question->apart ? row->text : "all",
                   question->apart && divided && row == question->place, numbers, fact->code);
        add(pool, rows, key, own->count, own->quantity, own->unconfirmed);
    }
}

/* ---- What the ledger answers ---- */

static bool ask(const struct looking *looking, const struct question *question, struct pool *pool,
                struct map *rows)
{
    static const enum lt_dimension by[] = {LT_DIM_PLACE,     LT_DIM_YEAR,   LT_DIM_MONTH,
                                           LT_DIM_KIND,      LT_DIM_STATUS, LT_DIM_LEVEL,
                                           LT_DIM_RECIPIENT, LT_DIM_CODE};
    enum { ALL = sizeof by / sizeof by[0] };
    const size_t left_out = question->apart ? 0 : 1;
    struct lt_figures figures;
    char reason[400] = "";
    struct lt_figures_query query = {
        .place = lt_book_place(lt_ledger_book(looking->ledger), &question->place->unit),
        .decided = question->decided,
        .year_from = question->year_from,
        .year_to = question->year_to,
        .span = question->span,
        .tree = question->day,
        .by_count = ALL - left_out};
    memcpy(query.by, by + left_out, query.by_count * sizeof by[0]);
    if (query.place == NULL || lt_figures_ask(looking->ledger, &query, &figures, reason) != LT_OK) {
        snprintf(looking->text, RECOUNT_DIFFERENCE_MAX, "%s has no figures: %s",
                 question->place->text, reason);
        return false;
    }
    for (size_t i = 0; i < figures.count; i++) {
        const struct lt_figure *row = &figures.rows[i];
        const uint32_t *said = row->numbers + 1 - left_out;
        const uint32_t numbers[] = {said[0] >> 16, said[0] & 0xffff, said[1], said[2],
                                    said[3],       said[4],          said[5]};
        const char *key = key_of(pool, question->apart ? row->values[0] : "all", row->unallocated,
                                 numbers, row->values[query.by_count - 1]);
        add(pool, rows, key, row->count, row->quantity, row->unconfirmed);
    }
    lt_figures_clear(&figures);
    return true;
}

/* ---- Both ---- */

static bool same(const struct rc_cell *a, const struct rc_cell *b)
{
    return a->count == b->count && a->quantity == b->quantity && a->unconfirmed == b->unconfirmed;
}

static bool compare_rows(const struct looking *looking, const struct question *question,
                         const struct map *ours, const struct map *theirs)
{
    static const struct rc_cell nothing = {0};
    const struct map *both[] = {ours, theirs};
    for (int side = 0; side < 2; side++) {
        for (size_t i = 0; i < both[side]->capacity; i++) {
            const char *key = both[side]->entries[i].key;
            const struct rc_cell *one = key == NULL ? NULL : map_find(ours, key);
            const struct rc_cell *other = key == NULL ? NULL : map_find(theirs, key);
            one = one == NULL ? &nothing : one;
            other = other == NULL ? &nothing : other;
            if (same(one, other))
                continue;
            char day[11];
            lt_day_format_iso(question->day, day);
            snprintf(looking->text, RECOUNT_DIFFERENCE_MAX,
                     "tree of %s, place %s, %s, %s:\n  count, quantity, unconfirmed are %" PRId64
                     " %" PRId64 " %" PRId64 " in the recount, %" PRId64 " %" PRId64 " %" PRId64
                     " in the ledger's answer",
                     day, question->place->text, question->decided ? "decided" : "achieved", key,
                     one->count, one->quantity, one->unconfirmed, other->count, other->quantity,
                     other->unconfirmed);
            return false;
        }
    }
    return true;
}

static bool compare_one(const struct looking *looking, const struct question *question)
{
    struct map ours = {0}, theirs = {0};
    struct pool *pool = pool_new();
    answer(looking, question, pool, &ours);
    const bool equal =
        ask(looking, question, pool, &theirs) && compare_rows(looking, question, &ours, &theirs);
    map_clear(&ours);
    map_clear(&theirs);
    pool_free(pool);
    return equal;
}

static struct rc_cell sum_of(const struct map *rows)
{
    struct rc_cell sum = {0};
    for (size_t i = 0; i < rows->capacity; i++) {
        const struct rc_cell *row = rows->entries[i].value;
        if (row == NULL)
            continue;
        sum.count += row->count;
        sum.quantity += row->quantity;
        sum.unconfirmed += row->unconfirmed;
    }
    return sum;
}

/* The ledger's rows of the top by place in the tree of the day must add up to what it answers for the tree as
 * it was: what moves is neither lost nor counted twice. */
static bool adds_up(const struct looking *looking, const struct question *question)
{
    struct question was = *question;
    struct map rows = {0}, rows_were = {0};
    struct pool *pool = pool_new();
    was.day = 0;
    was.apart = false;
    bool equal = ask(looking, question, pool, &rows) && ask(looking, &was, pool, &rows_were);
    const struct rc_cell now = sum_of(&rows), before = sum_of(&rows_were);
    if (equal && !same(&now, &before)) {
        char day[11];
        lt_day_format_iso(question->day, day);
        snprintf(looking->text, RECOUNT_DIFFERENCE_MAX,
                 "tree of %s: all places of the top add up to %" PRId64 " records of %" PRId64
                 ", as they were to %" PRId64 " of %" PRId64,
                 day, now.count, now.quantity, before.count, before.quantity);
        equal = false;
    }
    map_clear(&rows);
    map_clear(&rows_were);
    pool_free(pool);
    return equal;
}

/* Both bases, each year by itself and one span, by place and as one. */
static bool compare_place(const struct looking *looking, struct rc_place *place)
{
    const int span_to = 2019 + (int)((unsigned)looking->day % 8);
    for (unsigned way = 0; way < 6; way++) {
        const bool span = way >= 4;
        const struct question question = {.place = place,
                                          .day = looking->day,
                                          .apart = way % 2 == 0,
                                          .decided = way == 2 || way == 3,
                                          .span = span,
                                          .year_from = span ? span_to - 5 : 1945,
                                          .year_to = span ? span_to : 2200};
        if (!compare_one(looking, &question))
            return false;
        if (question.apart && place->parent == NULL && !adds_up(looking, &question))
            return false;
    }
    return true;
}

bool recount_tree_equal(struct recount *recount, struct lt_ledger *ledger, lt_day day,
                        char ret_difference[RECOUNT_DIFFERENCE_MAX])
{
    struct looking looking = {
        .recount = recount, .ledger = ledger, .day = day, .text = ret_difference};
    bool equal = true;
    rc_heirs(recount, &looking.heirs);
    place_all(&looking);
    for (size_t i = 0; equal && i < recount->places.capacity; i++) {
        struct rc_place *place = recount->places.entries[i].value;
        const bool asked = place != NULL && lives(place, day) &&
                           (place->parent == NULL || place->parent->parent == NULL);
        if (asked)
            equal = compare_place(&looking, place);
    }
    free(looking.heirs.items);
    return equal;
}
