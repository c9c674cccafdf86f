/* spread.h - whose cells make up the figures of a place, and where they count.
 *
 * The cells of a place hold its own records and those of all below it. So what is a place's own is its cells
 * less those of the places directly below; and where each place's own records count somewhere, its cells
 * count there and are taken from where those of its parent do. Where both is one, nothing need be read. What is
 * a tree's top's own stands in cells of its own.
 * Belongs to one thread; pointers are the book's. */
#ifndef LT_SPREAD_H
#define LT_SPREAD_H

#include "proto/standing.h"

/* What is summed under it counts at `to` and is taken from `from`; NULL: nowhere. */
struct lt_heading {
    const struct lt_place *to, *from;
};

struct lt_spread_scan {
    const struct lt_place *place;
    uint32_t heading;
    bool own; /* only what lies at the place itself: LT_OWN */
};

struct lt_spread { /* zero-initialise */
    bool keeps; /* only what counts at `kept` */
    const struct lt_place *kept;
    struct lt_heading *headings;
    size_t heading_count, heading_capacity;
    struct lt_spread_scan *scans;
    size_t count, capacity;
};

/* Before it is made: only what counts at `place` is wanted (NULL: nothing). Of several all must hold. */
void lt_spread_keep(struct lt_spread *spread, const struct lt_place *place);
/* The figures of `place` as one; or `apart`, of each place directly below it and of itself. */
enum lt_result lt_spread_make(struct lt_spread *spread, const struct lt_book *book,
                              const struct lt_place *place, bool apart);
/* The same in the tree of a day: the records of every unit, of whichever tree, where they lie then. */
enum lt_result lt_spread_make_on(struct lt_spread *spread, const struct lt_book *book,
                                 const struct lt_place *place, lt_day day, bool apart);
void lt_spread_free(struct lt_spread *spread);

#endif
