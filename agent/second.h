/* second.h - how long an agent waits for the top's word, and whom else it may then speak to.
 *
 * Both are said by the hubs above it (a Fallback, proto/standing.h). A hub in between can keep words of those
 * above from us but cannot invent any; so a time stands from the beginning. Pure. */
#ifndef LT_SECOND_H
#define LT_SECOND_H

#include "agent/journal.h"
#include "agent/ways.h"

enum {
    /* A day and a half: an office that sends in the evening has its receipt by the second morning, and a server
     * that is mended the day after it broke alarms nobody. */
    LT_SECOND_AFTER_S = 36 * 3600,
};

/* The shortest time that a hub above has said, else LT_SECOND_AFTER_S. */
uint32_t lt_second_after_s(const struct lt_book *book, const struct lt_site *site);
/* Hubs above that can be reached, other than the parent: the highest first, since it is the top's word that
 * lacks, and who is nearest to it has the fewest in between. */
size_t lt_second_ways(const struct lt_book *book, const struct lt_site *site,
                      struct lt_way_up ret_ways[LT_WAYS_SECONDS_MAX]);

/* Since when the top's receipt is overdue, for people: the wall clock's time of the oldest row that waits; 0: it is
 * not. A clock that was set back is never overdue. */
int64_t lt_second_overdue(const struct lt_journal_counts *counts, uint32_t after_s, int64_t now);

/* service_parent.c: where a site's parent is to be found. */
void lt_way_of_site(const struct lt_site *site, struct lt_way_up *ret_way);

#endif
