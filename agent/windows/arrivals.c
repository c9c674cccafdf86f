#include "agent/arrivals.h"

#include "agent/windows/ring.h"

/* ZeroMQ waits for its socket by calls of which Windows allows one kind at a time: nothing tells us of arrivals. So a link at
 * rest is looked at, six times a minute. */
enum { LOOK_MS = 10000 };

int lt_arrivals_open(void)
{
    return lt_ring_open();
}

void lt_arrivals_close(int arrivals)
{
    lt_ring_close(arrivals);
}

bool lt_arrivals_await(int arrivals, int fd, bool another, lt_ms *ret_look_at)
{
    (void)arrivals;
    (void)another;
    *ret_look_at = lt_clock_monotonic() + LOOK_MS;
    return fd >= 0;
}

bool lt_arrivals_came(int arrivals)
{
    (void)arrivals;
    return false;
}
