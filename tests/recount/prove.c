#include "tests/recount/prove.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hub/prove.h"
#include "hub/words.h"

struct proving {
    uint64_t random;
    struct lt_ledger *ledger;
    const struct lt_book *book;
    char values[2][LT_TEXT_BYTES_MAX + 1]; /* of conditions */
};

static uint32_t below(struct proving *proving, uint32_t limit)
{
    proving->random = proving->random * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (uint32_t)(proving->random >> 33) % limit;
}

/* Upper ones more often: most is counted there. */
static const struct lt_place *any_place(struct proving *proving)
{
    const struct lt_place *place = lt_book_place_at(
        proving->book, below(proving, (uint32_t)lt_book_place_count(proving->book)));
    for (uint32_t up = below(proving, 4); up > 0 && place->parent != NULL; up--)
        place = place->parent;
    return place;
}

/* Dimensions, each at most once. */
static void draw_by(struct proving *proving, struct lt_figures_query *query)
{
    const size_t wanted = below(proving, 4);
    while (query->by_count < wanted) {
        const enum lt_dimension dimension =
            below(proving, 3) == 0 ? LT_DIM_PLACE : (enum lt_dimension)below(proving, LT_DIM_COUNT);
        bool twice = false;
        for (size_t i = 0; i < query->by_count; i++)
            twice = twice || query->by[i] == dimension;
        if (!twice)
            query->by[query->by_count++] = dimension;
    }
}

/* A condition on what some row says without it. */
static void draw_where(struct proving *proving, struct lt_figures_query *query)
{
    struct lt_figures_query all = *query;
    struct lt_figures figures = {0};
    char reason[400], *value = proving->values[query->where_count];
    all.by_count = 1;
    all.by[0] = (enum lt_dimension)below(proving, LT_DIM_COUNT);
    all.where_count = 0;
    if (lt_figures_ask(proving->ledger, &all, &figures, reason) == LT_OK && figures.count > 0) {
        const struct lt_figure *row = &figures.rows[below(proving, (uint32_t)figures.count)];
        (void)snprintf(value, sizeof proving->values[0], "%s", row->values[0]);
        query->where[query->where_count].dimension = all.by[0];
        query->where[query->where_count++].value = value;
    }
    lt_figures_clear(&figures);
}

static void draw_question(struct proving *proving, struct lt_figures_query *query)
{
    *query = (struct lt_figures_query){.decided = below(proving, 2) == 0};
    query->year_from = 2017 + (int)below(proving, 9);
    query->year_to = query->year_from + (int)below(proving, 9);
    query->span = !query->decided && below(proving, 6) == 0;
    if (query->span && query->year_to == query->year_from)
        query->year_to += 4;
    if (query->decided && below(proving, 3) == 0) {
        query->year_to = query->year_from;
        query->month_from = 1 + (int)below(proving, 12);
        query->month_to = query->month_from + (int)below(proving, 13 - (uint32_t)query->month_from);
    }
    query->place = any_place(proving);
    if (below(proving, 3) == 0) {
        lt_day day;
        if (lt_day_make(2019 + (int)below(proving, 8), 7, 1, &day) == LT_OK &&
            lt_book_today(proving->book, query->place, day) == query->place)
            query->tree = day;
    }
    draw_by(proving, query);
    for (uint32_t left = below(proving, 3); left > 0; left--)
        draw_where(proving, query);
}

static void tell(const struct lt_figures_query *query, const char *reason, char *text, size_t max)
{
    char unit[LT_UNIT_TEXT_MAX];
    lt_unit_format(&query->place->unit, unit);
    int used = snprintf(text, max, "no proof of %s, %d to %d%s%s, tree %d, months %d to %d, by",
                        unit, query->year_from, query->year_to, query->span ? " as one" : "",
                        query->decided ? ", decided" : "", query->tree, query->month_from,
                        query->month_to);
    for (size_t i = 0; i < query->by_count; i++)
        used += snprintf(text + used, max - (size_t)used, " %s", lt_dimension_name(query->by[i]));
    for (size_t i = 0; i < query->where_count; i++)
        used += snprintf(text + used, max - (size_t)used, ", where %s is '%s'",
                         lt_dimension_name(query->where[i].dimension), query->where[i].value);
    snprintf(text + used, max - (size_t)used, ": %s", reason);
}

bool prove_some(struct lt_ledger *ledger, const struct province *province, const char *dir,
                uint64_t random, int questions, uint64_t *ret_rows, uint64_t *ret_left,
                char *ret_difference, size_t max)
{
    struct proving proving = {.random = random, .ledger = ledger, .book = lt_ledger_book(ledger)};
    struct lt_keys keys = {.sign_public = province->top_key, .sign_secret = province->top_secret};
    char path[600], reason[LT_PROVE_REASON_MAX] = "";
    bool good = true;
    (void)snprintf(path, sizeof path, "%s/proof", dir);
    for (int i = 0; i < questions && good; i++) {
        struct lt_figures_query query;
        struct lt_proof_sums sums = {0};
        size_t rows = 0;
        draw_question(&proving, &query);
        const struct lt_prove prove = {.ledger = ledger,
                                       .keys = &keys,
                                       .query = &query,
                                       .whole = below(&proving, 3) == 0,
                                       .names = below(&proving, 4) == 0};
        FILE *file = fopen(path, "wb");
        if (file == NULL)
            abort();
        good = lt_prove_write(&prove, file, reason) == LT_OK;
        if (fclose(file) != 0)
            abort();
        good = good && lt_prove_check(ledger, path, &sums, &rows, reason) == LT_OK;
        *ret_rows += rows;
        *ret_left += sums.left_out;
        if (!good)
            tell(&query, reason, ret_difference, max);
    }
    (void)remove(path);
    return good;
}
