/* clock.h - the only place that reads clocks and draws randomness (with keys.h).
 *
 * Monotonic and wall time are different types on purpose. Any thread. */
#ifndef LT_CLOCK_H
#define LT_CLOCK_H

#include "proto/sync.h"

lt_ms lt_clock_monotonic(void);
uint64_t lt_clock_monotonic_us(void); /* to be told; nothing is measured by it */
uint64_t lt_clock_worked_us(void); /* microseconds of a processor that this thread has had */
int64_t lt_clock_wall(void); /* seconds since 1970; shown, never decided by */
void lt_random(void *ret_bytes, size_t size);

#endif
