/* listing.h - the current records of a ledger, one after the other, as they were first put.
 *
 * Read from the updates themselves, in slices: no transaction is open for long. A record is told by the
 * change that counts for it now. Whether it also counts among tellers is for the scope to say (the
 * authority's own list goes before others), and shows in the figures. */
#ifndef LT_LISTING_H
#define LT_LISTING_H

#include "hub/ledger.h"
#include "hub/store.h"

struct lt_listing_query {
    const struct lt_place *author; /* NULL: of anyone */
    const struct lt_place *place; /* counting at or below it; NULL: anywhere */
    int year_from, year_to; /* of the achievement; 0: any */
    const char *code; /* NULL: any */
    bool nameless; /* leave `name` NULL; reading names, which may be sealed, is half of the time */
};

enum lt_listed_state {
    LT_LISTED_COUNTS, /* a version counts within its author */
    LT_LISTED_RETRACTED, /* the last word is that it never was so, or is not his to tell */
    LT_LISTED_QUARANTINED, /* no version counts */
};
const char *lt_listed_state_name(enum lt_listed_state state);
/* Why a change does not count, in the language of the thread. */
const char *lt_verdict_words(enum lt_verdict verdict);

struct lt_listed {
    struct lt_record_id
        id; /* the change that first put it; of a change that does not count, what it names */
    struct lt_unit author;
    struct lt_stamp current; /* of the version that counts; the first change when none does */
    enum lt_listed_state state;
    enum lt_verdict verdict; /* why the first change is quarantined; LT_COUNTS: it is not */
    bool contested;
    struct lt_fact fact; /* when it counts */
    const Lienthong__ReportBody *body; /* of that version … */
    uint32_t index; /* … and which change it is; NULL and 0 when none counts */
    struct lt_store_txn *txn; /* the read that found it */
    const char *
        name; /* of whom that version speaks (lt_reader_name), else the change that first put it, or that does
                        * not count */
};
/* Of one author's also each correction or retraction that does not count, with its own verdict. Borrowed for
 * the call; false stops. Records that do not count have no place, year or code: they are
 * told only when the query asks for an author, or for nothing but the author. */
typedef bool lt_listed_seen(void *context, const struct lt_listed *record);
enum lt_result lt_listing(struct lt_ledger *ledger, const struct lt_listing_query *query,
                          lt_listed_seen *seen, void *context);

#endif
