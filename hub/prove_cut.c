#include "hub/prove_cut.h"

#include <stdlib.h>
#include <string.h>

#include "hub/cut.h"
#include "hub/prove_bearing.h"

void lt_prove_cut_free(struct lt_prove_cut *cut)
{
    free(cut->chains);
    free(cut->tips);
    free(cut->positions);
    *cut = (struct lt_prove_cut){0};
}

static bool room(void **items, size_t *capacity, size_t needed, size_t size)
{
    if (needed <= *capacity)
        return true;
    void *grown = realloc(*items, 2 * needed * size);
    if (grown == NULL)
        return false;
    *items = grown;
    *capacity = 2 * needed;
    return true;
}

static bool add_tips(struct lt_prove_cut *cut, const struct lt_hash *tips, size_t count)
{
    void *all = cut->tips;
    if (!room(&all, &cut->tip_capacity, cut->tip_count + count, sizeof *cut->tips))
        return false;
    cut->tips = all;
    memcpy(cut->tips + cut->tip_count, tips, count * sizeof *tips);
    cut->tip_count += count;
    return true;
}

static bool add_position(struct lt_prove_cut *cut, uint64_t position)
{
    void *all = cut->positions;
    if (!room(&all, &cut->position_capacity, cut->position_count + 1, sizeof *cut->positions))
        return false;
    cut->positions = all;
    cut->positions[cut->position_count++] = position;
    return true;
}

static bool add_chain(struct lt_prove_cut *cut, const struct lt_prove_chain *chain)
{
    void *all = cut->chains;
    if (!room(&all, &cut->capacity, cut->count + 1, sizeof *cut->chains))
        return false;
    cut->chains = all;
    cut->chains[cut->count++] = *chain;
    return true;
}

/* ---- As it is ---- */

static bool list_chains(struct lt_txn *log, struct lt_prove_cut *cut)
{
    struct lt_chain chain;
    struct lt_tips tips;
    bool good = true;
    for (bool more = lt_log_next_chain(log, NULL, &chain); more && good;
         more = lt_log_next_chain(log, &chain, &chain)) {
        lt_log_tips(log, &chain, &tips);
        const struct lt_prove_chain kept = {.chain = chain,
                                            .count = lt_log_count(log, &chain),
                                            .tips_at = cut->tip_count,
                                            .tip_count = tips.count};
        if (kept.count > 0)
            good = add_tips(cut, tips.ids, tips.count) && add_chain(cut, &kept);
    }
    return good;
}

enum { POSITIONS_AT_ONCE = 256 };

static bool list_positions(struct lt_txn *log, struct lt_prove_cut *cut,
                           struct lt_prove_chain *chain)
{
    uint64_t some[POSITIONS_AT_ONCE], after = 0;
    size_t count = 1;
    chain->positions_at = cut->position_count;
    while (count > 0) {
        count = lt_log_chain_positions(log, &chain->chain, after, some, POSITIONS_AT_ONCE);
        for (size_t i = 0; i < count; i++)
            if (!add_position(cut, some[i]))
                return false;
        after = count > 0 ? some[count - 1] : after;
    }
    return true;
}

enum lt_result lt_prove_cut_now(struct lt_store_txn *txn, const struct lt_book *book,
                                const struct lt_figures_query *query, bool whole,
                                struct lt_prove_cut *cut)
{
    struct lt_txn *log = lt_store_log(txn);
    if (!list_chains(log, cut))
        return LT_NO_MEMORY;
    enum lt_result result = whole ? LT_OK : lt_prove_bearing(txn, book, query, cut);
    for (size_t i = 0; i < cut->count && result == LT_OK; i++)
        if (!cut->chains[i].left_out && !list_positions(log, cut, &cut->chains[i]))
            result = LT_NO_MEMORY;
    return result != LT_OK ? result : lt_store_error(txn);
}

/* ---- As it was ---- */

/* Does the update at this position hold the publication's first part? */
static bool publishes(struct lt_txn *log, uint64_t position,
                      const struct lt_publication *publication, struct lt_arena *arena)
{
    struct lt_bytes bytes;
    struct lt_update update;
    Lienthong__DirectiveBody *body;
    lt_arena_reset(arena);
    if (!lt_log_at(log, position, &bytes) || lt_update_open(bytes, &update) != LT_OK ||
        lt_directive_read(&update, arena, &body) != LT_OK)
        return false;
    for (size_t i = 0; i < body->n_items; i++) {
        const Lienthong__Publication *told = body->items[i]->publication;
        if (told != NULL && told->part <= 1 && told->number == publication->number &&
            strcmp(told->name, publication->name) == 0)
            return true;
    }
    return false;
}

/* Position of the directive that published it; 0: there is none. */
static uint64_t find_published(struct lt_txn *log, const struct lt_publication *publication,
                               struct lt_arena *arena)
{
    const struct lt_chain chain = {LT_STREAM_DIRECTIVE, publication->hub->unit};
    uint64_t some[POSITIONS_AT_ONCE], after = 0;
    size_t count = 1;
    while (count > 0) {
        count = lt_log_chain_positions(log, &chain, after, some, POSITIONS_AT_ONCE);
        for (size_t i = 0; i < count; i++)
            if (publishes(log, some[i], publication, arena))
                return some[i];
        after = count > 0 ? some[count - 1] : after;
    }
    return 0;
}

static int by_position(const void *a, const void *b)
{
    const uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
    return (left > right) - (left < right);
}

static int by_hash(const void *a, const void *b)
{
    return lt_hash_cmp(a, b);
}

/* Leaves the positions of a chain that are before `limit` and not among `out`. */
static void keep_positions(struct lt_prove_cut *cut, struct lt_prove_chain *chain, uint64_t limit,
                           uint64_t *out, size_t out_count)
{
    size_t kept = chain->positions_at;
    if (out_count > 0)
        qsort(out, out_count, sizeof *out, by_position);
    for (size_t i = chain->positions_at; i < cut->position_count; i++) {
        const uint64_t position = cut->positions[i];
        if (position < limit && (out_count == 0 || bsearch(&position, out, out_count, sizeof *out,
                                                           by_position) == NULL))
            cut->positions[kept++] = position;
    }
    cut->position_count = kept;
    chain->count = kept - chain->positions_at;
}

/* The tips of what is kept: those that none of it builds on. Parents stand before their children. */
static enum lt_result find_tips(struct lt_txn *log, struct lt_prove_cut *cut,
                                struct lt_prove_chain *chain)
{
    struct lt_hash id, parents[LT_PARENTS_MAX], heads[2 * LT_PARENTS_MAX];
    size_t count = 0, parent_count, bytes;
    for (size_t i = 0; i < chain->count; i++) {
        if (!lt_log_describe(log, cut->positions[chain->positions_at + i], &id, parents,
                             &parent_count, &bytes) ||
            count == 2 * LT_PARENTS_MAX)
            return LT_CORRUPT;
        for (size_t j = 0; j < count;) {
            size_t at = 0;
            while (at < parent_count && lt_hash_cmp(&parents[at], &heads[j]) != 0)
                at++;
            if (at < parent_count)
                heads[j] = heads[--count];
            else
                j++;
        }
        heads[count++] = id;
    }
    qsort(heads, count, sizeof heads[0], by_hash);
    chain->tips_at = cut->tip_count;
    chain->tip_count = count;
    return add_tips(cut, heads, count) ? LT_OK : LT_NO_MEMORY;
}

static enum lt_result cut_back(struct lt_txn *log, const struct lt_book *book,
                               const struct lt_publication *publication, uint64_t limit,
                               struct lt_prove_cut *cut, struct lt_prove_chain *chain)
{
    const bool named = chain->chain.stream == LT_STREAM_REPORT &&
                       lt_book_within(book, &chain->chain.unit, &publication->place->unit);
    uint64_t *out = calloc(chain->count + 1, sizeof *out);
    size_t out_count = 0;
    if (out == NULL || !list_positions(log, cut, chain)) {
        free(out);
        return LT_NO_MEMORY;
    }
    if (named)
        out_count = lt_cut_outside(log, publication->cut, publication->cut_count,
                                   &chain->chain.unit, out, chain->count);
    keep_positions(cut, chain, limit, out, out_count);
    free(out);
    return find_tips(log, cut, chain);
}

enum lt_result lt_prove_cut_then(struct lt_store_txn *txn, const struct lt_book *book,
                                 const struct lt_publication *publication, struct lt_prove_cut *cut)
{
    struct lt_txn *log = lt_store_log(txn);
    struct lt_arena *arena = lt_arena_new(LT_UNPACK_BYTES_MAX);
    const uint64_t limit = arena == NULL ? 0 : find_published(log, publication, arena);
    enum lt_result result = arena == NULL ? LT_NO_MEMORY : limit == 0 ? LT_NOT_FOUND : LT_OK;
    size_t kept = 0;
    lt_arena_free(arena);
    if (result == LT_OK && !list_chains(log, cut))
        result = LT_NO_MEMORY;
    for (size_t i = 0; i < cut->count && result == LT_OK; i++) {
        struct lt_prove_chain chain = cut->chains[i];
        result = cut_back(log, book, publication, limit, cut, &chain);
        if (chain.count > 0)
            cut->chains[kept++] = chain;
    }
    cut->count = kept;
    return result != LT_OK ? result : lt_store_error(txn);
}
