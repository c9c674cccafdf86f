/* golden_country.h - the country of the golden story: its units, their keys, the root key and the recovery key. */
#ifndef LT_GOLDEN_COUNTRY_H
#define LT_GOLDEN_COUNTRY_H

#include "tests/unit/hub_world.h"

static lt_day story_day(int year, int month, int of_month)
{
    lt_day day = 0;
    if (lt_day_make(year, month, of_month, &day) != LT_OK)
        abort();
    return day;
}

/* hub_world.h's, with a recovery key and a commune that has a first day, which is the last of its units. */
static void story_world(struct world *world)
{
    struct lt_secret unused;
    world_small(world);
    world_key("recovery", &world->recovery, &unused);
    world_add(world, "28201", "807", LIENTHONG__UNIT_LEVEL__UNIT_LEVEL_COMMUNE);
    world->units[world->unit_count - 1].unit.valid_from = story_day(2020, 7, 1);
}

#endif
