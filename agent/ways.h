/* ways.h - which of two parents an uplink tries: the one it has, or the one that a Move names.
 *
 * The new one is tried first. While neither lets us in, each has LT_WAYS_TRY_MS before the other has its
 * turn; from a session with the former one the new one is tried again after LT_WAYS_AGAIN_MS. So a Move
 * that leads nowhere cuts nobody off, and one that leads to a hub that was away is followed in the end.
 * Pure: monotonic time comes in. Owned by one uplink, one thread; nothing to free. */
#ifndef LT_WAYS_H
#define LT_WAYS_H

#include "agent/way_up.h"
#include "proto/sync.h"

enum { LT_WAYS_TRY_MS = 10000, LT_WAYS_AGAIN_MS = 1800000 };

struct lt_ways {
    struct lt_way_up now, next; /* next: a Move's parent; no endpoints: none */
    bool on_next; /* it is the one that is or was last tried */
    bool welcomed; /* on the last connection */
    size_t endpoint; /* index + 1 of the one last tried, of the parent last tried; 0: none yet */
    lt_ms until, again_at;
};

/* `way` is to be followed from now on; NULL: nothing is. True: the other parent is to be tried at once. */
bool lt_ways_follow(struct lt_ways *ways, const struct lt_way_up *way, lt_ms now);
/* Before each connection: the next endpoint in turn; the same again after a connection that served. */
void lt_ways_connect(struct lt_ways *ways, lt_ms now);
/* What to connect to; "" before the first lt_ways_connect since the parent was changed. */
const char *lt_ways_endpoint(const struct lt_ways *ways);
const uint8_t *lt_ways_curve(const struct lt_ways *ways);
/* The new parent has let us in: it is the parent. */
void lt_ways_arrived(struct lt_ways *ways);
/* Has this parent had its time? True: the other one is to be tried at once. `open`: there is a connection,
 * or one is being made. */
bool lt_ways_change(struct lt_ways *ways, bool open, lt_ms now);
/* When lt_ways_change may be true; UINT64_MAX: not as it is. */
lt_ms lt_ways_due(const struct lt_ways *ways, bool open);

#endif
