/* quota.h - what one enrolled machine may cost a hub, and for how long it is cut off when it costs more.
 *
 * Each machine (its CURVE key) has an account, which outlives its connections. Three meters fill with what
 * it does and empty with time:
 *
 *   nothing  work that stored nothing: messages that say nothing new, updates that were refused or here
 *            already. Who fills it is cut off.
 *   work     what storing its updates takes of the one writer. Who fills it goes on at `pace`: its updates
 *            wait in a queue of its own, nobody else waits for them, and nobody is cut off for it.
 *   stored   bytes of an agent's updates that were stored. Who fills it is cut off. Not for hubs: they
 *            carry what others said.
 *
 * A cut lasts `cut_s`, twice as long each further time, an hour at most; each hour without one forgets one.
 * Afterwards the meters that cut it stand at half. What a hub below may do is HUB_SHARE times an agent's.
 *
 * Pure but for memory: times are monotonic milliseconds that come in, a clock that steps back empties
 * nothing. Work is in microseconds. One thread, or the caller's lock. */
#ifndef LT_QUOTA_H
#define LT_QUOTA_H

#include "proto/sync.h"

enum {
    LT_QUOTA_HUB_SHARE = 8,
    LT_QUOTA_NOTHING_BURST_S = 500, /* at once: what so many seconds give back (10 s of work) */
    LT_QUOTA_WORK_BURST_S = 200, /* likewise (20 s of work): some 40,000 updates of 100 rows */
    LT_QUOTA_CUT_MOST_S = 3600,
    LT_QUOTA_FORGET_MS = 3600 * 1000,
};

struct lt_quota_limits { /* as hub.conf says them; none is 0 */
    uint32_t nothing_ms; /* of work for nothing that a second gives back */
    uint32_t pace_ms; /* of the writer's work that a second gives back */
    uint32_t day_mib; /* of stored updates: at once, and given back in a day; at most 100,000 */
    uint32_t cut_s; /* the first cut */
};

enum lt_meter { LT_METER_NOTHING, LT_METER_WORK, LT_METER_STORED, LT_METERS };
enum lt_standing { LT_STANDS_FREE, LT_STANDS_SLOWED, LT_STANDS_CUT };

struct lt_account {
    uint8_t key[32];
    struct lt_unit unit;
    Lienthong__Role role;
    uint64_t filled[LT_METERS]; /* microseconds, microseconds, parts of bytes */
    lt_ms settled_at; /* the meters are of then */
    lt_ms cut_until, cut_at; /* 0: never */
    enum lt_meter cut_by;
    uint32_t level; /* cuts that are not forgotten */
    uint64_t cuts; /* since the hub's start */
    uint64_t
        spent[LT_METERS]; /* in all, since the hub's start: microseconds, microseconds, bytes */
};

struct lt_quota;
/* `accounts_max` of them at most; a new one takes the place of the one that was idle longest. NULL: memory. */
struct lt_quota *lt_quota_new(const struct lt_quota_limits *limits, uint32_t accounts_max);
void lt_quota_free(struct lt_quota *quota); /* NULL is ignored */

/* The machine's account, made when there is none. Valid until the next call that makes one. */
struct lt_account *lt_quota_account(struct lt_quota *quota, const uint8_t key[32],
                                    const struct lt_unit *unit, Lienthong__Role role, lt_ms now);
/* Adds to a meter. True: it has just been cut off. */
bool lt_quota_spend(const struct lt_quota *quota, struct lt_account *account, enum lt_meter meter,
                    uint64_t amount, lt_ms now);
/* SLOWED: it may not work, or wastes. */
enum lt_standing lt_quota_standing(const struct lt_quota *quota, struct lt_account *account,
                                   lt_ms now);
/* May another of its updates go to the writer? */
bool lt_quota_may_work(const struct lt_quota *quota, struct lt_account *account, lt_ms now);
/* Is half of what it may do for nothing used up? */
bool lt_quota_wastes(const struct lt_quota *quota, struct lt_account *account, lt_ms now);
/* Seconds until a cut ends, rounded up; 0: it is not cut off. */
uint32_t lt_quota_retry_s(const struct lt_account *account, lt_ms now);
/* How many accounts are cut or slowed now, or were cut since the hub's start; copies of at most `max`. */
size_t lt_quota_notable(const struct lt_quota *quota, lt_ms now, struct lt_account *ret_accounts,
                        enum lt_standing *ret_standings, size_t max);

#endif
