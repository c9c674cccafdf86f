/* Clusters that hubs enter, also odd ones, and the scores and pledges that are told in them. */
#include "proto/rules.h"
#include "tests/recount/world.h"

/* Names that fold to few, and codes, some of which fold to nothing or to another's name. */
static const char *const names[] = {"Cụm thi đua số 1", "Cụm 1", "Khối các huyện", "Cụm TĐ số 02",
                                    "Thi đua số"};
static const char *const codes[] = {"", "", "C1", "CUM 1", "Số", "Cụm 1", "Thi đua"};

static int office_of(struct world *world, int above, lt_day day)
{
    for (int tries = 0; tries < 20; tries++) {
        const int office = pick_office(world, day);
        if (office_within(world, office, above) && office != above)
            return office;
    }
    return above;
}

static void plan_one(struct world *world, struct plan *plan)
{
    plan->year = pick_year(world);
    const lt_day day = day_at(plan->year, 12, 31);
    plan->managing =
        one_in(world, 3) ? world->top : office_above(world, pick_office(world, day), 1);
    plan->name = PICK(world, names);
    plan->code = PICK(world, codes);
    plan->member_count = rnd(world, MEMBERS_MAX + 1);
    for (unsigned i = 0; i < plan->member_count; i++)
        plan->members[i] = office_of(world, one_in(world, 8) ? world->top : plan->managing, day);
    plan->lead = plan->member_count > 0 && !one_in(world, 6)
                     ? plan->members[rnd(world, plan->member_count)]
                     : office_of(world, world->top, day);
    if (one_in(world, 8))
        plan->lead = -1;
}

void plan_clusters(struct world *world)
{
    const unsigned most = world->size == &province_tiny ? 6 : PLANS_MAX;
    world->plan_count = 2 + rnd(world, most - 1);
    for (unsigned i = 0; i < world->plan_count; i++) {
        struct plan *plan = &world->plans[i];
        if (i > 0 &&
            one_in(world, 3)) { /* the same again in other words, or by another managing unit */
            *plan = world->plans[rnd(world, i)];
            plan->name = PICK(world, names);
            if (one_in(world, 2))
                plan->managing = office_above(world, plan->managing, 1);
        } else {
            plan_one(world, plan);
        }
    }
}

/* A member, mostly. */
static int member_of(struct world *world, const struct plan *plan)
{
    if (plan->member_count == 0 || one_in(world, 8))
        return pick_office(world, day_at(plan->year, 12, 31));
    return plan->members[rnd(world, plan->member_count)];
}

/* By one of the cluster's names, or by its code. */
static const char *told_name(struct world *world, const struct plan *plan)
{
    if (plan->code[0] != '\0' && one_in(world, 2))
        return plan->code;
    return one_in(world, 4) ? PICK(world, names) : plan->name;
}

static void score_in_cluster(struct world *world, const struct plan *plan, int teller)
{
    struct row row = {.kind = LIENTHONG__RECORD_KIND__KIND_SCORE, .year = plan->year};
    row.place = member_of(world, plan);
    row.cluster = told_name(world, plan);
    row.movement = one_in(world, 3) ? "Chuyên đề" : "";
    row.decider = one_in(world, 3) ? plan->managing : AUTHOR;
    row.points = rnd(world, 100000);
    row.rank = rnd(world, 5);
    row_tell(world, teller, &row);
}

static void pledge_in_cluster(struct world *world, const struct plan *plan, int teller)
{
    struct row row = {.kind = LIENTHONG__RECORD_KIND__KIND_PLEDGE, .year = plan->year};
    row.cluster = told_name(world, plan);
    row.lead = one_in(world, 3) || plan->lead < 0 ? AUTHOR : plan->lead;
    row.member_count = one_in(world, 2) ? 0 : plan->member_count;
    for (unsigned i = 0; i < row.member_count; i++)
        row.members[i] = plan->members[i];
    row.quantity = one_in(world, 4) ? 1 + rnd(world, 5) : 0;
    row_tell(world, teller, &row);
}

/* The lead tells mostly; the managing unit, members and others do too. */
void tell_in_cluster(struct world *world)
{
    const struct plan *plan = &world->plans[rnd(world, world->plan_count)];
    for (unsigned i = 1 + rnd(world, 3); i > 0; i--) {
        const int tellers[] = {plan->lead, plan->lead, plan->managing, member_of(world, plan)};
        const int teller = PICK(world, tellers);
        if (teller < 0)
            continue;
        if (one_in(world, 3))
            pledge_in_cluster(world, plan, teller);
        else
            score_in_cluster(world, plan, teller);
    }
}
