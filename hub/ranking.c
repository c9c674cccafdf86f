#include "hub/ranking.h"

#include <stdlib.h>
#include <string.h>

struct told {
    struct lt_told_score said;
    char *cluster, *movement; /* folded: what makes them one */
    char *cluster_text, *movement_text;
    uint8_t weight; /* whose word goes first: the least */
};

struct lt_rankings {
    struct told *told;
    size_t told_count, told_capacity;
    struct lt_ranking *items;
    size_t count;
    struct lt_ranked *rows;
};

struct lt_rankings *lt_rankings_new(void)
{
    return calloc(1, sizeof(struct lt_rankings));
}

static void free_told(struct told *told)
{
    free(told->cluster);
    free(told->movement);
    free(told->cluster_text);
    free(told->movement_text);
}

void lt_rankings_free(struct lt_rankings *rankings)
{
    if (rankings == NULL)
        return;
    for (size_t i = 0; i < rankings->told_count; i++)
        free_told(&rankings->told[i]);
    free(rankings->told);
    free(rankings->items);
    free(rankings->rows);
    free(rankings);
}

static bool is(const struct lt_place *a, const struct lt_place *b)
{
    return a != NULL && b != NULL && lt_unit_cmp(&a->unit, &b->unit) == 0;
}

static uint8_t weight_of(const struct lt_told_score *said)
{
    return is(said->teller, said->managing) ? 0
           : is(said->teller, said->member) ? 3
           : is(said->teller, said->lead)   ? 1
                                            : 2;
}

static char *folded(const char *text, void (*fold)(const char *, char *, size_t))
{
    char buffer[LT_LONG_TEXT_BYTES_MAX + 1];
    fold(text, buffer, sizeof buffer);
    return strdup(buffer);
}

bool lt_rankings_add(struct lt_rankings *rankings, const struct lt_told_score *said)
{
    if (rankings->told_count == rankings->told_capacity) {
        size_t capacity = rankings->told_capacity == 0 ? 64 : rankings->told_capacity * 2;
        struct told *grown = realloc(rankings->told, capacity * sizeof *grown);
        if (grown == NULL)
            return false;
        rankings->told = grown;
        rankings->told_capacity = capacity;
    }
    struct told *told = &rankings->told[rankings->told_count];
    *told = (struct told){.said = *said,
                          .cluster = folded(said->cluster, lt_fold_cluster),
                          .movement = folded(said->movement, lt_fold_words),
                          .cluster_text = strdup(said->cluster),
                          .movement_text = strdup(said->movement),
                          .weight = weight_of(said)};
    if (told->cluster == NULL || told->movement == NULL || told->cluster_text == NULL ||
        told->movement_text == NULL) {
        free_told(told);
        return false;
    }
    rankings->told_count++;
    return true;
}

/* ---- Settling ---- */

static int cmp_ranking(const struct told *a, const struct told *b)
{
    int order = lt_unit_cmp(&a->said.managing->unit, &b->said.managing->unit);
    if (order == 0)
        order = a->said.year - b->said.year;
    if (order == 0)
        order = strcmp(a->cluster, b->cluster);
    return order != 0 ? order : strcmp(a->movement, b->movement);
}

static int cmp_told(const void *a, const void *b)
{
    const struct told *left = a, *right = b;
    int order = cmp_ranking(left, right);
    if (order == 0)
        order = lt_unit_cmp(&left->said.member->unit, &right->said.member->unit);
    if (order == 0)
        order = left->weight - right->weight;
    return order != 0 ? order : lt_unit_cmp(&left->said.teller->unit, &right->said.teller->unit);
}

/* The first who states it has the word; `own` says that the member himself goes first. */
static void hear(struct lt_stage *stage, bool said, int64_t points, const struct told *told,
                 bool own)
{
    if (!said)
        return;
    bool first = !stage->said || (own && told->weight == 3);
    stage->differs = stage->differs || (stage->said && stage->points != points);
    if (first) {
        stage->points = points;
        stage->by = told->said.teller;
    }
    stage->said = true;
}

static void hear_rank(struct lt_ranked *row, const struct told *told)
{
    if (told->said.rank == 0)
        return;
    row->stated_differs =
        row->stated_differs || (row->stated != 0 && row->stated != told->said.rank);
    if (row->stated == 0) {
        row->stated = told->said.rank;
        row->stated_by = told->said.teller;
    }
}

static void total(struct lt_ranked *row)
{
    const int64_t extra = row->bonus - row->penalty;
    row->has_total = row->final.said || row->verified.said || row->self_scored.said;
    if (!row->has_total)
        return;
    const bool complete =
        row->final.said && row->verified.said && row->final.points == row->verified.points + extra;
    row->total = row->final.said      ? row->final.points
                 : row->verified.said ? row->verified.points
                                      : row->self_scored.points;
    if (!complete)
        row->total += extra;
}

/* All that was told of one member, the weightiest first. */
static void settle_member(const struct told *told, size_t count, struct lt_ranked *row)
{
    bool extras = false;
    *row = (struct lt_ranked){.member = told[0].said.member};
    for (size_t i = 0; i < count; i++) {
        const struct lt_told_score *said = &told[i].said;
        hear(&row->self_scored, said->has_self, said->self_scored, &told[i], true);
        hear(&row->verified, said->has_verified, said->verified, &told[i], false);
        hear(&row->final, said->has_final, said->final, &told[i], false);
        hear_rank(row, &told[i]);
        if (!extras && (said->bonus != 0 || said->penalty != 0)) {
            row->bonus = said->bonus;
            row->penalty = said->penalty;
            extras = true;
        }
    }
    total(row);
}

static int by_total(const void *a, const void *b)
{
    const struct lt_ranked *left = a, *right = b;
    if (left->has_total != right->has_total)
        return left->has_total ? -1 : 1;
    if (left->has_total && left->total != right->total)
        return left->total > right->total ? -1 : 1;
    return lt_unit_cmp(&left->member->unit, &right->member->unit);
}

static int by_rank(const void *a, const void *b)
{
    const struct lt_ranked *left = a, *right = b;
    if (left->rank != right->rank)
        return left->rank == 0 ? 1 : right->rank == 0 ? -1 : left->rank < right->rank ? -1 : 1;
    return lt_unit_cmp(&left->member->unit, &right->member->unit);
}

static void rank(struct lt_ranking *ranking)
{
    qsort(ranking->rows, ranking->count, sizeof *ranking->rows, by_total);
    for (size_t i = 0; i < ranking->count; i++) {
        struct lt_ranked *row = &ranking->rows[i];
        bool tie = i > 0 && row->has_total && row[-1].total == row->total;
        row->computed = !row->has_total ? 0 : tie ? row[-1].computed : (uint32_t)i + 1;
        row->rank = row->stated != 0 ? row->stated : row->computed;
    }
    qsort(ranking->rows, ranking->count, sizeof *ranking->rows, by_rank);
}

/* One ranking from the sorted told scores first..end. */
static void settle_ranking(const struct told *first, const struct told *end, struct lt_ranked *rows,
                           struct lt_ranking *ranking)
{
    *ranking = (struct lt_ranking){.managing = first->said.managing,
                                   .lead = first->said.lead,
                                   .cluster = first->cluster_text,
                                   .movement = first->movement_text,
                                   .year = first->said.year,
                                   .rows = rows};
    while (first < end) {
        const struct told *next = first;
        while (next < end && is(next->said.member, first->said.member))
            next++;
        settle_member(first, (size_t)(next - first), &ranking->rows[ranking->count++]);
        first = next;
    }
    rank(ranking);
}

bool lt_rankings_settle(struct lt_rankings *rankings)
{
    rankings->rows = calloc(rankings->told_count + 1, sizeof *rankings->rows);
    rankings->items = calloc(rankings->told_count + 1, sizeof *rankings->items);
    if (rankings->rows == NULL || rankings->items == NULL)
        return false;
    const struct told *at = rankings->told, *end = at + rankings->told_count;
    struct lt_ranked *rows = rankings->rows;
    if (rankings->told_count > 1)
        qsort(rankings->told, rankings->told_count, sizeof *rankings->told, cmp_told);
    while (at < end) {
        const struct told *next = at;
        while (next < end && cmp_ranking(next, at) == 0)
            next++;
        struct lt_ranking *ranking = &rankings->items[rankings->count++];
        settle_ranking(at, next, rows, ranking);
        rows += ranking->count;
        at = next;
    }
    return true;
}

size_t lt_rankings_count(const struct lt_rankings *rankings)
{
    return rankings->count;
}

const struct lt_ranking *lt_rankings_at(const struct lt_rankings *rankings, size_t i)
{
    return &rankings->items[i];
}
