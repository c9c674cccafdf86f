/* naive_tellers.h - naive_count.h among the tellers of one scope: what of each line counts. */
#ifndef LT_TEST_NAIVE_TELLERS_H
#define LT_TEST_NAIVE_TELLERS_H

#include "tests/unit/naive_author.h"

static bool naive_of_authority(const struct naive_line *line)
{
    return line->fact->authority == line->fact->author;
}

static unsigned naive_distance(const struct lt_place *place, const struct lt_place *above)
{
    return lt_place_distance(place, above);
}

/* Is there a list of another teller that comes before this one's for its place? */
static bool naive_beaten(const struct naive *naive, const struct naive_line *line)
{
    for (size_t i = 0; i < naive->line_count; i++) {
        const struct naive_line *other = &naive->lines[i];
        if (other->idle || memcmp(other->fact->scope, line->fact->scope, 32) != 0 ||
            other->fact->place != line->fact->place ||
            other->fact->stated_total != line->fact->stated_total)
            continue;
        unsigned mine = naive_distance(line->fact->place, line->fact->author);
        unsigned its = naive_distance(other->fact->place, other->fact->author);
        if (its < mine ||
            (its == mine && lt_unit_cmp(&other->fact->author->unit, &line->fact->author->unit) < 0))
            return true;
    }
    return false;
}

static int naive_dims_cmp(const struct lt_fact *a, const struct lt_fact *b)
{
    const int left[] = {a->year,    a->span_from, a->decided_year, a->month,     a->kind,
                        a->outside, a->level,     a->type,         a->recipient, a->category,
                        a->sex,     a->nature,    a->status};
    const int right[] = {b->year,    b->span_from, b->decided_year, b->month,     b->kind,
                         b->outside, b->level,     b->type,         b->recipient, b->category,
                         b->sex,     b->nature,    b->status};
    for (size_t i = 0; i < sizeof left / sizeof left[0]; i++)
        if (left[i] != right[i])
            return left[i] - right[i];
    int order = strcmp(a->code, b->code);
    if (order == 0)
        order = strcmp(a->field, b->field);
    return order != 0 ? order : strcmp(a->movement, b->movement);
}

static bool naive_below(const struct lt_place *place, const struct lt_place *above)
{
    for (; place != NULL; place = place->parent)
        if (strcmp(place->unit.code, above->unit.code) == 0)
            return true;
    return false;
}

static unsigned naive_depth(const struct lt_place *place)
{
    unsigned depth = 0;
    for (; place->parent != NULL; place = place->parent)
        depth++;
    return depth;
}

/* The stated totals of one scope at one place, once all below it are settled. */
static void naive_totals(struct naive *naive, const struct naive_line *like)
{
    struct naive_line *mine[256];
    size_t count = 0;
    int64_t covered = 0, stated = 0, open = 0;
    for (size_t i = 0; i < naive->line_count; i++) {
        struct naive_line *line = &naive->lines[i];
        if (line->idle || memcmp(line->fact->scope, like->fact->scope, 32) != 0)
            continue;
        if (line->fact->stated_total && line->fact->place == like->fact->place)
            mine[count++] = line;
        else if (naive_below(line->fact->place, like->fact->place) &&
                 (!line->fact->stated_total || line->done))
            covered += line->counted_quantity;
    }
    for (size_t i = 0; i < count; i++) /* few: sorted by exchanging */
        for (size_t j = i + 1; j < count; j++)
            if (naive_dims_cmp(mine[j]->fact, mine[i]->fact) < 0) {
                struct naive_line *held = mine[i];
                mine[i] = mine[j];
                mine[j] = held;
            }
    for (size_t i = 0; i < count; i++) {
        int64_t matched = 0;
        for (size_t j = 0; j < naive->line_count; j++) {
            const struct naive_line *line = &naive->lines[j];
            if (!line->idle && memcmp(line->fact->scope, like->fact->scope, 32) == 0 &&
                line != mine[i] && naive_below(line->fact->place, like->fact->place) &&
                (line->fact->place != like->fact->place || !line->fact->stated_total) &&
                naive_dims_cmp(line->fact, mine[i]->fact) == 0)
                matched += line->counted_quantity;
        }
        mine[i]->counted_quantity = mine[i]->quantity > matched ? mine[i]->quantity - matched : 0;
        stated += mine[i]->quantity;
        open += mine[i]->counted_quantity;
    }
    int64_t surplus = open - (stated > covered ? stated - covered : 0);
    for (size_t i = 0; i < count; i++) {
        int64_t taken = surplus < mine[i]->counted_quantity ? surplus : mine[i]->counted_quantity;
        mine[i]->counted_quantity -= taken;
        surplus -= taken;
        mine[i]->counted_count = mine[i]->counted_quantity > 0 ? mine[i]->count : 0;
        mine[i]->done = true;
    }
}

static bool naive_is_revoked(const struct naive_line *line)
{
    return line->fact->kind == LT_KIND_AWARD && line->fact->status == LT_STATUS_REVOKED;
}

/* The order in which the law takes from lines of one scope and place. */
static int naive_take_cmp(const struct naive_line *a, const struct naive_line *b)
{
    if (a->fact->stated_total != b->fact->stated_total)
        return a->fact->stated_total ? 1 : -1;
    return naive_dims_cmp(a->fact, b->fact);
}

/* What an authority without a list of its own revokes at one place. */
static void naive_revoke(struct naive *naive, const struct naive_line *like)
{
    struct naive_line *here[512], *held;
    size_t count = 0;
    int64_t left, told, names = 0, totals = 0, already = 0;
    for (size_t i = 0; i < naive->line_count; i++) {
        struct naive_line *line = &naive->lines[i];
        if (memcmp(line->fact->scope, like->fact->scope, 32) != 0 ||
            line->fact->place != like->fact->place || count == 512)
            continue;
        if (line->revoking)
            *(line->fact->stated_total ? &totals : &names) += line->quantity;
        else if (naive_is_revoked(line))
            already += line->counted_quantity;
        here[count++] = line;
    }
    left = (totals > names ? totals : names) - already;
    left = left > 0 ? left : 0;
    told = left;
    for (size_t i = 0; i < count; i++)
        for (size_t j = i + 1; j < count; j++)
            if (naive_take_cmp(here[j], here[i]) < 0) {
                held = here[i];
                here[i] = here[j];
                here[j] = held;
            }
    for (size_t i = 0; i < count; i++) {
        struct naive_line *line = here[i];
        if (line->revoking || naive_is_revoked(line))
            continue;
        int64_t taken = left < line->counted_quantity ? left : line->counted_quantity;
        line->counted_quantity -= taken;
        line->counted_count = line->counted_quantity == 0 ? 0
                              : line->fact->stated_total  ? line->counted_count
                                                          : line->counted_count - taken;
        left -= taken;
    }
    for (size_t i = 0; i < count; i++)
        if (here[i]->revoking && !here[i]->done) {
            here[i]->done = true;
            here[i]->counted_quantity = told < here[i]->quantity ? told : here[i]->quantity;
            here[i]->counted_count = here[i]->counted_quantity == 0 ? 0
                                     : here[i]->fact->stated_total  ? here[i]->count
                                                                    : here[i]->counted_quantity;
            told -= here[i]->counted_quantity;
        }
}

/* The least depth of the places of this code that have totals in the scope. */
static unsigned naive_code_depth(const struct naive *naive, const struct naive_line *line)
{
    unsigned least = LT_DEPTH_MAX;
    for (size_t i = 0; i < naive->line_count; i++) {
        const struct naive_line *other = &naive->lines[i];
        if (!other->idle && other->fact->stated_total &&
            memcmp(other->fact->scope, line->fact->scope, 32) == 0 &&
            strcmp(other->fact->place->unit.code, line->fact->place->unit.code) == 0 &&
            naive_depth(other->fact->place) < least)
            least = naive_depth(other->fact->place);
    }
    return least;
}

static void naive_tellers(struct naive *naive)
{
    bool *beaten = calloc(naive->line_count + 1, sizeof *beaten);
    if (beaten == NULL)
        abort();
    for (size_t i = 0; i < naive->line_count; i++) {
        struct naive_line *line = &naive->lines[i];
        bool named = false, total = false, revokes = false;
        for (size_t j = 0; j < naive->line_count; j++)
            if (memcmp(naive->lines[j].fact->scope, line->fact->scope, 32) == 0 &&
                naive_of_authority(&naive->lines[j])) {
                const bool revoked = naive_is_revoked(&naive->lines[j]);
                named = named || (!revoked && !naive->lines[j].fact->stated_total);
                total = total || (!revoked && naive->lines[j].fact->stated_total);
                revokes = revokes || revoked;
            }
        line->idle = (named || (line->fact->stated_total && total)) && !naive_of_authority(line);
        line->revoking = naive_is_revoked(line) && !named && naive_of_authority(line);
        line->idle = line->idle || line->revoking;
        line->unconfirmed = !named && !total && !revokes;
    }
    for (size_t i = 0; i < naive->line_count; i++)
        beaten[i] = naive->lines[i].idle || naive_beaten(naive, &naive->lines[i]);
    for (size_t i = 0; i < naive->line_count; i++) {
        struct naive_line *line = &naive->lines[i];
        line->idle = beaten[i];
        if (line->idle || line->fact->stated_total)
            continue;
        line->counted_count = line->count;
        line->counted_quantity = line->quantity;
    }
    free(beaten);
    for (unsigned depth = LT_DEPTH_MAX; depth-- > 0;)
        for (size_t i = 0; i < naive->line_count; i++) {
            struct naive_line *line = &naive->lines[i];
            if (!line->idle && line->fact->stated_total && !line->done &&
                naive_code_depth(naive, line) == depth)
                naive_totals(naive, line);
        }
    for (size_t i = 0; i < naive->line_count; i++)
        if (naive->lines[i].revoking && !naive->lines[i].done)
            naive_revoke(naive, &naive->lines[i]);
}

#endif
