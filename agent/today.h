/* today.h - which day it is in Việt Nam, where all offices and deadlines are, wherever the machine's clock thinks it
 * stands: for what is shown, and for the default of a question about "today". */
#ifndef LT_TODAY_H
#define LT_TODAY_H

#include "proto/ids.h"

/* Of a wall clock's seconds since 1970. */
lt_day lt_day_of(int64_t wall);
lt_day lt_today(void);

#endif
