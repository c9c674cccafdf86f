#include "hub/web/shown.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/keys.h"
#include "agent/text.h"

/* What a cell holds is told apart by these; quarters tell halves too. */
static const enum lt_dimension contents[] = {
    LT_DIM_YEAR,  LT_DIM_QUARTER, LT_DIM_KIND,      LT_DIM_CODE,
    LT_DIM_LEVEL, LT_DIM_TYPE,    LT_DIM_RECIPIENT,
};
enum { CONTENTS = sizeof contents / sizeof contents[0], NUMBERS = 3 };

/* ---- The key ---- */

enum lt_result lt_shown_key_open(const char *dir, struct lt_shown_key *ret_key,
                                 char ret_reason[200])
{
    char path[4200];
    uint8_t seed[32];
    (void)snprintf(path, sizeof path, "%.4096s/web-rounding.key", dir);
    enum lt_result result = lt_seed_file_make(path, seed, ret_reason);
    if (result == LT_EXISTS)
        result = lt_seed_file_load(path, seed, ret_reason);
    if (result == LT_OK)
        memcpy(ret_key->bytes, seed, sizeof ret_key->bytes);
    sodium_memzero(seed, sizeof seed);
    return result;
}

/* ---- Rounding ---- */

static uint64_t hash(const struct lt_shown_key *key, const void *bytes, size_t size)
{
    uint8_t made[crypto_shorthash_BYTES];
    uint64_t number;
    (void)crypto_shorthash(made, bytes, size, key->bytes);
    memcpy(&number, made, sizeof number);
    return number;
}

int64_t lt_shown_round(const struct lt_shown_key *key, const char *place, uint64_t content,
                       int64_t value)
{
    struct { /* without padding */
        char place[LT_UNIT_TEXT_MAX + 8 - LT_UNIT_TEXT_MAX % 8];
        uint64_t content;
        int64_t value;
    } cell = {.content = content, .value = value};
    if (value <= 0)
        return 0;
    (void)snprintf(cell.place, sizeof cell.place, "%s", place);
    const int64_t rest = value % LT_SHOWN_BASE;
    const bool up = (int64_t)(hash(key, &cell, sizeof cell) % LT_SHOWN_BASE) < rest;
    return value - rest + (up ? LT_SHOWN_BASE : 0);
}

/* ---- What cells hold ---- */

static size_t at_of(const struct lt_figures_query *query, enum lt_dimension dimension)
{
    size_t at = 0;
    while (at < query->by_count && query->by[at] != dimension)
        at++;
    return at;
}

static bool has_condition(const struct lt_figures_query *query, enum lt_dimension dimension)
{
    for (size_t i = 0; i < query->where_count; i++)
        if (query->where[i].dimension == dimension)
            return true;
    return false;
}

/* The same question, its answer divided as far as the public pages can. False: too many conditions. */
static bool refine(const struct lt_figures_query *query, struct lt_figures_query *ret_fine)
{
    struct lt_figures_query *fine = ret_fine;
    *fine = *query;
    if (at_of(query, LT_DIM_KIND) == query->by_count && !has_condition(query, LT_DIM_KIND)) {
        if (query->where_count == LT_WHERE_MAX)
            return false;
        fine->where[fine->where_count].dimension = LT_DIM_KIND; /* who does not ask is told */
        fine->where[fine->where_count++].value = "award"; /* of awards alone */
    }
    if (has_condition(query, LT_DIM_PLACE) && at_of(query, LT_DIM_PLACE) == query->by_count)
        fine->by[fine->by_count++] = LT_DIM_PLACE; /* the one that is meant */
    for (size_t i = 0; i < CONTENTS; i++)
        if (at_of(query, contents[i]) == query->by_count)
            fine->by[fine->by_count++] = contents[i];
    return true;
}

/* Linear in the numbers: however cells are divided, what they hold together is the same. */
static uint64_t content_of(const struct lt_shown_key *key, const struct lt_figures_query *fine,
                           const struct lt_figure *row)
{
    char text[CONTENTS * (LT_TEXT_BYTES_MAX + 1) + 1];
    const int64_t numbers[NUMBERS] = {row->count, row->quantity, row->unconfirmed};
    size_t size = 0;
    uint64_t content = 0;
    for (size_t i = 0; i < CONTENTS; i++) {
        const char *value = row->values[at_of(fine, contents[i])];
        if (contents[i] == LT_DIM_RECIPIENT && strcmp(value, "enterprise") == 0)
            value = "collective"; /* enterprises are among these, and apart only when asked for */
        size += (size_t)snprintf(text + size, sizeof text - 1 - size, "%s", value) + 1;
    }
    for (size_t i = 0; i < NUMBERS; i++) {
        text[size] = (char)i;
        content += (uint64_t)numbers[i] * hash(key, text, size + 1);
    }
    return content;
}

static bool is_same(const struct lt_figure *a, const struct lt_figure *b, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(a->values[i], b->values[i]) != 0)
            return false;
    return true;
}

struct folding {
    const struct lt_shown_key *key;
    const struct lt_figures_query *fine;
    const struct lt_figures *cells; /* its answer */
    const char *place; /* the asked one, as spelt */
};

/* The cells from *at on that are alike in the first `count` dimensions, as one row without its values. */
static void add_up(const struct folding *folding, size_t count, size_t *at,
                   struct lt_figure *ret_row)
{
    const struct lt_figures *cells = folding->cells;
    const struct lt_figure *first = &cells->rows[*at];
    const size_t place_at = at_of(folding->fine, LT_DIM_PLACE);
    const bool one = place_at < count || has_condition(folding->fine, LT_DIM_PLACE);
    const char *place = one ? first->values[place_at] : folding->place;
    struct lt_figure sum = {.unallocated = first->unallocated && place_at < count};
    uint64_t content = 0;
    memcpy(sum.numbers, first->numbers, count * sizeof sum.numbers[0]);
    for (; *at < cells->count && is_same(first, &cells->rows[*at], count); ++*at) {
        const struct lt_figure *cell = &cells->rows[*at];
        sum.count += cell->count;
        sum.quantity += cell->quantity;
        sum.unconfirmed += cell->unconfirmed;
        content += content_of(folding->key, folding->fine, cell);
    }
    sum.count = lt_shown_round(folding->key, place, content, sum.count);
    sum.quantity = lt_shown_round(folding->key, place, content, sum.quantity);
    sum.unconfirmed = lt_shown_round(folding->key, place, content, sum.unconfirmed);
    *ret_row = sum;
}

/* Rows by the first `count` dimensions. What a row comes to nothing by must not be told by its being there. */
static bool fold(const struct folding *folding, size_t count, struct lt_figures *ret_figures)
{
    const struct lt_figures *cells = folding->cells;
    struct lt_figures figures = *cells; /* what is said of all */
    figures.count = 0;
    figures.rows = calloc(cells->count + 1, sizeof *figures.rows);
    bool good = figures.rows != NULL;
    for (size_t at = 0; good && at < cells->count;) {
        const struct lt_figure *first = &cells->rows[at];
        struct lt_figure *row = &figures.rows[figures.count];
        add_up(folding, count, &at, row);
        if (row->count == 0 && row->quantity == 0 && row->unconfirmed == 0)
            continue;
        figures.count++;
        for (size_t i = 0; i < count && good; i++) {
            row->values[i] = strdup(first->values[i]);
            good = row->values[i] != NULL;
        }
    }
    if (good)
        *ret_figures = figures;
    else
        lt_figures_clear(&figures);
    return good;
}

/* ---- Asking ---- */

static bool fold_all(const struct folding *folding, size_t by_count, struct lt_shown *shown)
{
    size_t at = 0;
    if (folding->cells->count > 0)
        add_up(folding, 0, &at, &shown->whole);
    return fold(folding, by_count, &shown->figures) &&
           fold(folding, by_count > 0 ? by_count - 1 : 0, &shown->lines);
}

enum lt_result lt_shown_ask(struct lt_ledger *ledger, const struct lt_shown_key *key,
                            const struct lt_figures_query *query, struct lt_shown *ret_shown,
                            char ret_reason[400])
{
    struct lt_figures_query fine;
    struct lt_figures cells;
    struct lt_shown shown = {.figures = {.rows = NULL}};
    char place[LT_UNIT_TEXT_MAX];
    enum lt_result result = LT_USAGE;
    if (refine(query, &fine))
        result = lt_figures_ask(ledger, &fine, &cells, ret_reason);
    if (result == LT_USAGE) /* its own sentence may list what there is, however little of it */
        (void)snprintf(
            ret_reason, 400, "%s",
            lt_text("một điều kiện không có ở đây, hoặc cây đơn vị hôm đó không có nơi này",
                    "a condition names what there is not, or the tree of that day has no "
                    "such place"));
    if (result != LT_OK)
        return result;
    lt_unit_format(&query->place->unit, place);
    const struct folding folding = {.key = key, .fine = &fine, .cells = &cells, .place = place};
    if (fold_all(&folding, query->by_count, &shown)) {
        *ret_shown = shown;
    } else {
        lt_shown_clear(&shown);
        result = LT_NO_MEMORY;
    }
    lt_figures_clear(&cells);
    return result;
}

void lt_shown_clear(struct lt_shown *shown)
{
    lt_figures_clear(&shown->figures);
    lt_figures_clear(&shown->lines);
}
