#include "tests/recount/world.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct province_size province_tiny = {
    .districts = 2, .communes = 3, .decisions = 6, .recipients = 6, .updates = 8, .others = 8};
const struct province_size province_district = {.districts = 3,
                                                .communes = 8,
                                                .decisions = 60,
                                                .recipients = 60,
                                                .updates = 100,
                                                .others = 150};
const struct province_size province_whole = {.districts = 8,
                                             .communes = 12,
                                             .decisions = 320,
                                             .recipients = 120,
                                             .updates = 150,
                                             .others = 900};

/* splitmix64 */
uint32_t rnd(struct world *world, uint32_t below)
{
    uint64_t mixed = world->random += UINT64_C(0x9e3779b97f4a7c15);
    mixed = (mixed ^ mixed >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)((mixed ^ mixed >> 31) >> 32) % below;
}

bool one_in(struct world *world, uint32_t of)
{
    return rnd(world, of) == 0;
}

lt_day day_at(int year, int month, int day)
{
    lt_day made;
    if (lt_day_make(year, month, day, &made) != LT_OK)
        abort();
    return made;
}

void machine_make(const char *seed_text, uint64_t seed, struct machine *ret_machine)
{
    char text[96];
    uint8_t bytes[32];
    snprintf(text, sizeof text, "%s %llu", seed_text, (unsigned long long)seed);
    crypto_generichash(bytes, sizeof bytes, (const uint8_t *)text, strlen(text), NULL, 0);
    crypto_sign_seed_keypair(ret_machine->key.bytes, ret_machine->secret.bytes, bytes);
}

bool office_within(const struct world *world, int office, int above)
{
    for (; office >= 0; office = world->offices[office].parent)
        if (strcmp(world->offices[office].unit.code, world->offices[above].unit.code) == 0)
            return true;
    return false;
}

void keep_update(struct world *world, uint8_t *bytes, size_t size, const struct lt_hash *id)
{
    struct province *province = world->province;
    if (province->count == province->capacity) {
        province->capacity = province->capacity == 0 ? 64 : 2 * province->capacity;
        province->updates =
            realloc(province->updates, province->capacity * sizeof *province->updates);
        if (province->updates == NULL)
            abort();
    }
    province->updates[province->count++] = (struct province_update){*id, bytes, size};
}

static int add_office(struct world *world, const char *code, lt_day from, lt_day to, int parent,
                      int level, int nature)
{
    char text[64];
    if (world->office_count == world->office_capacity) {
        world->office_capacity = world->office_capacity == 0 ? 64 : 2 * world->office_capacity;
        world->offices = realloc(world->offices, world->office_capacity * sizeof *world->offices);
        if (world->offices == NULL)
            abort();
    }
    struct office *office = &world->offices[world->office_count];
    memset(office, 0, sizeof *office);
    if (lt_unit_make(code, from, &office->unit) != LT_OK)
        abort();
    office->parent = parent;
    office->successor = office->predecessor = office->other_part = -1;
    office->level = level;
    office->nature = nature;
    office->valid_to = to;
    for (unsigned i = 0; i <= MACHINES; i++) {
        snprintf(text, sizeof text, "%s@%d machine %u", code, (int)from, i);
        machine_make(text, 1, i < MACHINES ? &office->machines[i] : &office->hub);
    }
    return (int)world->office_count++;
}

/* Agencies, schools and enterprises beside the administrative units. */
static void add_others(struct world *world, int province, int district, int commune)
{
    char code[LT_CODE_BYTES_MAX + 1];
    const unsigned number = (unsigned)world->office_count;
    const lt_day from = world->offices[province].unit.valid_from;
    const lt_day to = world->offices[province].valid_to;
    snprintf(code, sizeof code, "SO%u", number);
    add_office(world, code, from, to, province, 5, 2);
    snprintf(code, sizeof code, "DN%u", number);
    add_office(world, code, from, to, district, 5, 4);
    snprintf(code, sizeof code, "TH%u", number);
    add_office(world, code, from == 0 && one_in(world, 2) ? day_at(2022, 3, 1) : from, to, commune,
               5, 3);
}

static void plant(struct world *world)
{
    char code[LT_CODE_BYTES_MAX + 1];
    const struct province_size *size = world->size;
    const lt_day reform = day_at(2025, 7, 1);
    const unsigned era = rnd(world, 3); /* old tree, new tree, both */
    world->top = add_office(world, "VN", 0, 0, -1, 1, 1);
    add_office(world, "BNV", 0, 0, world->top, 1, 2); /* a ministry */
    world->hub = -1;
    if (era != 1) {
        const int province = add_office(world, "80", 0, reform - 1, world->top, 2, 1);
        world->hub = province;
        world->old_tree = true;
        for (unsigned i = 0; i < size->districts; i++) {
            snprintf(code, sizeof code, "%u", 794 + i);
            const lt_day end = one_in(world, 4) ? reform + 183 : reform - 1; /* it outlives */
            const int district = add_office(world, code, 0, end, province, 3, 1);
            int commune = district;
            for (unsigned j = 0; j < size->communes; j++) {
                snprintf(code, sizeof code, "%05u", 27000 + 100 * i + 3 * j);
                commune = add_office(world, code, 0, reform - 1, district, 4, 1);
            }
            if (one_in(world, 3)) { /* it went into its neighbour before */
                snprintf(code, sizeof code, "%05u", 27000 + 100 * i + 99);
                const int before = add_office(world, code, 0, day_at(2022, 12, 31), district, 4, 1);
                world->offices[before].successor = commune;
            }
            add_others(world, province, district, commune);
        }
    }
    if (era != 0) {
        const int province = add_office(world, "80", reform, 0, world->top, 2, 1);
        world->new_tree = true;
        if (world->hub < 0)
            world->hub = province;
        int commune = province;
        for (unsigned i = 0; i < size->districts; i++) {
            for (unsigned j = 0; j < size->communes; j += 2) {
                snprintf(code, sizeof code, "%05u", 27000 + 100 * i + 3 * j);
                commune = add_office(world, code, reform, 0, province, 4, 1);
            }
        }
        add_others(world, province, province, commune);
    }
    const int other = add_office(world, "30", 0, 0, world->top, 2, 1);
    add_office(world, "10999", 0, 0, other, 4, 1);
}

/* Old units go into new ones: communes by twos into that of the first's code, districts and the province into
 * the new province. */
static void succeed(struct world *world)
{
    for (int i = 0; i < (int)world->office_count && world->old_tree && world->new_tree; i++) {
        struct office *old = &world->offices[i];
        if (old->valid_to == 0 || old->level > 4 || old->successor >= 0)
            continue;
        for (int j = 0; j < (int)world->office_count; j++) {
            struct office *next = &world->offices[j];
            const bool same = strcmp(next->unit.code, old->unit.code) == 0;
            const bool fits = old->level == 3 ? next->level == 2 : next->level == old->level;
            if (next->unit.valid_from <= old->valid_to || !fits)
                continue;
            if (same || old->level == 3 || old->successor < 0)
                old->successor = j;
            if (next->level == old->level && one_in(world, 12))
                old->other_part = j;
            if (same)
                break;
        }
        if (old->other_part == old->successor)
            old->other_part = -1;
        if (old->successor >= 0)
            world->offices[old->successor].predecessor = i;
    }
}

struct province *province_new(uint64_t seed, const struct province_size *size)
{
    struct world world = {.random = seed, .size = size};
    struct province *province = calloc(1, sizeof *province);
    if (province == NULL || sodium_init() < 0)
        abort();
    world.province = province;
    world.pool = pool_new();
    machine_make("root", 0, &world.root);
    province->root = world.root.key;
    plant(&world);
    succeed(&world);
    province->top = world.offices[world.top].unit;
    province->top_key = world.offices[world.top].hub.key;
    province->top_secret = world.offices[world.top].hub.secret;
    say_constitution(&world);
    plan_clusters(&world);
    say_clusters(&world);
    tell_everything(&world);
    say_late_words(&world);
    for (size_t i = 0; i < world.office_count; i++) {
        free(world.offices[i].tips);
        free(world.offices[i].tip_seqs);
        free(world.offices[i].said);
        free(world.offices[i].waiting);
    }
    free(world.offices);
    pool_free(world.pool);
    return province;
}

void province_free(struct province *province)
{
    for (size_t i = 0; i < province->count; i++)
        free(province->updates[i].bytes);
    free(province->updates);
    free(province);
}
