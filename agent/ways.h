/* ways.h - which parent an uplink tries: the one it has, the one that a Move names, or a second one.
 *
 * A Move's parent is tried first. While neither lets us in, each has LT_WAYS_TRY_MS before the other has its
 * turn; from a session with the former one the new one is tried again after LT_WAYS_AGAIN_MS. So a Move
 * that leads nowhere cuts nobody off, and one that leads to a hub that was away is followed in the end.
 *
 * Second ones are hubs further up (a Fallback, proto/standing.h). While the owner finds the parent wanting,
 * whether it serves or not, each of them has its turn after the parent's LT_WAYS_TRY_MS; the first that lets
 * us in serves for LT_WAYS_AGAIN_MS, then the parent is tried again. It never becomes the parent.
 * Pure: monotonic time comes in. Owned by one uplink, one thread; nothing to free. */
#ifndef LT_WAYS_H
#define LT_WAYS_H

#include "agent/way_up.h"
#include "proto/sync.h"

enum { LT_WAYS_TRY_MS = 10000, LT_WAYS_AGAIN_MS = 1800000, LT_WAYS_SECONDS_MAX = 4 };

enum lt_ways_on { LT_ON_PARENT, LT_ON_MOVE, LT_ON_SECOND };

struct lt_ways {
    struct lt_way_up now, next; /* next: a Move's parent; no endpoints: none */
    size_t second_count;
    struct lt_way_up seconds[LT_WAYS_SECONDS_MAX];
    enum lt_ways_on on; /* whose endpoints are or were last tried */
    size_t second; /* which, on LT_ON_SECOND */
    bool wanting; /* the parent was found so */
    bool welcomed; /* on the last connection */
    size_t endpoint; /* index + 1 of the one last tried, of the parent last tried; 0: none yet */
    lt_ms until, again_at;
};

/* `way` is to be followed from now on; NULL: nothing is. True: the other parent is to be tried at once. */
bool lt_ways_follow(struct lt_ways *ways, const struct lt_way_up *way, lt_ms now);
/* The second parents from now on, at most LT_WAYS_SECONDS_MAX, in the order in which they are to be tried. True:
 * the one that served is none any more, the parent is to be tried at once. */
bool lt_ways_set_seconds(struct lt_ways *ways, const struct lt_way_up *seconds, size_t count,
                         lt_ms now);
/* Is the parent found wanting? */
void lt_ways_want(struct lt_ways *ways, bool wanting, lt_ms now);
/* A second one has served for what it was asked for. True: the parent is to be tried at once. */
bool lt_ways_back(struct lt_ways *ways, lt_ms now);
/* Before each connection: the next endpoint in turn; the same again after a connection that served. */
void lt_ways_connect(struct lt_ways *ways, lt_ms now);
/* A WELCOME came on this connection. */
void lt_ways_welcomed(struct lt_ways *ways, lt_ms now);
/* What to connect to; "" before the first lt_ways_connect since the parent was changed. */
const char *lt_ways_endpoint(const struct lt_ways *ways);
const uint8_t *lt_ways_curve(const struct lt_ways *ways);
/* The new parent has let us in: it is the parent. */
void lt_ways_arrived(struct lt_ways *ways);
/* Has this parent had its time? True: another one is to be tried at once. `open`: there is a connection,
 * or one is being made. */
bool lt_ways_change(struct lt_ways *ways, bool open, lt_ms now);
/* When lt_ways_change may be true; UINT64_MAX: not as it is. */
lt_ms lt_ways_due(const struct lt_ways *ways, bool open);

#endif
