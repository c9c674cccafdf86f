/* What offices mend of what they told, sometimes twice, by machines that know nothing of each other. */
#include "tests/recount/world.h"

/* `number` mends one of the rows of an office, which is itself or one that it speaks for. */
static void mend(struct world *world, int number, const struct office *office, size_t which)
{
    const struct said *said = &office->said[which];
    struct row row = said->row;
    if (!row.corrects) {
        row.corrects = true;
        row.record = said->update;
        row.record_index = said->index;
    }
    row.op = LIENTHONG__OP__OP_PUT;
    if (office == &world->offices[number] || !one_in(world, 4))
        row.import = 0; /* else under the predecessor's row: in another chain it is another row */
    row.unseen = one_in(world, 10);
    switch (rnd(world, 10)) {
    case 0:
        row.op = LIENTHONG__OP__OP_RETRACT;
        break;
    case 1:
        row.op = LIENTHONG__OP__OP_WITHDRAW;
        break;
    case 2:
        row.status = 2;
        break;
    case 3:
        row.quantity = row.quantity == 0 ? 0 : 1 + rnd(world, 20);
        break;
    case 4:
        row.number = row_number(world, 1 + rnd(world, 2000));
        break;
    case 5: /* the same row of the same import again: signed twice */
        row = said->row;
        if (one_in(world, 2))
            row.corrects = false;
        break;
    case 6:
        row_mistype(world, &row);
        break;
    case 7:
        row.kind = 1 + (int)rnd(world, 3); /* it would be another kind */
        row.code = "GK";
        break;
    default:
        row.name = row_name(world);
        row.workplace = "";
        break;
    }
    if (row.op != LIENTHONG__OP__OP_PUT && !row.corrects)
        return;
    row_tell(world, number, &row);
}

void sign_all(struct world *world, int number)
{
    while (world->offices[number].waiting_count > 0)
        office_sign(world, number, world->size->updates);
}

/* An office that was below the predecessor, mostly the predecessor itself. */
static int predecessor_of(struct world *world, int number)
{
    const int predecessor = world->offices[number].predecessor;
    for (int tries = 0; tries < 10 && one_in(world, 2); tries++) {
        const int other = (int)rnd(world, (uint32_t)world->office_count);
        for (int above = other; above >= 0; above = world->offices[above].parent)
            if (above == predecessor)
                return other;
    }
    return predecessor;
}

/* Sometimes twice, by machines that know nothing of each other. */
void correct(struct world *world, int number)
{
    int whose = number;
    if (world->offices[number].predecessor >= 0 && one_in(world, 2))
        whose = predecessor_of(world, number);
    const size_t count = world->offices[whose].said_count;
    if (count == 0)
        return;
    const size_t which = rnd(world, (uint32_t)count);
    const bool strangers = one_in(world, 6);
    if (strangers) {
        sign_all(world, number);
        world->offices[number].strangers = 2;
    }
    mend(world, number, &world->offices[whose], which);
    if (!strangers)
        return;
    sign_all(world, number);
    mend(world, number, &world->offices[whose], which);
    sign_all(world, number);
    world->offices[number].strangers = 0;
}

/* All that have come to speak for an office, each by itself, say the very same of one of its rows: no contest. */
void agree(struct world *world)
{
    int whose = 0;
    for (int tries = 0; tries < 12; tries++) {
        whose = (int)rnd(world, (uint32_t)world->office_count);
        if (world->offices[whose].said_count > 0 && world->offices[whose].valid_to != 0)
            break;
    }
    if (world->offices[whose].said_count == 0)
        return;
    const struct said *said =
        &world->offices[whose].said[rnd(world, (uint32_t)world->offices[whose].said_count)];
    struct row row = said->row;
    if (!row.corrects) {
        row.corrects = true;
        row.record = said->update;
        row.record_index = said->index;
    }
    if (!one_in(world, 3)) /* else under its row, which is another one in their chains */
        row.import = 0;
    row.name = row_name(world);
    row.field = "van_hoa";
    for (int heir = 0; heir < (int)world->office_count; heir++) {
        struct row again = row;
        int above = world->offices[heir].predecessor < 0 ? -1 : whose;
        while (above >= 0 && above != world->offices[heir].predecessor)
            above = world->offices[above].parent;
        if (above < 0)
            continue;
        sign_all(world, heir);
        row_tell(world, heir, &again);
        sign_all(world, heir);
    }
}
