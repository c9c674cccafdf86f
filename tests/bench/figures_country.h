/* figures_country.h - bench_figures.c's nation: its tree before the reform of 2025 and after, read from the shared
 * data or made in their shape. */
#ifndef LT_BENCH_FIGURES_COUNTRY_H
#define LT_BENCH_FIGURES_COUNTRY_H

#define WORLD_UNITS_MAX 20000
#include "tests/unit/hub_world.h"

enum { LEVELS = 4 }; /* of a tree before the reform: 1 nation … 4 commune */

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
    size_t level_count[LEVELS + 1]; /* before the reform */
    size_t *by_level[LEVELS + 1];
    struct heir *heirs;
    size_t heir_count;
    uint64_t seed;
};

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

#endif
