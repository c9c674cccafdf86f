/* bench_figures - how long figures take: any place and year by any two dimensions.
 *
 * usage: bench_figures --dir D [--records N] [--data FOLDER] [--questions N]
 *   --records    fills the ledger in D first, when there is none (10000000)
 *   --data       folder with units-2025-03.csv, units-2025-07.csv and succession-2025-07.csv
 *                (../shared/data; else a tree and a reform of their shape are made)
 *   --questions  in each stratum (2000)
 *
 * Ten years of named awards with skewed titles, months, fields, movements and persons. Questions are
 * drawn equally from the nation, provinces, districts and communes, by all pairs of dimensions, a quarter
 * of them with `place`; each is asked in process with a transaction of its own. "in today's tree" asks of the
 * nation and of the provinces after the reform, of years before it. "fresh" asks of the nation
 * in a ledger opened anew each time, so that no page of it is mapped. The probe reads as many bytes as
 * the cells of the nation's year hold from memory. Beside the time that passed: the processor's, which is the one
 * to compare where others work on the machine. */
#include <time.h>

#include "hub/figures.h"
#include "hub/store.h"
#include "hub/words.h"
#include "tests/bench/figures_records.h"

enum { GROUP = 100 /* updates of a commit */, FRESH = 40 };

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

/* ---- Filling ---- */

static void fill(struct bench *bench)
{
    struct chain_head *heads = calloc(WORLD_UNITS_MAX, sizeof *heads);
    struct lt_ledger *ledger = world_ledger(&bench->world, bench->dir, 0);
    static struct signed_update updates[GROUP];
    struct lt_arrival *arrivals[GROUP];
    size_t all = bench->records / CHANGES;
    double begun = now_s(), committing = 0;
    if (heads == NULL)
        abort();
    found(bench, ledger);
    reform(bench, ledger); /* before there is anything to judge again */
    for (size_t done = 0; done < all; done += GROUP) {
        int year = YEAR_FIRST + (int)(done * YEARS / all);
        for (size_t i = 0; i < GROUP; i++) {
            make(bench, heads, done + i, year, &updates[i]);
            arrivals[i] = &updates[i].arrival;
        }
        double start = now_s();
        if (lt_ledger_commit(ledger, arrivals, GROUP) != LT_OK)
            exit(2);
        committing += now_s() - start;
        for (size_t i = 0; i < GROUP; i++) {
            if (arrivals[i]->result != LT_OK)
                exit(2);
            signed_free(&updates[i]);
        }
    }
    struct lt_ledger_counts counts;
    lt_ledger_counts(ledger, false, &counts);
    printf("filled: %llu records (%llu quarantined) in %.0f s, of which committing %.0f s: %.0f "
           "records/s\n",
           (unsigned long long)counts.records, (unsigned long long)counts.quarantined,
           now_s() - begun, committing, (double)counts.records / committing);
    lt_ledger_close(ledger);
    free(heads);
}

/* ---- Asking ---- */

struct stratum {
    const char *name;
    double *times, *cpus; /* that passed, and of the processor */
    size_t count;
    double rows; /* of the answers, in all */
};

static int by_time(const void *a, const void *b)
{
    const double *left = a, *right = b;
    return (*left > *right) - (*left < *right);
}

static struct stratum new_stratum(const char *name, size_t questions)
{
    struct stratum stratum = {.name = name,
                              .times = calloc(questions, sizeof(double)),
                              .cpus = calloc(questions, sizeof(double))};
    if (stratum.times == NULL || stratum.cpus == NULL)
        abort();
    return stratum;
}

/* Prints and frees. */
static void tell(struct stratum *stratum)
{
    double *times = stratum->times, *cpus = stratum->cpus;
    size_t count = stratum->count;
    if (count > 0) {
        qsort(times, count, sizeof *times, by_time);
        qsort(cpus, count, sizeof *cpus, by_time);
        printf("%-24s %7zu %10.3f %10.3f %10.3f %10.3f %10.3f %8.0f\n", stratum->name, count,
               times[count / 2] * 1e3, times[count * 99 / 100] * 1e3, times[count - 1] * 1e3,
               cpus[count / 2] * 1e3, cpus[count * 99 / 100] * 1e3, stratum->rows / (double)count);
    }
    free(times);
    free(cpus);
}

static void draw_question(struct bench *bench, const struct lt_book *book, int level,
                          struct lt_figures_query *ret_query)
{
    size_t unit = bench->by_level[level][draw(bench, (uint32_t)bench->level_count[level])];
    struct lt_figures_query query = {.by_count = 2, .decided = draw(bench, 2) == 0};
    query.place = lt_book_place(book, &bench->world.units[unit].unit);
    if (query.place == NULL) {
        (void)fputs("the ledger was filled from another tree: give the same --data\n", stderr);
        exit(1);
    }
    query.year_from = query.year_to = YEAR_FIRST + (int)draw(bench, YEARS);
    query.by[0] =
        draw(bench, 4) == 0 ? LT_DIM_PLACE : (enum lt_dimension)(1 + draw(bench, LT_DIM_COUNT - 1));
    do {
        query.by[1] = (enum lt_dimension)(1 + draw(bench, LT_DIM_COUNT - 1));
    } while (query.by[1] == query.by[0]);
    *ret_query = query;
}

static void add_time(struct stratum *stratum, double took, double cpu, size_t rows)
{
    stratum->times[stratum->count] = took;
    stratum->cpus[stratum->count++] = cpu;
    stratum->rows += (double)rows;
}

/* `all` may be NULL. */
static void ask(struct lt_ledger *ledger, const struct lt_figures_query *query,
                struct stratum *stratum, struct stratum *all)
{
    struct lt_figures figures;
    char reason[400] = "";
    double start = now_s(), cpu = cpu_s();
    enum lt_result result = lt_figures_ask(ledger, query, &figures, reason);
    double took = now_s() - start;
    cpu = cpu_s() - cpu;
    if (result != LT_OK) {
        fprintf(stderr, "question: %s %s\n", lt_result_text(result), reason);
        exit(2);
    }
    add_time(stratum, took, cpu, figures.count);
    if (all != NULL)
        add_time(all, took, cpu, figures.count);
    lt_figures_clear(&figures);
}

static void ask_all(struct bench *bench, struct lt_ledger *ledger)
{
    static const char *const names[2][LEVELS] = {
        {"nation", "province", "district", "commune"},
        {"nation by place", "province by place", "district by place", "commune by place"}};
    struct stratum all = new_stratum("all", LEVELS * bench->questions), parts[2][LEVELS];
    const struct lt_book *book = lt_ledger_book(ledger);
    for (int i = 0; i < 2 * LEVELS; i++)
        parts[i / LEVELS][i % LEVELS] =
            new_stratum(names[i / LEVELS][i % LEVELS], bench->questions);
    for (size_t i = 0; i < LEVELS * bench->questions; i++) {
        struct lt_figures_query query;
        int level = (int)(i % LEVELS);
        draw_question(bench, book, level + 1, &query);
        ask(ledger, &query, &parts[query.by[0] == LT_DIM_PLACE][level], &all);
    }
    for (int i = 0; i < 2 * LEVELS; i++)
        tell(&parts[i / LEVELS][i % LEVELS]);
    tell(&all);
}

/* Of the nation, and of the provinces since the reform: what was told before it, where it lies today. */
static void ask_today(struct bench *bench, struct lt_ledger *ledger)
{
    static const char *const names[2][2] = {{"nation, today's tree", "province, today's tree"},
                                            {"  by place", "  by place"}};
    struct stratum parts[2][2];
    const struct lt_book *book = lt_ledger_book(ledger);
    for (int i = 0; i < 4; i++)
        parts[i % 2][i / 2] = new_stratum(names[i % 2][i / 2], bench->questions);
    for (size_t i = 0; i < bench->questions; i++) {
        struct lt_figures_query query;
        size_t unit = 0;
        draw_question(bench, book, 1, &query);
        query.tree = bench->reform;
        if (i % 2 == 1)
            do {
                unit = bench->old_count +
                       draw(bench, (uint32_t)(bench->world.unit_count - bench->old_count));
            } while (bench->world.units[unit].level != 2);
        query.place = lt_book_place(book, &bench->world.units[unit].unit);
        ask(ledger, &query, &parts[query.by[0] == LT_DIM_PLACE][i % 2], NULL);
    }
    for (int i = 0; i < 4; i++)
        tell(&parts[i % 2][i / 2]);
}

static struct lt_ledger *open_read_only(struct bench *bench)
{
    struct lt_ledger *ledger;
    char reason[200] = "";
    if (lt_ledger_open(bench->dir, true, &ledger, reason) != LT_OK) {
        fprintf(stderr, "%s\n", reason);
        exit(2);
    }
    return ledger;
}

static void ask_fresh(struct bench *bench)
{
    struct stratum parts[2] = {new_stratum("nation, fresh", FRESH),
                               new_stratum("nation by place, fresh", FRESH)};
    while (parts[0].count < FRESH || parts[1].count < FRESH) {
        struct lt_figures_query query;
        struct lt_ledger *ledger = open_read_only(bench);
        draw_question(bench, lt_ledger_book(ledger), 1, &query);
        struct stratum *part = &parts[query.by[0] == LT_DIM_PLACE];
        if (part->count < FRESH)
            ask(ledger, &query, part, NULL);
        lt_ledger_close(ledger);
    }
    tell(&parts[0]);
    tell(&parts[1]);
}

/* ---- The probe ---- */

static bool count_cell(void *context, const struct lt_cell *cell)
{
    size_t *count = context;
    (void)cell;
    (*count)++;
    return true;
}

static size_t cells_of(struct lt_store_txn *txn, uint32_t place, int year)
{
    static const struct lt_dims none;
    struct lt_cell_key from, to;
    size_t count = 0;
    lt_cell_key_make(place, LT_BASIS_BOTH, (uint16_t)year, 0, &none, &from);
    lt_cell_key_make(place, LT_BASIS_BOTH, (uint16_t)(year + 1), 0, &none, &to);
    lt_store_cells(txn, &from, &to, count_cell, &count);
    return count;
}

static void probe(struct bench *bench, struct lt_ledger *ledger)
{
    struct lt_store_txn *txn = lt_store_begin(lt_ledger_store(ledger), false);
    const int year = YEAR_FIRST + YEARS / 2;
    size_t provinces = 0;
    size_t nation = cells_of(txn, lt_words_find_unit(txn, &bench->world.units[0].unit), year);
    for (size_t i = 0; i < bench->level_count[2]; i++)
        provinces += cells_of(
            txn, lt_words_find_unit(txn, &bench->world.units[bench->by_level[2][i]].unit), year);
    printf("cells: %llu; of the nation in %d %zu, of the provinces %zu\n",
           (unsigned long long)lt_store_entries(txn, LT_STATE_CELLS), year, nation, provinces);
    size_t words = nation * sizeof(struct lt_cell) / 8;
    uint64_t *bytes = malloc(words * 8 + 8), sum = 0;
    if (bytes == NULL)
        abort();
    for (size_t i = 0; i < words; i++)
        bytes[i] = i;
    double start = now_s();
    for (size_t i = 0; i < words; i++)
        sum += bytes[i];
    double took = now_s() - start;
    printf("probe: as many bytes as the nation's cells of a year unpacked, %.1f MB, read in order: "
           "%.3f ms (%llu)\n",
           (double)words * 8 / 1e6, took * 1e3, (unsigned long long)sum % 10);
    free(bytes);
    lt_store_abort(txn);
}

int main(int argc, char **argv)
{
    static struct bench bench = {
        .data = "../shared/data", .records = 10000000, .questions = 2000, .seed = 42};
    char path[300];
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--dir") == 0)
            bench.dir = argv[i + 1];
        else if (strcmp(argv[i], "--data") == 0)
            bench.data = argv[i + 1];
        else if (strcmp(argv[i], "--records") == 0)
            bench.records = strtoull(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "--questions") == 0)
            bench.questions = strtoull(argv[i + 1], NULL, 10);
    }
    if (bench.dir == NULL || bench.questions == 0) {
        fprintf(stderr, "usage: bench_figures --dir D [--records N] [--data FOLDER] "
                        "[--questions N]\n");
        return 64;
    }
    country(&bench);
    (void)snprintf(path, sizeof path, "%s/store/data.mdb", bench.dir);
    if (access(path, F_OK) != 0)
        fill(&bench);
    struct lt_ledger *ledger = open_read_only(&bench);
    probe(&bench, ledger);
    printf("%-24s %7s %10s %10s %10s %10s %10s %8s\n", "questions", "", "median ms", "p99 ms",
           "max ms", "cpu median", "cpu p99", "rows");
    ask_all(&bench, ledger);
    ask_today(&bench, ledger);
    lt_ledger_close(ledger);
    ask_fresh(&bench);
    return 0;
}
