/* completeness.h - who of those that owe something for a period has reported, declared, or is missing.
 *
 * Owed is what the book's obligations say of units at or below a place that lived in the period. A unit that
 * declared nil has said "zero"; one that is missing has said nothing. Control totals of a declaration are held
 * against what the unit itself tells (before the law among tellers): of a year by the year of achievement, of a
 * month, quarter or half by that of the decision. Complete is a declaration whose totals match and of whose
 * unit nothing is quarantined.
 *
 * Late: declared outside the cut by which the period was closed; where it is not closed, signed after the last
 * day, that day in Việt Nam (by the author's clock: the only time that travels). Any thread. */
#ifndef LT_COMPLETENESS_H
#define LT_COMPLETENESS_H

#include "hub/ledger.h"
#include "proto/standing.h"

enum lt_owed { LT_OWED_EXEMPT, LT_OWED_MISSING, LT_OWED_REPORTED, LT_OWED_DECLARED, LT_OWED_NIL };
/* exempt missing reported declared nil */
const char *lt_owed_name(enum lt_owed owed);

struct lt_unit_state {
    const struct lt_place *place;
    enum lt_owed owed;
    bool late, mismatch, overdue; /* overdue: not declared, and the last day is past */
    lt_day due; /* 0: not stated */
    char totals[200]; /* the first total that does not match, in words; "" */
    uint64_t quarantined, contested;
    int64_t newest; /* when it last signed something, by its own clock; 0: never */
    int64_t declared_at; /* the same of its declaration */
};

struct lt_completeness {
    uint64_t expected; /* that owe something */
    uint64_t reported; /* that told something, but declared nothing */
    uint64_t declared; /* nil among them */
    uint64_t nil, late, exempt, missing, mismatched, complete;
    uint64_t quarantined, contested; /* changes and records of those that owe */
    int64_t oldest, newest; /* of the units' newest signatures */
    const struct lt_closing *closing; /* NULL: the period is open. Lives as long as the book */
    bool rebuilding;
};

/* In the order of units. False stops. May be NULL. */
typedef bool lt_unit_state_seen(void *context, const struct lt_unit_state *state);
/* `kind`: enum lt_kind, 0: everything. `today` tells what is overdue; 0: nothing is. */
enum lt_result lt_completeness_ask(struct lt_ledger *ledger, const struct lt_place *place,
                                   const struct lt_period *period, uint8_t kind, lt_day today,
                                   lt_unit_state_seen *seen, void *context,
                                   struct lt_completeness *ret_sum);
/* How a unit stands, and what is to be done, in the language of the process. */
const char *lt_unit_state_words(const struct lt_unit_state *state);
/* The sums as a sentence, in the language of the process. */
enum { LT_COMPLETENESS_WORDS_MAX = 400 };
void lt_completeness_words(const struct lt_completeness *sum,
                           char ret_words[LT_COMPLETENESS_WORDS_MAX]);

#endif
