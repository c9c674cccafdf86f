/* figures_records.h - what bench_figures.c's nation is directed and reports, drawn by chance. */
#ifndef LT_BENCH_FIGURES_RECORDS_H
#define LT_BENCH_FIGURES_RECORDS_H

#include "tests/bench/figures_country.h"

enum { YEAR_FIRST = 2015, YEARS = 10, CHANGES = 100 /* of an update */ };

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

#endif
