#include "agent/today.h"

#include "agent/clock.h"

enum { DAY_S = 24 * 60 * 60, HANOI_S = 7 * 60 * 60 };

/* Who signs says what time it was, and may say anything; this is the year 33,658. */
#define WALL_MOST_S INT64_C(1000000000000)

lt_day lt_day_of(int64_t wall)
{
    lt_day epoch = 0;
    (void)lt_day_make(1970, 1, 1, &epoch);
    wall = wall < -WALL_MOST_S ? -WALL_MOST_S : wall > WALL_MOST_S ? WALL_MOST_S : wall;
    return epoch + (lt_day)((wall + HANOI_S) / DAY_S);
}

lt_day lt_today(void)
{
    return lt_day_of(lt_clock_wall());
}
