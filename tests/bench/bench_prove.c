/* bench_prove - how long a figure takes to be proven in a file, and the file to be checked.
 *
 * usage: bench_prove DIR [RECORDS [CHANGES]]
 *   DIR      a folder that is there; the ledger and the last file of each question are left in it
 *   RECORDS  in all (100000); CHANGES: records an update (100)
 * One province of 10 districts and 200 communes; named awards of five years, told by the communes, four decisions an
 * update, two updates in five of decisions of their districts. Each file is checked in this process as lienthong-check
 * does it; for its own time and memory run the command that is printed last. Beside the time that passed: the
 * processor's, which is the one to compare where others work on the machine. */
#include <time.h>

#include "hub/prove.h"
#include "tests/unit/hub_world.h"

enum {
    DISTRICTS = 10,
    COMMUNES = 200,
    CHANGES_MAX = 500,
    GROUP = 100,
    YEAR_FIRST = 2018,
    YEARS = 5
};
enum { FIRST_COMMUNE = 2 + DISTRICTS };

static const char *const titles[] = {"GK", "LDTT", "CSTD_CS", "TTLDTT", "GDVH", "BK_BT"};

static double now_s(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static double cpu_s(void)
{
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void country(struct world *world)
{
    char code[16], parent[16];
    memset(world, 0, sizeof *world);
    world->units = calloc(WORLD_UNITS_MAX, sizeof *world->units);
    if (world->units == NULL || sodium_init() < 0)
        abort();
    world_key("root", &world->root, &world->root_secret);
    world_add(world, "VN", NULL, 1);
    world_add(world, "10", "VN", 2);
    for (int i = 0; i < DISTRICTS; i++) {
        (void)snprintf(code, sizeof code, "%03d", i + 100);
        world_add(world, code, "10", 3);
    }
    for (int i = 0; i < COMMUNES; i++) {
        (void)snprintf(code, sizeof code, "%05d", i + 20000);
        (void)snprintf(parent, sizeof parent, "%03d", i % DISTRICTS + 100);
        world_add(world, code, parent, 4);
    }
}

static uint32_t next_random(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005 + 1442695040888963407;
    return (uint32_t)(*seed >> 33);
}

/* ---- What is told ---- */

struct chain_head {
    struct lt_hash tip;
    uint64_t seq;
};

struct telling {
    struct world world;
    struct chain_head *heads;
    uint64_t seed;
    size_t changes;
};

static void say_row(struct telling *telling, struct say *say, const char *number, size_t decision,
                    uint64_t update, uint64_t import, uint32_t row)
{
    const int year = YEAR_FIRST + (int)(update / COMMUNES % YEARS);
    memset(say, 0, sizeof *say);
    (void)lt_day_make(year, 1 + (int)((update + decision) % 12), 15, &say->date);
    say->number = number;
    say->code = titles[(update + decision) % 4];
    say->recipient = decision == 3 ? 1 : 4;
    say->category = decision == 3 ? 0 : 1 + (int)(next_random(&telling->seed) % 5);
    say->sex = decision == 3 ? 0 : 1 + (int)(next_random(&telling->seed) % 2);
    say->type = 1 + (int)(update % 3);
    say->field = next_random(&telling->seed) % 2 == 0 ? "giao_duc" : "y_te";
    say->year = year;
    say->import = import;
    say->row = row;
}

static void sign_next(struct telling *telling, size_t unit, struct say *says, size_t count,
                      struct signed_update *ret_update)
{
    struct chain_head *head = &telling->heads[unit];
    world_report(&telling->world, unit, &head->tip, head->seq > 0, head->seq + 1, says, count,
                 ret_update);
    head->seq++;
    head->tip = ret_update->arrival.update.id;
}

/* A commune's update; of two in five the decisions are its district's. */
static void told_by_commune(struct telling *telling, uint64_t number,
                            struct signed_update *ret_update)
{
    static struct say says[CHANGES_MAX];
    static char names[CHANGES_MAX][32], numbers[4][32];
    const size_t commune = number % COMMUNES;
    const bool above = (number / COMMUNES + commune / DISTRICTS) % 5 < 2;
    const uint64_t import =
        (uint64_t)next_random(&telling->seed) << 32 | next_random(&telling->seed) | 1;
    for (size_t i = 0; i < telling->changes; i++) {
        const size_t decision = i * 4 / telling->changes;
        (void)snprintf(numbers[decision], sizeof numbers[0], "%llu-%zu/QD",
                       (unsigned long long)number, decision);
        (void)snprintf(names[i], sizeof names[0], "Cá nhân %06u",
                       next_random(&telling->seed) % 1000000);
        say_row(telling, &says[i], numbers[decision], decision, number, import, (uint32_t)i + 2);
        says[i].name = names[i];
        says[i].decider = above ? telling->world.units[2 + commune % DISTRICTS].unit.code : NULL;
    }
    sign_next(telling, FIRST_COMMUNE + commune, says, telling->changes, ret_update);
}

static void commit(struct lt_ledger *ledger, struct signed_update *updates, size_t count)
{
    struct lt_arrival *arrivals[GROUP];
    for (size_t i = 0; i < count; i++)
        arrivals[i] = &updates[i].arrival;
    if (lt_ledger_commit(ledger, arrivals, count) != LT_OK)
        exit(2);
    for (size_t i = 0; i < count; i++) {
        if (arrivals[i]->result != LT_OK) {
            fprintf(stderr, "update: %s\n", lt_result_text(arrivals[i]->result));
            exit(2);
        }
        signed_free(&updates[i]);
    }
}

static void fill(struct telling *telling, struct lt_ledger *ledger, size_t records)
{
    static struct signed_update updates[GROUP];
    struct lt_ledger_counts counts;
    struct signed_update law;
    const size_t all = records / telling->changes;
    const double begun = now_s();
    world_constitution(&telling->world, telling->world.unit_count, titles, 6, &law);
    if (world_commit(ledger, &law) != LT_OK)
        exit(2);
    signed_free(&law);
    for (size_t done = 0, count; done < all; done += count) {
        count = all - done < GROUP ? all - done : GROUP;
        for (size_t i = 0; i < count; i++)
            told_by_commune(telling, done + i, &updates[i]);
        commit(ledger, updates, count);
    }
    lt_ledger_counts(ledger, false, &counts);
    printf("%llu records (%llu quarantined) in %zu updates, made and stored in %.1f s\n",
           (unsigned long long)counts.records, (unsigned long long)counts.quarantined, all,
           now_s() - begun);
}

/* ---- What is proven ---- */

struct question {
    const char *name, *place;
    int year_to;
    enum lt_dimension by[2];
    bool names;
};

static void prove(const struct telling *telling, struct lt_ledger *ledger, const char *dir,
                  const struct question *question)
{
    struct lt_figures_query query = {.year_from = YEAR_FIRST,
                                     .year_to = question->year_to,
                                     .by_count = 2,
                                     .by = {question->by[0], question->by[1]}};
    struct lt_keys keys = {.sign_public = telling->world.units[0].key,
                           .sign_secret = telling->world.units[0].secret};
    struct lt_proof_sums sums;
    char path[400], reason[LT_PROVE_REASON_MAX] = "";
    size_t rows;
    const struct lt_unit place = world_unit_of(question->place);
    query.place = lt_book_place(lt_ledger_book(ledger), &place);
    const struct lt_prove prove = {
        .ledger = ledger, .keys = &keys, .query = &query, .names = question->names};
    (void)snprintf(path, sizeof path, "%s/%s", dir, question->name);
    FILE *file = fopen(path, "wb");
    if (file == NULL)
        abort();
    const double begun = now_s(), begun_cpu = cpu_s();
    enum lt_result result = lt_prove_write(&prove, file, reason);
    const double written = now_s(), written_cpu = cpu_s();
    (void)fclose(file);
    if (result == LT_OK)
        result = lt_prove_check(ledger, path, &sums, &rows, reason);
    if (result != LT_OK) {
        fprintf(stderr, "%s: %s\n", question->name, reason);
        exit(2);
    }
    printf("%-12s %5zu %8llu %8llu %5llu %8.2f %8.3f %8.3f %8.3f %8.3f\n", question->name, rows,
           (unsigned long long)sums.behind, (unsigned long long)sums.reports,
           (unsigned long long)sums.left_out, (double)sums.bytes / 1e6, written - begun,
           written_cpu - begun_cpu, now_s() - written, cpu_s() - written_cpu);
}

int main(int argc, char **argv)
{
    static const struct question questions[] = {
        {"province", "10", YEAR_FIRST, {LT_DIM_CODE, LT_DIM_RECIPIENT}, false},
        {"by-district", "10", YEAR_FIRST, {LT_DIM_PLACE, LT_DIM_CODE}, false},
        {"five-years", "10", YEAR_FIRST + YEARS - 1, {LT_DIM_YEAR, LT_DIM_CODE}, false},
        {"with-names", "10", YEAR_FIRST + YEARS - 1, {LT_DIM_YEAR, LT_DIM_CODE}, true},
        {"district", "100", YEAR_FIRST, {LT_DIM_CODE, LT_DIM_RECIPIENT}, false},
        {"commune", "20000", YEAR_FIRST, {LT_DIM_CODE, LT_DIM_RECIPIENT}, false}};
    static struct telling telling = {.seed = 42};
    char root[65];
    telling.changes = argc > 3 ? strtoull(argv[3], NULL, 10) : 100;
    telling.heads = calloc(WORLD_UNITS_MAX, sizeof *telling.heads);
    if (argc < 2 || telling.heads == NULL || telling.changes == 0 || telling.changes > CHANGES_MAX)
        return 64;
    country(&telling.world);
    struct lt_ledger *ledger = world_ledger(&telling.world, argv[1], 0);
    fill(&telling, ledger, argc > 2 ? strtoull(argv[2], NULL, 10) : 100000);
    printf("%-16s %6s %8s %8s %6s %10s %9s %9s\n", "figure", "rows", "behind", "updates", "out",
           "MB", "write s", "check s");
    for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++)
        prove(&telling, ledger, argv[1], &questions[i]);
    lt_ledger_close(ledger);
    lt_hex(telling.world.root.bytes, sizeof telling.world.root.bytes, root);
    printf("lienthong-check %s/five-years --root %s\n", argv[1], root);
    world_free(&telling.world);
    free(telling.heads);
    return 0;
}
