/* form_world.h - a province of 2024 whose forms were filled by hand, in a ledger. Included by tests only.
 *
 * Commune 28159 reports and declares, 28162 declares nil, 28165 reports, 28168 is silent. All awards below
 * are decided in 2024 for 2024 but the last one. The figures that follow stand in form_fill_test.c. */
#ifndef LT_TEST_FORM_WORLD_H
#define LT_TEST_FORM_WORLD_H

#include "tests/unit/hub_world.h"

static const char *const form_titles[] = {"HC_LD_1",   "HC_SV",   "HCH_HN", "GT_HCM",   "GT_NN",
                                          "DHVD_NGND", "CO_CP",   "BK_TTG", "CSTD_TQ",  "BK_BT",
                                          "CSTD_BT",   "CO_BT",   "KNC",    "HUY_HIEU", "GK",
                                          "LDTT",      "STATE_X", "TTLDXS"};
enum { FORM_TITLES = sizeof form_titles / sizeof form_titles[0] };

enum { COLLECTIVE = 1, ENTERPRISE, HOUSEHOLD, INDIVIDUAL };
enum { MERIT = 1, MOVEMENT, THEMATIC, AD_HOC, CONTRIBUTION, TENURE, EXTERNAL, RESISTANCE };
enum { BY_MINISTRY = 2, BY_PROVINCE = 3 };

static lt_day form_day(int year, int month, int of_month)
{
    lt_day found = 0;
    if (lt_day_make(year, month, of_month, &found) != LT_OK)
        abort();
    return found;
}

/* An award of the state, decided by the Prime Minister. */
static struct say form_state(const char *code, int recipient, int category, int type, int submitted,
                             uint64_t quantity, int month)
{
    static char numbers[64][16];
    static size_t used;
    char *number = numbers[used++ % 64]; /* each its own decision */
    (void)snprintf(number, 16, "%zu/QD", used);
    return (struct say){.code = code,
                        .recipient = recipient,
                        .category = category,
                        .type = type,
                        .submitted = submitted,
                        .quantity = quantity,
                        .year = 2024,
                        .authority = "TTG",
                        .number = number,
                        .date = form_day(2024, month, 10)};
}

/* An award of a unit of the tree: its own decision, or that of `decider`. */
static struct say form_own(const char *code, const char *decider, int recipient, int category,
                           int type, uint64_t quantity, int month)
{
    struct say say = form_state(code, recipient, category, type, 0, quantity, month);
    say.authority = NULL;
    say.decider = decider;
    return say;
}

static struct say form_movement(const char *name, int level, int scope, lt_day from, lt_day to,
                                bool thematic)
{
    return (struct say){.movement = name,
                        .launched = level,
                        .scope = scope,
                        .from = from,
                        .to = to,
                        .thematic = thematic,
                        .year = 2024};
}

static void form_report(struct lt_ledger *ledger, struct world *world, const char *unit,
                        uint64_t seq, struct lt_hash *tip, const struct say *says, size_t count)
{
    struct signed_update update;
    world_report(world, world_find(world, unit), tip, seq > 1, seq, says, count, &update);
    *tip = update.arrival.update.id;
    if (world_commit(ledger, &update) != LT_OK)
        abort();
    signed_free(&update);
}

static void form_province(struct lt_ledger *ledger, struct world *world)
{
    struct lt_hash tip;
    const struct say state[] = {
        form_state("HC_LD_1", COLLECTIVE, 0, MERIT, BY_PROVINCE, 2, 1),
        form_state("HC_SV", ENTERPRISE, 0, EXTERNAL, BY_MINISTRY, 1, 2),
        form_state("HC_LD_1", INDIVIDUAL, 1, MERIT, BY_PROVINCE, 3, 2),
        form_state("HCH_HN", COLLECTIVE, 0, EXTERNAL, BY_MINISTRY, 4, 3),
        form_state("HCH_HN", INDIVIDUAL, 5, EXTERNAL, BY_MINISTRY, 5, 3),
        form_state("GT_HCM", INDIVIDUAL, 5, CONTRIBUTION, BY_MINISTRY, 1, 4),
        form_state("GT_NN", INDIVIDUAL, 5, CONTRIBUTION, BY_PROVINCE, 2, 4),
        form_state("DHVD_NGND", INDIVIDUAL, 4, TENURE, BY_PROVINCE, 6, 5),
        form_state("CO_CP", COLLECTIVE, 0, MERIT, BY_PROVINCE, 7, 5),
        form_state("CO_CP", ENTERPRISE, 0, MERIT, BY_PROVINCE, 3, 6),
        form_state("BK_TTG", COLLECTIVE, 0, THEMATIC, BY_PROVINCE, 8, 7),
        form_state("BK_TTG", HOUSEHOLD, 0, MOVEMENT, BY_PROVINCE, 1, 8),
        form_state("BK_TTG", INDIVIDUAL, 3, MOVEMENT, BY_PROVINCE, 1200, 9),
        form_state("CSTD_TQ", INDIVIDUAL, 2, RESISTANCE, BY_PROVINCE, 9, 10),
        form_state("STATE_X", INDIVIDUAL, 5, AD_HOC, BY_PROVINCE, 10, 11),
    };
    struct say own[] = {
        form_own("BK_BT", NULL, COLLECTIVE, 0, MERIT, 35, 1),
        form_own("BK_BT", NULL, ENTERPRISE, 0, THEMATIC, 5, 2),
        form_own("BK_BT", NULL, HOUSEHOLD, 0, MOVEMENT, 2, 3),
        form_own("BK_BT", NULL, INDIVIDUAL, 4, MERIT, 61, 12),
        form_own("CSTD_BT", NULL, INDIVIDUAL, 5, MERIT, 11, 4),
        form_own("CO_BT", NULL, COLLECTIVE, 0, MOVEMENT, 12, 5),
        form_own("KNC", NULL, INDIVIDUAL, 5, CONTRIBUTION, 13, 6),
        form_own("HUY_HIEU", NULL, INDIVIDUAL, 5, TENURE, 1, 7),
        form_own("TTLDXS", NULL, COLLECTIVE, 0, MERIT, 14, 8), /* no column of 0603 */
        form_own("BK_BT", NULL, INDIVIDUAL, 5, MERIT, 100, 1), /* decided in 2025 */
        form_own("BK_BT", NULL, INDIVIDUAL, 5, MERIT, 50, 1), /* revoked */
        form_movement("Xóa nhà tạm", 3, 2, form_day(2024, 1, 1), form_day(2024, 12, 31), true),
        form_movement("Chuyển đổi số", 3, 2, form_day(2024, 3, 1), form_day(2028, 2, 28), true),
        form_movement("PT-TQ-1", 3, 2, form_day(2024, 1, 1), form_day(2024, 5, 31), false),
    };
    own[9].date = form_day(2025, 1, 5);
    own[10].status = 2;
    own[13].implements = "PT-TQ-1";
    form_report(ledger, world, "80", 1, &tip, state, sizeof state / sizeof state[0]);
    form_report(ledger, world, "80", 2, &tip, own, sizeof own / sizeof own[0]);
    const struct say commune[] = {
        form_own("GK", NULL, COLLECTIVE, 0, MERIT, 20, 1),
        form_own("GK", NULL, INDIVIDUAL, 5, MOVEMENT, 30, 6),
        form_movement("Xanh sạch đẹp", 5, 4, form_day(2024, 1, 1), form_day(2024, 5, 31), false),
        {.declared = 1, .year = 2024},
        {.exemplar = true, .recipient = INDIVIDUAL, .quantity = 90, .year = 2024},
        {.pledge = true, .movement = "Cụm 1", .year = 2024},
    };
    struct say movement = form_own("GK", NULL, INDIVIDUAL, 4, THEMATIC, 7, 2);
    movement.movement = "=Chuyển đổi số"; /* what a spreadsheet would run */
    const struct say nil = {.declared = 2, .year = 2024};
    form_report(ledger, world, "28159", 1, &tip, commune, sizeof commune / sizeof commune[0]);
    form_report(ledger, world, "28162", 1, &tip, &nil, 1);
    form_report(ledger, world, "28165", 1, &tip, &movement, 1);
}

/* The top launches a movement: PT-TQ-1 is its code. */
static void form_national_movement(struct lt_ledger *ledger, struct world *world)
{
    Lienthong__MovementEntry entry;
    Lienthong__Unit launcher;
    Lienthong__Directive directive, *items[] = {&directive};
    char code[] = "PT-TQ-1", name[] = "Cả nước chung tay vì người nghèo", top[] = "VN";
    struct signed_update update;
    lienthong__movement_entry__init(&entry);
    lienthong__unit__init(&launcher);
    lienthong__directive__init(&directive);
    launcher.code = top;
    entry.code = code;
    entry.name = name;
    entry.launcher = &launcher;
    directive.movement = &entry;
    world_direct(world, items, 1, &update);
    if (world_commit(ledger, &update) != LT_OK)
        abort();
    signed_free(&update);
}

/* A ledger in `dir`, which must be there. */
WORLD_UNUSED static struct lt_ledger *form_ledger(struct world *world, const char *dir)
{
    struct signed_update law;
    world_small(world);
    struct lt_ledger *ledger = world_ledger(world, dir, 0);
    world_constitution(world, world->unit_count, form_titles, FORM_TITLES, &law);
    if (world_commit(ledger, &law) != LT_OK)
        abort();
    signed_free(&law);
    form_national_movement(ledger, world);
    form_province(ledger, world);
    return ledger;
}

#endif
