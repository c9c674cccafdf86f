/* arrivals.h - being woken when something has come over a socket that another thread reads.
 *
 * A hint: libzmq reads the same socket. Belongs to its link's thread. */
#ifndef LT_ARRIVALS_H
#define LT_ARRIVALS_H

#include <stdbool.h>

#include "agent/clock.h"

/* A descriptor to be polled; negative: none is left. */
int lt_arrivals_open(void);
void lt_arrivals_close(int arrivals); /* a negative one is ignored */
/* Waits once for the next bytes over `fd`, which is `another` one than before or the same. False: it is closed.
 * `ret_look_at` is when to look, even so: UINT64_MAX, but for systems that cannot tell of arrivals. */
bool lt_arrivals_await(int arrivals, int fd, bool another, lt_ms *ret_look_at);
/* Something has come since. */
bool lt_arrivals_came(int arrivals);

#endif
