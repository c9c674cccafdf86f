/* sync_story.h - a story of faults in the world of sync_world.h, and its end: all come to one state and fall silent. */
#ifndef LT_TEST_SYNC_STORY_H
#define LT_TEST_SYNC_STORY_H

#include "sync_faults.h"

enum {
    FAULTS_MOST = 60,
    HOUR_MS = 3600 * 1000,
    /* Three sessions up and three down, and the longest back-off. */
    CONVERGE_MS = 2 * HOUR_MS,
    QUIET_MS = HOUR_MS,
    QUICK_MS = 5000,
};

/* ---- A story ---- */

static void begin(struct world *w, uint64_t seed)
{
    static const uint64_t credits[] = {0, 600, 3000, 1 << 20};
    memset(&w->seed, 0, sizeof(*w) - offsetof(struct world, seed));
    w->seed = w->random = seed;
    pool_begin(&w->pool);
    w->credit = credits[chance(w, 4)];
    w->chains[0] = chain_of(LT_STREAM_DIRECTIVE, "VN");
    w->chains[1] = chain_of(LT_STREAM_DIRECTIVE, "80");
    for (size_t i = 1; i < 4; i++)
        w->chains[1 + i] = chain_of(LT_STREAM_REPORT, codes[i]);
    for (size_t i = TOP; i < AGENTS + 3; i++)
        make_node(w, i, i < AGENTS ? i : i - 1,
                  i < AGENTS ? LIENTHONG__ROLE__ROLE_HUB : LIENTHONG__ROLE__ROLE_AGENT);
    dag_sign(&w->nodes[TOP].dag, &w->chains[0], GRANT_DISTRICT, 0);
    for (uint32_t i = 1; i < 4; i++)
        if (chance(w, 4) != 0)
            dag_sign(&w->nodes[DISTRICT].dag, &w->chains[1], GRANT_UNIT + i, 0);
    if (chance(w, 2) == 0) /* two machines of one unit, from the start */
        make_node(w, AGENTS + 3, 1 + chance(w, 3), LIENTHONG__ROLE__ROLE_AGENT);
    for (size_t i = TOP; i < NODES_MAX; i++)
        if (w->nodes[i].used)
            restart(w, &w->nodes[i]);
}

static void end(struct world *w)
{
    for (size_t i = 0; i < NODES_MAX; i++) {
        struct node *node = &w->nodes[i];
        lt_child_free(node->child);
        lt_parent_free(node->parent);
        pipe_clear(&node->up);
        pipe_clear(&node->down);
        for (size_t j = 0; j < node->arrival_count; j++)
            free(node->arrivals[j].bytes);
        for (size_t j = 0; j < CHAINS; j++)
            forget(&node->from_top[j]);
        for (size_t j = 0; j < 2; j++)
            forget(&node->receipts[j]);
    }
    for (size_t i = 0; i < w->pool.count; i++)
        free(w->pool.items[i].bytes);
    w->pool.count = 0;
}

static void trouble(struct world *w)
{
    size_t faults = chance(w, FAULTS_MOST);
    w->faulty = chance(w, 4) != 0;
    w->spoiling = chance(w, 4) == 0;
    for (size_t i = 0; i < faults && !w->complaint; i++) {
        fault(w);
        lt_ms pause = chance(w, 3) == 0 ? 1 + chance(w, 900000) : 1 + chance(w, 300);
        run_until(w, w->now + pause);
    }
    while (grant(w))
        continue;
    w->faulty = w->full = false;
    memset(w->cut, 0, sizeof(w->cut));
}

/* ---- The end state ---- */

/* A directive that a hub signed and lost with its disk, and that only went down, is not sent up again
 * by those who hold it: of a chain that comes down they may have more. */
static bool agrees(const struct world *w, const struct node *node, const struct node *parent,
                   const struct lt_chain *chain, enum lt_way way)
{
    for (size_t i = 0; i < w->pool.count; i++) {
        bool here = mask_has(&node->dag.held, i), there = mask_has(&parent->dag.held, i);
        if (lt_chain_cmp(&w->pool.items[i].chain, chain) == 0 && here != there &&
            (there || way == LT_WAY_UP))
            return false;
    }
    return true;
}

/* Does the receipt of a hub (0: the top) name what it has? */
static bool receipt_fits(struct node *node, size_t hub, const struct lt_chain *chain)
{
    struct lt_hash tips[LT_PARENTS_MAX];
    size_t count = store_tips(&node->store, chain, tips);
    if (!node->receipts[hub].data)
        return count == 0;
    return node->receipted[hub].count == count &&
           memcmp(tips, node->receipted[hub].tips, count * sizeof(tips[0])) == 0;
}

static const char *what_is_wrong(struct world *w)
{
    for (size_t i = DISTRICT; i < NODES_MAX; i++) {
        struct node *node = &w->nodes[i];
        struct lt_unit unit = unit_of(codes[node->code]);
        struct lt_child_state state;
        if (!node->used)
            continue;
        for (size_t c = 0; c < CHAINS; c++) {
            enum lt_way way = world_way(node->role, &unit, &w->chains[c]);
            if (way != LT_WAY_NONE && !agrees(w, node, parent_of(w, node), &w->chains[c], way))
                return "a store differs from its parent's";
        }
        if (node->draft_count > 0)
            return "drafts are left unsigned";
        if (i >= AGENTS) {
            struct lt_chain own = {LT_STREAM_REPORT, unit};
            if (!receipt_fits(node, 0, &own))
                return "the top's receipt does not cover what an agent has";
            if (!receipt_fits(node, 1, &own))
                return "the district's receipt does not cover what an agent has";
        }
        lt_child_state(node->child, &state);
        if (!state.connected || !state.settled || !state.parent_ready)
            return "a child is not settled";
        if (state.clock_skew_s < -1 || state.clock_skew_s > 1)
            return "a clock is wrong";
    }
    return NULL;
}

static void settle(struct world *w)
{
    lt_ms last = w->now + CONVERGE_MS;
    while (w->now < last && what_is_wrong(w) && !w->complaint)
        run_until(w, w->now + 60000);
    if (!w->complaint)
        w->complaint = what_is_wrong(w);
}

/* Nothing is left to be said: only HELLO and WELCOME. */
static void stay_quiet(struct world *w)
{
    run_until(w, w->now + 60000); /* what was still under way */
    w->calm = true;
    uint64_t updates = w->updates, wants = w->wants, messages = w->messages;
    run_until(w, w->now + QUIET_MS);
    if (w->complaint)
        return;
    expect(w, updates == w->updates, "updates travel at rest");
    expect(w, wants == w->wants, "updates are asked for at rest");
    expect(w, w->messages - messages <= NODES_MAX * 2 * 8, "too many messages at rest");
    if (what_is_wrong(w)) /* perhaps just within a HELLO */
        run_until(w, w->now + 1000);
    if (!w->complaint)
        w->complaint = what_is_wrong(w);
}

/* With nothing wrong, what a clerk drafts is at the top and its receipt back at once. */
static void be_quick(struct world *w)
{
    w->calm = false;
    for (size_t i = AGENTS; i < NODES_MAX; i++) {
        struct node *agent = &w->nodes[i];
        struct lt_actions actions = {0};
        if (!agent->used)
            continue;
        agent->drafts[agent->draft_count++] = 1000 + w->said++;
        lt_child_drafts(agent->child, true, time_of(w, agent), &actions);
        perform_child(w, agent, &actions);
    }
    for (unsigned i = 0; i < QUICK_MS / 1000 && what_is_wrong(w); i++)
        run_until(w, w->now + 1000);
    if (!w->complaint && what_is_wrong(w))
        w->complaint = "it takes long although nothing is wrong";
}

/* What each node holds, for whoever has to find out why. */
static void describe(struct world *w)
{
    print_message("at %llu ms, credit %llu\n", (unsigned long long)w->now,
                  (unsigned long long)w->credit);
    for (size_t i = 0; i < NODES_MAX; i++) {
        struct node *node = &w->nodes[i];
        struct lt_child_state state = {0};
        if (!node->used)
            continue;
        if (node->child)
            lt_child_state(node->child, &state);
        print_message(
            "node %zu of %s: connected %d welcomed %d settled %d ready %d in flight %llu, "
            "%zu drafts; chains",
            i, codes[node->code], state.connected, state.welcomed, state.settled,
            state.parent_ready, (unsigned long long)state.in_flight_updates, node->draft_count);
        for (size_t c = 0; c < CHAINS; c++) {
            size_t held = 0;
            for (size_t j = 0; j < node->dag.count; j++)
                held += lt_chain_cmp(&w->pool.items[node->dag.list[j]].chain, &w->chains[c]) == 0;
            print_message(" %s%s %zu", w->chains[c].stream == LT_STREAM_REPORT ? "" : "d",
                          w->chains[c].unit.code, held);
        }
        print_message("\n");
    }
}

#endif
