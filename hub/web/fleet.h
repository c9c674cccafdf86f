/* fleet.h - how each unit at or below this hub stands, made of what the hub's `status` tells and the tree.
 *
 * Made once for each status, whatever is asked of it. Troubles are a fixed list, each with its words and what is to be
 * done. One thread; borrows places from the ledger's book. */
#ifndef LT_WEB_FLEET_H
#define LT_WEB_FLEET_H

#include "hub/web/follower.h"

enum lt_trouble {
    LT_T_FORKED, /* one machine is there twice */
    LT_T_ALTERED, /* a hub between brought what no honest one brings */
    LT_T_CUT, /* cut off, or slowed, by its quota */
    LT_T_KEPT_BACK, /* it has had more than is here, for long */
    LT_T_BY_ITSELF, /* what it says does not come through its hub */
    LT_T_OLD_BACKLOG, /* has unsent updates, the oldest for long */
    LT_T_SILENT,
    LT_T_NEVER, /* has a key, and was never heard */
    LT_T_WAITS, /* a key waits for the top */
    LT_T_REPLACED, /* another machine came in its place, or beside it */
    LT_T_RESTORED,
    LT_T_QUARANTINED,
    LT_T_REFUSED, /* updates of it were refused */
    LT_T_CONTESTED,
    LT_T_DISK,
    LT_T_CLOCK,
    LT_T_OLD_VERSION,
    LT_TROUBLES
};

struct lt_trouble_words {
    const char *name; /* in data and addresses */
    const char *vietnamese, *english; /* what is so */
    const char *do_vietnamese, *do_english; /* what to do */
    bool bad; /* else a warning */
};
const struct lt_trouble_words *lt_trouble_words(enum lt_trouble trouble);

struct lt_fleet_unit {
    const struct lt_place *place;
    uint32_t troubles; /* bit 1 << enum lt_trouble */
    bool has_key, has_chain;
    int64_t heard_at; /* 0: never, as far as is known */
    uint64_t updates; /* of it that are here */
    uint64_t at_top; /* of these, with the top's receipt; known when top_known */
    bool top_known;
    uint64_t said; /* by its own last sign of life; 0: none */
    uint64_t quarantined, contested, refused, tips;
    int64_t behind_since, oldest_unsent_at; /* 0: not */
    uint64_t backlog_updates, backlog_drafts;
    int64_t clock_skew_s;
    uint64_t disk_free_bytes;
    bool reports; /* backlog to disk are told: its PC speaks to this hub */
    char software[24];
    char detail[400]; /* the hub's own words for what is odd; "" */
};

struct lt_fleet {
    struct lt_fleet_unit *units; /* in the order of their texts */
    size_t count;
    size_t troubled[LT_TROUBLES]; /* units that have each */
    size_t troubled_units, heard, with_key;
    int64_t silent_after_s;
};

/* `seen` with a status. NULL: out of memory. */
struct lt_fleet *lt_fleet_make(struct lt_ledger *ledger, const struct lt_seen *seen, int64_t now);
void lt_fleet_free(struct lt_fleet *fleet); /* NULL ok */
/* NULL: it is not at or below this hub. */
const struct lt_fleet_unit *lt_fleet_find(const struct lt_fleet *fleet,
                                          const struct lt_place *place);

#endif
