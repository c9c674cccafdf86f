#include "hub/prove_bearing.h"

#include <stdlib.h>
#include <string.h>

#include "hub/words.h"

struct bearing {
    struct lt_store_txn *txn;
    const struct lt_book *book;
    const struct lt_figures_query *query;
    struct lt_prove_cut *cut;
    const struct lt_place **today; /* NULL: the tree as it was */
    /* by dictionary number of a unit */
    uint32_t units;
    bool *asked; /* what counts there counts at the asked place or below it */
    bool *bears; /* its chain is needed */
    /* of the scope being read */
    uint8_t scope[LT_SCOPE_BYTES];
    uint32_t *tellers;
    size_t teller_count, teller_capacity;
    bool scope_asked;
};

/* ---- Places ---- */

static bool at_or_below(const struct lt_place *place, const struct lt_place *above)
{
    for (unsigned up = 0; place != NULL && up <= LT_DEPTH_MAX; up++, place = place->parent)
        if (place == above)
            return true;
    return false;
}

static bool is_asked(const struct bearing *bearing, const struct lt_place *place)
{
    const struct lt_place *asked = bearing->query->place;
    if (bearing->today == NULL)
        return at_or_below(place, asked);
    const struct lt_place *lies = bearing->today[place->number];
    return lies == NULL ? asked->parent == NULL : at_or_below(lies, asked);
}

static enum lt_result prepare(struct bearing *bearing)
{
    const size_t places = lt_book_place_count(bearing->book);
    bearing->units = lt_store_word_count(bearing->txn, LT_WORDS_UNIT);
    bearing->asked = calloc((size_t)bearing->units + 1, sizeof(bool));
    bearing->bears = calloc((size_t)bearing->units + 1, sizeof(bool));
    if (bearing->asked == NULL || bearing->bears == NULL)
        return LT_NO_MEMORY;
    if (bearing->query->tree != 0) {
        bearing->today = calloc(places + 1, sizeof(const struct lt_place *));
        if (bearing->today == NULL)
            return LT_NO_MEMORY;
        lt_book_today_all(bearing->book, bearing->query->tree, bearing->today);
    }
    for (size_t i = 0; i < places; i++) {
        const struct lt_place *place = lt_book_place_at(bearing->book, i);
        const uint32_t number = lt_words_find_unit(bearing->txn, &place->unit);
        if (number != 0 && number <= bearing->units)
            bearing->asked[number] = is_asked(bearing, place);
    }
    return LT_OK;
}

/* ---- Scopes ---- */

static void end_scope(struct bearing *bearing)
{
    for (size_t i = 0; i < bearing->teller_count && bearing->scope_asked; i++)
        bearing->bears[bearing->tellers[i]] = true;
    bearing->teller_count = 0;
    bearing->scope_asked = false;
}

static bool of_years(const struct lt_figures_query *query, const struct lt_dims *dims)
{
    const int year = query->decided ? dims->decided_year : dims->year;
    return year >= query->year_from && year <= query->year_to;
}

static enum lt_result see_line(struct bearing *bearing, const struct lt_line_key *key)
{
    struct lt_dims dims;
    const uint32_t teller = lt_line_key_teller(key), place = lt_line_key_place(key);
    if (teller > bearing->units || place > bearing->units)
        return LT_CORRUPT;
    if (bearing->teller_count > 0 && memcmp(bearing->scope, key->bytes, sizeof bearing->scope) != 0)
        end_scope(bearing);
    memcpy(bearing->scope, key->bytes, sizeof bearing->scope);
    lt_line_key_dims(key, &dims);
    bearing->scope_asked =
        bearing->scope_asked || (bearing->asked[place] && of_years(bearing->query, &dims));
    if (bearing->teller_count > 0 && bearing->tellers[bearing->teller_count - 1] == teller)
        return LT_OK; /* lines lie together by teller */
    if (bearing->teller_count == bearing->teller_capacity) {
        const size_t capacity = bearing->teller_capacity == 0 ? 64 : 2 * bearing->teller_capacity;
        uint32_t *grown = realloc(bearing->tellers, capacity * sizeof *grown);
        if (grown == NULL)
            return LT_NO_MEMORY;
        bearing->tellers = grown;
        bearing->teller_capacity = capacity;
    }
    bearing->tellers[bearing->teller_count++] = teller;
    return LT_OK;
}

static enum lt_result see_scopes(struct bearing *bearing)
{
    enum lt_result result = LT_OK;
    struct lt_bytes key, value;
    struct lt_walk *walk = lt_store_walk(bearing->txn, LT_STATE_SCOPES);
    if (walk == NULL)
        return LT_NO_MEMORY;
    while (result == LT_OK && lt_walk_next(walk, &key, &value)) {
        struct lt_line_key line = {{0}};
        if (key.size != LT_LINE_KEY_BYTES) {
            result = LT_CORRUPT;
            break;
        }
        memcpy(line.bytes, key.data, key.size);
        result = see_line(bearing, &line);
    }
    lt_walk_end(walk);
    end_scope(bearing);
    return result != LT_OK ? result : lt_store_error(bearing->txn);
}

/* ---- Chains, and those who came before and after by succession ---- */

static size_t find_chain(const struct lt_prove_cut *cut, const struct lt_unit *unit)
{
    const struct lt_chain chain = {LT_STREAM_REPORT, *unit};
    size_t from = 0, to = cut->count;
    while (from < to) {
        const size_t middle = from + (to - from) / 2;
        const int order = lt_chain_cmp(&cut->chains[middle].chain, &chain);
        if (order == 0)
            return middle;
        if (order < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return SIZE_MAX;
}

static size_t root_of(size_t *groups, size_t at)
{
    while (groups[at] != at)
        at = groups[at] = groups[groups[at]];
    return at;
}

static void join(size_t *groups, size_t a, size_t b)
{
    groups[root_of(groups, a)] = root_of(groups, b);
}

/* Joins a chain, or an ended unit, with the ended units at or above a place. */
static void join_ended(const struct bearing *bearing, size_t *groups, size_t member,
                       const struct lt_place *place)
{
    size_t count = 0;
    for (unsigned up = 0; place != NULL && up <= LT_DEPTH_MAX; up++, place = place->parent)
        if (lt_book_successions(bearing->book, place, &count) != NULL)
            join(groups, member, bearing->cut->count + place->number);
}

static void join_heirs(const struct bearing *bearing, size_t *groups)
{
    const struct lt_prove_cut *cut = bearing->cut;
    for (size_t i = 0; i < cut->count; i++)
        if (cut->chains[i].chain.stream == LT_STREAM_REPORT)
            join_ended(bearing, groups, i,
                       lt_book_place(bearing->book, &cut->chains[i].chain.unit));
    for (size_t i = 0; i < lt_book_succession_count(bearing->book); i++) {
        const struct lt_succession *one = lt_book_succession_at(bearing->book, i);
        const size_t ended = cut->count + one->unit->number;
        if (one->successor == NULL)
            continue;
        const size_t heir = find_chain(cut, &one->successor->unit);
        join_ended(bearing, groups, ended, one->successor);
        if (heir != SIZE_MAX)
            join(groups, ended, heir);
    }
}

/* Groups of chains, and of ended units by number: a chain with the ended units at or above its own, those with
 * their successors. */
static enum lt_result mark_chains(struct bearing *bearing)
{
    struct lt_prove_cut *cut = bearing->cut;
    const size_t places = lt_book_place_count(bearing->book);
    size_t *groups = calloc(cut->count + places + 1, sizeof *groups);
    bool *needed = calloc(cut->count + places + 1, sizeof *needed);
    if (groups == NULL || needed == NULL) {
        free(groups);
        free(needed);
        return LT_NO_MEMORY;
    }
    for (size_t i = 0; i < cut->count + places; i++)
        groups[i] = i;
    join_heirs(bearing, groups);
    for (uint32_t number = 1; number <= bearing->units; number++) {
        struct lt_unit unit;
        if (!bearing->bears[number] || !lt_words_unit_at(bearing->txn, number, &unit))
            continue;
        const size_t at = find_chain(cut, &unit);
        if (at != SIZE_MAX)
            needed[root_of(groups, at)] = true;
    }
    for (size_t i = 0; i < cut->count; i++)
        cut->chains[i].left_out =
            cut->chains[i].chain.stream == LT_STREAM_REPORT && !needed[root_of(groups, i)];
    free(groups);
    free(needed);
    return LT_OK;
}

enum lt_result lt_prove_bearing(struct lt_store_txn *txn, const struct lt_book *book,
                                const struct lt_figures_query *query, struct lt_prove_cut *cut)
{
    struct bearing bearing = {.txn = txn, .book = book, .query = query, .cut = cut};
    enum lt_result result = prepare(&bearing);
    if (result == LT_OK)
        result = see_scopes(&bearing);
    if (result == LT_OK)
        result = mark_chains(&bearing);
    free(bearing.today);
    free(bearing.asked);
    free(bearing.bears);
    free(bearing.tellers);
    return result;
}
