#include "agent/today.h"

#include "agent/clock.h"

enum { DAY_S = 24 * 60 * 60, HANOI_S = 7 * 60 * 60 };

lt_day lt_day_of(int64_t wall)
{
    lt_day epoch = 0;
    (void)lt_day_make(1970, 1, 1, &epoch);
    return epoch + (lt_day)((wall + HANOI_S) / DAY_S);
}

lt_day lt_today(void)
{
    return lt_day_of(lt_clock_wall());
}
