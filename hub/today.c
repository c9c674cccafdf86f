#include "hub/today.h"

#include "agent/clock.h"

enum { DAY_S = 24 * 60 * 60, HANOI_S = 7 * 60 * 60 };

lt_day lt_today(void)
{
    lt_day epoch = 0;
    (void)lt_day_make(1970, 1, 1, &epoch);
    return epoch + (lt_day)((lt_clock_wall() + HANOI_S) / DAY_S);
}
