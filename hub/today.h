/* today.h - the day that it is in Việt Nam, from the wall clock: for commands, as the default of a question
 * about "today". No decision about data reads it. */
#ifndef LT_TODAY_H
#define LT_TODAY_H

#include "proto/ids.h"

lt_day lt_today(void);

#endif
