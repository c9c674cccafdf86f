#include "hub/rankings_told.h"

#include "hub/items.h"

struct gathering {
    struct lt_rankings *rankings;
    const struct lt_book *book;
    bool no_memory;
};

static bool gather(void *context, const struct lt_item_view *view)
{
    struct gathering *gathering = context;
    const Lienthong__Score *score = view->body->changes[view->index]->score;
    const struct lt_place *managing = view->fact.authority, *member;
    if (score == NULL || managing == NULL)
        return true;
    member = lt_item_unit(view, gathering->book, score->member);
    if (member == NULL)
        return true;
    const struct lt_cluster *cluster =
        lt_book_cluster(gathering->book, score->cluster, view->fact.year, member);
    const struct lt_told_score told = {
        .member = member,
        .teller = view->author,
        .managing = managing,
        .lead = cluster == NULL ? NULL : cluster->lead,
        .cluster = cluster == NULL || cluster->name[0] == '\0' ? score->cluster : cluster->name,
        .movement = score->movement,
        .year = view->fact.year,
        .has_self = score->has_self,
        .has_verified = score->has_verified,
        .has_final = score->has_final,
        .self_scored = score->self_scored,
        .verified = score->verified,
        .final = score->final,
        .bonus = score->bonus,
        .penalty = score->penalty,
        .rank = score->rank,
    };
    gathering->no_memory = !lt_rankings_add(gathering->rankings, &told);
    return !gathering->no_memory;
}

enum lt_result lt_rankings_told(struct lt_ledger *ledger, int year_from, int year_to,
                                struct lt_rankings **ret_rankings)
{
    struct gathering gathering = {.rankings = lt_rankings_new(), .book = lt_ledger_book(ledger)};
    if (gathering.rankings == NULL)
        return LT_NO_MEMORY;
    enum lt_result result = lt_items(ledger, LT_KIND_SCORE, year_from, year_to, gather, &gathering);
    if (result == LT_OK && (gathering.no_memory || !lt_rankings_settle(gathering.rankings)))
        result = LT_NO_MEMORY;
    if (result == LT_OK)
        *ret_rankings = gathering.rankings;
    else
        lt_rankings_free(gathering.rankings);
    return result;
}

bool lt_ranking_concerns(const struct lt_ranking *ranking, const struct lt_place *place)
{
    bool concerns = lt_place_within(ranking->managing, place);
    for (size_t i = 0; i < ranking->count && !concerns; i++)
        concerns = lt_place_within(ranking->rows[i].member, place);
    return concerns;
}
