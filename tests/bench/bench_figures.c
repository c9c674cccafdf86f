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
#define WORLD_UNITS_MAX 20000
#include <time.h>

#include "hub/figures.h"
#include "hub/store.h"
#include "hub/words.h"
#include "tests/unit/hub_world.h"

enum { YEAR_FIRST = 2015, YEARS = 10, CHANGES = 100, GROUP = 100, LEVELS = 4, FRESH = 40 };

struct heir {
    struct lt_unit unit, successor;
    bool whole;
};

struct bench {
    const char *dir, *data;
    size_t records, questions;
    struct world world;
    size_t old_count; /* units before the reform; then the new ones */
    lt_day reform;
    size_t level_count[LEVELS + 1]; /* of 1 nation … 4 commune, before the reform */
    size_t *by_level[LEVELS + 1];
    struct heir *heirs;
    size_t heir_count;
    uint64_t seed;
};

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

static uint32_t draw(struct bench *bench, uint32_t below)
{
    bench->seed = bench->seed * 6364136223846793005 + 1442695040888963407;
    return (uint32_t)((bench->seed >> 33) % below);
}

/* 0 … below-1, the first ones more often: half of the draws fall on the first fifth. */
static uint32_t draw_skewed(struct bench *bench, uint32_t below)
{
    double x = (double)draw(bench, 1 << 20) / (1 << 20);
    return (uint32_t)((double)below * x * x * x);
}

/* ---- The country ---- */

enum {
    PROVINCES = 63,
    DISTRICTS = 696,
    COMMUNES = 10035,
    MERGED = 4 * DISTRICTS,
    HEIRS_MAX = 20000
};

/* A unit since the reform when `new`. */
static void add_unit(struct bench *bench, bool new, const char *code, const char *parent, int level)
{
    struct world_unit *unit = &bench->world.units[bench->world.unit_count];
    world_add(&bench->world, code, parent, level);
    unit->unit.valid_from = new ? bench->reform : 0;
    unit->parent.valid_from = new &&strcmp(parent, "VN") != 0 ? bench->reform : 0;
}

static void add_heir(struct bench *bench, const char *code, const char *successor, bool whole)
{
    struct heir *heir = &bench->heirs[bench->heir_count++];
    if (bench->heir_count == HEIRS_MAX)
        abort();
    heir->unit = world_unit_of(code);
    heir->successor = world_unit_of(successor);
    heir->successor.valid_from = bench->reform;
    heir->whole = whole;
}

static void made_tree(struct bench *bench)
{
    char code[16], parent[16];
    for (int province = 0; province < PROVINCES; province++) {
        (void)snprintf(code, sizeof code, "%02d", province + 1);
        add_unit(bench, false, code, "VN", 2);
    }
    for (int district = 0; district < DISTRICTS; district++) {
        (void)snprintf(code, sizeof code, "%03d", district + 1);
        (void)snprintf(parent, sizeof parent, "%02d", district % PROVINCES + 1);
        add_unit(bench, false, code, parent, 3);
    }
    for (int commune = 0; commune < COMMUNES; commune++) {
        (void)snprintf(code, sizeof code, "%05d", commune + 1);
        (void)snprintf(parent, sizeof parent, "%03d", commune % DISTRICTS + 1);
        add_unit(bench, false, code, parent, 4);
    }
}

/* Provinces in twos, communes of a district in threes and fours, districts gone. */
static void made_reform(struct bench *bench)
{
    char code[16], heir[16];
    for (int province = 0; province < PROVINCES; province++) {
        (void)snprintf(code, sizeof code, "%02d", province + 1);
        (void)snprintf(heir, sizeof heir, "%02d", province / 2 * 2 + 1);
        if (province % 2 == 0)
            add_unit(bench, true, heir, "VN", 2);
        add_heir(bench, code, heir, true);
    }
    for (int commune = 0; commune < COMMUNES; commune++) {
        (void)snprintf(code, sizeof code, "%02d", commune % DISTRICTS % PROVINCES / 2 * 2 + 1);
        (void)snprintf(heir, sizeof heir, "%05d", commune % MERGED + 1);
        if (commune < MERGED)
            add_unit(bench, true, heir, code, 4);
        (void)snprintf(code, sizeof code, "%05d", commune + 1);
        add_heir(bench, code, heir, true);
    }
}

/* code,parent,level,… in the order of levels. */
static void read_tree(struct bench *bench, bool new, FILE *file)
{
    static const char *const levels[] = {"province", "district", "commune"};
    char line[500];
    for (int level = 0; level < 3; level++) {
        rewind(file);
        while (fgets(line, sizeof line, file) != NULL) {
            char *rest = line, *code = strsep(&rest, ","), *parent = strsep(&rest, ",");
            char *name = strsep(&rest, ",");
            if (name != NULL && strcmp(name, levels[level]) == 0)
                add_unit(bench, new, code, parent[0] == '\0' ? "VN" : parent, level + 2);
        }
    }
}

/* code,valid_to,successor,successor_valid_from,part */
static void read_heirs(struct bench *bench, FILE *file)
{
    char line[200];
    while (fgets(line, sizeof line, file) != NULL) {
        char *rest = line, *code = strsep(&rest, ",");
        (void)strsep(&rest, ",");
        char *successor = strsep(&rest, ",");
        if (successor != NULL && strcmp(successor, "successor") != 0)
            add_heir(bench, code, successor, rest != NULL && strstr(rest, "whole") != NULL);
    }
}

static FILE *data_file(const struct bench *bench, const char *name)
{
    char path[400];
    (void)snprintf(path, sizeof path, "%s/%s", bench->data, name);
    return fopen(path, "r");
}

static void country(struct bench *bench)
{
    struct world *world = &bench->world;
    FILE *before = data_file(bench, "units-2025-03.csv"),
         *after = data_file(bench, "units-2025-07.csv"),
         *heirs = data_file(bench, "succession-2025-07.csv");
    const bool real = before != NULL && after != NULL && heirs != NULL;
    world->units = calloc(WORLD_UNITS_MAX, sizeof *world->units);
    bench->heirs = calloc(HEIRS_MAX, sizeof *bench->heirs);
    if (world->units == NULL || bench->heirs == NULL || sodium_init() < 0 ||
        lt_day_make(2025, 7, 1, &bench->reform) != LT_OK)
        abort();
    world_key("root", &world->root, &world->root_secret);
    world_add(world, "VN", NULL, 1);
    real ? read_tree(bench, false, before) : made_tree(bench);
    bench->old_count = world->unit_count;
    real ? read_tree(bench, true, after) : made_reform(bench);
    if (real)
        read_heirs(bench, heirs);
    for (FILE **file = (FILE *[]){before, after, heirs, NULL}, **end = file + 3; file < end; file++)
        if (*file != NULL)
            (void)fclose(*file);
    for (int level = 1; level <= LEVELS; level++)
        bench->by_level[level] = calloc(world->unit_count, sizeof(size_t));
    for (size_t i = 0; i < bench->old_count; i++) {
        uint8_t level = world->units[i].level;
        bench->by_level[level][bench->level_count[level]++] = i;
    }
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    printf("tree%s: %zu units, after the reform %zu; %zu successions\n", real ? "" : " (made)",
           bench->old_count, world->unit_count - bench->old_count, bench->heir_count);
}

/* ---- Filling ---- */

static const char *const titles[] = {"GK",     "LDTT",   "CSTD_CS", "TTLDTT", "GDVH",
                                     "BK_BT",  "BK_TT",  "CSTD_TT", "CTD",    "KNC",
                                     "TTLDXS", "HC_LD1", "HC_LD2",  "HC_LD3", "CSTD_TQ"};
static const char *const fields[] = {"",         "giáo dục",   "kinh tế",    "y tế",
                                     "văn hóa",  "an ninh",    "quốc phòng", "nông nghiệp",
                                     "đoàn thể", "môi trường", "tài chính"};
enum { TITLES = 15, FIELDS = 11, MOVEMENTS = 30, DECISIONS = 4 };
static const uint8_t months[] = {12, 12, 12, 12, 12, 12, 1,  1,  1, 2,
                                 5,  6,  6,  7,  8,  9,  10, 11, 3, 4};

/* What the rows of one decision have in common. */
struct decree {
    char number[24];
    lt_day date;
    int year, type;
    const char *code, *field, *movement;
};

static void draw_decree(struct bench *bench, uint64_t number, size_t k, int year,
                        struct decree *ret_decree)
{
    static char movements[MOVEMENTS][32];
    int month = months[draw(bench, sizeof months)];
    uint32_t type = draw(bench, 100);
    (void)snprintf(ret_decree->number, sizeof ret_decree->number, "%llu-%zu/QĐ-UBND",
                   (unsigned long long)number, k);
    (void)lt_day_make(year, month, 1 + (int)draw(bench, 28), &ret_decree->date);
    ret_decree->year = month < 4 && draw(bench, 3) > 0 ? year - 1 : year;
    ret_decree->type = type < 60 ? 1 : type < 75 ? 2 : type < 87 ? 3 : type < 95 ? 4 : 5;
    ret_decree->code = titles[draw_skewed(bench, TITLES)];
    ret_decree->field = fields[draw_skewed(bench, FIELDS)];
    ret_decree->movement = "";
    if (ret_decree->type == 2 || ret_decree->type == 3) {
        uint32_t movement = draw_skewed(bench, MOVEMENTS);
        (void)snprintf(movements[movement], sizeof movements[0], "Phong trào %02u", movement + 1);
        ret_decree->movement = movements[movement];
    }
}

static void draw_row(struct bench *bench, const struct decree *decree, struct say *say)
{
    uint32_t who = draw(bench, 100);
    memset(say, 0, sizeof *say);
    say->number = decree->number;
    say->date = decree->date;
    say->year = decree->year;
    say->type = decree->type;
    say->code = decree->code;
    say->movement = decree->movement;
    say->field = draw(bench, 3) > 0 ? decree->field : fields[draw_skewed(bench, FIELDS)];
    say->recipient = who < 15 ? 1 : who < 20 ? 2 : who < 30 ? 3 : 4;
    say->status = draw(bench, 200) == 0 ? 2 : 1;
    if (say->recipient == 4) {
        say->category = 5 - (int)draw_skewed(bench, 5);
        say->sex = 1 + (int)draw(bench, 2);
    }
}

struct chain_head {
    struct lt_hash tip;
    uint64_t seq;
};

/* Communes make 85 of 100 updates, districts 12, provinces 3. */
static void make(struct bench *bench, struct chain_head *heads, uint64_t number, int year,
                 struct signed_update *ret_update)
{
    static struct say says[CHANGES];
    static char names[CHANGES][32];
    struct decree decrees[DECISIONS];
    uint32_t who = draw(bench, 100);
    int level = who < 85 ? 4 : who < 97 ? 3 : 2;
    size_t unit = bench->by_level[level][draw(bench, (uint32_t)bench->level_count[level])];
    uint64_t import = (uint64_t)draw(bench, 1u << 31) << 31 | draw(bench, 1u << 31) | 1;
    for (size_t k = 0; k < DECISIONS; k++)
        draw_decree(bench, number, k, year, &decrees[k]);
    for (size_t i = 0; i < CHANGES; i++) {
        draw_row(bench, &decrees[i * DECISIONS / CHANGES], &says[i]);
        (void)snprintf(names[i], sizeof names[i], "Cá nhân %06u", draw(bench, 1000000));
        says[i].name = names[i];
        says[i].import = import;
        says[i].row = (uint32_t)i + 2;
    }
    world_report(&bench->world, unit, &heads[unit].tip, heads[unit].seq > 0, heads[unit].seq + 1,
                 says, CHANGES, ret_update);
    heads[unit].seq++;
    heads[unit].tip = ret_update->arrival.update.id;
}

static void direct(struct bench *bench, struct lt_ledger *ledger, Lienthong__Directive **items,
                   size_t count)
{
    struct signed_update update;
    world_direct(&bench->world, items, count, &update);
    if (world_commit(ledger, &update) != LT_OK) {
        fprintf(stderr, "directive: %s\n", lt_result_text(update.arrival.result));
        exit(2);
    }
    signed_free(&update);
}

/* Top, catalogue, units and their keys, some hundreds an update. */
static void found(struct bench *bench, struct lt_ledger *ledger)
{
    enum { ITEMS = 2000 };
    static struct world_item items[ITEMS + 1];
    static Lienthong__Directive *list[ITEMS + 1];
    size_t count = 0;
    for (size_t i = 0; i <= ITEMS; i++)
        list[i] = &items[i].directive;
    item_grant(&bench->world, &items[count++], 0, true);
    for (size_t i = 0; i < TITLES; i++)
        item_title(&items[count++], (char *)(uintptr_t)titles[i]);
    for (size_t i = 0; i < bench->old_count; i++) {
        item_unit(&items[count], &bench->world.units[i]);
        items[count++].entry.valid_to = i == 0 ? 0 : bench->reform - 1;
        item_grant(&bench->world, &items[count++], i, false);
        if (count + 2 > ITEMS || i + 1 == bench->old_count) {
            direct(bench, ledger, list, count);
            count = 0;
        }
    }
}

/* The new units, and what became of the old ones. */
static void reform(struct bench *bench, struct lt_ledger *ledger)
{
    enum { ITEMS = 1000 };
    static struct world_item items[ITEMS];
    static Lienthong__Succession told[ITEMS];
    static Lienthong__Directive *list[ITEMS];
    const size_t units = bench->world.unit_count - bench->old_count;
    size_t count = 0;
    for (size_t i = 0; i < units + bench->heir_count; i++) {
        struct world_item *item = &items[count];
        list[count] = &item->directive;
        if (i < units) {
            item_unit(item, &bench->world.units[bench->old_count + i]);
        } else {
            struct heir *heir = &bench->heirs[i - units];
            Lienthong__Succession *succession = &told[count];
            item_init(item);
            lienthong__succession__init(succession);
            item->unit.code = heir->unit.code;
            item->parent.code = heir->successor.code;
            item->parent.valid_from = heir->successor.valid_from;
            succession->unit = &item->unit;
            succession->successor = &item->parent;
            succession->whole = succession->main = heir->whole;
            item->directive.succession = succession;
        }
        if (++count == ITEMS || i + 1 == units || i + 1 == units + bench->heir_count) {
            direct(bench, ledger, list, count);
            count = 0;
        }
    }
}

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
