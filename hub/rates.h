/* rates.h - how often something may happen: for each address, and in all.
 *
 * A rate is a bucket of tokens that refill with time. Addresses stand in a table of fixed size; one that
 * was not seen for longest makes room, and begins anew with a full bucket when it is back, so that whoever
 * has very many addresses is held by the rate of all together. IPv6 counts by its first 64 bits, which
 * one customer commonly has to himself. Times are monotonic; a clock that stands or steps back gives
 * nothing. One thread. */
#ifndef LT_RATES_H
#define LT_RATES_H

#include "proto/sync.h"

struct lt_rate {
    uint32_t burst; /* at once */
    uint32_t each_ms; /* one more after so long; at least 1 */
};
struct lt_bucket { /* zeroed: full */
    lt_ms spent_until; /* when it is full again */
};
/* True: it may, and a token is gone. */
bool lt_bucket_take(struct lt_bucket *bucket, const struct lt_rate *rate, lt_ms now);

enum { LT_RATES_SETS = 128, LT_RATES_WAYS = 8 };
struct lt_rates { /* zeroed: nobody has been seen */
    struct lt_rate each, all;
    struct lt_bucket together;
    struct {
        uint8_t address[16];
        bool used;
        lt_ms seen;
        struct lt_bucket bucket;
    } places[LT_RATES_SETS][LT_RATES_WAYS];
};
/* `address` as text; what is no IP address is one address like another. An `all.burst` of 0: no rate of all. */
bool lt_rates_take(struct lt_rates *rates, const char *address, lt_ms now);

#endif
