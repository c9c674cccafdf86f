/* The log against a naive one: random graphs, forks, orphans, what is lacking. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "agent/log.h"

static const struct lt_table_spec tables[] = {LT_LOG_TABLES};

enum { GRAPH_MAX = 400 };

/* The naive log: every update with a matrix of its ancestors. */
struct graph {
    size_t count;
    struct lt_hash ids[GRAPH_MAX];
    uint64_t seqs[GRAPH_MAX], positions[GRAPH_MAX];
    bool above[GRAPH_MAX][GRAPH_MAX]; /* above[i][j]: j is i or an ancestor of i */
};

struct fixture {
    char dir[64];
    struct lt_env *env;
    struct lt_key key;
    struct lt_secret secret;
    uint64_t random;
    struct graph graph;
};

static uint32_t draw(struct fixture *f, uint32_t below)
{
    f->random = f->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(f->random >> 33) % below;
}

static int setup(void **state)
{
    char reason[200];
    struct fixture *f = calloc(1, sizeof(*f));
    uint8_t seed[32] = {7};
    snprintf(f->dir, sizeof(f->dir), "/tmp/lt-log-XXXXXX");
    if (sodium_init() < 0 || mkdtemp(f->dir) == NULL)
        return -1;
    crypto_sign_seed_keypair(f->key.bytes, f->secret.bytes, seed);
    f->random = 42;
    *state = f;
    return lt_env_open(f->dir, tables, LT_LOG_TABLE_COUNT, 1, false, &f->env, reason) != LT_OK;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    char command[128];
    lt_env_close(f->env);
    snprintf(command, sizeof(command), "rm -rf '%s'", f->dir);
    int code = system(command);
    free(f);
    return code;
}

static struct lt_chain chain_of(const char *code)
{
    struct lt_chain chain = {.stream = LT_STREAM_REPORT};
    assert_int_equal(lt_unit_make(code, 0, &chain.unit), LT_OK);
    return chain;
}

static int cmp_hash(const void *a, const void *b)
{
    return lt_hash_cmp(a, b);
}

/* An update with these parents; `number` makes its body different from others. */
static uint8_t *seal(struct fixture *f, const struct lt_chain *chain, uint64_t seq,
                     const struct lt_hash *parents, size_t parent_count, uint32_t number,
                     struct lt_update *ret_update, struct lt_bytes *ret_bytes)
{
    struct lt_frame frame = {.chain = *chain, .seq = seq, .key = f->key, .body_version = 1};
    uint8_t *bytes;
    size_t size;
    struct lt_hash id;
    frame.parent_count = (uint32_t)parent_count;
    if (parent_count > 0)
        memcpy(frame.parents, parents, parent_count * sizeof(*parents));
    qsort(frame.parents, parent_count, sizeof(*parents), cmp_hash);
    assert_int_equal(lt_update_seal(&frame, (struct lt_bytes){(uint8_t *)&number, 4},
                                    (struct lt_bytes){NULL, 0}, &f->secret, &bytes, &size, &id),
                     LT_OK);
    *ret_bytes = (struct lt_bytes){bytes, size};
    assert_int_equal(lt_update_open(*ret_bytes, ret_update), LT_OK);
    assert_int_equal(lt_hash_cmp(&id, &ret_update->id), 0);
    return bytes;
}

static enum lt_result append(struct fixture *f, struct lt_txn *txn, const struct lt_chain *chain,
                             uint64_t seq, const struct lt_hash *parents, size_t parent_count,
                             uint32_t number, struct lt_hash *ret_id, uint64_t *ret_position,
                             struct lt_tips *ret_missing)
{
    struct lt_update update;
    struct lt_bytes bytes;
    uint8_t *owned = seal(f, chain, seq, parents, parent_count, number, &update, &bytes);
    enum lt_result result = lt_log_append(txn, &update, bytes, ret_position, ret_missing);
    *ret_id = update.id;
    free(owned);
    return result;
}

/* Adds one update on the nodes `on`. */
static void grow(struct fixture *f, struct lt_txn *txn, const struct lt_chain *chain,
                 const size_t *on, size_t on_count)
{
    struct graph *g = &f->graph;
    struct lt_hash parents[LT_PARENTS_MAX];
    struct lt_tips missing;
    size_t at = g->count++;
    g->seqs[at] = 1;
    memset(g->above[at], 0, sizeof(g->above[at]));
    g->above[at][at] = true;
    for (size_t i = 0; i < on_count; i++) {
        parents[i] = g->ids[on[i]];
        if (g->seqs[on[i]] >= g->seqs[at])
            g->seqs[at] = g->seqs[on[i]] + 1;
        for (size_t j = 0; j < at; j++)
            g->above[at][j] = g->above[at][j] || g->above[on[i]][j];
    }
    assert_int_equal(append(f, txn, chain, g->seqs[at], parents, on_count, (uint32_t)at,
                            &g->ids[at], &g->positions[at], &missing),
                     LT_OK);
}

static size_t tips_of(const struct graph *g, size_t ret_tips[GRAPH_MAX])
{
    size_t count = 0;
    for (size_t i = 0; i < g->count; i++) {
        bool covered = false;
        for (size_t j = i + 1; j < g->count && !covered; j++)
            covered = g->above[j][i];
        if (!covered)
            ret_tips[count++] = i;
    }
    return count;
}

/* A graph as clones make it: mostly on one tip, sometimes on an old update, sometimes on several tips.
 * `wild` forks more. */
static void grow_randomly(struct fixture *f, struct lt_txn *txn, const struct lt_chain *chain,
                          size_t count, uint32_t wild)
{
    struct graph *g = &f->graph;
    g->count = 0;
    while (g->count < count) {
        size_t tips[GRAPH_MAX], on[LT_PARENTS_MAX], on_count = 0;
        size_t tip_count = tips_of(g, tips);
        uint32_t dice = draw(f, 100);
        if (g->count == 0 || (dice < wild / 4 && tip_count < 20)) {
            on_count = 0;
        } else if (dice < wild && tip_count < 20) {
            on[on_count++] = draw(f, (uint32_t)g->count);
        } else if (dice < 2 * wild) {
            for (size_t i = 0; i < tip_count; i++)
                if (i == 0 || draw(f, 4) > 0)
                    on[on_count++] = tips[i];
        } else {
            on[on_count++] = tips[draw(f, (uint32_t)tip_count)];
        }
        grow(f, txn, chain, on, on_count);
    }
}

static void check_tips(struct fixture *f, struct lt_txn *txn, const struct lt_chain *chain)
{
    struct graph *g = &f->graph;
    struct lt_tips found;
    struct lt_hash expected[GRAPH_MAX];
    size_t tips[GRAPH_MAX];
    size_t count = tips_of(g, tips);
    for (size_t i = 0; i < count; i++)
        expected[i] = g->ids[tips[i]];
    qsort(expected, count, sizeof(expected[0]), cmp_hash);
    lt_log_tips(txn, chain, &found);
    assert_int_equal(found.count, count);
    assert_memory_equal(found.ids, expected, count * sizeof(expected[0]));
    assert_int_equal(lt_log_count(txn, chain), g->count);
}

static void check_lacking(struct fixture *f, struct lt_txn *txn, const struct lt_chain *chain)
{
    struct graph *g = &f->graph;
    struct lt_hash have[8];
    bool held[GRAPH_MAX] = {false};
    uint64_t expected[GRAPH_MAX], found[GRAPH_MAX];
    size_t have_count = draw(f, 8), expected_count = 0;
    for (size_t i = 0; i < have_count; i++) {
        size_t at = draw(f, (uint32_t)g->count);
        have[i] = g->ids[at];
        if (draw(f, 8) == 0)
            have[i].bytes[0] ^= 1; /* not known here: ignored */
        else
            for (size_t j = 0; j <= at; j++)
                held[j] = held[j] || g->above[at][j];
    }
    size_t max = draw(f, 2) == 0 ? GRAPH_MAX : 1 + draw(f, 30);
    for (size_t i = 0; i < g->count && expected_count < max; i++)
        if (!held[i])
            expected[expected_count++] = g->positions[i];
    size_t count = lt_log_lacking(txn, chain, have, have_count, found, max);
    assert_int_equal(lt_txn_error(txn), LT_OK);
    assert_int_equal(count, expected_count);
    assert_memory_equal(found, expected, count * sizeof(found[0]));
}

static void check_ancestors(struct fixture *f, struct lt_txn *txn)
{
    struct graph *g = &f->graph;
    for (int i = 0; i < 300; i++) {
        size_t a = draw(f, (uint32_t)g->count), b = draw(f, (uint32_t)g->count);
        assert_int_equal(lt_log_is_ancestor(txn, &g->ids[a], &g->ids[b]), a != b && g->above[b][a]);
    }
}

/* What a ladder shows is enough to send at most about twice what lies above the common part. */
static void check_ladder(struct fixture *f, struct lt_txn *txn, const struct lt_chain *chain)
{
    struct graph *g = &f->graph;
    struct lt_hash have[LT_HAVE_MAX];
    struct lt_tips tips;
    uint64_t position, seq;
    size_t count = lt_log_ladder(txn, chain, have);
    lt_log_tips(txn, chain, &tips);
    assert_true(count >= tips.count && count <= LT_HAVE_MAX);
    assert_memory_equal(have, tips.ids, tips.count * sizeof(tips.ids[0]));
    for (size_t i = 0; i < count; i++) {
        assert_true(lt_log_find(txn, &have[i], &position, &seq));
        for (size_t j = 0; j < i; j++)
            assert_int_not_equal(lt_hash_cmp(&have[i], &have[j]), 0);
    }
    bool first = false;
    for (size_t i = 0; i < count; i++)
        first = first || lt_hash_cmp(&have[i], &g->ids[0]) == 0;
    assert_true(first);
}

static void test_random_graphs(void **state)
{
    struct fixture *f = *state;
    for (uint32_t round = 0; round < 24; round++) {
        char code[16];
        snprintf(code, sizeof(code), "u%u", (unsigned)round);
        struct lt_chain chain = chain_of(code);
        struct lt_txn *txn = lt_txn_begin(f->env, true);
        grow_randomly(f, txn, &chain, 20 + round * 10, round % 3 * 12);
        check_tips(f, txn, &chain);
        for (int i = 0; i < 120; i++)
            check_lacking(f, txn, &chain);
        check_ancestors(f, txn);
        check_ladder(f, txn, &chain);
        assert_int_equal(lt_txn_commit(txn), LT_OK);
    }
    struct lt_txn *txn = lt_txn_begin(f->env, false);
    uint64_t bad;
    assert_int_equal(lt_log_verify(txn, 1, lt_log_last(txn), &bad), LT_OK);
    lt_txn_abort(txn);
}

static void test_answers(void **state)
{
    struct fixture *f = *state;
    struct lt_chain a = chain_of("a"), b = chain_of("b");
    struct lt_tips missing = {.count = 0};
    struct lt_hash one, two, on_b, id, unknown = {{9}};
    uint64_t position = 0, first;
    struct lt_txn *txn = lt_txn_begin(f->env, true);
    assert_int_equal(append(f, txn, &a, 1, NULL, 0, 1, &one, &first, &missing), LT_OK);
    assert_int_equal(first, 1);
    assert_int_equal(append(f, txn, &a, 1, NULL, 0, 1, &id, &position, &missing), LT_EXISTS);
    assert_int_equal(position, 1);
    assert_int_equal(append(f, txn, &b, 1, NULL, 0, 1, &on_b, &position, &missing), LT_OK);

    struct lt_hash parents[2] = {one, unknown};
    assert_int_equal(append(f, txn, &a, 2, parents, 2, 2, &id, &position, &missing), LT_ORPHAN);
    assert_int_equal(missing.count, 1);
    assert_memory_equal(&missing.ids[0], &unknown, sizeof(unknown));
    assert_int_equal(append(f, txn, &a, 3, &one, 1, 2, &id, &position, &missing), LT_BAD_SEQ);
    assert_int_equal(append(f, txn, &a, 2, &on_b, 1, 2, &id, &position, &missing), LT_MALFORMED);
    assert_int_equal(append(f, txn, &a, 2, &one, 1, 2, &two, &position, &missing), LT_OK);
    assert_int_equal(position, 3);
    /* a fork, far back */
    assert_int_equal(append(f, txn, &a, 2, &one, 1, 3, &id, &position, &missing), LT_OK);
    struct lt_tips tips;
    lt_log_tips(txn, &a, &tips);
    assert_int_equal(tips.count, 2);
    assert_int_equal(lt_log_last(txn), 4); /* refusals left nothing behind */
    assert_int_equal(lt_txn_commit(txn), LT_OK);
}

static void test_too_many_tips(void **state)
{
    struct fixture *f = *state;
    struct lt_chain chain = chain_of("a");
    struct lt_tips missing, tips;
    struct lt_hash ids[LT_PARENTS_MAX + 1];
    uint64_t position;
    struct lt_txn *txn = lt_txn_begin(f->env, true);
    for (uint32_t i = 0; i < LT_PARENTS_MAX; i++)
        assert_int_equal(append(f, txn, &chain, 1, NULL, 0, i, &ids[i], &position, &missing),
                         LT_OK);
    assert_int_equal(
        append(f, txn, &chain, 1, NULL, 0, 99, &ids[LT_PARENTS_MAX], &position, &missing),
        LT_TOO_LARGE);
    assert_int_equal(append(f, txn, &chain, 2, ids, LT_PARENTS_MAX, 99, &ids[LT_PARENTS_MAX],
                            &position, &missing),
                     LT_OK);
    lt_log_tips(txn, &chain, &tips);
    assert_int_equal(tips.count, 1);
    assert_int_equal(lt_txn_commit(txn), LT_OK);
}

static void test_reads_back(void **state)
{
    struct fixture *f = *state;
    struct lt_chain chain = chain_of("a"), other = chain_of("b"), next;
    struct lt_tips missing;
    struct lt_hash ids[3], id, parents[LT_PARENTS_MAX];
    uint64_t position, positions[4];
    size_t parent_count, bytes;
    struct lt_txn *txn = lt_txn_begin(f->env, true);
    assert_int_equal(append(f, txn, &other, 1, NULL, 0, 0, &id, &position, &missing), LT_OK);
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(append(f, txn, &chain, i + 1, &ids[i > 0 ? i - 1 : 0], i > 0, i, &ids[i],
                                &position, &missing),
                         LT_OK);
    assert_int_equal(lt_txn_commit(txn), LT_OK);

    txn = lt_txn_begin(f->env, false);
    assert_true(lt_log_describe(txn, 3, &id, parents, &parent_count, &bytes));
    assert_memory_equal(&id, &ids[1], sizeof(id));
    assert_int_equal(parent_count, 1);
    assert_memory_equal(&parents[0], &ids[0], sizeof(id));
    assert_true(bytes > 100);
    assert_false(lt_log_describe(txn, 5, &id, parents, &parent_count, &bytes));
    assert_int_equal(lt_log_chain_positions(txn, &chain, 2, positions, 4), 2);
    assert_int_equal(positions[0], 3);
    assert_int_equal(positions[1], 4);
    assert_true(lt_log_next_chain(txn, NULL, &next));
    assert_int_equal(lt_chain_cmp(&next, &chain), 0);
    assert_true(lt_log_next_chain(txn, &chain, &next));
    assert_int_equal(lt_chain_cmp(&next, &other), 0);
    assert_false(lt_log_next_chain(txn, &other, &next));
    assert_int_equal(lt_txn_error(txn), LT_OK);
    lt_txn_abort(txn);
}

static void test_verify_finds_damage(void **state)
{
    struct fixture *f = *state;
    struct lt_chain chain = chain_of("a");
    struct lt_tips missing;
    struct lt_hash ids[4];
    uint64_t position, bad = 0;
    struct lt_bytes bytes;
    uint8_t copy[4096];
    struct lt_txn *txn = lt_txn_begin(f->env, true);
    for (uint32_t i = 0; i < 4; i++)
        assert_int_equal(append(f, txn, &chain, i + 1, &ids[i > 0 ? i - 1 : 0], i > 0, i, &ids[i],
                                &position, &missing),
                         LT_OK);
    position = 3;
    assert_true(lt_log_at(txn, position, &bytes));
    size_t size = bytes.size;
    memcpy(copy, bytes.data, size);
    copy[size - 1] ^= 1;
    lt_put(txn, LT_T_LOG, (struct lt_bytes){(uint8_t *)&position, 8},
           (struct lt_bytes){copy, size});
    assert_int_equal(lt_txn_commit(txn), LT_OK);
    txn = lt_txn_begin(f->env, false);
    assert_int_equal(lt_log_verify(txn, 1, 4, &bad), LT_CORRUPT);
    assert_int_equal(bad, 3);
    lt_txn_abort(txn);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_random_graphs, setup, teardown),
        cmocka_unit_test_setup_teardown(test_answers, setup, teardown),
        cmocka_unit_test_setup_teardown(test_too_many_tips, setup, teardown),
        cmocka_unit_test_setup_teardown(test_reads_back, setup, teardown),
        cmocka_unit_test_setup_teardown(test_verify_finds_damage, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
