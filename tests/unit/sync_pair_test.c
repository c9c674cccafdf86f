/* Both machines against each other, over links and stores that fail: see sync_world.h. Every seed is a
 * story of faults; after the last of them all must come to one state, by itself, and fall silent.
 *
 *   LT_SEEDS=5000 LT_SEED_FIRST=1 ./sync_pair_test     more of them, or one again */
#include "sync_story.h"

enum { SEEDS = 250 };

static struct world world;

/* Did two machines of a unit sign without knowing of each other? */
static bool has_fork(const struct world *w)
{
    const struct dag *top = &w->nodes[TOP].dag;
    for (size_t i = 0; i < top->count; i++)
        for (size_t j = 0; j < i; j++) {
            const struct pooled *a = &w->pool.items[top->list[i]];
            const struct pooled *b = &w->pool.items[top->list[j]];
            if (lt_chain_cmp(&a->chain, &b->chain) == 0 && !mask_has(&a->line, top->list[j]) &&
                !mask_has(&b->line, top->list[i]))
                return true;
        }
    return false;
}

struct totals {
    uint64_t updates, messages, wants, forks, restored, refusals[16], most_ms, most_updates;
};

static void tell(struct world *w, uint64_t seed, struct totals *totals)
{
    begin(w, seed);
    trouble(w);
    lt_ms stopped = w->now;
    uint64_t before = w->updates;
    settle(w);
    /* every update down or up each of at most two links on its way, and some more than once */
    expect(w, w->updates - before <= 8 * (w->pool.count + 1) * NODES_MAX, "updates go to and fro");
    if (w->now - stopped > totals->most_ms)
        totals->most_ms = w->now - stopped;
    if (w->updates - before > totals->most_updates)
        totals->most_updates = w->updates - before;
    stay_quiet(w);
    be_quick(w);
    totals->updates += w->updates;
    totals->messages += w->messages;
    totals->wants += w->wants;
    totals->forks += has_fork(w);
    totals->restored += w->restored;
    for (size_t i = 0; i < 16; i++)
        totals->refusals[i] += w->refusals[i];
    const char *complaint = w->complaint;
    if (complaint)
        describe(w);
    end(w);
    if (complaint)
        fail_msg("seed %llu: %s", (unsigned long long)seed, complaint);
}

static uint64_t number_of(const char *name, uint64_t usual)
{
    const char *text = getenv(name);
    return text ? strtoull(text, NULL, 10) : usual;
}

static void all_converge_after_any_faults(void **state)
{
    (void)state;
    uint64_t first = number_of("LT_SEED_FIRST", 1), seeds = number_of("LT_SEEDS", SEEDS);
    struct totals totals = {0};
    for (uint64_t seed = first; seed < first + seeds; seed++)
        tell(&world, seed, &totals);
    print_message(
        "%llu seeds: %llu messages, %llu updates, %llu wants, %llu forked, %llu restored; "
        "refused %llu orphans %llu keys %llu busy; longest %llu s, most %llu updates\n",
        (unsigned long long)seeds, (unsigned long long)totals.messages,
        (unsigned long long)totals.updates, (unsigned long long)totals.wants,
        (unsigned long long)totals.forks, (unsigned long long)totals.restored,
        (unsigned long long)totals.refusals[1], (unsigned long long)totals.refusals[2],
        (unsigned long long)totals.refusals[7], (unsigned long long)totals.most_ms / 1000,
        (unsigned long long)totals.most_updates);
    if (seeds < SEEDS)
        return;
    /* the stories were worth telling */
    assert_true(totals.forks > seeds / 10);
    assert_true(totals.restored > seeds / 50);
    assert_true(totals.refusals[1] > 0 && totals.refusals[2] > 0 && totals.refusals[7] > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(all_converge_after_any_faults)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
