/* recount_campaign small|district|province|planted SEEDS [FIRST] - generated provinces, fed to ledgers in random order,
 * counted again at every step. Exit 0: all were equal. */
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hub/audit.h"
#include "tests/recount/prove.h"
#include "tests/recount/recount.h"

enum { TREE_DAYS = 6 };

struct feeding {
    uint64_t random;
    const struct province *province;
    struct lt_ledger *ledger;
    struct recount *recount; /* NULL: not compared */
    size_t batch_max, compare_every; /* in batches */
    size_t *queue, queued;
    size_t steps, accepted, trees;
    char difference[RECOUNT_DIFFERENCE_MAX];
    struct recount_sums sums;
    uint64_t proven, left_out; /* rows; chains */
};

static uint32_t below(struct feeding *feeding, uint32_t limit)
{
    feeding->random = feeding->random * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (uint32_t)(feeding->random >> 33) % limit;
}

static struct lt_ledger *open_ledger(const struct province *province, const char *dir)
{
    char reason[200] = "";
    struct lt_ledger *ledger;
    struct lt_hub_site site = {.unit = province->top, .top = province->top, .root = province->root};
    if (lt_ledger_open(dir, false, &ledger, reason) != LT_OK ||
        lt_ledger_set_site(ledger, &site) != LT_OK) {
        fprintf(stderr, "the ledger does not open: %s\n", reason);
        abort();
    }
    return ledger;
}

static char *folder(void)
{
    const char *base = getenv("TMPDIR");
    char *dir = NULL;
    if (asprintf(&dir, "%s/lt_recount_XXXXXX", base == NULL ? "/tmp" : base) < 0 ||
        mkdtemp(dir) == NULL)
        abort();
    return dir;
}

static void remove_folder(char *dir)
{
    char command[512];
    snprintf(command, sizeof command, "rm -rf '%s'", dir);
    if (system(command) != 0)
        abort();
    free(dir);
}

static void read_arrival(const struct province_update *update, struct lt_arena *arena,
                         struct lt_arrival *ret_arrival)
{
    memset(ret_arrival, 0, sizeof *ret_arrival);
    ret_arrival->bytes = (struct lt_bytes){update->bytes, update->size};
    enum lt_result result = lt_update_open(ret_arrival->bytes, &ret_arrival->update);
    if (result == LT_OK)
        result = lt_update_verify(&ret_arrival->update);
    if (result == LT_OK)
        result = ret_arrival->update.frame.chain.stream == LT_STREAM_REPORT
                     ? lt_report_read(&ret_arrival->update, arena, &ret_arrival->report)
                     : lt_directive_read(&ret_arrival->update, arena, &ret_arrival->directive);
    if (result != LT_OK) {
        fprintf(stderr, "an update that was made here cannot be read: %s\n",
                lt_result_text(result));
        abort();
    }
}

/* One batch, from anywhere in the queue; what is refused waits. Returns how many were taken. */
static size_t one_batch(struct feeding *feeding)
{
    enum { BATCH_MAX = 64 };
    struct lt_arrival arrivals[BATCH_MAX], *group[BATCH_MAX] = {NULL};
    struct lt_arena *arenas[BATCH_MAX];
    size_t at[BATCH_MAX], taken = 0, kept = 0;
    size_t count = 1 + below(feeding, (uint32_t)feeding->batch_max);
    count = count < feeding->queued ? count : feeding->queued;
    const size_t first = below(feeding, (uint32_t)(feeding->queued - count + 1));
    for (size_t i = 0; i < count; i++) {
        at[i] = feeding->queue[first + i];
        arenas[i] = lt_arena_new(LT_UNPACK_BYTES_MAX);
        read_arrival(&feeding->province->updates[at[i]], arenas[i], &arrivals[i]);
        group[i] = &arrivals[i];
    }
    if (lt_ledger_commit(feeding->ledger, group, count) != LT_OK)
        abort();
    for (size_t i = 0; i < count; i++) {
        if (arrivals[i].result == LT_OK && feeding->recount != NULL)
            recount_add(feeding->recount, arrivals[i].bytes);
        taken += arrivals[i].result == LT_OK;
        if (arrivals[i].result != LT_OK && arrivals[i].result != LT_EXISTS)
            feeding->queue[first + kept++] = at[i];
        lt_arena_free(arenas[i]);
    }
    memmove(feeding->queue + first + kept, feeding->queue + first + count,
            (feeding->queued - first - count) * sizeof *feeding->queue);
    feeding->queued -= count - kept;
    feeding->accepted += taken;
    return taken;
}

static bool audited(struct feeding *feeding, const char *dir)
{
    struct lt_audit audit;
    char scratch[600], reason[200] = "";
    snprintf(scratch, sizeof scratch, "%s/audit", dir);
    if (lt_audit_run(feeding->ledger, scratch, NULL, NULL, &audit, reason) != LT_OK ||
        !audit.equal) {
        const size_t size = strlen(feeding->difference);
        snprintf(feeding->difference + size, sizeof feeding->difference - size, "\naudit: %s %s",
                 reason, audit.difference);
        return false;
    }
    return true;
}

/* Days before, at and after the reform; on the first nothing of the new tree lives. */
static lt_day tree_day(size_t number)
{
    static const int days[TREE_DAYS][3] = {{2020, 2, 1}, {2023, 1, 1}, {2025, 6, 30},
                                           {2025, 7, 1}, {2026, 3, 1}, {2022, 12, 31}};
    const int *day = days[number % TREE_DAYS];
    lt_day made;
    if (lt_day_make(day[0], day[1], day[2], &made) != LT_OK)
        abort();
    return made;
}

/* All figures as they were, and those of the tree of one day; at the end of some days. */
static bool compare(struct feeding *feeding, bool last)
{
    recount_all(feeding->recount, &feeding->sums);
    bool equal = recount_equal(feeding->recount, feeding->ledger, feeding->difference);
    const size_t trees = last ? TREE_DAYS : 1;
    for (size_t i = 0; i < trees && equal; i++) {
        equal = recount_tree_equal(feeding->recount, feeding->ledger, tree_day(feeding->steps + i),
                                   feeding->difference);
        feeding->trees++;
    }
    return equal;
}

/* All updates in an order of its own, some twice. False: the recount differs. */
static bool feed(struct feeding *feeding)
{
    const size_t count = feeding->province->count;
    bool equal = true;
    size_t idle = 0;
    feeding->queue = malloc(2 * count * sizeof *feeding->queue);
    if (feeding->queue == NULL)
        abort();
    const bool wild = below(feeding, 2) == 0;
    for (size_t i = 0; i < count; i++) {
        feeding->queue[feeding->queued++] = i;
        if (below(feeding, 8) == 0)
            feeding->queue[feeding->queued++] = i;
    }
    for (size_t i = feeding->queued; i > 1; i--) {
        const size_t near = wild || i < 12 ? i : 12;
        const size_t other = i - 1 - below(feeding, (uint32_t)near);
        const size_t held = feeding->queue[i - 1];
        feeding->queue[i - 1] = feeding->queue[other];
        feeding->queue[other] = held;
    }
    while (feeding->queued > 0 && equal && idle < 40 * count) {
        const size_t taken = one_batch(feeding);
        idle = taken == 0 ? idle + 1 : 0;
        feeding->steps += taken > 0;
        if (taken > 0 && feeding->recount != NULL && feeding->steps % feeding->compare_every == 0)
            equal = compare(feeding, false);
    }
    if (equal && feeding->queued > 0) {
        snprintf(feeding->difference, sizeof feeding->difference, "%zu updates were never accepted",
                 feeding->queued);
        equal = false;
    }
    if (equal && feeding->recount != NULL)
        equal = compare(feeding, true);
    free(feeding->queue);
    feeding->queue = NULL;
    return equal;
}

/* One world: a ledger compared at its steps and audited, and another fed in another order. */
static bool one_world(uint64_t seed, const struct province_size *size, enum recount_mistake mistake,
                      bool all, struct feeding *ret_feeding)
{
    struct province *province = province_new(seed, size);
    const bool small = size == &province_tiny;
    struct feeding feeding = {.random = seed * 7919 + 1,
                              .province = province,
                              .batch_max = small ? 4 : 24,
                              .compare_every = small ? 1 : 150};
    struct lt_ledger_counts one, other;
    char *dir = folder();
    feeding.ledger = open_ledger(province, dir);
    feeding.recount = recount_new(&province->root, &province->top, mistake);
    bool equal = feed(&feeding);
    if (equal && all)
        equal = prove_some(feeding.ledger, province, dir, seed, small ? 12 : 40, &feeding.proven,
                           &feeding.left_out, feeding.difference, sizeof feeding.difference);
    if (all && feeding.queued == 0)
        equal = audited(&feeding, dir) && equal;
    else if (all && !equal && audited(&feeding, dir))
        strncat(feeding.difference, "\n(the ledger agrees with its own audit)",
                sizeof feeding.difference - strlen(feeding.difference) - 1);
    lt_ledger_counts(feeding.ledger, true, &one);
    lt_ledger_close(feeding.ledger);
    remove_folder(dir);
    recount_free(feeding.recount);
    if (equal && all) {
        struct feeding again = {
            .random = seed * 104729 + 5, .province = province, .batch_max = small ? 8 : 48};
        dir = folder();
        again.ledger = open_ledger(province, dir);
        equal = feed(&again);
        lt_ledger_counts(again.ledger, true, &other);
        if (equal && memcmp(&one.state, &other.state, sizeof one.state) != 0) {
            snprintf(feeding.difference, sizeof feeding.difference,
                     "two orders of the same updates give two states");
            equal = false;
        }
        lt_ledger_close(again.ledger);
        remove_folder(dir);
    }
    *ret_feeding = feeding;
    province_free(province);
    return equal;
}

static void add_sums(struct recount_sums *all, const struct recount_sums *of_one)
{
    all->changes += of_one->changes;
    all->quarantined += of_one->quarantined;
    all->cells += of_one->cells;
    all->told_by_many += of_one->told_by_many;
    all->differing += of_one->differing;
    all->spoken_for += of_one->spoken_for;
    all->contested += of_one->contested;
    for (int i = 0; i < 32; i++)
        all->verdicts[i] += of_one->verdicts[i];
}

static int run(const char *mode, const struct province_size *size, uint64_t first, uint64_t seeds)
{
    struct recount_sums all = {0};
    uint64_t steps = 0, trees = 0, proven = 0, left_out = 0;
    for (uint64_t seed = first; seed < first + seeds; seed++) {
        struct feeding feeding;
        if (!one_world(seed, size, RECOUNT_RIGHT, true, &feeding)) {
            printf("seed %" PRIu64 ", step %zu: %s\nagain: recount_campaign %s 1 %" PRIu64 "\n",
                   seed, feeding.steps, feeding.difference, mode, seed);
            return 1;
        }
        steps += feeding.steps;
        trees += feeding.trees;
        proven += feeding.proven;
        left_out += feeding.left_out;
        add_sums(&all, &feeding.sums);
    }
    if (seeds >= 20 && (proven == 0 || left_out == 0)) {
        printf("nothing was proven, or nothing left out\n");
        return 1;
    }
    printf("%" PRIu64 " worlds equal at %" PRIu64 " steps: %" PRIu64 " changes, %" PRIu64
           " quarantined, %" PRIu64 " scopes told by several, %" PRIu64
           " of them differing, %" PRIu64 " records continued by successors, %" PRIu64
           " contested, %" PRIu64 " figures, %" PRIu64 " trees of days, %" PRIu64
           " rows proven, %" PRIu64 " chains left out of proofs\n",
           seeds, steps, all.changes, all.quarantined, all.told_by_many, all.differing,
           all.spoken_for, all.contested, all.cells, trees, proven, left_out);
    for (int i = 0; i < 32; i++)
        if (all.verdicts[i] != 0)
            printf("  verdict %d: %" PRIu64 "\n", i, all.verdicts[i]);
    return 0;
}

/* Each mistake in the law must be found within some worlds. */
static int run_planted(uint64_t first)
{
    int missed = 0;
    for (int mistake = RECOUNT_RIGHT + 1; mistake < RECOUNT_MISTAKES; mistake++) {
        uint64_t seed = first;
        bool equal = true;
        struct feeding feeding;
        for (; equal && seed < first + 200; seed++)
            equal = one_world(seed, &province_tiny, (enum recount_mistake)mistake, false, &feeding);
        printf("%s: %s", recount_mistake_name((enum recount_mistake)mistake),
               equal ? "NOT FOUND\n" : "found in world ");
        if (!equal)
            printf("%" PRIu64 ": %.150s\n", seed - 1, feeding.difference);
        missed += equal;
    }
    return missed == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
    const char *mode = argc < 3 ? "" : argv[1];
    const uint64_t seeds = argc < 3 ? 0 : strtoull(argv[2], NULL, 10);
    const uint64_t first = argc > 3 ? strtoull(argv[3], NULL, 10) : 1;
    const struct province_size *size = strcmp(mode, "small") == 0      ? &province_tiny
                                       : strcmp(mode, "district") == 0 ? &province_district
                                       : strcmp(mode, "province") == 0 ? &province_whole
                                                                       : NULL;
    if (strcmp(mode, "planted") == 0)
        return run_planted(first);
    if (size == NULL || seeds == 0) {
        fprintf(stderr, "recount_campaign small|district|province|planted SEEDS [FIRST]\n");
        return 2;
    }
    return run(mode, size, first, seeds);
}
