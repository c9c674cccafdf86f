/* fleet.h - how each unit at or below this hub stands, made of what the hub's `status` tells and the tree.
 *
 * Made once for each status, whatever is asked of it, and a whole of its own: it does not change, and borrows nothing, so
 * any thread may read one that it keeps. Troubles are a fixed list, each with its words and what is to be done. */
#ifndef LT_WEB_FLEET_H
#define LT_WEB_FLEET_H

#include <stdatomic.h>

#include "hub/web/follower.h"
#include "hub/web/out.h"

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

struct lt_roster;
struct lt_trouble_words {
    const char *name; /* in data and addresses */
    const char *vietnamese, *english; /* what is so */
    const char *do_vietnamese, *do_english; /* what to do */
    bool bad; /* else a warning */
};
const struct lt_trouble_words *lt_trouble_words(enum lt_trouble trouble);

struct lt_fleet_unit {
    struct lt_unit unit;
    const char *text; /* as it is spelt: "80", "80@2025-07-01" */
    const char *name, *folded; /* folded: as lt_fleet_fold makes it */
    const char *parent_name; /* "": none */
    size_t parent; /* in the fleet's units; LT_FLEET_NOWHERE: not among them */
    uint32_t troubles; /* bit 1 << enum lt_trouble */
    bool has_key, has_chain;
    int64_t heard_at; /* 0: never, as far as is known */
    uint64_t updates; /* of it that are here */
    uint64_t at_top; /* of these, with the top's receipt; known when top_known */
    bool top_known;
    uint64_t said; /* by its own last sign of life; 0: none */
    uint64_t quarantined, contested, refused, tips;
    int64_t behind_since, oldest_unsent_at; /* 0: not */
    int64_t
        pending_since; /* its oldest update that the top has not is known to wait since; told when for long. 0: not */
    uint64_t backlog_updates, backlog_drafts;
    int64_t clock_skew_s;
    uint64_t disk_free_bytes;
    bool told_health; /* clock and disk: one of its machines, a PC or its hub, speaks to this hub */
    bool reports; /* backlog, contested and refused: its PC does */
    char software[24];
    const char *detail,
        *detail_vi; /* the hub's own words for what is odd; NULL: none, or not in Vietnamese */
};

enum { LT_FLEET_NOWHERE = -1, LT_FLEET_DISK_LOW_BYTES = 500 * 1024 * 1024 };

struct lt_fleet {
    atomic_uint kept; /* by so many */
    uint64_t version; /* of what was seen; whoever has it made says so */
    struct lt_out texts;
    json_t *status; /* that it was made of; kept, and not changed */
    struct lt_fleet_unit *units; /* in the order of their texts */
    size_t count;
    size_t troubled[LT_TROUBLES]; /* units that have each */
    size_t troubled_units, heard, with_key;
    int64_t silent_after_s;
    bool watched; /* a running hub told it: who is silent or behind is known */
};

/* Of a status, and of when units were heard before the hub's last start as the roster has it (NULL: unknown). Takes the
 * book's read lock meanwhile. NULL: out of memory. Any thread. */
struct lt_fleet *lt_fleet_make(struct lt_ledger *ledger, struct lt_roster *roster, json_t *status,
                               int64_t now);
/* For one more: as many lt_fleet_free are due. */
struct lt_fleet *lt_fleet_keep(struct lt_fleet *fleet);
void lt_fleet_free(struct lt_fleet *fleet); /* NULL ok */
/* NULL: it is not at or below this hub. */
const struct lt_fleet_unit *lt_fleet_find(const struct lt_fleet *fleet, const struct lt_unit *unit);
/* Is it `home` or below it? NULL: it is, whatever it is. */
bool lt_fleet_within(const struct lt_fleet *fleet, const struct lt_fleet_unit *unit,
                     const struct lt_fleet_unit *home);
/* What is first in time of its troubles: the oldest record not yet at the top, else the longest silence. 0: unknown. */
int64_t lt_fleet_since(const struct lt_fleet_unit *unit);

/* Without case and marks, so that "long an" finds "Long An"; malloc'ed. NULL: out of memory, or no UTF-8. */
char *lt_fleet_fold(const char *text);

#endif
