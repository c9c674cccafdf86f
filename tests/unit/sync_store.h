/* sync_store.h - a store of real signed updates in memory, for the tests of the conversation.
 *
 * All updates of a test live in one pool and are known by their index in it; a store (struct dag) is
 * the list of those that a node holds. Ancestors are bit masks, so every question is a few words of
 * arithmetic and the answers are exact. */
#ifndef LT_TEST_SYNC_STORE_H
#define LT_TEST_SYNC_STORE_H

#include <assert.h>
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "proto/sync.h"

enum { POOL_MAX = 512, POOL_WORDS = POOL_MAX / 64 };

struct mask {
    uint64_t words[POOL_WORDS];
};
static inline bool mask_has(const struct mask *mask, size_t i)
{
    return mask->words[i / 64] >> (i % 64) & 1;
}
static inline void mask_set(struct mask *mask, size_t i)
{
    mask->words[i / 64] |= UINT64_C(1) << (i % 64);
}
static inline void mask_join(struct mask *mask, const struct mask *with)
{
    for (size_t w = 0; w < POOL_WORDS; w++)
        mask->words[w] |= with->words[w];
}

struct pooled {
    struct lt_chain chain;
    struct lt_hash id;
    uint64_t seq;
    size_t parent_count;
    struct lt_hash parents[LT_PARENTS_MAX];
    struct mask line; /* itself and its ancestors */
    uint8_t *bytes;
    size_t size;
    uint32_t said; /* what the test put into the body */
};

struct pool {
    struct pooled items[POOL_MAX];
    size_t count;
    struct lt_key key;
    struct lt_secret secret;
};

struct dag {
    struct pool *pool;
    uint16_t list[POOL_MAX];
    size_t count;
    struct mask held;
};

typedef enum lt_way way_of(Lienthong__Role role, const struct lt_unit *child,
                           const struct lt_chain *chain);
struct store { /* the context of struct lt_sync_store */
    struct dag *dag;
    way_of *way;
    size_t receipt_count; /* shown in HELLO */
    struct lt_bytes receipts[LT_HELLO_RECEIPTS_MAX];
    const struct lt_chain *beyond; /* NULL: none */
};

static inline struct lt_unit unit_of(const char *code)
{
    struct lt_unit unit;
    assert_int_equal(lt_unit_make(code, 0, &unit), LT_OK);
    return unit;
}
static inline struct lt_chain chain_of(enum lt_stream stream, const char *code)
{
    return (struct lt_chain){.stream = stream, .unit = unit_of(code)};
}

static inline void pool_begin(struct pool *pool)
{
    uint8_t seed[crypto_sign_SEEDBYTES] = {7};
    for (size_t i = 0; i < pool->count; i++)
        free(pool->items[i].bytes);
    pool->count = 0;
    crypto_sign_seed_keypair(pool->key.bytes, pool->secret.bytes, seed);
}
static inline size_t pool_find(const struct pool *pool, const struct lt_hash *id)
{
    size_t i = 0;
    while (i < pool->count && lt_hash_cmp(&pool->items[i].id, id) != 0)
        i++;
    return i;
}

static inline size_t dag_tips(const struct dag *dag, const struct lt_chain *chain,
                              size_t ret_tips[POOL_MAX])
{
    struct mask covered = {{0}};
    size_t count = 0;
    for (size_t i = dag->count; i-- > 0;) { /* children before parents */
        const struct pooled *item = &dag->pool->items[dag->list[i]];
        if (lt_chain_cmp(&item->chain, chain) != 0)
            continue;
        if (!mask_has(&covered, dag->list[i]))
            ret_tips[count++] = dag->list[i];
        mask_join(&covered, &item->line);
    }
    for (size_t i = 1; i < count; i++) /* ascending by hash */
        for (size_t j = i; j > 0 && lt_hash_cmp(&dag->pool->items[ret_tips[j - 1]].id,
                                                &dag->pool->items[ret_tips[j]].id) > 0;
             j--) {
            size_t swap = ret_tips[j];
            ret_tips[j] = ret_tips[j - 1];
            ret_tips[j - 1] = swap;
        }
    return count;
}

/* False: its parents are not there. */
static inline bool dag_put(struct dag *dag, size_t index)
{
    const struct pooled *item = &dag->pool->items[index];
    for (size_t i = 0; i < item->parent_count; i++)
        if (!mask_has(&dag->held, pool_find(dag->pool, &item->parents[i])))
            return false;
    if (!mask_has(&dag->held, index)) {
        mask_set(&dag->held, index);
        dag->list[dag->count++] = (uint16_t)index;
    }
    return true;
}

/* Signs a new update on all tips of the chain that the store holds, and puts it there. `filler` more
 * bytes make it large. Its body is no body of the schema: the conversation never looks into it. */
static inline size_t dag_sign(struct dag *dag, const struct lt_chain *chain, uint32_t said,
                              size_t filler)
{
    struct pool *pool = dag->pool;
    size_t tips[POOL_MAX], size = 4 + filler;
    size_t count = dag_tips(dag, chain, tips), index = pool->count;
    struct pooled *item = &pool->items[index];
    struct lt_frame frame = {.chain = *chain, .seq = 1, .key = pool->key, .body_version = 1};
    uint8_t *body = calloc(1, size);
    assert_true(index < POOL_MAX && count <= LT_PARENTS_MAX && body != NULL);
    memcpy(body, &said, sizeof(said));
    memset(item, 0, sizeof(*item));
    item->chain = *chain;
    item->said = said;
    item->parent_count = frame.parent_count = (uint32_t)count;
    for (size_t i = 0; i < count; i++) {
        const struct pooled *parent = &pool->items[tips[i]];
        frame.parents[i] = item->parents[i] = parent->id;
        if (frame.seq <= parent->seq)
            frame.seq = parent->seq + 1;
        mask_join(&item->line, &parent->line);
    }
    frame.instance.bytes[0] = (uint8_t)index; /* so that twins differ */
    frame.instance.bytes[1] = (uint8_t)(index >> 8);
    item->seq = frame.seq;
    mask_set(&item->line, index);
    assert_int_equal(lt_update_seal(&frame, (struct lt_bytes){body, size}, (struct lt_bytes){0},
                                    &pool->secret, &item->bytes, &item->size, &item->id),
                     LT_OK);
    free(body);
    pool->count++;
    assert_true(dag_put(dag, index));
    return index;
}

/* ---- struct lt_sync_store ---- */

static inline bool store_has(void *context, const struct lt_hash *id)
{
    const struct dag *dag = ((struct store *)context)->dag;
    size_t index = pool_find(dag->pool, id);
    return index < dag->pool->count && mask_has(&dag->held, index);
}

static inline size_t store_tips(void *context, const struct lt_chain *chain,
                                struct lt_hash ret_tips[LT_PARENTS_MAX])
{
    const struct dag *dag = ((struct store *)context)->dag;
    size_t tips[POOL_MAX];
    size_t count = dag_tips(dag, chain, tips);
    assert_true(count <= LT_PARENTS_MAX);
    for (size_t i = 0; i < count; i++)
        ret_tips[i] = dag->pool->items[tips[i]].id;
    return count;
}

static inline bool store_next_chain(void *context, const struct lt_chain *after,
                                    struct lt_chain *ret_chain)
{
    const struct dag *dag = ((struct store *)context)->dag;
    const struct lt_chain *least = NULL;
    for (size_t i = 0; i < dag->count; i++) {
        const struct lt_chain *chain = &dag->pool->items[dag->list[i]].chain;
        if ((!after || lt_chain_cmp(chain, after) > 0) &&
            (!least || lt_chain_cmp(chain, least) < 0))
            least = chain;
    }
    if (least)
        *ret_chain = *least;
    return least != NULL;
}

static inline size_t store_ladder(void *context, const struct lt_chain *chain,
                                  struct lt_hash ret_have[LT_HAVE_MAX])
{
    const struct dag *dag = ((struct store *)context)->dag;
    size_t count = store_tips(context, chain, ret_have), distance = 0, rung = 1;
    for (size_t i = dag->count; i-- > 0;) {
        const struct pooled *item = &dag->pool->items[dag->list[i]];
        if (lt_chain_cmp(&item->chain, chain) != 0 || distance++ != rung)
            continue;
        ret_have[count++] = item->id;
        rung *= 2;
    }
    return count;
}

static inline size_t store_lacking(void *context, const struct lt_chain *chain,
                                   const struct lt_hash *have, size_t have_count,
                                   uint64_t *ret_positions, size_t max)
{
    const struct dag *dag = ((struct store *)context)->dag;
    struct mask known = {{0}};
    size_t count = 0;
    for (size_t i = 0; i < have_count; i++) {
        size_t index = pool_find(dag->pool, &have[i]);
        if (index < dag->pool->count && mask_has(&dag->held, index))
            mask_join(&known, &dag->pool->items[index].line);
    }
    for (size_t i = 0; i < dag->count && count < max; i++)
        if (!mask_has(&known, dag->list[i]) &&
            lt_chain_cmp(&dag->pool->items[dag->list[i]].chain, chain) == 0)
            ret_positions[count++] = i + 1;
    return count;
}

static inline bool store_update_at(void *context, uint64_t position, struct lt_hash *ret_id,
                                   struct lt_hash ret_parents[LT_PARENTS_MAX],
                                   size_t *ret_parent_count, size_t *ret_bytes)
{
    const struct dag *dag = ((struct store *)context)->dag;
    if (position == 0 || position > dag->count)
        return false;
    const struct pooled *item = &dag->pool->items[dag->list[position - 1]];
    *ret_id = item->id;
    memcpy(ret_parents, item->parents, item->parent_count * sizeof(item->parents[0]));
    *ret_parent_count = item->parent_count;
    *ret_bytes = item->size;
    return true;
}

static inline enum lt_way store_way(void *context, Lienthong__Role role,
                                    const struct lt_unit *child, const struct lt_chain *chain)
{
    return ((struct store *)context)->way(role, child, chain);
}

static inline size_t store_newest_receipts(void *context, uint8_t **ret_bytes, size_t *ret_sizes,
                                           size_t max)
{
    const struct store *store = context;
    size_t count = store->receipt_count < max ? store->receipt_count : max;
    for (size_t i = 0; i < count; i++) {
        ret_sizes[i] = store->receipts[i].size;
        ret_bytes[i] = malloc(ret_sizes[i]);
        assert_non_null(ret_bytes[i]);
        memcpy(ret_bytes[i], store->receipts[i].data, ret_sizes[i]);
    }
    return count;
}

/* A receipt of the parent's for this chain goes beyond whatever it says of it. */
static inline bool store_falls_short(void *context, const struct lt_unit *parent,
                                     const struct lt_chain *chain, const struct lt_hash *tips,
                                     size_t count)
{
    const struct store *store = context;
    (void)parent;
    (void)tips;
    (void)count;
    return store->beyond != NULL && lt_chain_cmp(store->beyond, chain) == 0;
}

static inline struct lt_sync_store store_interface(struct store *store)
{
    return (struct lt_sync_store){
        .context = store,
        .has = store_has,
        .tips = store_tips,
        .next_chain = store_next_chain,
        .ladder = store_ladder,
        .lacking = store_lacking,
        .update_at = store_update_at,
        .way = store_way,
        .newest_receipts = store_newest_receipts,
        .falls_short = store_falls_short,
    };
}

/* A receipt of a hub for what a store holds of a chain; malloc'ed. */
static inline struct lt_bytes receipt_of(const struct pool *pool, struct store *store,
                                         const struct lt_unit *hub,
                                         const struct lt_instance *incarnation, uint64_t number,
                                         const struct lt_chain *chain)
{
    struct lt_statement statement = {.hub = *hub,
                                     .incarnation = *incarnation,
                                     .number = number,
                                     .chain = *chain,
                                     .key = pool->key};
    uint8_t *bytes;
    size_t size;
    statement.tip_count = (uint32_t)store_tips(store, chain, statement.tips);
    assert_int_equal(lt_receipt_seal(&statement, &pool->secret, &bytes, &size), LT_OK);
    return (struct lt_bytes){bytes, size};
}

#endif
