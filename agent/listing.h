/* listing.h - which records a listing shows, and how a record is named. For `records`, `status` and `export`. */
#ifndef LT_LISTING_H
#define LT_LISTING_H

#include "agent/journal.h"

struct lt_listing {
    uint32_t year; /* 0: all */
    const char *code; /* NULL: all */
    uint8_t kind; /* enum lt_kind; 0: all */
    const char *state; /* by its name for programs; NULL: all */
};

/* Does the listing show it? */
bool lt_listing_shows(const struct lt_listing *listing, const struct lt_record_view *record);
/* draft signed at_parent counted retracted quarantined contested: the first that fits, from the end */
const char *lt_listing_state(const struct lt_record_view *record);
bool lt_listing_is_state(const char *name);
/* The same for people; `top` (NULL: not known) names where it is counted. */
const char *lt_listing_state_text(const struct lt_record_view *record, const struct lt_place *top);
/* What differs between the two versions of a contested record, for its clerk: malloc'ed, one line. NULL: out of
 * memory. */
char *lt_listing_both(const struct lt_record_view *record);
/* Code of an award or a proposal; "" else. */
const char *lt_listing_code(const struct lt_record_view *record);
/* Who or what it is about: a name, a movement, a cluster …; "" when it is a total. */
const char *lt_listing_name(const struct lt_record_view *record);
uint64_t lt_listing_quantity(const struct lt_record_view *record); /* 0: one, named */
uint32_t lt_listing_year(const struct lt_record_view *record); /* 0: none */

#endif
