/* late.h - what came after a cut: that of a closed period, or that of a published figure. */
#ifndef LT_LATE_H
#define LT_LATE_H

#include "hub/period_question.h"

enum lt_late_kind { LT_LATE_NEW, LT_LATE_CHANGED, LT_LATE_RETRACTED, LT_LATE_WITHDRAWN };
/* new changed retracted withdrawn */
const char *lt_late_name(enum lt_late_kind kind);
const char *lt_late_words(enum lt_late_kind kind); /* in the language of the process */

struct lt_late {
    const struct lt_place *author; /* whose chain it is in */
    struct lt_hash update;
    uint32_t index;
    enum lt_late_kind kind;
    enum lt_verdict verdict; /* LT_COUNTS: it takes part in the figures as they are now */
    struct lt_fact
        fact; /* as it says, or as the record said that it takes back; kind 0: not known */
    struct lt_fact
        before; /* what the record that it replaces or takes back first said; kind 0: none */
    int64_t signed_at; /* by the author's clock */
};
/* Borrowed for the call; false stops. */
typedef bool lt_late_seen(void *context, const struct lt_late *late);
/* The changes of a period outside the cut by which it stands closed for the place, by unit, then as they came.
 * A change is of the period when it or what it replaces says so. LT_NOT_FOUND: it is open. */
enum lt_result lt_late(struct lt_ledger *ledger, const struct lt_period_question *question,
                       lt_late_seen *seen, void *context, const struct lt_closing **ret_closing);
/* The changes of whatever period outside a cut over chains at or below a place. */
enum lt_result lt_late_outside(struct lt_ledger *ledger, const struct lt_place *place,
                               const struct lt_chain_cut *cut, size_t cut_count, lt_late_seen *seen,
                               void *context);

#endif
